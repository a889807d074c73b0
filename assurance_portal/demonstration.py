"""The page with the demonstration's accounts. It does not exist anywhere else: 404."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from assurance_portal.demonstration_accounts import accounts, is_demonstration
from design.pages import page


@door(Can.PUBLIC, methods=("GET",))
def demonstration_accounts(request: HttpRequest) -> HttpResponse:
    """Role, e-mail address, password and the current code of each account, with a countdown."""
    if not is_demonstration():
        raise Http404
    return page(request, "demonstration/accounts.html", accounts=accounts(at=timezone.now()))
