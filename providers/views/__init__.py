"""Pages of the register, by what they show or change."""

from django.http import HttpRequest

from accounts.models import User


def reader(request: HttpRequest) -> User:
    """The person signed in: the door lets nobody else through."""
    assert isinstance(request.user, User)
    return request.user
