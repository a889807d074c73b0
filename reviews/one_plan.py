"""What the page of one recommendation shows, asked for at once: every organisation's action and how it stands."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can, roles_granting
from actions.models import Action
from reviews.models import ImpactReview, Recommendation, ReviewTheme
from reviews.one import OneReview
from reviews.plan import Overall, overall, part_of

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class OneRecommendation:
    """One recommendation on one day, for one reader."""

    asked: Recommendation
    reader: "User"
    on: date
    roles: frozenset[str] = frozenset()

    @cached_property
    def whole(self) -> OneReview:
        """The review that it is of."""
        return OneReview(self.asked.review, self.reader, self.on, roles=self.roles)

    @cached_property
    def may(self) -> dict[str, bool]:
        """What the reader may do; nothing is changed of one that was superseded."""
        may = self.whole.may
        if not may:
            return {}
        still = self.asked.superseded_at is None
        accepted = self.asked.answer != Recommendation.Answer.NOT_ACCEPTED
        gives = not self.roles.isdisjoint(roles_granting(Can.GIVE_REVIEW_ACTIONS))
        return may | {"edit": still and may["edit_review"], "give": still and accepted and gives}

    @cached_property
    def overall(self) -> Overall:
        """Over all its parts."""
        found = [part_of(each.organisation.name, each.status, each.failed) for each in self.actions]
        return overall(found, self.asked)

    @cached_property
    def actions(self) -> list[Any]:
        """Each organisation's, with its plan (``review_part``) and its impact reviews, by organisation."""
        rows = Action.objects.filter(review_part__recommendation=self.asked).with_status(on=self.on)
        found: list[Any] = list(
            rows.select_related("organisation", "owner", "review_part").order_by("organisation__name", "pk")
        )
        looks: dict[int, list[ImpactReview]] = {}
        for each in ImpactReview.objects.filter(part__recommendation=self.asked).select_related("by").order_by("pk"):
            looks.setdefault(each.part_id, []).append(each)
        for action in found:
            action.impacts = looks.get(action.review_part.pk, [])
            action.failed = any(look.outcome == "failed" for look in action.impacts)
            action.reopened = action.failed and not action.status.counts
        return found

    @cached_property
    def themes(self) -> list[ReviewTheme]:
        """In the order of the pick list."""
        return list(ReviewTheme.objects.filter(recommendations__recommendation=self.asked))

    @property
    def criteria(self) -> list[str]:
        """The references of its criteria, as they were worded last."""
        held = {str(ref) for ref in getattr(self.asked, "refs", ()) if ref}
        return sorted(held, key=lambda ref: [int(n) for n in ref.split(".")])
