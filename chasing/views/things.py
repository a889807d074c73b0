"""The reminders of one due thing: its history, pause and go on, take or decline a proposal."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from chasing import proposals, spoken
from chasing.forms import DecideForm, LiftForm, PauseForm
from chasing.history import changes_of, chases_of, entries
from chasing.kinds import Kind, kind_or_none
from design.pages import page


def _found(request: SignedInRequest, can: Can, code: str, reference: str) -> tuple[Kind, Any]:
    """The kind and the thing, when the person may do this with it; otherwise not there."""
    kind = kind_or_none(code)
    if kind is None:
        raise Http404
    things = kind.titled(kind.things.permitted(request.user, can)).select_related("organisation", "commissioner")
    request.about = get_object_or_404(things, reference=reference)
    return kind, request.about


@door(Can.SEE_REMINDERS, methods=("GET",))
def thing_reminders(request: SignedInRequest, kind: str, reference: str) -> HttpResponse:
    """What was said about one thing, its dates and its pauses."""
    found, thing = _found(request, Can.SEE_REMINDERS, kind, reference)
    chases = chases_of(request.user, organisation=thing.organisation).filter(kind=kind, thing=thing.pk)
    may = found.things.permitted(request.user, Can.SEND_REMINDERS).filter(pk=thing.pk).exists()
    today = timezone.localdate()
    return page(
        request,
        "chasing/thing_reminders.html",
        kind=found,
        thing=thing,
        url=found.url(reference),
        reminder_history=entries(chases[:100]),
        changes=changes_of(kind, thing.pk),
        proposal=proposals.open_proposal(kind, thing.pk, thing.due_version) if may else None,
        paused=bool(thing.paused_until and thing.paused_until > today),
        may=may,
        spoken=spoken.told(request.user, thing, kind, on=today),
        late=thing.days_overdue(today),
        today=today,
    )


@door(Can.SEND_REMINDERS)
def thing_pause(request: SignedInRequest, kind: str, reference: str) -> HttpResponse:
    """Stop reminders of one thing until a day, with the reason."""
    _, thing = _found(request, Can.SEND_REMINDERS, kind, reference)
    form = PauseForm(request.POST or None, today=timezone.localdate())
    if form.is_valid():
        told = form.cleaned_data
        thing.pause(told["until"], by=request.user, reason=told["reason"], at=timezone.now())
        messages.success(request, f"Reminders are paused until {told['until']:%-d %B %Y}. It still counts as overdue.")
        return redirect("chasing:thing-reminders", kind, reference)
    return page(request, "chasing/thing_pause.html", form, thing=thing, kind_code=kind)


@door(Can.SEND_REMINDERS)
def thing_lift(request: SignedInRequest, kind: str, reference: str) -> HttpResponse:
    """End a pause before its day."""
    _, thing = _found(request, Can.SEND_REMINDERS, kind, reference)
    form = LiftForm(request.POST or None)
    if form.is_valid():
        thing.lift_pause(by=request.user, reason=form.cleaned_data["reason"], at=timezone.now())
        messages.success(request, "Reminders go on from the next working morning.")
        return redirect("chasing:thing-reminders", kind, reference)
    return page(request, "chasing/thing_lift.html", form, thing=thing, kind_code=kind)


@door(Can.SEND_REMINDERS)
def thing_decide(request: SignedInRequest, kind: str, reference: str) -> HttpResponse:
    """Take or decline the step that waits for a person."""
    _, thing = _found(request, Can.SEND_REMINDERS, kind, reference)
    proposal = proposals.open_proposal(kind, thing.pk, thing.due_version)
    if proposal is None:
        messages.info(request, "No proposal waits for a decision.")
        return redirect("chasing:thing-reminders", kind, reference)
    if url := proposals.decided_elsewhere(proposal):
        return redirect(url)
    form = DecideForm(request.POST or None, audience=proposal.rung.audience)
    if form.is_valid():
        messages.success(request, _decide(request, proposal, form.cleaned_data))
        return redirect("chasing:thing-reminders", kind, reference)
    told = spoken.told(request.user, thing, kind, on=timezone.localdate())
    return page(request, "chasing/thing_decide.html", form, thing=thing, proposal=proposal, kind_code=kind, spoken=told)


def _decide(request: SignedInRequest, proposal: Any, told: dict[str, Any]) -> str:
    """Do it; returns what to say."""
    now = timezone.now()
    if told["decision"] == "decline":
        proposals.decline(proposal, by=request.user, reason=told["reason"], at=now)
        return "Nothing is sent. Your reason is in the history."
    people = proposals.take(
        proposal,
        by=request.user,
        reason=told["reason"],
        on=timezone.localdate(),
        at=now,
    )
    return f"Written to {people} {'person' if people == 1 else 'people'}. It leaves with the next letters."
