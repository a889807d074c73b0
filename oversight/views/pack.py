"""The visit pack: choosing what the visit looks at, and the paper to take along."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.downloads import attachment
from design.pages import page
from exports.taking import note_file
from oversight.models import Visit
from oversight.pack.candidates import Criteria
from oversight.pack.forms import LinesForm
from oversight.pack.paper import Pack, made


@door(Can.DO_VISITS, of=Visit)
def visit_lines(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Choose the lines of enquiry; what has a reason is proposed."""
    criteria = Criteria(visit, request.user, timezone.localdate())
    form = LinesForm(request.POST or None, visit=visit, criteria=criteria)
    status = 409 if request.method == "POST" and not visit.is_planned else None
    if form.is_valid():
        if form.save():
            messages.success(request, f"{len(form.lines)} lines are on the visit. Take the pack along.")
            return redirect("oversight:visit", reference=visit.reference)
        status = 409
    return page(request, "oversight/visit_lines.html", form, status=status, visit=visit, criteria=criteria)


@door(Can.SEE_VISIT_WORK, of=Visit, methods=("GET",))
def visit_pack(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The pack as a PDF, as far as the reader may see. Noted in the log of what was taken out."""
    pack, now = Pack(visit, request.user, timezone.localdate()), timezone.now()
    content = made(pack, at=now, demonstration=settings.PORTAL_DEMONSTRATION)
    if request.method == "GET":
        note_file(
            "visit-pack", f"Visit pack {visit.reference}", ending="pdf", rows=len(pack.lines),
            place=visit.commissioner, by=request.user, at=now,
        )  # fmt: skip
    return attachment(content, "application/pdf", f"visit-pack-{visit.reference}.pdf")
