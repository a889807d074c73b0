"""The provider profile (screen 2)."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.profile import STRANDS, Profile
from providers.models import Organisation


@door(Can.SEE_OVERVIEW, of=Organisation, methods=("GET",))
def profile(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """Everything known about one provider, and what is not."""
    found = Profile(organisation, request.user, timezone.localdate())
    return page(request, "oversight/profile.html", organisation=organisation, profile=found, strands=STRANDS)
