"""What a page showed of a section, kept in its hidden fields, and what somebody else has saved since.

By it a box that its writer left alone is told from one that was changed, and theirs is put beside yours.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from training.models import AskedLine, Cell
from training.models.writing import NOTHING, Boxes, Conflict, Entry, LineEntry, boxes_of, said
from training.sheet import Row, Section


def shown_now(section: Section) -> dict[str, str]:
    """What the hidden fields of a page hold once this is what it shows."""
    return {f"seen-{row.asked.pk}": json.dumps(shown(row)) for row in section.rows}


def shown(row: Row) -> dict[str, Any]:
    """Versions and values as the page shows them, to tell a box that was left alone from one that was changed."""
    cells = {
        f"{kind}/{group}": [cell.version, *(str(v) if isinstance(v, date) else v for v in boxes_of(cell))]
        for (kind, group), cell in row.cells.items()
    }
    return {"version": row.asked.version, "said": said(row.asked, hosts=row.line.by_host), "cells": cells}


def read_shown(text: str) -> dict[str, Any]:
    """What came back of it; nothing when somebody wrote something else, which then counts as out of date."""
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) and isinstance(read.get("cells", {}), dict) else {}


def as_seen(entry: Entry, seen: Any) -> Entry:
    """The entry with the version and the values that its writer had in front of them; a cell not yet made has 0."""
    version, boxes = 0, NOTHING
    if isinstance(seen, list) and len(seen) == 5 and isinstance(seen[0], int):
        version, boxes = seen[0], _boxes(seen[1:])
    return Entry(
        entry.asked, entry.kind, entry.group, entry.headcount, entry.denominator, entry.numerator, entry.reached_on,
        version, boxes,
    )  # fmt: skip


def _boxes(values: list[Any]) -> Boxes:
    counts = [value if isinstance(value, int) else None for value in values[:3]]
    try:
        day = date.fromisoformat(values[3]) if isinstance(values[3], str) else None
    except ValueError:
        day = None
    return counts[0], counts[1], counts[2], day


def sides(row: Row, conflict: Conflict) -> Iterator[dict[str, str]]:
    """Theirs and yours of one conflict, in words."""
    theirs, yours = conflict.theirs, conflict.yours
    if isinstance(yours, Entry) and isinstance(theirs, Cell):
        names = dict(row.groups if yours.kind == Cell.Kind.GROUP else row.reasons)
        label = ", ".join(filter(None, (row.line.name, names.get(yours.group))))
        yield {"label": label, "theirs": _in_words(boxes_of(theirs)), "yours": _in_words(yours.boxes)}
    elif isinstance(yours, LineEntry) and isinstance(theirs, AskedLine):
        for label, one, two in _words_of_both(theirs, yours):
            if one != two:
                yield {"label": f"{row.line.name}: {label}", "theirs": one, "yours": two}


def _words_of_both(theirs: AskedLine, yours: LineEntry) -> Iterator[tuple[str, str, str]]:
    answers, sources = dict(AskedLine.Answer.choices), dict(AskedLine.Source.choices)
    yield "what you have", str(answers[theirs.answer]), str(answers[yours.answer])
    yield "why", theirs.answer_reason, yours.answer_reason
    yield "comment", theirs.narrative, yours.narrative
    yield "source", str(sources.get(theirs.source, "")), str(sources.get(yours.source, ""))
    if yours.hosts is not None:
        yield "host areas", _areas(theirs.hosts.all()), _areas(yours.hosts)


def _areas(hosts: Iterable[Any]) -> str:
    return ", ".join(f"{each.area} {each.count}" for each in hosts)


def _in_words(boxes: Boxes) -> str:
    post, whole, count, day = boxes
    said = [f"{post:,} in post"] if post is not None else []
    said += [f"{'…' if count is None else f'{count:,}'}" + (f" of {whole:,}" if whole is not None else "")]
    return ", ".join(said + ([f"{day:%-d %B %Y}"] if day else [])) if boxes != NOTHING else ""
