"""Care homes for placements: the list, one home, and the local authority's status."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.forms_placements import AuthorityConcernForm
from oversight.placement_list import PlacementFilter
from oversight.placements import homes_in_sight, homes_of
from providers.models import Organisation

PAGE_SIZE = 25


@door(Can.SEE_OVERVIEW, methods=("GET",))
def placement_list(request: SignedInRequest) -> HttpResponse:
    """Every care home with what is known of it."""
    on = timezone.localdate()
    form = PlacementFilter(request.GET, user=request.user, on=on)
    shown = Paginator(form.homes(homes_in_sight(request.user, on=on)), PAGE_SIZE).get_page(request.GET.get("page"))
    return page(request, "oversight/placement_list.html", filters=form, page=shown, on=on)


@door(Can.SEE_OVERVIEW, of=Organisation, methods=("GET",))
def placement(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """One home: ratings, statuses and suspensions with their history."""
    on = timezone.localdate()
    home = homes_of([organisation], request.user, on=on)[0]
    may = request.user.may(Can.RECORD_INDICATORS)
    return page(request, "oversight/placement.html", home=home, on=on, may_say=may)


@door(Can.RECORD_INDICATORS, of=Organisation)
def authority_concern(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """What the local authority says from a day on."""
    on = timezone.localdate()
    form = AuthorityConcernForm(request.POST or None, about=organisation, by=request.user, on=on)
    if form.is_valid() and form.save(at=timezone.now()):
        messages.success(request, "The local authority’s status is recorded")
        return redirect("oversight:placement", reference=organisation.reference)
    return page(request, "oversight/authority_concern.html", form, organisation=organisation)
