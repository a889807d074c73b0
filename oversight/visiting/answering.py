"""The forms around a report: comments, answers, more time, actions, sharing and following up."""

from datetime import date
from typing import Any

from django import forms

from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Checkboxes, Radios
from oversight.models import ReportComment, ReportShare
from oversight.visiting.planning import A_REASON, VisitVerbForm

MUCH_TEXT = 4_000


class SendForm(VisitVerbForm):
    """The draft goes to the provider."""

    submit_label = "Send the draft to the provider"


class SignForm(VisitVerbForm):
    """The executive's signature."""

    submit_label = "Sign the final report"
    sure = forms.BooleanField(
        label="I have read the report and sign it for the commissioner",
        error_messages={"required": "Tick the box to sign the report"},
    )


class MoreTimeForm(VisitVerbForm):
    """More time for comments."""

    submit_label = "Give more time"
    until = DateField(label="Comments until", subject="the last day for comments")
    reason = LongTextField(label="Reason", max_length=A_REASON, error_messages={"required": "Enter the reason"})


class CommentForm(NhsForm):
    """What the provider says of a paragraph or finding."""

    submit_label = "Send this comment"
    about = forms.ChoiceField(label="About", error_messages={"required": "Choose what the comment is about"})
    text = LongTextField(
        label="What is not right, and what shows it?",
        max_length=MUCH_TEXT,
        help_text="No names of patients or staff.",
        error_messages={"required": "Enter your comment"},
    )

    def __init__(self, *args: Any, headings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = dict(headings)
        self.fields["about"].choices = [("", "Choose"), *headings]  # type: ignore[attr-defined]


class DisputeForm(NhsForm):
    """Why the provider does not agree with the answer."""

    submit_label = "Ask for a second reviewer"
    text = LongTextField(
        label="Why do you not agree?",
        max_length=MUCH_TEXT,
        help_text="Somebody who was not on the visit decides.",
        error_messages={"required": "Enter why you do not agree"},
    )


class ReplyForm(NhsForm):
    """What becomes of a comment, and why; the provider reads it."""

    submit_label = "Answer this comment"
    answer = forms.ChoiceField(
        label="What becomes of it?",
        choices=ReportComment.Answer.choices,
        widget=Radios(hints={"accepted": "Change the text or the finding as well, before the report is signed."}),
        error_messages={"required": "Choose what becomes of the comment"},
    )
    text = LongTextField(label="Why", max_length=MUCH_TEXT, error_messages={"required": "Enter why"})


class DecideForm(ReplyForm):
    """The same, by the second reviewer."""

    submit_label = "Decide"


class PromiseForm(NhsForm):
    """An action that answers a concern."""

    submit_label = "Add this action"
    finding = forms.ChoiceField(label="Which concern", error_messages={"required": "Choose the concern"})
    text = LongTextField(
        label="What will be done?", max_length=2_000, error_messages={"required": "Enter what will be done"}
    )
    owner_name = forms.CharField(
        label="Who answers for it?", max_length=150, help_text="Name and role.",
        error_messages={"required": "Enter who answers for it"},
    )  # fmt: skip
    due_on = DateField(label="Done by", subject="the date by which it is done")
    proof = forms.CharField(label="What will show that it is done?", max_length=300, required=False)

    def __init__(self, *args: Any, concerns: list[Any], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.concerns = {str(each.key): each for each in concerns}
        words = [(key, each.name) for key, each in self.concerns.items()]
        self.fields["finding"].choices = [("", "Choose"), *words]  # type: ignore[attr-defined]
        self.fields["due_on"].earliest = on  # type: ignore[attr-defined]


class ShareForm(NhsForm):
    """With whom the final report is shared, and what was asked before."""

    submit_label = "Record that it was shared"
    shared_with = forms.CharField(
        label="Shared with", max_length=200, help_text="For example the Care Quality Commission.",
        error_messages={"required": "Enter with whom it is shared"},
    )  # fmt: skip
    shared_on = DateField(label="On", subject="the date on which it was shared")
    why = LongTextField(label="Why", max_length=600, error_messages={"required": "Enter why it is shared"})
    checks = forms.MultipleChoiceField(
        label="Before you share it",
        choices=list(ReportShare.CHECKS.items()),
        widget=Checkboxes(),
        error_messages={"required": "Go through the six questions"},
    )

    def clean_checks(self) -> list[str]:
        """All six, or it is not shared."""
        given: list[str] = self.cleaned_data["checks"]
        if len(given) < len(ReportShare.CHECKS):
            raise forms.ValidationError("Share it only when all six are so. Ask the Caldicott Guardian when in doubt")
        return given


class FollowUpForm(VisitVerbForm):
    """What became of the concerns."""

    submit_label = "Save what became of it"
    outcome = LongTextField(
        label="What became of the concerns?", max_length=600, error_messages={"required": "Enter what became of them"}
    )
    on = DateField(label="Looked at on", subject="the date on which somebody looked")
    next_on = DateField(label="Next look on", subject="the date of the next look", required=False)
