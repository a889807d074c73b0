"""A whole year as a tidy workbook: asked for, made, downloaded."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can, Scope
from accounts.door import Refused, SignedInRequest, door
from design.pages import page
from exports.files import sent
from exports.limit import too_many
from exports.taking import note_file, places
from governance.forms import YearBookForm
from governance.models import YearBook
from governance.tasks import make_year_book


@door(Can.FREEZE)
def year_list(request: SignedInRequest) -> HttpResponse:
    """The years that I asked for, and a form for another."""
    ours, on = places(request, Can.FREEZE, Scope.ALL), timezone.localdate()
    form = YearBookForm(request.POST or None, commissioners=ours, on=on)
    mine = YearBook.objects.permitted(request.user, Can.FREEZE)
    if form.is_valid():
        if throttled := too_many(request):
            return throttled
        book = mine.ask(form.chosen, year=form.cleaned_data["year"], by=request.user, at=timezone.now())
        transaction.on_commit(lambda: make_year_book(book), robust=True)
        return redirect("governance:year-list")
    books = mine.select_related("commissioner").defer("content")[:20]
    waiting = any(book.is_under_way for book in books)
    return page(request, "governance/year_list.html", form, books=books, waiting=waiting)


@door(Can.FREEZE, of=YearBook, methods=("GET",))
def year_file(request: SignedInRequest, book: YearBook) -> HttpResponse:
    """The workbook. Noted in the log of exports."""
    if book.content is None or book.made_at is None:
        raise Refused("This workbook is not ready. Go back and look again.")
    if throttled := too_many(request):
        return throttled
    if request.method == "GET":
        note_file(
            "year", f"Whole year {book.year}", ending="xlsx", rows=book.rows, place=book.commissioner,
            by=request.user, at=timezone.now(),
        )  # fmt: skip
    return sent(bytes(book.content), "xlsx", f"safeguarding-assurance-{book.year}.xlsx")
