"""What one cell of a figures file means: a count, a day, yes or no, a choice, words. The grid has the same rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from design.workbooks import values
from design.workbooks.csv_text import bare
from design.workbooks.reading import Cell
from design.workbooks.values import NotUnderstood
from training.boxes import Box
from training.numbers import NotACount, count_of
from training.remarks import Place
from training.spreadsheets import CHOICES

OFFERED = {name: {said: code for code, said in choices.items()} for name, choices in CHOICES.items()}
LENGTHS: Mapping[str, int] = {"reason": 300, "narrative": 5_000, "area": 80}


@dataclass(frozen=True)
class Understood:
    """For whom a cell is read: its box, line or host area; today; and which columns of its row are merged copies."""

    place: Place
    on: date
    copies: frozenset[str] | set[str] = frozenset()


def understood(cell: Cell, name: str, about: Understood) -> Any:
    """The value of a cell that is not empty. NotUnderstood says what is wrong and what to write instead."""
    if isinstance(about.place, Box) and name not in about.place.asks:
        raise NotUnderstood("is not asked for this line. Leave the cell empty.")
    if name in about.copies:
        raise NotUnderstood("is part of merged cells. Undo the merging and write every figure in its own cell.")
    if name in OFFERED:
        return values.choice(cell, OFFERED[name])
    if name in LENGTHS:
        words = bare(values.text(cell, most=LENGTHS[name]))
        return words if name == "narrative" else " ".join(words.splitlines())
    if name in ("reached_on", "held_on"):
        return _day(cell, about.on).isoformat()
    if isinstance(about.place, Box) and about.place.is_milestone:
        return _reached(cell)
    return _count(cell)


def _day(cell: Cell, on: date) -> date:
    day = values.day(cell)
    if day is None:
        raise NotUnderstood("is not a date. Write it as 3 May 2026.")
    if not 2000 <= day.year <= 2100:
        raise NotUnderstood(f"“{day:%-d %B %Y}” is not a likely day. Write it as 3 May 2026.")
    if day > on:
        raise NotUnderstood(f"“{day:%-d %B %Y}” is a day in the future. Write the day on which it was.")
    return day


def _reached(cell: Cell) -> int:
    reached = values.yes_no(cell)
    if reached is None:
        raise NotUnderstood("is neither yes nor no. Write Yes or No.")
    return int(reached)


def _count(cell: Cell) -> int:
    try:
        count = count_of(values.line(cell))
    except NotACount as problem:
        raise NotUnderstood(f"{problem}.") from problem
    if count is None:
        raise NotUnderstood("holds nothing that can be read. Write a whole number, such as 120.")
    return count


def shown(cell: Cell) -> str:
    """The words as they stand, for showing; nothing when they cannot be read."""
    if cell.value is None:
        return ""
    try:
        return values.text(cell)[:5_000]
    except NotUnderstood:
        return ""
