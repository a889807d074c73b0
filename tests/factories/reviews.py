"""Reviews."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.capabilities import Role
from reviews.models import Review
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
