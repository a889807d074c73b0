"""For which commissioner and which meeting a committee paper is made; sent by GET."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from design.fields import DateField
from design.forms import NhsForm
from providers.models import Organisation


class CommitteeFilter(NhsForm):
    """The commissioner and the date of the meeting."""

    mark_optional = False
    commissioner = forms.ChoiceField(label="Commissioner", required=False)
    meeting = DateField(label="Date of the meeting", subject="the date of the meeting", required=False)

    def __init__(self, asked: Any, *, ours: Sequence[Organisation], on: date) -> None:
        super().__init__(asked or None)
        self.ours, self.on = {each.reference: each for each in ours}, on
        self.fields["commissioner"].choices = [(each.reference, each.name) for each in ours]  # type: ignore[attr-defined]
        self.fields["meeting"].initial = on

    def asked(self) -> tuple[Organisation, date]:
        """As chosen, or as an address of a file says; otherwise the first commissioner, and today."""
        said = self.cleaned_data if self.is_valid() else {}
        wanted = said.get("commissioner") or self.data.get("for", "")
        try:
            day = date.fromisoformat(self.data.get("on", ""))
        except ValueError:
            day = self.on
        return self.ours.get(wanted) or next(iter(self.ours.values())), said.get("meeting") or day
