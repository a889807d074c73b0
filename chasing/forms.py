"""Forms of the reminder pages."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms

from chasing import kinds
from chasing.models import Audience
from chasing.models.ladders import PROPOSED_ONLY
from chasing.overdue import BUCKETS, Asked, CategoryCount
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import NumberInput, Radios

LONGEST_PAUSE = timedelta(days=92)
SLOTS = 12
NO_NAMES = "Do not name patients, children or staff."


class OverdueFilter(forms.Form):
    """What the list shows; unknown values in an address show everything."""

    mark_optional = False
    q = forms.CharField(label="Provider", required=False, max_length=100)
    kind = forms.ChoiceField(label="What", required=False)
    days = forms.ChoiceField(
        label="Days late", required=False, choices=[("", "All"), *((key, words) for key, words, _, _ in BUCKETS)]
    )
    category = forms.ChoiceField(label="Category", required=False)
    paused = forms.BooleanField(label="Only where reminders are paused", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All"), *kinds.choices()]  # type: ignore[attr-defined]

    def offer(self, counts: list[CategoryCount]) -> None:
        """The categories in which something is overdue, and the one that was asked for."""
        asked = self.data.get("category", "")
        names = {line.code: line.name for line in counts}
        names |= {asked: asked} if asked and asked not in names else {}
        self.fields["category"].choices = [("", "All"), *names.items()]  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """What was asked, with unknown values left out."""
        given = self.data
        known = {key for key, *_ in BUCKETS}
        return Asked(
            kind=given.get("kind", "") if kinds.kind_or_none(given.get("kind", "")) else "",
            days=given.get("days", "") if given.get("days", "") in known else "",
            category=given.get("category", "")[:8],
            words=given.get("q", "").replace("\x00", "").strip()[:100],
            paused=bool(given.get("paused")),
        )


class PauseForm(NhsForm):
    """Stop reminders until a day; the count of overdue things does not change."""

    submit_label = "Pause reminders"
    until = DateField(label="Pause until", subject="the date until which reminders are paused")
    reason = LongTextField(
        label="Why",
        max_length=300,
        help_text=f"Everybody who sees this provider’s reminders reads it. {NO_NAMES}",
        error_messages={"required": "Say why reminders are paused"},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].earliest = today + timedelta(days=1)  # type: ignore[attr-defined]
        self.fields["until"].latest = today + LONGEST_PAUSE  # type: ignore[attr-defined]


class LiftForm(NhsForm):
    """End a pause before its day."""

    submit_label = "Let reminders go on"
    reason = LongTextField(
        label="Why", max_length=300, help_text=NO_NAMES, error_messages={"required": "Say why reminders go on"}
    )


class DecideForm(NhsForm):
    """Take or decline a proposal; an executive is written to only after somebody was spoken to."""

    submit_label = "Save the decision"
    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[("take", "Write to them now"), ("decline", "Do not write")],
        widget=Radios(),
        error_messages={"required": "Say whether to write or not"},
    )
    reason = LongTextField(max_length=300, error_messages={"required": "Write who was spoken to, or why not to write"})

    def __init__(self, *args: Any, audience: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label = "Why"
        reason.help_text = NO_NAMES
        if audience == Audience.EXECUTIVE:
            reason.label = "Whom did you speak to, when, and what was agreed?"
            reason.help_text = (
                "Speak to somebody there before their executive is written to. Do not name patients or children."
            )


class HoldForm(NhsForm):
    """Hold everything that this commissioner sends, except account mail."""

    submit_label = "Hold sending"
    reason = LongTextField(
        label="Why is sending held?",
        max_length=300,
        help_text=NO_NAMES,
        error_messages={"required": "Say why sending is held"},
    )


class GoForm(NhsForm):
    """Let sending go on."""

    submit_label = "Let sending go on"

    what = forms.ChoiceField(
        label="What becomes of the letters that wait?",
        choices=[
            ("send", "Send them"),
            ("today", "Begin with today: put them aside, and write about nothing that was due before today"),
        ],
        initial="send",
        required=False,
        widget=Radios(),
    )

    @property
    def from_today(self) -> bool:
        """Sending begins with today."""
        return bool(self.cleaned_data["what"] == "today")


class RetryForm(NhsForm):
    """Try a given-up letter again."""

    submit_label = "Try again"


class StepsForm(NhsForm):
    """The steps of one kind, as up to twelve pairs of a day and an audience; empty pairs are left out."""

    submit_label = "Put these steps in force"
    mark_optional = False
    starts = DateField(label="In force from", subject="the date from which these steps hold")

    def __init__(
        self, *args: Any, audiences: tuple[str, ...], steps: dict[int, str], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts"].earliest = today + timedelta(days=1)  # type: ignore[attr-defined]
        offered = [("", "No step"), *((one, Audience(one).label) for one in audiences)]
        now = [*sorted(steps.items()), *[(None, "")] * SLOTS][:SLOTS]
        for number, (offset, audience) in enumerate(now, start=1):
            self.fields[f"offset_{number}"] = forms.IntegerField(
                label=f"Step {number}: working days after the due date (minus: before)",
                required=False, min_value=-60, max_value=250, initial=offset, widget=NumberInput(width=4),
                error_messages={
                    "invalid": "Enter the working days as a number, like 5 or -5",
                    "min_value": "A step can be 60 working days before the due date at most",
                    "max_value": "A step can be 250 working days after the due date at most",
                },
            )  # fmt: skip
            self.fields[f"audience_{number}"] = forms.ChoiceField(
                label=f"Step {number}: to whom", required=False, choices=offered, initial=audience
            )

    @property
    def helper(self) -> FormHelper:
        """A step's day and its audience stand beside one another."""
        helper = super().helper
        steps = [Row(f"offset_{number}", f"audience_{number}") for number in range(1, SLOTS + 1)]
        helper.layout, helper.render_hidden_fields = Layout("starts", *steps), True
        return helper

    def clean(self) -> dict[str, Any]:
        """Every step has both parts, a day of its own, and speaks upwards only after the date."""
        given = super().clean() or {}
        steps: dict[int, str] = {}
        for number in range(1, SLOTS + 1):
            offset, audience = given.get(f"offset_{number}"), given.get(f"audience_{number}", "")
            if offset is None and not audience:
                continue
            if problem := _problem(offset, audience, steps):
                self.add_error(f"offset_{number}", problem)
            elif offset is not None:
                steps[offset] = audience
        if not steps and not self.errors:
            self.add_error(None, "Keep at least one step. To stop mail, hold sending instead.")
        given["steps"] = steps
        return given


def _problem(offset: int | None, audience: str, steps: dict[int, str]) -> str:
    if offset is None:
        return "Enter how many working days, or choose “No step”"
    if not audience:
        return "Choose to whom this step speaks, or clear its days"
    if offset in steps:
        return "Two steps cannot be on the same day"
    if audience in PROPOSED_ONLY and offset <= 0:
        return "The executive and the quality team are only written to after the due date"
    return ""
