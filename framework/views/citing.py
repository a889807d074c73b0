"""The law and guidance that a criterion of a draft cites: chosen from the library, or added to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.capabilities import Can
from accounts.door import Stale, door
from design.pages import page
from framework import drafts
from framework.forms import CitesForm, ReferenceForm, given, seen
from framework.models import FrameworkVersion, Reference
from framework.stale import both_sides
from framework.views.editing import criterion_of

CITES = "framework/criterion_references.html"


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def criterion_references(request: HttpRequest, version: FrameworkVersion, ref: str) -> HttpResponse:
    """Tick what the criterion cites. The button "Search" keeps what is ticked and saves nothing."""
    drafts.refuse_unless_draft(version)
    criterion = criterion_of(version, ref)
    shelf: Any = Reference.objects.permitted(request.user, Can.READ_STANDARDS)  # type: ignore[arg-type]
    form = CitesForm(request.POST or None, shelf=shelf, initial=drafts.cites_of(criterion))
    context: dict[str, Any] = {"edition": version, "standard": criterion.standard, "criterion": criterion}
    if "find" not in request.POST and form.is_valid():
        try:
            drafts.save_references(criterion, form.cleaned_data["cites"], seen=seen(form))
        except Stale:
            fresh = CitesForm(shelf=shelf, initial=drafts.cites_of(criterion_of(version, ref)))
            return page(request, CITES, form, status=409, **both_sides(form, fresh), **context)
        messages.success(request, f"References of {ref} saved")
        return redirect("framework:criterion-edit", version.reference, ref)
    return page(request, CITES, form, **context)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def reference_add(request: HttpRequest, version: FrameworkVersion, ref: str) -> HttpResponse:
    """Add a law or document to the commissioner's own library; the criterion cites it at once."""
    drafts.refuse_unless_draft(version)
    criterion = criterion_of(version, ref)
    there: Any = Reference.objects.permitted(request.user, Can.READ_STANDARDS)  # type: ignore[arg-type]
    form = ReferenceForm(request.POST or None, there=there)
    if form.is_valid():
        drafts.add_reference(criterion, **given(form))
        messages.success(request, f"Added to your library, and cited by {ref}")
        return redirect("framework:criterion-references", version.reference, ref)
    context: dict[str, Any] = {"edition": version, "standard": criterion.standard, "criterion": criterion}
    return page(request, "framework/reference_add.html", form, **context)
