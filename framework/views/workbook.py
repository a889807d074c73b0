"""A framework as a workbook: saved from any version, and loaded into a draft after its difference was looked at."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.capabilities import Can
from accounts.door import SignedInRequest, Stale, door
from design.downloads import XLSX
from design.pages import page
from design.workbooks.reading import Unreadable, read
from framework import drafts, loading, reading
from framework.forms import AcceptWorkbookForm, WorkbookForm
from framework.models import DraftWorkbook, FrameworkVersion
from framework.models.workbooks import keep_workbook
from framework.spreadsheets import framework_workbook
from framework.taking_in import LIMITS, NotAFramework, content_of

EARLIER = 10


@door(Can.READ_STANDARDS, of=FrameworkVersion, methods=("GET",))
def version_workbook(request: SignedInRequest, version: FrameworkVersion) -> HttpResponse:
    """The version as a workbook."""
    content = framework_workbook(
        reading.whole(version), by=request.user.name, at=timezone.now(), demonstration=settings.PORTAL_DEMONSTRATION
    )
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"standards-{version.reference}.xlsx")
    response["Cache-Control"] = "no-store"
    return response


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def draft_workbook(request: SignedInRequest, version: FrameworkVersion) -> HttpResponse:
    """Download, upload, and what was uploaded before. A file that cannot be read says why beside its box."""
    drafts.refuse_unless_draft(version)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    status = None
    if getattr(request, "upload_too_large", False):  # the upload handler stopped keeping it
        form.say_of_the_file("The file is larger than the portal takes. Choose the workbook of the standards.")
        status = 413
    elif form.is_valid():
        try:
            kept = _take_in(request, reading.whole(version), form.cleaned_data["file"])
            return redirect("framework:draft-workbook-difference", version.reference, kept.reference)
        except (Unreadable, NotAFramework) as problem:
            form.say_of_the_file(str(problem))
            status = getattr(problem, "status", 422)
    earlier = version.workbooks.select_related("uploaded_by").newest_first()[:EARLIER]
    context: dict[str, Any] = {"edition": reading.whole(version), "earlier": earlier}
    return page(request, "framework/draft_workbook.html", form, status=status, **context)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def draft_workbook_difference(request: SignedInRequest, version: FrameworkVersion, upload: str) -> HttpResponse:
    """What the workbook changes, and the button that saves it. Afterwards: what became of it."""
    kept = get_object_or_404(version.workbooks.select_related("uploaded_by", "decided_by"), reference=upload)
    context: dict[str, Any] = {"edition": reading.whole(version), "workbook": kept}
    if kept.state != DraftWorkbook.State.READ:
        return page(request, "framework/draft_workbook_done.html", **context)
    drafts.refuse_unless_draft(version)
    found = loading.difference_of(kept, version)
    form = AcceptWorkbookForm(request.POST or None, difference=found)
    moved = False
    if form.is_valid():
        try:
            loading.accept(kept, version, seen=form.cleaned_data["digest"], by=request.user, at=timezone.now())
            messages.success(request, "The workbook is in the draft.")
            return redirect("framework:draft-detail", version.reference)
        except Stale:
            found, moved = loading.difference_of(kept, version), True
            form = AcceptWorkbookForm(difference=found)
    context |= {"difference": found, "moved": moved}
    return page(request, "framework/draft_workbook_difference.html", form, status=409 if moved else None, **context)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion, methods=("POST",))
def draft_workbook_discard(request: SignedInRequest, version: FrameworkVersion, upload: str) -> HttpResponse:
    """Put the workbook aside; nothing of it was saved."""
    kept = get_object_or_404(version.workbooks, reference=upload)
    kept.discard(by=request.user, at=timezone.now())
    messages.success(request, f"“{kept.file_name}” was put aside. Nothing of it was saved.")
    return redirect("framework:draft-workbook", version.reference)


def _take_in(request: SignedInRequest, version: FrameworkVersion, upload: UploadedFile) -> DraftWorkbook:
    """Read the upload where it lies and keep what it says. Unreadable or NotAFramework when it cannot be taken."""
    path = Path(upload.temporary_file_path())  # type: ignore[attr-defined]
    name = "".join(letter for letter in upload.name or "" if letter.isprintable())
    digest = sha256(path.read_bytes()).hexdigest()
    found = content_of(read(path, LIMITS), version)
    kept = {"file_name": name[:150], "sha256": digest}
    return keep_workbook(version, found, by=request.user, at=timezone.now(), **kept)
