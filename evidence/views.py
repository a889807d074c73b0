"""Pages of the evidence library, and what the virus scanner holds back. A file is served by ``serving.py``."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from evidence import library, scanner
from evidence.forms import ADD_FORMS, HoldsUntilForm, NewVersionForm, ScanFilter, WithdrawForm
from evidence.listings import items_shown
from evidence.models import EvidenceDownload, EvidenceItem, EvidenceVersion
from evidence.serving import attachment
from evidence.uploads import refused_upload

A_PAGE = 25


@door(Can.DOWNLOAD_EVIDENCE, methods=("GET",))
def item_list(request: SignedInRequest) -> HttpResponse:
    """The library: what is held, until when, and how often it is used."""
    today = timezone.localdate()
    allowed = EvidenceItem.objects.permitted(request.user, Can.DOWNLOAD_EVIDENCE)
    form, found = items_shown(request, allowed, on=today)
    rows = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    may_add = library.may_add(request.user)
    return page(request, "evidence/item_list.html", filter=form, rows=rows, today=today, may_add=may_add)


@door(Can.UPLOAD_EVIDENCE)
def item_add(request: SignedInRequest, kind: str) -> HttpResponse:
    """A file, a link or something seen, into the library."""
    if kind not in ADD_FORMS:
        raise Http404
    files: dict[str, Any] = {}
    if kind == "file":
        files = {"files": request.FILES or None, "refused": refused_upload(request)}
    form = ADD_FORMS[kind](request.POST or None, **files)
    form.offer(request.user, Can.UPLOAD_EVIDENCE, on=timezone.localdate())
    if form.is_valid() and (item := form.save(by=request.user, at=timezone.now())):
        if form.already_held:
            messages.info(request, f"You hold this file already, as “{item.title}”. Use this one: nothing was added.")
        else:
            messages.success(request, f"“{item.title}” is in the library")
        return redirect("evidence:item-detail", reference=item.reference)
    return page(request, "evidence/item_add.html", form, status=form.status, kind=kind)


@door(Can.DOWNLOAD_EVIDENCE, of=EvidenceItem, methods=("GET",))
def item_detail(request: SignedInRequest, item: EvidenceItem) -> HttpResponse:
    """One item: its versions, what uses it, and who opened it for those who read history."""
    opened = EvidenceDownload.objects.permitted(request.user, Can.READ_HISTORY).filter(version__item=item)
    may_change = EvidenceItem.objects.permitted(request.user, Can.UPLOAD_EVIDENCE).current().filter(pk=item.pk)
    return page(
        request,
        "evidence/item_detail.html",
        item=library.in_full(item),
        versions=item.versions.select_related("uploaded_by", "item"),
        uses=library.uses_of(item, user=request.user),
        opened=opened.select_related("by", "version")[:50],
        may_change=may_change.exists(),
        today=timezone.localdate(),
    )


@door(Can.UPLOAD_EVIDENCE, of=EvidenceItem)
def version_add(request: SignedInRequest, item: EvidenceItem) -> HttpResponse:
    """The next version of a file. What was judged stays judged on the version that was read."""
    form = NewVersionForm(request.POST or None, request.FILES or None, refused=refused_upload(request))
    where = {"commissioner": item.commissioner, "organisation": item.organisation, "item": item}
    if form.is_valid() and (version := form.take_in(**where, by=request.user, at=timezone.now())):
        if version.already_held:
            messages.info(request, f"This is the same file as “{version.item.title}” holds now. Nothing was added.")
        else:
            messages.success(request, f"Version {version.number} is added. It counts as not reviewed.")
        return redirect("evidence:item-detail", reference=version.item.reference)
    return page(request, "evidence/version_add.html", form, status=form.status, item=item)


@door(Can.UPLOAD_EVIDENCE, of=EvidenceItem)
def item_hold_until(request: SignedInRequest, item: EvidenceItem) -> HttpResponse:
    """Say until when it holds."""
    form = HoldsUntilForm(request.POST or None, initial={"valid_until": item.valid_until})
    if form.is_valid():
        item.hold_until(form.cleaned_data["valid_until"], by=request.user, at=timezone.now())
        messages.success(request, "The date is saved")
        return redirect("evidence:item-detail", reference=item.reference)
    return page(request, "evidence/item_hold_until.html", form, item=item)


@door(Can.UPLOAD_EVIDENCE, of=EvidenceItem)
def item_withdraw(request: SignedInRequest, item: EvidenceItem) -> HttpResponse:
    """Take it back with a reason. Whatever used it says that it was withdrawn."""
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        item.withdraw(given["reason"], holds_case_detail=given["holds_case_detail"], by=request.user, at=timezone.now())
        messages.success(request, f"“{item.title}” is withdrawn")
        return redirect("evidence:item-detail", reference=item.reference)
    return page(request, "evidence/item_withdraw.html", form, item=item, uses=library.uses_of(item, user=request.user))


@door(Can.SEE_JOBS, methods=("GET",))
def scan_list(request: SignedInRequest) -> HttpResponse:
    """Does the scanner answer, what waits for it, and what it refused: never a title, a file's name or its content."""
    allowed = EvidenceVersion.objects.permitted(request.user, Can.SEE_JOBS)
    form = ScanFilter(request.GET)
    asked = form.cleaned_data["state"] if form.is_valid() else ""
    found = allowed.closed_by_the_scanner()
    found = {"waiting": found.waiting, "refused": found.refused}.get(asked, found.all)()
    return page(
        request,
        "evidence/scan_list.html",
        filter=form,
        rows=Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        state=scanner.state(),
        rescan_days=settings.CLAMD_RESCAN_DAYS,
    )


@door(Can.DOWNLOAD_EVIDENCE, of=EvidenceVersion, methods=("GET",))  # type: ignore[arg-type]
def version_download(request: SignedInRequest, version: EvidenceVersion) -> FileResponse:
    """The file, to be saved and never shown in the portal's own page. One line in the reading log, none for HEAD."""
    return attachment(version, by=request.user, at=timezone.now(), log=request.method == "GET")
