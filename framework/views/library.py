"""The reference library and the grading schemes."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from framework import library
from framework.forms import ReferenceFilter
from framework.models import FrameworkVersion

PER_PAGE = 50


@door(Can.READ_STANDARDS, methods=("GET",))
def reference_list(request: HttpRequest) -> HttpResponse:
    """Law and guidance that criteria cite, with search."""
    form = ReferenceFilter(request.GET or None)
    sought = form.cleaned_data if form.is_valid() else {}
    found = library.references(
        kind=sought.get("kind", ""), words=sought.get("q", ""), current_only=bool(sought.get("standing"))
    )
    versions = FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS)
    rows = Paginator(library.with_counts(found, versions), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "framework/reference_list.html", filter=form, rows=rows)


@door(Can.READ_STANDARDS, methods=("GET",))
def reference_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One law or document, what it replaced and what replaced it, and the criteria that cite it."""
    reference = get_object_or_404(library.references(), key=key)
    versions = FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS)
    citing = library.citing(reference, versions)
    return page(request, "framework/reference_detail.html", reference=reference, citing=citing)


@door(Can.READ_STANDARDS, methods=("GET",))
def scheme_list(request: HttpRequest) -> HttpResponse:
    """Every grading scheme with what its grades mean and what follows from each."""
    return page(request, "framework/scheme_list.html", schemes=library.schemes())
