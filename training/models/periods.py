"""A period for which figures are collected: a quarter or a month of one commissioner, and how far its issue is."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models
from django.db.models import Count, F, Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from design.calendar import FinancialYear, Quarter
from training.models.lines import Line

if TYPE_CHECKING:
    from accounts.models import User


class PeriodMoved(Refused):
    """The period is not in a state in which this can be done; the message says what to do."""


class PeriodQuerySet(TenantQuerySet):
    """Periods of a commissioner, the latest first."""

    organisation_path = ""

    def issuing(self) -> Self:
        """Asked to be issued, and the worker has not finished."""
        return self.filter(state=Period.State.ISSUING)

    def collected(self) -> Self:
        """Issued, open or closed: something was asked for it."""
        return self.filter(state__in=[Period.State.OPEN, Period.State.CLOSED])

    def with_progress(self, *, on: date) -> Self:
        """With ``asked``, ``returned``, ``late`` and ``withdrawn`` of its returns beside each."""
        gone = Q(returns__state="withdrawn")
        owed = Q(returns__first_submitted_at__isnull=True) & ~gone
        return self.annotate(
            asked=Count("returns"),
            returned=Count("returns", filter=Q(returns__first_submitted_at__isnull=False) & ~gone),
            late=Count("returns", filter=owed & Q(returns__due_on__lt=on)),
            withdrawn=Count("returns", filter=gone),
        ).order_by("-ends_on", "timing", "commissioner__name")

    def quarters(self) -> Self:
        """Of a quarter each; the others are of a month."""
        return self.filter(timing=Line.Timing.QUARTER)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Period(models.Model):
    """From its first to its last day; figures are as at the last day. Issuing makes one return a provider."""

    class State(models.TextChoices):
        DRAFT = "draft", "Being prepared"
        ISSUING = "issuing", "Being issued"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    timing = models.CharField(max_length=7, choices=Line.Timing.choices, default=Line.Timing.QUARTER)
    starts_on = models.DateField()
    ends_on = models.DateField("as at", help_text="The last day, included")
    due_on = models.DateField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.DRAFT)
    by_schedule = models.BooleanField(default=False)
    issued_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    # Why no return could be made for an organisation, by its id as text; empty once everybody has one.
    left_out = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "timing"]
        constraints = [
            models.UniqueConstraint(fields=["commissioner", "timing", "starts_on"], name="period_once"),
            models.UniqueConstraint(fields=["id", "commissioner"], name="period_whose"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="period_ends_after_start"),
            models.CheckConstraint(condition=Q(due_on__gt=F("ends_on")), name="period_due_after_its_end"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As people say it: "Q1 2017/18", or "April 2017"."""
        return Quarter.of(self.ends_on).label if self.timing == Line.Timing.QUARTER else f"{self.ends_on:%B %Y}"

    @property
    def year(self) -> FinancialYear:
        """The financial year that it belongs to."""
        return FinancialYear.of(self.ends_on)

    @property
    def takes_additions(self) -> bool:
        """May a return be added for one organisation?"""
        return self.state == self.State.OPEN

    def put_due(self, due_on: date, *, version: int) -> None:
        """Another due date while it is being prepared. Refused when somebody changed it first."""
        rows = type(self).objects.filter(pk=self.pk, state=self.State.DRAFT, version=version)
        if not rows.update(due_on=due_on, version=F("version") + 1):
            raise PeriodMoved("This period was changed or issued in the meantime. Look at it again.")
        self.refresh_from_db()

    def begin_issuing(self, *, by: "User | None", at: datetime) -> None:
        """Hand the period to the worker. Of two at once the second is told."""
        done = {} if self.issued_at else {"issued_by": by, "issued_at": at}
        self._move((self.State.DRAFT, self.State.OPEN), self.State.ISSUING, **done)

    def leave_to_worker(self, *, by: "User | None", at: datetime) -> None:
        """Somebody could not be given a return now: the worker goes on trying."""
        if self.state != self.State.ISSUING:
            self.begin_issuing(by=by, at=at)

    def note_left_out(self, why: Mapping[int, str]) -> None:
        """Keep for whom no return could be made, and why. Nothing is written when nothing has changed."""
        now = {str(organisation): words for organisation, words in why.items()}
        if now != self.left_out:
            type(self).objects.filter(pk=self.pk).update(left_out=now)
            self.left_out = now

    def open(self) -> None:
        """Every return is out. Nothing happens to a period that is open already, or that somebody opens meanwhile."""
        if self.state == self.State.OPEN:
            return
        try:
            self._move((self.State.ISSUING,), self.State.OPEN)
        except PeriodMoved:
            if self.state != self.State.OPEN:
                raise

    def close(self) -> None:
        """No more returns are issued. Those still owed stay owed, named and reminded of."""
        self._move((self.State.OPEN,), self.State.CLOSED)

    def _move(self, old: tuple[str, ...], new: str, **changes: object) -> None:
        rows = type(self).objects.filter(pk=self.pk, state__in=old)
        moved = rows.update(state=new, version=F("version") + 1, **changes)
        self.refresh_from_db()
        if not moved:
            raise PeriodMoved(f"{self} is now “{self.get_state_display()}”, so that cannot be done. Look at it again.")


def days_of(timing: str, on: date) -> tuple[date, date]:
    """The first and the last day of the quarter or month that a day belongs to."""
    if timing == Line.Timing.QUARTER:
        quarter = Quarter.of(on)
        return quarter.starts, quarter.ends
    first = on.replace(day=1)
    following = (
        first.replace(year=first.year + 1, month=1) if first.month == 12 else first.replace(month=first.month + 1)
    )
    return first, date.fromordinal(following.toordinal() - 1)
