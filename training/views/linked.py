"""Figures written by link: no account, one column, the same boxes and verbs as the signed-in page.

The address with the secret only hands over a cookie and leads on, so the secret stands in no page, no referrer and no
log. Whoever comes without a link that opens something now is told what everybody is told of an address that does not
exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import pghistory
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door, once
from accounts.throttle import too_many
from accounts.tokens import hashed
from chasing.letters import doors_around
from design.pages import page
from privacy.middleware import by_holder
from training import links
from training.forms.returns import LinkSignForm, WholeForm
from training.models import FigureLink, IllegalMove
from training.models.links import writable
from training.models.submitting import DECLARATION, Incomplete, answer_all_with
from training.models.writing import StaleFigures
from training.receipts import receipt_pdf
from training.returns import help_contact_of
from training.sheet import sheet_of
from training.views.signing import checked, empty_names
from training.views.writing import form_sent, keep, saved, written

View = Callable[..., HttpResponse]


def url(name: str, link: FigureLink) -> str:
    """The address of one of the link's pages."""
    return reverse(f"training:link-{name}", args=[link.reference])


@door(Can.BY_LINK, methods=("GET",))
def link_open(request: HttpRequest, token: str) -> HttpResponse:
    """Follow a link: the browser gets the cookie of its pages. May be followed again and again; nothing is used up."""
    if throttled := too_many(request, "return_link", key=hashed(token)):
        return throttled
    link = links.find(token, at=timezone.now())
    if link is None:
        return not_there(request)
    response = redirect(url("start", link))
    links.hand_over(response, link)
    response["Referrer-Policy"] = "no-referrer"
    return response


def not_there(request: HttpRequest) -> HttpResponse:
    """Guessed, expired, taken back, of another return: nothing is said. Too many of them are throttled."""
    if throttled := too_many(request, "return_link_wrong"):
        return throttled
    raise Http404


def by_link(view: View, *, writes: bool = True, methods: tuple[str, ...] = ("GET", "POST")) -> View:
    """The view for whoever holds the link, which it is handed.

    Where something is written and the return can no longer be, a look leads to the first page and a save is refused.
    """

    @wraps(view)
    def held(request: HttpRequest, reference: str) -> HttpResponse:
        at = timezone.now()
        link = links.held(request, reference, at=at)
        if link is None:
            return not_there(request)
        if writes and request.method != "POST" and not writable(link.figure_return):
            return redirect(url("start", link))
        by_holder(link.bearer, link)
        if request.method != "POST":
            response = view(request, link)
        elif throttled := too_many(request, "return_link_save", key=link.reference):
            return throttled
        else:
            with pghistory.context(user=link.bearer_id):
                response = once(request, link.bearer, lambda: _written(request, view, link))
            if response.status_code < 400:
                link.used(at=at)
        links.hand_over(response, link)
        return response

    return door(Can.BY_LINK, methods=methods)(held)


def _written(request: HttpRequest, view: View, link: FigureLink) -> HttpResponse:
    if not writable(link.figure_return):
        state = link.figure_return.get_state_display()
        raise IllegalMove(f"These figures are “{state}”, so they can no longer be changed.")
    return view(request, link)


def around(link: FigureLink) -> dict[str, Any]:
    """What every page of a link says: which figures, whom to ring, where to go with a worry. Two queries."""
    return {
        "link": link, "figure_return": link.figure_return, "help_contact": help_contact_of(link.figure_return),
        "front_door": doors_around(link.commissioner_id),
    }  # fmt: skip


def start(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """What is asked and whom to ring; once submitted, that it arrived, with the receipt."""
    link.opened(at=timezone.now())
    owed = link.figure_return
    if not writable(owed):
        submission = owed.submissions.first()
        return page(request, "training/link_received.html", submission=submission, **around(link))
    return page(request, "training/link_start.html", lines=owed.lines.count(), **around(link))


def write(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """Every part with its own form. What is sent is saved, or shown again with what is wrong."""
    sheet = sheet_of(link.figure_return)
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
        request, "training/link_write.html", form or context["parts"][0].form, status=status,
        save_url=url("save", link), **context, **around(link),
    )  # fmt: skip


def save(request: HttpRequest, link: FigureLink) -> HttpResponse:
    """One part saving itself: 200 with new versions and questions, 422 with what is wrong, 409 theirs and yours."""
    form = form_sent(request, sheet_of(link.figure_return))
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
