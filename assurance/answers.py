"""The kinds of answer: how a choice becomes a value, what is still missing, and how it reads in words.

One entry in ``KINDS`` is one kind; criteria name it in ``CriterionVersion.kind``. Knows grades by their flags only,
never by their codes, so that a commissioner's own scheme works the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class GradeLike(Protocol):
    """What a kind reads of a grade."""

    code: str
    label: str
    meaning: str
    requires_comment: bool
    excludes: bool


Grades = Sequence[Any]
Value = Mapping[str, Any]


@dataclass(frozen=True)
class AnswerKind:
    """``choice`` and ``value`` are each other's inverse; ``missing`` maps a field to what to do about it."""

    choice: Callable[[Value], str]
    value: Callable[[str], dict[str, str]]
    missing: Callable[[Value, str, str, Grades], dict[str, str]]
    in_words: Callable[[Value, Grades], str]


def _grade_missing(value: Value, narrative: str, reason: str, grades: Grades) -> dict[str, str]:
    grade = _grade(value, grades)
    if grade is None:
        return {"grade": "Choose a grade"}
    if grade.excludes:
        return {} if reason.strip() else {"reason": "Say why it does not apply to your service"}
    if grade.requires_comment and not narrative.strip():
        return {"narrative": f"Say what is in place and what is missing: “{grade.label}” needs a comment"}
    return {}


def _grade_words(value: Value, grades: Grades) -> str:
    grade = _grade(value, grades)
    return grade.label if grade else ""


def _grade(value: Value, grades: Grades) -> Any:
    return next((grade for grade in grades if grade.code == value.get("grade")), None)


KINDS: dict[str, AnswerKind] = {
    "grade": AnswerKind(
        choice=lambda value: value.get("grade", ""),
        value=lambda choice: {"grade": choice} if choice else {},
        missing=_grade_missing,
        in_words=_grade_words,
    ),
}
