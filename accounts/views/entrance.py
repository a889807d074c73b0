"""allauth's pages behind our door, one by one: right statuses, in our markup.

``answered`` gives an invalid form 422 and a throttled one 429, as every other page of the portal does.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from accounts.models import SignInEvent, User
from accounts.second_step import how_many, is_the_last, of
from accounts.sessions import FRESH_SECONDS

View = Callable[..., HttpResponse]
CODES_SHOWN = "codes_shown"  # when this session saw its recovery codes
THROTTLED = {"too_many_login_attempts", "rate_limited"}


def answered(view: View) -> View:
    """The status of a page with a refused form: 429 when throttled, else 422."""

    @wraps(view)
    def with_status(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        wrong = [form for name in ("form", "webauthn_form") if (form := context.get(name)) and _refused(form)]
        if request.method == "POST" and wrong:
            codes = {error.code for form in wrong for errors in form.errors.as_data().values() for error in errors}
            response.status_code = 429 if codes & THROTTLED else 422
        return response

    return with_status


def _refused(form: BaseForm) -> bool:
    return form.is_bound and bool(form.errors)


def with_a_password(view: View) -> View:
    """Whoever signs in by passkey alone has no password to change, and may choose one by the link in a mail."""

    @wraps(view)
    def when_there_is_one(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User) and not request.user.has_usable_password():
            messages.info(request, "You have no password yet. Ask for the link with which you choose one.")
            return redirect("account_reset_password")
        return view(request, *args, **kwargs)

    return when_there_is_one


def proving(view: View) -> View:
    """Whoever has just set a second step up has used it: the recovery codes may be shown at once."""

    @wraps(view)
    def with_proof(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        before = how_many(request.user)
        response = view(request, *args, **kwargs)
        if how_many(request.user) > before:
            record_authentication(request, request.user, "mfa", reauthenticated=True)  # type: ignore[arg-type]
        return response

    return with_proof


def entrance(view: View) -> View:
    """A page of signing in: open to everybody."""
    return door(Can.SIGN_IN)(answered(view))


def own(view: View, methods: tuple[str, ...] = ("GET", "POST")) -> View:
    """A page about one's own sign-in, reachable before the second step is set up."""
    return door(Can.OWN_ACCOUNT, second_step=False, methods=methods)(answered(view))


sign_in = entrance(account.login)
second_step = entrance(mfa.authenticate)
trust_device = entrance(mfa.trust)
sign_in_by_passkey = entrance(passkeys.login_webauthn)

confirm_password = own(account.reauthenticate)
confirm_code = own(mfa.reauthenticate)
confirm_passkey = own(passkeys.reauthenticate_webauthn)
change_password = own(with_a_password(account.password_change))
start_app = own(proving(totp.activate_totp))
add_passkey = own(proving(passkeys.add_webauthn))
rename_passkey = own(passkeys.edit_webauthn)
new_codes = own(codes.generate_recovery_codes)


@door(Can.SIGN_IN)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave. The browser is asked to forget pages and drafts; the remembered device stays remembered."""
    leaving = request.user
    response: HttpResponse = account.logout(request)
    if request.method == "POST":
        if isinstance(leaving, User) and leaving.is_authenticated:
            leaving.sign_ins.create(kind=SignInEvent.Kind.SIGNED_OUT, by=leaving, at=timezone.now())
        response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@door(Can.OWN_ACCOUNT, second_step=False)
def stop_app(request: HttpRequest) -> HttpResponse:
    """Remove the authenticator app, unless it is the only second step."""
    if is_the_last(request.user, "totp"):
        return _keep_one(request)
    return answered(totp.deactivate_totp)(request)


@door(Can.OWN_ACCOUNT, second_step=False)
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a passkey, unless it is the only second step."""
    if is_the_last(request.user, "webauthn"):
        return _keep_one(request)
    return answered(passkeys.remove_webauthn)(request, pk=pk)


@door(Can.OWN_ACCOUNT, second_step=False, methods=("GET",))
def show_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, once; then only how many are left. Without any, the page that makes them."""
    if of(request.user).codes is None:
        messages.warning(request, "You have no recovery codes yet. Make them here, and they are shown once.")
        return redirect("accounts:second-factor")
    response: HttpResponse = codes.view_recovery_codes(request)
    if (getattr(response, "context_data", None) or {}).get("can_view_codes"):
        request.session[CODES_SHOWN] = int(timezone.now().timestamp())
    return response


@door(Can.OWN_ACCOUNT, second_step=False, methods=("GET",))
def download_codes(request: HttpRequest) -> HttpResponse:
    """The codes on the page as a text file: once, while the page is fresh."""
    shown, kept = request.session.pop(CODES_SHOWN, 0), of(request.user).codes
    if kept is None or timezone.now().timestamp() - shown > FRESH_SECONDS:
        messages.warning(request, "Recovery codes are shown once. Make new ones if you have lost them.")
        return redirect("accounts:second-factor")
    context = {"codes": kept.wrap().get_unused_codes(), "person": request.user, "made": kept.created_at}
    answer = render(request, "mfa/recovery_codes/download.txt", context, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer


def _keep_one(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "This is your only second step. Add another one first, then remove this.")
    return redirect("accounts:second-factor")
