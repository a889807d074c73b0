"""Reviews whose clock runs out while nobody on their list is here (hazard 19): told by reference only.

Here is who has an account in use, still holds a role that reads reviews, and is not away; or whoever covers for them.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from accounts.capabilities import Can, roles_granting
from accounts.models import CircleMember, Cover, Membership, User
from reviews.register import followed

if TYPE_CHECKING:
    from django.db.models import QuerySet

AHEAD = timedelta(days=7)


def somebody_here(on: date) -> Exists:
    """Is there anybody on the list of the clock's review who could act today?"""
    at_work = User.objects.in_state("active")
    reading = Membership.objects.live(on=on).filter(role__in=roles_granting(Can.SEE_REVIEW))
    reads = reading.filter(user=OuterRef("user"), organisation=OuterRef("circle__commissioner"))
    away = Cover.objects.live(on=on).filter(absent=OuterRef("user"))
    covered = away.filter(covered_by__in=at_work)
    named = CircleMember.objects.live(on=on).filter(circle=OuterRef("review__circle"), scope=CircleMember.Reach.WHOLE)
    awake = Q(user__in=at_work) & ~Exists(away)
    return Exists(named.filter(Exists(reads)).filter(awake | Q(Exists(covered))))


def lapsing(user: Any, on: date) -> "QuerySet[Any]":
    """Clocks that ran out or do so within a week, of reviews that the person follows and nobody attends to."""
    soon = followed(user).filter(paused_on__isnull=True, review__closed_at__isnull=True, due_on__lte=on + AHEAD)
    return soon.filter(~somebody_here(on))
