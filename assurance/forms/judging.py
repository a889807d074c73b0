"""The judgement of one criterion: agree, higher, lower or more evidence; and the action of an amber or red."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import User
from assurance.models import AnswerEvidence
from assurance.models.evidence_verdicts import Verdict
from assurance.models.exceptions import Line
from assurance.models.judging import ActionTerms, may_be_given
from design.calendar import add_working_days
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Radios, Textarea
from framework.models import Grade

MORE = "more"
SOMEBODY_ELSE = ""
COMMENT_LENGTH = 2_000


class KeyedRadios(Radios):
    """Radios of which some have a key of their own, which works while the focus is in the group."""

    def __init__(self, *args: Any, keys: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.keys = keys or {}

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        """An option with its key."""
        option: dict[str, Any] = super().create_option(name, value, *args, **more)  # type: ignore[misc]
        if key := self.keys.get(str(value)):
            option["attrs"]["data-key"] = key
        return option


class ActionTermsForm(NhsForm):
    """What an amber or red asks for: what, who, by when, and what will prove it."""

    mark_optional = False
    mine = ("text", "owner", "owner_name", "due_on", "evidence_required")

    def _ask_terms(self, *, ref: str, people: Sequence[Any], action_days: int, on: date, already: bool) -> None:
        """Adds the boxes, filled with what usually holds; none when an action is open already."""
        self.asks_terms = not already
        if already:
            return
        due_on = add_working_days(on + timedelta(days=action_days - 1), 1)
        names = [(person.reference, person.name) for person in people]
        self.people = {person.reference: person for person in people}
        self.fields["text"] = LongTextField(
            label="What will be done", required=False, max_length=1_000, widget=Textarea(rows=2),
            initial=f"Meet criterion {ref} and show the evidence.",
        )  # fmt: skip
        self.fields["owner"] = forms.ChoiceField(
            label="Who will do it", required=False, choices=[*names, (SOMEBODY_ELSE, "Somebody else: write the name")],
            initial=names[0][0] if names else SOMEBODY_ELSE,
        )  # fmt: skip
        self.fields["owner_name"] = forms.CharField(label="Name, if somebody else", required=False, max_length=150)
        self.fields["due_on"] = DateField(
            label="By when", subject="the date the action is due", required=False, initial=due_on,
            earliest=on + timedelta(days=1),
        )  # fmt: skip
        self.fields["evidence_required"] = forms.CharField(label="What will prove it", required=False, max_length=300)

    def _check_terms(self, found: dict[str, Any]) -> None:
        """With an amber or red all of it is needed, except the proof."""
        for name, message in (("text", "Enter what will be done"), ("due_on", "Enter the date the action is due")):
            if not found.get(name) and name not in self.errors:
                self.add_error(name, message)
        if not found.get("owner") and not found.get("owner_name"):
            self.add_error("owner_name", "Choose who will do it, or write the name")

    @property
    def terms(self) -> ActionTerms | None:
        """The action as agreed; None when one is open already."""
        if not self.asks_terms:
            return None
        found = self.cleaned_data
        person = self.people.get(found.get("owner") or "")
        owner = User.objects.get(pk=person.pk) if person else None
        return ActionTerms(
            found["text"], owner, "" if owner else found["owner_name"], found["due_on"], found["evidence_required"]
        )

    @property
    def term_fields(self) -> list[Any]:
        """The boxes of the action, for the page."""
        return [self[name] for name in self.mine] if self.asks_terms else []


class JudgementForm(ActionTermsForm):
    """Agree, higher, lower or more evidence, with a comment unless agreed, and the action of an amber or red."""

    def __init__(
        self,
        *args: Any,
        line: Line,
        grades: Mapping[str, Grade],
        people: Sequence[Any],
        action_days: int,
        on: date,
        action_open: bool,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.line, self.grades = line, may_be_given(line.answer.criterion_version, line.grade, grades)
        now = line.now if line.now is not None and line.now.basis != "accepted_as_declared" else None
        chosen = ""
        if now is not None:
            chosen = MORE if now.outcome == "more_evidence" else now.grade
        self.fields["decision"] = forms.ChoiceField(
            label=f"Your grade for {line.ref}",
            choices=[
                *((code, self._said(grade)) for code, grade in self.grades.items()),
                (MORE, "More evidence needed"),
            ],
            initial=chosen,
            required=False,
            widget=KeyedRadios(
                small=True, keys=self._keys(), hints={code: grade.meaning for code, grade in grades.items()}
            ),
        )
        self.fields["comment"] = LongTextField(
            label="Comment", required=False, max_length=COMMENT_LENGTH, initial=now.comment if now else "",
            help_text="The provider reads it with the result. Needed unless you agree.",
            widget=Textarea({"data-key": "c"}, rows=3),
        )  # fmt: skip
        self.fields["seen"] = forms.IntegerField(
            required=False, initial=now.pk if now else None, widget=forms.HiddenInput
        )
        self._ask_terms(
            ref=line.ref, people=people, action_days=action_days, on=on,
            already=action_open,
        )  # fmt: skip

    @property
    def declared(self) -> Grade | None:
        """The provider's own grade."""
        return self.line.grade

    def _said(self, grade: Grade) -> str:
        """ "Agree: met", "Higher: …" or "Lower: …" than the provider's own."""
        if self.declared is None or grade.code == self.declared.code:
            return f"Agree: {grade.label}"
        if grade.excludes or self.declared.excludes:
            return grade.label
        return f"{'Higher' if grade.severity < self.declared.severity else 'Lower'}: {grade.label}"

    def _keys(self) -> dict[str, str]:
        """h for the nearest higher, l for the nearest lower, m for more evidence; the rest by the arrow keys."""
        keys = {MORE: "m"}
        if self.declared is not None and not self.declared.excludes:
            order = sorted(
                (grade for grade in self.grades.values() if not grade.excludes), key=lambda each: each.severity
            )
            higher = [grade for grade in order if grade.severity < self.declared.severity]
            lower = [grade for grade in order if grade.severity > self.declared.severity]
            keys |= {higher[-1].code: "h"} if higher else {}
            keys |= {lower[0].code: "l"} if lower else {}
        return keys

    def clean(self) -> dict[str, Any]:
        """The button "agree" decides by itself; everything but agreeing needs a comment."""
        found = super().clean() or {}
        agreed = self.add_prefix("agree") in self.data and self.declared is not None
        decision = self.declared.code if agreed and self.declared else found.get("decision")
        if not decision and "decision" not in self.errors:
            self.add_error("decision", "Choose whether you agree, a higher or lower grade, or more evidence")
        found["grade"] = self.grades.get(decision or "")
        differs = decision and (self.declared is None or decision != self.declared.code)
        if differs and not (found.get("comment") or "").strip():
            self.add_error("comment", "Write a comment: the provider reads why the grade is not simply agreed")
        if found["grade"] is not None and found["grade"].requires_action and self.asks_terms:
            self._check_terms(found)
        return found

    def refused_as_stale(self, theirs: Any, url: str) -> dict[str, Any]:
        """Keep what was typed, let the next save win, and give the two sides for the page."""
        self.show_again(seen=str(theirs.pk) if theirs else "")
        mine = self.cleaned_data
        said = mine["grade"].label if mine["grade"] else "More evidence needed"
        known = self.grades.get(theirs.grade) if theirs else None
        theirs_said = "More evidence needed" if theirs and theirs.outcome == "more_evidence" else known
        return {
            "by": theirs.by if theirs else "Somebody else",
            "at": theirs.at if theirs else None,
            "url": url,
            "rows": [
                {"label": "Grade", "theirs": theirs_said, "yours": said},
                {"label": "Comment", "theirs": theirs.comment if theirs else "", "yours": mine["comment"]},
            ],
        }


class VerdictForm(NhsForm):
    """What one version of a piece of evidence shows."""

    submit_label = "Save"

    verdict = forms.ChoiceField(
        label="This evidence",
        choices=AnswerEvidence.Verdict.choices,
        widget=Radios(inline=True, small=True),
        error_messages={"required": "Choose what this evidence shows"},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, proof: Any) -> "VerdictForm":
        """The form of one piece of evidence: what was said of another version is not said of this one."""
        said = proof.use.verdict if proof.opinion.holds else Verdict.NOT_REVIEWED
        form = cls(
            initial={"verdict": said, "version": proof.version.pk if proof.version else None},
            auto_id=f"id_evidence{proof.use.pk}_%s",
        )
        return form
