"""The shipped catalogue as its authors wrote it: TOML and CSV files in, plain records out. Knows no database.

One file a standard holds the words of the first version; a criterion's ``[criterion.current]`` table holds only
what the current version says differently. To change words, edit the files and add a version in ``versions.toml``:
a version that is already published somewhere keeps its words for ever.
"""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

DATA = Path(__file__).parent / "data"
TIERS = ("full", "small", "general_practice", "light")
BASE, CURRENT = "base", "current"


@dataclass(frozen=True)
class Words:
    """What one kind of provider reads."""

    text: str
    why: str
    guidance: str
    evidence: tuple[str, ...]
    do_not_send: str


@dataclass(frozen=True)
class Asked:
    """One criterion of one version. ``change`` is a value of CriterionVersion.Change."""

    id: UUID
    ref: str
    strands: tuple[str, ...]
    tiers: tuple[str, ...]
    critical: bool
    condition: str
    cites: tuple[str, ...]
    requirements: tuple[str, ...]
    words: dict[str, Words]
    change: str
    change_note: str

    @property
    def light(self) -> bool:
        """In the light set exactly when it has words for it."""
        return "light" in self.words


@dataclass(frozen=True)
class StandardText:
    """A standard and its criteria in reading order."""

    number: int
    title: str
    purpose: str
    criteria: tuple[Asked, ...]


@dataclass(frozen=True)
class VersionText:
    """A version that ships: from when it holds, and the day its words were settled."""

    label: str
    valid_from: date
    published: date
    words: str
    follows: str = ""


def standards(words: str) -> list[StandardText]:
    """The twelve standards as the base or the current version says them."""
    return [
        StandardText(
            file["number"], file["title"], file["purpose"], tuple(_asked(row, words) for row in file["criterion"])
        )
        for file in sorted(_files(), key=lambda file: file["number"])
    ]


def family() -> dict[str, str]:
    """Key, name, description and grading schemes of the shipped framework."""
    return {key: value for key, value in _toml("versions.toml").items() if key != "version"}


def versions() -> list[VersionText]:
    """The versions that ship, oldest first."""
    return [VersionText(**row) for row in _toml("versions.toml")["version"]]


def schemes() -> list[dict[str, Any]]:
    """Grading schemes with their grades, the default of each use first."""
    return _toml("grading_schemes.toml")["scheme"]


def conditions() -> dict[str, dict[str, str]]:
    """Keys of the service profile that a criterion may depend on, with how to say that the answer is no."""
    return _toml("conditions.toml")


def references() -> list[dict[str, str]]:
    """The reference library, one row a law or document."""
    return _csv("references.csv")


def requirements() -> list[dict[str, str]]:
    """Every requirement of the source documents, and the criteria that answer it."""
    return _csv("requirements.csv")


def _asked(row: dict[str, Any], words: str) -> Asked:
    overlay = row.get("current", {}) if words == CURRENT else {}
    said = {tier: Words(**_merged(row, overlay, tier)) for tier in TIERS if tier in row or tier in overlay}
    return Asked(
        id=UUID(row["id"]), ref=row["ref"], strands=tuple(row["strands"]), tiers=tuple(row["tiers"]),
        critical=row["critical"], condition=row["condition"], cites=tuple(overlay.get("cites", row["cites"])),
        requirements=tuple(row["requirements"]), words={t: w for t, w in said.items() if t in (*row["tiers"], "light")},
        change=_change(row, overlay, words), change_note=overlay.get("change", ""),
    )  # fmt: skip


def _merged(row: dict[str, Any], overlay: dict[str, Any], tier: str) -> dict[str, Any]:
    said = {**row.get(tier, {}), **overlay.get(tier, {})}
    return {**said, "evidence": tuple(said["evidence"])}


def _change(row: dict[str, Any], overlay: dict[str, Any], words: str) -> str:
    """The author's ``kind``; else changed when a criterion's own sentence differs, reworded when other words do.

    New references alone leave a criterion unchanged: the note says which they are.
    """
    if words == BASE:
        return "new"
    if "kind" in overlay:
        return str(overlay["kind"])
    said = [overlay[tier] for tier in TIERS if tier in overlay]
    if any("text" in each for each in said):
        return "changed"
    return "reworded" if said else "unchanged"


@cache
def _files() -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted((DATA / "catalogue").glob("standard_*.toml"))]


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text("utf-8"))


def _csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
