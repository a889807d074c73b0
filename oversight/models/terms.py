"""The lists that a commissioner may word in its own way: themes, sources, categories, indicators, scales.

Dated rows: a commissioner's own row stands in place of the shipped one of the same code from its day, and
``in_use=False`` leaves a shipped one out. What was written keeps the row that it was written with.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from providers.models.policy import Dated, DatedPolicyQuerySet, dated_constraints

if TYPE_CHECKING:
    from providers.models import Organisation


class TermQuerySet(DatedPolicyQuerySet):
    """Words of the lists."""

    def offered(self, kept_in: str, commissioner: "Organisation | int | None", on: date) -> Any:
        """What may be chosen from a list on the day, in order; own words stand in place of shipped ones. One query."""
        rows = self.filter(kept_in=kept_in).in_force(commissioner, on)
        own = self.filter(kept_in=kept_in, commissioner__isnull=False).in_force(commissioner, on).values("code")
        return rows.exclude(commissioner__isnull=True, code__in=own).filter(in_use=True).order_by("position", "label")

    def by_list(
        self, lists: Iterable[str], commissioner: "Organisation | int | None", on: date
    ) -> dict[str, list[Any]]:
        """The same for several lists at once, for a form that asks for several. One query."""
        found: dict[tuple[str, str], Any] = {}
        for row in self.filter(kept_in__in=list(lists)).in_force(commissioner, on):
            found.setdefault((row.kept_in, row.code), row)
        rows = sorted((row for row in found.values() if row.in_use), key=lambda row: (row.position, row.label))
        return {name: [row for row in rows if row.kept_in == name] for name in lists}


class Term(Dated):
    """One word of one list."""

    class List(models.TextChoices):
        INCIDENT_CATEGORY = "incident_category", "Categories of serious incidents"
        INDICATOR = "indicator", "Other indicators"
        THEME = "theme", "Themes of intelligence"
        SOURCE = "source", "Sources of intelligence"
        RELIABILITY = "reliability", "How reliable intelligence is"
        VULNERABILITY = "vulnerability", "How vulnerable the people are"
        LIKELIHOOD = "likelihood", "How likely harm is"
        CONCERN_LEVEL = "concern_level", "Levels of concern"
        AUTHORITY_STATUS = "authority_status", "What a local authority says of a care home"
        ASSURANCE_TAKEN = "assurance_taken", "Assurance taken from a meeting"

    kept_in = models.CharField("list", max_length=18, choices=List.choices)
    code = models.SlugField(max_length=40)
    label = models.CharField("words", max_length=120)
    position = models.PositiveSmallIntegerField("place in the list", default=0)
    in_use = models.BooleanField("may be chosen", default=True)

    objects = TermQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["kept_in", "position", "label"]
        constraints = dated_constraints("oversight_term", "kept_in", "code")

    def __str__(self) -> str:
        return self.label
