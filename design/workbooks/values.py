"""Understands what people type into cells: 0.95, 95 or "95%"; 3/5/2026, "3 May 2026" or a real date; " Met ".

Each function takes a ``Cell`` and gives the value, or None for an empty cell; what it does not understand is
``NotUnderstood`` with the cell's words and what to write instead. Numbers are never guessed from words.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from design.workbooks.reading import Cell

SPACES = re.compile(r"[\s\u00a0\u200b\ufeff]+")
# Digits of other scripts, "1_000" and the like are numbers to Python and a slip of the hand to everybody else.
PLAIN_NUMBER = re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f]")  # control characters other than a tab and the end of a line
DAY_FIRST = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
SPOKEN = re.compile(r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})\.?,? (\d{4}|\d{2})", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
Code = TypeVar("Code")
YES, NO = {"yes", "y", "true", "1", "x", "✓", "✔"}, {"no", "n", "false", "0"}


class NotUnderstood(Exception):
    """The cell holds something else than was asked; ``str()`` says what, and what to write instead."""


def text(cell: Cell, *, most: int = 0) -> str:
    """The words of the cell, without spaces at the ends; lines are kept. ``most`` is the longest that is taken."""
    _believed(cell)
    value = cell.value
    if value is None:
        return ""
    words = same_words(value) if isinstance(value, str) else _written(value)
    if odd := UNSEEN.search(words):
        raise NotUnderstood(f"holds a character that cannot be shown (number {ord(odd[0])}). Type the words again.")
    if most and len(words) > most:
        raise NotUnderstood(f"has {len(words):,} characters; at most {most:,} are taken. Shorten it.")
    return words


def _written(value: int | float | bool | date | datetime) -> str:
    """A number, a day or a yes as somebody would write it."""
    if isinstance(value, datetime):
        return f"{value:%-d %B %Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)


def same_words(words: str) -> str:
    """Words as a spreadsheet gives them back: lines end in one way, and spaces at the ends are gone."""
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip()


def line(cell: Cell, *, most: int = 0) -> str:
    """The words of the cell on one line, with single spaces."""
    return SPACES.sub(" ", text(cell, most=most)).strip()


def whole(cell: Cell, *, least: int = 0) -> int | None:
    """A count: 1200, "1,200" or 1200.0."""
    found = _number(cell, "a whole number, such as 120")
    if found is None:
        return None
    if found != found.to_integral_value():
        raise NotUnderstood(f"{_said(cell)} is not a whole number. Write the count itself, such as 120.")
    if found < least:
        raise NotUnderstood(f"{_said(cell)} is less than {least}. Check the number.")
    return int(found)


def percent(cell: Cell) -> Decimal | None:
    """A percentage as hundredths of a whole, 0 to 100: 0.95, 95, "95%" and "95 %" are all 95.

    A bare number of 1 or less is read as a share of the whole, as spreadsheets keep percentages; with a percent sign it
    is what it says. So 1 is 100 per cent and "1%" is 1 per cent.
    """
    said = line(cell)
    if not said:
        return None
    signed = said.endswith("%")
    found = _number(Cell(said.rstrip("% ") if signed else cell.value, cell.ref), "a percentage, such as 95%")
    if found is None:
        return None
    share = found if signed or found > 1 else found * 100
    if not 0 <= share <= 100:
        raise NotUnderstood(f"{_said(cell)} is not between 0% and 100%. Write it as 95%.")
    return share


def day(cell: Cell) -> date | None:
    """A date: a real one, or in words: 3 May 2026, 3/5/2026 (the day first) or 2026-05-03."""
    _believed(cell)
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    said = line(cell)
    if not said:
        return None
    found = _spelled(said)
    if found is None:
        raise NotUnderstood(f"{_said(cell)} is not a date. Write it as 3 May 2026 or 03/05/2026.")
    return found


def choice(cell: Cell, options: Mapping[str, Code] | Iterable[str]) -> Code | str | None:
    """One of the words offered, whatever the capitals and spaces. With a mapping, what the words stand for."""
    said = line(cell)
    if not said:
        return None
    offered = dict(options) if isinstance(options, Mapping) else {word: word for word in options}
    if said in offered:
        return offered[said]
    known = {plain(word): meant for word, meant in offered.items()}
    if plain(said) in known:
        return known[plain(said)]
    firsts: dict[Any, str] = {}
    for word, meant in offered.items():  # of several words for one thing, the first is shown
        firsts.setdefault(meant, word)
    shown = ", ".join(list(firsts.values())[:8])
    raise NotUnderstood(f"{_said(cell)} is not one of the choices. Choose from: {shown}.")


def yes_no(cell: Cell) -> bool | None:
    """Yes or no."""
    if isinstance(cell.value, bool):
        return cell.value
    said = line(cell).casefold()
    if not said:
        return None
    if said in YES | NO:
        return said in YES
    raise NotUnderstood(f"{_said(cell)} is neither yes nor no. Write Yes or No.")


def plain(words: str) -> str:
    """For comparing headings and names: without capitals, and with letters and digits only."""
    return "".join(filter(str.isalnum, words.casefold()))


def _believed(cell: Cell) -> None:
    if cell.problem:
        raise NotUnderstood(cell.problem)


def _said(cell: Cell) -> str:
    words = line(cell)
    return f"“{words[:40]}…”" if len(words) > 40 else f"“{words}”"


def _number(cell: Cell, wanted: str) -> Decimal | None:
    _believed(cell)
    value = cell.value
    if isinstance(value, bool | date):
        raise NotUnderstood(f"{_said(cell)} is not {wanted}.")
    said = str(value) if isinstance(value, int | float) else line(cell).replace(",", "").replace(" ", "")
    if not said:
        return None
    try:
        found = Decimal(said if PLAIN_NUMBER.fullmatch(said) else "NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise NotUnderstood(f"{_said(cell)} is not {wanted}.")
    return found


def _spelled(said: str) -> date | None:
    if found := ISO.fullmatch(said):
        year, month, number = map(int, found.groups())
    elif found := DAY_FIRST.fullmatch(said):
        number, month, year = map(int, found.groups())
    elif found := SPOKEN.fullmatch(said):
        name = found[2].casefold()[:3]
        if name not in MONTHS:
            return None
        number, month, year = int(found[1]), MONTHS.index(name) + 1, int(found[3])
    else:
        return None
    year += 2000 if year < 100 else 0
    try:
        return date(year, month, number)
    except ValueError:
        return None
