"""Signing a strand off: the level with its reasons, a judgement over it, and what the letter will say."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from assurance.forms.results import OVERALL, SignOffForm
from assurance.models import SelfAssessment, StrandReview
from assurance.models.deciding import BetterThanWorst
from assurance.queue import count_days, waiting_for
from assurance.signing_off import Preview, letter_preview, preview_of, with_last
from assurance.views import reader
from design.pages import page

EACH_PAGE = 25


@door(Can.SIGN_OFF, methods=("GET",))
def sign_off_list(request: HttpRequest) -> HttpResponse:
    """Strands that somebody has begun and nobody has signed off, oldest first."""
    returns = SelfAssessment.objects.permitted(reader(request), Can.SIGN_OFF)
    rows = waiting_for(reader(request), returns, Can.SIGN_OFF).filter(mine=True, begun_at__isnull=False)
    found = Paginator(rows, EACH_PAGE).get_page(request.GET.get("page"))
    count_days(found, on=timezone.localdate())
    return page(request, "assurance/validation_sign_off_list.html", reviews=found)


@door(Can.SIGN_OFF, of=SelfAssessment)
def validation_sign_off(request: HttpRequest, assessment: SelfAssessment, strand: str) -> HttpResponse:
    """Sign a strand off; with the last one the return is validated and the provider is told."""
    mine = StrandReview.objects.permitted(reader(request), Can.SIGN_OFF).filter(self_assessment=assessment)
    review = get_object_or_404(with_last(mine).select_related("begun_by", "signed_off_by"), strand=strand)
    preview = preview_of(assessment, review, on=timezone.localdate())
    form = SignOffForm(request.POST or None, computed=preview.computed, words=preview.words)
    if form.is_valid() and (done := sign(request, preview, form)):
        return done
    letter = letter_preview(assessment) if preview.overall else None
    judges = StrandReview.objects.permitted(reader(request), Can.VALIDATE).filter(pk=review.pk).exists()
    context: dict[str, Any] = {"assessment": assessment, "preview": preview, "letter": letter, "judges": judges}
    return page(request, "assurance/validation_sign_off.html", form, **context)


def sign(request: HttpRequest, preview: Preview, form: SignOffForm) -> HttpResponse | None:
    """Sign, and go where it led; None when the overall level does not fit the strands."""
    review, assessment = preview.review, preview.review.self_assessment
    overall = form.override(OVERALL) if preview.overall else None
    try:
        level = form.override(review.strand)
        last = review.sign_off(by=reader(request), at=timezone.now(), level=level, overall=overall)
    except BetterThanWorst as problem:
        form.add_error(OVERALL, str(problem))
        return None
    about = review.get_strand_display()
    if last:
        messages.success(
            request, f"{about} signed off. {assessment.organisation} is validated, and a letter tells them."
        )
        return redirect("assurance:result", reference=assessment.reference)
    messages.success(request, f"{about} signed off. The other strands are still open.")
    return redirect("assurance:validation-sign-offs")
