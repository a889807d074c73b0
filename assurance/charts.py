"""Which figures of assurance are drawn, and how."""

from collections.abc import Iterable, Mapping

from assurance.standing import BY_KEY, LEVELS, NO_RETURN
from design.charts import Chart, Fill, Segment, Stack, stacked_bars

FILLS = {"significant": Fill.DARK, "reasonable": Fill.DIAGONAL, "limited": Fill.DOTS, "none": Fill.STRIPES}
# Seven parts: more could not be told apart in black and white.
PARTS: tuple[tuple[str, tuple[str, ...], Fill], ...] = (
    *((BY_KEY[level].words, (level,), FILLS[level]) for level in LEVELS),
    ("Not yet validated", ("awaiting", "sent_back"), Fill.PALE),
    ("No return received", NO_RETURN, Fill.BLANK),
    ("Withdrawn or not asked", ("withdrawn", "not_asked", "recorded"), Fill.GREY),
)

# What the last part is called where some of it is known from records.
WITH_RECORDS = "Withdrawn, not asked, or from records only"


def levels_by_category(
    categories: Iterable[tuple[str, Mapping[str, int]]], *, title: str, to_scale: bool = True
) -> Chart:
    """A bar for each category, divided by where its providers stand; ``to_scale`` as long as it has providers.

    ``categories`` are names with counts by standing. Parts that nobody is in are left out.
    """
    bars = list(categories)
    parts = [part for part in PARTS if any(_count(found, part[1]) for _, found in bars)]
    if any(found.get("recorded") for _, found in bars):
        parts = [*parts[:-1], (WITH_RECORDS, *parts[-1][1:])]
    stacks = [
        Stack(name, tuple(Segment(words, _count(found, keys), fill) for words, keys, fill in parts))
        for name, found in bars
    ]
    return stacked_bars(stacks, title=title, heading="Category", to_scale=to_scale)


def _count(found: Mapping[str, int], keys: tuple[str, ...]) -> int:
    return sum(found.get(key, 0) for key in keys)
