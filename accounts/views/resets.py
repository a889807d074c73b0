"""The reset of a lost second step: asked for while signing in, opened by one person, confirmed by another."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.stagekit import clear_login
from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from accounts.forms.people import ConfirmForm, ResetForm
from accounts.models import SecondStepReset, User
from design.pages import page


@door(Can.SIGN_IN)
def step_lost(request: HttpRequest) -> HttpResponse:
    """Somebody who has given the right password has lost every way to give the second step."""
    answer: HttpResponse = _ask(request)
    return answer


@login_stage_required(stage="mfa_authenticate", redirect_urlname="account_login")
def _ask(request: HttpRequest) -> HttpResponse:
    person: Any = request._login_stage.login.user  # type: ignore[attr-defined]
    form = ConfirmForm(request.POST if request.method == "POST" else None, label="Ask for a reset")
    if form.is_valid():
        if throttled := ratelimit.consume_or_429(request, action="reset_password", key=person.email):
            return throttled
        person.resets.ask(person, at=timezone.now())
        clear_login(request)
        return redirect("accounts:step-asked")
    return page(request, "accounts/step_lost.html", form)


@door(Can.SIGN_IN, methods=("GET",))
def step_asked(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return page(request, "accounts/step_asked.html")


@door(Can.RESET_SECOND_STEP, methods=("GET",))
def reset_list(request: SignedInRequest) -> HttpResponse:
    """Resets that were asked for or opened and wait for somebody, the oldest first."""
    now = timezone.now()
    rows = SecondStepReset.objects.permitted(request.user, Can.RESET_SECOND_STEP).waiting(at=now)
    rows = rows.select_related("user", "opened_by").order_by("expires_at", "pk")
    shown = Paginator(rows, 25).get_page(request.GET.get("page"))
    return page(request, "accounts/reset_list.html", resets=shown, reader=request.user)


@door(Can.RESET_SECOND_STEP, of=User)
def reset_open(request: SignedInRequest, person: User) -> HttpResponse:
    """Open the reset of somebody's second step, with the reason."""
    form = ResetForm(request.POST or None)
    if form.is_valid():
        opened = person.resets.open(person, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(request, "The reset is open. A second person has to confirm it within three days.")
        return redirect("accounts:reset-page", opened.reference)
    return page(request, "accounts/reset_open.html", form, person=person)


@door(Can.RESET_SECOND_STEP, of=SecondStepReset)
def reset_page(request: SignedInRequest, reset: SecondStepReset) -> HttpResponse:
    """Who asked, who opened it and why; the second person confirms, and anybody of them cancels."""
    form, now = ConfirmForm(request.POST if request.method == "POST" else None), timezone.now()
    if form.is_valid():
        cancels = "cancel" in request.POST
        (reset.cancel if cancels else reset.confirm)(by=request.user, at=now)
        said = "Cancelled: nothing has changed." if cancels else f"Done. A letter is on its way to {reset.user}."
        messages.success(request, said)
        return redirect("accounts:reset-page", reset.reference)
    context: dict[str, Any] = {"reset": reset, "state": reset.state(at=now), "reader": request.user}
    return page(request, "accounts/reset_page.html", form, **context)


@door(Can.OWN_ACCOUNT, of=SecondStepReset)
def own_reset_cancel(request: SignedInRequest, reset: SecondStepReset) -> HttpResponse:
    """I have my second step, and somebody opened a reset for me: it must not go on."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, label="Cancel the reset")
    if form.is_valid():
        reset.cancel(by=request.user, at=timezone.now())
        messages.success(request, "The reset is cancelled. Your second step is as it was.")
        return redirect("accounts:own-account")
    return page(request, "accounts/own_reset_cancel.html", form, reset=reset)
