"""Every dated row of what is measured, of some commissioners and the shipped ones, and which of them hold on a day.

One query for each kind of row that is asked for; everything else is worked out from them. For a page that shows several
days or commissioners; for one day of one commissioner see ``training.measured``.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from training.models import CollectingRule, Group, Grouping, Line, LineSet, StaffSplit, Subject, Threshold

if TYPE_CHECKING:
    from providers.models import Organisation

# The fields by which two rows of a kind stand in each other's place.
RIVALS: dict[Any, tuple[str, ...]] = {
    Subject: ("code",), LineSet: ("code",), Line: ("code",), Grouping: ("code",), Group: ("grouping", "code"),
    StaffSplit: ("tier", "category"), Threshold: ("code", "category", "organisation_id"), CollectingRule: (),
}  # fmt: skip
BESIDE: dict[Any, tuple[str, ...]] = {LineSet: ("organisation",), Threshold: ("organisation", "set_by")}


class Rulebook:
    """Rows of some kinds, the earliest first."""

    def __init__(self, commissioners: Iterable["Organisation"], *kinds: Any) -> None:
        whose = Q(commissioner__in=list(commissioners)) | Q(commissioner=None)
        self.rows: dict[Any, list[Any]] = {
            kind: list(kind.objects.filter(whose).select_related(*BESIDE.get(kind, ())).order_by("valid_from", "pk"))
            for kind in kinds
        }

    def of(self, kind: Any, whose: "Organisation") -> list[Any]:
        """All that is or was of the commissioner, and what ships."""
        return [row for row in self.rows[kind] if row.commissioner_id in (None, whose.pk)]

    def holding(self, kind: Any, whose: "Organisation", on: date) -> list[Any]:
        """Those that hold on the day, the commissioner's own first."""
        found = [row for row in self.of(kind, whose) if row.holds(on)]
        return sorted(found, key=lambda row: row.commissioner_id is None)

    def each(self, kind: Any, whose: "Organisation", on: date) -> dict[Any, Any]:
        """Of rivals the one that holds, by the values that make them rivals."""
        found: dict[Any, Any] = {}
        for row in self.holding(kind, whose, on):
            key = tuple(getattr(row, name) for name in RIVALS[kind])
            found.setdefault(key[0] if len(key) == 1 else key, row)
        return found

    def days(self, whose: "Organisation", after: date, until: date) -> list[date]:
        """The days on which any of the rows begins or ends, after the one and up to the other."""
        rows = [row for kind in self.rows for row in self.of(kind, whose)]
        found = {day for row in rows for day in (row.valid_from, row.valid_to) if day and after < day <= until}
        return sorted(found)
