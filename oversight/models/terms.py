"""The lists that a commissioner may word in its own way: themes, sources, categories, indicators, scales.

How a commissioner's own words stand in place of the shipped ones is said in ``providers.models.words``.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from providers.models.policy import dated_constraints
from providers.models.words import Word, WordQuerySet

if TYPE_CHECKING:
    from providers.models import Organisation


class TermQuerySet(WordQuerySet):
    """Words of the lists."""

    def offered(self, kept_in: str, commissioner: "Organisation | int | None", on: date) -> Any:
        """What may be chosen from a list on the day, in order; own words stand in place of shipped ones. One query."""
        return self.filter(kept_in=kept_in).worded_for(commissioner, on)

    def by_list(
        self, lists: Iterable[str], commissioner: "Organisation | int | None", on: date
    ) -> dict[str, list[Any]]:
        """The same for several lists at once, for a form that asks for several. One query."""
        found: dict[tuple[str, str], Any] = {}
        for row in self.filter(kept_in__in=list(lists)).in_force(commissioner, on):
            found.setdefault((row.kept_in, row.code), row)
        rows = sorted((row for row in found.values() if row.in_use), key=lambda row: (row.position, row.label))
        return {name: [row for row in rows if row.kept_in == name] for name in lists}


class Term(Word):
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

    objects = TermQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["kept_in", "position", "label"]
        constraints = dated_constraints("oversight_term", "kept_in", "code")
