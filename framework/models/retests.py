"""A criterion that one provider is asked again, in its next return or on the next visit, because of learning elsewhere.

Whoever asks leaves no more than a neutral word: what it came from is not here. It is settled when the criterion is
validated in a return that was submitted later, or seen on a later visit.
"""

from collections.abc import Collection
from datetime import date
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantQuerySet


class RetestQuerySet(TenantQuerySet):
    """Criteria asked again."""

    def open(self) -> Self:
        """Not settled yet."""
        return self.filter(settled_on__isnull=True)

    def about(self, commissioner: int, organisation: int) -> set[UUID]:
        """The criteria that this provider is asked again for this commissioner."""
        rows = self.open().filter(commissioner=commissioner, organisation=organisation)
        return set(rows.values_list("criterion", flat=True))

    def ask(self, commissioner: int, pairs: Collection[tuple[int, UUID]], *, on: date) -> int:
        """Ask organisations criteria again; one that is asked already stays as it is. Returns how many were asked."""
        before = self.open().filter(commissioner=commissioner).count()
        rows = [
            self.model(commissioner_id=commissioner, organisation_id=organisation, criterion_id=criterion, asked_on=on)
            for organisation, criterion in sorted(pairs, key=str)
        ]
        self.bulk_create(rows, ignore_conflicts=True)
        return self.open().filter(commissioner=commissioner).count() - before

    def settle(
        self, commissioner: int, organisation: int, criteria: Collection[UUID], *, on: date, by: str, since: date
    ) -> int:  # fmt: skip
        """These were looked at again. ``since`` is the day of the return or visit: what was asked later stays open."""
        rows = self.open().filter(commissioner=commissioner, organisation=organisation, criterion__in=criteria)
        return rows.filter(asked_on__lte=since).update(settled_on=on, settled_by=by)


class Retest(models.Model):
    """One criterion, asked again of one organisation."""

    class Because(models.TextChoices):
        LEARNING = "learning", "Learning from a review"

    class By(models.TextChoices):
        RETURN = "return", "Validated in a return"
        VISIT = "visit", "Seen on a visit"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    criterion = models.ForeignKey("framework.Criterion", on_delete=models.PROTECT, related_name="retests")
    asked_on = models.DateField()
    because = models.CharField(max_length=10, choices=Because.choices, default=Because.LEARNING)
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.CharField(max_length=6, choices=By.choices, blank=True)

    objects = RetestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "organisation", "criterion"], condition=Q(settled_on__isnull=True),
                name="retest_open_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True, settled_by="") | Q(settled_on__isnull=False) & ~Q(settled_by=""),
                name="retest_settled_by_something",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.criterion_id}"
