"""A return filled in by link: no account, one column, the same questions and verbs as the signed-in form.

Who is let in, and what everybody else is told, is in ``chasing.views.by_link``.
"""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from assurance.by_link import around, overview_for, questions_for, standards_for
from assurance.forms.links import LinkSignForm
from assurance.forms.returns import StandardForm
from assurance.links import SECRETS, url
from assurance.models import ReturnLink
from assurance.models.asks import asked_of
from assurance.models.links import ask_by_link
from assurance.models.questions import Question, grades_of
from assurance.models.recording import StaleAnswers
from assurance.models.submitting import DECLARATION, Unanswered
from assurance.receipts import receipt_pdf
from assurance.views.return_form import counted, place
from chasing.link_forms import AskByLinkForm
from chasing.models.signed_links import writable
from chasing.views.by_link import Behind
from design.pages import page

by_link = Behind(SECRETS, "This return is “{state}”, so it can no longer be changed.")
link_open = by_link.opening()


def start(request: HttpRequest, link: ReturnLink) -> HttpResponse:
    """What is asked, how far it is, and whom to ring; once submitted, that it arrived, with the receipt."""
    link.opened(at=timezone.now())
    if link.standard is not None:
        return redirect(url("standard", link, number=link.standard.number))
    if not writable(link.self_assessment):
        submission = link.self_assessment.submissions.first()
        return page(request, "assurance/link_received.html", submission=submission, **around(link))
    asked = link.asked.standing().filter(expires_at__gt=timezone.now()).select_related("standard")
    return page(
        request, "assurance/link_start.html", asked=asked_of(link.self_assessment), colleagues=list(asked),
        **overview_for(link), **around(link),
    )  # fmt: skip


def standard(request: HttpRequest, link: ReturnLink, number: int) -> HttpResponse:
    """The questions of one standard. Every button saves; "Save and go on" also asks that what was begun is complete."""
    questions = questions_for(link, standard=number)
    if not questions:
        raise Http404
    go = request.POST.get("go", "next")
    form = StandardForm(request.POST or None, questions=questions, strict=go == "next")
    if form.is_valid():
        try:
            link.self_assessment.record_answers(form.entries(), by=link.bearer, at=timezone.now())
        except StaleAnswers as problem:
            form.show_conflicts(problem, request.path, names=False)
        else:
            return redirect(_after(go, link, number))
    form.show_asked(asked_of(link.self_assessment))
    return page(
        request, "assurance/link_standard.html", form, status=409 if form.conflicts else None,
        done=request.GET.get("saved") == "yes" and not any(question.missing for question in questions),
        **place(standards_for(link), number), **around(link),
    )  # fmt: skip


def save(request: HttpRequest, link: ReturnLink, answer: int) -> HttpResponse:
    """One question saves itself: 200 with the time and version, 409 with theirs and yours, 422 with what is wrong."""
    question = one_question(link, answer)
    form = StandardForm(request.POST, questions=[question])
    if not form.is_valid():
        return JsonResponse(form.refusal, status=422)
    at = timezone.now()
    try:
        saved = link.self_assessment.record_answers(form.entries(), by=link.bearer, at=at)
    except StaleAnswers as problem:
        form.show_conflicts(problem, url("standard", link, number=question.criterion.standard.number), names=False)
        return render(request, "components/theirs_yours.html", {"conflict": form.conflicts[answer]}, status=409)
    return JsonResponse({"saved_at": f"{timezone.localtime(at):%H:%M}", "version": question.answer.version + saved})


def check(request: HttpRequest, link: ReturnLink) -> HttpResponse:
    """Everything on one page before it is signed, with what is missing linked."""
    found = counted(grades_of(link.self_assessment), questions_for(link))
    return page(request, "assurance/link_check.html", **found, **around(link))


def sign(request: HttpRequest, link: ReturnLink) -> HttpResponse:
    """Sign with name and role, and submit. The registered addresses get the receipt, whoever signed."""
    assessment, on = link.self_assessment, timezone.localdate()
    form = LinkSignForm(request.POST or None, on=on, earliest=on)
    if form.is_valid():
        try:
            assessment.submit(form.signature, by=link.bearer, at=timezone.now(), link=link)
        except Unanswered as problem:
            form.add_error(None, f"{problem}. “Check your answers” lists them.")
        else:
            return redirect(url("start", link))
    return page(request, "assurance/link_sign.html", form, declaration=DECLARATION, **around(link))


def receipt(request: HttpRequest, link: ReturnLink) -> HttpResponse:
    """The receipt of what was sent through this link, as a PDF."""
    submission = get_object_or_404(link.self_assessment.submissions.filter(link=link)[:1])
    paper = receipt_pdf(submission, demonstration=settings.PORTAL_DEMONSTRATION, apart=True)
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{link.self_assessment.reference}.pdf"'
    return response


def ask(request: HttpRequest, link: ReturnLink, number: int) -> HttpResponse:
    """Send a colleague a link of their own to one standard."""
    questions = questions_for(link, standard=number)
    if not questions:
        raise Http404
    chosen = questions[0].criterion.standard
    form = AskByLinkForm(request.POST or None)
    if form.is_valid():
        found = form.cleaned_data
        ask_by_link(link, chosen, name=found["name"], email=found["email"], at=timezone.now())
        messages.success(request, f"{found['name']} gets a mail with a link to this standard.")
        return redirect(url("standard", link, number=number))
    return page(request, "assurance/link_ask.html", form, standard=chosen, **around(link))


def take_back(request: HttpRequest, link: ReturnLink, asked: str) -> HttpResponse:
    """The colleague's link stops working; what they wrote stays."""
    found = get_object_or_404(link.asked.all(), reference=asked)
    found.take_back(by=link.bearer, at=timezone.now())
    messages.success(request, f"The link of {found.name} no longer works. What they wrote stays.")
    return redirect(url("start", link))


def one_question(link: ReturnLink, answer: int) -> Question:
    """A question that the link reaches, or 404."""
    found = questions_for(link, answer=answer)
    if not found:
        raise Http404
    return found[0]


def _after(go: str, link: ReturnLink, number: int) -> str:
    """Where a saved page leads, by the button that was pressed."""
    kind, _, answer = go.partition("-")
    if kind == "evidence" and answer.isdigit():
        return url("evidence", link, answer=int(answer))
    if go == "ask" and link.standard_id is None:
        return url("ask", link, number=number)
    later = [each.number for each in standards_for(link) if each.number > number]
    if go == "stay" or (go == "next" and link.standard_id is not None):
        return f"{url('standard', link, number=number)}{'?saved=yes' if go == 'next' else ''}"
    if go == "leave":
        return url("start", link)
    return url("standard", link, number=later[0]) if later else url("check", link)
