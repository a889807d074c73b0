"""A figures return as one canonical document: what was asked, what was written, who signed, and its digest.

The document is what was submitted; the receipt and every comparison of versions are made from it. Canonical means:
keys sorted, no spaces, UTF-8. So anybody can make the digest again from the stored document.
"""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from training.models.asked import AskedLine, Cell
from training.models.groups import Group
from training.models.lines import Line

if TYPE_CHECKING:
    from training.models.returns import FigureReturn

FORMAT = 1
BOXES = ("headcount", "denominator", "numerator")


def asked_with_boxes(figure_return: "FigureReturn") -> list[AskedLine]:
    """The lines in order with their boxes, host areas and reasons. Four queries."""
    lines = figure_return.lines.select_related("line").order_by("position", "id")
    return list(lines.prefetch_related("cells", "hosts", "explanations"))


def names_of(figure_return: "FigureReturn") -> dict[tuple[str, str], str]:
    """What each group is called, by grouping and code, as at the last day of the period. One query."""
    found: dict[tuple[str, str], str] = {}
    for group in Group.objects.in_force(figure_return.commissioner_id, figure_return.period.ends_on):
        found.setdefault((group.grouping, group.code), group.name)
    return found


def document_of(
    figure_return: "FigureReturn", lines: Sequence[AskedLine], names: dict[tuple[str, str], str] | None = None
) -> dict[str, Any]:
    """The lines in reading order with the words that were on the screen. No query where ``names`` are at hand."""
    if names is None:
        names = names_of(figure_return)
    period, organisation = figure_return.period, figure_return.organisation
    return {
        "format": FORMAT,
        "return": figure_return.reference,
        "commissioner": figure_return.commissioner.name,
        "organisation": {"name": organisation.name, "code": organisation.code},
        "period": {"label": period.label, "timing": period.timing, "as_at": period.ends_on.isoformat()},
        "tier": figure_return.get_tier_display(),
        "due_on": figure_return.due_on.isoformat(),
        "original_due_on": figure_return.original_due_on.isoformat(),
        "lines": [_line(asked, figure_return.grouping, names) for asked in lines],
    }


def digest(document: dict[str, Any]) -> str:
    """sha256 of the canonical form, as 64 hexadecimal digits."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def grouping_of(asked: AskedLine, kind: str, staff: str) -> str:
    """By which grouping the boxes of a line are split; ``staff`` is how the provider's people are."""
    if kind == Cell.Kind.REASON:
        return asked.line.reasons
    return staff if asked.line.split == Line.STAFF else asked.line.split


def _line(asked: AskedLine, staff: str, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    return {
        "code": asked.code,
        "name": asked.line.name,
        "form": asked.line.form,
        "numerator": asked.line.numerator,
        "denominator": asked.line.denominator,
        "threshold": _number(asked.threshold),
        "amber": _number(asked.amber),
        "answer": asked.answer,
        "answer_reason": asked.answer_reason,
        "narrative": asked.narrative,
        "source": asked.source,
        "boxes": [
            _box(cell, names.get((grouping_of(asked, cell.kind, staff), cell.group), ""))
            for cell in in_order(asked.cells.all())
        ],
        "hosts": [
            {
                "area": host.area, "count": host.count, "assurance": host.assurance,
                "held_on": host.held_on.isoformat() if host.held_on else None, "by": host.written_by_id,
                "at": host.written_at.isoformat() if host.written_at else None,
            }
            for host in sorted(asked.hosts.all(), key=lambda host: host.area)
        ],
        "explanations": [
            {
                "check": said.check_code, "group": said.group, "question": said.question, "words": said.words,
                "by": said.by_id, "at": said.at.isoformat(),
            }
            for said in sorted(asked.explanations.all(), key=lambda said: (said.check_code, said.group))
        ],
    }  # fmt: skip


def in_order(cells: Iterable[Cell]) -> list[Cell]:
    """Groups before reasons, each in the order in which they were made."""
    return sorted(cells, key=lambda cell: (cell.kind, cell.pk))


def _box(cell: Cell, name: str) -> dict[str, Any]:
    reached = cell.reached_on.isoformat() if cell.reached_on else None
    numbers = {box: getattr(cell, box) for box in BOXES}
    return {"kind": cell.kind, "group": cell.group, "name": name, "reached_on": reached, **numbers}


def _number(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"
