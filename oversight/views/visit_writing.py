"""Writing a visit up: one page, on which every line and part saves itself, and closing it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, Stale, door
from design.pages import page
from oversight.models import Visit
from oversight.models.visit_writing import close_write_up, missing_before_done, remove_line, save_line, save_part
from oversight.visiting.conflicts import rows_of_line, rows_of_part
from oversight.visiting.lines import criteria_for, place_of, sites_of
from oversight.visiting.page import write_up_of
from oversight.visiting.writing import DoneForm, LineForm, RemoveLineForm, form_of

Form = Any


@door(Can.DO_VISITS, of=Visit, methods=("GET",))
def write_up(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Every line with room to write, for a phone and a desk."""
    if visit.state in (Visit.State.CANCELLED, Visit.State.FINAL):
        raise Refused(f"This visit is “{visit.get_state_display()}”, so what was written no longer changes.")
    shown = write_up_of(visit, today=timezone.localdate())
    return page(request, "oversight/visits/write_up.html", visit=visit, shown=shown)


@door(Can.DO_VISITS, of=Visit, methods=("POST",))
def line_save(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """One line saving itself: 200 with the new version, 422 with what is wrong, 409 with theirs and yours."""
    try:
        key = uuid.UUID(request.GET.get("key", ""))
    except ValueError:
        raise Http404 from None
    form = LineForm(request.POST, criteria=criteria_for(visit), sites=sites_of(visit))

    def save() -> Any:
        seen = form.cleaned_data["version"] or 0
        place = 0 if seen else place_of(visit, key)
        return save_line(visit, key, form.given, seen=seen, place=place, by=request.user, at=timezone.now())

    return _saved(request, visit, form, save, rows_of_line)


@door(Can.DO_VISITS, of=Visit)
def line_remove(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Take out a line that was added on the spot; its words are shown once more before."""
    try:
        key = uuid.UUID(request.GET.get("key", ""))
    except ValueError:
        raise Http404 from None
    line = visit.findings.filter(key=key).first()
    form = RemoveLineForm(request.POST or None, line=line)
    if form.is_valid():
        remove_line(visit, key, seen=form.cleaned_data["seen"], by=request.user)
        messages.success(request, "The line is removed")
        return redirect("oversight:visit-write-up", reference=visit.reference)
    if line is None:
        raise Refused("There is no such line any more. Look at the write-up as it stands.")
    return page(request, "oversight/visits/line_remove.html", form, visit=visit, line=line)


@door(Can.DO_VISITS, of=Visit, methods=("POST",))
def part_save(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """One part saving itself, with the same answers."""
    part = request.GET.get("of", "")
    kind = form_of(part)
    if kind is None:
        raise Http404
    form = kind(request.POST)

    def save() -> Any:
        seen = form.cleaned_data["version"] or 0
        return save_part(visit, part, form.given, seen=seen, by=request.user, at=timezone.now())

    return _saved(request, visit, form, save, rows_of_part)


def _saved(request: SignedInRequest, visit: Visit, form: Form, save: Any, rows: Any) -> HttpResponse:
    back = reverse("oversight:visit-write-up", kwargs={"reference": visit.reference})
    by_script = request.headers.get("X-Requested-With") == "fetch"
    if not form.is_valid():
        if by_script:
            return JsonResponse(form.refusal, status=422)
        return page(request, "oversight/visits/line_wrong.html", form, visit=visit, back=back)
    try:
        saved = save()
    except Stale as problem:
        conflict = {
            "by": problem.theirs.saved_by, "at": problem.theirs.saved_at, "version": problem.theirs.version,
            "url": back, "rows": rows(form, problem.theirs, problem.yours),
        }  # fmt: skip
        name = "components/theirs_yours.html" if by_script else "oversight/visits/line_conflict.html"
        return render(request, name, {"conflict": conflict, "visit": visit}, status=409)
    if by_script:
        return JsonResponse({"saved_at": f"{timezone.localtime(saved.saved_at):%H:%M}", "version": saved.version})
    messages.success(request, "Saved")
    return redirect(back)


@door(Can.DO_VISITS, of=Visit)
def visit_done(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Close the write-up: the visit counts from now on."""
    today = timezone.localdate()
    form = DoneForm(request.POST or None, visit=visit, today=today)
    if form.is_valid():
        given = form.cleaned_data
        days = {"started_on": given["started_on"], "ended_on": given["ended_on"]}
        try:
            close_write_up(form.as_seen(), **days, by=request.user, at=timezone.now(), today=today)
        except Refused as problem:
            form.refuse(problem)
        else:
            messages.success(request, "The write-up is closed. The report is next.")
            return redirect("oversight:visit", reference=visit.reference)
    missing = missing_before_done(visit) if visit.is_planned else []
    return page(request, "oversight/visits/visit_done.html", form, status=form.status, visit=visit, missing=missing)
