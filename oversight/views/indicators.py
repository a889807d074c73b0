"""Pages of other indicators: complaints, infections and the like, each value with its source and date."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from oversight.known import incident_forms, incident_list
from oversight.models import Indicator
from providers.models import Organisation
from providers.record_form import done

A_PAGE = 25


@door(Can.SEE_OVERVIEW, methods=("GET",))
def indicator_list(request: SignedInRequest) -> HttpResponse:
    """The values that stand, the latest first."""
    allowed = Indicator.objects.permitted(request.user, Can.SEE_OVERVIEW)
    form, found = incident_list.indicators_shown(request, allowed)
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    may = Can.RECORD_INDICATORS in held_capabilities(request)
    return page(request, "oversight/indicator_list.html", filter=form, rows=rows, may=may)


@door(Can.RECORD_INDICATORS)
def indicator_new(request: SignedInRequest) -> HttpResponse:
    """Enter one value with its source and date."""
    about = request.GET.get("organisation", "")[:10]
    form = incident_forms.IndicatorForm(request.POST or None, initial={"organisation": about}, **_of(request))

    def enter() -> None:
        given = form.cleaned_data
        Indicator.objects.permitted(request.user, Can.RECORD_INDICATORS).create(
            commissioner=given.get("commissioner") or form.only, organisation=given["organisation"],
            kind=given["kind"], entered_by=request.user, entered_at=timezone.now(), **form.values(),
        )  # fmt: skip

    if done(form, enter):
        messages.success(request, "The value is saved")
        return redirect("oversight:indicator-list")
    return page(request, "oversight/indicator_form.html", form, status=form.status, heading="Enter a value")


@door(Can.SEE_OVERVIEW, of=Indicator, methods=("GET",))
def indicator_detail(request: SignedInRequest, value: Indicator) -> HttpResponse:
    """Every value that this provider's indicator ever had, those that were replaced among them."""
    allowed = Indicator.objects.permitted(request.user, Can.SEE_OVERVIEW)
    same = allowed.of(value.organisation_id).filter(commissioner=value.commissioner_id, kind__code=value.kind.code)
    found = same.select_related("kind", "entered_by", "replaces", "replaced_by").order_by("-on", "-pk")
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    may = Can.RECORD_INDICATORS in held_capabilities(request)
    return page(request, "oversight/indicator_detail.html", value=value, rows=rows, may=may)


@door(Can.RECORD_INDICATORS, of=Indicator)
def indicator_correct(request: SignedInRequest, value: Indicator) -> HttpResponse:
    """Another value in its place; both stay in the history."""
    form = incident_forms.CorrectIndicatorForm(request.POST or None, replaces=value, **_of(request))

    def correct() -> None:
        reason = form.cleaned_data["reason"]
        value.replace(form.values(), because=reason, by=request.user, at=timezone.now())

    if done(form, correct):
        messages.success(request, "Corrected. The value before stays in the history.")
        return redirect("oversight:indicator-detail", reference=value.reference)
    shown = {"heading": "Correct a value", "value": value}
    return page(request, "oversight/indicator_form.html", form, status=form.status, **shown)


def _of(request: SignedInRequest) -> dict[str, Any]:
    today = timezone.localdate()
    ours = Organisation.objects.permitted(request.user, Can.RECORD_INDICATORS)
    ours = ours.acted_for(request.user, Can.RECORD_INDICATORS, on=today)
    return {"user": request.user, "on": today, "ours": ours}
