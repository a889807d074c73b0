"""Figures of a report, computed from its facts and from nothing else. Pure: facts in, figures out.

Each figure says in words what it means, counts ``n`` of ``d``, and carries the filter that finds the facts counted,
so that a reader can open the list behind it. The same functions over last year's facts give the comparison.
What there is to count is in ``definitions.py``.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from actions.models import AGES
from assurance.standing import LEVELS, STANDINGS
from governance.definitions import COUNTS, SUMS, Count, Sum, Where
from governance.facts.fact import (
    ACTION,
    PREVIOUS,
    PREVIOUS_ACTION,
    PREVIOUS_PROVIDER,
    PROVIDER,
    STANDARD,
)
from governance.figure import FactLike, Figure
from governance.training import training_figures

__all__ = ["DoesNotAddUp", "FactLike", "Figure", "figures", "fits", "matching", "reconcile"]

BEFORE = {PROVIDER: PREVIOUS_PROVIDER, ACTION: PREVIOUS_ACTION}


class DoesNotAddUp(ValueError):
    """Parts that do not add up to their whole: such a paper is never made."""


def figures(facts: Sequence[FactLike]) -> list[Figure]:
    """Every figure of the report, in the order of the appendix; DoesNotAddUp when parts and whole disagree."""
    by_kind: dict[str, list[FactLike]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    told = bool(by_kind.get(PREVIOUS))
    found = [_count(each, by_kind, told) for each in COUNTS] + [_sum(each, by_kind, told) for each in SUMS]
    found += [_cell(fact) for fact in by_kind.get(STANDARD, [])]
    found += training_figures(by_kind)
    reconcile(found)
    return found


def matching(facts: Iterable[FactLike], filter: Where) -> list[FactLike]:
    """The facts behind a figure: those of its kind that fit every condition. "a.b" looks inside."""
    where = filter.get("where", {})
    return [fact for fact in facts if fact.kind == filter["kind"] and fits(fact.attributes, where)]


def fits(attributes: Mapping[str, Any], where: Where) -> bool:
    """Is each named attribute the wanted value, or one of several?"""
    for name, wanted in where.items():
        value: Any = attributes
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value not in (wanted if isinstance(wanted, list | tuple) else [wanted]):
            return False
    return True


def reconcile(found: Sequence[Figure]) -> None:
    """Totals always add up to the register at the cut-off (hazard 5), ages to what is open."""
    n = {figure.key: figure.n for figure in found}
    wholes = {
        "register": [f"state.{each.key}" for each in STANDINGS],
        "validated": [f"state.{level}" for level in LEVELS],
        "actions.open": [f"actions.age.{code}" for code, *_ in AGES],
    }
    for whole, parts in wholes.items():
        if n[whole] != sum(n[part] for part in parts):
            raise DoesNotAddUp(f"{whole} is {n[whole]}, its parts add up to {sum(n[part] for part in parts)}")


def _count(count: Count, by_kind: Mapping[str, Sequence[FactLike]], told: bool) -> Figure:
    n, d = _n_of_d(count, by_kind.get(count.kind, []))
    value: dict[str, Any] = {"meaning": count.meaning}
    if told and count.kind in BEFORE:
        before = _n_of_d(count, by_kind.get(BEFORE[count.kind], []))
        value["before"] = {"n": before[0], "d": before[1]}
    return Figure(count.key, count.label, n, d, value, {"kind": count.kind, "where": dict(count.where or {})})


def _n_of_d(count: Count, facts: Sequence[FactLike]) -> tuple[int, int | None]:
    n = sum(fits(fact.attributes, count.where or {}) for fact in facts)
    return n, None if count.of is None else sum(fits(fact.attributes, count.of) for fact in facts)


def _sum(each: Sum, by_kind: Mapping[str, Sequence[FactLike]], told: bool) -> Figure:
    n, d = _sums(each, by_kind.get(PROVIDER, []))
    value: dict[str, Any] = {"meaning": each.meaning, "sums": each.what}
    if told:
        before = _sums(each, by_kind.get(PREVIOUS_PROVIDER, []))
        value["before"] = {"n": before[0], "d": before[1]}
    return Figure(each.key, each.label, n, d, value, {"kind": PROVIDER, "where": dict(each.where)})


def _sums(each: Sum, facts: Sequence[FactLike]) -> tuple[int, int]:
    rows = [fact.attributes for fact in facts if fits(fact.attributes, each.where)]
    return sum(row[each.what] for row in rows), sum(row[each.of] for row in rows)


def _cell(fact: FactLike) -> Figure:
    """One standard in one category: criteria met of those that somebody reviewed."""
    told = fact.attributes
    where = {"standard": told["standard"], "category": told["category"]}
    counts = {name: told[name] for name in ("partly", "not_met", "accepted", "not_applicable", "providers")}
    return Figure(
        f"standard.{told['standard']}.{told['category']}",
        fact.label,
        told["met"],
        told["graded"],
        {"meaning": "Criteria met, of those graded on reviewed evidence or seen, in validated returns.", **counts},
        {"kind": STANDARD, "where": where},
    )
