"""What organisations owe in reviews, as a due thing. Its title is a reference: no reminder says what a review is about.

Only people who are named on the review are written to: the author first, then the lead and the quality team where they
are on its list. A draft that waits to be quality-assured waits for the commissioner, so its author is left alone.
"""

from chasing.kinds import Kind, register
from reviews.models.asking import WAITS_FOR_US

REPORT = Kind(
    code="review_report",
    model="reviews.Contribution",
    name="Report asked for",
    plural="Reports asked for",
    title="reference",
    title_prefix="Report ",
    route="reviews:contribution-detail",
    audiences=("owner", "lead", "quality"),
    waiting=~WAITS_FOR_US,
    owner="author",
)


def register_kinds() -> None:
    """Called when the app is ready."""
    register(REPORT)
