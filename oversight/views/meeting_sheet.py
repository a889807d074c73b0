"""The contract meeting sheet as a file."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.downloads import attachment
from oversight.meeting_sheet import sheet_of, sheet_pdf
from providers.models import Organisation


@door(Can.SEE_OVERVIEW, of=Organisation, methods=("GET",))
def meeting_sheet(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """One side of A4, made on the spot; nothing of it is kept."""
    at, on = timezone.now(), timezone.localdate()
    finals_only = Can.SEE_VISIT_WORK not in held_capabilities(request)
    sheet = sheet_of(organisation, request.user, on=on, finals_only=finals_only)
    content = sheet_pdf(sheet, at=at, by=request.user.name, demonstration=settings.PORTAL_DEMONSTRATION)
    return attachment(content, "application/pdf", f"meeting-sheet-{slugify(organisation.name)[:60]}-{on}.pdf")
