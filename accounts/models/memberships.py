"""A role of one person in one organisation, from when to when, given by whom."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models, transaction
from django.db.models import F, Func, Q

from accounts import clock
from accounts.capabilities import Can as Capability
from accounts.capabilities import Role, Side, roles_granting
from accounts.references import new_reference

if TYPE_CHECKING:
    from accounts.models.people import User


class DateRange(Func):
    """The half-open range from the first day to the last; an open end has none."""

    function = "daterange"
    output_field: ClassVar[Any] = DateRangeField()


class Strand(models.TextChoices):
    """The three strands of safeguarding assurance."""

    CHILDREN = "children", "Children"
    ADULTS = "adults", "Adults"
    LOOKED_AFTER = "looked_after", "Looked after children"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions about who holds which role where."""

    def live(self, *, on: date | None = None) -> Self:
        """In force on the day: begun, not ended, and confirmed where two people are needed."""
        on = on or clock.today()
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on),
            starts_on__lte=on,
            confirmed_at__isnull=False,
            user__is_active=True,
        )

    def acting(self, user: "User", *, on: date | None = None) -> Self:
        """The person's own live memberships and, while they cover for somebody, that person's."""
        from accounts.models.access import Cover

        covered = Cover.objects.live(on=on).filter(covered_by=user).values("absent")
        return self.live(on=on).filter(Q(user=user) | Q(user__in=covered, side=Side.COMMISSIONER))

    def side_of(self, user: "User", *, on: date | None = None) -> str:
        """On which side the person stands; an outside reader counts as the commissioner's (the shorter limit)."""
        sides = set(self.live(on=on).filter(user=user).values_list("side", flat=True))
        return str(Side.PROVIDER.value if sides == {Side.PROVIDER.value} else Side.COMMISSIONER.value)

    def may_remember_device(self, user: "User") -> bool:
        """Only people who work for providers and nowhere else (trust.md: the front door is light for them)."""
        return self.side_of(user) == Side.PROVIDER.value

    def granting(self, can: Capability) -> Self:
        """Those whose role holds the capability, at any scope."""
        return self.filter(role__in=roles_granting(can))

    def awaiting_confirmation(self) -> Self:
        """Commissioner roles that a second person has not confirmed yet."""
        return self.filter(confirmed_at__isnull=True, ends_on__isnull=True)

    @transaction.atomic
    def end(self, *, by: "User", at: datetime) -> int:
        """End these memberships today and every session of their people; returns how many ended."""
        from accounts.sessions import end_sessions

        people = [membership.user for membership in self.select_related("user")]
        ended = self.update(ends_on=at.date(), ended_by=by, version=F("version") + 1)
        for person in people:
            end_sessions(person)
        return ended


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Membership(models.Model):
    """Role in organisation. A commissioner role needs two people (trust.md row 4)."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=2, choices=Role.choices)
    side = models.CharField(max_length=12, choices=Side.choices, editable=False)
    strands = ArrayField(models.CharField(max_length=12, choices=Strand.choices), default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    granted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(side="commissioner") | Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("granted_by")),
                name="membership_second_person",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["PL", "PC", "PE"], side="provider")
                | Q(role__in=["SB", "NE"], side="outside")
                | Q(side="commissioner") & ~Q(role__in=["PL", "PC", "PE", "SB", "NE"]),
                name="membership_side_fits_role",
            ),
            # Provider and commissioner side never together in one person.
            ExclusionConstraint(
                name="membership_one_side",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(side__in=["commissioner", "provider"]),
            ),
            ExclusionConstraint(
                name="membership_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["user", "role", "organisation"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep ``side`` equal to the role's side; the database refuses anything else."""
        self.side = Role(self.role).side
        super().save(*args, **kwargs)

    def confirm(self, *, by: "User", at: datetime) -> bool:
        """The second person's yes. False when somebody else was first or the proposer tried it."""
        moved = (
            type(self)
            .objects.awaiting_confirmation()
            .filter(pk=self.pk)
            .exclude(granted_by=by)
            .update(confirmed_by=by, confirmed_at=at, version=F("version") + 1)
        )
        self.refresh_from_db()
        return bool(moved)
