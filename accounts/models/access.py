"""Access beside the roles: named lists, declared interests and cover."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest

from accounts import clock, reach
from accounts.capabilities import Can, Scope, roles_granting
from accounts.references import new_reference
from accounts.refusals import Refused
from accounts.tenancy import TenantQuerySet
from design.calendar import london_date

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models.people import User


def _looked_after(user: "User | AnonymousUser", can: Can) -> models.QuerySet[Any]:
    from accounts.models.memberships import Membership

    return Membership.objects.permitted(user, can).values("user")


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold from a day to a day."""

    def live(self, *, on: date | None = None) -> Self:
        """In force on the day; the last day is not included."""
        on = on or clock.today()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)

    def not_over(self, *, on: date) -> Self:
        """In force or still to come."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))


class CircleQuerySet(TenantQuerySet):
    """Access lists: seen by those who keep all of them, and by the people on them who keep their own."""

    organisation_path = ""

    def _extra_reach(self, user: "User", can: Can, on: date) -> Q:
        """A role with member scope reaches the lists that name the person."""
        held = self._places(user, on, roles_granting(can, Scope.MEMBER))
        named = CircleMember.objects.live(on=on).filter(user=user, scope=CircleMember.Reach.WHOLE).values("circle")
        return Q(commissioner__in=held, pk__in=named)


class Circle(models.Model):
    """A named access list: a row with a circle is seen by its people only."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    objects = CircleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def covers(self, *, on: date) -> "models.QuerySet[Cover]":
        """Who covers on the day for somebody on the list who sees everything."""
        named = self.members.live(on=on).filter(scope=CircleMember.Reach.WHOLE).values("user")
        rows = Cover.objects.live(on=on).filter(absent__in=named)
        return rows.select_related("absent", "covered_by").order_by("covered_by__name")

    @transaction.atomic
    def add(self, person: "User", *, scope: str, reason: str, by: "User", at: datetime) -> "CircleMember":
        """Put a person on the list from today. Refused when they are on it already."""
        type(self).objects.select_for_update().get(pk=self.pk)
        on = london_date(at)
        if self.members.not_over(on=on).filter(user=person).exists():
            raise Refused(f"{person} is on this list already.")
        return self.members.create(user=person, scope=scope, reason=reason, added_by=by, starts_on=on)


class CircleMemberQuerySet(DatedQuerySet):
    """Places on lists."""

    def permitted(self, user: "User | AnonymousUser", can: Can) -> Self:
        """Those on the lists that the person reaches."""
        return self.filter(circle__in=Circle.objects.permitted(user, can))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class CircleMember(models.Model):
    """One person on one list, with the reason why."""

    class Reach(models.TextChoices):
        WHOLE = "whole", "Everything on the list"
        OWN = "own", "Only rows about their own organisation"

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="circles")
    scope = models.CharField(max_length=5, choices=Reach.choices, default=Reach.WHOLE)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    objects = CircleMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "user"], condition=Q(ends_on__isnull=True), name="circle_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circle_id}: {self.user_id}"

    @transaction.atomic
    def end(self, *, at: datetime) -> None:
        """Take the person off the list today. The last two who see everything stay: a list is never one person's."""
        on = london_date(at)
        Circle.objects.select_for_update().get(pk=self.circle_id)
        others = CircleMember.objects.live(on=on).filter(
            circle=self.circle_id, scope=self.Reach.WHOLE, user__is_active=True
        )
        if self.scope == self.Reach.WHOLE and others.exclude(pk=self.pk).count() < 2:
            raise Refused("Two people must stay on the list. Add somebody first, then take this person off.")
        self.ends_on = on
        self.save(update_fields=["ends_on"])


class DeclaredInterestQuerySet(DatedQuerySet):
    """Interests of people."""

    def permitted(self, user: "User | AnonymousUser", can: Can) -> Self:
        """Those of people, and about organisations, that the person looks after."""
        return self.filter(organisation__in=reach.organisations(user, can), user__in=_looked_after(user, can))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class DeclaredInterest(models.Model):
    """A person's interest in an organisation: they are refused its validation and escalation."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="interests")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    nature = models.CharField("nature of the interest", max_length=300)
    starts_on = models.DateField("from")
    ends_on = models.DateField("until", null=True, blank=True)
    declared_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = DeclaredInterestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="interest_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.nature

    def end(self, *, by: "User", at: datetime) -> None:
        """The interest is over from today; somebody else than the person says so."""
        if by.pk == self.user_id:
            raise Refused("Somebody else has to end your own interest.")
        self.ends_on = max(london_date(at), self.starts_on)
        self.save(update_fields=["ends_on"])


class CoverQuerySet(DatedQuerySet):
    """Cover for people who are away."""

    @transaction.atomic
    def arrange(
        self, absent: "User", covered_by: "User", *, first: date, last: date, reason: str, by: "User"
    ) -> "Cover":
        """From the first day to the end of the last. Refused when the person is covered for some of it already, and
        for somebody who is neither a colleague nor of the designated team next door."""
        absent._meta.model._base_manager.select_for_update().get(pk=absent.pk)
        ends_on = last + timedelta(days=1)
        if (
            self.filter(absent=absent, starts_on__lt=ends_on, ends_on__gt=first)
            .exclude(ends_on=F("starts_on"))
            .exists()
        ):
            raise Refused("There is cover for some of these days already. End that first.")
        if not reach.colleagues(absent, on=first).filter(pk=covered_by.pk).exists():
            raise Refused(
                "Only a colleague, or a designated professional of a commissioner that shares the team, covers."
            )
        return self.create(
            absent=absent, covered_by=covered_by, starts_on=first, ends_on=ends_on, reason=reason, agreed_by=by
        )

    def permitted(self, user: "User | AnonymousUser", can: Can) -> Self:
        """The person's own as part of their account; with a right over people, that of the people they look after."""
        if not user.is_authenticated:
            return self.none()
        if can == Can.OWN_ACCOUNT:
            return self.filter(absent=user)
        return self.filter(absent__in=_looked_after(user, can))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Cover(models.Model):
    """While one person is away another holds their queue and duties (trust.md: Cover)."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    absent = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="cover_given")
    covered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="cover_held")
    starts_on = models.DateField("from")
    ends_on = models.DateField("until")
    reason = models.CharField(max_length=200, blank=True)
    agreed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = CoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(absent=F("covered_by")), name="cover_by_somebody_else"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cover_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.absent_id} covered by {self.covered_by_id}"

    @property
    def last_day(self) -> date:
        """The last day of the cover."""
        return self.ends_on - timedelta(days=1)

    def end(self, *, at: datetime) -> None:
        """The person is back today, or the cover is called off; the other's extra duties end with it."""
        today = london_date(at)
        type(self).objects.not_over(on=today).filter(pk=self.pk).update(ends_on=Greatest(F("starts_on"), today))


def covered_places(user: "User", on: date) -> "models.QuerySet[CircleMember]":
    """The places on lists of people for whom the person covers: only those who see everything, of the commissioner's
    own people who are still there. It ends with the cover; a list is covered where its model says so.
    """
    from accounts.models.memberships import Membership

    away = Cover.objects.live(on=on).filter(covered_by=user.pk).values("absent")
    there = Membership.objects.live(on=on).filter(user=OuterRef("user"), organisation=OuterRef("circle__commissioner"))
    places = CircleMember.objects.live(on=on).filter(user__in=away, scope=CircleMember.Reach.WHOLE)
    return places.filter(Exists(there))
