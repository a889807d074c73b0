"""Facts about reviews: how many of each kind were how far at the cut-off, and the reports that anybody can read.

An unpublished review is only counted, and numbers from 1 to 4 are hidden with those that would give them away before
anything is frozen: a reader of the list behind a figure meets no more than a reader of the paper. Every review counts,
whoever makes the report (hazard 20).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from assurance.standing import end_of
from design.calendar import DAY
from design.suppression import BELOW, suppress
from governance.facts.fact import PUBLISHED_REVIEW, REVIEWS, Fact
from providers.models import Organisation
from reviews.kinds import KINDS
from reviews.models import ImpactReview, KindChange, Milestone, Recommendation, Review, StageMove
from reviews.models.reviews import THEMES
from reviews.pictures import PHASES, phase

HEADINGS = tuple(words for words, _ in PHASES)


def review_facts(commissioner: Organisation, since: date, cut_off: date) -> Iterator[Fact]:
    """One fact of numbers, and one for each report that was published in the year and can be read."""
    rows = Review.objects.filter(commissioner=commissioner, taken_back=False, referred_on__lte=cut_off)
    reviews = list(rows.select_related("board", *THEMES).order_by("pk"))
    if not reviews:
        return
    said = Milestone.objects.filter(review__in=reviews, event="published", on__lte=cut_off).order_by("pk")
    published = dict(said.values_list("review", "on"))
    listed = [each for each in reviews if _can_be_read(each, published.get(each.pk), cut_off)]
    in_year = [each for each in listed if published[each.pk] >= since]
    yield Fact(
        REVIEWS,
        "Reviews",
        {
            "headings": list(HEADINGS),
            **_table([each for each in reviews if each not in listed], cut_off),
            "new": _shown(sum(each.referred_on >= since for each in reviews)),
            "published": len(in_year),
            "themes": _themes(reviews),
            "implications": Recommendation.objects.filter(
                review__in=reviews, commissioning_implication=True, recorded_at__lt=end_of(cut_off)
            ).count(),
            "impact": _impact(reviews, since, cut_off),
        },
    )
    for each in sorted(in_year, key=lambda each: published[each.pk], reverse=True):
        about = {"board": str(each.board or each.board_name), "on": published[each.pk].isoformat(), "link": each.link}
        yield Fact(PUBLISHED_REVIEW, each.of_kind.label, about)


def _can_be_read(review: Review, published_on: date | None, cut_off: date) -> bool:
    free = review.embargo_until is None or review.embargo_until <= cut_off
    return published_on is not None and bool(review.link) and free


def _shown(n: int) -> int | None:
    return None if 0 < n < BELOW else n


def _table(reviews: Sequence[Review], cut_off: date) -> dict[str, object]:
    """Kinds by how far they were at the cut-off, without small numbers and what would give them away."""
    kinds, stages = _kinds(reviews, cut_off), _stages(reviews, cut_off)
    found = Counter((kinds[each.pk], phase(stages[each.pk])) for each in reviews)
    codes = [code for code in KINDS if any(code == kind for kind, _ in found)]
    table = suppress([[found[code, words] for words in HEADINGS] for code in codes])
    rows = [[KINDS[code].label, list(cells)] for code, cells in zip(codes, table.cells, strict=True)]
    return {"rows": rows, "all": list(table.rows), "below": list(table.columns), "total": table.total}


def _stages(reviews: Sequence[Review], cut_off: date) -> dict[int, str]:
    """The stage of each at the cut-off, as it was recorded."""
    found = {each.pk: each.stage for each in reviews}
    moves = StageMove.objects.filter(review__in=reviews)
    # What a later move left, the last of them first; then what the last move by then reached.
    found |= dict(moves.filter(on__gt=cut_off).order_by("-on", "-pk").values_list("review", "before"))
    return found | dict(moves.filter(on__lte=cut_off).order_by("on", "pk").values_list("review", "after"))


def _kinds(reviews: Sequence[Review], cut_off: date) -> dict[int, str]:
    later = KindChange.objects.filter(review__in=reviews, on__gt=cut_off).order_by("-on", "-pk")
    return {each.pk: each.kind for each in reviews} | dict(later.values_list("review", "before"))


def _themes(reviews: Sequence[Review]) -> list[list[object]]:
    """How many reviews are about each theme, most first; a review may be about three, so there is no sum."""
    found = Counter(
        str(theme) for each in reviews for theme in {getattr(each, name) for name in THEMES} if theme is not None
    )
    return [[label, _shown(n)] for label, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def _impact(reviews: Sequence[Review], since: date, cut_off: date) -> dict[str, int]:
    """How often somebody looked in the year whether a change had lasted, by what they found."""
    done = ImpactReview.objects.filter(
        settled_at__gte=end_of(since - DAY),
        settled_at__lt=end_of(cut_off),
        part__recommendation__review__in=reviews,
    )
    found = Counter(done.exclude(outcome="").values_list("outcome", flat=True))
    return {code: found[code] for code in ImpactReview.Outcome.values}
