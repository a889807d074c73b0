"""The words of reminders: what is due, when, why you, and the link. No case words and no grades."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chasing.kinds import kind_of
from chasing.letters import Context, Writer, register
from chasing.models import Letter, Notice
from design.calendar import london_date


@dataclass(frozen=True)
class Item:
    """One due thing as a letter lists it."""

    title: str
    organisation: str
    due_on: date
    original_due_on: date
    days_late: int
    days_left: int
    url: str
    why: str
    kind: str = ""
    beside: Any = None

    @property
    def words(self) -> dict[str, str]:
        """The templates of what stands beside it."""
        return {form: f"letters/_beside_{self.kind}.{form}" for form in ("txt", "html")}

    @property
    def was_moved(self) -> bool:
        """Was another date agreed?"""
        return self.due_on != self.original_due_on


def _reminders(letter: Letter, at: datetime) -> Context | None:
    """The lines that are left in the letter, the latest first; None when there are none."""
    on = london_date(at)
    left = letter.notices.filter(dropped_at__isnull=True).select_related("chase__organisation", "instead_of")
    items = sorted(_items(list(left), on, at), key=lambda item: (item.due_on, item.organisation, item.title))
    if not items:
        return None
    organisations = sorted({item.organisation for item in items})
    return {
        "items": items,
        "organisations": organisations,
        "several_organisations": len(organisations) > 1,
        "late": [item for item in items if item.days_late],
        "reasons": sorted({item.why for item in items}),
    }


def _items(notices: list[Notice], on: date, at: datetime) -> list[Item]:
    rows: dict[tuple[str, int], Any] = {}
    beside: dict[tuple[str, int], Any] = {}
    for code in {notice.chase.kind for notice in notices}:
        kind = kind_of(code)
        ids = [notice.chase.thing for notice in notices if notice.chase.kind == code]
        rows |= {(code, row.pk): row for row in kind.titled(kind.things.filter(pk__in=ids))}
        beside |= {(code, pk): told for pk, told in (kind.beside(ids, at) if kind.beside else {}).items()}
    keys = [(notice.chase.kind, notice.chase.thing) for notice in notices]
    return [_item(notice, rows[key], beside.get(key), on) for notice, key in zip(notices, keys, strict=True)]


def _item(notice: Notice, row: Any, beside: Any, on: date) -> Item:
    kind = kind_of(notice.chase.kind)
    return Item(
        title=row.title,
        organisation=notice.chase.organisation.name,
        due_on=row.due_on,
        original_due_on=row.original_due_on,
        days_late=row.days_overdue(on),
        days_left=max((row.due_on - on).days, 0),
        url=kind.absolute(row.reference),
        why=notice.reason,
    )


def register_writers() -> None:
    """Called when the app is ready."""
    register(*(Writer(kind, _reminders) for kind in ("reminders", "escalation", "exception")))
