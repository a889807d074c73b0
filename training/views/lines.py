"""One line: eight periods, by category and by area, every provider; what stands behind a figure; what changed."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.calendar import LONDON
from design.pages import page
from training import charts
from training.behind import behind_of
from training.forms.overview import ChangeForm
from training.line_page import gathered
from training.models import FigureReturn
from training.overview_lists import line_of, reading_of
from training.resolver.changes import between

A_WEEK = timedelta(days=7)


@door(Can.SEE_FIGURES, methods=("GET",))
def line_page(request: SignedInRequest, line: str) -> HttpResponse:
    """The trend with its thresholds, roll-ups by category and area, the biggest contributor, every provider."""
    found = reading_of(request, on=timezone.localdate(), filters=False)
    if found is None:
        raise Http404
    reading, _ = found
    of = line_of(reading, line)
    reading.columns, query = [of], f"?period={reading.period.reference}"
    shown = gathered(reading, of, request.GET.get("page"))
    profiles = Can.SEE_OVERVIEW in held_capabilities(request)
    return page(
        request, "training/line.html", reading=reading, line=of, query=query, may_see_profiles=profiles, **shown
    )


@door(Can.SEE_FIGURES, methods=("GET",))
def line_changes(request: SignedInRequest, line: str) -> HttpResponse:
    """Why a line is another than it was: which returns came in or were corrected between two days."""
    today = timezone.localdate()
    found = reading_of(request, on=today, filters=False)
    if found is None:
        raise Http404
    reading, _ = found
    of, asked = line_of(reading, line), any(name.startswith("first") for name in request.GET)
    form = ChangeForm(request.GET if asked else None, today=today, initial={"first": today - A_WEEK, "second": today})
    change = None
    if not asked or form.is_valid():
        days = form.cleaned_data if asked else form.initial
        first, second = (_end_of(days.get(name) or today) for name in ("first", "second"))
        change = between(request.user, reading.period, of, first=first, second=second)
    context: dict[str, Any] = {"reading": reading, "line": of, "change": change}
    return page(request, "training/line_changes.html", form if asked else None, days=form, **context)


@door(Can.SEE_FIGURES, of=FigureReturn, methods=("GET",))
def behind(request: SignedInRequest, figure_return: FigureReturn, line: str) -> HttpResponse:
    """The returns behind one cell: every version that was submitted, group by group, and the eight periods."""
    found = behind_of(request.user, figure_return, line)
    if found is None:
        raise Http404
    title = f"{found.line.name}: {figure_return.organisation}"
    chart = charts.of_provider(
        found.line, found.slots.labels, found.cells, str(figure_return.organisation), title=title
    )
    held, received = held_capabilities(request), figure_return.is_received
    may: dict[str, Any] = {"may_read": Can.READ_FIGURES in held and received}
    may["may_ask"] = Can.QUERY_FIGURES in held and received and not figure_return.is_own
    return page(request, "training/behind.html", figure_return=figure_return, found=found, chart=chart, **may)


def _end_of(day: Any) -> datetime:
    """The last moment of a London day."""
    return datetime.combine(day, time.max, tzinfo=LONDON)
