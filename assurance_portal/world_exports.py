"""The exports of the measuring world: for each commissioner a frozen view, lines in the log of exports, and a batch."""

import uuid
from typing import TYPE_CHECKING

from assurance.models import Batch, BatchRow, SelfAssessment
from design.calendar import FinancialYear
from exports.models import Export, FrozenView
from exports.table import Heading, Table
from governance.models import YearBook

if TYPE_CHECKING:
    from assurance_portal.world import World


def make(world: "World") -> None:
    """A list that somebody froze, and one that a provider and the commissioner took out."""
    for key in ("A", "B"):
        analyst, ours = world.person("QA", key), world.organisations[key]
        table = Table(
            listing="returns", title=world.canary("frozen", "title"), headings=(Heading("Provider"),),
            rows=[[world.canary("frozen", "row")]], said=(("Provider", world.canary("frozen", "filter")),),
            whose=(ours.name,), as_at=world.at, by=str(analyst), notes=(world.canary("frozen", "note"),),
        )  # fmt: skip
        why = world.canary("frozen", "why")
        world.keep(FrozenView.objects.freeze(table, commissioner=ours, why=why, by=analyst, at=world.at))
        _taken(world, key, "QA")
        _batch(world, key)
        _year(world, key)
    for place in ("P1", "P3"):
        _taken(world, place, "PL")


def _taken(world: "World", place: str, role: str) -> None:
    """A line about a list that this person took out in the name of their organisation."""
    here = world.organisations[place]
    made = Export.objects.create(
        organisation=here, listing="returns", title=world.canary("export", "title"), ending="csv", rows=3,
        said=world.canary("export", "filter"), by=world.person(role, place), at=world.at,
    )  # fmt: skip
    world.keep(made, whose=here)


def _year(world: "World", key: str) -> None:
    """A workbook of the year that the analyst asked for; its bytes hold the canary."""
    word, year = world.canary("yearbook", "content"), FinancialYear.of(world.on).slug
    made = YearBook.objects.create(
        commissioner=world.organisations[key], year=year, asked_by=world.person("QA", key), asked_at=world.at,
        state="built", content=word.encode(), made_at=world.at,
    )  # fmt: skip
    world.keep(made)
    world.things[-1].canaries.append(word)


def _batch(world: "World", key: str) -> None:
    """One thing that the analyst did to a return, with what became of it."""
    assessment = SelfAssessment.objects.filter(round__in=world.rounds, commissioner=world.organisations[key])[0]
    terms = {"due_on": "2099-01-01", "reason": world.canary("batch", "reason"), "agreed_by": 0}
    analyst, token = world.person("QA", key), uuid.uuid4()
    batch = Batch.objects.ask_for("extend", [(assessment, 1)], terms=terms, token=token, by=analyst, at=world.at)
    words = world.canary("batch", "words")
    BatchRow.objects.filter(batch=batch).update(state="refused", words=words)
    world.keep(batch)
    world.things[-1].canaries.append(words)


__all__ = ["make"]
