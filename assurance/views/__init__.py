"""Pages of rounds, returns, validation and the overview."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def reader(request: HttpRequest) -> User:
    """Whoever is signed in; the door has let nobody else in."""
    return cast(User, request.user)
