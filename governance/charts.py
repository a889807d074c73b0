"""Which figures of the report are drawn, and how: levels by category, and how old open actions are."""

from collections.abc import Mapping, Sequence
from typing import Any

from actions.models import AGES
from assurance.standing import BY_KEY, LEVELS, NO_RETURN
from design.charts import Bucket, Chart, Fill, Segment, Stack, ageing_bars, stacked_bars
from governance.definitions import NOT_VALIDATED
from governance.facts.fact import PROVIDER
from governance.figures import FactLike

FILLS = {"significant": Fill.DARK, "reasonable": Fill.DIAGONAL, "limited": Fill.DOTS, "none": Fill.STRIPES}
# Seven parts: more could not be told apart in black and white.
PARTS: tuple[tuple[str, tuple[str, ...], Fill], ...] = (
    *((BY_KEY[level].words, (level,), FILLS[level]) for level in LEVELS),
    ("Not yet validated", NOT_VALIDATED, Fill.PALE),
    ("No return received", NO_RETURN, Fill.BLANK),
    ("Withdrawn or not asked", ("withdrawn", "not_asked"), Fill.GREY),
)


def levels_by_category(facts: Sequence[FactLike], *, title: str) -> Chart:
    """A bar for each category, divided by where its providers stand. Parts that nobody is in are left out."""
    providers = [fact.attributes for fact in facts if fact.kind == PROVIDER]
    names = dict.fromkeys(each["category_name"] for each in providers)
    parts = [part for part in PARTS if any(each["standing"] in part[1] for each in providers)]
    stacks = [
        Stack(
            name,
            tuple(
                Segment(
                    words,
                    sum(each["category_name"] == name and each["standing"] in keys for each in providers),
                    fill,
                )
                for words, keys, fill in parts
            ),
        )
        for name in names
    ]
    return stacked_bars(stacks, title=title, heading="Category", to_scale=True)


def action_ages(figures: Mapping[str, Any], *, title: str) -> Chart:
    """Open actions by days past the date first agreed."""
    buckets = [Bucket(words, figures[f"actions.age.{code}"].n) for code, words, _, _ in AGES]
    return ageing_bars(buckets, title=title, heading="Days past the original date", measure="Open actions")
