"""Figures returns as both sides see them: the list, one return, its versions and receipts, its dates."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from training import versions
from training.forms.periods import ConfirmForm
from training.forms.returns import ExtendForm, ReceivedForm, WithdrawForm
from training.links import sent_for
from training.models import FigureReturn
from training.models.links import may_go
from training.models.signatures import asked_to_sign
from training.models.submitting import refuse_entry
from training.receipts import receipt_pdf
from training.returned import returns_shown
from training.returns import commissioners_for, help_contact_of, history_of, people_who

EACH_PAGE = 50


@door(Can.SEE_RETURN_STATUS, methods=("GET",))
def return_list(request: SignedInRequest) -> HttpResponse:
    """Figures owed and received, with filters kept in the address."""
    on = timezone.localdate()
    allowed = FigureReturn.objects.permitted(request.user, Can.SEE_RETURN_STATUS)
    form, rows = returns_shown(request, allowed, on=on)
    found = Paginator(rows, EACH_PAGE).get_page(request.GET.get("page"))
    sees = commissioners_for(request.user, Can.SEE_FIGURES, on=on).exists()
    several = sees or len({each.organisation_id for each in found}) > 1
    return page(
        request, "training/return_list.html", filters=form, returns=found, on=on, sees_periods=sees, several=several
    )


@door(Can.SEE_RETURN_STATUS, of=FigureReturn, methods=("GET",))
def return_detail(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """Where it stands, what was submitted, what happened, and what can be done."""
    submissions = list(figure_return.submissions.select_related("submitted_by"))
    rights = figure_return.rights_of(request.user)
    links = sent_for(figure_return, request.user, at=timezone.now())
    sent = [each.link for each in links]
    asked = asked_to_sign(figure_return) if rights["fill"] or rights["submit"] else []
    return page(
        request, "training/return_detail.html", figure_return=figure_return, on=timezone.localdate(), rights=rights,
        submissions=submissions, history=history_of(figure_return, submissions, sent, asked=asked),
        help_contact=help_contact_of(figure_return), lines=figure_return.lines.count(),
        links=links,
        may_go_by_link=rights["run"] and may_go(figure_return),
    )  # fmt: skip


@door(Can.READ_FIGURES, of=FigureReturn, methods=("GET",))
def return_version(request: SignedInRequest, figure_return: FigureReturn, number: int) -> HttpResponse:
    """One version as it was signed, and what it says otherwise than the one before it."""
    submission = get_object_or_404(figure_return.submissions, number=number)
    before = figure_return.submissions.filter(number=number - 1).first()
    changed = versions.differences(before.document, submission.document) if before else []
    may_ask = Can.QUERY_FIGURES in held_capabilities(request) and figure_return.is_received and not figure_return.is_own
    return page(
        request, "training/return_version.html", figure_return=figure_return, submission=submission, before=before,
        changed=changed, lines=versions.shown(submission.document), may_ask=may_ask,
    )  # fmt: skip


@door(Can.READ_FIGURES, of=FigureReturn, methods=("GET",))
def return_receipt(request: SignedInRequest, figure_return: FigureReturn, number: int) -> HttpResponse:
    """The receipt of one version as a PDF."""
    submission = get_object_or_404(figure_return.submissions, number=number)
    paper = receipt_pdf(submission, demonstration=settings.PORTAL_DEMONSTRATION, apart=True)
    response = HttpResponse(paper, content_type="application/pdf")
    name = f"figures-receipt-{figure_return.reference}-{number}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@door(Can.RUN_ROUNDS, of=FigureReturn)
def return_extend(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """Agree a later date; the original stays."""
    on = timezone.localdate()
    people = people_who(Can.RUN_ROUNDS, figure_return.commissioner_id, on=on)
    form = ExtendForm(request.POST or None, figure_return=figure_return, people=people, on=on)
    if form.is_valid():
        found = form.cleaned_data
        told = {"reason": found["reason"], "agreed_by": found["agreed_by"]}
        figure_return.extend(found["due_on"], by=request.user, at=timezone.now(), **told)
        messages.success(request, f"{figure_return.organisation} now has until {figure_return.due_on:%-d %B %Y}.")
        return redirect("training:return-detail", reference=figure_return.reference)
    return page(request, "training/return_extend.html", form, figure_return=figure_return)


@door(Can.RUN_ROUNDS, of=FigureReturn)
def return_withdraw(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """Take the return back with a reason."""
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        figure_return.withdraw(by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(
            request, "Return withdrawn. A letter tells the provider, and it stays in the totals as withdrawn."
        )
        return redirect("training:return-detail", reference=figure_return.reference)
    return page(request, "training/return_withdraw.html", form, figure_return=figure_return)


@door(Can.RECORD_RECEIVED, of=FigureReturn)
def return_receive(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """Begin to enter figures that arrived by e-mail, on paper or by telephone."""
    refuse_entry(figure_return)
    earliest = timezone.localdate(figure_return.issued_at)
    corrects = figure_return.is_received
    form = ReceivedForm(request.POST or None, earliest=earliest, on=timezone.localdate(), corrects=corrects)
    if form.is_valid():
        names = ("channel", "received_from", "received_on", *(["reason"] if corrects else []))
        found = {name: form.cleaned_data[name] for name in names}
        figure_return.begin_entry(by=request.user, at=timezone.now(), **found)
        messages.success(request, "Now type what arrived. It stays marked as entered by you.")
        return redirect("training:return-detail", reference=figure_return.reference)
    return page(request, "training/return_receive.html", form, figure_return=figure_return)


@door(Can.RECORD_RECEIVED, of=FigureReturn)
def return_give_back(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """An entry begun by mistake: the provider writes itself, or what was submitted stands."""
    form = ConfirmForm(request.POST or None, label="Stop entering it")
    if form.is_valid():
        figure_return.give_back(at=timezone.now())
        messages.success(request, f"{figure_return.organisation} writes these figures itself again.")
        return redirect("training:return-detail", reference=figure_return.reference)
    return page(request, "training/return_give_back.html", form, figure_return=figure_return)
