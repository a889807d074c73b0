"""Who commissions whom, on which contract, and which boards a commissioner works with."""

from datetime import date, timedelta
from typing import Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from providers.models.organisations import Organisation, Tier
from providers.models.policy import DateRange
from providers.models.versions import Versioned


class ContractForm(models.TextChoices):
    """Forms of contract; screens say contract, grant or GP contract."""

    FULL = "full", "NHS Standard Contract"
    SHORTER = "shorter", "NHS Standard Contract, shorter form"
    GMS = "gms", "GP contract (GMS)"
    PMS = "pms", "GP contract (PMS)"
    APMS = "apms", "GP contract (APMS)"
    GRANT = "grant", "Grant"
    JOINT = "joint", "Joint contract with the local authority"
    SPOT = "spot", "Spot placement"


class ArrangementQuerySet(TenantQuerySet):
    """Contracts in force."""

    def live(self, *, on: date) -> Self:
        """In force on the day; the last day is not included."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)

    def unended(self, *, on: date) -> Self:
        """In force on the day or later: not ended yet."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))

    def leading(self) -> Self:
        """Where this commissioner collects for everybody."""
        return self.filter(part=Arrangement.Part.LEAD)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Arrangement(Versioned):
    """Commissioner commissions organisation, as lead or associate. At most one live lead a provider."""

    class Part(models.TextChoices):
        LEAD = "lead", "Lead commissioner"
        ASSOCIATE = "associate", "Associate commissioner"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="arrangements_held")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="arrangements")
    part = models.CharField(max_length=9, choices=Part.choices, default=Part.LEAD)
    contract_form = models.CharField(max_length=8, choices=ContractForm.choices)
    contract_number = models.CharField(max_length=60, blank=True)
    tier = models.CharField(
        "standards asked", max_length=16, choices=Tier.choices, blank=True, help_text="Empty: as the category says."
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="arrangement_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(commissioner=F("organisation")) | Q(part="lead"), name="arrangement_own_is_lead"
            ),
            ExclusionConstraint(
                name="arrangement_one_lead",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(part="lead"),
            ),
            ExclusionConstraint(
                name="arrangement_once",
                expressions=[
                    ("commissioner", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["commissioner", "organisation"], name="arrangement_pair")]

    def __str__(self) -> str:
        return f"{self.get_part_display()}, {self.get_contract_form_display()}"

    @property
    def last_day(self) -> date | None:
        """The last day of the contract, as people say it; ``ends_on`` is the first day without it."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    def runs(self, *, on: date) -> bool:
        """Begun and not over on the day."""
        return self.starts_on <= on and (self.ends_on is None or self.ends_on > on)

    def set_last_day(self, day: date | None) -> None:
        """Not saved: forms use it before they save."""
        self.ends_on = day + timedelta(days=1) if day else None

    def end(self, *, last_day: date, expected: int) -> None:
        """Let the contract end after its last day. Returns and letters of its time stay where they are."""
        self.change(expected=expected, ends_on=last_day + timedelta(days=1))

    @property
    def standards_tier(self) -> str:
        """The tier asked: this contract's own, else the category's."""
        return self.tier or (self.organisation.category.tier if self.organisation.category else Tier.SMALL)

    @property
    def standards_in_words(self) -> str:
        """The tier as the page says it."""
        return str(Tier(self.standards_tier).label)


class PartnershipQuerySet(TenantQuerySet):
    """Boards of a commissioner."""

    organisation_path = ""

    def current(self) -> Self:
        """Not ended."""
        return self.filter(ended_on__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Partnership(models.Model):
    """A board or authority that a commissioner works with; its name on screen is data."""

    class Kind(models.TextChoices):
        CHILDREN = "children", "Safeguarding children board or partnership"
        ADULTS = "adults", "Safeguarding adults board"
        COMMUNITY_SAFETY = "community_safety", "Community safety partnership"
        LOCAL_AUTHORITY = "local_authority", "Local authority front door"
        HEALTH = "health", "Health body"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    board = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")
    commissioner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="boards")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    ended_on = models.DateField(null=True, blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["board", "commissioner", "kind"],
                condition=Q(ended_on__isnull=True),
                name="partnership_running_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def end(self, *, on: date) -> bool:
        """End it today; False when it had ended already."""
        return bool(Partnership.objects.current().filter(pk=self.pk).update(ended_on=on))
