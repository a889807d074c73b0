"""How rows that hang on an organisation are seen: exactly with it, and never without it."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from accounts.capabilities import Can
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class WithOrganisationQuerySet(TenantQuerySet):
    """Sites, contacts and service answers: permitted when their organisation is."""

    organisation_field: ClassVar[str] = "organisation"

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """One rule for the register, so that a page and its parts can never disagree."""
        from providers.models.organisations import Organisation

        seen = Organisation.objects.permitted(user, can, on=on)
        return self.filter(**{f"{self.organisation_field}__in": seen.values("pk")})


# Writing into somebody's register entry needs a contract or partnership that still runs; reading does not.
WRITES: frozenset[Can] = frozenset({Can.EDIT_PROVIDERS, Can.EDIT_CONTACTS, Can.EDIT_SERVICES})
