"""The clocks that ship with the portal, from ``data/clocks.toml``; added when missing, never changed afterwards."""

import tomllib
from datetime import date
from pathlib import Path

from reviews.models import ClockRule

DATA = Path(__file__).parent / "data"
FROM = date(2010, 4, 1)


def load() -> None:
    """Add the shipped clocks that are not there yet; safe to run again."""
    shipped = tomllib.loads((DATA / "clocks.toml").read_text())["clock"]
    there = set(ClockRule.objects.filter(commissioner=None).values_list("valid_from", "kind", "step"))
    rows = [ClockRule(**{"valid_from": FROM, **row}) for row in shipped]
    ClockRule.objects.bulk_create(row for row in rows if (row.valid_from, row.kind, row.step) not in there)
