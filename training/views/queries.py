"""Questions between commissioner and provider about one line of submitted figures."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from providers.record_form import RecordForm, done
from training.asking import OneQuery, queries_shown, said_of
from training.forms.queries import AnswerForm, AskForm, ResolveForm, TakeBackForm
from training.models import FigureQuery, FigureReturn

A_PAGE, LONGEST = 25, 600


@door(Can.READ_FIGURES, methods=("GET",))
def query_list(request: SignedInRequest) -> HttpResponse:
    """Every question that the person may read: those that wait first."""
    today = timezone.localdate()
    form, found = queries_shown(request.user, request.GET, on=today)
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    fills = Can.FILL_FIGURES in held_capabilities(request)
    several = not fills or len({each.organisation_id for each in rows}) > 1
    context: dict[str, Any] = {"filter": form, "rows": rows, "fills": fills, "several": several, "today": today}
    return page(request, "training/query_list.html", **context)


@door(Can.QUERY_FIGURES, of=FigureReturn)
def query_ask(request: SignedInRequest, figure_return: FigureReturn, code: str) -> HttpResponse:
    """Ask about one line; from an oddity the address brings its words along."""
    asked = get_object_or_404(figure_return.lines.select_related("line"), code=code)
    words = " ".join(request.GET.get("question", "").split())[:LONGEST]
    form = AskForm(request.POST or None, initial={"question": words})

    def ask() -> None:
        rows = FigureQuery.objects.permitted(request.user, Can.QUERY_FIGURES)
        form.record = rows.ask(asked, form.cleaned_data["question"], by=request.user, at=timezone.now())

    if done(form, ask):
        messages.success(request, f"Asked. An answer is due on {form.record.due_on:%-d %B %Y}.")
        return redirect("training:query-detail", form.record.reference)
    figure = said_of(asked, request.user)
    return page(
        request, "training/query_ask.html", form, status=form.status, asked=asked, figure=figure,
        figure_return=figure_return,
    )  # fmt: skip


@door(Can.READ_FIGURES, of=FigureQuery, methods=("GET",))
def query_detail(request: SignedInRequest, query: FigureQuery) -> HttpResponse:
    """The question with its figure, what was said, and what can be done."""
    one = OneQuery(query, request.user, timezone.localdate())
    late = query.days_overdue(one.on)
    return page(request, "training/query_detail.html", one=one, query=query, late=late)


@door(Can.FILL_FIGURES, of=FigureQuery)
def query_answer(request: SignedInRequest, query: FigureQuery) -> HttpResponse:
    """The provider answers."""
    return _say(request, query, AnswerForm(request.POST or None), query.reply, "Your answer is sent")


@door(Can.QUERY_FIGURES, of=FigureQuery)
def query_resolve(request: SignedInRequest, query: FigureQuery) -> HttpResponse:
    """The commissioner says that it is settled."""
    return _say(request, query, ResolveForm(request.POST or None), query.resolve, "The question is resolved")


@door(Can.QUERY_FIGURES, of=FigureQuery)
def query_take_back(request: SignedInRequest, query: FigureQuery) -> HttpResponse:
    """It was asked by mistake."""
    return _say(request, query, TakeBackForm(request.POST or None), query.take_back, "The question is taken back")


def _say(
    request: SignedInRequest, query: FigureQuery, form: RecordForm, verb: Callable[..., None], said: str
) -> HttpResponse:
    name = "answer" if isinstance(form, AnswerForm) else "resolution"

    def say() -> None:
        verb(form.cleaned_data[name], by=request.user, at=timezone.now())

    if done(form, say):
        messages.success(request, said)
        return redirect("training:query-detail", query.reference)
    one = OneQuery(query, request.user, timezone.localdate())
    return page(request, "training/query_form.html", form, status=form.status, query=query, one=one)
