"""The paper for a committee, in two parts. Part 1 is public: counts without small numbers, and what is published. In
Part 2, which is private, stand every count, the clocks by reference, and what the plans say of the reviews on which its
maker is named.

Counts are of every review, whoever makes the paper (hazard 20). A review that its maker may not read stands in Part 2
as a number and in nothing else; the Director of Nursing's paper has its reference and clocks (decision 0028).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery
from django.template.loader import render_to_string

from accounts.capabilities import Can
from accounts.models import CircleMember
from actions.models import AGES
from design import pdf
from design.pdf_apart import Maker
from design.suppression import suppress, suppress_line
from providers.models import Organisation
from reviews.kinds import KINDS
from reviews.models import ImpactReview, Milestone, Recommendation, Review
from reviews.models.reviews import THEMES
from reviews.pictures import PHASES, actions_of, phase
from reviews.plan import with_overall

if TYPE_CHECKING:
    from accounts.models import User

PARTS = {1: "Reviews: Part 1 (public)", 2: "Reviews: Part 2 (private)"}
HEADINGS = tuple(words for words, _ in PHASES)


@dataclass(frozen=True)
class Counted:
    """A table of counts with its totals; a number is None where it is hidden."""

    rows: Sequence[tuple[str, Sequence[int | None], int | None]]
    below: Sequence[int | None]
    total: int | None


@dataclass
class Committee:
    """What the paper says, for its maker, on one day."""

    commissioner: Organisation
    maker: "User"
    meeting: date
    on: date

    @cached_property
    def reviews(self) -> Any:
        """Every review of the commissioner: for counts."""
        counted = Review.objects.permitted(self.maker, Can.COUNT_REVIEWS, on=self.on)
        return counted.filter(commissioner=self.commissioner)

    @cached_property
    def published(self) -> list[Review]:
        """Those that anybody can read: published, with the link, and under no embargo on the day."""
        said = Milestone.objects.filter(review=OuterRef("pk"), event="published").order_by("-pk").values("on")[:1]
        rows = self.reviews.exclude(link="").annotate(published_on=Subquery(said)).select_related("board")
        free = Q(embargo_until=None) | Q(embargo_until__lte=self.on)
        return list(rows.filter(free, published_on__lte=self.on).order_by("-published_on", "pk"))

    def _counts(self, reviews: Any) -> tuple[list[str], list[list[int]]]:
        """Kinds of which there is one, and how many of each are how far."""
        found = Counter((kind, phase(stage)) for kind, stage in reviews.order_by().values_list("kind", "stage"))
        kinds = [code for code in KINDS if any(code == kind for kind, _ in found)]
        return [KINDS[code].label for code in kinds], [[found[code, words] for words in HEADINGS] for code in kinds]

    @cached_property
    def counts(self) -> Counted:
        """Every number."""
        labels, cells = self._counts(self.reviews)
        rows = [(label, row, sum(row)) for label, row in zip(labels, cells, strict=True)]
        below = [sum(column) for column in zip(*cells, strict=True)]
        return Counted(rows, below, sum(below))

    @cached_property
    def public_counts(self) -> Counted:
        """The reviews that are not listed as published, without small numbers and what would give them away."""
        listed = [review.pk for review in self.published]
        labels, cells = self._counts(self.reviews.exclude(pk__in=listed))
        table = suppress(cells)
        return Counted(list(zip(labels, table.cells, table.rows, strict=True)), table.columns, table.total)

    @cached_property
    def themes(self) -> list[tuple[str, int | None]]:
        """How many reviews are about each theme; a review may be about three, so there is no sum."""
        found: Counter[str] = Counter()
        for labels in self.reviews.order_by().values_list(*(f"{theme}__label" for theme in THEMES)):
            found.update({label for label in labels if label})
        return [
            (label, n if n >= 5 else None) for label, n in sorted(found.items(), key=lambda each: (-each[1], each[0]))
        ]

    @cached_property
    def ages(self) -> list[tuple[str, int]]:
        """Open actions by the day first agreed."""
        counts = actions_of(self.reviews).counted(on=self.on)
        return [(words, counts[code]) for code, words, _, _ in AGES]

    @cached_property
    def public_ages(self) -> tuple[list[tuple[str, int | None]], int | None]:
        """The same without small numbers, and the sum."""
        shown, total = suppress_line([n for _, n in self.ages])
        return [(words, n) for (words, _), n in zip(self.ages, shown, strict=True)], total

    @cached_property
    def named(self) -> list[Review]:
        """The reviews that are not closed and on whose list the maker is."""
        live = CircleMember.objects.live(on=self.on).filter(user=self.maker, scope=CircleMember.Reach.WHOLE)
        rows = Review.objects.permitted(self.maker, Can.SEE_REVIEW, on=self.on)
        mine = rows.filter(commissioner=self.commissioner, closed_at=None, circle__in=live.values("circle"))
        return list(mine.with_next_clock().order_by("next_due", "reference"))

    @cached_property
    def clocks(self) -> list[Review]:
        """Reference and clocks of those that the maker may follow, or is named on; the next day first."""
        followed = Review.objects.permitted(self.maker, Can.FOLLOW_REVIEWS, on=self.on)
        rows = followed.filter(commissioner=self.commissioner, closed_at=None).with_next_clock()
        found = {review.pk: review for review in (*rows.order_by("next_due", "reference"), *self.named)}
        return sorted(found.values(), key=lambda review: (review.next_due is None, review.next_due, review.reference))

    @cached_property
    def open(self) -> int:
        """How many reviews are not closed."""
        return int(self.reviews.filter(closed_at=None).count())

    @property
    def without_clocks(self) -> int:
        """Open reviews that stand here as a number only."""
        return self.open - len(self.clocks)

    @property
    def without_content(self) -> int:
        """Open reviews of whose plans nothing stands here."""
        return self.open - len(self.named)

    @cached_property
    def recommendations(self) -> list[Recommendation]:
        """Of the reviews on which the maker is named: each with its worst open part and whose."""
        rows = Recommendation.objects.filter(review__in=self.named, superseded_at=None).select_related("review")
        return with_overall(rows.in_order(), on=self.on)

    @property
    def implications(self) -> list[Recommendation]:
        """Those that mean something for commissioning."""
        return [each for each in self.recommendations if each.commissioning_implication]

    @cached_property
    def impacts(self) -> list[ImpactReview]:
        """Looks that are due at whether a change has lasted, the next first."""
        rows = ImpactReview.objects.filter(part__recommendation__review__in=self.named, settled_at=None)
        return list(rows.select_related("organisation", "part__recommendation__review").order_by("due_on", "pk"))


def made(paper: Committee, part: int, *, at: datetime, demonstration: bool = False) -> bytes:
    """The finished file, set in a process of its own that loads while the numbers are gathered."""
    said = {
        "paper": paper, "part": part, "title": PARTS[part], "headings": HEADINGS, "at": at,
        "demonstration": demonstration,
    }  # fmt: skip
    with Maker() as maker:
        html = render_to_string(f"reports/reviews_part_{part}.html", said)
        return pdf.render(html, title=PARTS[part], at=at, apart=maker)
