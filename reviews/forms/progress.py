"""What happened in a review, its stage and kind, its clocks, and its end."""

from datetime import date
from typing import Any

from django import forms

from design.fields import DateField, LongTextField
from providers.record_form import A_REASON, NO_PATIENTS, RecordForm
from reviews.kinds import EVENTS, KINDS, PLANNED, STAGES
from reviews.models import Clock, Review

PROCEEDINGS = f"For example criminal proceedings or an inquest. {NO_PATIENTS}"


class HappenedForm(RecordForm):
    """One event and its day."""

    submit_label = "Record it"
    event = forms.ChoiceField(
        label="What happened", choices=[("", "Choose what happened"), *EVENTS.items()],
        error_messages={"required": "Choose what happened"},
    )  # fmt: skip
    on = DateField(label="On which day", subject="the day", error_messages={"required": "Enter the day"})
    note = forms.CharField(label="Note", max_length=200, required=False, help_text=NO_PATIENTS)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Only what is planned lies ahead."""
        given = super().clean() or self.cleaned_data
        event, on = given.get("event"), given.get("on")
        if on is not None and event and event not in PLANNED and on > self.today:
            self.add_error("on", "Enter today or a day that has passed")
        return given


class StageForm(RecordForm):
    """To which stage, since when."""

    submit_label = "Move it"
    compared = ("stage",)
    stage = forms.ChoiceField(label="Stage", choices=(), error_messages={"required": "Choose the stage"})
    on = DateField(label="Since when", subject="the day", error_messages={"required": "Enter the day"})
    reason = forms.CharField(
        label="Reason", max_length=A_REASON, required=False, help_text=f"Needed when it goes back. {NO_PATIENTS}"
    )

    def __init__(self, *args: Any, review: Review, today: date, **kwargs: Any) -> None:
        super().__init__(*args, record=review, **kwargs)
        stages = [(stage, STAGES[stage]) for stage in review.stages if stage not in (review.stage, "closed")]
        self.fields["stage"].choices = [("", "Choose the stage"), *stages]  # type: ignore[attr-defined]
        self.fields["on"].initial, self.fields["on"].latest = today, today  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Going back needs a reason."""
        given = super().clean() or self.cleaned_data
        stage, stages = given.get("stage"), self.record.stages
        back = stage and stages.index(stage) < stages.index(self.record.stage)
        if back and not given.get("reason"):
            self.add_error("reason", "Enter why it goes back to an earlier stage")
        return given


class ConvertForm(RecordForm):
    """What it becomes."""

    submit_label = "Change the kind"
    kind = forms.ChoiceField(label="It becomes a", choices=(), error_messages={"required": "Choose what it becomes"})
    on = DateField(label="On which day", subject="the day", error_messages={"required": "Enter the day"})
    reason = forms.CharField(
        label="Why", max_length=A_REASON, help_text=NO_PATIENTS, error_messages={"required": "Enter why it changes"}
    )

    def __init__(self, *args: Any, review: Review, today: date, **kwargs: Any) -> None:
        super().__init__(*args, record=review, **kwargs)
        kinds = [(code, KINDS[code].label) for code in review.of_kind.becomes]
        self.fields["kind"].choices = [("", "Choose a kind"), *kinds]  # type: ignore[attr-defined]
        self.fields["on"].initial, self.fields["on"].latest = today, today  # type: ignore[attr-defined]


class CloseForm(RecordForm):
    """Why it is closed."""

    submit_label, ends_something = "Close this review", True
    reason = LongTextField(
        label="Why is it closed?", max_length=A_REASON,
        help_text=f"A closed review can still be read, and is never changed or deleted. {NO_PATIENTS}",
        error_messages={"required": "Enter why the review is closed"},
    )  # fmt: skip


class ClockForm(RecordForm):
    """A day, a reason and who agreed to it."""

    subject = ""
    on = DateField(label="Day", subject="the day", error_messages={"required": "Enter the day"})
    reason = forms.CharField(
        label="Reason", max_length=A_REASON, help_text=PROCEEDINGS, error_messages={"required": "Enter the reason"}
    )
    approved_by = forms.CharField(
        label="Who agreed to it", max_length=150, help_text="For example: the board’s chair.",
        error_messages={"required": "Enter who agreed to it"},
    )  # fmt: skip

    def __init__(self, *args: Any, clock: Clock, today: date, **kwargs: Any) -> None:
        super().__init__(*args, record=clock, **kwargs)
        self.fields["on"].label = self.subject

    def given(self) -> dict[str, Any]:
        """The words of the move."""
        return {name: self.cleaned_data[name] for name in ("reason", "approved_by")}


class ExtendForm(ClockForm):
    """A later day."""

    submit_label, subject = "Give it a later day", "Due on"

    def __init__(self, *args: Any, clock: Clock, **kwargs: Any) -> None:
        super().__init__(*args, clock=clock, **kwargs)
        self.fields["on"].help_text = f"After {clock.due_on:%-d %B %Y}. That day and the first one stay to be seen."


class PauseForm(ClockForm):
    """From when it stands still."""

    submit_label, subject = "Pause it", "Since when"

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["on"].initial = today


class ResumeForm(PauseForm):
    """From when it runs again."""

    submit_label, subject = "Let it run on", "From when"
