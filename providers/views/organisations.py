"""Adding, changing and closing organisations and their sites, and recording what they became."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from providers.forms.organisations import (
    AddOrganisationForm,
    CloseForm,
    CloseSiteForm,
    OrganisationForm,
    ReopenForm,
    SiteForm,
    SuccessionForm,
)
from providers.models import Organisation, Site
from providers.saving import answer, saved
from providers.views import reader

FORM = "providers/form.html"


def back_to(organisation: Organisation) -> HttpResponse:
    """The organisation's page."""
    return redirect("providers:organisation", reference=organisation.reference)


def remark_on_code(request: HttpRequest, organisation: Organisation) -> None:
    """A code of another shape is kept, with a remark: since 2020 the shape proves nothing."""
    if organisation.code_is_unusual:
        messages.warning(
            request,
            f"Saved. The code {organisation.code} is not of the usual shape for this category "
            f"({organisation.category}). Check that it is right.",
        )


@door(Can.EDIT_PROVIDERS)
def organisation_add(request: HttpRequest) -> HttpResponse:
    """A new entry, after a look at what is like it."""
    mine = Organisation.objects.permitted(reader(request), Can.EDIT_PROVIDERS)
    form = AddOrganisationForm(
        request.POST or None,
        seen=Organisation.objects.permitted(reader(request), Can.SEE_PROVIDERS),
        ours=mine.acted_for(reader(request), Can.EDIT_PROVIDERS, on=timezone.localdate()),
    )
    if saved(form, form.save):
        messages.success(request, f"{form.instance} is on the register")
        remark_on_code(request, form.instance)
        return back_to(form.instance)
    return answer(request, "providers/organisation_add.html", form)


@door(Can.EDIT_PROVIDERS, of=Organisation)
def organisation_edit(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Change what the register knows."""
    form = OrganisationForm(request.POST or None, instance=organisation)
    name = organisation.name
    if saved(form, form.save):
        messages.success(request, "Organisation saved")
        remark_on_code(request, organisation)
        return back_to(organisation)
    return answer(request, FORM, form, about=organisation, about_name=name, heading="Change organisation")


@door(Can.EDIT_PROVIDERS, of=Organisation)
def organisation_close(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """It closed and nobody follows it."""
    on, at = timezone.localdate(), timezone.now()
    form = CloseForm(request.POST or None, instance=organisation, on=on)
    if saved(form, lambda: form.save(by=reader(request), at=at, on=on)):
        messages.success(request, f"{organisation} is closed")
        return back_to(organisation)
    return answer(request, FORM, form, about=organisation, heading="Close organisation", note="closing")


@door(Can.EDIT_PROVIDERS, of=Organisation)
def organisation_reopen(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The closing was a mistake."""
    form = ReopenForm(request.POST or None, instance=organisation)
    if saved(form, lambda: form.save(by=reader(request), on=timezone.localdate())):
        messages.success(request, f"{organisation} is open again. Say which contracts and sites run again.")
        return back_to(organisation)
    return answer(request, FORM, form, about=organisation, heading="Open organisation again", note="reopening")


@door(Can.EDIT_PROVIDERS, of=Organisation)
def succession_record(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """It was merged, taken over or replaced."""
    on, at = timezone.localdate(), timezone.now()
    others = Organisation.objects.permitted(reader(request), Can.EDIT_PROVIDERS).open(on=on)
    others = others.filter(kind=organisation.kind).exclude(pk=organisation.pk)
    form = SuccessionForm(request.POST or None, instance=organisation, on=on, others=others)
    if saved(form, lambda: form.save(by=reader(request), at=at, on=on)):
        messages.success(request, "Recorded. The old organisation is closed.")
        return back_to(organisation)
    return answer(request, FORM, form, about=organisation, heading="Record a merger or takeover", note="succession")


@door(Can.EDIT_PROVIDERS, of=Organisation)
def site_add(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Another place where it works."""
    form = SiteForm(request.POST or None, instance=Site(organisation=organisation))
    if saved(form, form.save):
        messages.success(request, "Site added")
        return back_to(organisation)
    return answer(request, FORM, form, about=organisation, heading="Add a site")


@door(Can.EDIT_PROVIDERS, of=Site)
def site_edit(request: HttpRequest, site: Site) -> HttpResponse:
    """Change a site."""
    form = SiteForm(request.POST or None, instance=site)
    if saved(form, form.save):
        messages.success(request, "Site saved")
        return back_to(site.organisation)
    return answer(request, FORM, form, about=site.organisation, heading="Change site")


@door(Can.EDIT_PROVIDERS, of=Site)
def site_close(request: HttpRequest, site: Site) -> HttpResponse:
    """A site closed; the organisation goes on."""
    form = CloseSiteForm(request.POST or None, instance=site)
    if saved(form, form.save):
        messages.success(request, "Site closed")
        return back_to(site.organisation)
    return answer(request, FORM, form, about=site.organisation, heading=f"Close {site}")
