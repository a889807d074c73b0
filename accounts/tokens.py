"""The links of account mail: made when the letter is sent, read back when somebody follows them.

The relay asks for a token and puts its address into the letter; only a hash is kept here. A guessed, used or
expired token finds nothing.
"""

import hashlib
import secrets
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from accounts import clock
from accounts.models import AccountToken, Invitation, User
from accounts.models.tokens import LIFETIMES


def make_invitation_token(invitation: Invitation) -> str:
    """A new token for the invitation; links sent before stop working."""
    token = _new()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=hashed(token))
    return token


def make_reset_token(user: User, *, at: datetime | None = None) -> str:
    """A token to choose a new password; good for two hours and once."""
    return _make(user, AccountToken.Kind.RESET, at or clock.now())


def make_wake_token(user: User, *, at: datetime | None = None) -> str:
    """A token to wake the account up; good for two days and once."""
    return _make(user, AccountToken.Kind.WAKE, at or clock.now())


def invitation_url(token: str) -> str:
    """The address in the letter."""
    return _absolute("accounts:invitation-accept", token)


def reset_url(token: str) -> str:
    """The address in the letter."""
    return _absolute("accounts:password-reset", token)


def wake_url(token: str) -> str:
    """The address in the letter."""
    return _absolute("accounts:account-wake", token)


def read_invitation(token: str) -> Invitation | None:
    """The invitation of this token in whatever state, or nothing."""
    return Invitation.objects.filter(token_hash=hashed(token)).select_related("organisation", "invited_by").first()


def read(kind: str, token: str, *, at: datetime) -> AccountToken | None:
    """The open link of this token, or nothing."""
    return AccountToken.objects.open(kind, at=at).filter(token_hash=hashed(token)).select_related("user").first()


def hashed(token: str) -> str:
    """What is kept of a token. It is random and long, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _make(user: User, kind: AccountToken.Kind, at: datetime) -> str:
    token = _new()
    AccountToken.objects.create(
        user=user, kind=kind, token_hash=hashed(token), made_at=at, expires_at=at + LIFETIMES[kind]
    )
    return token


def _new() -> str:
    return secrets.token_urlsafe(32)


def _absolute(name: str, token: str) -> str:
    return urljoin(settings.PORTAL_BASE_URL, reverse(name, args=[token]))
