"""The visit programme: the list, and the hands that people put on its order."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import acting_for, held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.models import ProgrammeMark
from oversight.programme.forms import (
    MarkForm,
    NotNowForm,
    PinForm,
    ProgrammeFilter,
    TakeBackForm,
    UnpinForm,
    months_ahead,
)
from oversight.programme.keeping import programme_of
from oversight.programme.lines import STATES
from providers.models import Arrangement

A_PAGE = 50


@door(Can.SEE_VISIT_WORK, methods=("GET",))
def programme(request: SignedInRequest) -> HttpResponse:
    """Every provider in the order of need, each with its reasons; what is due when, and what was set aside."""
    on = timezone.localdate()
    lines = programme_of(request.user, tuple(acting_for(request)), on=on)
    form = ProgrammeFilter(request.GET, lines=lines, on=on)
    rows = Paginator(form.chosen, A_PAGE).get_page(request.GET.get("page"))
    months = Counter(line.month for line in lines if not line.set_aside)
    held = held_capabilities(request)
    context: dict[str, Any] = {
        "filters": form, "rows": rows, "total": len(lines), "today": on,
        "states": Counter(line.state for line in lines if not line.set_aside), "kinds": STATES,
        "set_aside": sum(line.set_aside for line in lines), "pinned": sum(line.pinned for line in lines),
        "months": [(key, words, months[key]) for key, words in months_ahead(on)],
        "may_visit": Can.DO_VISITS in held, "may_set": Can.CHANGE_SETTINGS in held,
    }  # fmt: skip
    return page(request, "oversight/programme.html", **context)


@door(Can.DO_VISITS, of=Arrangement)
def pin(request: SignedInRequest, contract: Arrangement) -> HttpResponse:
    """This provider first, whatever its points."""
    return _put(request, contract, PinForm(request.POST or None))


@door(Can.DO_VISITS, of=Arrangement)
def not_now(request: SignedInRequest, contract: Arrangement) -> HttpResponse:
    """This provider aside until a day."""
    form = NotNowForm(request.POST or None, on=timezone.localdate())
    return _put(request, contract, form)


def _put(request: SignedInRequest, contract: Arrangement, form: MarkForm) -> HttpResponse:
    status = None
    if form.is_valid():
        mark = form.put(contract, by=request.user, at=timezone.now(), on=timezone.localdate())
        if mark is not None:
            messages.success(request, f"{contract.organisation}: {mark.in_words[0].lower()}{mark.in_words[1:]}")
            return redirect("oversight:programme")
        status = 409
    return page(request, "oversight/programme_mark.html", form, status=status, contract=contract, kind=form.kind)


@door(Can.DO_VISITS, of=ProgrammeMark)
def take_back(request: SignedInRequest, mark: ProgrammeMark) -> HttpResponse:
    """The provider stands where its points put it again; somebody who was second is told."""
    form_of = UnpinForm if mark.kind == ProgrammeMark.Kind.PIN else TakeBackForm
    form = form_of(request.POST or None)
    if form.is_valid():
        mark.take_back(form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(request, f"{mark.organisation} stands where its reasons put it again")
        return redirect("oversight:programme")
    return page(request, "oversight/programme_take_back.html", form, mark=mark)
