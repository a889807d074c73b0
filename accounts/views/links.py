"""Links that come by mail: a forgotten password, an account that sleeps."""

from time import monotonic, sleep

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts import post, tokens
from accounts.capabilities import Can
from accounts.door import door
from accounts.forms.passwords import ChoosePasswordForm, ForgottenForm, WakeForm
from accounts.models import AccountToken
from design.pages import page

# Seconds: longer than writing a letter takes, so that the answer's time says nothing either.
SAME_TIME = 0.2


@door(Can.SIGN_IN)
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link. Everybody gets the same answer, known or not, as fast."""
    form = ForgottenForm(request.POST or None)
    if not form.is_valid():
        return page(request, "accounts/password_forgotten.html", form)
    email, now, began = form.cleaned_data["email"].lower(), timezone.now(), monotonic()
    if throttled := ratelimit.consume_or_429(request, action="reset_password", key=email):
        return throttled
    user = form.person()
    if user:
        post.hand_in("password_reset", dedupe_key=f"password_reset:{user.pk}:{now.isoformat()}", at=now, user=user)
    sleep(max(0.0, SAME_TIME - (monotonic() - began)))
    return redirect("accounts:password-link-sent")


@door(Can.SIGN_IN, methods=("GET",))
def password_link_sent(request: HttpRequest) -> HttpResponse:
    """What happens now, whoever asked."""
    return page(request, "accounts/password_link_sent.html")


@door(Can.SIGN_IN)
def password_reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password. The second step stays as it is, and all sessions end."""
    now = timezone.now()
    link = tokens.read(AccountToken.Kind.RESET, token, at=now)
    if link is None:
        return gone(request, "accounts/link_gone.html")
    form = ChoosePasswordForm(request.POST or None, user=link.user)
    if not form.is_valid():
        return page(request, "accounts/password_reset.html", form)
    if not link.user.reset_password(form.cleaned_data["password"], link=link, at=now):
        return gone(request, "accounts/link_gone.html")
    messages.success(request, "Your password was changed. Sign in with the new one.")
    return redirect("account_login")


@door(Can.SIGN_IN, methods=("GET",))
def asleep(request: HttpRequest) -> HttpResponse:
    """The account has not been used for long: look into the mail."""
    return page(request, "accounts/asleep.html")


@door(Can.SIGN_IN)
def account_wake(request: HttpRequest, token: str) -> HttpResponse:
    """Wake up by a button, because mail scanners follow links. Then sign in with both steps."""
    now = timezone.now()
    link = tokens.read(AccountToken.Kind.WAKE, token, at=now)
    form = WakeForm(request.POST if request.method == "POST" else None)
    if link is None:
        return gone(request, "accounts/link_gone.html")
    if not form.is_valid():
        return page(request, "accounts/account_wake.html", form)
    if not link.user.wake(link=link, at=now):
        return gone(request, "accounts/link_gone.html")
    messages.success(request, "Your account is awake. Sign in as usual.")
    return redirect("account_login")


def gone(request: HttpRequest, template: str) -> HttpResponse:
    """One page for a link that is used, expired, withdrawn or guessed: 410, and what to do."""
    return render(request, template, status=410)
