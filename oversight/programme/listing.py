"""The visit programme as it is taken out; the page shows the same lines."""

from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Cell, Column, Kind
from oversight.programme.forms import ProgrammeFilter
from oversight.programme.lines import Line, Programme, contracts_of


def _marked(line: Line) -> Cell:
    return f"{line.mark.in_words}: {line.mark.reason}" if line.mark else ""


def _points(line: Line) -> Cell:
    return "; ".join(f"{each.points}: {each.words}" for each in line.reasons)


COLUMNS = (
    Column("Provider", lambda line: line.name, width=40),
    Column("Category", lambda line: line.category_name, width=28),
    Column("Commissioner", lambda line: line.commissioner_name, width=36),
    Column("Reasons", lambda line: line.sentence, width=70),
    Column("Points", lambda line: line.points, Kind.NUMBER, 10),
    Column("Points behind each reason", _points, width=60),
    Column("Last visit", lambda line: line.last.on if line.last else "None recorded", Kind.DATE, 16),
    Column("Due", lambda line: line.due_on, Kind.DATE, 14),
    Column("When due", lambda line: line.state_in_words, width=22),
    Column("Planned for", lambda line: line.planned.on if line.planned else None, Kind.DATE, 14),
    Column("Pinned or not now", _marked, width=40),
)


def _programme(request: HttpRequest, reach: Reach) -> Shown:
    contracts: Any = reach.rows(contracts_of(reach.user, on=reach.on))
    form = ProgrammeFilter(request.GET, lines=Programme(reach.user, contracts, on=reach.on).lines, on=reach.on)
    return Shown(COLUMNS, form.chosen, form)


def register_programme() -> None:
    """Called once at start."""
    register(
        Listing("visit-programme", "Visit programme", Can.SEE_VISIT_WORK, "oversight:programme", _programme,
                freezes=False)
    )  # fmt: skip
