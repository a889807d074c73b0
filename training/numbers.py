"""A number as somebody types, pastes or sends it in a workbook: a whole count, nothing at all, or why it is neither.

Strict on purpose: 0.85 and "85%" are how a per cent slips into a box for people, and full-width digits, 1e309 and
words are how a wrong column does. ``static/portal/grid_numbers.js`` says the same in the browser.
"""

import re

MOST = 9_999_999
GROUPED = re.compile(r"[0-9]{1,3}(?:[, \u00a0\u202f][0-9]{3})+", re.ASCII)
WHOLE = re.compile(r"[0-9]+(?:\.0+)?", re.ASCII)
PER_CENT = re.compile(r"-?[0-9.,]+\s*%", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]*[.,][0-9]+", re.ASCII)


class NotACount(ValueError):
    """The message says what was read and what is wanted; it ends without a full stop."""


def count_of(text: str) -> int | None:
    """The count, or None for an empty box. "1,799" and "1799.0" are 1799. Raises NotACount for anything else."""
    typed = text.strip()
    if not typed:
        return None
    if GROUPED.fullmatch(typed):
        typed = re.sub("[^0-9]", "", typed)
    if not WHOLE.fullmatch(typed):
        raise NotACount(f"“{typed[:20]}” {_why(typed)}")
    digits = typed.partition(".")[0].lstrip("0") or "0"
    if len(digits) > len(str(MOST)):
        raise NotACount(f"“{typed[:20]}” is more than {MOST:,}")
    return int(digits)


def _why(typed: str) -> str:
    if PER_CENT.fullmatch(typed):
        return "is a per cent: enter how many"
    if typed.startswith("-"):
        return "is below nought: enter how many"
    if DECIMAL.fullmatch(typed):
        return "is not a whole number: enter how many, not a share"
    return "is not a number: enter a whole number such as 85"
