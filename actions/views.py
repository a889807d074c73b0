"""Pages of the action register: the list, one action, and one page for each verb."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from actions import forms, register
from actions.listings import actions_shown
from actions.models import Action
from actions.origins import origin_of
from actions.timeline import happened
from design.pages import page
from evidence.uploads import refused_upload

A_PAGE = 25


@door(Can.SEE_ACTIONS, methods=("GET",))
def action_list(request: SignedInRequest) -> HttpResponse:
    """Actions with their original date, how often it moved, and their state in words."""
    today = timezone.localdate()
    allowed = Action.objects.permitted(request.user, Can.SEE_ACTIONS)
    form, ordered = actions_shown(request, allowed, on=today)
    rows = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    figures = register.figures(allowed, on=today)
    return page(request, "actions/action_list.html", filter=form, rows=rows, figures=figures, today=today)


@door(Can.SEE_ACTIONS, of=Action, methods=("GET",))
def action_detail(request: SignedInRequest, action: Action) -> HttpResponse:
    """One action: what, whose, by when originally and now, its evidence and what happened."""
    now = timezone.now()
    proofs, today = list(action.evidence.with_items()), timezone.localdate(now)
    return page(
        request,
        "actions/action_detail.html",
        action=register.in_full(action, request.user, on=today),
        above=origin_of(action.origin_kind).above(action, request.user, now),
        proofs=proofs,
        openable=register.openable(proofs, request.user),
        happened=happened(action),
        own=request.user.pk in (action.owner_id, action.completed_by_id),
        today=today,
    )


def _verb(
    request: SignedInRequest, form: forms.ActionForm, template: str, do: Callable[[Action, dict], None], done: str
) -> HttpResponse:
    """Do the one verb and go back to the action; a refusal is said on the form, with everything typed still there."""
    action = form.action
    if form.is_valid():
        try:
            do(form.as_seen(), form.cleaned_data)
        except Refused as problem:
            form.refuse(problem)
        else:
            messages.success(request, done)
            return redirect("actions:action-detail", reference=action.reference)
    proofs, today = list(action.evidence.with_items()), timezone.localdate()
    shown = {"action": register.in_full(action, request.user, on=today), "proofs": proofs, "today": today}
    shown["openable"] = register.openable(proofs, request.user)
    return page(request, f"actions/{template}.html", form, status=form.status, **shown)


@door(Can.UPDATE_ACTIONS, of=Action)
def action_report(request: SignedInRequest, action: Action) -> HttpResponse:
    """The provider says how it goes."""
    form = forms.ReportForm(request.POST or None, action=action)

    def report(action: Action, given: dict) -> None:
        action.report(given["text"], outlook=given["outlook"], by=request.user, at=timezone.now())

    return _verb(request, form, "action_report", report, "Progress saved")


@door(Can.UPDATE_ACTIONS, of=Action)
def action_complete(request: SignedInRequest, action: Action) -> HttpResponse:
    """The provider says that it is done; another person verifies."""
    form = forms.CompleteForm(request.POST or None, action=action)

    def complete(action: Action, given: dict) -> None:
        action.complete(given["text"], by=request.user, at=timezone.now())

    return _verb(request, form, "action_complete", complete, "Marked complete. The commissioner verifies it next.")


@door(Can.VERIFY_ACTIONS, of=Action)
def action_verify(request: SignedInRequest, action: Action) -> HttpResponse:
    """A person other than the owner has checked the evidence."""
    form = forms.VerifyForm(request.POST or None, action=action)

    def verify(action: Action, given: dict) -> None:
        action.verify(given["text"], by=request.user, at=timezone.now())

    return _verb(request, form, "action_verify", verify, "Verified: the action counts as complete")


@door(Can.VERIFY_ACTIONS, of=Action)
def action_look_again(request: SignedInRequest, action: Action) -> HttpResponse:
    """Evidence was withdrawn since it was verified."""
    form = forms.LookAgainForm(request.POST or None, action=action)

    def decide(action: Action, given: dict) -> None:
        form.decide(by=request.user, at=timezone.now())

    return _verb(request, form, "action_look_again", decide, "Saved what you found")


@door(Can.VERIFY_ACTIONS, of=Action)
def action_send_back(request: SignedInRequest, action: Action) -> HttpResponse:
    """The evidence does not show it."""
    form = forms.SendBackForm(request.POST or None, action=action)

    def send_back(action: Action, given: dict) -> None:
        action.send_back(given["text"], by=request.user, at=timezone.now())

    return _verb(request, form, "action_send_back", send_back, "Sent back to the provider")


@door(Can.VERIFY_ACTIONS, of=Action)
def action_move_date(request: SignedInRequest, action: Action) -> HttpResponse:
    """Another date, with the reason; the original stays."""
    form = forms.MoveDateForm(request.POST or None, action=action, by=request.user, on=timezone.localdate())

    def move(action: Action, given: dict) -> None:
        said = {"reason": given["text"], "agreed_by": given.get("agreed_by")}
        action.move_date(given["due_on"], by=request.user, at=timezone.now(), **said)

    return _verb(request, form, "action_move_date", move, "The date is moved, and the original date is kept")


@door(Can.VERIFY_ACTIONS, of=Action)
def action_close(request: SignedInRequest, action: Action) -> HttpResponse:
    """Closed without being complete."""
    form = forms.CloseForm(request.POST or None, action=action)

    def close(action: Action, given: dict) -> None:
        action.close(given["state"], given["text"], by=request.user, at=timezone.now())

    return _verb(request, form, "action_close", close, "Closed. It does not count as complete.")


@door(Can.VERIFY_ACTIONS, of=Action)
def action_reassign(request: SignedInRequest, action: Action) -> HttpResponse:
    """Another owner."""
    form = forms.ReassignForm(request.POST or None, action=action, on=timezone.localdate())

    def reassign(action: Action, given: dict) -> None:
        action.reassign(owner=given["owner"], owner_name=given["owner_name"], by=request.user, at=timezone.now())

    return _verb(request, form, "action_reassign", reassign, "The owner is saved")


@door(Can.UPLOAD_EVIDENCE, of=Action)
def action_choose_evidence(request: SignedInRequest, action: Action) -> HttpResponse:
    """Evidence from the library."""
    form = forms.ChooseForm(request.POST or None, action=action)
    form.offer(request.user)

    def prove(action: Action, given: dict) -> None:
        action.prove(given["item"], by=request.user, at=timezone.now())

    return _verb(request, form, "action_choose_evidence", prove, "The evidence is on the action")


@door(Can.UPLOAD_EVIDENCE, of=Action)
def action_add_evidence(request: SignedInRequest, action: Action) -> HttpResponse:
    """A new file, kept in the library and put on the action at once: both or neither."""
    form = forms.ProveForm(request.POST or None, request.FILES or None, refused=refused_upload(request))
    now = timezone.now()
    if form.is_valid():
        version = form.prove(action, by=request.user, at=now)
        if version is not None:
            held = f"You hold this file already, as “{version.item.title}”: it is used here, not kept twice."
            messages.success(request, held if version.already_held else "The evidence is on the action")
            return redirect("actions:action-detail", reference=action.reference)
    today = timezone.localdate()
    shown = {"action": register.in_full(action, request.user, on=today), "today": today}
    return page(request, "actions/action_add_evidence.html", form, status=form.status, **shown)
