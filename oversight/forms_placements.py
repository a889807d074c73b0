"""The form of the local authority's concern status."""

from datetime import date, datetime
from typing import Any

from django import forms

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import User
from design.fields import DateField
from design.forms import NhsForm
from design.widgets import Radios
from oversight.models import AuthorityConcern, Term
from providers.models import Organisation


class AuthorityConcernForm(NhsForm):
    """Which status, since when, and who told us. No names of people."""

    commissioner = forms.ModelChoiceField(Organisation.objects.none(), label="Commissioner", empty_label=None)
    status = forms.ModelChoiceField(
        Term.objects.none(), label="What does the local authority say?", empty_label=None, widget=Radios(),
        error_messages={"required": "Choose the status"},
    )  # fmt: skip
    starts_on = DateField(label="Since", subject="the day since which it holds")
    source = forms.CharField(
        label="Who told us, and how", max_length=200,
        help_text="For example: the council’s weekly list. No names of residents.",
        error_messages={"required": "Enter who told us"},
    )  # fmt: skip

    def __init__(self, *args: Any, about: Organisation, by: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.by = about, by
        ours = Organisation.objects.permitted(by, Can.RECORD_INDICATORS, on=on)
        ours = ours.acted_for(by, Can.RECORD_INDICATORS, on=on)
        self.fields["commissioner"].queryset = ours  # type: ignore[attr-defined]
        self.fields["commissioner"].initial = ours.first()
        words = Term.objects.offered(Term.List.AUTHORITY_STATUS, ours.first(), on)
        self.fields["status"].queryset = words  # type: ignore[attr-defined]
        self.fields["starts_on"].latest = on  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = on

    def save(self, *, at: datetime) -> bool:
        """Record it; False with the reason at the box when a later one is there."""
        given = {name: self.cleaned_data[name] for name in ("commissioner", "status", "starts_on", "source")}
        try:
            AuthorityConcern.objects.say(organisation=self.about, by=self.by, at=at, **given)
        except Refused as problem:
            self.add_error("starts_on", str(problem))
            return False
        return True
