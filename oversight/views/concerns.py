"""Pages of concerns: the list, one concern with how it was weighed, opening, weighing, taking items in, closing."""

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
from oversight.known import concern_forms
from oversight.models import Concern, IntelligenceItem
from providers.record_form import done

A_PAGE = 25


@door(Can.SEE_INTELLIGENCE, methods=("GET",))
def concern_list(request: SignedInRequest) -> HttpResponse:
    """The concerns that this person may know of, the next review first."""
    today = timezone.localdate()
    allowed = Concern.objects.permitted(request.user, Can.SEE_INTELLIGENCE)
    form = concern_forms.ConcernFilter(request.GET)
    rows = page_of(concern_forms.chosen(allowed, form, on=today), request.GET.get("page"), A_PAGE)
    may = Can.WEIGH_CONCERNS in held_capabilities(request)
    return page(request, "oversight/concern_list.html", filter=form, rows=rows, today=today, may=may)


@door(Can.WEIGH_CONCERNS)
def concern_new(request: SignedInRequest) -> HttpResponse:
    """Open a concern from an item and others about the same provider, and weigh it for the first time."""
    allowed = IntelligenceItem.objects.permitted(request.user, Can.WEIGH_CONCERNS)
    reference = request.GET.get("item", "")[:10].replace("\x00", "")
    found = allowed.standing().filter(concern__isnull=True)
    first = found.filter(reference=reference).first()
    if first is None:
        rows = page_of(found.order_by("-received_on", "-pk"), request.GET.get("page"), A_PAGE)
        return page(request, "oversight/concern_from.html", rows=rows)
    request.about = first
    free = concern_forms.free_items(allowed, first)
    form = concern_forms.OpenForm(request.POST or None, first=first, free=free, on=timezone.localdate())
    if done(form, lambda: _open(request, form)):
        messages.success(request, "The concern is open, with its first weighing")
        return redirect("oversight:concern-detail", reference=form.record.reference)
    return page(request, "oversight/concern_form.html", form, status=form.status, about=first, heading="Open a concern")


def _open(request: SignedInRequest, form: concern_forms.OpenForm) -> None:
    given, now = form.cleaned_data, timezone.now()
    concern = Concern.objects.permitted(request.user, Can.WEIGH_CONCERNS).open_from(
        given["items"], title=given["title"], theme=given["theme"], review_on=given["review_on"], by=request.user,
        at=now,
    )  # fmt: skip
    concern.weigh(by=request.user, at=now, on=timezone.localdate(now), expected=concern.version, **form.weighed())
    form.record = concern


@door(Can.SEE_INTELLIGENCE, of=Concern, methods=("GET",))
def concern_detail(request: SignedInRequest, concern: Concern) -> HttpResponse:
    """One concern: its level and trend, every weighing, and the items that the person may know of."""
    items = IntelligenceItem.objects.permitted(request.user, Can.SEE_INTELLIGENCE).filter(concern=concern)
    levels = Concern.objects.permitted(request.user, Can.SEE_INTELLIGENCE).with_levels().get(pk=concern.pk)
    return page(
        request,
        "oversight/concern_detail.html",
        concern=levels,
        items=items.select_related("theme", "source", "reliability").order_by("-received_on", "-pk"),
        weighings=concern.weighings.select_related("vulnerability", "likelihood", "level", "by").order_by("-pk"),
        may=Can.WEIGH_CONCERNS in held_capabilities(request),
        today=timezone.localdate(),
    )


@door(Can.WEIGH_CONCERNS, of=Concern)
def concern_weigh(request: SignedInRequest, concern: Concern) -> HttpResponse:
    """Weigh it again; what was weighed before stays beside it."""
    today = timezone.localdate()
    form = concern_forms.WeighForm(request.POST or None, record=concern, commissioner=concern.commissioner, on=today)

    def weigh() -> None:
        concern.weigh(by=request.user, at=timezone.now(), on=today, expected=form.expected, **form.weighed())

    if done(form, weigh):
        messages.success(request, "Weighed")
        return redirect("oversight:concern-detail", reference=concern.reference)
    return _verb(request, form, concern, "Weigh a concern")


@door(Can.WEIGH_CONCERNS, of=Concern)
def concern_take_in(request: SignedInRequest, concern: Concern) -> HttpResponse:
    """More items for it, of those that the person may know of."""
    allowed = IntelligenceItem.objects.permitted(request.user, Can.WEIGH_CONCERNS)
    free = concern_forms.free_items(allowed, concern)
    if not concern.is_open or not free.exists():
        return page(request, "oversight/concern_nothing.html", concern=concern)
    form = concern_forms.TakeInForm(request.POST or None, record=concern, free=free)

    def take_in() -> None:
        for item in form.cleaned_data["items"]:
            item.join(concern)

    if done(form, take_in):
        messages.success(request, "Taken in")
        return redirect("oversight:concern-detail", reference=concern.reference)
    return _verb(request, form, concern, "Take items into a concern")


@door(Can.WEIGH_CONCERNS, of=Concern)
def concern_close(request: SignedInRequest, concern: Concern) -> HttpResponse:
    """It no longer worries anybody, and what came of it."""
    form = concern_forms.CloseConcernForm(request.POST or None, record=concern)

    def close() -> None:
        outcome = form.cleaned_data["outcome"]
        concern.close(expected=form.expected, by=request.user, at=timezone.now(), outcome=outcome)

    if done(form, close):
        messages.success(request, "The concern is closed")
        return redirect("oversight:concern-detail", reference=concern.reference)
    return _verb(request, form, concern, "Close a concern")


def _verb(request: SignedInRequest, form: Any, concern: Concern, heading: str) -> HttpResponse:
    return page(
        request,
        "oversight/concern_form.html",
        form,
        status=form.status,
        about=concern,
        concern=concern,
        heading=heading,
    )
