"""What somebody has as a second step: an authenticator app, passkeys, recovery codes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

STEPS = ("totp", "webauthn")


@dataclass
class SecondStep:
    """One person's second steps, from one query."""

    app: Authenticator | None = None
    passkeys: list[Authenticator] = field(default_factory=list)
    codes: Authenticator | None = None

    @property
    def ready(self) -> bool:
        """Is there one at all? Recovery codes alone are none."""
        return bool(self.app or self.passkeys)

    @property
    def codes_left(self) -> int:
        """How many recovery codes are unused."""
        return len(self.codes.wrap().get_unused_codes()) if self.codes else 0


def of(user: "User | AnonymousUser") -> SecondStep:
    """Everything that the person has set up."""
    found = SecondStep()
    for one in Authenticator.objects.filter(user_id=user.pk).order_by("created_at"):
        if one.type == Authenticator.Type.TOTP:
            found.app = one
        elif one.type == Authenticator.Type.WEBAUTHN:
            found.passkeys.append(one)
        else:
            found.codes = one
    return found


def is_set_up(user: "User | AnonymousUser") -> bool:
    """Has the person an app or a passkey?"""
    return Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).exists()


def how_many(user: "User | AnonymousUser") -> int:
    """Apps and passkeys together."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).count()


def is_the_last(user: "User | AnonymousUser", kind: str) -> bool:
    """Would removing one of this kind leave the person without a second step?"""
    kinds = list(Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).values_list("type", flat=True))
    return kinds == [kind]


def current_code(user: "User | AnonymousUser", *, at: datetime) -> tuple[str, int] | None:
    """The code that the person's app shows now, and the seconds until the next; None without an app.

    For the embedded demonstration only: whoever asks has checked that.
    """
    app = of(user).app
    if app is None:
        return None
    moment = int(at.timestamp())
    secret = get_adapter().decrypt(app.data["secret"])
    code = totp.format_hotp_value(totp.hotp_value(secret, moment // app_settings.TOTP_PERIOD))
    return code, app_settings.TOTP_PERIOD - moment % app_settings.TOTP_PERIOD
