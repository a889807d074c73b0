"""Forms about a result: the level at sign-off, re-grading in the year, and grades in question."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from assurance.forms.judging import COMMENT_LENGTH, ActionTermsForm
from assurance.levels import ORDER, STRAND_WORDS
from assurance.models import LevelResult
from assurance.models.deciding import Override
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Radios, Textarea
from framework.models import Grade

OVERALL = LevelResult.OVERALL


class SignOffForm(NhsForm):
    """The level of the strand, and with the last one overall: as the rules say, or another with a written reason."""

    submit_label = "Sign off"
    mark_optional = False

    def __init__(self, *args: Any, computed: Mapping[str, str], words: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.computed = computed
        for strand, level in computed.items():
            self._ask(strand, level, words)

    def _ask(self, strand: str, computed: str, words: Mapping[str, str]) -> None:
        about = "Overall level" if strand == OVERALL else f"Level for {STRAND_WORDS[strand]}"
        choices = [(each.value, words[each.value]) for each in ORDER]
        self.fields[strand] = forms.ChoiceField(
            label=about, choices=choices, initial=computed,
            widget=Radios(small=True, hints={computed: "What the rules give"}),
            error_messages={"required": "Choose a level"},
        )  # fmt: skip
        self.fields[f"{strand}_reason"] = LongTextField(
            label="Reason, if it is not what the rules give", required=False, max_length=1_000,
            widget=Textarea(rows=2),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Another level needs a reason."""
        found = super().clean() or {}
        for strand, computed in self.computed.items():
            if found.get(strand, computed) != computed and not (found.get(f"{strand}_reason") or "").strip():
                self.add_error(f"{strand}_reason", "Write the reason for a level that the rules do not give")
        return found

    def override(self, strand: str) -> Override | None:
        """The judgement on a strand or overall, if it differs from the rules."""
        level = self.cleaned_data.get(strand, "")
        differs = level and level != self.computed[strand]
        return Override(level, self.cleaned_data[f"{strand}_reason"]) if differs else None


class LevelForm(NhsForm):
    """Another level in the year, and why. The level that holds is said on the page and not offered."""

    submit_label = "Save the new level"
    mark_optional = False

    def __init__(self, *args: Any, held: LevelResult, words: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.words = words
        self.fields["level"] = forms.ChoiceField(
            label="New level",
            choices=[(each.value, words[each.value]) for each in ORDER if each.value != held.level],
            widget=Radios(small=True, hints={held.computed: "What the rules give"}),
            error_messages={"required": "Choose the new level", "invalid_choice": "Choose one of the levels listed"},
        )
        self.fields["reason"] = LongTextField(
            label="Why", max_length=1_000,
            help_text="The provider reads it with the level. No names of patients or staff.",
            error_messages={"required": "Write the reason for the new level"},
        )  # fmt: skip
        self.fields["seen"] = forms.IntegerField(initial=held.version, widget=forms.HiddenInput)

    @property
    def override(self) -> Override:
        """The judgement as the verb takes it."""
        return Override(self.cleaned_data["level"], self.cleaned_data["reason"])

    def refused_as_stale(self, theirs: LevelResult, url: str) -> dict[str, Any]:
        """Keep what was typed, let the next save win, and give the two sides for the page."""
        self.show_again(seen=str(theirs.version))
        mine = self.cleaned_data
        return {
            "by": theirs.decided_by or "Somebody else", "at": theirs.decided_at, "url": url,
            "rows": [
                {"label": "Level", "theirs": self.words[theirs.level], "yours": self.words[mine["level"]]},
                {"label": "Why", "theirs": theirs.override_reason, "yours": mine["reason"]},
            ],
        }  # fmt: skip


class RegradeForm(ActionTermsForm):
    """Another grade in the year, why, and the evidence for it."""

    submit_label = "Save the new grade"

    def __init__(
        self, *args: Any, grades: Mapping[str, Grade], ref: str, held: Any, evidence: Any, people: Sequence[Any],
        action_days: int, on: date, action_open: bool, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **more)
        self.grades, self.held = grades, held
        self.fields["grade"] = forms.ChoiceField(
            label=f"New grade for {ref}",
            choices=[(code, grade.label) for code, grade in grades.items()],
            widget=Radios(small=True, hints={code: grade.meaning for code, grade in grades.items()}),
            error_messages={"required": "Choose the new grade"},
        )
        self.fields["reason"] = LongTextField(
            label="Why", max_length=COMMENT_LENGTH, help_text="The provider reads it. It stays in the history.",
            error_messages={"required": "Write the reason for the new grade"},
        )  # fmt: skip
        self.fields["evidence"] = forms.ModelChoiceField(
            label="Evidence", queryset=evidence, required=False, to_field_name="reference", empty_label="None attached"
        )
        self.fields["seen"] = forms.IntegerField(
            required=False, initial=held.pk if held else None, widget=forms.HiddenInput
        )
        self._ask_terms(ref=ref, people=people, action_days=action_days, on=on, already=action_open)

    def clean(self) -> dict[str, Any]:
        """A new grade, and with an amber or red the action."""
        found = super().clean() or {}
        grade = self.grades.get(found.get("grade") or "")
        if (
            grade is not None
            and self.held is not None
            and grade.code == self.held.grade
            and self.held.basis != "accepted_as_declared"
        ):
            self.add_error("grade", f"The grade is already “{grade.label}”. Choose another one")
        if grade is not None and grade.requires_action and self.asks_terms:
            self._check_terms(found)
        return found

    def refused_as_stale(self, theirs: Any, url: str) -> dict[str, Any]:
        """Keep what was typed, let the next save win, and give the two sides for the page."""
        self.show_again(seen=str(theirs.pk) if theirs else "")
        mine = self.cleaned_data
        return {
            "by": theirs.by if theirs else "Somebody else",
            "at": theirs.at if theirs else None,
            "url": url,
            "rows": [
                {
                    "label": "Grade",
                    "theirs": self.grades.get(theirs.grade) if theirs else "",
                    "yours": self.grades[mine["grade"]],
                },
                {"label": "Why", "theirs": theirs.comment if theirs else "", "yours": mine["reason"]},
            ],
        }


class InQuestionForm(NhsForm):
    """Since when a grade is in question, and why."""

    submit_label = "Mark as in question"

    since = DateField(label="In question since", subject="the date since when it is in question")
    reason = LongTextField(
        label="Why", max_length=1_000, error_messages={"required": "Write why the grade is in question"},
        help_text="For example: the named nurse has left, the policy has expired. No names of patients or staff.",
    )  # fmt: skip

    def __init__(self, *args: Any, earliest: date, on: date, **more: Any) -> None:
        super().__init__(*args, initial={"since": on}, **more)
        since = self.fields["since"]
        since.earliest, since.latest = earliest, on  # type: ignore[attr-defined]


class SettleForm(NhsForm):
    """Why a grade is no longer in question."""

    submit_label = "Settle it: the grade holds"

    reason = LongTextField(
        label="Why the grade holds again", max_length=1_000, error_messages={"required": "Write why the grade holds"}
    )
