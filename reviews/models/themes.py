"""What reviews are about: a dated pick list, in the words of each commissioner (domain.md 8.4)."""

from typing import TYPE_CHECKING, Any

from django.db import models

from providers.models.policy import Dated, DatedPolicyQuerySet, dated_constraints

if TYPE_CHECKING:
    from datetime import date

    from providers.models import Organisation


class ThemeQuerySet(DatedPolicyQuerySet):
    """Themes."""

    def offered(self, commissioner: "Organisation | int | None", on: "date") -> Any:
        """What may be chosen on the day, in order; own words stand in place of shipped ones. One query."""
        own = self.filter(commissioner__isnull=False).in_force(commissioner, on).values("code")
        rows = self.in_force(commissioner, on).exclude(commissioner__isnull=True, code__in=own)
        return rows.filter(in_use=True).order_by("position", "label")


class ReviewTheme(Dated):
    """One theme of the pick list."""

    code = models.SlugField(max_length=40)
    label = models.CharField("words", max_length=120)
    position = models.PositiveSmallIntegerField("place in the list", default=0)
    in_use = models.BooleanField("may be chosen", default=True)

    objects = ThemeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["position", "label"]
        constraints = dated_constraints("review_theme", "code")

    def __str__(self) -> str:
        return self.label
