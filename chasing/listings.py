"""The list of overdue things with their reminders, as its page shows it and as it is taken out."""

from django.http import HttpRequest

from accounts.capabilities import Can
from chasing import overdue
from chasing.forms import OverdueFilter
from chasing.listing import Row, Told, rows_with_steps, with_conversations
from exports.listings import Listing, Reach, Shown, register
from exports.table import Cell, Column, Kind, in_words


def _last(row: Row) -> Cell:
    return row.last.words if row.last else "None yet"


def _people(row: Row) -> Cell:
    return "; ".join(f"{one.who} ({one.why})" for one in row.last.told) if row.last else ""


def _became(row: Row) -> Cell:
    """What became of each line of it, without names: accepted is not read (hazard 17)."""
    if row.last is None:
        return ""
    if not row.last.told:
        return "Nobody to write to" if row.last.outcome == "reminded" else ""
    return "; ".join(_of_one(one) for one in row.last.told)


def _of_one(one: Told) -> str:
    when = f" {in_words(one.delivery.at)}" if one.delivery.at else ""
    silence = f", {one.delivery.silence.lower()}" if one.delivery.silence else ""
    return f"{one.why}: {one.delivery.words}{when}{silence}"


def _next(row: Row) -> Cell:
    if row.facts["waits_for_us"]:
        return "Waits for us: no reminders"
    if row.next is None:
        return "All steps have passed"
    return f"{row.next.rung.who}{': proposed to a person' if row.next.rung.is_proposed_only else ''}"


COLUMNS = (
    Column("What", lambda row: row.facts["title"], width=50),
    Column("Provider", lambda row: row.facts["organisation__name"], width=36),
    Column("Named people only", lambda row: "yes" if row.facts["circle_id"] else "", width=10),
    Column("Originally due", lambda row: row.facts["original_due_on"], Kind.DATE, 14),
    Column("Now due", lambda row: row.facts["due_on"], Kind.DATE, 14),
    Column("Days late", lambda row: row.days_late, Kind.NUMBER, 10),
    Column("Paused until", lambda row: row.facts["paused_until"] if row.paused else None, Kind.DATE, 14),
    Column("Why paused", lambda row: row.facts["pause_reason"] if row.paused else "", width=30),
    Column("Last reminder on", lambda row: row.last.on if row.last else None, Kind.DATE, 14),
    Column("Last reminder", _last, width=24),
    Column("Told", _people, width=36, personal=True),
    Column("What became of it", _became, width=50),
    Column("Last spoken to", lambda row: row.spoken_on, Kind.DATE, 14),
    Column("Next step on", lambda row: row.next.on if row.next else None, Kind.DATE, 14),
    Column("Next step", _next, width=30),
)


def _overdue(request: HttpRequest, reach: Reach) -> Shown:
    today = reach.on
    form = OverdueFilter(request.GET)
    asked = form.asked()
    form.offer(overdue.overdue_counts(reach.user, asked, on=today)[0])
    rows = overdue.overdue_rows(reach.user, asked, on=today, within=reach.rows)
    return Shown(
        COLUMNS,
        rows,
        form,
        complete=lambda found: with_conversations(rows_with_steps(found, on=today), reach.user),
    )


def register_listings() -> None:
    """Called once at start."""
    register(
        Listing("overdue", "Overdue and reminders", Can.SEE_REMINDERS, "chasing:reminder-list", _overdue, circled=True)
    )
