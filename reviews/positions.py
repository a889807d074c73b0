"""The positions of providers on the recommendations of one national inquiry: a table, and how many say what."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reviews.models import Position, Recommendation, Review
from reviews.models.positions import TONES


@dataclass
class PositionTable:
    """Providers down, recommendations across. Two queries."""

    review: Review

    @cached_property
    def recommendations(self) -> list[Recommendation]:
        """Those that stand, by number."""
        rows = Recommendation.objects.filter(review=self.review, superseded_at__isnull=True)
        return list(rows.in_order())

    @cached_property
    def _held(self) -> list[Position]:
        rows = Position.objects.filter(recommendation__review=self.review).holding()
        return list(rows.select_related("organisation").order_by("organisation__name", "organisation"))

    @property
    def lines(self) -> list[tuple[str, list[Position | None]]]:
        """Each provider that was asked, with its position on each; None where it was not asked."""
        found: dict[int, tuple[str, dict[int, Position]]] = {}
        for each in self._held:
            _, said = found.setdefault(each.organisation_id, (each.organisation.name, {}))
            said[each.recommendation_id] = each
        return [(name, [said.get(one.pk) for one in self.recommendations]) for name, said in found.values()]

    @property
    def counts(self) -> list[tuple[str, str, list[int]]]:
        """For each position its words, its tone, and how many providers say so of each recommendation."""
        cells: Counter[tuple[str, int]] = Counter((each.position, each.recommendation_id) for each in self._held)
        return [
            (words, TONES[code], [cells[code, one.pk] for one in self.recommendations])
            for code, words in Position.Where.choices
        ]


def said_before(position: Position) -> Any:
    """What the organisation said of the recommendation until now, the latest first; asking is not saying."""
    rows = Position.objects.filter(recommendation=position.recommendation_id, organisation=position.organisation_id)
    return rows.exclude(position=Position.Where.NOT_SAID).select_related("by").order_by("-pk")
