"""The assurance overview: as at a day, where every provider stands, and the list behind each figure."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.acting import acting_for
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from assurance import overview, records
from assurance.charts import levels_by_category
from assurance.forms.overview import STATES, OverviewFilter
from assurance.keeping import kept
from assurance.listings import APART, listed_rows, matrix_rows, reading_of
from assurance.models import SelfAssessment
from assurance.reading import Reading
from assurance.standing import BY_KEY, LEVELS, STANDINGS
from design.counting import page_of
from design.pages import page

PER_PAGE = 50
SHOWN = 8
# The worst three of STANDINGS: what stands first in the matrix.
IN_NEED = ("none", "limited", "overdue")


@door(Can.SEE_OVERVIEW, methods=("GET",))
def overview_page(request: SignedInRequest) -> HttpResponse:
    """Screen 6: returned, levels, needs attention, matrix, change since last year. Drawn again when they changed."""
    on = timezone.localdate()
    asked = tuple(sorted((name, *request.GET.getlist(name)) for name in request.GET))
    question = ("overview", request.user.pk, tuple(acting_for(request)), on, asked)
    year, figures = kept(question, lambda: _drawn(request, on)).split("\n", 1)
    return page(request, "assurance/overview.html", year=year, figures=SafeString(figures))


def _drawn(request: SignedInRequest, on: date) -> str:
    """The year on a line, then the page below the header."""
    reading, form = reading_of(request, on=on)
    change = reading.change
    paged, worst_first = _paged(request, reading, form)
    standards = reading.standards
    context: dict[str, Any] = {
        "request": request,
        "reading": reading,
        "filters": form,
        "recorded": _recorded(request, reading),
        "paged": paged,
        "standards": standards,
        "matrix": overview.matrix(list(paged), [each.number for each in standards], as_at=reading.as_at),
        "levels": _levels(reading),
        "attention": _attention(reading, worst_first),
        "in_need": sum(reading.counts.of(key) for key in IN_NEED),
        "change": change,
        "chart": _chart(reading),
        "query": _query(request),
    }
    return f"{reading.year}\n{render_to_string('assurance/_overview.html', context)}"


@door(Can.SEE_OVERVIEW, methods=("GET",))
def overview_list(request: SignedInRequest) -> HttpResponse:
    """The list behind a figure: providers in one state, with dates, level and how it is known."""
    reading, form = reading_of(request, on=timezone.localdate())
    state = form.value("standing")
    asked = state not in APART
    paged = Paginator(listed_rows(request, reading, form), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "reading": reading, "filters": form, "paged": paged, "asked": asked, "title": STATES.get(state or ""),
        "by_key": BY_KEY, "state": state,
    }  # fmt: skip
    return page(request, "assurance/overview_list.html", **context)


@door(Can.SEE_RESULT, of=SelfAssessment, methods=("GET",))
def standard_detail(request: SignedInRequest, assessment: SelfAssessment, number: int) -> HttpResponse:
    """The criteria behind one cell of the matrix: own grade, validated grade, how known, and when."""
    standard = get_object_or_404(assessment.round.framework_version.standards, number=number)
    lines = overview.criteria_of(assessment, number)
    context: dict[str, Any] = {"assessment": assessment, "standard": standard, "lines": lines}
    return page(request, "assurance/standard_detail.html", **context)


def _levels(reading: Reading) -> list[dict[str, Any]]:
    """Every state with its count, in the order of the page; they add up to the register."""
    order = [*LEVELS, "awaiting", "sent_back", "not_due", "overdue", "withdrawn", "not_asked"]
    order += ["recorded"] if reading.counts.of("recorded") else []
    return [{"standing": BY_KEY[key], "n": reading.counts.of(key)} for key in order]


def _recorded(request: SignedInRequest, reading: Reading) -> dict[str, Any] | None:
    """The matrix of what the records say; nothing, and no query, where they say nothing."""
    if not (n := reading.counts.of("recorded")):
        return None
    paged = page_of(reading.recorded.order_by("name", "pk"), request.GET.get("records"), PER_PAGE, known=n)
    rows = sorted(records.read(list(paged), reading.records), key=lambda row: str(row.organisation))
    numbers = sorted({number for row in rows for number in row.tallies})
    return {"paged": paged, "numbers": numbers, "rows": [(row, row.cells(numbers)) for row in rows]}


def _paged(request: SignedInRequest, reading: Reading, form: OverviewFilter) -> tuple[Any, list[Any] | None]:
    """The page of the matrix that was asked for; and its rows when they are the worst of all."""
    state, words, sort = form.value("standing"), form.value("q"), request.GET.get("sort", "")
    rows = matrix_rows(request, reading, form)
    paged = page_of(rows, request.GET.get("page"), PER_PAGE, known=reading.how_many(state, words))
    everybody = state is None and words is None and sort not in reading.ORDERS and paged.number == 1
    return paged, list(paged.object_list) if everybody else None


def _attention(reading: Reading, worst_first: list[Any] | None) -> list[dict[str, Any]]:
    """The worst of all: the top of the matrix where that shows everybody, otherwise asked for."""
    if worst_first is None:
        worst_first = list(reading.rows().filter(rank__lt=len(IN_NEED))[:SHOWN])
    in_need = [row for row in worst_first if row.standing in IN_NEED][:SHOWN]
    return [
        {"row": row, "standing": BY_KEY[row.standing], "why": overview.attention(row, as_at=reading.as_at)}
        for row in in_need
    ]


def _chart(reading: Reading) -> Any:
    title = f"Where providers of each category stand, {reading.year}"
    return levels_by_category(reading.by_category, title=title, to_scale=False)


def _query(request: SignedInRequest) -> str:
    """The filters of this page without state and page, for the links behind figures."""
    kept = request.GET.copy()
    for name in ("standing", "page", "sort"):
        kept.pop(name, None)
    return kept.urlencode()


__all__ = ["STANDINGS", "overview_list", "overview_page", "standard_detail"]
