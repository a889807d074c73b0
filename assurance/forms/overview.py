"""The filters of the overview and of the list behind each figure."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models.memberships import Strand
from assurance.models import LevelResult
from assurance.standing import RECORDED, STANDINGS
from providers.models import Category, Organisation

STATES = {
    "": "All states",
    "returned": "Returned",
    "no_return": "No return received",
    "extended": "Extended",
    "in_question": "With a grade in question",
    **{each.key: each.words for each in (*STANDINGS, RECORDED)},
}


class OverviewFilter(forms.Form):
    """Year, commissioner, strand, category, state and name. Everything is optional; bad values are ignored."""

    mark_optional = False

    year = forms.ChoiceField(label="Year", required=False)
    commissioner = forms.ChoiceField(label="Commissioner", required=False)
    strand = forms.ChoiceField(
        label="Level for",
        required=False,
        choices=[(LevelResult.OVERALL, "Overall"), *Strand.choices],
    )
    category = forms.TypedChoiceField(label="Category", required=False, empty_value=None)
    standing = forms.ChoiceField(
        label="State",
        required=False,
        choices=list(STATES.items()),
    )
    q = forms.CharField(label="Name or code", required=False, max_length=80)

    def __init__(self, *args: Any, years: list[str], commissioners: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked once, for the choices and for the one that is chosen.
        categories = {each.code: each for each in Category.objects.all()}
        self.fields["category"].coerce = categories.__getitem__  # type: ignore[attr-defined]
        choices = [("", "All categories"), *((code, each.name) for code, each in categories.items())]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]
        several = [("", "All of mine"), *((each.reference, each.name) for each in commissioners)]
        self.fields["commissioner"].choices = several  # type: ignore[attr-defined]
        if len(several) <= 2:
            del self.fields["commissioner"]

    def value(self, name: str) -> Any:
        """The cleaned value, or None where the person chose nothing or something that is not there."""
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get(name) or None
