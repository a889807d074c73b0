"""What stands beside the boxes of a line, as a file needs it: its answer, source and comment, and its host areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from training.boxes import Box, asked_lines, boxes_in
from training.models import AskedLine, FigureReturn, Line
from training.models.writing import HOST as PARTS
from training.models.writing import HostEntry

SAID, HOST = "said", "host"
WORDS = ("answer", "reason", "source", "narrative")
CALLED = {SAID: "Answer and comment", HOST: "Host area"}
NO_HOST: Mapping[str, Any] = dict.fromkeys(PARTS)
SPARE = 8


@dataclass(frozen=True)
class Remark:
    """What is said about one line, or one of its host areas; a host without an ``area`` is an empty row for another."""

    asked: AskedLine
    kind: str
    now: Mapping[str, Any]
    area: str = ""
    written_by: str = ""

    @property
    def line(self) -> Line:
        """What is measured."""
        return self.asked.line

    @property
    def key(self) -> str:
        """How a file knows it: "children-3/said/", "placed/host/wirral"."""
        return f"{self.asked.code}/{self.kind}/{self.area.casefold()}"

    @property
    def group_name(self) -> str:
        """Where a box has its group."""
        return self.area or CALLED[self.kind]

    @property
    def version(self) -> int:
        """Moves whenever anything that is said about the line does."""
        return self.asked.version


Place = Box | Remark


def places_of(figure_return: FigureReturn) -> list[Place]:
    """Everything that a file of the return holds: its boxes, what is said of each line, host areas. Four queries."""
    lines = asked_lines(figure_return)
    prefetch_related_objects([asked for asked in lines if asked.line.by_host], "hosts")
    found: list[Place] = list(boxes_in(figure_return, lines))
    for asked in lines:
        found.append(Remark(asked, SAID, said_now(asked)))
    for asked in lines:
        if asked.line.by_host:
            found += [Remark(asked, HOST, parts_of(each), each.area) for each in asked.hosts.all()]
            found.append(Remark(asked, HOST, NO_HOST))
    return found


def said_now(asked: AskedLine) -> Mapping[str, str]:
    """Answer, reason, source and comment."""
    return {
        "answer": asked.answer, "reason": asked.answer_reason, "source": asked.source, "narrative": asked.narrative,
    }  # fmt: skip


def parts_of(host: Any) -> Mapping[str, Any]:
    """Area, children, assurance and its day."""
    return {name: getattr(host, name) for name in PARTS}


def hosts_with(asked: AskedLine, changed: Mapping[str, Mapping[str, Any]]) -> list[HostEntry]:
    """The host areas of a line when these, by the area that they had, say something else or are new."""
    there = {each.area.casefold(): parts_of(each) for each in asked.hosts.all()} | dict(changed)
    return [HostEntry(*(parts[name] for name in PARTS)) for parts in there.values()]
