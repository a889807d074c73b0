"""The provider's first page: what is needed from them, then everything that they may want to know."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from assurance.owed import provider_home as gathered
from design.pages import page


@door(Can.SEE_RETURN_STATUS, methods=("GET",))
def provider_home(request: SignedInRequest) -> HttpResponse:
    """Screen 3: needed from you, continue, waiting, actions, results, who is reminded, your contact."""
    on = timezone.localdate()
    home, may_change = gathered(request.user, on=on), Can.EDIT_CONTACTS in held_capabilities(request)
    return page(request, "assurance/provider_home.html", home=home, on=on, may_change_contacts=may_change)
