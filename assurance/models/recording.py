"""Saving answers: many at once, in one transaction and a handful of statements, whoever types them.

The page, the autosave, a commissioner's entry and the workbook all come through ``record_answers``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from accounts.door import Stale
from assurance.answers import KINDS
from assurance.models.answers import Answer, Entry, fingerprint
from assurance.models.assessments import IllegalMove, SelfAssessment
from framework.models import Grade

if TYPE_CHECKING:
    from accounts.models import User

SAVED = ("value", "narrative", "not_applicable_reason", "version", "answered_by", "answered_at", "confirmed_by",
         "confirmed_at")  # fmt: skip


class GradeNotOffered(ValueError):
    """The grade is not one of those of the framework's scheme."""


@dataclass(frozen=True)
class Conflict:
    """One answer that somebody else saved first: what is there now, and what was typed here."""

    answer: Answer
    entry: Entry


class StaleAnswers(Stale):
    """Some answers were saved by somebody else in between; nothing of this save was kept. ``conflicts`` says which."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__("Somebody else saved here while you were writing. Nothing of yours or theirs is lost.")
        self.conflicts = list(conflicts)


@transaction.atomic
def record_answers(assessment: SelfAssessment, entries: Sequence[Entry], *, by: "User", at: datetime) -> int:
    """Save what was changed and return how many answers that were. Seven statements for one or for a hundred.

    A first save moves the return to "in progress". Raises IllegalMove when the return can no longer be written
    in, StaleAnswers when somebody else was first, GradeNotOffered for a grade outside the scheme; then nothing
    is saved.
    """
    locked = _locked(assessment)
    rows = _answers(locked, entries)
    _refuse_foreign_grades(locked, entries)
    changed, conflicts = [], []
    for entry in entries:
        answer = rows[entry.answer]
        if _is_untouched(answer, entry):
            continue
        if entry.version is not None and entry.version != answer.version:
            conflicts.append(Conflict(answer, entry))
        else:
            changed.append(_written(answer, entry, by=by, at=at))
    if conflicts:
        raise StaleAnswers(conflicts)
    if changed:
        Answer.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=SAVED)
        if locked.state == SelfAssessment.State.ISSUED:
            SelfAssessment.objects.filter(pk=locked.pk).update(
                state=SelfAssessment.State.IN_PROGRESS, version=F("version") + 1
            )
            assessment.refresh_from_db(fields=["state", "version"])
    return len(changed)


def _locked(assessment: SelfAssessment) -> SelfAssessment:
    """The return, held so that nobody submits or withdraws it meanwhile."""
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    if not locked.is_editable:
        raise IllegalMove(f"This return is now “{locked.get_state_display()}”, so it can no longer be changed.")
    return locked


def _answers(assessment: SelfAssessment, entries: Sequence[Entry]) -> dict[int, Answer]:
    wanted = [entry.answer for entry in entries]
    # In key order, so that two savers wait for each other instead of blocking each other.
    rows = assessment.answers.select_for_update().order_by("pk").in_bulk(wanted)
    if len(rows) != len(set(wanted)):
        raise IllegalMove("One of these questions is not part of this return. Open the return again.")
    return rows


def _refuse_foreign_grades(assessment: SelfAssessment, entries: Sequence[Entry]) -> None:
    given = {entry.value["grade"] for entry in entries if entry.value.get("grade")}
    scheme = Grade.objects.filter(scheme__in=_scheme(assessment)).values_list("code", flat=True)
    if foreign := given - set(scheme):
        raise GradeNotOffered(f"“{sorted(foreign)[0]}” is not a grade of this framework. Choose one of those listed.")


def _scheme(assessment: SelfAssessment) -> list[int]:
    from assurance.models.rounds import Round

    return list(Round.objects.filter(pk=assessment.round_id).values_list("framework_version__grading", flat=True))


def _is_untouched(answer: Answer, entry: Entry) -> bool:
    typed = fingerprint(_choice(entry), entry.narrative, entry.not_applicable_reason)
    if entry.confirm and not answer.is_confirmed:
        return False
    if typed == answer.fingerprint:
        return True
    # The writer left alone what the page showed, and somebody else has changed it since: theirs stays.
    return typed == entry.seen and entry.version != answer.version


def _choice(entry: Entry) -> str:
    return KINDS["grade"].choice(entry.value)


def _written(answer: Answer, entry: Entry, *, by: "User", at: datetime) -> Answer:
    answer.value, answer.narrative = entry.value, entry.narrative
    answer.not_applicable_reason = entry.not_applicable_reason
    answer.version += 1
    answer.answered_by, answer.answered_at = by, at
    answer.confirmed_by, answer.confirmed_at = (by, at) if entry.confirm else (None, None)
    return answer
