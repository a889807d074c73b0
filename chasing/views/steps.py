"""The reminder steps in force, and putting a commissioner's own in force from a day."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.acting import memberships
from accounts.capabilities import GRANTS, Can, Role
from accounts.door import door
from chasing.forms import StepsForm
from chasing.kinds import kind_or_none
from chasing.ladders_shown import ladders_shown, put_in_force, steps_now
from chasing.sending import commissioners_of
from design.pages import page


@door(Can.SEE_STEPS, methods=("GET",))
def step_list(request: HttpRequest) -> HttpResponse:
    """The steps of each commissioner of the person: now, planned and before."""
    shown = ladders_shown(request.user, on=timezone.localdate())  # type: ignore[arg-type]
    sees = any(Can.SEE_REMINDERS in GRANTS[Role(row.role)] for row in memberships(request))
    return page(request, "chasing/step_list.html", shown=shown, sees_reminders=sees, today=timezone.localdate())


@door(Can.CHANGE_SETTINGS)
def step_edit(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Put other steps in force from a later day; the ones before stay with their dates."""
    whose = get_object_or_404(commissioners_of(request.user, Can.CHANGE_SETTINGS), reference=reference)  # type: ignore[arg-type]
    found = kind_or_none(kind)
    if found is None:
        raise Http404
    today = timezone.localdate()
    steps = steps_now(kind, whose, on=today)
    form = StepsForm(request.POST or None, audiences=found.audiences, steps=steps, today=today)
    if form.is_valid():
        starts = form.cleaned_data["starts"]
        put_in_force(kind, whose, form.cleaned_data["steps"], starts=starts, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, f"These steps hold from {starts:%-d %B %Y}. Those before stay in the list.")
        return redirect("chasing:step-list")
    return page(request, "chasing/step_edit.html", form, whose=whose, kind=found)
