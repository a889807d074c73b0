"""For whom, which quarter and which provider an exception report is made; sent by GET."""

from collections.abc import Sequence
from typing import Any

from django import forms

from providers.models import Organisation
from training.models import FigureReturn, Period


class ReportFilter(forms.Form):
    """The commissioner, the period and the provider."""

    mark_optional = False
    commissioner = forms.ChoiceField(label="Commissioner", required=False)
    period = forms.ChoiceField(label="Period", required=False)
    provider = forms.ChoiceField(label="Provider", required=False)

    def __init__(self, asked: Any, *, ours: Sequence[Organisation], periods: Any, returns: Any) -> None:
        """``periods`` and ``returns`` are those that the person may see. Two queries."""
        super().__init__(asked or None)
        by_reference = {each.reference: each for each in ours}
        every: list[Period] = list(periods.filter(commissioner__in=ours).collected())
        # Without a choice the one that collected last.
        last = next((each for each in ours if every and each.pk == every[0].commissioner_id), ours[0])
        self.chosen = by_reference.get(self.data.get("commissioner", ""), last)
        self.fields["commissioner"].choices = [(each.reference, each.name) for each in ours]  # type: ignore[attr-defined]
        self.fields["commissioner"].initial = self.chosen.reference
        self.periods = [each for each in every if each.commissioner_id == self.chosen.pk]
        self.fields["period"].choices = [(each.reference, each.label) for each in self.periods]  # type: ignore[attr-defined]
        self.returns: list[FigureReturn] = self._returns(returns)
        self.providers = {row.organisation.reference: row.organisation for row in self.returns}
        whose = [("", "All providers"), *((each.reference, each.name) for each in self.providers.values())]
        self.fields["provider"].choices = whose  # type: ignore[attr-defined]

    @property
    def chosen_period(self) -> Period | None:
        """The one that was asked for, else the latest; none where nothing was collected."""
        wanted = self.data.get("period", "")
        return next((each for each in self.periods if each.reference == wanted), next(iter(self.periods), None))

    def _returns(self, returns: Any) -> list[FigureReturn]:
        period = self.chosen_period
        return [] if period is None else list(returns.filter(period=period).order_by("organisation__name", "pk"))

    @property
    def chosen_provider(self) -> Organisation | None:
        """None for all of them."""
        return self.providers.get(self.data.get("provider", ""))
