"""Removing what slipped in: choose, confirm, and the record with who saw it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from privacy.forms import FILE, RemovalForm
from privacy.models import Removal
from privacy.removing import could_read, remove, row_of, seen_by
from privacy.texts import text_of

A_PAGE = 25


@door(Can.REMOVE_IDENTIFIABLE)
def removal_add(request: SignedInRequest, code: str, thing: int) -> HttpResponse:
    """Choose the words of one text; they are gone from it, its history and its copies, and that is recorded."""
    text = text_of(code)
    if text is None:
        raise Http404
    row = request.about = get_object_or_404(text.rows(request.user), pk=thing)
    form = RemovalForm(request.POST or None, text=text, row=row)
    if form.is_valid():
        said, at = form.cleaned_data, timezone.now()
        if said["field"] == FILE and text.destroy is not None:
            text.destroy(row, said["reason"], by=request.user, at=at)
        else:
            remove(text, row, said["field"], said["words"], reason=said["reason"], by=request.user, at=at)
        messages.success(request, "Removed, and recorded. The Caldicott Guardian and the designated team get a letter.")
        return redirect(
            "privacy:removal-list" if Can.SEE_GUARD in held_capabilities(request) else "privacy:removal-own"
        )
    return page(
        request, "privacy/removal_add.html", form, text=text, row=row, back=text.url(row), parts=list(text.parts(row))
    )


@door(Can.SEE_GUARD, methods=("GET",))
def removal_list(request: SignedInRequest) -> HttpResponse:
    """What was removed, latest first: where, by whom and why, never the words."""
    rows = Removal.objects.permitted(request.user, Can.SEE_GUARD).newest()
    return page(request, "privacy/removal_list.html", rows=_paged(request, rows), own=False)


@door(Can.REMOVE_IDENTIFIABLE, methods=("GET",))
def removal_own(request: SignedInRequest) -> HttpResponse:
    """The same for whoever removes: a provider sees its own."""
    rows = Removal.objects.permitted(request.user, Can.REMOVE_IDENTIFIABLE).newest()
    return page(request, "privacy/removal_list.html", rows=_paged(request, rows), own=True)


@door(Can.SEE_GUARD, of=Removal, methods=("GET",))
def removal_detail(request: SignedInRequest, removal: Removal) -> HttpResponse:
    """One removal, who opened or took it out before, and who could have read it."""
    text, _ = row_of(removal)
    return page(
        request, "privacy/removal_detail.html", removal=removal, text=text, seen=seen_by(removal),
        could=could_read(removal),
    )  # fmt: skip


def _paged(request: SignedInRequest, rows: Any) -> Any:
    found: Any = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    for row in found:
        row.of = text_of(row.text)
    return found
