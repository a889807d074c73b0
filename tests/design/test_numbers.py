"""How values are rounded for people, in the one place where it is done."""

from decimal import Decimal
from fractions import Fraction

import pytest

from design.numbers import Number, one_decimal, per_cent


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Fraction(200, 3), "66.7"), (Decimal("89.95"), "90.0"), (89.94, "89.9"), (1204, "1,204.0"), (0, "0.0"),
        (Decimal("-0.05"), "0.0"), (Decimal("-0.06"), "-0.1"), (-2.5, "-2.5"),
    ],
)  # fmt: skip
def test_one_decimal_half_up(value: Number, said: str) -> None:
    assert one_decimal(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (100, "100.0 %"),
        (Fraction(433_000, 4_332), "over 99.9 %"),
        (Decimal("99.95"), "over 99.9 %"),
        (Decimal("99.9499"), "99.9 %"),
        (Fraction(100, 3_000), "under 0.1 %"),
        (Decimal("0.05"), "0.1 %"),
        (0, "0.0 %"),
        (Decimal("89.95"), "90.0 %"),
        (Fraction(100_100, 1_000), "100.1 %"),
        (Decimal("100.04"), "100.0 %"),
    ],
)
def test_all_and_none_are_never_said_by_rounding_alone(value: Number, said: str) -> None:
    assert per_cent(value) == said
