"""Hold sending and let it go on; try a given-up letter again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from chasing.forms import GoForm, HoldForm, RetryForm
from chasing.models import Letter
from chasing.sending import (
    commissioners_of,
    hold_of,
    place_hold,
    start_from_today,
    waiting_by_kind,
    waiting_letters,
)
from design.pages import page


@door(Can.SEND_REMINDERS)
def sending_hold(request: HttpRequest, reference: str) -> HttpResponse:
    """Hold what one commissioner sends, with the reason."""
    commissioner = get_object_or_404(commissioners_of(request.user, Can.SEND_REMINDERS), reference=reference)  # type: ignore[arg-type]
    form = HoldForm(request.POST or None)
    if form.is_valid():
        place_hold(commissioner, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, f"Reminders of {commissioner} are held. They are written and wait.")
        return redirect("chasing:reminder-list")
    hold = hold_of(commissioner)
    return page(request, "chasing/sending_hold.html", form, commissioner=commissioner, hold=hold)


@door(Can.SEND_REMINDERS)
def sending_go(request: HttpRequest, reference: str) -> HttpResponse:
    """Let sending go on; says first how many letters would leave."""
    commissioner = get_object_or_404(commissioners_of(request.user, Can.SEND_REMINDERS), reference=reference)  # type: ignore[arg-type]
    hold = hold_of(commissioner)
    if hold is None:
        messages.info(request, f"Sending of {commissioner} is on already.")
        return redirect("chasing:reminder-list")
    form, at = GoForm(request.POST or None, initial={"what": "today" if hold.is_first else "send"}), timezone.now()
    if form.is_valid():
        if form.from_today:
            start_from_today(hold, by=request.user, at=at)  # type: ignore[arg-type]
        else:
            hold.lift(by=request.user, at=at)  # type: ignore[arg-type]
        messages.success(request, f"Sending of {commissioner} goes on.")
        return redirect("chasing:reminder-list")
    context: dict[str, Any] = {
        "waiting": waiting_letters(commissioner, at=at),
        "by_kind": waiting_by_kind(commissioner, at=at),
    }
    return page(request, "chasing/sending_go.html", form, commissioner=commissioner, hold=hold, **context)


@door(Can.SEND_REMINDERS, of=Letter)
def letter_retry(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Try a given-up letter again, after whatever was wrong has been put right."""
    form = RetryForm(request.POST or None)
    if form.is_valid():
        letter.retry(at=timezone.now())
        messages.success(request, "The letter is tried again with the next round.")
        return redirect("chasing:given-up-list")
    return page(request, "chasing/letter_retry.html", form, letter=letter)
