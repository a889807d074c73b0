"""Pages for anybody, without signing in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from providers import public_contacts as public
from providers.accountability import drawn
from providers.models import Organisation

KEPT_FOR = 600


def kept(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A page that caches on the way may keep for ten minutes, unless it names who is signed in."""
    response = page(request, template, **context)
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=KEPT_FOR)
        # The frame of every page makes a token for forms; a page that is kept for everybody must not carry anybody's.
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    return response


def _commissioner(reference: str) -> Organisation:
    found = public.commissioner_of(reference, on=timezone.localdate())
    if found is None:
        raise Http404
    return found


@door(Can.PUBLIC, methods=("GET",))
def public_contacts(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """Whom to ring, in and out of hours; the address follows the commissioner's name."""
    on, commissioner = timezone.localdate(), _commissioner(reference)
    if request.path != public.address_of(commissioner):
        return redirect(public.address_of(commissioner))
    chart_url = public.address_of(commissioner, "public-accountability")
    found = public.public_contacts(commissioner, on=on)
    return kept(request, "providers/public_contacts.html", about=found, chart_url=chart_url, on=on)


@door(Can.PUBLIC, methods=("GET",))
def public_accountability(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """Who answers to whom: posts that are marked public."""
    on, commissioner = timezone.localdate(), _commissioner(reference)
    nodes = public.public_chart(commissioner, on=on)
    chart = drawn(nodes, title=f"Lines of accountability: {commissioner}")
    back = public.address_of(commissioner)
    return kept(
        request, "providers/public_accountability.html", about=commissioner, nodes=nodes, chart=chart, on=on, back=back
    )
