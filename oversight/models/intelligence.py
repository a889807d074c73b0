"""Soft intelligence: what was heard about a provider, from whom, how far it can be relied on, and who may know.

A restricted item has a circle, and its concern the same one: for everybody else they are not there. Nothing
here is ever shown, sent or hinted at to a provider.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from oversight.models.withdrawing import Correctable, correctable_constraints

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from oversight.models.concerns import Concern
    from providers.models import Organisation


NAMED = (
    "commissioner", "organisation", "site", "source", "theme", "reliability", "circle", "concern", "recorded_by",
    "closed_by", "withdrawn_by",
)  # fmt: skip


class IntelligenceItemQuerySet(TenantQuerySet):
    """Items in the users' words."""

    circle_path = "circle"

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere; each with what every page of an item names."""
        return super().permitted(user, can, on=on).select_related(*NAMED)

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def of(self, organisation: "Organisation | int") -> Self:
        """About one organisation."""
        return self.filter(organisation=organisation)

    def open(self) -> Self:
        """Not closed and not withdrawn."""
        return self.standing().filter(closed_at__isnull=True)

    def received_between(self, first: date, last: date) -> Self:
        """Received between two days, both included."""
        return self.filter(received_on__range=(first, last))

    def unrestricted(self) -> Self:
        """Without those for named people: what may leave in a file."""
        return self.filter(circle__isnull=True)

    def matching(self, words: str) -> Self:
        """Every word stands in the summary, the source's details or what was done, or is the reference."""
        for word in words.split():
            self = self.filter(
                Q(summary__icontains=word)
                | Q(source_detail__icontains=word)
                | Q(action_taken__icontains=word)
                | Q(reference__iexact=word)
            )
        return self


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class IntelligenceItem(Correctable):
    """One thing that was heard. Never names a patient; a restricted one is for the people of its circle."""

    class Sensitivity(models.TextChoices):
        NORMAL = "normal", "Normal: everybody who reads soft intelligence"
        RESTRICTED = "restricted", "Restricted: named people only"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey("accounts.Circle", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sensitivity = models.CharField(max_length=10, choices=Sensitivity.choices, default=Sensitivity.NORMAL)
    received_on = models.DateField("received on")
    source = models.ForeignKey("oversight.Term", on_delete=models.PROTECT, related_name="+")
    source_detail = models.CharField("more about the source", max_length=200, blank=True)
    theme = models.ForeignKey("oversight.Term", on_delete=models.PROTECT, related_name="+")
    reliability = models.ForeignKey("oversight.Term", on_delete=models.PROTECT, related_name="+")
    summary = models.TextField("what was heard")
    action_taken = models.TextField("what was done about it", blank=True)
    concern = models.ForeignKey(
        "oversight.Concern", null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField("why it is closed", blank=True)

    objects = IntelligenceItemQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="intelligence_whose"),
            *correctable_constraints("intelligence"),
            models.CheckConstraint(
                condition=Q(sensitivity="normal", circle__isnull=True)
                | Q(sensitivity="restricted", circle__isnull=False),
                name="intelligence_restricted_by_a_circle",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="intelligence_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["commissioner", "-received_on"], name="intelligence_of_commissioner"),
            models.Index(fields=["organisation", "-received_on"], name="intelligence_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"Item {self.reference}"

    @property
    def is_open(self) -> bool:
        """Neither closed nor withdrawn."""
        return self.closed_at is None and not self.is_withdrawn

    def close(self, *, expected: int, by: "User", at: datetime, outcome: str) -> None:
        """Nothing more is to be done about it, and why."""
        self._refuse_withdrawn()
        open_ = type(self).objects.open().filter(pk=self.pk, version=expected)
        if not open_.update(closed_by=by, closed_at=at, outcome=outcome, version=F("version") + 1):
            raise Refused("It was changed or closed in the meantime. Look at it as it stands.")
        self.refresh_from_db()

    def put_right(self, values: Mapping[str, Any], *, expected: int, by: "User", at: datetime, reason: str) -> None:
        """Correct it. In a concern it stays for the people of the concern."""
        circle = values.get("circle")
        if self.concern_id is not None and self.circle_id != (circle and circle.pk):
            raise Refused(
                "This item is in a concern, so who may know of it stays. Withdraw it, and record it again for others."
            )
        self.correct(values, expected=expected, by=by, at=at, reason=reason)

    def join(self, concern: "Concern") -> None:
        """Take it into a concern about the same provider, for the same people."""
        if self.circle_id != concern.circle_id:
            raise Refused("A concern holds items for the same people as itself. Open a concern from this one instead.")
        free = type(self).objects.standing().filter(pk=self.pk, concern__isnull=True)
        if not free.update(concern=concern, version=F("version") + 1):
            raise Refused("This item was withdrawn or taken into a concern in the meantime. Look at it as it stands.")
        self.refresh_from_db()
