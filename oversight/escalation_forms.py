"""Forms of the escalation route: one for each thing a person does, with its words."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Exists, OuterRef

from accounts.capabilities import Can
from accounts.door import Refused
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Radios, Textarea
from oversight.models import Escalation, EscalationRule, SurveillanceLabel, SurveillanceLevel
from providers.models import Arrangement, Organisation

if TYPE_CHECKING:
    from accounts.models import User

A_REASON, MUCH_TEXT = 500, 6_000
NO_NAMES = "Do not name patients, children or adults at risk."


class VerbForm(NhsForm):
    """The base of the verbs: a refusal is said on the form, with everything typed still there."""

    status: int | None = None

    def refuse(self, problem: Exception, field: str | None = None) -> None:
        """Say why it cannot be done, beside the ``box`` that a problem names; a refused state is 409, others 422."""
        box = field or getattr(problem, "box", None)
        self.add_error(box if box in self.fields else None, str(problem))
        self.status = 409 if isinstance(problem, Refused) else None


class ReasonForm(VerbForm):
    """Why: the only box of a decision."""

    asks = "Why?"
    reason = LongTextField(max_length=A_REASON, help_text=NO_NAMES, error_messages={"required": "Say why"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = self.asks


class TakeForm(ReasonForm):
    """Take a proposed step."""

    submit_label, asks = "Take this step", "Why is this step taken?"


class DeclineForm(ReasonForm):
    """Decline a proposed step."""

    submit_label, asks = "Decline this step", "Why is this step not taken?"


class WithdrawForm(ReasonForm):
    """Withdraw a taken step."""

    submit_label, asks, ends_something = "Withdraw this step", "Why is it withdrawn?", True


class UndoForm(ReasonForm):
    """Let a declined or withdrawn step wait again."""

    submit_label, asks = "Undo the decision", "Why is the decision undone?"


class AnswerForm(VerbForm):
    """The provider's plan or answer."""

    submit_label = "Record the answer"
    day = DateField(label="When did it arrive?", subject="the day on which it arrived")
    words = LongTextField(
        label="What does the provider answer or plan?", max_length=2_000, help_text=NO_NAMES,
        error_messages={"required": "Enter what the provider answers or plans"},
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].latest = today  # type: ignore[attr-defined]


class CloseForm(VerbForm):
    """What came of it."""

    submit_label = "Close this step"
    outcome = forms.ChoiceField(
        label="What came of it?", choices=Escalation.Outcome.choices, widget=Radios(),
        error_messages={"required": "Say what came of it"},
    )  # fmt: skip
    words = LongTextField(
        label="In a sentence or two", max_length=A_REASON, help_text=NO_NAMES,
        error_messages={"required": "Say in a sentence what came of it"},
    )  # fmt: skip


class PaperForm(VerbForm):
    """The draft of a step, in the words that a person gives it."""

    submit_label = "Save the text"
    text = LongTextField(
        label="Text", max_length=MUCH_TEXT, widget=Textarea(rows=18), help_text=NO_NAMES,
        error_messages={"required": "The text is empty"},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SendLetterForm(VerbForm):
    """Send the letter by mail to the executive lead."""

    submit_label = "Send the letter"
    read = forms.BooleanField(
        label="I have read the letter as it stands", error_messages={"required": "Read the letter first, then tick"}
    )


class WhoseForm(VerbForm):
    """The base of what a commissioner records about a provider: it names the commissioner (hazard 29)."""

    commissioner = forms.ModelChoiceField(
        Organisation.objects.none(), label="Commissioner", empty_label=None,
        error_messages={"required": "Choose the commissioner"},
    )  # fmt: skip

    def __init__(self, *args: Any, user: "User", can: Can, about: Organisation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.today = about, today
        contract = Arrangement.objects.live(on=today).filter(commissioner=OuterRef("pk"), organisation=about)
        self.ours = Organisation.objects.acted_for(user, can, on=today).filter(Exists(contract)).order_by("name")
        if not self.ours:
            raise Refused(f"{about} has no contract with you today, so there is nothing to record here.")
        self.fields["commissioner"].queryset = self.ours  # type: ignore[attr-defined]
        self.fields["commissioner"].choices = [(each.pk, each.name) for each in self.ours]  # type: ignore[attr-defined]
        self.fields["commissioner"].initial = self.ours[0]

    def contract(self, commissioner: Organisation) -> Arrangement:
        """The contract that runs today."""
        live = Arrangement.objects.live(on=self.today).select_related("organisation__category")
        found: Arrangement = live.get(commissioner=commissioner, organisation=self.about)
        return found


class SetLevelForm(WhoseForm):
    """The level of surveillance of a provider from a day."""

    submit_label = "Set the level"
    label = forms.ChoiceField(
        label="Level of surveillance", widget=Radios(), error_messages={"required": "Choose the level"}
    )
    starts = DateField(label="From", subject="the day from which it holds")
    reason = LongTextField(
        label="Why?", max_length=A_REASON, help_text=NO_NAMES, error_messages={"required": "Say why"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = SurveillanceLevel.objects.filter(
            organisation=self.about, commissioner=self.ours[0], ends_on=None
        ).first()
        self.fields["seen"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=live.reference if live else ""
        )
        self.labels = SurveillanceLabel.objects.by_code(self.ours[0], self.today)
        self.fields["label"].choices = [(code, str(row)) for code, row in self.labels.items()]  # type: ignore[attr-defined]
        self.fields["starts"].latest = self.today  # type: ignore[attr-defined]
        self.fields["starts"].initial = self.today

    def save(self, *, by: "User", at: datetime) -> SurveillanceLevel:
        """Let the level hold from its day; refused when another was set since the form was shown."""
        said = self.cleaned_data
        seen = said["seen"] if "seen" in self.data else None
        label, reason = self.labels[said["label"]], said["reason"]
        made: SurveillanceLevel = SurveillanceLevel.objects.set_level(
            said["commissioner"], self.about, label, reason=reason, by=by, on=said["starts"], at=at, seen=seen
        )
        return made


class ProposeForm(WhoseForm):
    """Propose a step by hand."""

    submit_label = "Propose this step"
    step = forms.ChoiceField(label="Step", widget=Radios(), error_messages={"required": "Choose the step"})
    reason = LongTextField(
        label="Why?", max_length=A_REASON, help_text=NO_NAMES, error_messages={"required": "Say why"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = self.contract(self.ours[0])
        category = contract.organisation.category
        rules = EscalationRule.objects.by_code(self.ours[0], self.today)
        code = category.code if category else ""
        self.steps = {key: rule for key, rule in rules.items() if rule.exists_for(contract.contract_form, code)}
        self.fields["step"].choices = [(key, str(rule)) for key, rule in self.steps.items()]  # type: ignore[attr-defined]


class StepFilter(NhsForm):
    """Which steps the list shows."""

    mark_optional = False
    STATES = (("", "Proposed or running"), ("proposed", "Proposed"), ("running", "Running"), ("ended", "Ended"))

    state = forms.ChoiceField(label="State", required=False, choices=STATES)
    words = forms.CharField(label="Provider", required=False, max_length=100)


class LevelFilter(NhsForm):
    """Which providers the list of levels shows."""

    mark_optional = False
    level = forms.ChoiceField(label="Level", required=False)
    words = forms.CharField(label="Provider", required=False, max_length=100)

    def __init__(self, *args: Any, levels: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", "Every level"), *levels, ("none", "No level set")]  # type: ignore[attr-defined]
