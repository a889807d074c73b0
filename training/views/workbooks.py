"""Figures by workbook or CSV file: download it filled in so far, upload it, see what it changes, accept it or not."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.door import SignedInRequest, Stale
from design.downloads import XLSX, attachment
from design.pages import page
from design.workbooks.reading import Unreadable, reading
from evidence.names import clean_name
from evidence.uploads import refused_upload
from training.desks import Desk
from training.differences import Difference, difference_of
from training.forms.workbooks import AcceptFiguresForm, FiguresFileForm
from training.models import FigureReturn, FigureWorkbook
from training.models.workbooks import keep_workbook
from training.remarks import places_of
from training.spreadsheets import LIMITS, annotated_workbook, figures_csv, figures_workbook
from training.spreadsheets_read import Foreign, read_figures

EARLIER = 10


def workbook(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """Download, upload, and what was uploaded before. A file that cannot be read says why beside its box."""
    form = FiguresFileForm(request.POST or None, request.FILES or None)
    refused = refused_upload(request) if request.method == "POST" else None
    said, status = (str(refused), refused.status) if refused else ("", None)
    if refused is None and form.is_valid():
        try:
            kept = _take_in(request, figure_return, desk, form.cleaned_data["file"])
            return redirect(desk.url("workbook-difference", figure_return, upload=kept.reference))
        except Unreadable as problem:
            said, status = str(problem), problem.status
        except Foreign as problem:
            said, status = str(problem), 422
    if said:
        form.say_of_the_file(said)
    return page(
        request, "training/workbook.html", form, status=status, figure_return=figure_return, desk=desk,
        earlier=_earlier(figure_return, desk),
        links={"file": desk.url("workbook-file", figure_return), "csv": desk.url("workbook-csv", figure_return)},
    )  # fmt: skip


def workbook_file(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """The workbook with everything that is there so far."""
    content = figures_workbook(
        figure_return, places_of(figure_return), by=request.user.name, at=timezone.now(),
        demonstration=settings.PORTAL_DEMONSTRATION,
    )  # fmt: skip
    return attachment(content, XLSX, f"figures-{figure_return.reference}.xlsx")


def workbook_csv(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """The same as a CSV file."""
    content = figures_csv(figure_return, places_of(figure_return), at=timezone.now())
    return attachment(content, "text/csv; charset=utf-8", f"figures-{figure_return.reference}.csv")


def of_return(figure_return: FigureReturn, desk: Desk, upload: str) -> None:
    """404 unless the file is one of this return's."""
    get_object_or_404(figure_return.workbooks.only("pk"), reference=upload)


def uploaded(figure_return: FigureReturn, desk: Desk, upload: str) -> FigureWorkbook:
    """The file, as far as it was uploaded at this desk."""
    uploads = _uploads(figure_return, desk).select_related("uploaded_by", "decided_by")
    found: FigureWorkbook = get_object_or_404(uploads, reference=upload)
    return found


def workbook_difference(request: SignedInRequest, figure_return: FigureReturn, desk: Desk, upload: str) -> HttpResponse:
    """What the file changes, row by row, and the button that saves it. Afterwards: what became of it."""
    kept = uploaded(figure_return, desk, upload)
    kept.figure_return = figure_return
    about: dict[str, Any] = {
        "figure_return": figure_return,
        "desk": desk,
        "workbook": kept,
        "links": _links(figure_return, desk, upload),
    }
    if kept.state != FigureWorkbook.State.READ:
        return page(request, "training/workbook_done.html", **about)
    difference, moved = difference_of(kept, places_of(figure_return)), False
    form = AcceptFiguresForm(request.POST or None, difference=difference)
    if form.is_valid():
        try:
            saved = _accept(request, kept, difference, form)
            messages.success(request, f"{saved} row{'' if saved == 1 else 's'} of the file saved.")
            return redirect(request.path)
        except Stale:
            difference, moved = difference_of(kept, places_of(figure_return)), True
            form = AcceptFiguresForm(difference=difference)
    about |= {"difference": difference, "moved": moved}
    return page(request, "training/workbook_difference.html", form, status=409 if moved else None, **about)


def workbook_discard(request: SignedInRequest, figure_return: FigureReturn, desk: Desk, upload: str) -> HttpResponse:
    """Put the file aside; nothing of it was saved."""
    kept = uploaded(figure_return, desk, upload)
    kept.discard(by=request.user, at=timezone.now())
    messages.success(request, f"“{kept.file_name}” was put aside. Nothing of it was saved.")
    return redirect(desk.url("workbook", figure_return))


def workbook_copy(request: SignedInRequest, figure_return: FigureReturn, desk: Desk, upload: str) -> HttpResponse:
    """What was uploaded with what became of every row."""
    accepted = _uploads(figure_return, desk).filter(state=FigureWorkbook.State.ACCEPTED).select_related("uploaded_by")
    kept = get_object_or_404(accepted, reference=upload)
    content = annotated_workbook(kept, by=str(kept.uploaded_by))
    return attachment(content, XLSX, f"figures-{figure_return.reference}-annotated.xlsx")


def _links(figure_return: FigureReturn, desk: Desk, upload: str) -> dict[str, str]:
    """Where the pages of one file lead."""
    links = {name: desk.url(f"workbook-{name}", figure_return, upload=upload) for name in ("copy", "discard")}
    return links | {"workbook": desk.url("workbook", figure_return)}


def _earlier(figure_return: FigureReturn, desk: Desk) -> list[dict[str, Any]]:
    """The last files with their addresses. One query."""
    uploads = _uploads(figure_return, desk).select_related("uploaded_by").newest_first()[:EARLIER]
    return [
        {"upload": each, "url": desk.url("workbook-difference", figure_return, upload=each.reference)}
        for each in uploads
    ]


def _accept(request: SignedInRequest, kept: FigureWorkbook, difference: Difference, form: AcceptFiguresForm) -> int:
    """Save what was looked at, and return how many rows that were. Stale when it is not what is there now."""
    difference.refuse_unless_seen(form.cleaned_data["digest"])
    chosen, at = form.chosen, timezone.now()
    return kept.accept(
        difference.entries(chosen), difference.outcomes(chosen), lines=difference.lines(chosen), by=request.user, at=at
    )  # fmt: skip


def _take_in(request: SignedInRequest, figure_return: FigureReturn, desk: Desk, upload: UploadedFile) -> FigureWorkbook:
    """Read the upload where it lies and keep what it says. Unreadable or Foreign when it cannot be taken."""
    path = Path(upload.temporary_file_path())  # type: ignore[attr-defined]
    with reading(path, LIMITS) as workbook:
        places = places_of(figure_return)
        found = read_figures(workbook(), figure_return, places, on=timezone.localdate())
    return keep_workbook(
        figure_return, rows=found.rows, notes=found.notes, written_at=found.written_at,
        file_name=clean_name(upload.name or "")[:150], sha256=sha256(path.read_bytes()).hexdigest(),
        by_provider=desk.for_provider, by=request.user, at=timezone.now(),
    )  # fmt: skip


def _uploads(figure_return: FigureReturn, desk: Desk) -> Any:
    """The files that this desk's people uploaded; the other desk's are not theirs to read."""
    return figure_return.workbooks.filter(by_provider=desk.for_provider)
