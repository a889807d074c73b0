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
from accounts.models.memberships import asked_by
from actions.models import Action
from assurance import standing
from assurance.models import SendBack, Submission
from chasing.models import Chase, DueChange
from design.statements import ask
from oversight.contact_kinds import BY_CODE as CONTACTS
from oversight.models import (
    Concern,
    ContactEntry,
    ContractNotice,
    Escalation,
    IntelligenceItem,
    PlacementSuspension,
    SeriousIncident,
    SurveillanceLevel,
    Visit,
)
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

    def question(pk: int) -> QuerySet[Any, Any]:
        first, *rest = _branches(Organisation(pk=pk), user, on)
        return first.union(*rest, all=True)

    rows = [Kept(*row) for row in ask(asked_by(user, "timeline", on), question, organisation.pk)]
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
    yield from _seen_and_heard(organisation, user, on)
    yield from _done_about_it(organisation, user, on)


def _seen_and_heard(organisation: Organisation, user: "User", on: date) -> Iterator[QuerySet[Any, Any]]:
    """Visits, contacts, incidents, intelligence and concerns; of restricted ones only the reader's own."""
    mine = {"organisation": organisation}
    visits = Visit.objects.known_to(user, on=on).done().filter(**mine)
    yield _kept(visits.order_by("-ended_on", "-pk"), "visit", day="ended_on", text="site__name", word="kind")
    spoken = ContactEntry.objects.permitted(user, Can.SEE_CONTACT_LOG, on=on).standing().filter(**mine)
    yield _kept(spoken.order_by("-happened_on", "-pk"), "contact", day="happened_on", text="forum", word="kind")
    incidents = SeriousIncident.objects.permitted(user, Can.SEE_INCIDENTS, on=on).standing().filter(**mine)
    yield _kept(incidents.order_by("-reported_on", "-pk"), "incident", day="reported_on", text="category__label")
    heard = IntelligenceItem.objects.permitted(user, Can.SEE_INTELLIGENCE, on=on).standing().filter(**mine)
    yield _kept(
        heard.order_by("-received_on", "-pk"), "heard", day="received_on", text="theme__label", word="source__label"
    )
    concerns = Concern.objects.permitted(user, Can.SEE_INTELLIGENCE, on=on).filter(**mine)
    yield _kept(concerns.order_by("-opened_at"), "concern", at="opened_at", later="closed_at", text="title")


def _done_about_it(organisation: Organisation, user: "User", on: date) -> Iterator[QuerySet[Any, Any]]:
    """Levels of surveillance, steps taken, notices and suspensions."""
    mine = {"organisation": organisation}
    levels = SurveillanceLevel.objects.permitted(user, Can.SEE_SURVEILLANCE, on=on).filter(**mine)
    yield _kept(levels.order_by("-starts_on", "-pk"), "level", day="starts_on", text="reason", word="label__name")
    steps = Escalation.objects.permitted(user, Can.SEE_SURVEILLANCE, on=on).filter(**mine, decided_on__isnull=False)
    yield _kept(
        steps.order_by("-decided_on", "-pk"), "step", day="decided_on", other_day="closed_on", text="step__name",
        word="state",
    )  # fmt: skip
    notices = ContractNotice.objects.permitted(user, Can.SEE_NOTICES, on=on).filter(**mine)
    yield _kept(
        notices.order_by("-issued_on", "-pk"), "notice", day="issued_on", other_day="closed_on", text="number",
        word="rule__name",
    )  # fmt: skip
    stopped = PlacementSuspension.objects.permitted(user, Can.SEE_SURVEILLANCE, on=on).filter(**mine)
    yield _kept(stopped.order_by("-starts_on", "-pk"), "suspension", day="starts_on", until="ends_on", text="reason")


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


def _visit(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.day), f"{Visit.Kind(row.word).label}: visited", row.text or "")


def _contact(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.day), CONTACTS[row.word].label, row.text)


def _incident(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.day), "Serious incident reported", row.text, many="serious incidents reported")


def _heard(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.day), f"Soft intelligence: {row.text}", f"From {row.word}")


def _concern(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.at), "Concern opened", row.text)
    if row.later:
        yield Event(row.later, "Concern closed", row.text)


def _level(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.day), f"Surveillance: {row.word}", row.text)


def _step(row: Kept) -> Iterator[Event]:
    declined = row.word == Escalation.State.DECLINED
    yield Event(_sure(row.day), "Proposed step declined" if declined else "Step taken", row.text)
    if row.other_day:
        yield Event(row.other_day, "Step closed", row.text)


def _notice(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.day), f"{row.word} {row.text} issued")
    if row.other_day:
        yield Event(row.other_day, f"{row.word} {row.text} closed")


def _suspension(row: Kept) -> Iterator[Event]:
    yield Event(_sure(row.day), "New placements suspended", row.text)
    if row.until:
        yield Event(row.until, "Suspension of placements lifted")


SAID: Mapping[str, Callable[[Kept], Iterator[Event]]] = {
    "received": _received,
    "sent_back": _sent_back,
    "date_moved": _date_moved,
    "reminder": _reminder,
    "action": _action,
    "visit": _visit,
    "contact": _contact,
    "incident": _incident,
    "heard": _heard,
    "concern": _concern,
    "level": _level,
    "step": _step,
    "notice": _notice,
    "suspension": _suspension,
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
