"""Reviews."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.capabilities import Role
from actions.models import Action
from reviews.models import Recommendation, RecommendationAction, Review
from tests.factories.accounts import someone

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def a_review(commissioner: Any, *people: Any, kind: str = "sar", **more: Any) -> Review:
    """A review for these people, or for a designated professional and a quality analyst of the commissioner."""
    named = list(people) or [
        someone(role, commissioner) for role in (Role.DESIGNATED_PROFESSIONAL, Role.QUALITY_ANALYST)
    ]
    values = {"pseudonym": "Adult A", "strands": ["adults"], "referred_on": date(2026, 1, 5), "at": AT, **more}
    review: Review = Review.objects.register(
        kind, commissioner=commissioner, people=named, reason="Oversees the review", by=named[0], **values
    )
    return review


def a_recommendation(review: Review, number: str = "1", **more: Any) -> Recommendation:
    """A recommendation of the review, recorded by whoever registered it."""
    said = {"text": f"Recommendation {number}", "addressed_to": "multi_agency", "by": review.registered_by, "at": AT}
    made: Recommendation = Recommendation.objects.add(review, number=number, **(said | more))
    return made


def a_part(recommendation: Recommendation, organisation: Any, **more: Any) -> RecommendationAction:
    """What an organisation does about a recommendation; ``more`` is about its action."""
    review = recommendation.review
    said = {"text": "Train the whole team", "due_on": date(2027, 1, 5), "by": review.registered_by, "at": AT, **more}
    said = {"origin_kind": "review", "circle": review.circle} | said
    action = Action.objects.open_for(review.commissioner, organisation, **said)
    whose = {"commissioner": review.commissioner, "organisation": organisation}
    return RecommendationAction.objects.create(**whose, recommendation=recommendation, action=action)
