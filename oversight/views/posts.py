"""Posts and contacts that ask who replaces somebody."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from chasing.replacing import who_replaces
from design.pages import page
from providers.models import Organisation

PAGE_SIZE = 25


@door(Can.SEE_PROVIDERS, methods=("GET",))
def replacement_list(request: SignedInRequest) -> HttpResponse:
    """Everybody whom letters do not reach any more, or whose access ended: who comes after them?"""
    on = timezone.localdate()
    seen = Organisation.objects.permitted(request.user, Can.SEE_PROVIDERS, on=on)
    editable = set(Organisation.objects.permitted(request.user, Can.EDIT_CONTACTS, on=on).values_list("pk", flat=True))
    shown = Paginator(who_replaces(seen.open(on=on).values("pk"), on=on), PAGE_SIZE).get_page(request.GET.get("page"))
    return page(request, "oversight/replacement_list.html", page=shown, editable=editable)
