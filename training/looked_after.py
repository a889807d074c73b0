"""Looked after children: health assessments by age band, why some were late, and children placed elsewhere by host."""

from dataclasses import dataclass
from typing import Any

from design.charts import Chart
from training.charts import counts
from training.measured import groups
from training.models import Figure, Line
from training.overview import LineRow, Reading
from training.resolver.parts import Host, Part, hosts_of, parts_of


@dataclass(frozen=True)
class Assessment:
    """A line with its age bands, and the reasons of those who were not in time."""

    row: LineRow
    bands: list[tuple[str, Part]]
    reasons: list[tuple[str, int]]
    late: int
    picture: Chart | None

    @property
    def unexplained(self) -> int:
        """Late and without a reason; never below nought."""
        return max(0, self.late - sum(n for _, n in self.reasons))


@dataclass(frozen=True)
class Placement:
    """A count by host area, with the assurance held."""

    row: LineRow
    hosts: list[Host]

    @property
    def without(self) -> int:
        """Children in areas from which no assurance is held."""
        return sum(host.children - host.held for host in self.hosts)


def gathered(reading: Reading) -> dict[str, Any]:
    """What the page shows. Three statements beside those of the reading."""
    rows = [row for row in reading.summary if row.line.reasons or row.line.by_host]
    codes = [row.line.code for row in rows]
    parts = parts_of(reading.user, reading.period, codes, at=reading.at)
    hosts = hosts_of(reading.user, reading.period, codes, at=reading.at)
    held = groups(reading.commissioner, on=reading.period.ends_on)
    names = {(grouping, each.code): each.name for grouping, found in held.items() for each in found}
    place = {key: number for number, key in enumerate(names)}
    return {
        "assessments": [
            _assessment(row, _in_order(row.line, parts[row.line.code], place), names)
            for row in rows
            if row.line.reasons
        ],
        "placements": [Placement(row, hosts[row.line.code]) for row in rows if row.line.by_host],
    }


def _in_order(line: Line, parts: list[Part], place: dict[tuple[str, str], int]) -> list[Part]:
    """As the grouping has them: the youngest first."""
    return sorted(parts, key=lambda part: (place.get((line.split, part.group), len(place)), part.group))


def _assessment(row: LineRow, parts: list[Part], names: dict[tuple[str, str], str]) -> Assessment:
    bands = [
        (names.get((row.line.split, part.group), part.group), part) for part in parts if part.kind == Figure.Kind.GROUP
    ]
    reasons = [
        (names.get((row.line.reasons, part.group), part.group), part.n)
        for part in parts
        if part.kind == Figure.Kind.REASON and part.n
    ]
    reasons.sort(key=lambda each: (-each[1], each[0]))
    return Assessment(row, bands, reasons, max(0, row.sum.d - row.sum.n), _picture(row.line, reasons))


def _picture(line: Line, reasons: list[tuple[str, int]]) -> Chart | None:
    if not reasons:
        return None
    return counts(reasons, title=f"{line.name}: why not in time", heading="Reason", measure="Children")
