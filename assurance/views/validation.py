"""Validating one strand of one return: the queue, the list, a criterion, the evidence, the rest, sending back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, Stale, door
from assurance.forms.judging import JudgementForm, VerdictForm
from assurance.forms.validation import AssignForm, ConfirmAcceptForm, QueueFilter, SendBackForm
from assurance.models import AnswerEvidence, SelfAssessment, StrandAssignment, StrandReview
from assurance.models.answers import WRITING
from assurance.models.assigning import assign, validators_of
from assurance.models.evidence_verdicts import give_verdict
from assurance.queue import count_days, waiting_for
from assurance.validating import Desk, people_in
from assurance.views import reader
from design.pages import page
from evidence.models import EvidenceItem

EACH_PAGE = 25


@door(Can.VALIDATE, methods=("GET",))
def validation_queue(request: HttpRequest) -> HttpResponse:
    """Returns awaiting validation, oldest first, with filters kept in the address."""
    returns = SelfAssessment.objects.permitted(reader(request), Can.VALIDATE)
    form = QueueFilter(request.GET)
    rows = form.narrow(waiting_for(reader(request), returns), user=reader(request))
    found = Paginator(rows, EACH_PAGE).get_page(request.GET.get("page"))
    count_days(found, on=timezone.localdate())
    return page(request, "assurance/validation_queue.html", filters=form, reviews=found)


@door(Can.VALIDATE, of=SelfAssessment, methods=("GET",))
def validation_strand(request: HttpRequest, assessment: SelfAssessment, strand: str) -> HttpResponse:
    """The list of a strand with the first criterion that waits."""
    return show(request, desk_of(request, assessment, strand))


@door(Can.VALIDATE, of=SelfAssessment)
def validation_criterion(request: HttpRequest, assessment: SelfAssessment, strand: str, ref: str) -> HttpResponse:
    """One criterion beside its evidence: agree, higher, lower or more evidence, then the next one that waits."""
    desk = desk_of(request, assessment, strand, ref)
    if request.method != "POST":
        return show(request, desk)
    refuse_unless_mine(desk)
    form = judgement_form(request, desk, request.POST)
    if not form.is_valid():
        return show(request, desk, form)
    return judge(request, desk, form)


@door(Can.VALIDATE, of=SelfAssessment)
def validation_assign(request: HttpRequest, assessment: SelfAssessment, strand: str) -> HttpResponse:
    """Give the strand to a designated professional, or back to nobody; what was given before is listed."""
    review, on = writable(request, assessment, strand), timezone.localdate()
    form = AssignForm(request.POST or None, people=validators_of(review, on=on), held=review.assigned_to)
    if form.is_valid():
        to = form.cleaned_data["to"]
        assign(review, to, seen=form.cleaned_data["seen"], by=reader(request), at=timezone.now())
        messages.success(request, f"{assessment.organisation}, {strand_words(review)}: now with {to or 'nobody'}.")
        return redirect("assurance:validation-queue")
    history = StrandAssignment.objects.permitted(reader(request), Can.VALIDATE).select_related("to", "by")
    past = history.filter(self_assessment=assessment, strand=strand)
    return page(request, "assurance/validation_assign.html", form, assessment=assessment, review=review, past=past)


def strand_words(review: StrandReview) -> str:
    """The strand inside a sentence."""
    return review.get_strand_display().lower()


@door(Can.VALIDATE, of=SelfAssessment, methods=("POST",))
def validation_begin(request: HttpRequest, assessment: SelfAssessment, strand: str) -> HttpResponse:
    """Begin: the return is under review and the random part of the list is drawn."""
    review = writable(request, assessment, strand)
    review.begin(by=reader(request), at=timezone.now())
    return redirect("assurance:validation-strand", reference=assessment.reference, strand=strand)


@door(Can.VALIDATE, of=SelfAssessment, methods=("POST",))
def validation_evidence(request: HttpRequest, assessment: SelfAssessment, strand: str, use: int) -> HttpResponse:
    """What the version of the evidence that was read shows."""
    review = writable(request, assessment, strand)
    uses = AnswerEvidence.objects.permitted(reader(request), Can.VALIDATE).filter(
        answer__self_assessment=assessment,
        answer__criterion_version__strands__contains=[strand],
        item__in=EvidenceItem.objects.permitted(reader(request), Can.DOWNLOAD_EVIDENCE),
    )
    found = get_object_or_404(uses.select_related("answer__criterion_version"), pk=use)
    form = VerdictForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        give_verdict(review, found, said["verdict"], version=said["version"], by=reader(request), at=timezone.now())
        messages.success(request, f"Saved: {found.get_verdict_display().lower()}.")
    else:
        messages.error(request, "Choose what the evidence shows, then save.")
    return redirect(criterion_url(assessment, strand, found.answer.criterion_version.ref) + "#evidence")


@door(Can.VALIDATE, of=SelfAssessment)
def validation_accept(request: HttpRequest, assessment: SelfAssessment, strand: str) -> HttpResponse:
    """Accept the rest as declared, not reviewed: said once more with its number before it is done."""
    desk = desk_of(request, assessment, strand)
    refuse_unless_mine(desk)
    form = ConfirmAcceptForm(request.POST or None, count=len(desk.rest))
    if form.is_valid():
        n = desk.review.accept_rest(by=reader(request), at=timezone.now())
        messages.success(request, f"{n} accepted as declared. They count as self-assessed, not as reviewed.")
        return redirect("assurance:validation-strand", reference=assessment.reference, strand=strand)
    return page(request, "assurance/validation_accept.html", form, desk=desk, assessment=assessment)


@door(Can.VALIDATE, of=SelfAssessment, methods=("POST",))
def validation_undo_accept(request: HttpRequest, assessment: SelfAssessment, strand: str) -> HttpResponse:
    """Take back what was accepted in this strand; nothing is deleted."""
    n = writable(request, assessment, strand).undo_accept()
    messages.success(request, f"{n} {'is' if n == 1 else 'are'} open again. What was accepted stays in the history.")
    return redirect("assurance:validation-strand", reference=assessment.reference, strand=strand)


@door(Can.VALIDATE, of=SelfAssessment)
def validation_send_back(request: HttpRequest, assessment: SelfAssessment, strand: str) -> HttpResponse:
    """Back to the provider with notes and a new date."""
    desk = desk_of(request, assessment, strand)
    refuse_unless_mine(desk)
    form = SendBackForm(request.POST or None, on=timezone.localdate())
    if form.is_valid():
        found = form.cleaned_data
        desk.review.send_back(notes=found["notes"], due_on=found["due_on"], by=reader(request), at=timezone.now())
        messages.success(request, f"Sent back to {assessment.organisation}. A letter tells them.")
        return redirect("assurance:validation-queue")
    asked = [line for line in desk.lines if line.now is not None and line.now.outcome == "more_evidence"]
    return page(request, "assurance/validation_send_back.html", form, desk=desk, assessment=assessment, asked=asked)


def desk_of(request: HttpRequest, assessment: SelfAssessment, strand: str, ref: str = "") -> Desk:
    """The strand on the reader's desk; 404 without the strand or the criterion, refused while the provider writes."""
    if assessment.state in WRITING:
        raise Refused("The provider is writing in this return again. What it submitted before is on the return's page.")
    desk = Desk.laid(
        assessment, strand, user=reader(request), on=timezone.localdate(), ref=ref,
        everything=request.GET.get("show") == "all",
    )  # fmt: skip
    if desk is None:
        raise Http404
    return desk


