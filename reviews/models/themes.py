"""What reviews are about: a dated pick list, in the words of each commissioner (domain.md 8.4)."""

from providers.models.policy import dated_constraints
from providers.models.words import Word


class ReviewTheme(Word):
    """One theme of the pick list."""

    class Meta:
        ordering = ["position", "label"]
        constraints = dated_constraints("review_theme", "code")
