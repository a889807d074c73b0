"""Contracts of a provider and links of a board."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, door
from providers.forms.arrangements import AddArrangementForm, ArrangementForm, EndArrangementForm, PartnershipForm
from providers.models import Arrangement, Organisation, Partnership
from providers.models.organisations import OrganisationQuerySet
from providers.saving import answer, saved
from providers.views import reader
from providers.views.organisations import FORM, back_to


def ours(request: HttpRequest, can: Can) -> OrganisationQuerySet:
    """The commissioners that the person acts for with this capability."""
    on = timezone.localdate()
    found: OrganisationQuerySet = Organisation.objects.permitted(reader(request), can).acted_for(
        reader(request), can, on=on
    )
    return found


@door(Can.EDIT_CONTRACTS, of=Organisation)
def arrangement_add(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """One of the person's commissioners commissions it."""
    form = AddArrangementForm(request.POST or None, ours=ours(request, Can.EDIT_CONTRACTS), organisation=organisation)
    if saved(form, form.save):
        messages.success(request, "Contract added")
        return back_to(organisation)
    return answer(request, FORM, form, about=organisation, heading="Add a contract")


@door(Can.EDIT_CONTRACTS, of=Arrangement)
def arrangement_edit(request: HttpRequest, arrangement: Arrangement) -> HttpResponse:
    """Change form, part, dates or standards."""
    form = ArrangementForm(request.POST or None, instance=arrangement)
    if saved(form, form.save):
        messages.success(request, "Contract saved")
        return back_to(arrangement.organisation)
    about = arrangement.organisation
    return answer(request, FORM, form, about=about, heading=f"Change contract with {arrangement.commissioner}")


@door(Can.EDIT_CONTRACTS, of=Arrangement)
def arrangement_end(request: HttpRequest, arrangement: Arrangement) -> HttpResponse:
    """Give it a last day."""
    form = EndArrangementForm(request.POST or None, instance=arrangement)
    if saved(form, form.save):
        messages.success(request, "The contract has a last day")
        return back_to(arrangement.organisation)
    about = arrangement.organisation
    return answer(request, FORM, form, about=about, heading=f"End contract with {arrangement.commissioner}")


@door(Can.EDIT_PROVIDERS, of=Organisation)
def partnership_add(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """A commissioner works with this board or authority."""
    if organisation.is_provider:
        raise Refused("A provider has contracts. Only boards, authorities and other bodies are linked.")
    form = PartnershipForm(request.POST or None, ours=ours(request, Can.EDIT_PROVIDERS), board=organisation)
    if saved(form, form.save):
        messages.success(request, "Link added")
        return back_to(organisation)
    return answer(request, FORM, form, about=organisation, heading="Link to a commissioner")


@door(Can.EDIT_PROVIDERS, of=Partnership, methods=("POST",))
def partnership_end(request: HttpRequest, partnership: Partnership) -> HttpResponse:
    """They no longer work together; ending twice is no mistake."""
    partnership.end(on=timezone.localdate())
    messages.success(request, f"{partnership.board} is no longer linked to {partnership.commissioner}")
    return redirect("providers:organisation-list")
