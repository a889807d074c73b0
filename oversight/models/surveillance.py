"""How closely a provider is watched, with history: one level at a time, never rewritten."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import IntegrityError, models, transaction
from django.db.models import F, OuterRef, Q, Subquery

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from oversight.models.escalation_rules import SurveillanceLabel
from providers.models.policy import DateRange

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation


class SurveillanceQuerySet(TenantQuerySet):
    """Levels, in force and past."""

    def live(self, *, on: date) -> Self:
        """In force on the day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)

    def of(self, organisation: "Organisation") -> Self:
        """The history of one provider, newest first."""
        rows = self.filter(organisation=organisation).select_related("label", "set_by", "commissioner")
        return rows.order_by("-starts_on", "-pk")

    def heightened(self) -> Self:
        """More than the usual."""
        return self.filter(label__heightened=True)

    def label_of(self, organisation: str, *, on: date, commissioner: str = "") -> dict[str, Subquery]:
        """Columns for a query over providers: ``surveillance`` (words), ``surveillance_since``, and its weight.

        ``organisation`` and ``commissioner`` are paths in that query; call it on a permitted queryset.
        """
        here = {"organisation": OuterRef(organisation)}
        if commissioner:
            here["commissioner"] = OuterRef(commissioner)
        mine = self.live(on=on).filter(**here).order_by("-label__position")
        return {
            "surveillance": Subquery(mine.values("label__name")[:1]),
            "surveillance_since": Subquery(mine.values("starts_on")[:1]),
            "surveillance_weight": Subquery(mine.values("label__position")[:1]),
        }

    @transaction.atomic
    def set_level(
        self, commissioner: "Organisation", organisation: "Organisation", label: SurveillanceLabel, *,
        reason: str, by: "User", on: date, at: datetime, seen: str | None = None,
    ) -> "SurveillanceLevel":  # fmt: skip
        """End the level that holds and begin this one on the day. ``seen`` is the reference of the level that was on
        the person's screen, empty for none: of two at once the second is refused.
        """
        running = self.filter(commissioner=commissioner, organisation=organisation, ends_on__isnull=True)
        held = running.select_for_update().select_related("label").first()
        if seen is not None and seen != (held.reference if held else ""):
            raise Refused("Somebody else has just set the level. Look at theirs first.")
        if held and held.label.code == label.code:
            raise Refused(f"The level is “{label}” already, since {held.starts_on:%-d %B %Y}.")
        if held and held.starts_on > on:
            raise Refused(f"The level that holds began on {held.starts_on:%-d %B %Y}. Choose that day or a later one.")
        if held:
            running.update(ends_on=on)
        try:
            with transaction.atomic():
                made: SurveillanceLevel = self.create(
                    commissioner=commissioner, organisation=organisation, label=label, starts_on=on, reason=reason,
                    set_by=by, set_at=at,
                )  # fmt: skip
        except IntegrityError as problem:
            raise Refused("Somebody else has just set the level. Look at theirs first.") from problem
        return made


class SurveillanceLevel(models.Model):
    """A level from a day until a day (not included). Only its end is ever written afterwards."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="surveillance_levels"
    )
    label = models.ForeignKey(SurveillanceLabel, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = SurveillanceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="surveillance_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["commissioner", "organisation"], condition=Q(ends_on__isnull=True), name="surveillance_one_live"
            ),
            ExclusionConstraint(
                name="surveillance_one_at_a_time",
                expressions=[
                    ("commissioner", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the level."""
        return "waiting" if self.label.heightened else "quiet"

    @property
    def is_live(self) -> bool:
        """Not ended."""
        return self.ends_on is None
