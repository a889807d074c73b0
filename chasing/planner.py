"""Decides what is said about everything due, in one statement per kind. The one module with SQL of its own.

A thing at a step it has not been at before gets one ``Chase``: a reminder, or a proposal where the step speaks to
the executive or the quality team. A reminder gets a ``Notice`` per recipient, and the notices of a morning are
gathered into one ``Letter`` per recipient and commissioner. A second run finds everything decided and adds nothing.

To change who is written to, change ``_DIRECTORY``; to change when, change the ladders. Dates come in as
parameters: the database's own clock is never asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Cast

from accounts.capabilities import Can, Role, roles_granting
from accounts.references import new_reference
from chasing import bell
from chasing.kinds import Kind, due_kinds, kind_of
from chasing.models import Chase, Letter
from chasing.models.letters import message_id_of
from chasing.steps import EVERYBODY, Band, bands, next_working_day, working_days_from
from design.calendar import is_working_day

LOCK = 0x63686173  # "chas": one planner at a time in the whole installation

LEADS = sorted(set(roles_granting(Can.FILL_ASSESSMENT)) & set(roles_granting(Can.SUBMIT_ASSESSMENT)))
PREPARERS = sorted(set(roles_granting(Can.FILL_ASSESSMENT)) - set(LEADS))
EXECUTIVES = sorted(set(roles_granting(Can.SUBMIT_ASSESSMENT)) - set(LEADS))


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


# --- The fragments. Each is completed with its own parameters by ``_said`` ------------------------------------

# The role's membership is in force on the day, confirmed where two people are needed, and the person active.
_LIVE = """m.confirmed_at IS NOT NULL AND m.starts_on <= {day} AND (m.ends_on IS NULL OR m.ends_on > {day})"""

_STEPS = """step (whose, day, rung_id, audience, "offset", proposes, above, since, cut, lower, day_before) AS (
  VALUES {rows}
)"""

_STEP_ROW = """(%s::bigint, %s::date, %s::bigint, %s, %s::smallint, %s::boolean, %s::date, %s::date, %s::date,
    %s::smallint[], %s::date)"""

# The highest step decided so far, whichever ladder it was on: a new ladder never repeats an old reminder.
_DECIDED = """decided AS MATERIALIZED (
  SELECT c.thing, c.due_version, max(r."offset") AS "offset"
  FROM chasing_chase c JOIN chasing_rung r ON r.id = c.rung_id JOIN thing t ON t.id = c.thing
  WHERE c.kind = %(kind)s AND c.due_version = t.due_version
  GROUP BY 1, 2
)"""

_REACHED = """reached AS (
  SELECT t.*, s.day, s.rung_id, s.audience, s."offset", s.proposes,
    CASE WHEN d."offset" IS NULL THEN s.lower
         ELSE ARRAY(SELECT one FROM unnest(s.lower) AS one WHERE one > d."offset") END AS lower
  FROM thing t
  JOIN step s ON s.whose = CASE WHEN t.commissioner_id = ANY(%(own)s) THEN t.commissioner_id ELSE %(everybody)s END
    AND t.due_on <= s.cut
    AND (s.above IS NULL OR t.due_on > s.above)
    AND (t.paused_until IS NULL OR t.paused_until <= s.day)
    AND (s.since IS NULL OR t.due_on > s.since OR t.paused_until > s.day_before)
  LEFT JOIN decided d ON d.thing = t.id AND d.due_version = t.due_version
  WHERE d."offset" IS NULL OR s."offset" > d."offset"
)"""

_MADE = """made AS (
  INSERT INTO chasing_chase (kind, thing, due_version, rung_id, commissioner_id, organisation_id, circle_id,
    outcome, due_on, planned_on, reason, skipped)
  SELECT %(kind)s, id, due_version, rung_id, commissioner_id, organisation_id, circle_id,
    CASE WHEN %(quiet)s THEN 'skipped' WHEN proposes THEN 'proposed' ELSE 'reminded' END,
    due_on, %(on)s, '', lower
  FROM reached
  ON CONFLICT (kind, thing, due_version, rung_id) DO NOTHING
  RETURNING id AS chase_id, thing AS id, rung_id, commissioner_id, organisation_id, circle_id, outcome
)"""

_SPEAKING = """speaking AS (
  SELECT made.chase_id, made.id, made.commissioner_id, made.organisation_id, made.circle_id, r.audience, t.owner_id,
    %(on)s::date AS day
  FROM made JOIN chasing_rung r ON r.id = made.rung_id JOIN thing t ON t.id = made.id
  WHERE made.outcome = 'reminded'
)"""

# Who is there to be written to, by place (the provider; for the quality team the commissioner) and audience. An
# address stands once: the person before the contact, the contact before the shared mailbox (hazard 17).
_DIRECTORY = """directory AS (
  SELECT DISTINCT ON (place, audience, address) place, audience, user_id, contact_id, mailbox_id, why
  FROM (
    SELECT m.organisation_id AS place, a.audience, m.user_id, NULL::bigint AS contact_id, NULL::bigint AS mailbox_id,
      a.why, lower(u.email) AS address, a.rank
    FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    JOIN (VALUES ('preparers', %(leads)s, 'lead', 1), ('preparers', %(preparers)s, 'preparer', 2),
                 ('lead', %(leads)s, 'lead', 1), ('owner', %(leads)s, 'lead', 1),
                 ('executive', %(executives)s, 'executive', 1), ('quality', %(quality)s, 'quality', 1)
    ) AS a (audience, roles, why, rank) ON m.role = ANY(a.roles)
    WHERE {live}
    UNION ALL
    SELECT c.organisation_id, a.audience, NULL, c.id, NULL, a.why, lower(c.email), 3
    FROM providers_contact c
    JOIN (VALUES ('preparers', 'contact', FALSE), ('lead', 'contact', FALSE), ('owner', 'contact', FALSE),
                 ('executive', 'executive', TRUE)
    ) AS a (audience, why, of_executives) ON (c.kind = 'executive') = a.of_executives
    WHERE c.ended_on IS NULL AND c.email <> '' AND (c.receives_reminders OR a.of_executives)
    UNION ALL
    SELECT o.id, a.audience, NULL, NULL, o.id, 'mailbox', lower(o.mailbox), 4
    FROM providers_organisation o CROSS JOIN (VALUES ('preparers'), ('lead'), ('owner')) AS a (audience)
    WHERE o.mailbox <> ''
  ) AS everybody
  ORDER BY place, audience, address, rank, user_id, contact_id
)"""

# The owner alone while they are still there; otherwise whoever leads. A circle admits its named people only.
_LINES = """owned AS (
  SELECT s.*, CASE WHEN s.audience = 'owner' AND s.owner_id IS NOT NULL THEN EXISTS (
    SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    WHERE m.user_id = s.owner_id AND m.organisation_id = s.organisation_id AND {live}
  ) ELSE FALSE END AS by_owner
  FROM {speaking} s
), addressed AS (
  SELECT s.*, s.owner_id AS user_id, NULL::bigint AS contact_id, NULL::bigint AS mailbox_id, 'owner' AS why
  FROM owned s WHERE s.by_owner
  UNION ALL
  SELECT s.*, d.user_id, d.contact_id, d.mailbox_id, d.why
  FROM owned s JOIN directory d ON d.audience = s.audience
    AND d.place = CASE s.audience WHEN 'quality' THEN s.commissioner_id ELSE s.organisation_id END
  WHERE NOT s.by_owner
), line AS (
  SELECT s.* FROM addressed s
  WHERE s.circle_id IS NULL OR EXISTS (
    SELECT 1 FROM accounts_circlemember n
    WHERE n.circle_id = s.circle_id AND n.user_id = s.user_id
      AND n.starts_on <= s.day AND (n.ends_on IS NULL OR n.ends_on > s.day)
      AND (n.scope = 'whole' OR EXISTS (
        SELECT 1 FROM accounts_membership m
        WHERE m.user_id = n.user_id AND m.organisation_id = s.organisation_id AND {live}))
  )
)"""

_WRITTEN = """written AS (
  INSERT INTO chasing_notice (chase_id, to_user_id, to_contact_id, to_organisation_id, why, dropped_because)
  SELECT chase_id, user_id, contact_id, mailbox_id, why, '' FROM line
  ON CONFLICT DO NOTHING
  RETURNING 1
)"""

_GATHER = """
SELECT n.to_user_id, n.to_contact_id, n.to_organisation_id, c.commissioner_id, r.letter, min(n.id),
  CASE WHEN min(c.organisation_id) = max(c.organisation_id) THEN min(c.organisation_id) END,
  CASE WHEN min(c.circle_id) = max(c.circle_id) AND bool_and(c.circle_id IS NOT NULL) THEN min(c.circle_id) END
