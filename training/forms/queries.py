"""Asking about a figure, answering, and settling the question."""

from design.fields import LongTextField
from providers.record_form import NO_PATIENTS, RecordForm


class AskForm(RecordForm):
    """What is asked about one line."""

    submit_label = "Ask the provider"
    question = LongTextField(
        label="What do you want to know?", max_length=600,
        help_text=f"About this line only. The provider reads it as it stands. {NO_PATIENTS}",
        error_messages={"required": "Enter your question"},
    )  # fmt: skip


class AnswerForm(RecordForm):
    """What the provider says."""

    submit_label = "Send the answer"
    answer = LongTextField(
        label="Your answer", max_length=2000,
        help_text=f"If a number is wrong, correct the figures as well: an answer changes no figure. {NO_PATIENTS}",
        error_messages={"required": "Enter your answer"},
    )  # fmt: skip


class ResolveForm(RecordForm):
    """Why the question is settled."""

    submit_label = "Mark as resolved"
    resolution = LongTextField(
        label="What settles it?", max_length=600,
        help_text=f"For example: explained, corrected, or agreed at the contract meeting. {NO_PATIENTS}",
        error_messages={"required": "Enter what settles it"},
    )  # fmt: skip


class TakeBackForm(RecordForm):
    """Why it is taken back."""

    submit_label, ends_something = "Take the question back", True
    resolution = LongTextField(
        label="Why is it taken back?", max_length=600, help_text=f"The provider can still read it. {NO_PATIENTS}",
        error_messages={"required": "Enter why it is taken back"},
    )  # fmt: skip
