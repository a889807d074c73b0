"""Rounds: preparing, seeing who gets a return and why, issuing, adding one, closing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from assurance import issuing
from assurance.forms.rounds import ConfirmForm, LateReturnForm, RoundForm
from assurance.models import Round, SelfAssessment
from assurance.returns import commissioners_for, punctual
from assurance.tasks import issue_round
from design.pages import page
from framework.models import FrameworkVersion

LATEST = 25


@door(Can.RUN_ROUNDS, methods=("GET",))
def round_list(request: SignedInRequest) -> HttpResponse:
    """The rounds, latest first."""
    rounds = Round.objects.permitted(request.user, Can.RUN_ROUNDS).select_related("commissioner", "framework_version")
    rows = Paginator(rounds, LATEST).get_page(request.GET.get("page"))
    return page(request, "assurance/round_list.html", rounds=rows)


@door(Can.RUN_ROUNDS)
def round_add(request: SignedInRequest) -> HttpResponse:
    """A new round; nobody is asked anything until it is issued."""
    return _edit(request, Round())


@door(Can.RUN_ROUNDS, of=Round)
def round_edit(request: SignedInRequest, round: Round) -> HttpResponse:
    """Change a round that has not been issued."""
    round.refuse_unless_draft()
    return _edit(request, round)


def _edit(request: SignedInRequest, round: Round) -> HttpResponse:
    on = timezone.localdate()
    versions = FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS).filter(state="published")
    form = RoundForm(
        request.POST or None,
        instance=round,
        commissioners=commissioners_for(request.user, Can.RUN_ROUNDS, on=on),
        versions=versions.select_related("framework"),
        on=on,
    )
    if form.is_valid():
        with transaction.atomic():
            round.refuse_if_changed_since(form.cleaned_data.get("version"))
            saved = form.save()
        return redirect("assurance:round-preview", reference=saved.reference)
    return page(request, "assurance/round_form.html", form, round=round)


@door(Can.RUN_ROUNDS, of=Round)
def round_preview(request: SignedInRequest, round: Round) -> HttpResponse:
    """Who gets a return and why, who does not and why; the button issues."""
    preview = issuing.preview(round)
    n = len(preview.asked)
    form = ConfirmForm(request.POST or None, label=f"Issue {n} return{'' if n == 1 else 's'} now")
    if form.is_valid():
        return _issue(request, round, preview)
    return page(request, "assurance/round_preview.html", form, round=round, preview=preview)


def _issue(request: SignedInRequest, round: Round, preview: issuing.Preview) -> HttpResponse:
    at = timezone.now()
    if len(preview.asked) <= issuing.AT_ONCE:
        made = issuing.issue(round, by=request.user, at=at, on=timezone.localdate())
        messages.success(request, f"{made} return{'' if made == 1 else 's'} issued.")
    else:
        round.begin_issuing(by=request.user, at=at)
        ids = {"round_id": round.pk, "by_id": request.user.pk, "at": at.isoformat()}
        # The sweep takes the round up if the broker is down now.
        transaction.on_commit(lambda: issue_round.apply_async(kwargs=ids, retry=False), robust=True)
        messages.info(request, "The returns are being issued. You may leave this page.")
    return redirect("assurance:round-detail", reference=round.reference)


@door(Can.RUN_ROUNDS, of=Round, methods=("GET",))
def round_detail(request: SignedInRequest, round: Round) -> HttpResponse:
    """How far the round is, with every figure leading to the list behind it."""
    on = timezone.localdate()
    returns = SelfAssessment.objects.permitted(request.user, Can.RUN_ROUNDS).filter(round=round)
    under_way = round.state == Round.State.ISSUING
    waiting = issuing.preview(round).asked if under_way else []
    worker = issuing.worker(at=timezone.now()) if under_way else None
    withdrawn = returns.filter(state=SelfAssessment.State.WITHDRAWN)[:LATEST]
    late = returns.late(on=on)[:LATEST]
    return page(
        request, "assurance/round_detail.html", round=round, progress=returns.progress(on=on), on=on, waiting=waiting,
        worker=worker, late=late, withdrawn=withdrawn, punctual=punctual(returns),
    )  # fmt: skip


@door(Can.RUN_ROUNDS, of=Round)
def round_addition(request: SignedInRequest, round: Round) -> HttpResponse:
    """One return more, with a due date of its own."""
    on = timezone.localdate()
    candidates = issuing.late_candidates(round, on=on)
    form = LateReturnForm(request.POST or None, candidates=candidates, on=on, due_on=round.due_on)
    if form.is_valid():
        organisation, due_on = form.cleaned_data["organisation"], form.cleaned_data["due_on"]
        made = issuing.add_late(round, organisation, due_on=due_on, by=request.user, at=timezone.now(), on=on)
        told = f"Return issued to {organisation}." if made else f"{organisation} has a return in this round already."
        messages.success(request, told)
        return redirect("assurance:round-detail", reference=round.reference)
    return page(request, "assurance/round_addition.html", form, round=round, candidates=candidates)


@door(Can.RUN_ROUNDS, of=Round)
def round_close(request: SignedInRequest, round: Round) -> HttpResponse:
    """No more returns in this round; those owed stay owed."""
    form = ConfirmForm(request.POST or None, label="Close this round")
    if form.is_valid():
        round.close()
        messages.success(request, "Round closed. Returns that are still owed stay on the list and are reminded of.")
        return redirect("assurance:round-detail", reference=round.reference)
    returns = SelfAssessment.objects.permitted(request.user, Can.RUN_ROUNDS).filter(round=round)
    progress = returns.progress(on=timezone.localdate())
    return page(request, "assurance/round_close.html", form, round=round, progress=progress)
