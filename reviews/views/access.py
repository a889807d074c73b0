"""Opening a review in an emergency, and who has read reviews."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import get_text_list

from accounts.acting import acting_with
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from reviews.forms.details import EmergencyForm
from reviews.looks import looks
from reviews.models import Review
from reviews.reading import let_in

A_PAGE = 50


@door(Can.OPEN_IN_EMERGENCY)
def emergency(request: SignedInRequest) -> HttpResponse:
    """Open a review that one is not named on, with a reason that its people and the Caldicott Guardian are told."""
    form = EmergencyForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        found = Review.objects.permitted(request.user, Can.OPEN_IN_EMERGENCY).filter(
            reference__iexact=given["reference"].strip()
        )
        if (review := found.first()) is not None:
            let_in(request.user, review, reason=given["reason"], at=timezone.now())
            messages.success(request, "You can read this review until the end of tomorrow. Its people have been told.")
            return redirect("reviews:review-detail", reference=review.reference)
        form.add_error("reference", "No review that you could open has this reference. Check it with the director")
    whose = acting_with(request, Can.OPEN_IN_EMERGENCY)
    return page(request, "reviews/emergency.html", form, whose=get_text_list([one.name for one in whose], "and"))


@door(Can.SEE_REVIEW_READS, methods=("GET",))
def read_log(request: SignedInRequest) -> HttpResponse:
    """Who looked at which review and when; first what stands out."""
    form, found = looks(request.user, request.GET, today=timezone.localdate())
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    return page(request, "reviews/read_log.html", filter=form, given=form.given, rows=rows)
