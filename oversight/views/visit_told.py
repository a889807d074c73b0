"""The same-day route for an immediate concern: who was told, and the letter to the executive lead."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.calendar import LONDON
from design.pages import page
from oversight.models import Visit
from oversight.models.visit_writing import tell_of
from oversight.visiting.letters import draft_of, newest_of, save_draft
from oversight.visiting.writing import LetterForm, ToldForm

TOLD = "oversight/visits/visit_told.html"


@door(Can.DO_VISITS, of=Visit)
def told(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Record who was told, how and when; the time is London's."""
    try:
        finding = visit.findings.filter(key=uuid.UUID(request.GET.get("key", ""))).first()
    except ValueError:
        raise Http404 from None
    if finding is None:
        raise Refused("This line is not saved yet. Go back, wait until it says “Saved”, and record then who was told.")
    now = timezone.localtime(timezone=LONDON)
    form = ToldForm(request.POST or None, initial={"told_on": now.date(), "told_at": f"{now:%H:%M}"})
    form.fields["told_on"].latest = now.date()  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        when = datetime.combine(given["told_on"], given["told_at"], tzinfo=LONDON)
        said = {name: given[name] for name in ("who", "how", "agreed")}
        try:
            tell_of(finding, told_at=min(when, now), by=request.user, at=timezone.now(), **said)
        except Refused as problem:
            form.add_error(None, str(problem))
            return page(request, TOLD, form, status=409, visit=visit, finding=finding)
        messages.success(request, "Recorded who was told. The letter to the executive lead can be written now.")
        return redirect("oversight:visit-letter", reference=visit.reference)
    return page(request, TOLD, form, visit=visit, finding=finding)


@door(Can.DO_VISITS, of=Visit)
def letter(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """A draft from the template, changed and sent by a person."""
    written = newest_of(visit)
    if written is None and not visit.findings.immediate().exists():
        raise Refused("This letter is about an immediate concern, and no line of this visit is judged to be one.")
    if request.POST.get("send") and written is not None:
        written.send(by=request.user, at=timezone.now())
        messages.success(request, "The letter is sent")
        return redirect("oversight:visit-letter", reference=visit.reference)
    form = LetterForm(request.POST or None, letter=written, initial={} if written else draft_of(visit))
    if form.is_valid():
        given = form.cleaned_data
        save_draft(visit, written, given["to_name"], given["text"], by=request.user, at=timezone.now())
        messages.success(request, "The draft is saved. It has not been sent.")
        return redirect("oversight:visit-letter", reference=visit.reference)
    return page(request, "oversight/visits/visit_letter.html", form, visit=visit, letter=written)
