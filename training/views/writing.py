"""Writing figures: a grid like a spreadsheet that saves itself part by part, and a plain form without scripts.

Two desks write: the provider's own people, and the commissioner's for figures that arrived another way and for its
own staff. Both use the same page; a desk refuses when it is the other one's turn.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone

from accounts.door import SignedInRequest
from design.pages import page
from training.desks import Desk, at_desk
from training.forms.grids import part_of, words_of
from training.forms.shown import shown_now
from training.forms.writing import SectionForm
from training.models import FigureReturn, IllegalMove
from training.models.writing import StaleFigures, explain, record
from training.sheet import Sheet, sheet_of


def write(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """Every part of the return with its own form. What is sent is saved, or shown again with what is wrong."""
    sheet = sheet_of(figure_return)
    form = form_sent(request, sheet)
    if form is not None and form.is_valid():
        try:
            keep(figure_return, form, by=request.user, at=timezone.now())
        except StaleFigures as problem:
            form.show_conflict(problem, request.path)
        else:
            return redirect(f"{request.path}#part-{form.section.code}")
    status = 409 if form is not None and form.conflict else None
    context = written(sheet, form)
    return page(
        request, "training/write.html", form or context["first"], status=status, desk=desk,
        figure_return=figure_return, save_url=desk.url("save", figure_return), **context,
    )  # fmt: skip


def save(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """One part saving itself: 200 with versions and questions, 422 with what is wrong, 409 with theirs and yours."""
    form = form_sent(request, sheet_of(figure_return))
    assert form is not None
    if not form.is_valid():
        return JsonResponse(form.refusal, status=422)
    at = timezone.now()
    try:
        keep(figure_return, form, by=request.user, at=at)
    except StaleFigures as problem:
        form.show_conflict(problem, desk.url("write", figure_return))
        return render(request, "components/theirs_yours.html", {"conflict": form.conflict}, status=409)
    return JsonResponse(saved(figure_return, form.section.code, at=at))


def saved(figure_return: FigureReturn, part: str, *, at: datetime) -> dict[str, Any]:
    """What the page needs after a part was saved: the hidden fields, and the questions as they are asked now."""
    section = sheet_of(figure_return).section(part)
    assert section is not None
    fresh = SectionForm(section=section, on=timezone.localdate(at))
    questions = {
        str(row.asked.pk): render_to_string("training/_questions.html", {"words": words_of(fresh, row)})
        for row in section.rows
    }
    return {"saved_at": f"{timezone.localtime(at):%H:%M}", "fields": shown_now(section), "questions": questions}


@transaction.atomic
def keep(figure_return: FigureReturn, form: SectionForm, *, by: Any, at: datetime) -> None:
    """Boxes, words and explanations of one part, together or not at all."""
    record(figure_return, **form.entries(), by=by, at=at)
    explain(figure_return, form.explanations(), by=by, at=at)


def written(sheet: Sheet, form: SectionForm | None) -> dict[str, Any]:
    """The parts ready to be drawn; the one that was sent keeps what was typed."""
    sent, on = form.section.code if form is not None else "", timezone.localdate()
    forms = [
        form if form is not None and each.code == sent else SectionForm(section=each, on=on) for each in sheet.sections
    ]
    return {"parts": [part_of(each) for each in forms], "first": forms[0] if forms else None, "sheet": sheet}


def form_sent(request: HttpRequest, sheet: Sheet) -> SectionForm | None:
    """The form of the part that was sent; nothing when the page is only looked at."""
    if request.method != "POST":
        return None
    section = sheet.section(request.GET.get("part", ""))
    if section is None:
        raise IllegalMove("This part is not one of this return. Open the return again.")
    return SectionForm(request.POST, section=section, on=timezone.localdate())


def routes(desk: Desk) -> list[URLPattern]:
    """The desk's addresses."""
    base = f"figures/returns/<str:reference>/{'write' if desk.for_provider else 'enter'}/"
    return [
        path(base, at_desk(desk, write), name=f"{desk.prefix}-write"),
        path(f"{base}save", at_desk(desk, save, methods=("POST",)), name=f"{desk.prefix}-save"),
    ]
