"""The reference library and the grading schemes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from framework import drafts, library
from framework.forms import ReferenceFilter, ReferenceForm, given, seen
from framework.models import FrameworkVersion, Reference

PER_PAGE = 50


@door(Can.READ_STANDARDS, methods=("GET",))
def reference_list(request: HttpRequest) -> HttpResponse:
    """Law and guidance that criteria cite, with search."""
    form = ReferenceFilter(request.GET or None)
    sought = form.cleaned_data if form.is_valid() else {}
    found = library.references(
        Reference.objects.permitted(request.user, Can.READ_STANDARDS),  # type: ignore[arg-type]
        kind=sought.get("kind", ""),
        words=sought.get("q", ""),
        current_only=bool(sought.get("standing")),
    )
    versions = FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS)
    rows = Paginator(library.with_counts(found, versions), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "framework/reference_list.html", filter=form, rows=rows)


@door(Can.READ_STANDARDS, of=Reference, by="key", methods=("GET",))
def reference_detail(request: HttpRequest, reference: Reference) -> HttpResponse:
    """One law or document, what it replaced and what replaced it, and the criteria that cite it."""
    versions = FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS)
    citing = library.citing(reference, versions)
    ours = Reference.objects.permitted(request.user, Can.DEFINE_STANDARDS).filter(pk=reference.pk)  # type: ignore[arg-type]
    may_change = ours.exists() and not reference.is_locked
    return page(request, "framework/reference_detail.html", reference=reference, citing=citing, may_change=may_change)


@door(Can.DEFINE_STANDARDS, of=Reference, by="key")
def reference_edit(request: HttpRequest, reference: Reference) -> HttpResponse:
    """Correct an entry of the own library, as long as no published version cites it."""
    form = ReferenceForm(request.POST or None, instance=reference)
    drafts.refuse_if_locked(reference)
    if form.is_valid():
        drafts.save_reference(reference, seen=seen(form), **given(form))
        messages.success(request, "The entry is saved")
        return redirect("framework:reference-detail", reference.key)
    return page(request, "framework/reference_edit.html", form, reference=reference)


@door(Can.READ_STANDARDS, methods=("GET",))
def scheme_list(request: HttpRequest) -> HttpResponse:
    """Every grading scheme with what its grades mean and what follows from each."""
    return page(request, "framework/scheme_list.html", schemes=library.schemes())
