"""Training figures of the measuring world, by the verbs that people use, with a canary in every text.

Of A's providers P1 is writing, P2 has submitted, and the shared one's return was withdrawn; P3 has submitted to B and
is correcting it. Of what was submitted a question is asked and a plan made.
"""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from design.calendar import Quarter
from training.links import make_address
from training.models import (
    AskedLine,
    Cell,
    Explanation,
    FigureQuery,
    FigureReturn,
    HostCount,
    Line,
    Period,
    Signature,
    Threshold,
    Trajectory,
)  # fmt: skip
from training.models.links import Addressee, make_links
from training.models.workbooks import keep_workbook

if TYPE_CHECKING:
    from assurance_portal.world import World

CODE = "world-line"


def make(world: "World") -> None:
    """A quarter of each commissioner."""
    for key, places in {"A": ("P1", "P2", "shared"), "B": ("P3",)}.items():
        line, period = _line(world, key), _period(world, key)
        for place in places:
            owed = _return(world, period, line, place)
            {"P1": _write, "P2": _submit, "shared": _withdraw, "P3": _correct}[place](world, owed)


def _line(world: "World", key: str) -> Line:
    made: Line = Line.objects.create(
        commissioner=world.organisations[key], code=CODE, name="Line of the world", short="World", family="training",
        set_code="world", numerator="Compliant", denominator="Eligible", valid_from=world.long_ago,
    )  # fmt: skip
    return made


def _period(world: "World", key: str) -> Period:
    quarter = Quarter.last_complete(world.on)
    return world.keep(
        Period.objects.create(
            commissioner=world.organisations[key], starts_on=quarter.starts, ends_on=quarter.ends,
            due_on=quarter.ends + timedelta(days=28), state=Period.State.OPEN, issued_at=world.at,
            issued_by=world.person("QA", key),
        )
    )  # fmt: skip


def _return(world: "World", period: Period, line: Line, place: str) -> FigureReturn:
    """Issued with one line, and a threshold of the provider's own."""
    whose: dict[str, Any] = {"commissioner": period.commissioner, "organisation": world.organisations[place]}
    threshold = Threshold.objects.create(
        **whose, code=CODE, value=90, reason=world.canary("threshold", "reason"), valid_from=world.long_ago
    )
    world.keep(threshold)
    owed = FigureReturn.objects.create(
        **whose, period=period, tier="full", due_on=period.due_on, original_due_on=period.due_on, issued_at=world.at,
        why_issued=world.canary("figures", "why"),
    )  # fmt: skip
    asked = AskedLine.objects.create(
        **whose, figure_return=owed, line=line, code=CODE, threshold=90, amber=10, threshold_reason=threshold.reason
    )
    Cell.objects.create(**whose, asked=asked)
    return owed


def _fill(world: "World", owed: FigureReturn, *, begun_by: Any) -> list[str]:
    """Figures below the threshold with a narrative and an explanation; back come their words."""
    words = [world.canary("figures", name) for name in ("narrative", "question", "explanation", "area")]
    asked, whose = owed.lines.get(), {"commissioner": owed.commissioner, "organisation": owed.organisation}
    AskedLine.objects.filter(pk=asked.pk).update(narrative=words[0])
    asked.cells.update(numerator=41, denominator=50, written_by=begun_by, written_at=world.at)
    said = {"asked": asked, "by": begun_by, "at": world.at}
    Explanation.objects.create(**whose, **said, check_code="jump", question=words[1], words=words[2])
    HostCount.objects.create(**whose, asked=asked, area=words[3], count=41, assurance="not_asked")
    return words


def _keep_draft(world: "World", owed: FigureReturn, words: list[str]) -> None:
    """What is being written is the provider's alone."""
    world.keep(owed.lines.get(), draft=True)
    world.things[-1].canaries = [*words]


def _write(world: "World", owed: FigureReturn) -> None:
    lead = world.person("PL", "P1")
    FigureReturn.objects.filter(pk=owed.pk).update(state=FigureReturn.State.IN_PROGRESS)
    world.keep(owed, label="writing", draft=True)
    _send_link(world, owed)
    _keep_draft(world, owed, _fill(world, owed, begun_by=lead))
    _workbook(world, owed, lead)


