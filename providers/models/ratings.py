"""The regulator's published ratings, kept as history: one row for each rating that was published.

A row says of which organisation or site, when the regulator published it, and which of its files said so last. How
old that file is decides whether a reader must look at the regulator's page (hazard 16). Filled by bringing its file in.
"""

from datetime import date, timedelta
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from providers.models.organisations import Organisation, Site
from providers.models.register import WithOrganisationQuerySet


class RegulatorRatingQuerySet(WithOrganisationQuerySet):
    """Ratings in the users' words."""

    def newest(self) -> Self:
        """For each organisation and each of its sites the rating that was published last."""
        last = self.order_by("organisation_id", "site_id", "-published_on", "-pk")
        return self.filter(pk__in=last.distinct("organisation_id", "site_id").values("pk"))

    def whole(self) -> Self:
        """Of organisations, not of their sites."""
        return self.filter(site__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class RegulatorRating(models.Model):
    """What the regulator said about an organisation or site on one day, overall and for each question."""

    class Overall(models.TextChoices):
        OUTSTANDING = "outstanding", "Outstanding"
        GOOD = "good", "Good"
        REQUIRES_IMPROVEMENT = "requires_improvement", "Requires improvement"
        INADEQUATE = "inadequate", "Inadequate"
        NOT_RATED = "not_rated", "Inspected but not rated"

    # Best first: a rating after another is worse than it.
    ORDER: ClassVar[tuple[str, ...]] = ("outstanding", "good", "requires_improvement", "inadequate")

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="regulator_ratings")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="regulator_ratings")
    source = models.CharField(max_length=20, default="CQC")
    regulator_id = models.CharField(max_length=20)
    overall = models.CharField(max_length=20, choices=Overall.choices)
    domains = models.JSONField(default=dict)
    published_on = models.DateField()
    file_dated = models.DateField()
    file_name = models.CharField(max_length=200)
    imported_on = models.DateField()
    imported_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = RegulatorRatingQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "site", "source", "published_on"],
                nulls_distinct=False,
                name="regulator_rating_once",
            ),
            models.CheckConstraint(
                condition=Q(published_on__lte=models.F("imported_on")), name="regulator_rating_is_published"
            ),
        ]

    def __str__(self) -> str:
        return self.get_overall_display()

    def must_be_checked(self, on: date, *, after_days: int) -> bool:
        """No newer file was brought in for longer than the policy allows: the regulator may say something else now."""
        return on - self.imported_on > timedelta(days=after_days)

    def is_worse_than(self, other: "RegulatorRating") -> bool:
        """A drop; something that was not rated is neither better nor worse."""
        if self.overall not in self.ORDER or other.overall not in self.ORDER:
            return False
        return self.ORDER.index(self.overall) > self.ORDER.index(other.overall)

    @property
    def safe(self) -> str:
        """The rating of the question whether people are safe, in words; empty where the file said nothing."""
        said = self.domains.get("safe", "")
        return str(dict(self.Overall.choices).get(said, said))

    @property
    def page(self) -> str:
        """The regulator's own page about it."""
        return f"https://www.cqc.org.uk/location/{self.regulator_id}"
