"""Who may see a row of a review: roles that may when they are named, and then the list itself (trust.md row 24)."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.db.models import Exists, OuterRef, Q

from accounts import clock
from accounts.capabilities import Can, Scope
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class ListedQuerySet(TenantQuerySet):
    """Rows that no provider reaches; a role with member scope reaches its commissioner's, and the list says which."""

    organisation_path = ""

    def _extra_reach(self, user: "User", can: Can, on: date) -> Q:
        roles = self._roles(user, on, can, Scope.MEMBER)
        return self._there(user, on, roles, self.commissioner_path) if roles else Q(pk__in=[])


class OfReviewQuerySet(ListedQuerySet):
    """Rows that hang on a review."""

    commissioner_path = "review__commissioner"
    circle_path = "review__circle"


# What the page of a review says of it beside its own fields.
BESIDE = (
    "circle", "board", "commissioner", "designated", "registered_by", "closed_by", "theme_1", "theme_2", "theme_3",
)  # fmt: skip


class ReviewAccess(ListedQuerySet):
    """The reviews themselves."""

    strands_path = "strands"
    circle_path = "circle"
    # What these give holds no content: counts, reference and clock, or a way in of which everybody is told.
    beyond_circles: ClassVar[frozenset[Can]] = frozenset(
        {Can.COUNT_REVIEWS, Can.FOLLOW_REVIEWS, Can.OPEN_IN_EMERGENCY, Can.SEE_REVIEW_READS}
    )

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere; and somebody who was let in for an emergency reads, and does nothing else."""
        rows = super().permitted(user, can, on=on)
        if can is not Can.SEE_REVIEW or not user.is_authenticated:
            return rows
        from reviews.models.reading import EmergencyAccess

        on = on or clock.today()
        let_in = EmergencyAccess.objects.filter(user=user, review=OuterRef("pk"), on__lte=on, until__gt=on)
        found = rows | self.filter(self._commissioner_reach(user, can, on), Exists(let_in))
        return found.select_related(*BESIDE)
