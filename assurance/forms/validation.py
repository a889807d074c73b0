"""Forms around a validation: the queue, one criterion across providers, accepting the rest, sending back."""

from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import User
from accounts.models.memberships import Strand
from assurance.across import criterion_in
from design.calendar import add_working_days
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import TextInput
from providers.models import Category


class ConfirmAcceptForm(NhsForm):
    """Accepting the rest is one deliberate action; it says how many it was when the page was shown."""

    count = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, count: int, **more: Any) -> None:
        super().__init__(*args, initial={"count": count}, **more)
        self.now = count

    def clean_count(self) -> int:
        """Another number than the one on the page means that somebody judged meanwhile."""
        if self.cleaned_data["count"] != self.now:
            raise forms.ValidationError(
                f"There are {self.now} to accept now, not {self.cleaned_data['count']}. Look at the list again."
            )
        return self.now


class SendBackForm(NhsForm):
    """Notes and a new date; a working day is suggested."""

    submit_label = "Send it back"

    notes = LongTextField(
        label="What you need from the provider",
        max_length=4_000,
        help_text="They read this with the criteria for which you asked for more evidence.",
        error_messages={"required": "Write what you need from the provider"},
    )
    due_on = DateField(label="New due date", subject="the new due date")

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        suggested = add_working_days(on, 10)
        super().__init__(*args, initial={"due_on": suggested}, **more)
        due = self.fields["due_on"]
        due.earliest = on + timedelta(days=1)  # type: ignore[attr-defined]
        due.help_text = f"We suggest {suggested:%A} {suggested.day} {suggested:%B %Y}, ten working days from today."


class AssignForm(NhsForm):
    """Whose the strand is from now on; nobody is one of the answers."""

    submit_label = "Save"
    mark_optional = False

    to: Any = forms.ModelChoiceField(
        label="Who validates this strand?", queryset=None, required=False, to_field_name="reference",
        empty_label="Nobody: it waits for whoever is free",
        error_messages={"invalid_choice": "Choose somebody from the list, or nobody"},
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Any, held: User | None, **more: Any) -> None:
        super().__init__(*args, initial={"to": held and held.reference, "seen": held and held.pk}, **more)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class QueueFilter(forms.Form):
    """Filters of the queue, kept in the address."""

    mark_optional = False

    q = forms.CharField(label="Provider", required=False, max_length=100)
    strand = forms.ChoiceField(
        label="Strand", required=False,
        choices=[("", "My strands"), *((code, label) for code, label in Strand.choices), ("all", "All strands")],
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label="Category", queryset=Category.objects.all(), required=False, to_field_name="code", empty_label="All"
    )
    whose = forms.ChoiceField(
        label="Assigned to", required=False,
        choices=[("", "All"), ("mine", "Me"), ("nobody", "Nobody")],
    )  # fmt: skip
    begun = forms.ChoiceField(
        label="Begun by", required=False,
        choices=[("", "Anybody or nobody"), ("me", "Me"), ("nobody", "Nobody yet"), ("others", "Somebody else")],
    )  # fmt: skip

    def narrow(self, rows: Any, *, user: User) -> Any:
        """The rows that the filters leave; a filter with an unknown value is left out."""
        self.is_valid()
        found = self.cleaned_data
        for word in (found.get("q") or "").split():
            rows = rows.filter(organisation__name__icontains=word)
        if found.get("category"):
            rows = rows.filter(organisation__category=found["category"])
        strand = found.get("strand") or ""
        rows = rows.filter(mine=True) if not strand else rows if strand == "all" else rows.filter(strand=strand)
        match found.get("whose"):
            case "mine":
                rows = rows.filter(assigned_to=user)
            case "nobody":
                rows = rows.filter(assigned_to__isnull=True)
        match found.get("begun"):
            case "me":
                return rows.filter(begun_by=user)
            case "nobody":
                return rows.filter(begun_by__isnull=True)
            case "others":
                return rows.filter(begun_by__isnull=False).exclude(begun_by=user)
        return rows


class AcrossForm(forms.Form):
    """Which criterion, of which round, over which kind of provider."""

    mark_optional = False

    round: Any = forms.ModelChoiceField(
        label="Round", queryset=None, to_field_name="reference", empty_label=None,
        error_messages={"required": "Choose a round", "invalid_choice": "Choose a round from the list"},
    )  # fmt: skip
    criterion = forms.CharField(
        label="Criterion", max_length=12, widget=TextInput(width=5), help_text="Its number, like 1.10",
        error_messages={"required": "Enter the number of the criterion, like 1.10"},
    )  # fmt: skip
    category = forms.CharField(label="Category", required=False, max_length=20, widget=forms.Select)

    def __init__(self, *args: Any, rounds: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]

    def offer_categories(self) -> "AcrossForm":
        """For the page on which one is chosen; a code that is not in the list finds no provider."""
        found = Category.objects.filter(assured=True).values_list("code", "plural")
        self.fields["category"].widget.choices = [("", "All categories"), *found]  # type: ignore[attr-defined]
        return self

    def clean(self) -> dict[str, Any]:
        """The criterion has to be one of the round's."""
        found = super().clean() or {}
        if found.get("round") and found.get("criterion"):
            found["asked"] = criterion_in(found["round"])
            if found["asked"] is None:
                self.add_error("criterion", f"This round asks no criterion {found['criterion']}. Look at the standards")
        return found