FROM chasing_notice n JOIN chasing_chase c ON c.id = n.chase_id JOIN chasing_rung r ON r.id = c.rung_id
WHERE n.letter_id IS NULL AND n.dropped_at IS NULL
GROUP BY 1, 2, 3, 4, 5 ORDER BY 6
"""

_ENCLOSE = """
UPDATE chasing_notice n SET letter_id = l.id
FROM chasing_letter l, chasing_chase c, chasing_rung r
WHERE n.letter_id IS NULL AND n.dropped_at IS NULL AND c.id = n.chase_id AND r.id = c.rung_id
  AND l.id = ANY(%(letters)s) AND l.kind = r.letter AND l.commissioner_id = c.commissioner_id
  AND coalesce(l.to_user_id, 0) = coalesce(n.to_user_id, 0)
  AND coalesce(l.to_contact_id, 0) = coalesce(n.to_contact_id, 0)
  AND coalesce(l.to_organisation_id, 0) = coalesce(n.to_organisation_id, 0)
"""

_COUNTS = """
SELECT count(*) FILTER (WHERE outcome = 'reminded'), count(*) FILTER (WHERE outcome = 'proposed'),
  count(*) FILTER (WHERE outcome = 'skipped'), (SELECT count(*) FROM written)
FROM made
"""

_PREVIEW = """
SELECT r.id, r.reference, r.commissioner_id, r.organisation_id, r.circle_id, r.due_on, r.day, r."offset",
  r.audience, r.proposes, l.user_id, l.contact_id, l.mailbox_id, l.why
