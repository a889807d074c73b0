"""How allauth is bent to this house: no sign-up, mail by letters, secrets encrypted, one answer for everybody.

An account that does not exist, one that was ended and a wrong password look the same. An account that is asleep
is woken by a link to its address, which is asked for here.
"""

from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts import devices, post, second_step, sessions
from accounts.models import SignInEvent, User
from accounts.qr import qr_code

NO_MATCH = "The e-mail address and password do not match an account that can sign in. Check both and try again."
TOO_MANY = "There have been too many wrong tries. Wait 15 minutes, or ask for a new password."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations only; what allauth would mail becomes a letter."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": NO_MATCH,
        "account_inactive": NO_MATCH,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_password": "That is not your password. Try again.",
        "enter_current_password": "That is not your current password. Try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def get_login_stages(self) -> list[str]:
        """allauth's stages, with ours for the second step: only provider accounts may remember a device."""
        ours = {
            "allauth.mfa.stages.AuthenticateStage": "accounts.stages.SecondStepStage",
            "allauth.mfa.stages.TrustStage": "accounts.stages.RememberDeviceStage",
        }
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """An ended account gets the answer of an unknown one, as late."""
        user = super().authenticate(request, **credentials)
        return user if isinstance(user, User) and user.is_active else None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep that a sign-in was refused, and whose if it is anybody's."""
        user = User.objects.filter(email__iexact=credentials.get("email", "")).first()
        SignInEvent.objects.create(user=user, kind=SignInEvent.Kind.REFUSED, at=timezone.now())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Tries are counted by address, and apart for a device on which this person has signed in before."""
        email = credentials.get("email", "").lower()
        return f"known:{email}" if devices.is_known(request, email) else email

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Asleep: a link goes to the verified address and nobody is signed in yet."""
        if user.asleep_at is None:
            return super().pre_login(request, user, **kwargs)
        clear_login(request)
        now = timezone.now()
        post.hand_in("wake_up", dedupe_key=f"wake_up:{user.pk}:{now:%Y%m%d%H}", at=now, user=user)
        return redirect("accounts:asleep")

    def login(self, request: HttpRequest, user: Any) -> None:
        """Start the session: its side decides how long it may idle."""
        super().login(request, user)
        sessions.begin(request, user, at=timezone.now())

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Greet nobody; remember that this device has been used."""
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user.email)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *a: Any, **k: Any
    ) -> None:
        """Signing in and out need no words."""
        if message_template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, message_template, *a, **k)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """With a second step, only the second step proves who is there."""
        methods = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"].startswith("mfa_")]
        for method in stronger:
            method["description"] = "Use a passkey" if "webauthn" in method["id"] else "Use a code"
        return stronger or methods

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not while the proof that allauth wants was just given at sign-in."""
        return not sessions.proved_lately(self.request, second_step.is_set_up(self.request.user))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Changing the password signs out."""
        return reverse("account_login")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is mailed from here: account mail is handed in as letters by the verbs that cause it."""

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Tell the owner of the account that the way of signing in has changed, and keep that it did."""
        factor_changed(template_prefix.rsplit("/", 1)[-1], user, at=timezone.now())


CHANGES = {
    "totp_activated": SignInEvent.Kind.FACTOR_ADDED,
    "webauthn_added": SignInEvent.Kind.FACTOR_ADDED,
    "recovery_codes_generated": SignInEvent.Kind.FACTOR_ADDED,
    "totp_deactivated": SignInEvent.Kind.FACTOR_REMOVED,
    "webauthn_removed": SignInEvent.Kind.FACTOR_REMOVED,
    "password_changed": SignInEvent.Kind.PASSWORD_CHANGED,
}


def factor_changed(what: str, user: User, *, at: datetime) -> None:
    """Keep the change and write to the person: if it was not them, they must hear of it."""
    if what in CHANGES:
        SignInEvent.objects.create(user=user, kind=CHANGES[what], by=user, at=at)
        post.hand_in("factor_changed", dedupe_key=f"factor_changed:{user.pk}:{what}:{at.isoformat()}", at=at, user=user)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are kept encrypted with a key from the environment."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right. Wait for the next one and type it as it is shown."
    }

    def encrypt(self, text: str) -> str:
        """Fernet; the key is FIELD_ENCRYPTION_KEY."""
        return Fernet(settings.FIELD_ENCRYPTION_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The other way; a wrong key raises ``InvalidToken``."""
        return Fernet(settings.FIELD_ENCRYPTION_KEY).decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """Inline, so that no other address is asked for a picture of a secret."""
        return qr_code(url)

    def _get_site_name(self) -> str:
        return settings.MFA_TOTP_ISSUER

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """What a new passkey is called until its owner says otherwise."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "My passkey" if number == 1 else f"My passkey {number}"