def _workbook(world: "World", owed: FigureReturn, by: Any) -> None:
    """A file that was read and waits; its one row is rejected."""
    words = [world.canary("workbook", name) for name in ("cell", "note", "name")]
    row = {
        "sheet": "Training", "place": 4, "key": f"{CODE}/group/", "line": "Line of the world", "group": "Everybody",
        "seen": "", "cells": {}, "typed": {}, "values": {}, "problems": [{"cell": "H4", "words": words[0]}],
    }  # fmt: skip
    kept = keep_workbook(
        owed, rows=[row], notes=[words[1]], file_name=f"{words[2]}.xlsx", sha256="0" * 64, written_at=world.at,
        by_provider=True, by=by, at=world.at,
    )  # fmt: skip
    world.keep(kept, draft=True)
    world.things[-1].canaries = [*words[:2], kept.file_name]


def _send_link(world: "World", owed: FigureReturn) -> None:
    """A link to the return, in the hands of whoever reads this."""
    analyst = world.person("QA", world.key_of(owed.commissioner))
    to = Addressee(owed, world.canary("link", "name"), f"{world.canary('link', 'email')}@example.org")
    made = make_links([to], by=analyst, at=world.at)[0]
    world.keep(made)
    world.things[-1].opens = urlsplit(make_address(made, at=world.at)).path


def _submit(world: "World", owed: FigureReturn) -> None:
    place = world.key_of(owed.organisation)
    lead, said = world.person("PL", place), [world.canary("figures", name) for name in ("name", "role")]
    words = _fill(world, owed, begun_by=lead)
    submission = owed.submit(Signature(said[0], said[1], world.on), by=lead, at=world.at)
    world.keep(owed, label="submitted")
    world.keep(submission)
    world.things[-1].canaries = [*said, *words]
    _question(world, owed)
    plan = {name: world.canary("plan", name) for name in ("why_below", "what_is_done", "why_not_reached")}
    made = Trajectory.objects.create(
        commissioner=owed.commissioner,
        organisation=owed.organisation,
        code=CODE,
        made_by=lead,
        made_at=world.at,
        **plan,
    )
    whose = {"commissioner": owed.commissioner, "organisation": owed.organisation}
    made.points.create(**whose, by_day=world.on + timedelta(days=60), planned=Decimal(85))
    world.keep(made)


def _question(world: "World", owed: FigureReturn) -> None:
    key = world.key_of(owed.commissioner)
    asking, lead = world.person("QA", key), world.person("PL", world.key_of(owed.organisation))
    due = world.on + timedelta(days=14)
    query = FigureQuery.objects.create(
        commissioner=owed.commissioner, organisation=owed.organisation, figure_return=owed, asked=owed.lines.get(),
        question=world.canary("query", "question"), asked_by=asking, asked_at=world.at, due_on=due, original_due_on=due,
    )  # fmt: skip
    query.reply(world.canary("query", "answer"), by=lead, at=world.at)
    query.resolve(world.canary("query", "resolution"), by=asking, at=world.at)
    world.keep(query)
    if key == "A":
        waiting = FigureQuery.objects.ask(
            owed.lines.get(), world.canary("query", "waiting"), by=asking, at=world.at
        )  # fmt: skip
        world.keep(waiting, label="open")


def _correct(world: "World", owed: FigureReturn) -> None:
    """Submitted, and opened again: what is written now is a draft."""
    _submit(world, owed)
    place = world.key_of(owed.organisation)
    lead, reason = world.person("PL", place), world.canary("figures", "correcting")
    owed.begin_correction(reason, by=lead, at=world.at)
    world.thing_of(owed).canaries.append(reason)
    asked = owed.lines.get()
    words = world.canary("figures", "corrected")
    AskedLine.objects.filter(pk=asked.pk).update(narrative=words)
    _keep_draft(world, owed, [words])


def _withdraw(world: "World", owed: FigureReturn) -> None:
    analyst = world.person("QA", world.key_of(owed.commissioner))
    owed.withdraw(by=analyst, at=world.at, reason=world.canary("figures", "withdrawn"))
    world.keep(owed, label="withdrawn", draft=True)
