"""Loads the reminder steps that ship with the portal: chasing/data/ladders.toml."""

import tomllib
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from chasing.models import Ladder

LADDERS = Path(__file__).parent / "data" / "ladders.toml"


def load() -> None:
    """Bring the shipped steps up to date; safe to run every time. Steps in force are never rewritten."""
    entries = tomllib.loads(LADDERS.read_text())["ladder"]
    for _, of_kind in groupby(sorted(entries, key=_key), key=lambda entry: entry["kind"]):
        dated = list(of_kind)
        ends = [entry["valid_from"] for entry in dated[1:]] + [None]
        for entry, end in zip(dated, ends, strict=True):
            _load_one(entry, end)


def _key(entry: dict[str, Any]) -> tuple[str, date]:
    return entry["kind"], entry["valid_from"]


def _load_one(entry: dict[str, Any], end: date | None) -> None:
    ladder, made = Ladder.objects.update_or_create(
        commissioner=None,
        kind=entry["kind"],
        valid_from=entry["valid_from"],
        defaults={"name": entry["name"], "valid_to": end},
    )
    if made:
        ladder.set_steps({step["offset"]: step["audience"] for step in entry["steps"]})
