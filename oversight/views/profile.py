"""The provider profile (screen 2)."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.profile import STRANDS, Profile
from providers.models import Organisation


@door(Can.SEE_OVERVIEW, of=Organisation, methods=("GET",))
def profile(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """Everything known about one provider, and what is not."""
    found = Profile(organisation, request.user, timezone.localdate())
    can = {each.value: True for each in held_capabilities(request)}
    template = "oversight/profile.html"
    return page(request, template, organisation=organisation, profile=found, strands=STRANDS, can=can)
