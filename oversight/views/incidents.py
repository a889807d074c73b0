"""Pages of serious incidents: the provider reports and corrects, the commissioner looks, and counts by theme."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.counting import page_of
from design.pages import page
from oversight.known import incident_forms, incident_list
from oversight.known.changes import changes
from oversight.known.letters import alert
from oversight.models import SeriousIncident
from providers.record_form import WithdrawForm, done

A_PAGE = 25
TOLD = ("number", "happened_on", "reported_on", "category", "site", "strand", "looked_at")


@door(Can.SEE_INCIDENTS, methods=("GET",))
def incident_list_page(request: SignedInRequest) -> HttpResponse:
    """The incidents of one's own organisation, or of the commissioner's providers."""
    today = timezone.localdate()
    allowed = SeriousIncident.objects.permitted(request.user, Can.SEE_INCIDENTS)
    form, found = incident_list.shown(request, allowed, on=today)
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    held = held_capabilities(request)
    unread = allowed.unread().count()
    reports, looks = Can.REPORT_INCIDENT in held, Can.RECORD_INDICATORS in held
    shown: dict[str, Any] = {
        "filter": form,
        "rows": rows,
        "today": today,
        "unread": unread,
        "reports": reports,
        "looks": looks,
    }
    return page(request, "oversight/incident_list.html", **shown)


@door(Can.SEE_INCIDENTS, methods=("GET",))
def incident_themes(request: SignedInRequest) -> HttpResponse:
    """How many by category and by provider in each financial year; every count leads to its list."""
    today = timezone.localdate()
    allowed = SeriousIncident.objects.permitted(request.user, Can.SEE_INCIDENTS)
    return page(request, "oversight/incident_themes.html", **incident_list.themes(allowed, on=today), today=today)


@door(Can.REPORT_INCIDENT)
def incident_new(request: SignedInRequest) -> HttpResponse:
    """The provider reports: the designated team is told the same day."""
    form = incident_forms.IncidentForm(request.POST or None, user=request.user, on=timezone.localdate())
    if done(form, lambda: _report(request, form)):
        messages.success(request, "Reported. The designated team has been told.")
        return redirect("oversight:incident-detail", reference=form.record.reference)
    return page(request, "oversight/incident_new.html", form, status=form.status)


def _report(request: SignedInRequest, form: incident_forms.IncidentForm) -> None:
    now = timezone.now()
    try:
        form.record = SeriousIncident.objects.permitted(request.user, Can.REPORT_INCIDENT).create(
            commissioner=form.leads[form.about.pk], organisation=form.about, told_by=request.user, told_at=now,
            **form.values(),
        )  # fmt: skip
    except IntegrityError as problem:
        raise Refused(incident_forms.ALREADY) from problem
    alert(form.record, at=now)


@door(Can.SEE_INCIDENTS, of=SeriousIncident, methods=("GET",))
def incident_detail(request: SignedInRequest, incident: SeriousIncident) -> HttpResponse:
    """One incident, who looked at it when, and every change of it."""
    own = SeriousIncident.objects.permitted(request.user, Can.REPORT_INCIDENT).filter(pk=incident.pk).exists()
    looks = Can.RECORD_INDICATORS in held_capabilities(request) and not own
    rule = incident_list.rule_for(incident, on=timezone.localdate())
    return page(
        request,
        "oversight/incident_detail.html",
        incident=incident,
        own=own,
        look=incident_forms.LookForm(record=incident) if looks and not incident.looked_at else None,
        until=incident.correctable_until(rule),
        now=timezone.now(),
        changes=changes(incident, TOLD),
    )


@door(Can.RECORD_INDICATORS, of=SeriousIncident, methods=("POST",))
def incident_look(request: SignedInRequest, incident: SeriousIncident) -> HttpResponse:
    """Somebody of the commissioner says that they have looked at it."""
    form = incident_forms.LookForm(request.POST, record=incident)
    form.is_valid()
    incident.look(expected=form.expected, by=request.user, at=timezone.now())
    messages.success(request, "Noted: you have looked at it.")
    return redirect("oversight:incident-detail", reference=incident.reference)


@door(Can.REPORT_INCIDENT, of=SeriousIncident)
def incident_correct(request: SignedInRequest, incident: SeriousIncident) -> HttpResponse:
    """The provider puts its report right while it may; the commissioner looks again."""
    today = timezone.localdate()
    form = incident_forms.CorrectIncidentForm(request.POST or None, record=incident, user=request.user, on=today)
    rule = incident_list.rule_for(incident, on=today)

    def correct() -> None:
        told: dict[str, Any] = {"expected": form.expected, "by": request.user, "at": timezone.now()}
        try:
            incident.put_right(rule, reason=form.cleaned_data["reason"], **told, **form.values())
        except IntegrityError as problem:
            raise Refused(incident_forms.ALREADY) from problem

    if done(form, correct):
        messages.success(request, "Corrected. What stood before is in the history.")
        return redirect("oversight:incident-detail", reference=incident.reference)
    shown: dict[str, Any] = {"incident": incident, "heading": "Correct a report"}
    return page(request, "oversight/incident_verb.html", form, status=form.status, **shown)


@door(Can.REPORT_INCIDENT, of=SeriousIncident)
def incident_withdraw(request: SignedInRequest, incident: SeriousIncident) -> HttpResponse:
    """The provider takes its report back, with the reason."""
    form = WithdrawForm(request.POST or None, record=incident)

    def withdraw() -> None:
        reason = form.cleaned_data["reason"]
        incident.withdraw(expected=form.expected, by=request.user, at=timezone.now(), reason=reason)

    if done(form, withdraw):
        messages.success(request, "Withdrawn. It counts no more and can still be read.")
        return redirect("oversight:incident-detail", reference=incident.reference)
    shown: dict[str, Any] = {"incident": incident, "heading": "Withdraw a report"}
    return page(request, "oversight/incident_verb.html", form, status=form.status, **shown)
