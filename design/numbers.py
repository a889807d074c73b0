"""Exact values as people read them, rounded in one place."""

from decimal import Decimal
from fractions import Fraction

Number = int | float | Decimal | Fraction


def one_decimal(value: Number) -> str:
    """Half up, as people round: 89.95 is "90.0", 66.66… is "66.7", 1204 is "1,204.0"."""
    n, d = value.as_integer_ratio()
    return _written((20 * n + d) // (2 * d))


def per_cent(value: Number) -> str:
    """Of a hundred, with one decimal: "66.7 %". Never none or all by rounding alone: "under 0.1 %", "over 99.9 %".

    4,330 of 4,332 checks in date leave two people without one, and "100.0 %" would say that nobody is.
    """
    n, d = value.as_integer_ratio()
    tenths = (20 * n + d) // (2 * d)
    if tenths == 1_000 and n < 100 * d:
        return "over 99.9 %"
    if tenths == 0 and n > 0:
        return "under 0.1 %"
    return f"{_written(tenths)} %"


def _written(tenths: int) -> str:
    sign, tenths = ("-", -tenths) if tenths < 0 else ("", tenths)
    return f"{sign}{tenths // 10:,}.{tenths % 10}"
