"""The actions of all reviews on which the person is named."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from reviews.promised import PromisedFilter, counted, promised
from reviews.reading import noted_each

A_PAGE = 25


@door(Can.SEE_REVIEW, methods=("GET",))
def review_actions(request: SignedInRequest) -> HttpResponse:
    """What is open first, the longest past its original date on top."""
    now = timezone.now()
    today = timezone.localdate(now)
    found, form = promised(request.user, on=today), PromisedFilter(request.GET)
    form.offer(found)
    rows = page_of(form.chosen(found, on=today), request.GET.get("page"), A_PAGE)
    noted_each({row.review_part.recommendation.review for row in rows}, request.user, "Its actions in a list", at=now)
    figures = counted(found)
    return page(request, "reviews/review_actions.html", filter=form, rows=rows, figures=figures, today=today)
