"""Pages of soft intelligence: the list, one item, recording, correcting, withdrawing and closing it."""

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
from oversight.known import intelligence_forms, intelligence_list
from oversight.known.changes import changes
from oversight.models import IntelligenceItem
from providers.models import Organisation
from providers.record_form import WithdrawForm, done

A_PAGE = 25
TOLD = (
    "received_on", "source", "source_detail", "theme", "reliability", "site", "summary", "action_taken", "sensitivity",
    "outcome",
)  # fmt: skip


@door(Can.SEE_INTELLIGENCE, methods=("GET",))
def intelligence_list_page(request: SignedInRequest) -> HttpResponse:
    """The items that this person may know of."""
    allowed = IntelligenceItem.objects.permitted(request.user, Can.SEE_INTELLIGENCE)
    form, found = intelligence_list.shown(request, allowed, on=timezone.localdate())
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    may = Can.RECORD_INTELLIGENCE in held_capabilities(request)
    return page(request, "oversight/intelligence_list.html", filter=form, rows=rows, may=may)


@door(Can.RECORD_INTELLIGENCE)
def intelligence_new(request: SignedInRequest) -> HttpResponse:
    """Record one item."""
    providers = Organisation.objects.permitted(request.user, Can.RECORD_INTELLIGENCE).filter(kind="provider")
    reference = request.GET.get("organisation", "")[:10].replace("\x00", "")
    about = providers.filter(reference=reference).first()
    if about is None:
        offered = providers.order_by("name").only("name", "reference")
        return page(request, "oversight/intelligence_whom.html", organisations=offered)
    request.about, form = about, _form(request, about)

    def record() -> None:
        now = timezone.now()
        form.record = IntelligenceItem.objects.permitted(request.user, Can.RECORD_INTELLIGENCE).create(
            commissioner=form.whose, organisation=form.about, recorded_by=request.user, recorded_at=now,
            **form.values(at=now),
        )  # fmt: skip

    if done(form, record):
        messages.success(request, "Saved")
        return redirect("oversight:intelligence-detail", reference=form.record.reference)
    shown: dict[str, Any] = {"about": about, "heading": "Record what was heard"}
    return page(request, "oversight/intelligence_form.html", form, status=form.status, **shown)


def _form(request: SignedInRequest, about: Organisation) -> intelligence_forms.ItemForm:
    today = timezone.localdate()
    ours = Organisation.objects.permitted(request.user, Can.RECORD_INTELLIGENCE)
    ours = ours.acted_for(request.user, Can.RECORD_INTELLIGENCE, on=today)
    return intelligence_forms.ItemForm(request.POST or None, user=request.user, on=today, ours=ours, about=about)


@door(Can.SEE_INTELLIGENCE, of=IntelligenceItem, methods=("GET",))
def intelligence_detail(request: SignedInRequest, item: IntelligenceItem) -> HttpResponse:
    """One item, who may know of it, the concern it belongs to, and every change of it."""
    held = held_capabilities(request)
    # A concern is for the same people as its items: whoever reads the one may know of the other.
    return page(
        request,
        "oversight/intelligence_detail.html",
        item=item,
        state=intelligence_list.state_of(item),
        concern=item.concern,
        people=item.circle.members.not_over(on=timezone.localdate()).select_related("user") if item.circle else (),
        changes=changes(item, TOLD),
        may=Can.RECORD_INTELLIGENCE in held,
        weighs=Can.WEIGH_CONCERNS in held,
    )


@door(Can.RECORD_INTELLIGENCE, of=IntelligenceItem)
def intelligence_correct(request: SignedInRequest, item: IntelligenceItem) -> HttpResponse:
    """Put an item right, or change who may know of it; what stood before stays in its history."""
    today, now = timezone.localdate(), timezone.now()
    ours = Organisation.objects.none()
    form = intelligence_forms.CorrectItemForm(request.POST or None, record=item, user=request.user, on=today, ours=ours)

    def correct() -> None:
        item.put_right(
            form.values(at=now), expected=form.expected, by=request.user, at=now, reason=form.cleaned_data["reason"]
        )

    if done(form, correct):
        messages.success(request, "Corrected. What stood before is in the history.")
        return redirect("oversight:intelligence-detail", reference=item.reference)
    return _verb(request, form, item, "Correct an item")


@door(Can.RECORD_INTELLIGENCE, of=IntelligenceItem)
def intelligence_withdraw(request: SignedInRequest, item: IntelligenceItem) -> HttpResponse:
    """Take an item out of every count, with the reason."""
    form = WithdrawForm(request.POST or None, record=item)

    def withdraw() -> None:
        reason = form.cleaned_data["reason"]
        item.withdraw(expected=form.expected, by=request.user, at=timezone.now(), reason=reason)

    if done(form, withdraw):
        messages.success(request, "Withdrawn. It counts no more and can still be read.")
        return redirect("oversight:intelligence-detail", reference=item.reference)
    return _verb(request, form, item, "Withdraw an item")


@door(Can.RECORD_INTELLIGENCE, of=IntelligenceItem)
def intelligence_close(request: SignedInRequest, item: IntelligenceItem) -> HttpResponse:
    """Nothing more is to be done about it."""
    form = intelligence_forms.CloseItemForm(request.POST or None, record=item)

    def close() -> None:
        outcome = form.cleaned_data["outcome"]
        item.close(expected=form.expected, by=request.user, at=timezone.now(), outcome=outcome)

    if done(form, close):
        messages.success(request, "Closed")
        return redirect("oversight:intelligence-detail", reference=item.reference)
    return _verb(request, form, item, "Close an item")


def _verb(request: SignedInRequest, form: Any, item: IntelligenceItem, heading: str) -> HttpResponse:
    return page(
        request,
        "oversight/intelligence_form.html",
        form,
        status=form.status,
        item=item,
        about=item.organisation,
        heading=heading,
    )
