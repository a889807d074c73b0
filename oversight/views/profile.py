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
    held = held_capabilities(request)
    finals_only = Can.SEE_VISIT_WORK not in held
    found = Profile(organisation, request.user, timezone.localdate(), finals_only=finals_only)
    can = {each.value: True for each in held}
    template = "oversight/profile.html"
    return page(request, template, organisation=organisation, profile=found, strands=STRANDS, can=can)
