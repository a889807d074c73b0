"""Positions on national inquiries: the table for the commissioner, asking, and the provider's own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import get_text_list

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from providers.record_form import done
from reviews.forms.positions import AskPositionForm, PositionForm
from reviews.models import Position, Review
from reviews.positions import PositionTable, said_before
from reviews.reading import noted, noted_each

A_PAGE = 50


@door(Can.SEE_REVIEW, of=Review, methods=("GET",))
def position_table(request: SignedInRequest, review: Review) -> HttpResponse:
    """Every provider that was asked, and where it stands on each recommendation."""
    noted(review, request.user, "Positions of providers", at=timezone.now())
    asks = Review.objects.permitted(request.user, Can.GIVE_REVIEW_ACTIONS).filter(pk=review.pk, closed_at=None)
    return page(
        request, "reviews/position_table.html", review=review, table=PositionTable(review), may_ask=asks.exists()
    )


@door(Can.GIVE_REVIEW_ACTIONS, of=Review)
def position_ask(request: SignedInRequest, review: Review) -> HttpResponse:
    """Ask providers for their position on every recommendation."""
    now = timezone.now()
    form = AskPositionForm(request.POST or None, review=review, on=timezone.localdate(now))

    def ask() -> None:
        allowed = Position.objects.permitted(request.user, Can.GIVE_REVIEW_ACTIONS)
        nobody = allowed.ask(review, form.chosen(), by=request.user, at=now)
        if nobody:
            names = get_text_list([each.name for each in nobody], "and")
            messages.warning(request, f"Nobody signs in as safeguarding lead at {names}: ring them.")

    if done(form, ask):
        messages.success(request, "They are asked. Until they answer, the table says that no position is stated.")
        return redirect("reviews:position-table", reference=review.reference)
    noted(review, request.user, "Positions of providers", at=now)
    heading = "Ask providers for their position"
    return page(request, "reviews/review_form.html", form, status=form.status, review=review, heading=heading)


@door(Can.STATE_POSITION, methods=("GET",))
def position_list(request: SignedInRequest) -> HttpResponse:
    """What the person's organisation was asked, what waits first; only for who is named for it."""
    allowed = Position.objects.permitted(request.user, Can.STATE_POSITION).holding()
    rows = page_of(allowed.order_by("position", "-as_at", "pk"), request.GET.get("page"), A_PAGE)
    noted_each({row.recommendation.review for row in rows}, request.user, "Own positions", at=timezone.now())
    return page(request, "reviews/position_list.html", rows=rows)


@door(Can.STATE_POSITION, of=Position, by="pk")
def position_state(request: SignedInRequest, position: Position) -> HttpResponse:
    """Where the organisation stands on one recommendation, and what it said before."""
    now = timezone.now()
    form = PositionForm(request.POST or None, today=timezone.localdate(now))
    given = form.cleaned_data if form.is_valid() else {}
    if done(form, lambda: position.state(**{name: given[name] for name in NAMES}, by=request.user, at=now)):
        messages.success(request, "The position is stated")
        return redirect("reviews:position-list")
    noted(position.recommendation.review, request.user, "Own positions", at=now)
    shown = said_before(position)
    return page(request, "reviews/position_state.html", form, status=form.status, position=position, said=shown)


NAMES = ("position", "statement", "as_at")
