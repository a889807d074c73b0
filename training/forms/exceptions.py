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
        told = asked.copy()
        super().__init__(told)
        by_reference = {each.reference: each for each in ours}
        every: list[Period] = list(periods.filter(commissioner__in=ours).collected())
        # Named by itself, by its period, or the one that collected last.
        meant = [each for each in every if each.reference == self.data.get("period")] or every
        whose = next((each for each in ours if meant and each.pk == meant[0].commissioner_id), ours[0])
        self.chosen = by_reference.get(self.data.get("commissioner", ""), whose)
        self.periods = [each for each in every if each.commissioner_id == self.chosen.pk]
        self.returns: list[FigureReturn] = self._returns(returns)
        self.providers = {row.organisation.reference: row.organisation for row in self.returns}
        offered = {
            "commissioner": [(each.reference, each.name) for each in ours],
            "period": [(each.reference, each.label) for each in self.periods],
            "provider": [("", "All providers"), *((key, each.name) for key, each in self.providers.items())],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        # What is shown stands in the boxes, whatever the address said: the next press asks for exactly that.
        shown = (self.chosen, self.chosen_period, self.chosen_provider)
        for name, each in zip(self.fields, shown, strict=True):
            told[name] = each.reference if each else ""

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
