"""A clock that runs in one review: its first day and its day now, and every move between them, for ever.

A move has a reason and somebody who agreed to it. A recorded reason is not painted as failure: target and actual stand
side by side, and a paused clock is not late.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.door import Refused
from design.calendar import london_date
from providers.models.versions import Versioned
from reviews.models.access import ListedQuerySet, OfReviewQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class ClockQuerySet(OfReviewQuerySet):
    """Clocks of reviews."""

    def running(self) -> Self:
        """Neither met nor ended; a paused one among them."""
        return self.filter(met_on__isnull=True, ended_on__isnull=True)

    def moved(self) -> Self:
        """Each with how often its day was moved."""
        moves = ClockMove.objects.filter(clock=OuterRef("pk")).exclude(due_before=F("due_after")).order_by()
        counted = moves.values("clock").annotate(n=models.Count("pk")).values("n")
        return self.annotate(moved=Coalesce(Subquery(counted), 0))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Clock(Versioned):
    """One step of one review that has to be done by a day."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="clocks")
    rule = models.ForeignKey("reviews.ClockRule", on_delete=models.PROTECT, related_name="+")
    anchor_on = models.DateField("counted from")
    original_due_on = models.DateField("first due")
    due_on = models.DateField("due now")
    paused_on = models.DateField("paused since", null=True, blank=True)
    met_on = models.DateField("done on", null=True, blank=True)
    ended_on = models.DateField("no longer runs since", null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["review", "rule"], name="review_clock_once")]
        indexes = [
            models.Index(
                fields=["commissioner", "due_on"], name="review_clock_running",
                condition=Q(met_on__isnull=True, paused_on__isnull=True, ended_on__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.rule.words}: {self.due_on:%-d %B %Y}"

    def state(self, on: date) -> str:
        """done, done_late, ended, paused, late or running, on the day."""
        if self.met_on is not None:
            return "done" if self.met_on <= self.due_on else "done_late"
        if self.ended_on is not None:
            return "ended"
        if self.paused_on is not None:
            return "paused"
        return "late" if self.due_on < on else "running"

    def state_in_words(self, on: date) -> tuple[str, str]:
        """The state as a page says it, with its tone."""
        late = self.days_late(on)
        days = f"{late} day{'' if late == 1 else 's'}"
        return {
            "done": ("Done in time", "good"),
            "done_late": (f"Done, {days} after its day", "quiet"),
            "ended": ("No longer runs", "quiet"),
            "paused": (f"Paused since {self.paused_on:%-d %B %Y}" if self.paused_on else "", "waiting"),
            "late": (f"{days} past its day", "bad"),
            "running": ("Running", "info"),
        }[self.state(on)]

    def days_late(self, on: date) -> int:
        """Calendar days past its day now; none while it is paused, or was done in time."""
        until = self.met_on or (None if self.paused_on or self.ended_on else on)
        return max(0, (until - self.due_on).days) if until else 0

    @transaction.atomic
    def extend(
        self, to: date, *, expected: int, reason: str, approved_by: str, by: "User", at: datetime
    ) -> None:  # fmt: skip
        """Give it a later day. The first day and each one between stay to be seen."""
        self._runs()
        if to <= self.due_on:
            raise Refused(f"Choose a day after {self.due_on:%-d %B %Y}.")
        self._move(ClockMove.Kind.EXTENDED, to, reason, approved_by, by, at)
        self.change(expected=expected, due_on=to)

    @transaction.atomic
    def pause(self, on: date, *, expected: int, reason: str, approved_by: str, by: "User", at: datetime) -> None:
        """Stop it, for example for criminal proceedings."""
        self._runs()
        if self.paused_on is not None:
            raise Refused("The clock is paused already.")
        if not self.anchor_on <= on <= london_date(at):
            raise Refused(f"Choose a day from {self.anchor_on:%-d %B %Y} to today.")
        self._move(ClockMove.Kind.PAUSED, self.due_on, reason, approved_by, by, at, on=on)
        self.change(expected=expected, paused_on=on)

    @transaction.atomic
    def resume(self, on: date, *, expected: int, reason: str, approved_by: str, by: "User", at: datetime) -> None:
        """Let it run on: it is due as many days later as it stood still."""
        if self.paused_on is None:
            raise Refused("The clock is not paused.")
        if not self.paused_on <= on <= london_date(at):
            raise Refused(f"Choose a day from {self.paused_on:%-d %B %Y} to today.")
        due = self.due_on + (on - self.paused_on)
        self._move(ClockMove.Kind.RESUMED, due, reason, approved_by, by, at, on=on)
        self.change(expected=expected, paused_on=None, due_on=due)

    def recount(self, anchor_on: date, *, by: "User", at: datetime) -> None:
        """The day it is counted from was corrected: what was granted beyond the rule stays granted."""
        granted: timedelta = self.due_on - self.rule.due(self.anchor_on)
        due = self.rule.due(anchor_on) + granted
        why = f"Counted from {anchor_on:%-d %B %Y} instead of {self.anchor_on:%-d %B %Y}"
        self._move(ClockMove.Kind.RECOUNTED, due, why, "", by, at)
        self.change(expected=self.version, anchor_on=anchor_on, due_on=due)

    def end(self, *, on: date, reason: str, by: "User", at: datetime) -> None:
        """It no longer runs, because the review became one of another kind."""
        self._move(ClockMove.Kind.ENDED, self.due_on, reason, "", by, at)
        self.change(expected=self.version, ended_on=on)

    def _runs(self) -> None:
        if self.met_on is not None or self.ended_on is not None:
            raise Refused("This clock has been met or no longer runs, and its day cannot be moved.")

    def _move(
        self, kind: str, due: date, reason: str, approved_by: str, by: "User", at: datetime, on: date | None = None
    ) -> None:
        self.moves.create(
            kind=kind, due_before=self.due_on, due_after=due, reason=reason, approved_by=approved_by,
            on=on or london_date(at), by=by, at=at,
        )  # fmt: skip


class ClockMoveQuerySet(ListedQuerySet):
    """Moves of clocks."""

    commissioner_path = "clock__commissioner"
    circle_path = "clock__review__circle"


class ClockMove(models.Model):
    """Append-only: the day of a clock was moved, with the reason and who agreed."""

    class Kind(models.TextChoices):
        EXTENDED = "extended", "Extended"
        PAUSED = "paused", "Paused"
        RESUMED = "resumed", "Resumed"
        RECOUNTED = "recounted", "Counted from another day"
        ENDED = "ended", "Ended"

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    due_before = models.DateField()
    due_after = models.DateField()
    on = models.DateField()
    reason = models.CharField(max_length=300)
    approved_by = models.CharField("agreed by", max_length=150, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ClockMoveQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
