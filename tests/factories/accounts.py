"""People and access for tests: one factory per model, nothing hidden."""

import time
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import factory
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from accounts import models
from accounts.capabilities import Role

LONG_AGO = date(2020, 4, 1)
THEN = datetime(2020, 4, 1, 9, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    """A person who has signed in before. No password: tests sign in by session."""

    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"person{n}@example.nhs.uk")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = "!"
    joined_at = THEN


class MembershipFactory(DjangoModelFactory):
    """A live, confirmed role."""

    class Meta:
        model = models.Membership

    user = factory.SubFactory(UserFactory)
    role = Role.QUALITY_ANALYST
    starts_on = LONG_AGO
    confirmed_at = THEN


class CircleFactory(DjangoModelFactory):
    class Meta:
        model = models.Circle

    name = factory.Sequence(lambda n: f"Circle {n}")
    reason = "Named people only"


class CircleMemberFactory(DjangoModelFactory):
    class Meta:
        model = models.CircleMember

    starts_on = LONG_AGO
    reason = "Works on it"


class DeclaredInterestFactory(DjangoModelFactory):
    class Meta:
        model = models.DeclaredInterest

    nature = "Partner works there"
    starts_on = LONG_AGO


class CoverFactory(DjangoModelFactory):
    class Meta:
        model = models.Cover

    starts_on = LONG_AGO
    ends_on = date(2099, 1, 1)


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = models.Invitation

    email = factory.Sequence(lambda n: f"invited{n}@example.nhs.uk")
    name = factory.Sequence(lambda n: f"Invited {n}")
    role = Role.PROVIDER_CONTRIBUTOR
    invited_at = THEN
    expires_at = datetime(2099, 1, 1, tzinfo=UTC)


def someone(role: Role | str, organisation: Any, *, strands: list[str] | None = None, **person: Any) -> models.User:
    """A person with one live role in one organisation."""
    user = UserFactory(**person)
    MembershipFactory(user=user, role=role, organisation=organisation, strands=strands or [])
    return user


PASSWORD = "three unconnected llamas"


@cache
def _hashed() -> str:
    """The usual password as it is kept: a tenth of a second each time, so worked out once."""
    return make_password(PASSWORD)


def with_sign_in(user: models.User, *, app: bool = True) -> str:
    """Give the person the usual password and an authenticator app; returns the app's secret."""
    user.password = _hashed()
    user.save()
    secret = totp.generate_totp_secret()
    if app:
        totp.TOTP.activate(user, secret)
    return secret


def code(secret: str, *, later: int = 0) -> str:
    """What the app shows now, or some half minutes later."""
    counter = int(time.time()) // 30 + later
    return totp.format_hotp_value(totp.hotp_value(secret, counter))
