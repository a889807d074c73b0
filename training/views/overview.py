"""The overview of training and key indicators: lines below threshold, and the matrix of providers and lines."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from training import looked_after as children
from training.overview_lists import reading_of
from training.papers import answer, overview_paper_of

PER_PAGE = 50


@door(Can.SEE_FIGURES, methods=("GET",))
def overview_page(request: SignedInRequest) -> HttpResponse:
    """Screen 7: who returned, lines below threshold, the matrix, own staff and Governing Body."""
    found = reading_of(request, on=timezone.localdate())
    if found is None:
        return page(request, "training/overview_empty.html")
    reading, form = found
    rows = reading.rows
    paged = page_of(rows, request.GET.get("page"), PER_PAGE, known=len(rows))  # type: ignore[arg-type]
    held = held_capabilities(request)
    context: dict[str, Any] = {
        "reading": reading, "filters": form, "paged": paged, "matrix": reading.matrix(list(paged)),
        "query": f"?period={reading.period.reference}", "short": reading.short_lines, "all_lines": reading.summary,
        "may_read": Can.READ_FIGURES in held, "may_list": Can.SEE_RETURN_STATUS in held,
        "may_see_rules": Can.SEE_STEPS in held, "may_see_profiles": Can.SEE_OVERVIEW in held,
    }  # fmt: skip
    return page(request, "training/overview.html", **context)


@door(Can.SEE_FIGURES, methods=("GET",))
def overview_paper(request: SignedInRequest) -> HttpResponse:
    """The page as a PDF for a meeting: the same reading, every provider of it."""
    found = reading_of(request, on=timezone.localdate())
    if found is None:
        raise Http404
    public, now = request.GET.get("part") == "public", timezone.now()
    paper = overview_paper_of(found[0], at=now, public=public, demonstration=settings.PORTAL_DEMONSTRATION)
    return answer(paper, f"figures-{found[0].period.reference}{'-public' if public else ''}")


@door(Can.SEE_FIGURES, methods=("GET",))
def looked_after(request: SignedInRequest) -> HttpResponse:
    """Health assessments by age band, why some were late, and children placed elsewhere by host area."""
    found = reading_of(request, on=timezone.localdate())
    if found is None:
        raise Http404
    reading, form = found
    return page(request, "training/looked_after.html", reading=reading, filters=form, **children.gathered(reading))
