"""The filters of the register and its contacts, kept in the address. A value that is no choice is as good as none."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.capabilities import Can
from accounts.models import User
from design.calendar import add_months
from providers.models import Arrangement, Category, Contact, Organisation
from providers.models.arrangements import ContractForm
from providers.models.organisations import OrganisationQuerySet

Kind = Organisation.Kind
BODIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("providers", (Kind.PROVIDER,)),
    "partner": ("boards, authorities and other bodies", (Kind.BOARD, Kind.PARTNERSHIP, Kind.LOCAL_AUTHORITY,
                                                         Kind.REGULATOR, Kind.PLACE)),
    "commissioner": ("commissioners", (Kind.COMMISSIONER,)),
    "all": ("organisations", tuple(Kind)),
}  # fmt: skip
ONE = {
    "": "provider",
    "partner": "board, authority or other body",
    "commissioner": "commissioner",
    "all": "organisation",
}
STATES = (("", "Open"), ("closed", "Closed"), ("all", "Open and closed"))
ORDERS = {"name": "name", "category": "category__position", "code": "code", "postcode": "postcode"}


class RegisterFilter(forms.Form):
    """Search, and which organisations of those that the person may see."""

    q = forms.CharField(label="Name, code or postcode", required=False, max_length=100)
    body = forms.ChoiceField(label="Show", required=False, choices=[(k, v[0].capitalize()) for k, v in BODIES.items()])
    category = forms.ChoiceField(label="Category", required=False)
    contract = forms.ChoiceField(
        label="Contract", required=False, choices=[("", "All"), *ContractForm.choices, ("none", "No contract now")]
    )
    part = forms.ChoiceField(label="Our part", required=False, choices=[("", "Both"), *Arrangement.Part.choices])
    commissioner = forms.ChoiceField(label="Commissioner", required=False)
    state = forms.ChoiceField(label="Open or closed", required=False, choices=STATES)

    mark_optional = False

    def __init__(self, data: Any, *, user: User, on: date) -> None:
        super().__init__(data)
        self.user, self.on = user, on
        ours = Organisation.objects.acted_for(user, Can.SEE_PROVIDERS, on=on)
        self.commissioners = list(ours.with_rights(user, Can.EDIT_PROVIDERS, Can.BRING_IN_ORGANISATIONS, on=on))
        self._offer("category", Category.objects.values_list("code", "name"))
        self._offer("commissioner", ((each.reference, each.name) for each in self.commissioners))
        if len(self.commissioners) < 2:
            del self.fields["commissioner"]
        self.is_valid()

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", "All"), *choices]  # type: ignore[attr-defined]

    @property
    def may_add(self) -> bool:
        """Whether the person may put an organisation on the register, for any of their commissioners."""
        return any(getattr(each, "may_edit_providers", False) for each in self.commissioners)

    @property
    def may_bring_in(self) -> bool:
        """Whether the person may bring in a workbook of organisations, for any of their commissioners."""
        return any(getattr(each, "may_bring_in_organisations", False) for each in self.commissioners)

    def chosen(self, name: str) -> Any:
        """A cleaned value, or nothing."""
        return self.cleaned_data.get(name) or ""

    @property
    def noun(self) -> str:
        """What the list is of."""
        return BODIES[self.chosen("body")][0]

    @property
    def noun_of_one(self) -> str:
        """The same when there is one."""
        return ONE[self.chosen("body")]

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state is asked for."""
        return any(self.chosen(name) for name in self.fields if name != "state")

    def contracts(self) -> "QuerySet[Arrangement]":
        """The running contracts of the person's own commissioners, or of the one chosen."""
        rows = Arrangement.objects.permitted(self.user, Can.SEE_PROVIDERS, on=self.on).live(on=self.on)
        return rows.filter(commissioner__reference=self.chosen("commissioner")) if self.chosen("commissioner") else rows

    def apply(self, rows: OrganisationQuerySet) -> OrganisationQuerySet:
        """Everything but the state, so that open and closed can be counted side by side."""
        rows = rows.filter(kind__in=BODIES[self.chosen("body")][1]).matching(self.chosen("q"))
        if self.chosen("category"):
            rows = rows.filter(category__code=self.chosen("category"))
        contracts, form = self.contracts(), self.chosen("contract")
        if form == "none":
            return rows.exclude(pk__in=contracts.values("organisation"))
        if form:
            contracts = contracts.filter(contract_form=form)
        if self.chosen("part"):
            contracts = contracts.filter(part=self.chosen("part"))
        narrowed = form or self.chosen("part") or self.chosen("commissioner")
        return rows.under(contracts) if narrowed else rows

    def in_state(self, rows: OrganisationQuerySet) -> OrganisationQuerySet:
        """Open ones unless asked otherwise."""
        state = self.chosen("state")
        return rows if state == "all" else rows.closed(on=self.on) if state == "closed" else rows.open(on=self.on)

    def order(self, asked: str) -> list[str]:
        """The order of the columns; by name when the address says something else."""
        key = asked.lstrip("-")
        if key not in ORDERS:
            return ["name", "pk"]
        return [f"{'-' if asked.startswith('-') else ''}{ORDERS[key]}", "name", "pk"]


class ContactFilter(forms.Form):
    """Which contacts of the organisations that the person may see. A value that is not a choice is as good as none."""

    q = forms.CharField(label="Name, organisation or e-mail address", required=False, max_length=100)
    category = forms.ModelChoiceField(
        Category.objects.all(), label="Category", required=False, to_field_name="code", empty_label="All"
    )
    kind = forms.ChoiceField(label="What they are", required=False, choices=[("", "All"), *Contact.Kind.choices])
    checked = forms.ChoiceField(
        label="Checked", required=False, choices=[("", "All"), ("old", "Not within a year"), ("never", "Never")]
    )

    mark_optional = False

    def narrow(self, rows: Any, *, on: date) -> Any:
        """Those that still hold and fit."""
        self.is_valid()
        given = self.cleaned_data
        rows = rows.current().matching(given.get("q") or "")
        if given.get("category"):
            rows = rows.filter(organisation__category=given["category"])
        if given.get("kind"):
            rows = rows.filter(kind=given["kind"])
        if given.get("checked") == "never":
            return rows.filter(verified_on=None)
        return rows.unchecked_since(add_months(on, -12)) if given.get("checked") == "old" else rows
