"""What waits for validation, oldest first: one line for each strand of each return that was received."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from assurance.models import StrandReview
from design.calendar import london_date

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def waiting_for(user: "User", returns: "QuerySet[Any]", can: Can = Can.VALIDATE) -> Any:
    """The strands of these returns that nobody has signed off, each with ``mine``: may this person do it?"""
    return (
        StrandReview.objects.awaiting(returns)
        .telling_mine(user, can)
        .select_related(
            "self_assessment__round__framework_version",
            "organisation__category",
            "commissioner",
            "begun_by",
            "assigned_to",
        )
    )


def count_days(reviews: Iterable[Any], *, on: date) -> None:
    """Puts ``days_waiting`` on each line of a page: days since the return was received."""
    for review in reviews:
        review.days_waiting = (on - london_date(review.self_assessment.submitted_at)).days
