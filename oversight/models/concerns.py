"""A concern about a provider, drawn from several items, and how it was weighed over time.

A weighing is never changed: the next one stands beside it, and the two say whether the concern grows. Which level a
vulnerability and a likelihood come to is dated policy (``ConcernMatrix``).
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from oversight.models.intelligence import IntelligenceItem
from oversight.models.terms import Term
from providers.models.policy import Dated, dated_constraints
from providers.models.versions import Versioned

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation


class ConcernMatrix(Dated):
    """One cell: which level a vulnerability and a likelihood come to, by the codes of the three scales."""

    vulnerability = models.SlugField(max_length=40)
    likelihood = models.SlugField(max_length=40)
    level = models.SlugField(max_length=40)

    class Meta:
        constraints = dated_constraints("concern_matrix", "vulnerability", "likelihood")

    def __str__(self) -> str:
        return f"{self.vulnerability} and {self.likelihood}: {self.level}"


class Unweighable(Refused):
    """The matrix says nothing about this pair; the settings have to."""


def level_of(vulnerability: Term, likelihood: Term, commissioner: "Organisation", on: date) -> Term:
    """The level that the matrix in force gives; own cells come before shipped ones."""
    cell = {"vulnerability": vulnerability.code, "likelihood": likelihood.code}
    row = ConcernMatrix.objects.filter(**cell).in_force(commissioner, on).first()
    levels = {each.code: each for each in Term.objects.offered(Term.List.CONCERN_LEVEL, commissioner, on)}
    if row is None or row.level not in levels:
        raise Unweighable("The matrix names no level for this. Somebody with settings has to add it first.")
    found: Term = levels[row.level]
    return found


class ConcernQuerySet(TenantQuerySet):
    """Concerns in the users' words."""

    circle_path = "circle"

    def of(self, organisation: "Organisation | int") -> Self:
        """About one organisation."""
        return self.filter(organisation=organisation)

    def open(self) -> Self:
        """Not closed."""
        return self.filter(closed_at__isnull=True)

    def review_overdue(self, *, on: date) -> Self:
        """Open, and the day of the next review has passed."""
        return self.open().filter(review_on__lt=on)

    def with_levels(self) -> Self:
        """Each with the words of its level now and before, and their places on the scale."""
        newest = Weighing.objects.filter(concern=OuterRef("pk")).order_by("-pk")
        found = {}
        for name, nth in (("now", 0), ("before", 1)):
            found[f"level_{name}"] = Subquery(newest.values("level__label")[nth : nth + 1])
            found[f"place_{name}"] = Subquery(newest.values("level__position")[nth : nth + 1])
        return self.annotate(**found)

    @transaction.atomic
    def open_from(
        self, items: Iterable[IntelligenceItem], *, title: str, theme: Term, review_on: date, by: "User", at: datetime
    ) -> "Concern":
        """Open a concern from items about one provider that are all for the same people.

        A plain item in a restricted concern would show others that there is one.
        """
        held = list(IntelligenceItem.objects.select_for_update().filter(pk__in=[each.pk for each in items]))
        whose = {(each.commissioner_id, each.organisation_id) for each in held}
        circles = {each.circle_id for each in held}
        if len(whose) != 1:
            raise Refused("Choose items about one provider.")
        if len(circles) > 1:
            raise Refused("These items are for different people. Open a concern for each list.")
        commissioner, organisation = whose.pop()
        concern: Concern = self.create(
            commissioner_id=commissioner, organisation_id=organisation, circle_id=circles.pop(),
            title=title, theme=theme, review_on=review_on, opened_by=by, opened_at=at,
        )  # fmt: skip
        for item in held:
            item.join(concern)
        return concern


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Concern(Versioned):
    """What several items together make one worry about; for the people that its items are for."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey("accounts.Circle", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("what the concern is", max_length=200)
    theme = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField("next review")
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField("outcome", blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="concern_whose"),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True, outcome="")
                | Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(outcome=""),
                name="concern_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(closed_at__isnull=True), name="concern_open"),
            models.Index(fields=["commissioner", "-opened_at"], name="concern_of_commissioner"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Not closed."""
        return self.closed_at is None

    @property
    def trend(self) -> str:
        """Rising, falling or unchanged, in words; needs ``with_levels``."""
        row: Any = self
        return trend(row.place_before, row.place_now)

    def is_review_overdue(self, on: date) -> bool:
        """Open, and nobody has weighed it by the day that was set."""
        return self.is_open and self.review_on < on

    @transaction.atomic
    def weigh(
        self, *, vulnerability: Term, likelihood: Term, reasons: str, review_on: date, by: "User", at: datetime,
        on: date, expected: int,
    ) -> "Weighing":  # fmt: skip
        """Weigh it on the day and say when next. What was weighed before stays beside it."""
        if not self.is_open:
            raise Refused("This concern is closed. Open a new one when there is something new.")
        self.change(expected=expected, review_on=review_on)
        return self.weighings.create(
            commissioner_id=self.commissioner_id, organisation_id=self.organisation_id, vulnerability=vulnerability,
            likelihood=likelihood, level=level_of(vulnerability, likelihood, self.commissioner, on), reasons=reasons,
            on=on, review_on=review_on, by=by, at=at,
        )  # fmt: skip

    def close(self, *, expected: int, by: "User", at: datetime, outcome: str) -> None:
        """It no longer worries anybody, and why."""
        open_ = type(self).objects.open().filter(pk=self.pk, version=expected)
        if not open_.update(closed_by=by, closed_at=at, outcome=outcome, version=F("version") + 1):
            raise Refused("It was weighed or closed in the meantime. Look at it as it stands.")
        self.refresh_from_db()


class WeighingQuerySet(TenantQuerySet):
    """Weighings, seen like their concern."""

    circle_path = "concern__circle"


class Weighing(models.Model):
    """How a concern was weighed on a day, and why. Append-only."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="weighings")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    vulnerability = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    likelihood = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField()
    on = models.DateField()
    review_on = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WeighingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.level} on {self.on}"


def trend(before: int | None, now: int | None) -> str:
    """Two places on the scale in words."""
    if now is None:
        return "Not weighed yet"
    if before is None:
        return "Weighed once"
    return "Rising" if now > before else "Falling" if now < before else "Unchanged"
