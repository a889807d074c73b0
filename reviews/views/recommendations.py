"""Recommendations of a review, and giving organisations their actions for one: every look is noted."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.acting import memberships
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from providers.record_form import RecordForm, done
from reviews.forms.plan import AnswerForm, FanOutForm, PartForm, RecommendationForm, SupersedeForm, ToWhom
from reviews.models import Recommendation, RecommendationAction, Review
from reviews.one_plan import OneRecommendation
from reviews.reading import noted


@door(Can.SEE_REVIEW, of=Review, methods=("GET",))
def recommendation_detail(request: SignedInRequest, review: Review, recommendation: str) -> HttpResponse:
    """Its words and answer, and every organisation's action with its state."""
    now, asked = timezone.now(), _of(review, recommendation)
    here = frozenset(row.role for row in memberships(request) if row.organisation_id == review.commissioner_id)
    one = OneRecommendation(asked, request.user, timezone.localdate(now), roles=here)
    noted(review, request.user, f"Recommendation {asked.number}", at=now, in_emergency=one.whole.in_emergency)
    return page(request, "reviews/recommendation_detail.html", one=one)


@door(Can.EDIT_REVIEW, of=Review)
def recommendation_new(request: SignedInRequest, review: Review) -> HttpResponse:
    """Add one."""
    now = timezone.now()
    form = RecommendationForm(request.POST or None, commissioner=review.commissioner, on=timezone.localdate(now))
    made: list[Recommendation] = []

    def add() -> None:
        allowed = Recommendation.objects.permitted(request.user, Can.EDIT_REVIEW)
        made.append(allowed.add(review, by=request.user, at=now, **form.values()))

    if done(form, add):
        messages.success(request, f"Recommendation {made[0].number} is recorded")
        return redirect("reviews:recommendation-detail", review.reference, made[0].reference)
    noted(review, request.user, "A new recommendation", at=now)
    heading = "Record a recommendation"
    return page(request, "reviews/review_form.html", form, status=form.status, review=review, heading=heading)


@door(Can.EDIT_REVIEW, of=Review)
def recommendation_edit(request: SignedInRequest, review: Review, recommendation: str) -> HttpResponse:
    """Its words were wrong."""
    asked, today = _of(review, recommendation), timezone.localdate()
    form = RecommendationForm(request.POST or None, record=asked, commissioner=review.commissioner, on=today)
    if done(form, lambda: asked.correct(expected=form.expected, **form.values())):
        return _saved(request, asked, "Saved")
    return _verb(request, form, asked, "Correct what is said of it")


@door(Can.EDIT_REVIEW, of=Review)
def recommendation_answer(request: SignedInRequest, review: Review, recommendation: str) -> HttpResponse:
    """Accepted, in part, or not."""
    asked = _of(review, recommendation)
    form = AnswerForm(request.POST or None, record=asked)

    def answer() -> None:
        given = form.cleaned_data
        said = {"expected": form.expected, "reason": given["reason"], "by": request.user, "at": timezone.now()}
        asked.give_answer(given["answer"], **said)

    if done(form, answer):
        return _saved(request, asked, "The answer is saved")
    return _verb(request, form, asked, "Is it accepted?")


@door(Can.EDIT_REVIEW, of=Review)
def recommendation_supersede(request: SignedInRequest, review: Review, recommendation: str) -> HttpResponse:
    """Something else takes its place."""
    asked = _of(review, recommendation)
    form = SupersedeForm(request.POST or None, record=asked)

    def supersede() -> None:
        reason = form.cleaned_data["reason"]
        asked.supersede(reason, expected=form.expected, by=request.user, at=timezone.now())

    if done(form, supersede):
        return _saved(request, asked, "It is marked superseded and stays to be read")
    return _verb(request, form, asked, "Mark it superseded")


@door(Can.GIVE_REVIEW_ACTIONS, of=Review)
def recommendation_give(request: SignedInRequest, review: Review, recommendation: str) -> HttpResponse:
    """Choose organisations, then say once what each of them is to do and who there answers for it."""
    asked, now = _of(review, recommendation), timezone.now()
    today, chosen = timezone.localdate(now), request.GET.getlist("to")
    choosing = ToWhom(request.GET, commissioner=review.commissioner, on=today)
    to = list(choosing.offered.filter(reference__in=chosen)) if chosen else []
    if not to:
        noted(review, request.user, "A recommendation", at=now)
        return page(request, "reviews/recommendation_to.html", choosing=choosing, asked=asked, review=review)
    form = FanOutForm(request.POST or None, organisations=to, on=today)

    def give() -> None:
        said = {"by": request.user, "at": now, **form.values()}
        allowed = RecommendationAction.objects.permitted(request.user, Can.GIVE_REVIEW_ACTIONS)
        allowed.fan_out(asked, form.doers(), form.cleaned_data["text"], **said)

    if done(form, give):
        n = len(to)
        return _saved(request, asked, f"{n} organisation{'' if n == 1 else 's'} now {'has' if n == 1 else 'have'} it")
    return _verb(request, form, asked, "What each of them is to do")


@door(Can.EDIT_REVIEW, of=Review)
def part_edit(request: SignedInRequest, review: Review, recommendation: str, part: int) -> HttpResponse:
    """What the plan says of one organisation's action."""
    asked = _of(review, recommendation)
    held: Any = get_object_or_404(asked.parts.select_related("organisation"), pk=part)
    form = PartForm(request.POST or None, record=held)
    if done(form, lambda: held.change(expected=form.expected, **form.values())):
        return _saved(request, asked, "Saved")
    return _verb(request, form, asked, f"The plan of {held.organisation}")


def _of(review: Review, reference: str) -> Recommendation:
    rows = review.recommendations.with_criteria().select_related("answered_by", "recorded_by", "superseded_by")
    asked: Recommendation = get_object_or_404(rows, reference=reference)
    asked.review = review
    return asked


def _saved(request: SignedInRequest, asked: Recommendation, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("reviews:recommendation-detail", asked.review.reference, asked.reference)


def _verb(request: SignedInRequest, form: RecordForm, asked: Recommendation, heading: str) -> HttpResponse:
    noted(asked.review, request.user, f"Recommendation {asked.number}", at=timezone.now())
    shown = {"asked": asked, "review": asked.review, "heading": heading}
    return page(request, "reviews/recommendation_verb.html", form, status=form.status, **shown)
