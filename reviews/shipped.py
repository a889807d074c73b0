"""What ships with the portal: clocks, themes and impact reviews, from ``data``; added when missing, never changed."""

import tomllib
from pathlib import Path
from typing import Any

from providers.models.policy import add_missing
from reviews.models import ClockRule, ImpactRule, ReviewTheme

DATA = Path(__file__).parent / "data"


def load() -> None:
    """Add what is not there yet; safe to run again. Themes are in the order of their file."""
    clocks, themes, impact = _read("clocks"), _read("themes"), _read("impact")
    add_missing(ImpactRule, [{"valid_from": impact["valid_from"], **row} for row in impact["rule"]], "step")
    add_missing(ClockRule, [{"valid_from": clocks["valid_from"], **row} for row in clocks["clock"]], "kind", "step")
    rows = [
        {"code": code, "label": label, "position": position, "valid_from": themes["valid_from"]}
        for position, (code, label) in enumerate(themes["theme"].items(), 1)
    ]
    add_missing(ReviewTheme, rows, "code")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text())
