"""Who may see a row of a review: roles that may when they are named, and then the list itself (trust.md row 24)."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Exists, OuterRef, Q

from accounts.capabilities import Can, Scope
from accounts.models.access import covered_places
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

    def _circle(self, user: "User", on: date, can: Can) -> Q:
        """On its list; while somebody on it is away, whoever covers for them."""
        listed, acts = super()._circle(user, on, can), self._acts(user, on)
        if acts is not None and not acts.covers:
            return listed
        return listed | Q(Exists(covered_places(user, on).filter(circle=OuterRef(self.circle_path))))


class OfReviewQuerySet(ListedQuerySet):
    """Rows that hang on a review."""

    commissioner_path = "review__commissioner"
    circle_path = "review__circle"


class OwnPartQuerySet(ListedQuerySet):
    """Rows of a review about one organisation: its own people reach them when they are named for their own part."""

    organisation_path = "organisation"


# What these give holds no content: counts, reference and clock, or a way in of which everybody is told.
BEYOND_THE_LIST = frozenset({Can.COUNT_REVIEWS, Can.FOLLOW_REVIEWS, Can.OPEN_IN_EMERGENCY, Can.SEE_REVIEW_READS})
# What the page of a review says of it beside its own fields.
BESIDE = (
    "circle", "board", "commissioner", "designated", "registered_by", "closed_by", "theme_1", "theme_2", "theme_3",
)  # fmt: skip


class ReviewAccess(ListedQuerySet):
    """The reviews themselves."""

    strands_path = "strands"
    circle_path = "circle"

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere, without those that were brought in by mistake, of which only the looks are kept; to be read it
        comes with what its page says beside it.
        """
        rows = super().permitted(user, can, on=on)
        if can is not Can.SEE_REVIEW_READS:
            rows = rows.filter(taken_back=False)
        return rows.select_related(*BESIDE) if can is Can.SEE_REVIEW else rows

    def _circle(self, user: "User", on: date, can: Can) -> Q:
        """On its list; somebody who was let in for an emergency reads, and does nothing else."""
        if can in BEYOND_THE_LIST:
            return Q()
        listed = super()._circle(user, on, can)
        if can is not Can.SEE_REVIEW:
            return listed
        from reviews.models.reading import EmergencyAccess

        let_in = EmergencyAccess.objects.filter(user=user, review=OuterRef("pk"), on__lte=on, until__gt=on)
        return listed | Q(Exists(let_in))
