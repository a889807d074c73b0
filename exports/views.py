"""Taking a list out as a file, freezing it, opening what was frozen, and who took what out."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import acting_with, memberships
from accounts.capabilities import Can, Scope
from accounts.door import SignedInRequest, door
from design.pages import page
from exports.files import ENDINGS, answer
from exports.forms import FreezeForm
from exports.limit import too_many
from exports.listings import Listing, Reach, listing_for
from exports.models import Export, FrozenView
from exports.table import in_words
from exports.taking import note, places, table_of

A_PAGE = 50


@door(Can.EXPORT, methods=("GET",))
def export_file(request: SignedInRequest, listing: str, ending: str) -> HttpResponse:
    """The list as its page would show it now, all of it, as a workbook or as CSV. Noted in the log."""
    found, now = _listing(request, listing), timezone.now()
    _known(ending)
    if throttled := too_many(request):
        return throttled
    for_whom = places(request, Can.EXPORT)
    table = table_of(
        request,
        found,
        Reach(request.user, Can.EXPORT, timezone.localdate()),
        whose=for_whom,
        by=str(request.user),
        at=now,
    )
    if request.method == "GET":
        note(table, ending, for_whom, by=request.user, at=now)
    return answer(table, ending, demonstration=settings.PORTAL_DEMONSTRATION)


@door(Can.FREEZE)
def freeze(request: SignedInRequest, listing: str) -> HttpResponse:
    """Keep the list as it is shown, under a reference that does not change."""
    found, now = _listing(request, listing), timezone.now()
    if not found.freezes:
        raise Http404
    acting = acting_with(request, Can.FREEZE)
    ours = [each for each in places(request, Can.FREEZE, Scope.ALL) if each in acting]
    form = FreezeForm(request.POST or None, commissioners=ours)
    if form.is_valid():
        if throttled := too_many(request):
            return throttled
        reach = Reach(request.user, Can.FREEZE, timezone.localdate(), only=form.chosen.pk)
        table = table_of(request, found, reach, whose=[form.chosen], by=str(request.user), at=now, personal=False)
        views = FrozenView.objects.permitted(request.user, Can.FREEZE)
        kept = views.freeze(
            table, commissioner=form.chosen, why=form.cleaned_data["why"], by=request.user, at=now
        )  # fmt: skip
        rows = f"{kept.count} row{'' if kept.count == 1 else 's'}"
        messages.success(request, f"Frozen as {kept.reference}: {rows}, as of now.")
        return redirect("exports:frozen-view", reference=kept.reference)
    return page(request, "exports/freeze.html", form, listing=found, back=found.page(request.GET))


@door(Can.FREEZE, methods=("GET",))
def frozen_list(request: SignedInRequest) -> HttpResponse:
    """Everything that was frozen, newest first."""
    rows = FrozenView.objects.permitted(request.user, Can.FREEZE).named()
    found = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    log = bool(places(request, Can.READ_HISTORY))
    return page(request, "exports/frozen_list.html", rows=found, may_read_log=log)


@door(Can.FREEZE, of=FrozenView, methods=("GET",))
def frozen_view(request: SignedInRequest, view: FrozenView) -> HttpResponse:
    """The table as it was, marked as frozen."""
    table = view.table()
    shown = Paginator(table.rows, A_PAGE).get_page(request.GET.get("page"))
    rows = [[in_words(cell) for cell in row] for row in shown]
    return page(request, "exports/frozen_view.html", view=view, table=table, rows=rows, paged=shown)


@door(Can.FREEZE, of=FrozenView, methods=("GET",))
def frozen_file(request: SignedInRequest, view: FrozenView, ending: str) -> HttpResponse:
    """The frozen table as a file: the same content for ever. Noted in the log like every export."""
    _known(ending)
    if throttled := too_many(request):
        return throttled
    table = view.table()
    if request.method == "GET":
        note(table, ending, [view.commissioner], by=request.user, at=timezone.now())
    return answer(table, ending, demonstration=settings.PORTAL_DEMONSTRATION)


@door(Can.READ_HISTORY, methods=("GET",))
def export_log(request: SignedInRequest) -> HttpResponse:
    """Who took which list out, newest first."""
    rows = Export.objects.permitted(request.user, Can.READ_HISTORY).select_related("by", "organisation")
    found = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return page(request, "exports/export_log.html", rows=found, may_freeze=bool(places(request, Can.FREEZE)))


def _listing(request: SignedInRequest, name: str) -> Listing:
    """The list, for somebody who may open its page."""
    found = listing_for([row.role for row in memberships(request)], name)
    if found is None:
        raise Http404
    return found


def _known(ending: str) -> None:
    if ending not in ENDINGS:
        raise Http404