FROM reached r LEFT JOIN line l ON l.id = r.id AND l.day = r.day
ORDER BY r.day, r.due_on, r.id, l.user_id, l.contact_id, l.mailbox_id
"""


# --- What the rest of the portal asks for ---------------------------------------------------------------------


@transaction.atomic
def plan(on: date, *, at: datetime, quietly: bool = False) -> Planned:
    """Decide everything that has reached a new step by ``on``, and put the letters of the day into the box.

    All in one transaction. On a day that is not a working day nothing is decided: it waits for the next one.
    ``quietly`` notes the steps as passed without a letter, so that a portal that starts today does not storm.
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
        for kind in due_kinds():
            _plan_kind(cursor, kind, on, quietly, planned)
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
        for kind in due_kinds():
            fragments = _reaching(cursor, kind, working, narrow(kind) if narrow else kind.wants_a_reminder())
            if fragments is None:
                continue
            asked = "(SELECT NULL::bigint AS chase_id, r.* FROM reached r WHERE NOT r.proposes)"
            fragments += [_directory(cursor, on), _lines(asked)]
            cursor.execute(f"WITH {', '.join(fragments)} {_PREVIEW}")
            lines += [Line(kind.code, *row) for row in cursor.fetchall()]
    return sorted(lines, key=lambda line: (line.day, line.due_on, line.kind, line.thing))


