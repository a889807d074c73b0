"""Counting figures from a staff list: a page that counts in the browser, and the two things that it sends back.

The list itself is never sent (docs/decisions/0031). A commissioner counts the list of its own staff and of nobody else.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.door import SignedInRequest
from design.pages import page
from training.boxes import boxes_of
from training.desks import Desk
from training.forms.staff_list import ColumnsForm, TotalsForm
from training.models import FigureReturn, StaffListMapping
from training.models.mappings import keep_mapping
from training.models.writing import record_cells
from training.staff_lists import countable, labels, told


def staff_list(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """The page on which a list is counted; what is posted are totals."""
    _refuse_foreign(figure_return, desk)
    boxes = countable(boxes_of(figure_return))
    form = TotalsForm(request.POST or None, boxes=boxes)
    if form.is_valid():
        saved = record_cells(figure_return, form.cleaned_data["totals"], by=request.user, at=timezone.now())
        messages.success(request, f"{saved} total{'' if saved == 1 else 's'} put into the figures.")
        return redirect(desk.url("write", figure_return))
    mapping = StaffListMapping.objects.permitted(request.user, desk.can)
    kept = mapping.filter(organisation=figure_return.organisation_id).values_list("choices", flat=True).first()
    return page(
        request, "training/staff_list.html", form, figure_return=figure_return, desk=desk, **labels(boxes),
        asked=told(figure_return, boxes, kept or {}, on=timezone.localdate()),
        links={"columns": desk.url("staff-list-columns", figure_return)},
    )  # fmt: skip


def staff_list_columns(request: SignedInRequest, figure_return: FigureReturn, desk: Desk) -> HttpResponse:
    """Remember which column is which."""
    _refuse_foreign(figure_return, desk)
    form = ColumnsForm(request.POST, boxes=countable(boxes_of(figure_return)))
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    keep_mapping(figure_return.organisation_id, form.cleaned_data["choices"], by=request.user, at=timezone.now())
    return JsonResponse({"kept": True})


def _refuse_foreign(figure_return: FigureReturn, desk: Desk) -> None:
    """A commissioner has no list of a provider's staff."""
    if not desk.for_provider and not figure_return.is_own:
        raise Http404
