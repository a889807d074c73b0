"""The daily plan over many due things: from start to committed notices, and a second run that must add nothing."""

from collections.abc import Iterator
from datetime import date, datetime
from time import perf_counter

from django.db import connection, transaction

from actions.models import Action
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.floors import DETECT, detect_sql
from assurance_portal.database import as_migrator
from chasing.bench import plan_speed
from chasing.steps import next_working_day

DUE_DAYS = 40  # what is due fell due within these days
FAR_AWAY = 500
FIRST = 900_000_000_000


def measure(on: date, at: datetime, *, things: int, due: int) -> Iterator[Figure]:
    """Things decided a second, beside finding and noting them down in one bare statement."""
    insert(things, due, on=on, at=at)
    floor = due / _floor(things, due, on)
    speed = plan_speed(on, at=at, clock=perf_counter)
    name = f"planning {speed.things} due of {things} things"
    yield Figure(name, speed.per_second, "things/s", floor, ">= 10000")
    yield Figure("notices written by the plan", speed.notices, "notices")
    yield Figure("letters written by the plan", speed.letters, "letters")
    yield Figure("things decided by a second run", speed.again, "things", target="0")
    yield Figure("second run", speed.again_seconds, "s", speed.seconds)


def day_of(on: date) -> date:
    """The first day from ``on`` on which reminders go out."""
    return next_working_day(on)


def insert(things: int, due: int, *, on: date, at: datetime) -> None:
    """So many actions by SQL over all providers, the first ``due`` of them overdue, the rest far away."""
    name = connection.settings_dict["NAME"]
    with as_migrator(name) as owner, owner.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ALTER TABLE actions_action DISABLE TRIGGER USER")
        columns, values = zip(*_columns(), strict=True)
        cursor.execute(
            "INSERT INTO actions_action (" + ", ".join(columns) + ") WITH place AS ("
            "SELECT organisation_id, commissioner_id, row_number() OVER () - 1 AS number, count(*) OVER () AS many"
            " FROM providers_arrangement WHERE part = 'lead' AND ends_on IS NULL),"
            " pattern AS (SELECT * FROM actions_action ORDER BY id LIMIT 1)"
            " SELECT " + ", ".join(values) + " FROM generate_series(0, %(things)s - 1) n"
            " JOIN place ON place.number = n %% place.many CROSS JOIN pattern",
            {"things": things, "due": due, "on": on, "at": at, "first": FIRST, "days": DUE_DAYS, "far": FAR_AWAY},
        )
        cursor.execute("ALTER TABLE actions_action ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE actions_action")


def _columns() -> Iterator[tuple[str, str]]:
    """Each column and what stands in it; what is not named here is taken from an action that is there."""
    due = "%(on)s::date + CASE WHEN n < %(due)s THEN -(n %% %(days)s)::int ELSE %(far)s END"
    ours = {
        "id": "%(first)s + n",
        "reference": "substr(md5(n::text || 'bench'), 1, 10)",
        "commissioner_id": "place.commissioner_id",
        "organisation_id": "place.organisation_id",
        "state": "'open'",
        "due_on": due,
        "original_due_on": due,
        "opened_at": "%(at)s::timestamptz - interval '200 days'",
    }
    empty = ("owner_id", "circle_id", "settled_at", "paused_until", "completed_at", "completed_by_id", "verified_at",
             "verified_by_id")  # fmt: skip
    for field in Action._meta.concrete_fields:
        column = str(field.column)
        yield column, ours.get(column, "NULL" if column in empty else f"pattern.{column}")


def _floor(things: int, due: int, on: date) -> float:
    """Seconds of the bare statement."""
    with transaction.atomic():
        detect_sql(things, due, on)
        with connection.cursor() as cursor:
            began = perf_counter()
            cursor.execute(DETECT, {"on": on})
            return perf_counter() - began
