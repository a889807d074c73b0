"""Reports asked of organisations for a review: asking, and one report with its steps. The paper is never here."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import memberships
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from providers.record_form import RecordForm, WithdrawForm, done
from reviews.asked import OneReport
from reviews.forms.contributions import (
    AskForm,
    AssureForm,
    AuthorForm,
    DraftForm,
    LaterForm,
    SayForm,
    SignForm,
    StepForm,
    SubmitForm,
)
from reviews.models import Contribution, Review
from reviews.reading import noted


@door(Can.ASK_CONTRIBUTION, of=Review)
def contribution_ask(request: SignedInRequest, review: Review) -> HttpResponse:
    """Ask several organisations for the same; authors with an account are named on the list for their own."""
    now = timezone.now()
    form = AskForm(request.POST or None, review=review, on=timezone.localdate(now))

    def ask() -> None:
        given, asking = form.cleaned_data, Contribution.objects.permitted(request.user, Can.ASK_CONTRIBUTION)
        said = {"due_on": given["due_on"], "hours": given["hours"], "by": request.user, "at": now}
        asking.ask(review, given["part"], form.whom, **said)

    if done(form, ask):
        messages.success(request, f"Asked of {len(form.whom)}. Authors with an account have been told.")
        return redirect("reviews:review-detail", reference=review.reference)
    return page(request, "reviews/contribution_ask.html", form, status=form.status, review=review)


@door(Can.SEE_CONTRIBUTION, of=Contribution, methods=("GET",))
def contribution_detail(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """Who asked for what, by when, how far it is, and what to do next."""
    now = timezone.now()
    places = (contribution.commissioner_id, contribution.organisation_id)
    roles = frozenset(row.role for row in memberships(request) if row.organisation_id in places)
    one = OneReport(contribution, request.user, timezone.localdate(now), roles)
    noted(contribution.review, request.user, "A report asked for", at=now)
    return page(request, "reviews/contribution_detail.html", one=one, contribution=contribution)


@door(Can.REPORT_CONTRIBUTION, of=Contribution)
def contribution_draft(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """The draft was sent."""
    form = DraftForm(request.POST or None, contribution=contribution, today=timezone.localdate())
    return _day(request, contribution, form, contribution.draft_in, "Recorded. It waits to be quality-assured.")


@door(Can.ASSURE_CONTRIBUTION, of=Contribution)
def contribution_assure(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """Its quality, by a designated professional who did not write it."""
    form = AssureForm(request.POST or None, contribution=contribution, today=timezone.localdate())
    return _day(request, contribution, form, contribution.assure, "Recorded. The organisation can read it.")


@door(Can.SIGN_CONTRIBUTION, of=Contribution)
def contribution_sign(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """An executive signed it."""
    own = any(row.organisation_id == contribution.organisation_id for row in memberships(request))
    form = SignForm(
        request.POST or None, contribution=contribution, today=timezone.localdate(), by=request.user, own=own
    )
    return _day(request, contribution, form, contribution.sign_off, "The signature is recorded")


@door(Can.REPORT_CONTRIBUTION, of=Contribution)
def contribution_submit(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """It is with the board."""
    form = SubmitForm(request.POST or None, contribution=contribution, today=timezone.localdate())
    return _day(request, contribution, form, contribution.submit, "Recorded as submitted. Its reminders end.")


@door(Can.EDIT_REVIEW, of=Contribution)
def contribution_later(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """A later date."""
    form = LaterForm(request.POST or None, contribution=contribution, today=timezone.localdate())

    def extend() -> None:
        given = form.cleaned_data
        contribution.extend(
            given["on"], expected=form.expected, reason=given["reason"], agreed_by=given["agreed_by"],
            by=request.user, at=timezone.now(),
        )  # fmt: skip

    return _verb(request, contribution, form, extend, "The date is moved. The first one stays to be seen.")


@door(Can.ASK_CONTRIBUTION, of=Contribution)
def contribution_author(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """Somebody else writes it."""
    now = timezone.now()
    form = AuthorForm(request.POST or None, contribution=contribution, today=timezone.localdate(now))

    def hand_over() -> None:
        name = form.cleaned_data["name"]
        contribution.hand_over(form.author, name, expected=form.expected, by=request.user, at=now)

    return _verb(request, contribution, form, hand_over, "Named. The author before stays on the list until taken off.")


@door(Can.EDIT_REVIEW, of=Contribution)
def contribution_withdraw(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """Not asked for any more."""
    form = WithdrawForm(request.POST or None, record=contribution)

    def withdraw() -> None:
        reason = form.cleaned_data["reason"]
        contribution.withdraw(reason, expected=form.expected, by=request.user, at=timezone.now())

    return _verb(request, contribution, form, withdraw, "Withdrawn. It can still be seen.")


@door(Can.REPORT_CONTRIBUTION, of=Contribution)
def contribution_say(request: SignedInRequest, contribution: Contribution) -> HttpResponse:
    """A challenge or an answer about its quality."""
    form = SayForm(request.POST or None, record=contribution)

    def say() -> None:
        contribution.challenge(form.cleaned_data["words"], by=request.user, at=timezone.now())

    return _verb(request, contribution, form, say, "Added")


def _day(
    request: SignedInRequest, contribution: Contribution, form: StepForm, verb: Callable[..., Any], said: str
) -> HttpResponse:
    def step() -> None:
        verb(on=form.cleaned_data["on"], expected=form.expected, by=request.user, at=timezone.now(), **form.given())

    return _verb(request, contribution, form, step, said)


def _verb(
    request: SignedInRequest, contribution: Contribution, form: RecordForm, verb: Callable[[], Any], said: str
) -> HttpResponse:
    if done(form, verb):
        messages.success(request, said)
        return redirect("reviews:contribution-detail", reference=contribution.reference)
    return page(request, "reviews/contribution_form.html", form, status=form.status, contribution=contribution)
