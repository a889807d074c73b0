"""Forms about rounds: preparing one, adding a late return, moving a date, taking a return back."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assurance.issuing import Candidate
from assurance.models import Round, SelfAssessment
from design.calendar import FinancialYear, add_months, add_working_days
from design.fields import DateField
from design.forms import NhsForm, NhsModelForm
from design.widgets import Checkboxes, Radios
from providers.models import Category, Organisation
from providers.models.organisations import Tier


class RoundForm(NhsModelForm):
    """A round: which framework, which year, from when to when, and of whom."""

    submit_label = "Save and see who gets a return"

    opens_on = DateField(label="Opens on", subject="the date the round opens")
    due_on = DateField(
        label="Due on",
        subject="the date returns are due",
        help_text="The date stays on every return for ever. A later date can be agreed with one provider.",
    )
    tiers = forms.MultipleChoiceField(
        label="Only these standards",
        choices=Tier.choices,
        required=False,
        widget=Checkboxes(small=True),
        help_text="Leave empty to ask every kind of provider.",
    )

    class Meta:
        model = Round
        fields = ["commissioner", "framework_version", "year", "name", "opens_on", "due_on", "tiers", "categories"]
        labels = {
            "commissioner": "Commissioner that asks",
            "framework_version": "Framework",
            "name": "Name of the round",
            "categories": "Only these categories",
        }
        help_texts = {"categories": "Leave empty to ask every category.", "name": "Providers see this name."}
        widgets = {"commissioner": Radios, "framework_version": Radios, "year": Radios, "categories": Checkboxes}
        error_messages = {
            "commissioner": {"required": "Choose the commissioner that asks"},
            "framework_version": {"required": "Choose a published framework"},
            "name": {"required": "Enter a name for the round"},
        }

    def __init__(
        self,
        *args: Any,
        commissioners: Any,
        versions: Any,
        on: date,
        initial: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        running = FinancialYear.of(on)
        start = {
            "year": running.slug,
            "name": f"Annual safeguarding self-assessment {running.slug}",
            "opens_on": on,
            "due_on": add_working_days(add_months(on, 2), 0),
            **(initial or {}),
        }
        super().__init__(*args, initial=start, **more)
        years = [running.previous.slug, running.slug, running.next.slug]
        kept = [self.instance.year] if self.instance.year and self.instance.year not in years else []
        self._choose_from("commissioner", commissioners)
        self._choose_from("framework_version", versions)
        framework: Any = self.fields["framework_version"]
        framework.label_from_instance = lambda each: f"{each.framework}, {each.label}"
        self.fields["year"] = forms.ChoiceField(
            label="Financial year", choices=[(year, year) for year in [*kept, *years]], widget=Radios(inline=True),
            error_messages={"required": "Choose the financial year"},
        )  # fmt: skip
        categories = forms.ModelMultipleChoiceField(
            label="Only these categories",
            queryset=Category.objects.filter(assured=True),
            required=False,
            widget=Checkboxes(small=True),
            help_text="Leave empty to ask every category.",
        )
        self.fields["categories"] = categories

    def _choose_from(self, name: str, rows: Any) -> None:
        """Only rows that the person may use; a single one is chosen already."""
        field: Any = self.fields[name]
        field.queryset = rows
        field.empty_label = None
        only = list(rows[:2])
        if len(only) == 1 and not self.initial.get(name):
            self.initial[name] = only[0].pk

    def clean(self) -> dict[str, Any]:
        """Due after opening, and a name used once; the database says so too."""
        found = super().clean() or {}
        opens, due = found.get("opens_on"), found.get("due_on")
        if opens and due and due <= opens:
            self.add_error("due_on", "The date returns are due must be after the date the round opens")
        same = Round.objects.filter(commissioner=found.get("commissioner"), name=found.get("name"))
        if found.get("name") and same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", "There is a round of this name already. Give this one another name")
        return found


class LateReturnForm(NhsForm):
    """One organisation more, with a due date of its own."""

    submit_label = "Issue this return"

    organisation = forms.ChoiceField(label="Organisation", error_messages={"required": "Choose an organisation"})
    due_on = DateField(label="Due on", subject="the date this return is due")

    def __init__(self, *args: Any, candidates: list[Candidate], on: date, due_on: date, **more: Any) -> None:
        super().__init__(*args, initial={"due_on": max(due_on, add_months(on, 1))}, **more)
        self.found = {each.organisation.reference: each.organisation for each in candidates}
        names = [(reference, str(each)) for reference, each in self.found.items()]
        self.fields["organisation"].choices = [("", "Choose an organisation"), *names]  # type: ignore[attr-defined]
        self.fields["due_on"].earliest = on  # type: ignore[attr-defined]

    def clean_organisation(self) -> Organisation:
        """The organisation itself."""
        return self.found[self.cleaned_data["organisation"]]


class ExtendForm(NhsForm):
    """A later date for one return: until when, why, and who agreed."""

    submit_label = "Agree the new date"

    due_on = DateField(label="New date", subject="the new date")
    reason = forms.CharField(
        label="Why", max_length=300, help_text="The provider reads this.", error_messages={"required": "Say why"}
    )
    agreed_by: Any = forms.ModelChoiceField(
        label="Agreed by",
        queryset=None,
        empty_label="Choose who agreed",
        error_messages={"required": "Choose who agreed to the new date"},
    )

    def __init__(self, *args: Any, assessment: SelfAssessment, people: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.assessment, self.on = assessment, on
        self.fields["seen"] = forms.IntegerField(
            required=False, initial=assessment.due_version, widget=forms.HiddenInput
        )
        self.fields["agreed_by"].queryset = people  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        """Later than the date that holds, and not already past."""
        to: date = self.cleaned_data["due_on"]
        if to <= self.assessment.due_on:
            raise ValidationError(f"The new date must be after {self.assessment.due_on:%-d %B %Y}, the date that holds")
        if to < self.on:
            raise ValidationError("The new date must not be in the past")
        return to


class GiveBackForm(NhsForm):
    """Why an entry for the provider is given back."""

    submit_label = "Give it back to the provider"

    reason = forms.CharField(
        label="Why is it given back?", max_length=300, help_text="It stays in the history. The provider reads it.",
        error_messages={"required": "Say why it is given back"},
    )  # fmt: skip


class WithdrawForm(NhsForm):
    """Taking a return back."""

    submit_label, ends_something = "Withdraw this return", True

    reason = forms.CharField(
        label="Why is it withdrawn?",
        max_length=300,
        help_text="It stays in every total as withdrawn, with this reason. The provider reads it.",
        error_messages={"required": "Say why it is withdrawn"},
    )


class ConfirmForm(NhsForm):
    """A button and nothing else."""

    def __init__(self, *args: Any, label: str = "Confirm", **more: Any) -> None:
        super().__init__(*args, **more)
        self.submit_label = label  # type: ignore[misc]
