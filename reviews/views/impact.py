"""Impact reviews: what was found some months on, and another day for one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from providers.record_form import RecordForm, done
from reviews.forms.plan import ImpactDayForm, ImpactForm
from reviews.models import ImpactReview
from reviews.reading import noted


@door(Can.VERIFY_ACTIONS, of=ImpactReview, by="pk")
def impact_record(request: SignedInRequest, impact: ImpactReview) -> HttpResponse:
    """Has the change lasted?"""
    form = ImpactForm(request.POST or None)

    def record() -> None:
        given = form.cleaned_data
        said = {"by": request.user, "at": timezone.now(), "due_on": given["due_on"]}
        impact.record(given["outcome"], given["what_changed"], **said)

    if done(form, record):
        return _saved(request, impact, "The impact review is recorded")
    return _verb(request, form, impact, "impact_record")


@door(Can.VERIFY_ACTIONS, of=ImpactReview, by="pk")
def impact_day(request: SignedInRequest, impact: ImpactReview) -> HttpResponse:
    """Another day, with who agrees."""
    form = ImpactDayForm(request.POST or None, others=impact.who_agrees(request.user, on=timezone.localdate()))

    def move() -> None:
        given = form.cleaned_data
        said = {"by": request.user, "at": timezone.now(), "reason": given["reason"], "agreed_by": given["agreed_by"]}
        impact.move_day(given["due_on"], **said)

    if done(form, move):
        return _saved(request, impact, "The day is moved, and the first one is kept")
    return _verb(request, form, impact, "impact_day")


def _saved(request: SignedInRequest, impact: ImpactReview, said: str) -> HttpResponse:
    messages.success(request, said)
    asked = impact.part.recommendation
    return redirect("reviews:recommendation-detail", asked.review.reference, asked.reference)


def _verb(request: SignedInRequest, form: RecordForm, impact: ImpactReview, name: str) -> HttpResponse:
    asked = impact.part.recommendation
    noted(asked.review, request.user, "An impact review", at=timezone.now())
    shown = {"impact": impact, "asked": asked, "review": asked.review}
    return page(request, f"reviews/{name}.html", form, status=form.status, **shown)
