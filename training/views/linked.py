"""Figures written by link: no account, one column, the same boxes and verbs as the signed-in page.

Who is let in, and what everybody else is told, is in ``chasing.views.by_link``.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.capabilities import Can
from chasing.letters import doors_around
from chasing.models.signed_links import writable
from chasing.views.by_link import Behind
from design.pages import page
from training.forms.links import AskForPartForm
from training.forms.returns import LinkSignForm, WholeForm
from training.links import SECRETS, sheet_behind, url
from training.models import FigureLink, FigureReturn
from training.models.links import ask_by_link
from training.models.submitting import DECLARATION, Incomplete, answer_all_with
from training.models.writing import StaleFigures
from training.receipts import receipt_pdf
from training.returns import help_contact_of
from training.sheet import sheet_of
from training.views.signing import checked, empty_names
from training.views.writing import form_sent, keep, saved, written

by_link = Behind(SECRETS, "These figures are “{state}”, so they can no longer be changed.")
link_open = by_link.opening()


def around(link: FigureLink) -> dict[str, Any]:
    """What every page of a link says: which figures, whom to ring, where to go with a worry. Two queries."""
    return {
        "link": link, "figure_return": link.figure_return, "help_contact": help_contact_of(link.figure_return),
        "front_door": doors_around(link.commissioner_id), "on": timezone.localdate(),
    }  # fmt: skip


def start(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """What is asked and whom to ring; once submitted, that it arrived, with the receipt."""
    at, owed = timezone.now(), link.figure_return
    link.opened(at=at)
    if not link.is_whole:
        return redirect(url("write", link))
    if not writable(owed):
        submission = owed.submissions.first()
        return page(request, "training/link_received.html", submission=submission, **around(link))
    asked = list(link.asked.standing().filter(expires_at__gt=at))
    names = {each.code: each.heading for each in sheet_of(owed).sections} if asked else {}
    return page(
        request, "training/link_start.html", lines=owed.lines.count(), account=_has_account(request, owed),
        colleagues=[(each, names.get(each.part, each.part)) for each in asked], **around(link),
    )  # fmt: skip


def _has_account(request: HttpRequest, owed: FigureReturn) -> bool:
    """Is somebody signed in who could go on with these figures as themself?"""
    if not request.user.is_authenticated:
        return False
    return FigureReturn.objects.permitted(request.user, Can.FILL_FIGURES).filter(pk=owed.pk).exists()


def write(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """Every part with its own form. What is sent is saved, or shown again with what is wrong."""
    sheet = sheet_behind(link)
    form = form_sent(request, sheet)
    if form is not None and form.is_valid():
        try:
            keep(link.figure_return, form, by=link.bearer, at=timezone.now())
        except StaleFigures as problem:
            form.show_conflict(problem, request.path)
        else:
            return redirect(f"{request.path}#part-{form.section.code}")
    status = 409 if form is not None and form.conflict else None
    context = written(sheet, form)
    return page(
        request, "training/link_write.html", form or context["first"], status=status,
        save_url=url("save", link), **context, **around(link),
    )  # fmt: skip


def save(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """One part saving itself: 200 with new versions and questions, 422 with what is wrong, 409 theirs and yours."""
    form = form_sent(request, sheet_behind(link))
    assert form is not None
    if not form.is_valid():
        return JsonResponse(form.refusal, status=422)
    at = timezone.now()
    try:
        keep(link.figure_return, form, by=link.bearer, at=at)
    except StaleFigures as problem:
        form.show_conflict(problem, url("write", link))
        return render(request, "components/theirs_yours.html", {"conflict": form.conflict}, status=409)
    return JsonResponse(saved(link.figure_return, form.section.code, at=at))


def whole(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """Nothing to declare, or does not apply, for every line that has no figures yet."""
    form = WholeForm(request.POST or None)
    if form.is_valid():
        found = form.cleaned_data
        answer_all_with(link.figure_return, found["answer"], found["reason"], by=link.bearer, at=timezone.now())
        return redirect(url("sign", link))
    return page(request, "training/link_whole.html", form, empty=empty_names(link.figure_return), **around(link))


def sign(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """Check, sign with name and role, and submit. The registered addresses get the receipt, whoever signed."""
    on = timezone.localdate()
    form = LinkSignForm(request.POST or None, on=on, earliest=on)
    if form.is_valid():
        try:
            link.figure_return.submit(form.signature, by=link.bearer, at=timezone.now(), link=link)
        except Incomplete as problem:
            form.add_error(None, f"{problem}: see below.")
        else:
            return redirect(url("start", link))
    return page(
        request, "training/link_sign.html", form, declaration=DECLARATION, **checked(link.figure_return), **around(link)
    )


def receipt(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """The receipt of what was sent through this link, as a PDF."""
    submission = get_object_or_404(link.figure_return.submissions.filter(link=link)[:1])
    paper = receipt_pdf(submission, demonstration=settings.PORTAL_DEMONSTRATION, apart=True)
    response = HttpResponse(paper, content_type="application/pdf")
    name = f"figures-receipt-{link.figure_return.reference}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def ask(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """Send a colleague a link of their own to one part."""
    parts = [(each.code, each.heading) for each in sheet_of(link.figure_return).sections]
    form = AskForPartForm(request.POST or None, parts=parts)
    if form.is_valid():
        found = form.cleaned_data
        ask_by_link(link, found["part"], name=found["name"], email=found["email"], at=timezone.now())
        messages.success(request, f"{found['name']} gets a mail with a link to this part.")
        return redirect(url("start", link))
    return page(request, "training/link_ask.html", form, **around(link))


def take_back(request: HttpRequest, link: FigureLink, asked: str) -> HttpResponse:
    """The colleague's link stops working; what they wrote stays."""
    found = get_object_or_404(link.asked.all(), reference=asked)
    found.take_back(by=link.bearer, at=timezone.now())
    messages.success(request, f"The link of {found.name} no longer works. What they wrote stays.")
    return redirect(url("start", link))
