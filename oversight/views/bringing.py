"""Bringing in what a commissioner has: the file, what it would do, acceptance, and undoing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.downloads import XLSX
from design.pages import page
from evidence.uploads import refused_upload
from framework.models import FrameworkVersion
from oversight.bringing import process, templates, undoing
from oversight.bringing.rows import Outcome
from oversight.forms import AcceptForm, UndoForm, form_for
from oversight.models import Import, OrganisationImport, RecordImport, ReviewImport
from providers.models import Organisation
from reviews.reading import noted

SHOWN = 10
ORGANISATIONS, REVIEWS = Import.Kind.ORGANISATIONS, Import.Kind.REVIEWS


@door(Can.BRING_IN_ORGANISATIONS)
def organisations_start(request: SignedInRequest) -> HttpResponse:
    """Download the empty workbook, choose the filled one, and see what was brought in before."""
    return _start(request, ORGANISATIONS, Can.BRING_IN_ORGANISATIONS)


@door(Can.BRING_IN_ORGANISATIONS, methods=("GET",))
def organisations_template(request: SignedInRequest) -> HttpResponse:
    """The empty workbook for organisations."""
    return _template(request, ORGANISATIONS, Can.BRING_IN_ORGANISATIONS)


@door(Can.BRING_IN_ORGANISATIONS, of=OrganisationImport)
def organisations_import(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """What the file would do, and its acceptance; afterwards what it did."""
    return _import(request, brought_in)


@door(Can.BRING_IN_ORGANISATIONS, of=OrganisationImport, methods=("POST",))
def organisations_discard(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """Take nothing of the file."""
    return _discard(request, brought_in)


@door(Can.BRING_IN_ORGANISATIONS, of=OrganisationImport)
def organisations_undo(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """Undo the whole import."""
    return _undo(request, brought_in)


@door(Can.BRING_IN_RECORDS)
def records_start(request: SignedInRequest, kind: str) -> HttpResponse:
    """The same for grades of past years and for open actions."""
    return _start(request, kind, Can.BRING_IN_RECORDS)


@door(Can.BRING_IN_RECORDS, methods=("GET",))
def records_template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The empty workbook, with the providers that are known."""
    return _template(request, kind, Can.BRING_IN_RECORDS)


@door(Can.BRING_IN_RECORDS, of=RecordImport)
def records_import(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """What the file would do, and its acceptance; afterwards what it did."""
    return _import(request, brought_in)


@door(Can.BRING_IN_RECORDS, of=RecordImport, methods=("POST",))
def records_discard(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """Take nothing of the file."""
    return _discard(request, brought_in)


@door(Can.BRING_IN_RECORDS, of=RecordImport)
def records_undo(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """Undo the whole import."""
    return _undo(request, brought_in)


@door(Can.REGISTER_REVIEW)
def reviews_start(request: SignedInRequest) -> HttpResponse:
    """The same for the register of reviews; every file is its reader's alone."""
    return _start(request, REVIEWS, Can.REGISTER_REVIEW)


@door(Can.REGISTER_REVIEW, methods=("GET",))
def reviews_template(request: SignedInRequest) -> HttpResponse:
    """The empty workbook, in the order of the national tracker."""
    return _template(request, REVIEWS, Can.REGISTER_REVIEW)


@door(Can.REGISTER_REVIEW, of=ReviewImport)
def reviews_import(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """What the file would do, and its acceptance; afterwards what it did."""
    return _import(request, brought_in)


@door(Can.REGISTER_REVIEW, of=ReviewImport, methods=("POST",))
def reviews_discard(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """Take nothing of the file."""
    return _discard(request, brought_in)


@door(Can.REGISTER_REVIEW, of=ReviewImport)
def reviews_undo(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    """Undo the whole import."""
    return _undo(request, brought_in)


def _start(request: SignedInRequest, kind: str, can: Can) -> HttpResponse:
    on, at = timezone.localdate(), timezone.now()
    ours = Organisation.objects.permitted(request.user, can, on=on).acted_for(request.user, can, on=on)
    sent = (request.POST or None, request.FILES or None)
    form = form_for(kind, *sent, ours=ours, user=request.user, on=on, refused=refused_upload(request))
    if form.is_valid() and (brought_in := form.begin(kind, by=request.user, on=on, at=at)) is not None:
        return _to(brought_in)
    earlier = Import.objects.permitted(request.user, can, on=on).newest(kind)[:SHOWN]
    context: dict[str, Any] = {"kind": Import.Kind(kind), "earlier": earlier, "ours": list(ours)}
    return page(request, "oversight/bring_in.html", form, status=form.status, **context)


def _to(brought_in: Import, verb: str = "import") -> HttpResponse:
    part = brought_in.kind if brought_in.kind in (ORGANISATIONS, REVIEWS) else "records"
    return redirect(f"oversight:{part}-{verb}", reference=brought_in.reference)


def _template(request: SignedInRequest, kind: str, can: Can) -> HttpResponse:
    on, at = timezone.localdate(), timezone.now()
    ours = Organisation.objects.permitted(request.user, can, on=on).acted_for(request.user, can, on=on)
    if wanted := request.GET.get("commissioner"):
        ours = ours.filter(reference=wanted)
    commissioner = get_object_or_404(ours[:1])
    standards = FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS, on=on).in_use()
    about = process.About(kind, commissioner, request.user, on, standards.order_by("-valid_from", "pk").first())
    content = templates.empty(about, at=at)
    name = f"{Import.Kind(kind).label.lower().replace(' ', '-')}.xlsx"
    return HttpResponse(content, XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _import(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    if not brought_in.waits and request.method == "GET":
        made = undoing.made_by(brought_in, request.user)
        return page(request, "oversight/import_done.html", brought_in=brought_in, made=made)
    on, at = timezone.localdate(), timezone.now()
    about = process.about_of(brought_in, user=request.user, on=on)
    outcomes = process.compare(brought_in, about, {})
    _note_looks(request, brought_in, outcomes)
    form = AcceptForm(request.POST or None, outcomes=outcomes, unit=process.KINDS[brought_in.kind].unit)
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        process.accept(brought_in, about, form.choices, seen=seen, by=request.user, at=at)
        messages.success(request, f"{brought_in} is accepted. Nothing was sent to anybody.")
        return _to(brought_in)
    context: dict[str, Any] = {"brought_in": brought_in, "outcomes": outcomes, "counts": process.counted(outcomes)}
    return page(request, "oversight/import_compare.html", form, **context)


def _note_looks(request: SignedInRequest, brought_in: Import, outcomes: list[Outcome]) -> None:
    """The comparison shows what a review says now: that is a look at it."""
    if brought_in.kind == REVIEWS and request.method == "GET":
        for each in outcomes:
            if each.state == "changed":
                noted(each.wanted["review"], request.user, "Compared with a file", at=timezone.now())


def _discard(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    brought_in.discard(by=request.user, at=timezone.now())
    messages.success(request, "Nothing of the file was taken.")
    return _to(brought_in)


def _undo(request: SignedInRequest, brought_in: Import) -> HttpResponse:
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        undoing.undo(brought_in, by=request.user, at=timezone.now())
        messages.success(request, f"{brought_in} is undone. Everything reads as it did before.")
        return _to(brought_in)
    made = undoing.made_by(brought_in, request.user)
    return page(request, "oversight/import_undo.html", form, brought_in=brought_in, made=made)
