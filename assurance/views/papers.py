"""The result as a PDF: asked for, made in the background with its progress shown, downloaded."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from assurance.models import LevelResult, ResultPaper, SelfAssessment
from assurance.models.papers import ask_for_paper
from assurance.tasks import nudge
from design.pages import page


@door(Can.SEE_RESULT)
def result_paper(request: SignedInRequest, reference: str) -> HttpResponse:
    """How far the PDF is; the button asks for it, or for a new one."""
    assessment = with_result(request, reference)
    if request.method == "POST":
        paper = ask_for_paper(assessment, by=request.user, at=timezone.now())
        transaction.on_commit(lambda: nudge(paper), robust=True)
        return redirect("assurance:result-paper", reference=reference)
    return page(request, "assurance/result_paper.html", assessment=assessment, paper=own(request, assessment))


@door(Can.SEE_RESULT, methods=("GET",))
def result_file(request: SignedInRequest, reference: str) -> HttpResponse:
    """The PDF that was made for the reader; without one, the page that makes it."""
    assessment = with_result(request, reference)
    paper = own(request, assessment)
    if paper is None or paper.state != ResultPaper.State.BUILT:
        return redirect("assurance:result-paper", reference=reference)
    response = HttpResponse(bytes(paper.content or b""), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="result-{reference}.pdf"'
    return response


def with_result(request: SignedInRequest, reference: str) -> SelfAssessment:
    """The return whose result the reader may see, or 404."""
    levels = LevelResult.objects.permitted(request.user, Can.SEE_RESULT).filter(self_assessment__reference=reference)
    found = levels.select_related("self_assessment__round", "self_assessment__organisation").first()
    if found is None:
        raise Http404
    assessment: SelfAssessment = found.self_assessment
    request.about = assessment
    return assessment


def own(request: SignedInRequest, assessment: SelfAssessment) -> ResultPaper | None:
    """The reader's own paper of this result, if they asked for one. Its bytes are read when somebody asks for them."""
    papers = ResultPaper.objects.permitted(request.user, Can.SEE_RESULT).filter(self_assessment=assessment)
    found: ResultPaper | None = papers.defer("content").first()
    return found
