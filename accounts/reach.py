"""Whose people somebody looks after: the one place that says it.

A commissioner role reaches the commissioner, the providers it commissions and the bodies it works with, but never
the people of another commissioner; a provider role reaches its own organisation.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import clock
from accounts.capabilities import Can, Role, Scope, Side, roles_granting

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def organisations(user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> QuerySet[Any]:
    """The organisations whose people this capability reaches."""
    from accounts.models import Membership

    model: Any = Membership._meta.get_field("organisation").related_model
    if not user.is_authenticated:
        return model.objects.none()
    on = on or clock.today()
    held = Membership.objects.acting(user, on=on).filter(role__in=roles_granting(can))
    mine = Exists(held.filter(organisation=OuterRef("pk")))
    return model.objects.permitted(user, can, on=on).filter(~Q(kind="commissioner") | mine)


def commissioners(user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> QuerySet[Any]:
    """The commissioners at which the person holds the capability."""
    return organisations(user, can, on=on).filter(kind="commissioner")


def colleagues(person: "User", *, on: date) -> QuerySet[Any]:
    """Who may cover for this person: people of their commissioners, and designated professionals next door.

    Next door is a commissioner that shares the designated team: somebody is a designated professional of both. Its
    people cover for members of the team only (trust.md: Cover).
    """
    from accounts.models import Membership, User
    from accounts.models.memberships import DESIGNATED_TEAM

    live = Membership.objects.live(on=on).filter(side=Side.COMMISSIONER)
    designated = live.filter(role=Role.DESIGNATED_PROFESSIONAL)
    team = live.filter(user=person, role__in=DESIGNATED_TEAM).values("organisation")
    shared = designated.filter(user__in=designated.filter(organisation__in=team).values("user"))
    near = live.filter(organisation__in=live.filter(user=person).values("organisation")).values("user")
    next_door = designated.filter(organisation__in=shared.values("organisation")).values("user")
    people = User.objects.in_state("active").filter(Q(pk__in=near) | Q(pk__in=next_door)).exclude(pk=person.pk)
    return people.order_by("name", "pk")


def keepers(person: "User", can: Can, *, on: date) -> list["User"]:
    """Who holds the capability over this person, who is left out: ``organisations`` read the other way round."""
    from accounts.models import Membership, User

    model: Any = Membership._meta.get_field("organisation").related_model
    places = Membership.objects.live(on=on).filter(user=person).values("organisation")
    around = model.objects.filter(pk__in=places).values("arrangements__commissioner")
    near = Membership.objects.live(on=on).granting(can).filter(Q(organisation__in=places) | Q(organisation__in=around))
    people = User.objects.in_state("active").filter(pk__in=near.values("user")).exclude(pk=person.pk).order_by("pk")
    # Few people are near; for each the one rule decides, so that no letter says more than a page would.
    return [one for one in people if User.objects.permitted(one, can).filter(pk=person.pk).exists()]


def whose(user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Q:
    """A filter for rows with a role in an organisation (memberships, invitations).

    A provider lead of a commissioner's own services looks after that side only, never after the commissioner's staff.
    """
    from accounts.models import Membership

    reached = Q(organisation__in=organisations(user, can, on=on))
    if not user.is_authenticated:
        return reached
    wide = Membership.objects.acting(user, on=on).filter(role__in=roles_granting(can, Scope.ALL, Scope.STRAND))
    provider_roles = [role.value for role in Role if role.side == Side.PROVIDER]
    return reached & (
        Q(role__in=provider_roles)
        | ~Q(organisation__kind="commissioner")
        | Q(organisation__in=wide.values("organisation"))
    )
