"""Checking, signing and submitting figures, marking a whole return, and correcting what was submitted.

The provider's people and the commissioner's, each at their own desk (``training.views.writing``).
"""

from collections.abc import Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from training import versions
from training.desks import Desk, View, at_desk
from training.forms.periods import ConfirmForm
from training.forms.returns import CorrectForm, SignForm, WholeForm
from training.models import Cell, FigureReturn, IllegalMove
from training.models.documents import document_of, grouping_of
from training.models.missing import missing_of
from training.models.signatures import ask_executive
from training.models.submitting import DECLARATION, Incomplete, answer_all_with, empty_lines
from training.sheet import Row, sheet_of


def signing_at(desk: Desk, view: View) -> View:
    """The view behind the door of whoever signs at this desk."""

    @wraps(view)
    def seated(request: SignedInRequest, figure_return: FigureReturn, **more: Any) -> HttpResponse:
        return view(request, figure_return, desk, **more)

    return door(Can.SUBMIT_FIGURES if desk.for_provider else desk.can, of=FigureReturn)(seated)


def check(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """Everything on one page before it is signed, what is missing and what is odd first."""
    may_sign = not desk.for_provider or Can.SUBMIT_FIGURES in held_capabilities(request)
    return page(
        request, "training/check.html", figure_return=figure_return, desk=desk, may_sign=may_sign,
        **checked(figure_return),
    )  # fmt: skip


def sign(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """Who answers for the figures, and the declaration; then they are submitted."""
    desk.refuse(figure_return)
    earliest, on = timezone.localdate(figure_return.issued_at), timezone.localdate()
    may_write = not desk.for_provider or Can.FILL_FIGURES in held_capabilities(request)
    # Who may sign and not write signs for themself.
    themself = {} if may_write else {"name": request.user.name, "role": request.user.job_title}
    form = SignForm(request.POST or None, on=on, earliest=earliest, initial=themself)
    if form.is_valid():
        try:
            figure_return.submit(form.signature, by=request.user, at=timezone.now())
        except Incomplete as problem:
            form.add_error(None, f"{problem}: see below.")
        else:
            messages.success(
                request, "Figures submitted. The receipt is on this page, and a copy is on its way by mail."
            )
            return redirect("training:return-detail", reference=figure_return.reference)
    return page(
        request, "training/sign.html", form, figure_return=figure_return, desk=desk, declaration=DECLARATION,
        may_write=may_write, **checked(figure_return),
    )  # fmt: skip


def ask_to_sign(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """Write to the provider's executive that the figures are ready to be signed."""
    asked = ask_executive(figure_return, by=request.user, at=timezone.now())
    if not asked.names:
        signs = Can.SUBMIT_FIGURES in held_capabilities(request)
        instead = "Record who signed instead." if signs else "Your safeguarding lead can sign instead."
        messages.warning(request, f"Nobody has the role “executive signatory” yet. {instead}")
    elif asked.again:
        messages.info(request, f"{asked.names} got a letter today already. You can ask again tomorrow.")
    else:
        messages.success(request, f"{asked.names} will get a mail with a link to sign.")
    return redirect(desk.url("check", figure_return))


def checked(figure_return: FigureReturn) -> dict[str, Any]:
    """The lines as they would be submitted, what is missing, and what is asked and not explained."""
    rows = sorted(sheet_of(figure_return).rows, key=lambda row: row.asked.position)
    lines, names = [row.asked for row in rows], names_on(rows, figure_return.grouping)
    missing = missing_of(lines)
    stops = {each.asked.code for each in missing}
    questions = [(row, each) for row in rows for each in row.questions]
    odd = [(row, each) for row, each in questions if not each.explained and each.line not in stops]
    staff = figure_return.grouping
    return {
        "lines": versions.shown(document_of(figure_return, lines, names)), "odd": odd,
        "missing": [(each, names.get((grouping_of(each.asked, "group", staff), each.group))) for each in missing],
        "explained": sum(bool(each.explained) for _, each in questions),
        "some_empty": not all(row.is_begun for row in rows),
    }  # fmt: skip


def names_on(rows: Iterable[Row], staff: str) -> dict[tuple[str, str], str]:
    """What the groups and reasons of the lines are called, by grouping and code."""
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        for kind, groups in ((Cell.Kind.GROUP, row.groups), (Cell.Kind.REASON, row.reasons)):
            found |= {(grouping_of(row.asked, kind, staff), code): name for code, name in groups}
    return found


def whole(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """Nothing to declare, or does not apply, for every line that has no figures yet."""
    form = WholeForm(request.POST or None)
    if form.is_valid():
        found = form.cleaned_data
        n = answer_all_with(figure_return, found["answer"], found["reason"], by=request.user, at=timezone.now())
        messages.success(request, f"{n} line{'' if n == 1 else 's'} marked. Check them before you sign.")
        return redirect(desk.url("check", figure_return))
    empty = empty_names(figure_return)
    return page(request, "training/whole.html", form, figure_return=figure_return, desk=desk, empty=empty)


def empty_names(figure_return: FigureReturn) -> list[str]:
    """The lines in which nothing has been written, by name. One query."""
    return list(empty_lines(figure_return).order_by("position", "pk").values_list("line__name", flat=True))


def correct(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """Open submitted figures again, with the reason."""
    if not desk.for_provider and not figure_return.is_own:
        raise IllegalMove("The provider corrects its figures itself. Enter a correction that you received instead.")
    form = CorrectForm(request.POST or None)
    if form.is_valid():
        figure_return.begin_correction(form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(request, "You can correct the figures now. What was submitted is read until you submit again.")
        return redirect(desk.url("write", figure_return))
    return page(request, "training/correct.html", form, figure_return=figure_return)


def give_up(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """What was submitted stands, and what was written since is dropped."""
    desk.refuse(figure_return)
    form = ConfirmForm(request.POST or None, label="Give up this correction", ends=True)
    if form.is_valid():
        figure_return.give_up_correction(at=timezone.now())
        messages.success(request, "The correction is given up. What was submitted stands.")
        return redirect("training:return-detail", reference=figure_return.reference)
    return page(request, "training/give_up.html", form, figure_return=figure_return)


def routes(desk: Desk) -> list[URLPattern]:
    """The desk's addresses."""
    base = f"figures/returns/<str:reference>/{'write' if desk.for_provider else 'enter'}/"
    table = [
        ("check", at_desk(desk, check, methods=("GET",))),
        ("whole", at_desk(desk, whole)),
        ("sign", signing_at(desk, sign)),
        ("correct", signing_at(desk, correct)),
        ("give-up", signing_at(desk, give_up)),
    ]
    if desk.for_provider:
        table.append(("ask-to-sign", at_desk(desk, ask_to_sign, methods=("POST",))))
    return [path(f"{base}{name}/", view, name=f"{desk.prefix}-{name}") for name, view in table]
