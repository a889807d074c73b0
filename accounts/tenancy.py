"""Who may see a row: one door for every business queryset.

A model's queryset says where its commissioner, organisation, strands and circle are, and which of its rows
are a provider's drafts. ``permitted(user, can)`` turns the policy table into one query with ``EXISTS``
(never joins or DISTINCT, so that locking works). Not permitted means not there.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts import clock
from accounts.capabilities import INTEREST, Can, Scope, roles_granting

if TYPE_CHECKING:
    from accounts.models import User

Reader = "User | AnonymousUser"


class TenantQuerySet(models.QuerySet[Any]):
    """Every queryset over a commissioner's business answers one question first: may this person?"""

    commissioner_path: ClassVar[str] = "commissioner"
    organisation_path: ClassVar[str] = "organisation"
    strands_path: ClassVar[str] = ""
    circle_path: ClassVar[str] = ""
    # Rows that the commissioner's side does not see (a provider's draft), except for these capabilities.
    drafts: ClassVar[Q | None] = None
    sees_drafts: ClassVar[frozenset[Can]] = frozenset()
    published: ClassVar[Q | None] = None

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """The rows on which this person may do this, today or on the given London date."""
        if not user.is_authenticated:
            return self.none()
        on = on or clock.today()
        reach = self._commissioner_reach(user, can, on) | self._own_reach(user, can, on)
        rows = self.filter(reach)
        if can in INTEREST and self.organisation_path:
            rows = rows.exclude(self._declared_interest(user, on))
        return rows.filter(self._circle(user, on)) if self.circle_path else rows

    def _roles(self, user: "User", on: date, can: Can, *scopes: Scope) -> list[str]:
        """The roles that hold the capability at these scopes; in a request, those of them that the person acts in."""
        roles = roles_granting(can, *scopes)
        acts = user.acts
        return roles if acts is None or acts.on != on else [role for role in roles if role in acts.roles]

    def _held(self, user: "User", on: date, roles: list[str]) -> models.QuerySet[Any]:
        """The person's live memberships, and those of the people they cover for, in these roles."""
        from accounts.models import Membership

        return Membership.objects.acting(user, on=on).filter(role__in=roles)

    def _commissioner_reach(self, user: "User", can: Can, on: date) -> Q:
        if not self.commissioner_path:
            return Q(pk__in=[])
        here = {"organisation": OuterRef(self.commissioner_path)}
        reach = Q(pk__in=[])
        if roles := self._roles(user, on, can, Scope.ALL):
            reach |= Q(Exists(self._held(user, on, roles).filter(**here)))
        if roles := self._roles(user, on, can, Scope.STRAND):
            by_strand = self._held(user, on, roles).filter(**here)
            if self.strands_path:
                by_strand = by_strand.filter(strands__overlap=OuterRef(self.strands_path))
            reach |= Q(Exists(by_strand))
        reach |= self._extra_reach(user, can, on)
        if self.drafts is not None and can not in self.sees_drafts:
            reach &= ~self.drafts
        if self.published is not None and (roles := self._roles(user, on, can, Scope.PUBLISHED)):
            reach |= Q(Exists(self._held(user, on, roles).filter(**here))) & self.published
        return reach

    def _own_reach(self, user: "User", can: Can, on: date) -> Q:
        if not self.organisation_path:
            return Q(pk__in=[])
        if not (roles := self._roles(user, on, can, Scope.OWN)):
            return Q(pk__in=[])
        held = self._held(user, on, roles)
        return Q(Exists(held.filter(organisation=OuterRef(self.organisation_path))))

    def _extra_reach(self, user: "User", can: Can, on: date) -> Q:
        """A further way in for the commissioner's side; associates use it (providers.tenancy)."""
        return Q(pk__in=[])

    def _declared_interest(self, user: "User", on: date) -> Q:
        from accounts.models import DeclaredInterest

        live = DeclaredInterest.objects.live(on=on).filter(user=user)
        return Q(Exists(live.filter(organisation=OuterRef(self.organisation_path))))

    def _circle(self, user: "User", on: date) -> Q:
        from accounts.models import CircleMember, Membership

        member = CircleMember.objects.live(on=on).filter(user=user, circle=OuterRef(self.circle_path))
        named = Q(Exists(member.filter(scope="whole")))
        if self.organisation_path:
            mine = Membership.objects.live(on=on).filter(user=user, organisation=OuterRef(self.organisation_path))
            named |= Q(Exists(member.filter(scope="own"))) & Q(Exists(mine))
        return Q(**{f"{self.circle_path}__isnull": True}) | named
