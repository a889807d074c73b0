"""One fact before it is a row, and the kinds there are."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

PROVIDER, STANDARD, ACTION = "provider", "standard", "action"
LATE, LEFT, ASSOCIATE = "late", "left", "associate"
REVIEWS, PUBLISHED_REVIEW = "reviews", "published_review"
TRAINING, TRAINING_LINE, TRAINING_OWN = "training", "training_line", "training_own"
# The year before, for comparison.
PREVIOUS_PROVIDER, PREVIOUS_ACTION, PREVIOUS = "previous_provider", "previous_action", "previous"


@dataclass(frozen=True)
class Fact:
    """One fact before it is a row. ``attributes`` are plain text, numbers and lists: they become JSON."""

    kind: str
    label: str
    attributes: dict[str, Any] = field(default_factory=dict)


def day_in_words(day: date) -> str:
    """ "31 March 2018"."""
    return f"{day:%-d %B %Y}"
