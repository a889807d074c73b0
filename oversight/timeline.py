"""What happened with a provider, latest first: one question over everything that keeps a date.

Each source gives the same columns, so that they are asked together. To add a source: a branch in ``_branches`` and
its words in ``SAID``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateField, DateTimeField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from accounts.capabilities import Can
from actions.models import Action
from assurance import standing
from assurance.models import SendBack, Submission
from chasing.models import Chase, DueChange
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 30
REMINDERS = 10
ACTIONS_SINCE = timedelta(days=730)


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    when: date | datetime
    heading: str
    text: str = ""
    by: str = ""
    many: str = ""  # what several of them at one moment are called


@dataclass(frozen=True)
class Kept:
    """One row as the sources give it; what a column holds depends on the source."""

    source: str
    at: datetime | None
    later: datetime | None
    day: date | None
    other_day: date | None
    until: date | None
    text: str
    word: str


def events(organisation: Organisation, user: "User", *, on: date) -> list[Event]:
    """Everything that this person may see, each source cut to its latest. One query."""
    first, *rest = _branches(organisation, user, on)
    rows = [Kept(*row) for row in first.union(*rest, all=True)]
    return latest(event for row in rows for event in SAID[row.source](row))


def latest(found: Iterator[Event]) -> list[Event]:
    """The newest of them, newest first; a day without an hour stands at its end. Several of one moment are one line."""
    newest = sorted(found, key=lambda event: (_moment(event), event.many), reverse=True)
    return [_together(list(same)) for _, same in groupby(newest, key=_moment_of_many)][:SHOWN]


def _moment_of_many(event: Event) -> tuple[Any, ...]:
    return (event.when, event.many) if event.many else (event.when, event.heading, event.text)


def _together(events: list[Event]) -> Event:
    first = events[0]
    if len(events) == 1 or not first.many:
        return first
    text = "; ".join(sorted({each.text.rstrip(".") for each in events}))
    return replace(first, heading=f"{len(events)} {first.many}", text=text)


def _branches(organisation: Organisation, user: "User", on: date) -> Iterator[QuerySet[Any, Any]]:
    mine = {"organisation": organisation}
    received = Submission.objects.permitted(user, Can.READ_ASSESSMENT, on=on).filter(**mine)
    yield _kept(
        received.order_by("-submitted_at"), "received", at="submitted_at", text="signed_by_role", word="channel"
    )
    back = SendBack.objects.permitted(user, Can.READ_ASSESSMENT, on=on).filter(**mine)
    yield _kept(back.order_by("-at"), "sent_back", at="at", day="due_on")
    changes = DueChange.objects.permitted(user, Can.SEE_REMINDERS, on=on).filter(**mine)
    yield _kept(
        changes.order_by("-at"), "date_moved", at="at", day="old", other_day="new", until="paused_until", text="reason"
    )
    said = Chase.objects.permitted(user, Can.SEE_REMINDERS, on=on).filter(**mine)
    said = said.exclude(outcome=Chase.Outcome.SKIPPED).order_by("-planned_on", "-pk")
    yield _kept(said, "reminder", day="planned_on", word="outcome", shown=REMINDERS)
    promised = Action.objects.permitted(user, Can.SEE_ACTIONS, on=on).filter(**mine)
    promised = promised.filter(Q(verified_at__isnull=False) | Q(opened_at__date__gte=on - ACTIONS_SINCE))
    yield _kept(promised.order_by("-opened_at"), "action", at="opened_at", later="verified_at", text="text")


EMPTY: Mapping[str, Any] = {
    "at": DateTimeField, "later": DateTimeField, "day": DateField, "other_day": DateField, "until": DateField,
    "text": TextField, "word": CharField,
}  # fmt: skip


def _kept(rows: QuerySet[Any, Any], source: str, *, shown: int = SHOWN, **columns: str) -> QuerySet[Any, Any]:
    """The rows of a source in the columns of ``Kept``; the names are prefixed, because models have some of them."""
    found: dict[str, Any] = {"kept_source": Value(source)}
    for name, kind in EMPTY.items():
        empty = "" if name in ("text", "word") else None
        value = F(columns[name]) if name in columns else Value(empty)
        found[f"kept_{name}"] = Cast(value, kind())
    return rows.annotate(**found).values_list(*found)[:shown]


def _received(row: Kept) -> Iterator[Event]:
    channel = Submission.Channel(row.word).label
    yield Event(_sure(row.at), "Return received", f"{channel}, signed by {row.text}")


def _sent_back(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.at), f"Sent back until {row.day:%-d %B %Y}")


def _date_moved(row: Kept) -> Iterator[Event]:
    moved = f"Date moved from {row.day:%-d %B %Y} to {row.other_day:%-d %B %Y}"
    heading = f"Reminders paused until {row.until:%-d %B %Y}" if row.until else moved
    yield Event(_sure(row.at), heading, row.text)


def _reminder(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.day), f"Reminder: {Chase.Outcome(row.word).label.lower()}")


def _action(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.at), "Action opened", row.text, many="actions opened")
    if row.later:
        yield Event(row.later, "Action verified complete", row.text, many="actions verified complete")


SAID: Mapping[str, Callable[[Kept], Iterator[Event]]] = {
    "received": _received,
    "sent_back": _sent_back,
    "date_moved": _date_moved,
    "reminder": _reminder,
    "action": _action,
}


def _sure(when: Any) -> Any:
    """A source's own date is never empty; the columns of the others are."""
    if when is None:
        raise ValueError("This row of the timeline has no date")
    return when


def _moment(event: Event) -> float:
    """Days and moments on one line."""
    when = event.when
    moment = when if isinstance(when, datetime) else standing.end_of(when)
    return moment.timestamp()
