"""Another level in the year than the one that was signed off, with a written reason that the provider reads."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Stale, door
from assurance.forms.results import LevelForm
from assurance.models import LevelResult, SelfAssessment, StrandReview
from assurance.models.deciding import OVERALL, BetterThanWorst, decide_in_year
from assurance.models.exceptions import schemes_of
from assurance.result import level_row
from assurance.views import reader
from design.pages import page


def own_levels(request: HttpRequest, assessment: SelfAssessment) -> set[str]:
    """The strands whose level the reader may judge, and overall with any of them."""
    mine = StrandReview.objects.permitted(reader(request), Can.REOPEN).filter(self_assessment=assessment)
    strands = set(mine.values_list("strand", flat=True))
    return strands | {OVERALL} if strands else strands


@door(Can.REOPEN, of=SelfAssessment)
def result_level(request: HttpRequest, assessment: SelfAssessment, strand: str) -> HttpResponse:
    """The level that holds, what the rules give and why, and the form for another one."""
    held = judged(request, assessment, strand)
    words = schemes_of(assessment)[1]
    form = LevelForm(request.POST or None, held=held, words=words)
    conflict: dict[str, Any] | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            decide_in_year(assessment, strand, form.override, seen=said["seen"], by=reader(request), at=timezone.now())
        except BetterThanWorst as problem:
            form.add_error("level", str(problem))
        except Stale as problem:
            conflict = form.refused_as_stale(problem.theirs, request.path)
        else:
            messages.success(
                request, f"{held.get_strand_display()}: the level is changed. A letter tells the provider."
            )
            return redirect("assurance:result", reference=assessment.reference)
    context = {"assessment": assessment, "row": level_row(held, words), "conflict": conflict}
    return page(request, "assurance/result_level.html", form, status=409 if conflict else None, **context)


def judged(request: HttpRequest, assessment: SelfAssessment, strand: str) -> LevelResult:
    """The level for somebody who may judge it, or 404."""
    if strand not in own_levels(request, assessment):
        raise Http404
    levels = LevelResult.objects.permitted(reader(request), Can.SEE_RESULT).filter(self_assessment=assessment)
    held: LevelResult = get_object_or_404(levels.select_related("decided_by"), strand=strand)
    return held
