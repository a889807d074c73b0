"""The clocks and themes that ship with the portal, from ``data``; added when missing, never changed afterwards."""

import tomllib
from pathlib import Path
from typing import Any

from providers.models.policy import add_missing
from reviews.models import ClockRule, ReviewTheme

DATA = Path(__file__).parent / "data"


def load() -> None:
    """Add what is not there yet; safe to run again. Themes are in the order of their file."""
    clocks, themes = _read("clocks"), _read("themes")
    add_missing(ClockRule, [{"valid_from": clocks["valid_from"], **row} for row in clocks["clock"]], "kind", "step")
    rows = [
        {"code": code, "label": label, "position": position, "valid_from": themes["valid_from"]}
        for position, (code, label) in enumerate(themes["theme"].items(), 1)
    ]
    add_missing(ReviewTheme, rows, "code")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text())
