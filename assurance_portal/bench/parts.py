"""The table of what is measured: each part, the register it needs, and how it is called in its own process."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from assurance_portal.bench import (
    books,
    clients,
    day_zero,
    exporting,
    figure_books,
    figures,
    figures_told,
    mails,
    pages,
    papers,
    planning,
    programme,
    reviewing,
    rounds,
    saving,
    visits,
)
from assurance_portal.bench.figure import Figure
from design.calendar import LONDON


@dataclass(frozen=True)
class Scale:
    """How large a run is: providers loaded, registers grown from them, years, and things to plan."""

    loaded: int
    registers: tuple[int, ...]
    years: int
    things: int
    due: int
    report: int
    rounds: int
    seconds: float


FULL = Scale(
    loaded=40, registers=(80, 200, 1200), years=5, things=500_000, due=100_000, report=60, rounds=30, seconds=15
)
QUICK = Scale(loaded=12, registers=(12, 24, 48), years=2, things=5_000, due=1_000, report=12, rounds=3, seconds=3)
TINY = Scale(loaded=12, registers=(12, 14, 16), years=1, things=200, due=40, report=12, rounds=1, seconds=0.5)
SCALES: Mapping[str, Scale] = {"full": FULL, "quick": QUICK, "tiny": TINY}


def _pages(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return pages.measure(names, rounds=scale.rounds)


def _clients(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return clients.measure(seconds=scale.seconds)


def _saving(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return saving.measure(_moment(on, 12), rounds=scale.rounds)


def _books(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return books.measure(_moment(on, 12), rounds=min(scale.rounds, books.ROUNDS))


def _day_zero(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return day_zero.measure(_moment(on, 12))


def _planning(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    day = planning.day_of(on)
    return planning.measure(day, _moment(day, 7), things=scale.things, due=scale.due)


def _mails(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    day = planning.day_of(on)
    return mails.measure(day, _moment(day, 7), due=scale.due)


def _papers(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return papers.measure(on, rounds=min(scale.rounds, papers.ROUNDS))


def _exports(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return exporting.measure(rounds=scale.rounds)


def _rounds(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return rounds.measure(on, _moment(on, 12))


def _visits(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return visits.measure(_moment(on, 12), rounds=scale.rounds)


def _programme(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return programme.measure(_moment(on, 12), rounds=scale.rounds)


def _reviews(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return reviewing.measure(_moment(on, 12), rounds=scale.rounds)


def _figures(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return figures.measure(_moment(on, 12), rounds=scale.rounds)


def _figures_told(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return figures_told.measure(_moment(on, 12), rounds=min(scale.rounds, figures_told.ROUNDS))


def _figure_books(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return figure_books.measure(_moment(on, 12), rounds=min(scale.rounds, figure_books.ROUNDS))


def _staff_list(scale: Scale, names: Mapping[int, str], on: date) -> Iterator[Figure]:
    return figure_books.count_staff(_moment(on, 12))


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=LONDON)


Measure = Callable[[Scale, Mapping[int, str], date], Iterator[Figure]]
# Those that write get a copy of a register for themselves; the number says which one is copied.
PARTS: Mapping[str, tuple[Measure, int | None]] = {
    "pages": (_pages, None),
    "clients": (_clients, -1),
    "saving": (_saving, 0),
    "workbooks": (_books, 0),
    "day-zero": (_day_zero, -1),
    "planning": (_planning, -1),
    "mails": (_mails, -1),
    "report": (_papers, None),
    "round": (_rounds, None),
    "exports": (_exports, None),
    "visits": (_visits, 0),
    "programme": (_programme, -1),
    "reviews": (_reviews, 0),
    "figures": (_figures, -1),
    "figures-told": (_figures_told, -1),
    "figures-workbook": (_figure_books, 0),
    "staff-list": (_staff_list, 0),
}
