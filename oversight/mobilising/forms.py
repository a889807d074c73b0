"""The forms of a new service: what is known, the next stage, and the second person's sign-off."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.capabilities import Can
from accounts.refusals import Refused
from design.fields import DateField
from design.forms import NhsForm, NhsModelForm
from design.widgets import Radios, Textarea
from oversight.models import Mobilisation
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User

SAFEGUARDING = ("question", "result", "score", "conditions", "impact_assessed_on", "impact_answer")
NO_PATIENTS = "Nothing that tells who a patient, child or member of staff is."


class ServiceFilter(forms.Form):
    """Which services; a value that is no choice is as good as none."""

    q = forms.CharField(label="Service or organisation", required=False, max_length=100)
    stage = forms.ChoiceField(
        label="Stage", required=False,
        choices=[("", "Running"), *Mobilisation.Stage.choices, ("unsigned", "Waiting for sign-off"), ("all", "All")],
    )  # fmt: skip

    mark_optional = False

    def narrowed(self, rows: Any) -> Any:
        """The rows that the filter leaves."""
        self.is_valid()
        words, stage = self.cleaned_data.get("q") or "", self.cleaned_data.get("stage") or ""
        for word in words.split():
            rows = rows.filter(service__icontains=word) | rows.filter(organisation__name__icontains=word)
        if stage in Mobilisation.Stage.values:
            return rows.filter(stage=stage)
        return {"unsigned": rows.unsigned, "all": rows.all}.get(stage, rows.running)()


class ServiceForm(NhsModelForm):
    """What is known of a service; a change of the safeguarding part takes its sign-off away."""

    submit_label = "Save"

    impact_assessed_on = DateField(
        label="Quality impact assessment done on", subject="the day of the quality impact assessment", required=False
    )
    go_live_on = DateField(label="Goes live on", subject="the day on which it goes live", required=False)

    class Meta:
        model = Mobilisation
        fields = ["commissioner", "service", "organisation", *SAFEGUARDING, "go_live_on"]
        labels = {
            "commissioner": "Commissioner",
            "organisation": "Organisation that gives it, once it is on your register",
            "question": "Safeguarding question that is asked of bidders",
            "result": "Answer of the organisation that is to give it",
            "score": "Score",
            "conditions": "Conditions",
            "impact_answer": "What the quality impact assessment says about safeguarding",
        }
        help_texts = {
            "service": "For example: community eating disorder service, or 30 nursing beds in the north.",
            "score": "As the procurement gives it, for example 8 of 10.",
            "conditions": "What has to be in place before it goes live.",
            "impact_answer": NO_PATIENTS,
        }
        widgets = {
            "commissioner": Radios, "result": Radios, "question": Textarea(rows=4), "conditions": Textarea(rows=3),
            "impact_answer": Textarea(rows=4),
        }  # fmt: skip
        error_messages = {
            "commissioner": {"required": "Choose the commissioner"},
            "service": {"required": "Enter the service"},
        }

    def __init__(self, *args: Any, user: "User", on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        ours: Any = Organisation.objects.acted_for(user, Can.EDIT_MOBILISATION, on=on)
        self.fields["impact_assessed_on"].latest = on  # type: ignore[attr-defined]
        whose: Any = self.fields["commissioner"]
        if self.instance.pk:
            del self.fields["commissioner"]
        else:
            whose.queryset, whose.empty_label = ours, None
            if len(ours) == 1:
                whose.initial = ours[0].pk
        given: Any = self.fields["organisation"]
        register = Organisation.objects.permitted(user, Can.EDIT_MOBILISATION, on=on).open(on=on)
        given.queryset = register.filter(kind=Organisation.Kind.PROVIDER).order_by("name")
        given.empty_label = "Not known yet"

    def clean(self) -> dict[str, Any]:
        """An answer needs its question; conditions need their words."""
        given = super().clean() or {}
        result = given.get("result")
        if result and result != Mobilisation.Result.WAITING and not given.get("question"):
            self.add_error("question", "Enter the question that this is the answer to")
        if result == Mobilisation.Result.CONDITIONS and not given.get("conditions"):
            self.add_error("conditions", "Enter the conditions")
        return given

    def begin(self, *, by: "User", at: datetime) -> Mobilisation:
        """Open the record."""
        given = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return Mobilisation.objects.begin(given.pop("commissioner"), by=by, at=at, **given)

    def record(self, *, by: "User", at: datetime) -> None:
        """Save the changes on the record as it was shown."""
        given = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}
        held = Mobilisation.objects.get(pk=self.instance.pk)
        held.record(expected=self.cleaned_data.get("version") or held.version, by=by, at=at, **given)


class VerbForm(NhsForm):
    """A verb on one service; a refusal is said on the form, with everything typed still there."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    status: int | None = None

    def __init__(self, *args: Any, service: Mobilisation, **more: Any) -> None:
        super().__init__(*args, **more)
        self.service = service
        self.fields["version"].initial = service.version

    @property
    def expected(self) -> int:
        """The version that the person saw."""
        return self.cleaned_data.get("version") or self.service.version

    def do(self, *, by: "User", at: datetime, on: date) -> bool:
        """Do it; False with the reason on the form."""
        try:
            self.verb(by=by, at=at, on=on)
        except Refused as problem:
            self.add_error(None, str(problem))
            self.status = 409
            return False
        return True

    def verb(self, *, by: "User", at: datetime, on: date) -> None:
        """What the form does: each says it."""


class MoveForm(VerbForm):
    """To another stage."""

    submit_label = "Save the stage"

    stage = forms.ChoiceField(label="Stage", widget=Radios, error_messages={"required": "Choose the stage"})
    note = forms.CharField(label="Note", max_length=300, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        others: Iterable[tuple[str, str]] = Mobilisation.Stage.choices
        self.fields["stage"].choices = [each for each in others if each[0] != self.service.stage]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Why a service is abandoned is worth knowing when it is needed again."""
        given = super().clean() or {}
        if given.get("stage") == Mobilisation.Stage.ABANDONED and not given.get("note"):
            self.add_error("note", "Say why it is abandoned")
        return given

    def verb(self, *, by: "User", at: datetime, on: date) -> None:
        """Move it."""
        given = self.cleaned_data
        self.service.move(given["stage"], given["note"], expected=self.expected, by=by, at=at, on=on)


class SignForm(VerbForm):
    """The second person agrees."""

    submit_label = "Sign off"

    words = forms.CharField(
        label="What you read, and what you think of it", max_length=300,
        error_messages={"required": "Say what you read, and what you think of it"},
    )  # fmt: skip

    def verb(self, *, by: "User", at: datetime, on: date) -> None:
        """Sign it off."""
        self.service.sign(self.cleaned_data["words"], expected=self.expected, by=by, at=at)
