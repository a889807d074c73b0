"""Versions of submitted figures: one as it was signed, and what differs between two. Pure, from the documents alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from training.arithmetic import Share
from training.models import AskedLine, Cell, Line
from training.models.submitting import _sum

ANSWERS = dict(AskedLine.Answer.choices)
SOURCES = dict(AskedLine.Source.choices)


@dataclass(frozen=True)
class Shown:
    """One line of a document as a reader sees it. ``total`` is everybody together in words."""

    name: str
    total: str
    percent: str
    answer: str
    reason: str
    narrative: str
    source: str
    parts: tuple[tuple[str, str, str], ...]
    explanations: tuple[tuple[str, str], ...]
    code: str


@dataclass(frozen=True)
class Difference:
    """What one version says otherwise than another: line, group or part, before and after."""

    line: str
    part: str
    before: str
    after: str


def shown(document: dict[str, Any]) -> list[Shown]:
    """The lines of a submitted document, in order."""
    return [_shown(line) for line in document["lines"]]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """In reading order; nothing where both say the same."""
    earlier = {line["code"]: line for line in before["lines"]}
    return [each for line in after["lines"] for each in _between(earlier.get(line["code"]), line)]


def _between(before: dict[str, Any] | None, after: dict[str, Any]) -> Iterator[Difference]:
    said = [dict(_said(line)) if line else {} for line in (before, after)]
    for part in dict.fromkeys([*said[0], *said[1]]):
        old, new = (each.get(part, "") for each in said)
        if old != new:
            yield Difference(after["name"], part, old or "–", new or "–")


def _said(line: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything that a line says, by what it is."""
    yield "Answer", ANSWERS[line["answer"]] + (f": {line['answer_reason']}" if line["answer_reason"] else "")
    for box in line["boxes"]:
        yield _of(box), _counted(box, line["form"])
    for host in line["hosts"]:
        yield f"Host area {host['area']}", f"{host['count']:,}"
    yield "Narrative", line["narrative"]
    yield "Source", str(SOURCES.get(line["source"], ""))


def _shown(line: dict[str, Any]) -> Shown:
    groups = [box for box in line["boxes"] if box["kind"] == Cell.Kind.GROUP]
    total = {name: _sum(box[name] for box in groups) for name in ("numerator", "denominator")}
    if line["hosts"]:
        total["numerator"] = sum(host["count"] for host in line["hosts"])
    total["reached_on"] = next((box["reached_on"] for box in groups), None)
    figures, form = line["answer"] == AskedLine.Answer.FIGURES, line["form"]
    said = [(box, _counted(box, form)) for box in line["boxes"] if box["group"]]
    parts = [(_of(box), counted, _percent(box)) for box, counted in said if counted]
    parts += [(f"Host area {host['area']}", f"{host['count']:,}", "") for host in line["hosts"]]
    return Shown(
        line["name"], _counted(total, form) if figures else "", _percent(total) if figures else "", line["answer"],
        line["answer_reason"], line["narrative"], str(SOURCES.get(line["source"], "")), tuple(parts),
        tuple((said["question"], said["words"]) for said in line["explanations"]), line["code"],
    )  # fmt: skip


def _of(box: dict[str, Any]) -> str:
    name = box.get("name") or box["group"]
    return f"Not in time: {name}" if box["kind"] == Cell.Kind.REASON else name or "Everybody"


def _counted(box: dict[str, Any], form: str) -> str:
    n, d = box.get("numerator"), box.get("denominator")
    if n is None:
        return ""
    if form == Line.Form.MILESTONE:
        day = box.get("reached_on")
        return "not reached" if not n else f"reached on {date.fromisoformat(day):%-d %B %Y}" if day else "reached"
    return f"{n:,}" if d is None else Share(n, d).counted


def _percent(box: dict[str, Any]) -> str:
    n, d = box.get("numerator"), box.get("denominator")
    return "" if n is None or d is None else Share(n, d).shown
