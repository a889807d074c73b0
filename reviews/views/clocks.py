"""The clocks of a review: giving one a later day, pausing it, letting it run on; and all of them for the director."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from providers.record_form import done
from reviews.forms.progress import ClockForm, ExtendForm, PauseForm, ResumeForm
from reviews.models import Review
from reviews.register import followed
from reviews.unattended import somebody_here

A_PAGE = 50


@door(Can.FOLLOW_REVIEWS, methods=("GET",))
def clock_list(request: SignedInRequest) -> HttpResponse:
    """Reference and clocks of every review, the next day first; nothing of what they are about."""
    today = timezone.localdate()
    found = followed(request.user).annotate(attended=somebody_here(today))
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    return page(request, "reviews/clock_list.html", rows=rows, today=today)


@door(Can.EDIT_REVIEW, of=Review)
def clock_extend(request: SignedInRequest, review: Review, clock: int) -> HttpResponse:
    """A later day."""
    return _move(request, review, clock, ExtendForm, "extend", "The day is moved. The first day stays to be seen.")


@door(Can.EDIT_REVIEW, of=Review)
def clock_pause(request: SignedInRequest, review: Review, clock: int) -> HttpResponse:
    """It stands still."""
    return _move(request, review, clock, PauseForm, "pause", "The clock is paused")


@door(Can.EDIT_REVIEW, of=Review)
def clock_resume(request: SignedInRequest, review: Review, clock: int) -> HttpResponse:
    """It runs on."""
    return _move(request, review, clock, ResumeForm, "resume", "The clock runs again")


def _move(
    request: SignedInRequest, review: Review, pk: int, form_of: type[ClockForm], verb: str, said: str
) -> HttpResponse:
    clock: Any = get_object_or_404(review.clocks.select_related("rule"), pk=pk)
    form = form_of(request.POST or None, clock=clock, today=timezone.localdate())

    def move() -> None:
        day = form.cleaned_data["on"]
        getattr(clock, verb)(day, expected=form.expected, by=request.user, at=timezone.now(), **form.given())

    if done(form, move):
        messages.success(request, said)
        return redirect("reviews:review-detail", reference=review.reference)
    heading = f"{form.submit_label}: {clock.rule.words}"
    return page(request, "reviews/review_form.html", form, status=form.status, review=review, heading=heading)
