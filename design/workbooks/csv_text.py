"""CSV that a spreadsheet opens without running anything.

A cell that begins like a formula gets an apostrophe in front, which spreadsheets do not show as part of the value when
they treat it as text; numbers and dates are left alone. Excel needs the byte order mark to read UTF-8.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from design.calendar import LONDON

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: Any) -> str:
    """The value as text; words that begin like a formula are made harmless."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{value.astimezone(LONDON):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        words = value.replace("\x00", "")
        return f"'{words}" if _begins_like_a_formula(words) else words
    return str(value)


def bare(words: str) -> str:
    """The words as they were before they were made harmless."""
    return words[1:] if words.startswith("'") and _begins_like_a_formula(words[1:]) else words


def _begins_like_a_formula(words: str) -> bool:
    return words.lstrip(" ").startswith(STARTS) or words.startswith(STARTS)


def csv_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """The rows as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([safe(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()
