"""The contract schedule as files: a tagged PDF and a Word document, both from the same ``Schedule``.

Both begin with the stamp of the version and carry it at the foot of each page. Nothing is looked up or worked out here.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from assurance.contract_schedule import Asked, Schedule
from design import pdf, word
from design.word import Block, Said

DEMONSTRATION = "Demonstration: invented people and organisations. Not for use in a contract."
FACTS, MEANINGS, ASKED = (5, 12), (4, 13), (1.5, 8.5, 7)


def schedule_pdf(schedule: Schedule, *, at: datetime, demonstration: bool = False) -> bytes:
    """The tagged PDF. The same schedule and moment give the same bytes."""
    said = {"schedule": schedule, "title": schedule.title, "demonstration": demonstration}
    return pdf.render(render_to_string("reports/schedule.html", said), title=schedule.title, at=at, apart=True)


def schedule_docx(schedule: Schedule, *, at: datetime, demonstration: bool = False) -> bytes:
    """The Word document, with headings, header rows that repeat, and its language."""
    return word.render(
        list(_blocks(schedule)), title=schedule.title, author=schedule.commissioner, at=at, foot=schedule.stamp,
        head=DEMONSTRATION if demonstration else "",
    )  # fmt: skip


def _blocks(said: Schedule) -> Iterator[Block]:
    """What stands in it, in the order of the PDF."""
    yield word.heading(said.title, 0)
    yield word.table(("What", "Which"), _plain(said.facts), FACTS)
    if said.dates:
        yield word.heading("Reporting", 1)
        yield word.table(("What", "When"), _plain(said.dates), FACTS)
    for heading, first, meanings in (("Grades", "Grade", said.grades), ("Levels of assurance", "Level", said.levels)):
        yield word.heading(heading, 1)
        rows = _plain((each.label, each.meaning) for each in meanings)
        yield word.table((first, "What it means"), rows, MEANINGS)
    if said.floors:
        yield word.heading("How a level is reached", 2)
        yield from (word.listed(words) for words in (*said.floors, *said.rules))
    for part in said.parts:
        yield word.heading(f"Standard {part.number}: {part.title}", 1)
        yield word.introduction(part.purpose)
        rows = [[[Said(each.ref, bold=True)], _question(each), _evidence(each)] for each in part.asked]
        yield word.table(("No.", "What is asked", "What to send"), rows, ASKED)


def _plain(rows: Iterable[Sequence[str]]) -> list[Any]:
    """Rows of one paragraph a cell, the first in bold."""
    return [[[Said(words, bold=not place)] for place, words in enumerate(row)] for row in rows]


def _question(asked: Asked) -> list[Said]:
    return [Said(asked.text), *([Said(asked.marks, bold=True)] if asked.marks else [])]


def _evidence(asked: Asked) -> list[Said]:
    """What to send, as a list, and what not."""
    found = [Said(each, listed=True) for each in asked.evidence]
    return found + ([Said(f"Do not send: {asked.do_not_send}")] if asked.do_not_send else [])
