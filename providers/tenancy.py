"""The associate's way in: results that a model declares shared are read by associate commissioners."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db.models import Exists, OuterRef, Q

from accounts.capabilities import Can, Scope
from accounts.tenancy import TenantQuerySet
from providers.models.arrangements import Arrangement

if TYPE_CHECKING:
    from accounts.models import User


class SharedQuerySet(TenantQuerySet):
    """Adds one branch to ``permitted``: a live associate contract, for the capabilities named shared.

    ``shared_with_associates`` says which rows are shared (for example only validated ones).
    """

    shared_with_associates: ClassVar[Q] = Q()
    shared_capabilities: ClassVar[frozenset[Can]] = frozenset({Can.SEE_RESULT})

    def _extra_reach(self, user: "User", can: Can, on: date) -> Q:
        if can not in self.shared_capabilities:
            return Q(pk__in=[])
        if not (roles := self._roles(user, on, can, Scope.ALL, Scope.STRAND)):
            return Q(pk__in=[])
        held = self._places(user, on, roles)
        associate = (
            Arrangement.objects.live(on=on)
            .filter(part=Arrangement.Part.ASSOCIATE, commissioner__in=held)
            .filter(organisation=OuterRef(self.organisation_path))
        )
        return Q(Exists(associate)) & self.shared_with_associates