@transaction.atomic
def write_about(chase: Chase, *, on: date, at: datetime) -> int:
    """Write the letters of one decision that a person has taken; returns to how many people."""
    kind = kind_of(chase.kind)
    with connection.cursor() as cursor:
        speaking = """speaking AS (
          SELECT c.id AS chase_id, c.thing AS id, c.commissioner_id, c.organisation_id, c.circle_id, r.audience,
            t.owner_id, %(on)s::date AS day
          FROM chasing_chase c JOIN chasing_rung r ON r.id = c.rung_id JOIN thing t ON t.id = c.thing
          WHERE c.id = %(chase)s
        )"""
        fragments = [
            _things(cursor, kind, kind.things.filter(pk=chase.thing)),
            _said(cursor, speaking, on=on, chase=chase.pk),
            _directory(cursor, on),
            _lines("speaking"),
            _WRITTEN,
        ]
        cursor.execute(f"WITH {', '.join(fragments)} SELECT count(*) FROM written")  # noqa: S608
        written: int = cursor.fetchone()[0]
        _gather(cursor, at)
    return written


# --- How it is put together -----------------------------------------------------------------------------------


def _prepare(cursor: Any) -> None:
    """For this transaction: time for a whole day at once, and joins that do not trust the size of a fragment.

    PostgreSQL cannot know how many rows a fragment gives and would guess one: nested loops are then quadratic.
    """
    cursor.execute("SET LOCAL statement_timeout = '120s'")
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("SET LOCAL jit = off")


def _plan_kind(cursor: Any, kind: Kind, on: date, quietly: bool, planned: Planned) -> None:
    fragments = _reaching(cursor, kind, [on], kind.wants_a_reminder())
    if fragments is None:
        return
    told = {"kind": kind.code, "on": on, "quiet": quietly}
    fragments += [_said(cursor, _MADE, **told), _said(cursor, _SPEAKING, on=on)]
    fragments += [_directory(cursor, on), _lines("speaking"), _WRITTEN]
    cursor.execute(f"WITH {', '.join(fragments)} {_COUNTS}")
    reminded, proposed, skipped, notices = cursor.fetchone()
    planned.reminded += reminded
    planned.proposed += proposed
    planned.skipped += skipped
    planned.notices += notices
    planned.by_kind[kind.code] = reminded + proposed + skipped


def _reaching(cursor: Any, kind: Kind, days: Sequence[date], things: Any) -> list[str] | None:
    """The fragments up to ``reached``; None when no step is in force."""
    steps, own = bands(kind.code, days)
    if not steps:
        return None
    things = things.filter(due_on__lte=max(step.cut for step in steps))
    rows = ", ".join(_said(cursor, _STEP_ROW, *_row(step)) for step in steps)
    return [
        _things(cursor, kind, things),
        _STEPS.format(rows=rows),
        _said(cursor, _DECIDED, kind=kind.code),
        _said(cursor, _REACHED, own=own, everybody=EVERYBODY),
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
    rows = things.order_by().annotate(whose=owner).values_list(*columns, "circle_id", "whose")
    names = "id, reference, due_version, due_on, paused_until, commissioner_id, organisation_id, circle_id, owner_id"
    sql, params = rows.query.sql_with_params()
    return f"thing ({names}) AS ({_said(cursor, sql, *params)})"


def _directory(cursor: Any, on: date) -> str:
    quality = [Role.QUALITY_ANALYST.value]
    said = _DIRECTORY.format(live=_LIVE.format(day="%(on)s"))
    return _said(cursor, said, on=on, leads=LEADS, preparers=PREPARERS, executives=EXECUTIVES, quality=quality)


def _lines(speaking: str) -> str:
    return _LINES.format(live=_LIVE.format(day="s.day"), speaking=speaking)


def _said(cursor: Any, sql: str, *params: Any, **named: Any) -> str:
    """A fragment with its parameters quoted in by the driver, so that fragments can be put together."""
    text: bytes = cursor.mogrify(sql, named or params)
    return text.decode()


def _gather(cursor: Any, at: datetime) -> int:
    """One letter per recipient and commissioner for every loose notice; its key is its first notice."""
    cursor.execute(_GATHER)
    letters = [_letter(*row, at=at) for row in cursor.fetchall()]
    if letters:
        Letter.objects.bulk_create(letters, batch_size=1000)
        cursor.execute(_ENCLOSE, {"letters": [letter.pk for letter in letters]})
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
