"""Is sending on, and when did a job last run."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.door import Refused
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation


# The reason of the hold with which a new place begins.
FIRST = "The place is being set up: nothing is sent before somebody starts sending."


class SendingHoldQuerySet(TenantQuerySet):
    """Holds of a commissioner."""

    organisation_path = ""

    def in_place(self) -> Self:
        """Not lifted yet."""
        return self.filter(lifted_at__isnull=True)

    def place(self, commissioner: "Organisation", *, reason: str, by: "User", at: datetime) -> "SendingHold":
        """From now on reminders of this commissioner are written and wait. Account mail goes on."""
        try:
            with transaction.atomic():
                made: SendingHold = self.create(commissioner=commissioner, reason=reason, placed_by=by, placed_at=at)
        except IntegrityError as problem:
            raise Refused("Sending is already held. Look at who holds it and why.") from problem
        return made


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class SendingHold(models.Model):
    """While a hold is in place reminders of this commissioner wait; account mail does not."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SendingHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commissioner"], condition=Q(lifted_at__isnull=True), name="hold_once"),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def is_first(self) -> bool:
        """Has nothing been sent yet from this place?"""
        return self.reason == FIRST

    def lift(self, *, by: "User", at: datetime) -> None:
        """Sending goes on; what has waited goes out with the next round if it is still due."""
        lifted = type(self).objects.in_place().filter(pk=self.pk).update(lifted_by=by, lifted_at=at)
        self.refresh_from_db()
        if not lifted:
            raise Refused("Somebody else has already let sending go on.")


# A worker that comes round every minute and has not been heard of for this long does not answer.
QUIET = timedelta(minutes=3)


@dataclass(frozen=True)
class Worker:
    """Whoever does a job all day: when it was last heard of, and whether that is too long ago."""

    seen_at: datetime | None
    is_silent: bool


class JobRunQuerySet(models.QuerySet["JobRun"]):
    """Runs of periodic jobs."""

    def begin(self, job: str, *, on: date, at: datetime) -> "JobRun | None":
        """The run of that day to go on with, or None when it has been done. One that broke off begins again."""
        run, made = self.get_or_create(job=job, on=on, defaults={"started_at": at})
        if run.finished_at and not run.problem:
            return None
        if not made:
            self.filter(pk=run.pk).update(started_at=at, finished_at=None, problem="")
            run.refresh_from_db()
        return run

    def newest(self, job: str, days: int = 60) -> "list[JobRun]":
        """The last runs of a job, newest first."""
        return list(self.filter(job=job).order_by("-on")[:days])

    def beat(self, job: str, *, on: date, at: datetime) -> None:
        """A job that comes round all day leaves the moment of its last round."""
        round = self.model(job=job, on=on, started_at=at, finished_at=at)
        # One statement: two relays that begin a day together must not trip over each other.
        self.bulk_create([round], update_conflicts=True, update_fields=["finished_at"], unique_fields=["job", "on"])

    def heard_of(self, job: str, *, at: datetime) -> Worker:
        """Is somebody there to do what comes round all day? Asked while a person waits for it."""
        run = next(iter(self.newest(job, days=1)), None)
        seen = run.finished_at if run else None
        return Worker(seen, seen is None or at - seen > QUIET)


class JobRun(models.Model):
    """One run of a periodic job: a day is run once, a missed day is run at start."""

    job = models.CharField(max_length=40)
    on = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "on"], name="job_once_a_day")]

    def __str__(self) -> str:
        return f"{self.job} {self.on}"

    def finish(self, *, at: datetime, **counts: Any) -> None:
        """Done; the counts are what the pages say of it. A second run of the day adds to the first."""
        added = {name: self.counts.get(name, 0) + n if isinstance(n, int) else n for name, n in counts.items()}
        self.finished_at, self.problem, self.counts = at, "", self.counts | added
        self.save(update_fields=["finished_at", "problem", "counts"])

    def fail(self, problem: str, *, at: datetime) -> None:
        """It broke off; the next try begins again, and the pages say so meanwhile."""
        self.finished_at, self.problem = at, problem[:300]
        self.save(update_fields=["finished_at", "problem"])
