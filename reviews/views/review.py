"""One review, for the people on its list: every look at it is noted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import memberships
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from providers.record_form import RecordForm, done
from reviews.forms.details import DetailsForm
from reviews.forms.progress import CloseForm, ConvertForm, HappenedForm, StageForm
from reviews.models import Review
from reviews.one import OneReview
from reviews.reading import noted


@door(Can.SEE_REVIEW, of=Review, methods=("GET",))
def review_detail(request: SignedInRequest, review: Review) -> HttpResponse:
    """Reference, kind, stage and who may know; clocks; what happened; the log."""
    now, here = timezone.now(), [row for row in memberships(request) if row.organisation_id == review.commissioner_id]
    one = OneReview(review, request.user, timezone.localdate(now), roles=frozenset(row.role for row in here))
    noted(review, request.user, "The review", at=now, in_emergency=one.in_emergency)
    return page(request, "reviews/review_detail.html", one=one)


@door(Can.EDIT_REVIEW, of=Review)
def review_edit(request: SignedInRequest, review: Review) -> HttpResponse:
    """What is said of it."""
    today = timezone.localdate()
    form = DetailsForm(request.POST or None, record=review, commissioner=review.commissioner, on=today)
    if done(form, lambda: review.correct(expected=form.expected, **form.values())):
        messages.success(request, "Saved")
        return redirect("reviews:review-detail", reference=review.reference)
    return _verb(request, form, review, "What is said of the review")


@door(Can.EDIT_REVIEW, of=Review)
def review_happened(request: SignedInRequest, review: Review) -> HttpResponse:
    """Something happened, or its day was wrong."""
    initial = {"event": request.GET.get("event", "")[:20]}
    form = HappenedForm(request.POST or None, initial=initial, today=timezone.localdate())

    def record() -> None:
        given = form.cleaned_data
        review.record(given["event"], on=given["on"], note=given["note"], by=request.user, at=timezone.now())

    if done(form, record):
        messages.success(request, "Recorded. The clocks that hang on it are counted.")
        return redirect("reviews:review-detail", reference=review.reference)
    return _verb(request, form, review, "Record what happened")


@door(Can.EDIT_REVIEW, of=Review)
def review_stage(request: SignedInRequest, review: Review) -> HttpResponse:
    """To another stage."""
    form = StageForm(request.POST or None, review=review, today=timezone.localdate())

    def move() -> None:
        given = form.cleaned_data
        review.move_to(
            given["stage"], expected=form.expected, on=given["on"], reason=given["reason"], by=request.user,
            at=timezone.now(),
        )  # fmt: skip

    if done(form, move):
        messages.success(request, f"The review is at “{review.get_stage_display()}” now")
        return redirect("reviews:review-detail", reference=review.reference)
    return _verb(request, form, review, "Move the review to another stage")


@door(Can.EDIT_REVIEW, of=Review)
def review_convert(request: SignedInRequest, review: Review) -> HttpResponse:
    """It becomes a review of another kind."""
    form = ConvertForm(request.POST or None, review=review, today=timezone.localdate())

    def convert() -> None:
        given = form.cleaned_data
        review.convert(
            given["kind"], expected=form.expected, on=given["on"], reason=given["reason"], by=request.user,
            at=timezone.now(),
        )  # fmt: skip

    if done(form, convert):
        messages.success(request, f"It is a {review.of_kind.label} now, with one history")
        return redirect("reviews:review-detail", reference=review.reference)
    return _verb(request, form, review, "Change the kind of the review")


@door(Can.CLOSE_REVIEW, of=Review)
def review_close(request: SignedInRequest, review: Review) -> HttpResponse:
    """Close it, with a reason."""
    form = CloseForm(request.POST or None, record=review)

    def close() -> None:
        reason = form.cleaned_data["reason"]
        review.close(expected=form.expected, by=request.user, at=timezone.now(), reason=reason)

    if done(form, close):
        messages.success(request, "The review is closed. It can still be read.")
        return redirect("reviews:review-detail", reference=review.reference)
    return _verb(request, form, review, "Close the review")


def _verb(request: SignedInRequest, form: RecordForm, review: Review, heading: str) -> HttpResponse:
    return page(request, "reviews/review_form.html", form, status=form.status, review=review, heading=heading)
