"""What ships with the portal: subjects, sets, lines with their refresh rules, groups, splits and thresholds, dated.

A row is added when it is not there yet and never changed afterwards: figures were collected by it. What a release adds
from a later day ends the shipped row before it.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db import transaction

from providers.models.policy import Dated, add_missing
from training.models import CollectingRule, Group, Grouping, Line, LineSet, StaffSplit, Subject, Threshold

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]


@transaction.atomic
def load() -> None:
    """Bring everything up to what this release ships; safe to run again. Two queries a kind of row."""
    measured = _read("measured")
    starts = {"valid_from": measured["valid_from"]}
    _add(Subject, _placed(measured["subject"], starts), "code")
    _add(LineSet, _placed(measured["set"], starts), "code")
    groupings = [{**starts, **row} for row in measured["grouping"]]
    members = [(row["code"], row.pop("group")) for row in groupings]
    _add(Grouping, groupings, "code")
    _add(Group, [row for code, of in members for row in _placed(of, {**starts, "grouping": code})], "grouping", "code")
    _add(StaffSplit, [{**starts, "tier": "", "category": "", **row} for row in measured["split"]], "tier", "category")
    _add(CollectingRule, [{**starts, **row} for row in measured["collecting"]])
    _add(Line, lines(), "code")
    _add(Threshold, list(_thresholds()), "code", "category", "organisation_id")


def lines() -> list[Row]:
    """Every shipped row of a line, whole: what a later row of the same code leaves out is as in the row before it.

    An empty word takes away what stood there.
    """
    read = _read("lines")
    before: dict[str, Row] = {}
    found = []
    for row in read["line"]:
        first = {"valid_from": read["valid_from"], "position": 10 * (len(before) + 1)}
        earlier = before.get(row["code"]) or {**first, **read[row["family"]]}
        whole = {name: value for name, value in {**earlier, **row}.items() if value != ""}
        before[row["code"]] = whole
        found.append(whole)
    return found


def _thresholds() -> Iterable[Row]:
    read = _read("thresholds")
    for row in read["threshold"]:
        plain = {
            "valid_from": read["valid_from"],
            "amber": read["amber"],
            **row,
            "category": "",
            "organisation_id": None,
        }
        for code in plain.pop("lines"):
            yield {**plain, "code": code}


def _read(name: str) -> Row:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _placed(rows: Iterable[Row], more: Row) -> list[Row]:
    """Each with its place in the file."""
    return [{**more, **row, "position": 10 * place} for place, row in enumerate(rows, 1)]


def _add(model: type[Dated], rows: list[Row], *rivals: str) -> None:
    """Add what is missing; of rivals each ends on the day on which the next begins, also one that is there already."""
    alike: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        alike[tuple(row[name] for name in rivals)].append(row)
    ends: list[tuple[tuple[Any, ...], date, date]] = []
    for key, same in alike.items():
        for row, after in pairwise(sorted(same, key=lambda each: each["valid_from"])):
            row["valid_to"] = after["valid_from"]
            ends.append((key, row["valid_from"], after["valid_from"]))
    _end(model, ends, rivals)
    add_missing(model, rows, *rivals)


def _end(model: type[Dated], ends: list[tuple[tuple[Any, ...], date, date]], rivals: tuple[str, ...]) -> None:
    """End the shipped rows after which this release has a later one. One query where none is open."""
    if not ends:
        return
    shipped = model._default_manager.filter(commissioner=None, valid_to=None)
    there = {(tuple(getattr(row, name) for name in rivals), row.valid_from): row.pk for row in shipped}
    for key, starts, end in ends:
        if (key, starts) in there:
            model._default_manager.filter(pk=there[key, starts]).update(valid_to=end)
