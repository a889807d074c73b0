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
    from accounts.models.memberships import Acts

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
        return rows.filter(self._circle(user, on, can)) if self.circle_path else rows

    def _roles(self, user: "User", on: date, can: Can, *scopes: Scope) -> list[str]:
        """The roles that hold the capability at these scopes; in a request, those of them that the person acts in."""
        roles = roles_granting(can, *scopes)
        acts = self._acts(user, on)
        return roles if acts is None else [role for role in roles if role in acts.roles]

    @staticmethod
    def _acts(user: "User", on: date) -> "Acts | None":
        """What the person acts as, where this request has asked already; nothing in a task and for another day."""
        from accounts.models.memberships import acts_of

        return acts_of(user, on)

    def _held(self, user: "User", on: date, roles: list[str]) -> models.QuerySet[Any]:
        """The person's live memberships, and those of the people they cover for, in these roles."""
        from accounts.models import Membership

        return Membership.objects.acting(user, on=on).filter(role__in=roles)

    def _places(self, user: "User", on: date, roles: list[str]) -> Any:
        """The organisations in which the person acts in one of these roles, for ``__in``."""
        acts = self._acts(user, on)
        return self._held(user, on, roles).values("organisation") if acts is None else acts.places(roles)

    def _there(self, user: "User", on: date, roles: list[str], path: str) -> Q:
        """Does the person act in one of these roles at the organisation that ``path`` names?"""
        acts = self._acts(user, on)
        if acts is not None:
            return Q(**{f"{path}__in": acts.places(roles)})
        return Q(Exists(self._held(user, on, roles).filter(organisation=OuterRef(path))))

    def _commissioner_reach(self, user: "User", can: Can, on: date) -> Q:
        if not self.commissioner_path:
            return Q(pk__in=[])
        reach = Q(pk__in=[])
        if roles := self._roles(user, on, can, Scope.ALL):
            reach |= self._there(user, on, roles, self.commissioner_path)
        if roles := self._roles(user, on, can, Scope.STRAND):
            reach |= self._of_their_strands(user, on, roles)
        reach |= self._extra_reach(user, can, on)
        if self.drafts is not None and can not in self.sees_drafts:
            reach &= ~self.drafts
        if self.published is not None and (roles := self._roles(user, on, can, Scope.PUBLISHED)):
            reach |= self._there(user, on, roles, self.commissioner_path) & self.published
        return reach

    def _of_their_strands(self, user: "User", on: date, roles: list[str]) -> Q:
        """Of the commissioner, and where rows are of strands, of one that the person holds there."""
        if not self.strands_path:
            return self._there(user, on, roles, self.commissioner_path)
        acts, reach = self._acts(user, on), Q(pk__in=[])
        if acts is None:
            here = self._held(user, on, roles).filter(organisation=OuterRef(self.commissioner_path))
            return Q(Exists(here.filter(strands__overlap=OuterRef(self.strands_path))))
        for organisation, strands in acts.strands(roles).items():
            reach |= Q(**{self.commissioner_path: organisation, f"{self.strands_path}__overlap": strands})
        return reach

    def _own_reach(self, user: "User", can: Can, on: date) -> Q:
        if not self.organisation_path:
            return Q(pk__in=[])
        if not (roles := self._roles(user, on, can, Scope.OWN)):
            return Q(pk__in=[])
        return self._there(user, on, roles, self.organisation_path)

    def _extra_reach(self, user: "User", can: Can, on: date) -> Q:
        """A further way in for the commissioner's side; associates use it (providers.tenancy)."""
        return Q(pk__in=[])

    def _declared_interest(self, user: "User", on: date) -> Q:
        from accounts.models import DeclaredInterest

        live = DeclaredInterest.objects.live(on=on).filter(user=user)
        return Q(Exists(live.filter(organisation=OuterRef(self.organisation_path))))

    def _circle(self, user: "User", on: date, can: Can) -> Q:
        """No circle, or one of its people; a model that lets others in for one capability says so here."""
        from accounts.models import CircleMember, Membership

        member = CircleMember.objects.live(on=on).filter(user=user, circle=OuterRef(self.circle_path))
        named = Q(Exists(member.filter(scope="whole")))
        if self.organisation_path:
            acts = self._acts(user, on)
            if acts is None:
                mine = Membership.objects.live(on=on).filter(user=user, organisation=OuterRef(self.organisation_path))
                theirs = Q(Exists(mine))
            else:
                theirs = Q(**{f"{self.organisation_path}__in": sorted(acts.own)})
            named |= Q(Exists(member.filter(scope="own"))) & theirs
        return Q(**{f"{self.circle_path}__isnull": True}) | named
