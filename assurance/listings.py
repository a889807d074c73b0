"""The lists of returns and of the overview, as their pages show them and as they are taken out."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from accounts.acting import acting_with
from accounts.capabilities import Can
from assurance import overview
from assurance.forms.overview import STATES, OverviewFilter
from assurance.forms.returns import ReturnFilter
from assurance.models import LevelResult, SelfAssessment
from assurance.reading import Reading, commissioners_of, years_of
from assurance.returns import rounds_of
from assurance.standing import BY_KEY
from design.calendar import london_date
from exports.listings import Listing, Reach, Shown, register
from exports.table import Cell, Column, Kind

NOTHING = "No return received"
# Lists of providers without a return.
APART = ("not_asked", "recorded")


# --- Returns ---------------------------------------------------------------------------------------------------


def returns_shown(request: HttpRequest, allowed: Any, *, on: date) -> tuple[ReturnFilter, Any]:
    """The filter of the list of returns, and its rows in their order."""
    form = ReturnFilter(request.GET, rounds=rounds_of(allowed))
    chosen = form.narrow(allowed, on=on).select_related("organisation__category")
    return form, chosen.order_by("-round__year", "due_on", "organisation__name")


def _received(assessment: SelfAssessment) -> Cell:
    return london_date(assessment.first_submitted_at) if assessment.first_submitted_at else NOTHING


# As on the page; what stands in one cell there has a column each here.
RETURNS = (
    Column("Provider", lambda row: str(row.organisation), width=40),
    Column("Round", lambda row: str(row.round), width=40),
    Column("Category", lambda row: str(row.organisation.category or ""), width=28),
    Column("Due", lambda row: row.due_on, Kind.DATE, 14),
    Column("First due", lambda row: row.original_due_on, Kind.DATE, 14),
    Column("Received", _received, Kind.DATE, 20),
    Column("State", lambda row: row.get_state_display(), width=20),
)


def _returns(request: HttpRequest, reach: Reach) -> Shown:
    on = reach.on
    allowed = SelfAssessment.objects.permitted(reach.user, Can.SEE_RETURN_STATUS)
    form, rows = returns_shown(request, reach.rows(allowed), on=on)
    return Shown(RETURNS, rows, form)


# --- The overview ----------------------------------------------------------------------------------------------


def reading_of(request: HttpRequest, *, on: date, reach: Reach | None = None) -> tuple[Reading, OverviewFilter]:
    """What this request's overview is about, and the form that says so; within ``reach``, where it is taken out."""
    mine = commissioners_of(request)
    if reach is not None:
        may = reach.commissioners([each.pk for each in acting_with(request, reach.can)])
        mine = [each for each in mine if each.pk in may]
    ids = [each.pk for each in mine]
    years = years_of(ids, on=on)
    form = OverviewFilter(request.GET or None, years=years.all, commissioners=mine)
    form.initial["year"] = year = form.value("year") or years.default
    chosen = form.value("commissioner") if "commissioner" in form.fields else None
    ids = [each.pk for each in mine if chosen in (None, each.reference)]
    strand = form.value("strand") or LevelResult.OVERALL
    known = {"with_records": year in years.recorded, "rounds": years.rounds}
    return Reading(request.user, ids, year, on, strand, form.value("category"), **known), form  # type: ignore[arg-type]


def matrix_rows(request: HttpRequest, reading: Reading, form: OverviewFilter) -> Any:
    """The returns of the matrix in the order that was asked for, the worst first unless it says otherwise."""
    return reading.rows(state=form.value("standing"), words=form.value("q"), sort=request.GET.get("sort", ""))


def cell_in_words(cell: overview.Cell) -> str:
    """A cell of the matrix as it is seen and heard: letter, words, how it is known, out of date, in question."""
    words = [f"{cell.letter}: {cell.word}"] if cell.word else [cell.letter]
    words += [cell.ground_word] if cell.ground_word else []
    words += ["check out of date"] if cell.out_of_date else []
    words += [f"in question since {cell.in_question:%-d %B %Y}"] if cell.in_question else []
    return ", ".join(words)


def _standard(place: int) -> Any:
    return lambda row: cell_in_words(row.cells[place])


def matrix_columns(standards: list[Any]) -> tuple[Column, ...]:
    """Provider, state, and one column for each standard."""
    return (
        Column("Provider", lambda row: row.assessment.organisation.name, width=40),
        Column("State", lambda row: row.standing.words, width=28),
        *(Column(f"{each.number}. {each.title}", _standard(n), width=30) for n, each in enumerate(standards)),
    )


def _about(request: HttpRequest, reading: Reading, form: OverviewFilter) -> dict[str, Any]:
    """Whose overview it is, and the year where the reader did not choose it."""
    whose = tuple(each.name for each in commissioners_of(request) if each.pk in reading.commissioners)
    return {"whose": whose, "said": () if form.value("year") else (("Year", reading.year),)}


def _overview(request: HttpRequest, reach: Reach) -> Shown:
    reading, form = reading_of(request, on=reach.on, reach=reach)
    numbers = [each.number for each in reading.standards]
    rows = reach.narrowed(matrix_rows(request, reading, form))
    return Shown(
        matrix_columns(reading.standards), rows, form, **_about(request, reading, form),
        complete=lambda found: overview.matrix(found, numbers, as_at=reading.as_at),
    )  # fmt: skip


def listed_rows(request: HttpRequest, reading: Reading, form: OverviewFilter) -> Any:
    """The list behind a figure: returns in a state, or providers that were not asked or are known from records only."""
    if (state := form.value("standing")) in APART:
        found: Any = reading.not_asked if state == "not_asked" else reading.recorded.select_related("category")
        return found.matching(form.value("q") or "").order_by("name", "pk")
    return matrix_rows(request, reading, form)


NOT_ASKED = (
    Column("Provider", lambda row: row.name, width=40),
    Column("Category", lambda row: row.category.name, width=28),
)
BEHIND = (
    Column("Provider", lambda row: row.organisation.name, width=40),
    Column("Category", lambda row: row.organisation.category.name, width=28),
    Column("State", lambda row: BY_KEY[row.standing].words, width=28),
    Column("Original date", lambda row: row.original_due_on, Kind.DATE, 14),
    Column("Agreed date", lambda row: row.due_on, Kind.DATE, 14),
    Column("Received", _received, Kind.DATE, 20),
)
IN_QUESTION = Column("In question since", lambda row: row.doubted_since, Kind.DATE, 14)


def _behind(request: HttpRequest, reach: Reach) -> Shown:
    reading, form = reading_of(request, on=reach.on, reach=reach)
    state, rows = form.value("standing"), listed_rows(request, reading, form)
    about = {"title": f"Providers: {STATES[state or '']}", **_about(request, reading, form)}
    if state in APART:
        return Shown(NOT_ASKED, rows, form, **about)
    columns = (*BEHIND, IN_QUESTION) if state == "in_question" else BEHIND
    return Shown(columns, reach.narrowed(rows), form, **about)


LISTINGS = (
    Listing("returns", "Returns", Can.SEE_RETURN_STATUS, "assurance:assessment-list", _returns, circled=True),
    Listing("overview", "Standards by provider", Can.SEE_OVERVIEW, "assurance:overview", _overview, circled=True),
    Listing(
        "providers-by-state", "Providers by state", Can.SEE_OVERVIEW, "assurance:overview-list", _behind, circled=True
    ),
)


def register_listings() -> None:
    """Called once at start."""
    register(*LISTINGS)
