"""A person's own account: the second step, sessions, the time-out, whom they act for."""

from django.http import HttpRequest, HttpResponse

from accounts import second_step
from accounts.capabilities import Can
from accounts.door import door
from design.pages import page


@door(Can.OWN_ACCOUNT, methods=("GET",))
def own_account(request: HttpRequest) -> HttpResponse:
    """Name, roles, second step and sessions, with what may be changed."""
    return page(request, "accounts/own_account.html", step=second_step.of(request.user))


@door(Can.OWN_ACCOUNT, methods=("GET",), second_step=False)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up, add and remove second steps. Everybody is sent here until there is one."""
    return page(request, "accounts/second_factor.html", step=second_step.of(request.user))
