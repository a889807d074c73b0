"""Implications for commissioning: the register, what became of one, and the criteria of a recommendation."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from framework.models import Criterion
from providers.record_form import RecordForm, done
from reviews.commissioning import Figures, implications_shown, seen
from reviews.forms.implications import CriteriaForm, ImplicationForm
from reviews.models import Recommendation, Review
from reviews.models.criteria import link
from reviews.models.implications import STATES, report
from reviews.reading import noted

A_PAGE = 25


@door(Can.COUNT_REVIEWS, methods=("GET",))
def implication_list(request: SignedInRequest) -> HttpResponse:
    """How many there are at each state, and those of the reviews on which the person is named."""
    form, found = implications_shown(request.user, request.GET)
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    seen(list(rows), request.user, "Implications for commissioning", at=timezone.now())
    for row in rows:
        row.said, row.tone = STATES[row.how_far]
    reads = Can.SEE_REVIEW in held_capabilities(request)
    figures, today = Figures.of(request.user), timezone.localdate()
    return page(
        request, "reviews/implication_list.html", filter=form, rows=rows, figures=figures, today=today, reads=reads
    )


@door(Can.EDIT_REVIEW, of=Review)
def implication_record(request: SignedInRequest, review: Review, recommendation: str) -> HttpResponse:
    """To which committee, what was decided, what changed."""
    asked, now = _of(review, recommendation), timezone.now()
    held: Any = getattr(asked, "commissioning", None)
    form = ImplicationForm(request.POST or None, record=held, asked=asked, today=timezone.localdate(now))

    def save() -> None:
        row, version = held, form.expected
        if row is None:
            row = report(asked, by=request.user, at=now, **form.values())
        else:
            row.record(expected=version, **form.values())
        if form.cleaned_data["close"]:
            row.close(expected=row.version, by=request.user, at=now)

    if done(form, save):
        messages.success(request, "Saved")
        return redirect("reviews:recommendation-detail", review.reference, asked.reference)
    return _verb(request, form, asked, "What became of the implication for commissioning")


@door(Can.EDIT_REVIEW, of=Review)
def recommendation_criteria(request: SignedInRequest, review: Review, recommendation: str) -> HttpResponse:
    """Which criteria it is about."""
    asked = _of(review, recommendation)
    form = CriteriaForm(request.POST or None, asked=asked, today=timezone.localdate())
    if done(form, lambda: link(asked, [Criterion(pk=pk) for pk in form.cleaned_data["criteria"]])):
        messages.success(request, "Saved")
        return redirect("reviews:recommendation-detail", review.reference, asked.reference)
    return _verb(request, form, asked, "Which criteria is it about?")


def _of(review: Review, reference: str) -> Recommendation:
    asked: Recommendation = get_object_or_404(
        review.recommendations.select_related("commissioning", "commissioner"), reference=reference
    )
    asked.review = review
    return asked


def _verb(request: SignedInRequest, form: RecordForm, asked: Recommendation, heading: str) -> HttpResponse:
    noted(asked.review, request.user, f"Recommendation {asked.number}", at=timezone.now())
    shown = {"asked": asked, "review": asked.review, "heading": heading}
    return page(request, "reviews/recommendation_verb.html", form, status=form.status, **shown)
