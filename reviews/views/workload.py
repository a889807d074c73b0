"""Who has how much to write for reviews."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from reviews.workload import WorkloadFilter, by_author, named_on, open_reports

A_PAGE = 50


@door(Can.SEE_REVIEW, methods=("GET",))
def workload(request: SignedInRequest) -> HttpResponse:
    """Open reports and estimated hours by organisation and author, of the reviews on which the person is named."""
    today = timezone.localdate()
    form = WorkloadFilter(request.GET)
    lines = list(form.chosen(by_author(open_reports(request.user), on=today)))
    rows = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    return page(request, "reviews/workload.html", filter=form, rows=rows, named=named_on(request.user), today=today)
