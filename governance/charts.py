"""Which figures of the report are drawn, and how: levels by category, and how old open actions are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from actions.models import AGES
from assurance import charts
from design.charts import Bucket, Chart, ageing_bars
from governance.facts.fact import PROVIDER
from governance.figures import FactLike


def levels_by_category(facts: Sequence[FactLike], *, title: str) -> Chart:
    """A bar for each category, from the frozen facts."""
    providers = [fact.attributes for fact in facts if fact.kind == PROVIDER]
    found: dict[str, Counter[str]] = {}
    for each in providers:
        found.setdefault(each["category_name"], Counter())[each["standing"]] += 1
    return charts.levels_by_category(found.items(), title=title)


def action_ages(figures: Mapping[str, Any], *, title: str) -> Chart:
    """Open actions by days past the date first agreed."""
    buckets = [Bucket(words, figures[f"actions.age.{code}"].n) for code, words, _, _ in AGES]
    return ageing_bars(buckets, title=title, heading="Days past the original date", measure="Open actions")
