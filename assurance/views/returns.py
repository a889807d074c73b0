"""Returns as both sides see them: the list, one return, its answers, receipt, dates; never a draft's content."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from assurance import together
from assurance.forms.returns import ReceivedForm
from assurance.forms.rounds import ConfirmForm, ExtendForm, GiveBackForm, WithdrawForm
from assurance.links import sent_for
from assurance.listings import returns_shown
from assurance.models import SelfAssessment, Submission
from assurance.models.assessments import IllegalMove
from assurance.models.giving_back import give_back
from assurance.models.links import may_go
from assurance.models.punctuality import moves, on_time
from assurance.models.submitting import begin_entry, correct
from assurance.receipts import receipt_pdf
from assurance.returns import changes_of, commissioners_for, history_of, overview_of, people_who
from design.pages import page

EACH_PAGE = 50


@door(Can.SEE_RETURN_STATUS, methods=("GET",))
def assessment_list(request: SignedInRequest) -> HttpResponse:
    """Returns owed and received, with filters kept in the address."""
    on = timezone.localdate()
    allowed = SelfAssessment.objects.permitted(request.user, Can.SEE_RETURN_STATUS)
    form, rows = returns_shown(request, allowed, on=on)
    found = Paginator(rows, EACH_PAGE).get_page(request.GET.get("page"))
    issues = commissioners_for(request.user, Can.RUN_ROUNDS, on=on).exists()
    kept = [(name, value) for name, value in request.GET.items() if name in form.fields and value]
    return page(
        request, "assurance/return_list.html", filters=form, returns=found, on=on, may_run_rounds=issues, kept=kept,
        things=together.offered(request),
    )  # fmt: skip


@door(Can.SEE_RETURN_STATUS, of=SelfAssessment, methods=("GET",))
def assessment_detail(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """One return: for the provider what is left to do, for the commissioner how it stands."""
    on = timezone.localdate()
    rights = assessment.rights_of(request.user)
    context = overview_of(assessment) if rights["fill"] and assessment.is_editable else {}
    submissions, changes = list(assessment.submissions.select_related("submitted_by")), changes_of(assessment)
    links = sent_for(assessment, request.user, at=timezone.now())
    return page(
        request, "assurance/return_detail.html", assessment=assessment, on=on, rights=rights,
        history=history_of(assessment, submissions, changes, [each.link for each in links]),
        on_time=on_time(assessment, moves(changes)),
        submissions=submissions, links=links,
        may_go_by_link=rights["run"] and may_go(assessment), **context,
    )  # fmt: skip


@door(Can.READ_ASSESSMENT, of=SelfAssessment, methods=("GET",))
def return_answers(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """What was submitted, read only, from the document that was signed."""
    submission = assessment.submissions.first()
    if submission is None:
        raise Http404
    return page(request, "assurance/return_answers.html", assessment=assessment, submission=submission)


@door(Can.READ_ASSESSMENT, of=SelfAssessment, methods=("GET",))
def return_receipt(request: SignedInRequest, assessment: SelfAssessment, number: int) -> HttpResponse:
    """The receipt of one submission as a PDF."""
    submission = get_object_or_404(assessment.submissions, number=number)
    response = HttpResponse(
        receipt_pdf(submission, demonstration=settings.PORTAL_DEMONSTRATION, apart=True), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="receipt-{assessment.reference}-{number}.pdf"'
    return response


@door(Can.RUN_ROUNDS, of=SelfAssessment)
def return_extend(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """Agree a later date; the original stays."""
    on = timezone.localdate()
    people = people_who(Can.RUN_ROUNDS, assessment.commissioner_id, on=on)
    form = ExtendForm(request.POST or None, assessment=assessment, people=people, on=on)
    if form.is_valid():
        found = form.cleaned_data
        assessment.extend(
            found["due_on"],
            by=request.user,
            at=timezone.now(),
            reason=found["reason"],
            agreed_by=found["agreed_by"],
            seen=found["seen"],
        )
        messages.success(request, f"{assessment.organisation} now has until {assessment.due_on:%-d %B %Y}.")
        return redirect("assurance:assessment-detail", reference=assessment.reference)
    return page(request, "assurance/return_extend.html", form, assessment=assessment)


@door(Can.RUN_ROUNDS, of=SelfAssessment)
def return_withdraw(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """Take the return back with a reason."""
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        assessment.withdraw(by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(
            request, "Return withdrawn. A letter tells the provider, and it stays in the totals as withdrawn."
        )
        return redirect("assurance:assessment-detail", reference=assessment.reference)
    return page(request, "assurance/return_withdraw.html", form, assessment=assessment)


@door(Can.RECORD_RECEIVED, of=SelfAssessment)
def return_receive(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """Begin to enter a return that arrived by e-mail, on paper or by telephone."""
    on = timezone.localdate()
    form = ReceivedForm(request.POST or None, earliest=timezone.localdate(assessment.issued_at), on=on)
    if form.is_valid():
        found = {name: form.cleaned_data[name] for name in ("channel", "received_from", "received_on")}
        begin_entry(assessment, by=request.user, at=timezone.now(), **found)
        return redirect("assurance:entry-tasks", reference=assessment.reference)
    return page(request, "assurance/return_receive.html", form, assessment=assessment)


@door(Can.RECORD_RECEIVED, of=SelfAssessment)
def return_give_back(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """An entry begun by mistake: the provider answers the return itself."""
    if not assessment.entering:
        raise IllegalMove("Nobody is entering this return for the provider. Look at it again.")
    form = GiveBackForm(request.POST or None)
    if form.is_valid():
        give_back(assessment, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(request, f"Given back: {assessment.organisation} answers this return itself.")
        return redirect("assurance:assessment-detail", reference=assessment.reference)
    return page(request, "assurance/return_give_back.html", form, assessment=assessment)


@door(Can.SUBMIT_ASSESSMENT, of=SelfAssessment)
def return_correct(request: SignedInRequest, assessment: SelfAssessment) -> HttpResponse:
    """The provider reopens what its commissioner typed for it."""
    form = ConfirmForm(request.POST or None, label="Open it to correct it")
    if form.is_valid():
        correct(assessment, on=timezone.localdate())
        messages.success(request, "You can correct the answers now. Submit it again when it is right.")
        return redirect("assurance:assessment-detail", reference=assessment.reference)
    submission: Submission | None = assessment.submissions.first()
    return page(request, "assurance/return_correct.html", form, assessment=assessment, submission=submission)
