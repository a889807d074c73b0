"""The boxes of one figures return as a file or a page needs them: each line and group, what is asked, what is there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from training.arithmetic import goal
from training.measured import groups as groups_in_force
from training.models import AskedLine, Cell, FigureReturn, Group, Line

EVERYBODY = "Everybody"
EMPTY: Mapping[str, Any] = {"headcount": None, "denominator": None, "numerator": None, "reached_on": None}


@dataclass(frozen=True)
class Box:
    """One line for one group or for everybody, or for one reason; ``now`` holds what is written there."""

    asked: AskedLine
    kind: str
    group: str
    group_name: str
    now: Mapping[str, Any]
    version: int
    written_by: str = ""
    also: tuple[str, ...] = ()

    @property
    def line(self) -> Line:
        """What is measured."""
        return self.asked.line

    @property
    def key(self) -> str:
        """How a file knows it: "children-3/group/nursing"."""
        return f"{self.asked.code}/{self.kind}/{self.group}"

    @property
    def is_training(self) -> bool:
        """Of the training part?"""
        return self.line.family == Line.Family.TRAINING

    @property
    def is_milestone(self) -> bool:
        """Reached or not?"""
        return self.line.form == Line.Form.MILESTONE

    @property
    def is_share(self) -> bool:
        """So many of so many, never more than there are?"""
        return self.line.form == Line.Form.SHARE and self.kind == Cell.Kind.GROUP

    @property
    def asks(self) -> tuple[str, ...]:
        """Which of its boxes are asked for."""
        if self.kind == Cell.Kind.REASON:
            return ("numerator",)
        headcount = ("headcount",) if self.line.headcount else ()
        denominator = ("denominator",) if self.line.has_denominator else ()
        return (*headcount, *denominator, "numerator", *(("reached_on",) if self.is_milestone else ()))

    @property
    def what_is_counted(self) -> str:
        """The words beside the box."""
        if self.kind == Cell.Kind.REASON:
            return f"Not in time: {self.group_name}"
        return self.line.numerator

    @property
    def threshold(self) -> str:
        """As it is written beside the line."""
        if self.asked.threshold is None or self.kind == Cell.Kind.REASON:
            return ""
        return goal(self.asked.threshold, "%" if self.line.form == Line.Form.SHARE else "")


def boxes_of(figure_return: FigureReturn) -> list[Box]:
    """Every box of the return in order, without counts by host area. Queries: lines, cells, groups."""
    return boxes_in(figure_return, asked_lines(figure_return))


def asked_lines(figure_return: FigureReturn) -> list[AskedLine]:
    """The lines in order. One query."""
    return list(figure_return.lines.select_related("line").order_by("position", "pk"))


def boxes_in(figure_return: FigureReturn, lines: Iterable[AskedLine]) -> list[Box]:
    """The boxes of these lines. Two queries."""
    cells = Cell.objects.filter(asked__figure_return=figure_return).select_related("written_by")
    there = {(cell.asked_id, cell.kind, cell.group): cell for cell in cells}
    known = {
        (grouping, group.code): group
        for grouping, some in groups_in_force(figure_return.commissioner, on=figure_return.period.ends_on).items()
        for group in some
    }
    found = []
    for asked in lines:
        if asked.line.by_host:
            continue
        split = figure_return.grouping if asked.line.split == Line.STAFF else asked.line.split
        wanted = [(Cell.Kind.GROUP.value, code, split) for code in asked.groups or [""]]
        wanted += [(Cell.Kind.REASON.value, code, asked.line.reasons) for code in asked.reasons]
        for kind, code, grouping in wanted:
            found.append(_box(asked, kind, code, known.get((grouping, code)), there.get((asked.pk, kind, code))))
    return found


def _box(asked: AskedLine, kind: str, code: str, group: Group | None, cell: Cell | None) -> Box:
    name = (group.name if group else code) if code else EVERYBODY
    also = tuple(group.also) if group else ()
    if cell is None:
        return Box(asked, kind, code, name, EMPTY, 0, also=also)
    now = {key: getattr(cell, key) for key in EMPTY}
    return Box(asked, kind, code, name, now, cell.version, str(cell.written_by or ""), also)
