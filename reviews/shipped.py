"""The clocks and themes that ship with the portal, from ``data``; added when missing, never changed afterwards."""

import tomllib
from datetime import date
from pathlib import Path

from reviews.models import ClockRule, ReviewTheme

DATA = Path(__file__).parent / "data"
FROM = date(2010, 4, 1)


def load() -> None:
    """Add what is not there yet; safe to run again."""
    _clocks()
    _themes()


def _clocks() -> None:
    shipped = tomllib.loads((DATA / "clocks.toml").read_text())["clock"]
    there = set(ClockRule.objects.filter(commissioner=None).values_list("valid_from", "kind", "step"))
    rows = [ClockRule(**{"valid_from": FROM, **row}) for row in shipped]
    ClockRule.objects.bulk_create(row for row in rows if (row.valid_from, row.kind, row.step) not in there)


def _themes() -> None:
    """In the order of the file."""
    shipped = tomllib.loads((DATA / "themes.toml").read_text())
    there = set(ReviewTheme.objects.filter(commissioner=None).values_list("code", flat=True))
    ReviewTheme.objects.bulk_create(
        ReviewTheme(code=code, label=label, position=position, valid_from=shipped["valid_from"])
        for position, (code, label) in enumerate(shipped["theme"].items(), 1)
        if code not in there
    )
