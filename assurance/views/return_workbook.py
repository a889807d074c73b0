"""The return by workbook: download it filled in so far, upload it, see what it changes, accept or put it aside."""

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
from assurance.differences import Difference, difference_of
from assurance.forms.workbooks import AcceptWorkbookForm, WorkbookForm
from assurance.models import ReturnWorkbook, SelfAssessment
from assurance.models.questions import Question, bare_questions_of, grades_of, questions_of
from assurance.models.workbooks import keep_workbook
from assurance.returns import help_contact_of
from assurance.spreadsheets import LIMITS, Foreign, annotated_workbook, read_return, return_workbook
from design.downloads import XLSX, attachment
from design.pages import page
from design.workbooks.reading import Unreadable, reading
from evidence.names import clean_name
from evidence.uploads import refused_upload

EARLIER = 10


def workbook(request: SignedInRequest, assessment: SelfAssessment, desk: Any) -> HttpResponse:
    """Download, upload, and what was uploaded before. A file that cannot be read says why beside its box."""
    form = WorkbookForm(request.POST or None, request.FILES or None)
    refused = refused_upload(request) if request.method == "POST" else None
    said, status = (str(refused), refused.status) if refused else ("", None)
    if refused is None and form.is_valid():
        try:
            kept = _take_in(request, assessment, desk, form.cleaned_data["file"])
            return redirect(desk.url("workbook-difference", assessment, upload=kept.reference))
        except Unreadable as problem:
            said, status = str(problem), problem.status
        except Foreign as problem:
            said, status = str(problem), 422
    if said:
        form.say_of_the_file(said)
    return page(
        request, "assurance/return_workbook.html", form, status=status, assessment=assessment, desk=desk,
        earlier=_uploads(assessment, desk).select_related("uploaded_by").newest_first()[:EARLIER],
        help_contact=help_contact_of(assessment),
    )  # fmt: skip


def workbook_file(request: SignedInRequest, assessment: SelfAssessment, desk: Any) -> HttpResponse:
    """The workbook with everything that is answered so far."""
    content = return_workbook(
        assessment, questions_of(assessment, grades_of(assessment)), by=request.user.name, at=timezone.now(),
        contact=help_contact_of(assessment), demonstration=settings.PORTAL_DEMONSTRATION,
    )  # fmt: skip
    return attachment(content, XLSX, f"return-{assessment.reference}.xlsx")


def workbook_difference(request: SignedInRequest, assessment: SelfAssessment, desk: Any, upload: str) -> HttpResponse:
    """What the workbook changes, row by row, and the button that saves it. Afterwards: what became of it."""
    kept = get_object_or_404(_uploads(assessment, desk).select_related("uploaded_by", "decided_by"), reference=upload)
    kept.self_assessment = assessment
    if kept.state != ReturnWorkbook.State.READ:
        return page(request, "assurance/return_workbook_done.html", assessment=assessment, desk=desk, workbook=kept)
    difference, moved = difference_of(kept, _questions(assessment)), False
    form = AcceptWorkbookForm(request.POST or None, difference=difference)
    if form.is_valid():
        try:
            saved = _accept(request, kept, difference, form)
            messages.success(request, f"{saved} answer{'' if saved == 1 else 's'} saved from the workbook.")
            return redirect(request.path)
        except Stale:
            difference, moved = difference_of(kept, _questions(assessment)), True
            form = AcceptWorkbookForm(difference=difference)
    return page(
        request, "assurance/return_workbook_difference.html", form, status=409 if moved else None, desk=desk,
        assessment=assessment, workbook=kept, difference=difference, moved=moved,
    )  # fmt: skip


def workbook_discard(request: SignedInRequest, assessment: SelfAssessment, desk: Any, upload: str) -> HttpResponse:
    """Put the workbook aside; nothing of it was saved."""
    kept = get_object_or_404(_uploads(assessment, desk), reference=upload)
    kept.discard(by=request.user, at=timezone.now())
    messages.success(request, f"“{kept.file_name}” was put aside. Nothing of it was saved.")
    return redirect(desk.url("workbook", assessment))


def workbook_copy(request: SignedInRequest, assessment: SelfAssessment, desk: Any, upload: str) -> HttpResponse:
    """What was uploaded with what became of every row."""
    accepted = _uploads(assessment, desk).filter(state=ReturnWorkbook.State.ACCEPTED).select_related("uploaded_by")
    kept = get_object_or_404(accepted, reference=upload)
    content = annotated_workbook(kept, by=str(kept.uploaded_by))
    return attachment(content, XLSX, f"return-{assessment.reference}-annotated.xlsx")


def _accept(request: SignedInRequest, kept: ReturnWorkbook, difference: Difference, form: AcceptWorkbookForm) -> int:
    """Save what was looked at, and return how many answers that were. Stale when it is not what is there now."""
    difference.refuse_unless_seen(form.cleaned_data["digest"])
    chosen, at = form.chosen, timezone.now()
    return kept.accept(difference.entries(chosen), difference.outcomes(chosen), by=request.user, at=at)


def _take_in(request: SignedInRequest, assessment: SelfAssessment, desk: Any, upload: UploadedFile) -> ReturnWorkbook:
    """Read the upload where it lies and keep what it says. Unreadable or Foreign when it cannot be taken."""
    path = Path(upload.temporary_file_path())  # type: ignore[attr-defined]
    with reading(path, LIMITS) as workbook:
        questions = _questions(assessment)
        found = read_return(workbook(), assessment, questions)
    return keep_workbook(
        assessment, rows=found.rows, notes=found.notes, written_at=found.written_at,
        file_name=clean_name(upload.name or "")[:150], sha256=sha256(path.read_bytes()).hexdigest(),
        by_provider=desk.for_provider, by=request.user, at=timezone.now(),
    )  # fmt: skip


def _uploads(assessment: SelfAssessment, desk: Any) -> Any:
    """The workbooks of this return that this desk's people uploaded; the other desk's are not theirs to read."""
    return assessment.workbooks.filter(by_provider=desk.for_provider)


def _questions(assessment: SelfAssessment) -> list[Question]:
    return bare_questions_of(assessment, grades_of(assessment))
