"""The register: what may be counted, what the person is named on, and registering a review."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import acting_with, held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from providers.record_form import done
from reviews.forms.details import RegisterForm, strands_of
from reviews.listings import register_shown
from reviews.models import Review
from reviews.register import Counts

A_PAGE = 25
MAY = {
    "register": Can.REGISTER_REVIEW,
    "follow": Can.FOLLOW_REVIEWS,
    "emergency": Can.OPEN_IN_EMERGENCY,
    "read_log": Can.SEE_REVIEW_READS,
    "read": Can.SEE_REVIEW,
    "learning": Can.SEE_LEARNING,
}


@door(Can.COUNT_REVIEWS, methods=("GET",))
def review_list(request: SignedInRequest) -> HttpResponse:
    """How many there are by kind and stage, and those that the person is named on, the newest first."""
    form, found = register_shown(request.user, request.GET)
    rows = page_of(found.with_next_clock(), request.GET.get("page"), A_PAGE)
    counts = Counts.of(request.user)
    held = held_capabilities(request)
    may = {name: can in held for name, can in MAY.items()}
    today = timezone.localdate()
    return page(request, "reviews/review_list.html", filter=form, rows=rows, counts=counts, may=may, today=today)


@door(Can.REGISTER_REVIEW)
def review_new(request: SignedInRequest) -> HttpResponse:
    """Register a review for the people who may know of it."""
    mine = acting_with(request, Can.REGISTER_REVIEW)
    commissioner = next((one for one in mine if one.reference == request.GET.get("for")), mine[0])
    today = timezone.localdate()
    form = RegisterForm(request.POST or None, commissioner=commissioner, by=request.user, on=today)
    if done(form, lambda: _register(request, form, commissioner)):
        messages.success(request, f"The review is registered. Its reference is {form.record.reference}.")
        return redirect("reviews:review-detail", reference=form.record.reference)
    return page(
        request, "reviews/review_new.html", form, status=form.status, commissioner=commissioner, commissioners=mine
    )


def _register(request: SignedInRequest, form: RegisterForm, commissioner: Any) -> None:
    given, now = form.cleaned_data, timezone.now()
    form.record = Review.objects.permitted(request.user, Can.REGISTER_REVIEW).register(
        given["kind"], commissioner=commissioner, people=[request.user, *given["people"]], reason=given["reason"],
        by=request.user, at=now, referred_on=given["referred_on"], joint_with=given["joint_with"],
        strands=strands_of(given["kind"]), **form.values(),
    )  # fmt: skip