def writable(request: HttpRequest, assessment: SelfAssessment, strand: str) -> StrandReview:
    """The strand, if it is the reader's own to write in."""
    mine = StrandReview.objects.permitted(reader(request), Can.VALIDATE).filter(self_assessment=assessment)
    review: StrandReview = get_object_or_404(mine, strand=strand)
    review.self_assessment = assessment
    return review


def refuse_unless_mine(desk: Desk) -> None:
    """Every strand may be read; only one's own may be written in."""
    if not desk.review.mine:
        raise Http404


def judgement_form(request: HttpRequest, desk: Desk, data: Any = None) -> JudgementForm:
    """The form of the criterion in front."""
    assert desk.current is not None  # the caller has a criterion in front
    return JudgementForm(
        data, line=desk.current, grades=desk.grades, people=people_in(desk.review.people),
        action_days=desk.review.action_days, on=timezone.localdate(), action_open=desk.action_here is not None,
    )  # fmt: skip


def judge(request: HttpRequest, desk: Desk, form: JudgementForm) -> HttpResponse:
    """Save, and put the next one in front; with somebody else's judgement in between, show both."""
    found, line = form.cleaned_data, form.line
    try:
        desk.review.judge(
            line.answer, grade=found["grade"], comment=found["comment"], by=reader(request), at=timezone.now(),
            seen=found["seen"], terms=form.terms,
        )  # fmt: skip
    except Stale as problem:
        here = criterion_url(desk.assessment, desk.review.strand, line.ref)
        return show(request, desk, form, status=409, conflict=form.refused_as_stale(problem.theirs, here))
    messages.success(request, f"{line.ref} saved: {found['grade'] or 'more evidence asked for'}.")
    return redirect(next_url(desk, line.ref))


def next_url(desk: Desk, ref: str) -> str:
    """The next criterion that waits, in view; or the strand when nothing does."""
    following = desk.after(ref)
    if following:
        return criterion_url(desk.assessment, desk.review.strand, following) + "#criterion"
    return reverse("assurance:validation-strand", args=[desk.assessment.reference, desk.review.strand])


def criterion_url(assessment: SelfAssessment, strand: str, ref: str) -> str:
    """The address of one criterion on a validator's desk."""
    return reverse("assurance:validation-criterion", args=[assessment.reference, strand, ref])


def show(
    request: HttpRequest, desk: Desk, form: JudgementForm | None = None, *, status: int | None = None, **more: Any
) -> HttpResponse:
    """The page of a strand."""
    if form is None and desk.current is not None and desk.may_write:
        form = judgement_form(request, desk)
    verdicts = [(proof, VerdictForm.of(proof)) for proof in desk.proofs]
    return page(
        request, "assurance/validation_strand.html", form, status=status, desk=desk, assessment=desk.assessment,
        on=timezone.localdate(), proofs=verdicts, **more,
    )  # fmt: skip
