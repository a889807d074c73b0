"""The first page: a home for each role."""

from django.http import HttpRequest, HttpResponse

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page


@door(Can.OWN_ACCOUNT, methods=("GET",))
def home(request: HttpRequest) -> HttpResponse:
    """The home of whoever is signed in."""
    return page(request, "home/empty.html")
