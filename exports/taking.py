"""From a list to a table: the rows that may leave it, read once, with the stamp that goes with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from accounts.acting import memberships
from accounts.capabilities import GRANTS, Can, Role, Scope
from accounts.refusals import Refused
from exports.listings import Listing, Reach, Shown, filter_said
from exports.models import Export
from exports.table import Column, Table

if TYPE_CHECKING:
    from accounts.models import User

# What an office program opens without complaint, and a server makes while somebody waits.
MOST_ROWS = 20_000
NAMED_PEOPLE = "Rows for named people only are never in a frozen view."


class TooManyRows(Refused):
    """More rows than one file holds; the message says what to do."""


def places(request: HttpRequest, can: Can, *scopes: Scope) -> list[Any]:
    """The organisations for which the person may do this, by name. No query of its own."""
    found = {}
    for row in memberships(request):
        grant = GRANTS[Role(row.role)].get(can)
        if grant is not None and (not scopes or grant.scope in scopes):
            found[row.organisation_id] = row.organisation
    return sorted(found.values(), key=lambda each: each.name)


def note(table: Table, ending: str, for_whom: Sequence[Any], *, by: "User", at: datetime) -> None:
    """Write into the log that this table leaves as a file. HEAD asks and takes nothing: it is not noted."""
    Export.objects.note(table, ending=ending, places=for_whom, by=by, at=at)


def note_file(listing: str, title: str, *, ending: str, rows: int, place: Any, by: "User", at: datetime) -> None:
    """The same for a file that is no single list."""
    said = "None: everything"
    Export.objects.create(
        organisation=place, listing=listing, title=title, ending=ending, rows=rows, said=said, by=by, at=at
    )


def table_of(
    request: HttpRequest, listing: Listing, reach: Reach, *, whose: Sequence[Any], by: str, at: datetime,
    personal: bool = True,
) -> Table:  # fmt: skip
    """Read the list as it is now. ``personal=False`` leaves names of people out and says which columns those were."""
    shown = listing.show(request, reach)
    columns = [each for each in shown.columns if personal or not each.personal]
    rows = read(shown, columns)
    return Table(
        listing=listing.name, title=shown.title or listing.title, headings=tuple(each.heading for each in columns),
        rows=rows, said=(*shown.said, *filter_said(shown.form)),
        whose=shown.whose or tuple(str(each) for each in whose), as_at=at,
        by=by, notes=(*shown.notes, *_left_out(listing, shown, personal=personal)),
    )  # fmt: skip


def read(shown: Shown, columns: Sequence[Column]) -> list[list[Any]]:
    """The cells of every row, not only of a page."""
    found = list(shown.rows[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        raise TooManyRows(f"This list has more than {MOST_ROWS:,} rows. Narrow it with the filter, then export it.")
    return [[column.value(row) for column in columns] for row in shown.complete(found)]


def _left_out(listing: Listing, shown: Shown, *, personal: bool) -> list[str]:
    if personal:
        return []
    names = [each.title for each in shown.columns if each.personal]
    notes = [f"Names of people are not kept in a frozen view: without {', '.join(names)}."] if names else []
    return notes + ([NAMED_PEOPLE] if listing.circled else [])
