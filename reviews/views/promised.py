"""The actions of all reviews on which the person is named."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from reviews.promised import PromisedFilter, counted, promised, told
from reviews.reading import noted_each

A_PAGE = 25


@door(Can.SEE_REVIEW, methods=("GET",))
def review_actions(request: SignedInRequest) -> HttpResponse:
    """What is open first, the longest past its original date on top."""
    now = timezone.now()
    today = timezone.localdate(now)
    found, form = promised(request.user, on=today), PromisedFilter(request.GET)
    form.offer(found)
    narrow = form.chosen(found, on=today).select_related(None).only("pk")
    figures = counted(found)
    known = None if any(request.GET.get(name) for name in form.fields) else figures[0]["d"]
    rows = page_of(narrow, request.GET.get("page"), A_PAGE, known=known)
    rows.object_list = told(rows, on=today)
    noted_each({row.review_part.recommendation.review for row in rows}, request.user, "Its actions in a list", at=now)
    return page(request, "reviews/review_actions.html", filter=form, rows=rows, figures=figures, today=today)
