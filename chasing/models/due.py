"""Something due: one date, its original, and whether it is settled.

Subclass ``Due`` and register a ``Kind`` in the app's ``kinds.py``. The verb that settles the thing sets
``settled_at``; nothing has to cancel a reminder. Being overdue is a comparison, never a flag.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q

from accounts.door import Refused
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class DueQuerySet(TenantQuerySet):
    """Questions about things that are due."""

    def outstanding(self) -> Self:
        """Not settled, whatever the date."""
        return self.filter(settled_at__isnull=True)

    def overdue(self, *, on: date) -> Self:
        """Outstanding and due before today. A pause stops mail only, so paused things count."""
        return self.outstanding().filter(due_on__lt=on)

    def due_within(self, days: int, *, on: date) -> Self:
        """Outstanding and due from today until so many days ahead."""
        return self.outstanding().filter(due_on__gte=on, due_on__lte=on + timedelta(days=days))


class Due(models.Model):
    """Abstract: due on a date; a new date is a new version, and the original stays for ever."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey("accounts.Circle", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    due_version = models.PositiveIntegerField(default=1)
    original_due_on = models.DateField(editable=False)
    paused_until = models.DateField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    kind_code: ClassVar[str]

    class Meta:
        abstract = True

    def is_overdue(self, on: date) -> bool:
        """Outstanding, and its London due date has passed."""
        return self.settled_at is None and self.due_on < on

    def days_overdue(self, on: date) -> int:
        """Calendar days since the due date; 0 when not overdue."""
        return (on - self.due_on).days if self.is_overdue(on) else 0

    @transaction.atomic
    def move_due(self, to: date, *, by: "User", reason: str, at: datetime, agreed_by: "User | None" = None) -> None:
        """Agree a new date. Keeps the original, makes a new due version, so reminders start afresh."""
        self._change(by=by, reason=reason, at=at, new=to, agreed_by=agreed_by)
        same = type(self)._default_manager.filter(pk=self.pk, due_version=self.due_version)
        if not same.update(due_on=to, due_version=F("due_version") + 1):
            raise Refused("Somebody else has just moved this date. Look at it again before you move it.")
        self.refresh_from_db()

    @transaction.atomic
    def pause(self, until: date, *, by: "User", reason: str, at: datetime) -> None:
        """Stop reminders until the day. Overdue counts do not change (hazard 7); it expires by itself."""
        self._change(by=by, reason=reason, at=at, paused_until=until)
        self._stop_mail_until(until)

    @transaction.atomic
    def lift_pause(self, *, by: "User", reason: str, at: datetime) -> None:
        """Reminders go on from the next working morning, at the step that has been reached by then."""
        self._change(by=by, reason=reason, at=at)
        self._stop_mail_until(None)

    def _stop_mail_until(self, day: date | None) -> None:
        """Set or end the pause of this row; refused when it has been settled in the meantime."""
        if not type(self)._default_manager.filter(pk=self.pk, settled_at__isnull=True).update(paused_until=day):
            raise Refused("This is no longer outstanding, so there is no reminder to stop or to start.")
        self.refresh_from_db()

    def _change(self, **told: object) -> None:
        """Keep what was decided about the date, by whom and why."""
        DueChange.objects.create(
            kind=self.kind_code,
            thing=self.pk,
            commissioner_id=self.commissioner_id,
            organisation_id=self.organisation_id,
            circle_id=self.circle_id,
            **{"old": self.due_on, "new": self.due_on, **told},
        )


def due_indexes(name: str) -> list[models.Index]:
    """The partial index that the planner reads: what is not settled, by date."""
    return [models.Index(fields=["due_on"], condition=Q(settled_at__isnull=True), name=f"{name}_outstanding")]


class DueChangeQuerySet(TenantQuerySet):
    """Changes of dates, seen with the thing's organisation, and by its named people where it has a list."""

    circle_path = "circle"

    def pauses(self) -> Self:
        """Changes that stopped mail."""
        return self.filter(paused_until__isnull=False)


class DueChange(models.Model):
    """Append-only: a date moved or a pause, with the reason and the people."""

    kind = models.CharField(max_length=40)
    thing = models.BigIntegerField()
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey("accounts.Circle", null=True, on_delete=models.PROTECT, related_name="+")
    old = models.DateField()
    new = models.DateField()
    paused_until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = DueChangeQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["kind", "thing"], name="due_change_of")]

    def __str__(self) -> str:
        return f"{self.old} to {self.new}"
