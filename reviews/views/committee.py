"""The committee paper of reviews: for which commissioner and meeting, and its two parts as files."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from accounts.acting import acting_with, held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.downloads import attachment
from design.pages import page
from exports.taking import note_file
from reviews.committee import PARTS, Committee, made
from reviews.forms.committee import CommitteeFilter
from reviews.reading import noted


def _asked(request: SignedInRequest, can: Can) -> tuple[CommitteeFilter, Committee]:
    today = timezone.localdate()
    form = CommitteeFilter(request.GET, ours=acting_with(request, can), on=today)
    commissioner, meeting = form.asked()
    return form, Committee(commissioner, request.user, meeting, today)


@door(Can.COUNT_REVIEWS, methods=("GET",))
def committee(request: SignedInRequest) -> HttpResponse:
    """Choose the commissioner and the meeting; the two parts."""
    form, paper = _asked(request, Can.COUNT_REVIEWS)
    asked = {"for": paper.commissioner.reference, "on": f"{paper.meeting:%Y-%m-%d}"}
    may: Any = {"private": Can.SEE_REVIEW in held_capabilities(request)}
    return page(request, "reviews/committee.html", filter=form, paper=paper, asked=asked, may=may)


@door(Can.COUNT_REVIEWS, methods=("GET",))
def committee_public(request: SignedInRequest) -> HttpResponse:
    """Part 1."""
    return _file(request, Can.COUNT_REVIEWS, 1)


@door(Can.SEE_REVIEW, methods=("GET",))
def committee_private(request: SignedInRequest) -> HttpResponse:
    """Part 2. Of each review of whose plan it says something, a copy is taken away."""
    return _file(request, Can.SEE_REVIEW, 2)


def _file(request: SignedInRequest, can: Can, part: int) -> HttpResponse:
    now = timezone.now()
    _, paper = _asked(request, can)
    content = made(paper, part, at=now, demonstration=settings.PORTAL_DEMONSTRATION)
    if request.method == "GET":
        name = f"reviews-part-{part}"
        note_file(name, PARTS[part], ending="pdf", rows=paper.open, place=paper.commissioner, by=request.user, at=now)
        for review in paper.named if part == 2 else ():
            noted(review, request.user, "The committee paper", at=now, taken_away=True)
    return attachment(content, "application/pdf", f"reviews-part-{part}-{paper.meeting:%Y-%m-%d}.pdf")
