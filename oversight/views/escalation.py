"""The escalation route: what is proposed, one step with its history, and one page for each thing a person does."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from chasing import overdue
from design.counting import page_of
from design.pages import page
from oversight import escalating
from oversight import escalation_forms as forms
from oversight.escalated import about_provider, in_full, last_looked
from oversight.escalation_lists import steps_shown
from oversight.models import Escalation
from oversight.views.doing import Doing, doing
from providers.models import Organisation

A_PAGE = 25
DETAIL = "oversight:escalation-detail"


@door(Can.SEE_SURVEILLANCE, methods=("GET",))
def escalation_list(request: SignedInRequest) -> HttpResponse:
    """Steps that wait for a person and steps that run, oldest first, with why each is here."""
    today = timezone.localdate()
    form = forms.StepFilter(request.GET)
    found = steps_shown(Escalation.objects.permitted(request.user, Can.SEE_SURVEILLANCE, on=today), form)
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    return page(
        request,
        "oversight/escalation_list.html",
        filter=form,
        rows=rows,
        reminders=overdue.proposals(request.user, Can.SEE_REMINDERS, on=today).count(),
        ran=last_looked(at=timezone.now()),
        today=today,
    )


@door(Can.SEE_SURVEILLANCE, of=Organisation, methods=("GET",))
def provider_history(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """Everything of escalation about one provider on one page."""
    today = timezone.localdate()
    told = about_provider(organisation, request.user, on=today)
    return page(request, "oversight/escalation_provider.html", organisation=organisation, today=today, **told)


@door(Can.ESCALATE, of=Organisation)
def propose(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """Propose a step by hand."""
    user, today = request.user, timezone.localdate()
    form = forms.ProposeForm(request.POST or None, user=user, can=Can.ESCALATE, about=organisation, today=today)

    def do(told: dict[str, Any]) -> Escalation:
        step, whose = form.steps[told["step"]], told["commissioner"]
        now = timezone.now()
        return escalating.propose_by_hand(whose, organisation, step, reason=told["reason"], by=user, on=today, at=now)

    done = "Proposed. It waits for somebody who takes such steps."
    template = "oversight/escalation_propose.html"
    return doing(request, form, template, do, done=done, to=DETAIL, organisation=organisation)


@door(Can.SEE_SURVEILLANCE, of=Escalation, methods=("GET",))
def escalation_detail(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """One step: why, whose, what was done, what follows, and its history."""
    today = timezone.localdate()
    told: dict[str, Any] = {
        "entries": escalation.entries.select_related("by").order_by("-at", "-pk"),
        "paper": escalation.papers.select_related("sent_by", "edited_by").first(),
        "notices": list(escalation.notices.select_related("rule")),
    }
    return page(request, "oversight/escalation_detail.html", today=today, **told, **_shown(escalation, request, today))


def _shown(escalation: Escalation, request: SignedInRequest, today: date) -> dict[str, Any]:
    shown = in_full(escalation, request.user, Can.ESCALATE, on=today)
    days = escalating.days_of_contact(shown.commissioner_id, today)
    return {
        "escalation": shown,
        "grounds": list(escalation.grounds.with_standing()),  # type: ignore[attr-defined]
        "contact": shown.contact or escalating.last_contact(shown, on=today, days=days),
        "days": days,
        "may_escalate": shown.may,
        "may_decide": shown.may and escalating.may_decide(shown, request.user, on=today),
        "late": shown.answer_is_late(today),
    }


def _verb(request: SignedInRequest, escalation: Escalation, form: forms.VerbForm, do: Doing, *said: str) -> Any:
    """One verb on the common page: its heading, what happens, and what is said afterwards."""
    heading, what, done = said
    today = timezone.localdate()
    context = {"heading": heading, "what": what, **_shown(escalation, request, today)}
    template = "oversight/escalation_verb.html"
    return doing(request, form, template, do, done=done, to=DETAIL, of=escalation, today=today, **context)


def _now(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "on": timezone.localdate(), "at": timezone.now()}


@door(Can.ESCALATE, of=Escalation)
def escalation_take(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """Take it: a draft is made, nothing is sent."""
    form = forms.TakeForm(request.POST or None)

    def do(told: dict[str, Any]) -> None:
        escalating.take(escalation, reason=told["reason"], **_now(request))

    what = "What follows is drafted for you. Nothing is sent before a person sends it."
    return _verb(request, escalation, form, do, "Take this step", what, "Taken. Look at what follows.")


@door(Can.ESCALATE, of=Escalation)
def escalation_decline(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """Decline it, with the reason."""
    form = forms.DeclineForm(request.POST or None)

    def do(told: dict[str, Any]) -> None:
        escalating.decline(escalation, reason=told["reason"], **_now(request))

    what = "Nothing is sent. Your reason stays in the history."
    return _verb(request, escalation, form, do, "Decline this step", what, "Declined. Your reason is in the history.")


@door(Can.ESCALATE, of=Escalation)
def escalation_answer(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """Record the provider's plan or answer."""
    form = forms.AnswerForm(request.POST or None, today=timezone.localdate())

    def do(told: dict[str, Any]) -> None:
        escalating.answered(escalation, day=told["day"], words=told["words"], **_now(request))

    what = "A copy of a paper belongs with the evidence; here is what it says in short."
    return _verb(request, escalation, form, do, "Record the provider’s answer", what, "Answer recorded.")


@door(Can.ESCALATE, of=Escalation)
def escalation_close(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """Close it with its outcome."""
    form = forms.CloseForm(request.POST or None)

    def do(told: dict[str, Any]) -> None:
        escalating.close(escalation, outcome=told["outcome"], words=told["words"], **_now(request))

    what = "A closed step stays in the history and in the exception report of its time."
    return _verb(request, escalation, form, do, "Close this step", what, "Closed.")


@door(Can.ESCALATE, of=Escalation)
def escalation_withdraw(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """Withdraw what was taken."""
    form = forms.WithdrawForm(request.POST or None)

    def do(told: dict[str, Any]) -> None:
        escalating.withdraw(escalation, reason=told["reason"], **_now(request))

    what = "A letter that was sent cannot be called back: ring its reader."
    return _verb(request, escalation, form, do, "Withdraw this step", what, "Withdrawn. Your reason is in the history.")


@door(Can.ESCALATE, of=Escalation)
def escalation_undo(request: SignedInRequest, escalation: Escalation) -> HttpResponse:
    """Let a declined or withdrawn step wait for a person again."""
    form = forms.UndoForm(request.POST or None)

    def do(told: dict[str, Any]) -> None:
        escalating.undo(escalation, reason=told["reason"], **_now(request))

    what = "The step waits for a person again."
    return _verb(request, escalation, form, do, "Undo the decision", what, "It waits for a decision again.")
