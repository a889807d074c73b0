"""The daily plan as a job: once a day, caught up when missed, and what the pages say about it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chasing.models import JobRun
from chasing.planner import Planned, plan
from design.calendar import DAY, LONDON, london_date

JOB = "plan_chases"
MORNING = time(7)
GRACE = time(7, 15)
# A plan is given two minutes by the database, so one that began longer ago than this is not running any more.
LONGEST = timedelta(minutes=10)


def run_day(on: date, *, at: datetime) -> int:
    """Plan the day unless it has been planned; returns how many letters were written.

    A run that broke off begins again. What went wrong stays on the row, so that the pages say so.
    """
    run = JobRun.objects.begin(JOB, on=on, at=at)
    if run is None:
        return 0
    try:
        planned = plan(on, at=at)
    except Exception as problem:
        run.fail(f"The plan broke off ({type(problem).__name__}).", at=at)
        raise
    if planned.busy:
        return 0
    keep(run, planned, at)
    return planned.letters


def keep(run: JobRun, planned: Planned, at: datetime) -> None:
    """Note on the run what was decided."""
    counts = {"reminded": planned.reminded, "proposed": planned.proposed, "letters": planned.letters}
    if planned.waits_until:
        counts["waits_until"] = planned.waits_until.isoformat()  # type: ignore[assignment]
    run.finish(at=at, **counts)


@dataclass(frozen=True)
class LastRan:
    """When reminders last ran, for the home pages; ``late`` when a morning has been missed (hazard 18).

    ``problem`` says why the newest run broke off; ``begun_at`` is when one began that has not finished, ``stuck`` when
    that is longer ago than a run may take.
    """

    on: date | None
    at: datetime | None
    letters: int
    proposed: int
    waits_until: str
    late: bool
    today: date
    problem: str
    begun_at: datetime | None
    stuck: bool

    @property
    def was_today(self) -> bool:
        """Has today's plan been done?"""
        return self.on == self.today


def reminders_last_ran(*, at: datetime) -> LastRan:
    """Never a quiet green: after 07:15 today's run must be there, before it yesterday's."""
    now = at.astimezone(LONDON)
    today = london_date(at)
    expected = today if now.time() >= GRACE else today - DAY
    runs = JobRun.objects.newest(JOB)
    run = next((one for one in runs if one.finished_at and not one.problem), None)
    counts = run.counts if run else {}
    begun = runs[0].started_at if runs and not runs[0].finished_at else None
    return LastRan(
        on=run.on if run else None,
        at=run.finished_at if run else None,
        letters=counts.get("letters", 0),
        proposed=counts.get("proposed", 0),
        waits_until=counts.get("waits_until", ""),
        late=run is None or run.on < expected,
        today=today,
        problem=runs[0].problem if runs else "",
        begun_at=begun,
        stuck=begun is not None and at - begun > LONGEST,
    )
