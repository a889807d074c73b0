"""Periods: preparing, seeing who is asked and why, issuing, adding one, closing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from training import issuing
from training.forms.periods import ConfirmForm, LateReturnForm, PeriodDateForm, PeriodForm
from training.models import FigureReturn, Period, PeriodMoved
from training.opening import offered
from training.returns import commissioners_for
from training.tasks import issue_period

LATEST = 25


@door(Can.SEE_FIGURES, methods=("GET",))
def period_list(request: SignedInRequest) -> HttpResponse:
    """The periods with how many returned, and what can be opened next."""
    on = timezone.localdate()
    mine = commissioners_for(request.user, Can.RUN_ROUNDS, on=on)
    periods = Period.objects.permitted(request.user, Can.SEE_FIGURES).with_progress(on=on)
    rows = Paginator(periods.select_related("commissioner"), LATEST).get_page(request.GET.get("page"))
    brings = Can.BRING_IN_RECORDS in held_capabilities(request)
    return page(
        request, "training/period_list.html", periods=rows, offered=offered(mine, on=on), may_run=bool(mine), on=on,
        may_bring_in=brings,
    )  # fmt: skip


@door(Can.RUN_ROUNDS)
def period_add(request: SignedInRequest) -> HttpResponse:
    """A period; nobody is asked anything until it is issued."""
    on = timezone.localdate()
    mine = commissioners_for(request.user, Can.RUN_ROUNDS, on=on)
    wanted = {name: request.GET[name] for name in ("commissioner", "period") if name in request.GET}
    form = PeriodForm(request.POST or None, commissioners=mine, on=on, initial=wanted)
    if form.is_valid():
        return redirect("training:period-preview", reference=form.save().reference)
    return page(request, "training/period_form.html", form)


@door(Can.RUN_ROUNDS, of=Period)
def period_edit(request: SignedInRequest, period: Period) -> HttpResponse:
    """Another due date of a period that has not been issued."""
    if period.state != Period.State.DRAFT:
        raise PeriodMoved("This period has been issued, so its date stays. A later date is agreed return by return.")
    form = PeriodDateForm(request.POST or None, period=period, on=timezone.localdate())
    if form.is_valid():
        period.put_due(form.cleaned_data["due_on"], version=form.cleaned_data["seen"] or period.version)
        return redirect("training:period-preview", reference=period.reference)
    return page(request, "training/period_edit.html", form, period=period)


@door(Can.RUN_ROUNDS, of=Period)
def period_preview(request: SignedInRequest, period: Period) -> HttpResponse:
    """Who is asked and why, who is not and why; the button issues."""
    preview = issuing.preview(period, on=timezone.localdate())
    n = len(preview.asked)
    form = ConfirmForm(request.POST or None, label=f"Ask {n} organisation{'' if n == 1 else 's'} now")
    if form.is_valid():
        return _issue(request, period, n)
    return page(request, "training/period_preview.html", form, period=period, preview=preview)


def _issue(request: SignedInRequest, period: Period, asked: int) -> HttpResponse:
    at = timezone.now()
    if asked <= issuing.AT_ONCE:
        made = issuing.issue(period, by=request.user, at=at, on=timezone.localdate())
        messages.success(request, f"{made} return{'' if made == 1 else 's'} issued.")
    else:
        period.begin_issuing(by=request.user, at=at)
        ids = {"period_id": period.pk, "by_id": request.user.pk, "at": at.isoformat()}
        # The sweep takes the period up if the broker is down now.
        transaction.on_commit(lambda: issue_period.apply_async(kwargs=ids, retry=False), robust=True)
        messages.info(request, "The returns are being issued. You may leave this page.")
    return redirect("training:period-detail", reference=period.reference)


@door(Can.SEE_FIGURES, of=Period, methods=("GET",))
def period_detail(request: SignedInRequest, period: Period) -> HttpResponse:
    """How far the period is, with every figure leading to the list behind it."""
    on = timezone.localdate()
    returns = FigureReturn.objects.permitted(request.user, Can.SEE_FIGURES).filter(period=period)
    under_way = period.state == Period.State.ISSUING
    waiting = issuing.still_waiting(period, on=on) if under_way else []
    worker = issuing.worker(at=timezone.now()) if under_way else None
    return page(
        request, "training/period_detail.html", period=period, on=on, progress=returns.progress(on=on),
        late=returns.late(on=on)[:LATEST], withdrawn=returns.filter(state="withdrawn")[:LATEST], waiting=waiting,
        worker=worker, may_run=Period.objects.permitted(request.user, Can.RUN_ROUNDS).filter(pk=period.pk).exists(),
        may_list=FigureReturn.objects.permitted(request.user, Can.SEE_RETURN_STATUS).filter(period=period).exists(),
    )  # fmt: skip


@door(Can.RUN_ROUNDS, of=Period)
def period_addition(request: SignedInRequest, period: Period) -> HttpResponse:
    """One return more, with a due date of its own."""
    on = timezone.localdate()
    candidates = issuing.late_candidates(period, on=on) if period.takes_additions else []
    form = LateReturnForm(request.POST or None, candidates=candidates, on=on, due_on=period.due_on)
    if form.is_valid():
        organisation, due_on = form.cleaned_data["organisation"], form.cleaned_data["due_on"]
        made = issuing.add_late(period, organisation, due_on=due_on, by=request.user, at=timezone.now(), on=on)
        told = f"{organisation} is asked for figures." if made else f"{organisation} has a return for it already."
        messages.success(request, told)
        return redirect("training:period-detail", reference=period.reference)
    return page(request, "training/period_addition.html", form, period=period, candidates=candidates)


@door(Can.RUN_ROUNDS, of=Period)
def period_close(request: SignedInRequest, period: Period) -> HttpResponse:
    """No more returns for this period; those owed stay owed."""
    form = ConfirmForm(request.POST or None, label="Close this period")
    if form.is_valid():
        period.close()
        messages.success(request, "Period closed. Figures that are still owed stay on the list and are reminded of.")
        return redirect("training:period-detail", reference=period.reference)
    returns = FigureReturn.objects.permitted(request.user, Can.RUN_ROUNDS).filter(period=period)
    progress = returns.progress(on=timezone.localdate())
    return page(request, "training/period_close.html", form, period=period, progress=progress)
