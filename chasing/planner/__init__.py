"""Decides what is said about everything due, in one statement per kind. The one module with SQL of its own.

A thing at a step it has not been at before gets one ``Chase``: a reminder, or a proposal where the step speaks to
the executive or the quality team. A reminder gets a ``Notice`` per recipient, and the notices of a morning are
gathered into one ``Letter`` per recipient and commissioner. A second run finds everything decided and adds nothing.

The SQL is in ``statements``; when a step is reached is worked out in ``chasing.steps``, from the ladders.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, F, Value
from django.db.models.functions import Cast

from accounts.capabilities import Role
from accounts.models.memberships import DESIGNATED_TEAM
from accounts.references import new_reference
from chasing import bell
from chasing.kinds import Kind, due_kinds, kind_of
from chasing.models import Chase, Letter, Rung
from chasing.models.letters import message_id_of
from chasing.planner.statements import (
    COUNTS,
    COVER,
    DECIDED,
    DIRECTORY,
    ENCLOSE,
    GATHER,
    LINES,
    LIVE,
    MADE,
    PREVIEW,
    REACHED,
    SPEAKING,
    STEP_ROW,
    STEPS,
    TAKEN,
    WRITTEN,
)
from chasing.recipients import EXECUTIVES, LEADS, PREPARERS, QUALITY
from chasing.steps import EVERYBODY, Band, bands, next_working_day, rungs_between, working_days_from
from design.calendar import is_working_day

LOCK = 0x63686173  # "chas": one planner at a time in the whole installation


@dataclass
class Planned:
    """What a run decided. ``waits_until`` is set when the day is not a working day, and nothing was decided."""

    reminded: int = 0
    proposed: int = 0
    skipped: int = 0
    notices: int = 0
    letters: int = 0
    waits_until: date | None = None
    busy: bool = False
    by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def decided(self) -> int:
        """Things about which something was decided."""
        return self.reminded + self.proposed + self.skipped


class Line(NamedTuple):
    """One line that would be written to one person, for the preview and the dry run."""

    kind: str
    thing: int
    reference: str
    title: str
    commissioner: int
    organisation: int
    circle: int | None
    due_on: date
    day: date
    offset: int
    audience: str
    proposes: bool
    to_user: int | None
    to_contact: int | None
    to_organisation: int | None
    why: str | None
    instead_of: int | None = None


# --- What the rest of the portal asks for ---------------------------------------------------------------------


@transaction.atomic
def plan(on: date, *, at: datetime, quietly: bool = False, only: int | None = None) -> Planned:
    """Decide everything that has reached a new step by ``on``, and put the letters of the day into the box.

    All in one transaction. On a day that is not a working day nothing is decided: it waits for the next one.
    ``quietly`` notes the steps as passed without a letter, so that a portal that starts today does not storm.
    ``only`` narrows it to what one commissioner asks for.
    """
    planned = Planned()
    if not is_working_day(on) and not quietly:
        planned.waits_until = next_working_day(on)
        return planned
    with connection.cursor() as cursor:
        _prepare(cursor)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            planned.busy = True
            return planned
        rungs = rungs_between(on, on)
        for kind in due_kinds():
            things = kind.wants_a_reminder()
            things = things if only is None else things.filter(commissioner=only)
            _plan_kind(cursor, kind, on, rungs, things, quietly=quietly, planned=planned)
        planned.letters = _gather(cursor, at)
    return planned


@transaction.atomic
def preview(on: date, *, days: int = 0, narrow: Callable[[Kind], Any] | None = None) -> list[Line]:
    """What would be written on ``on`` and the ``days`` after it if nothing changed, one line per thing and person.

    Writes nothing. A line without a recipient is a thing that has nobody to be written to. ``narrow`` gives the
    rows of a kind to look at, for example those that somebody may see.
    """
    working = working_days_from(on, days)
    lines: list[Line] = []
    with connection.cursor() as cursor:
        _prepare(cursor)
        rungs = rungs_between(on, working[-1]) if working else []
        for kind in due_kinds():
            things = kind.titled(narrow(kind) if narrow else kind.wants_a_reminder())
            fragments = _reaching(cursor, kind, working, rungs, things)
            if fragments is None:
                continue
            asked = "(SELECT NULL::bigint AS chase_id, r.* FROM reached r WHERE NOT r.proposes)"
            fragments += [_directory(cursor, on), _cover(cursor, on), _lines(asked)]
            cursor.execute(f"WITH {', '.join(fragments)} {PREVIEW}")
            lines += [Line(kind.code, *row) for row in cursor.fetchall()]
    return sorted(lines, key=lambda line: (line.day, line.due_on, line.kind, line.thing))


@transaction.atomic
def write_about(chase: Chase, *, on: date, at: datetime, enclose: bool = True) -> int:
    """Write the letters of one decision that a person has taken; returns to how many people.

    Without ``enclose`` only the lines are written: ``gather`` puts those of several decisions into one letter each.
    """
    kind = kind_of(chase.kind)
    with connection.cursor() as cursor:
        fragments = [
            _things(cursor, kind, kind.things.filter(pk=chase.thing)),
            _said(cursor, TAKEN, on=on, chase=chase.pk),
            _directory(cursor, on),
            _cover(cursor, on),
            _lines("speaking"),
            WRITTEN,
        ]
        cursor.execute(f"WITH {', '.join(fragments)} SELECT count(*) FROM written")  # noqa: S608
        written: int = cursor.fetchone()[0]
        if enclose:
            _gather(cursor, at)
    return written


@transaction.atomic
def gather(*, at: datetime) -> int:
    """Put every line that is in no letter yet into one letter for each recipient; returns how many letters."""
    with connection.cursor() as cursor:
        return _gather(cursor, at)


# --- How it is put together -----------------------------------------------------------------------------------


def _prepare(cursor: Any) -> None:
    """For this transaction: time for a whole day at once, and joins that do not trust the size of a fragment.

    PostgreSQL cannot know how many rows a fragment gives and would guess one: nested loops are then quadratic.
    """
    cursor.execute("SET LOCAL statement_timeout = '120s'")
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("SET LOCAL jit = off")


def _plan_kind(
    cursor: Any, kind: Kind, on: date, rungs: Sequence[Rung], things: Any, *, quietly: bool, planned: Planned
) -> None:
    fragments = _reaching(cursor, kind, [on], rungs, things)
    if fragments is None:
        return
    told = {"kind": kind.code, "on": on, "quiet": quietly}
    fragments += [_said(cursor, MADE, **told), _said(cursor, SPEAKING, on=on)]
    fragments += [_directory(cursor, on), _cover(cursor, on), _lines("speaking"), WRITTEN]
    cursor.execute(f"WITH {', '.join(fragments)} {COUNTS}")
    reminded, proposed, skipped, notices = cursor.fetchone()
    planned.reminded += reminded
    planned.proposed += proposed
    planned.skipped += skipped
    planned.notices += notices
    planned.by_kind[kind.code] = reminded + proposed + skipped


def _reaching(cursor: Any, kind: Kind, days: Sequence[date], rungs: Sequence[Rung], things: Any) -> list[str] | None:
    """The fragments up to ``reached``; None when no step is in force."""
    steps, own = bands(kind.code, days, rungs)
    if not steps:
        return None
    things = things.filter(due_on__lte=max(step.cut for step in steps))
    rows = ", ".join(_said(cursor, STEP_ROW, *_row(step)) for step in steps)
    return [
        _things(cursor, kind, things),
        STEPS.format(rows=rows),
        _said(cursor, DECIDED, kind=kind.code),
        _said(cursor, REACHED, own=own, everybody=EVERYBODY),
    ]


def _row(step: Band) -> tuple[Any, ...]:
    return (
        step.whose, step.day, step.rung_id, step.audience, step.offset, step.proposes, step.above, step.since,
        step.cut, list(step.lower), step.day_before,
    )  # fmt: skip


def _things(cursor: Any, kind: Kind, things: Any) -> str:
    """The rows of a kind as the first fragment, whatever its own columns are called."""
    owner = F(f"{kind.owner}_id") if kind.owner else Cast(Value(None), BigIntegerField())
    columns = ("pk", "reference", "due_version", "due_on", "paused_until", "commissioner_id", "organisation_id")
    if "title" not in things.query.annotations:
        things = things.annotate(title=Value("", output_field=CharField()))
    rows = things.order_by().annotate(whose=owner).values_list(*columns, "circle_id", "whose", "title")
    names = (
        "id, reference, due_version, due_on, paused_until, commissioner_id, organisation_id, circle_id, owner_id, title"
    )
    sql, params = rows.query.sql_with_params()
    return f"thing ({names}) AS ({_said(cursor, sql, *params)})"


def _directory(cursor: Any, on: date) -> str:
    said = DIRECTORY.format(live=LIVE.format(day="%(on)s"))
    return _said(cursor, said, on=on, leads=LEADS, preparers=PREPARERS, executives=EXECUTIVES, quality=QUALITY)


def _cover(cursor: Any, on: date) -> str:
    designated = Role.DESIGNATED_PROFESSIONAL.value
    return _said(cursor, COVER, on=on, quality=QUALITY, team=list(DESIGNATED_TEAM), designated=designated)


def _lines(speaking: str) -> str:
    return LINES.format(live=LIVE.format(day="s.day"), speaking=speaking)


def _said(cursor: Any, sql: str, *params: Any, **named: Any) -> str:
    """A fragment with its parameters quoted in by the driver, so that fragments can be put together."""
    text: bytes = cursor.mogrify(sql, named or params)
    return text.decode()


def _gather(cursor: Any, at: datetime) -> int:
    """One letter per recipient and commissioner for every loose notice; its key is its first notice."""
    cursor.execute(GATHER)
    letters = [_letter(*row, at=at) for row in cursor.fetchall()]
    if letters:
        Letter.objects.bulk_create(letters, batch_size=1000)
        cursor.execute(ENCLOSE, {"letters": [letter.pk for letter in letters]})
        bell.ring()
    return len(letters)


def _letter(
    user: int | None, contact: int | None, mailbox: int | None, commissioner: int, kind: str, first: int,
    organisation: int | None, circle: int | None, *, at: datetime,
) -> Letter:  # fmt: skip
    reference = new_reference()
    return Letter(
        reference=reference, message_id=message_id_of(reference), kind=kind, dedupe_key=f"{kind}:{first}",
        commissioner_id=commissioner, organisation_id=organisation, circle_id=circle,
        to_user_id=user, to_contact_id=contact, to_organisation_id=mailbox, not_before=at,
    )  # fmt: skip
