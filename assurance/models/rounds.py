"""A round asks one framework version of many organisations for one period."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.door import Refused, Stale
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class RoundMoved(Refused):
    """The round is not in a state in which this can be done; the message says what to do."""


class RoundQuerySet(TenantQuerySet):
    """Rounds of a commissioner."""

    organisation_path = ""

    def issuing(self) -> Self:
        """Asked to be issued, and the worker has not finished."""
        return self.filter(state=Round.State.ISSUING)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Round(models.Model):
    """Framework version x period x opens and due. Issuing makes one return per organisation called for."""

    class State(models.TextChoices):
        DRAFT = "draft", "Being prepared"
        ISSUING = "issuing", "Being issued"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="rounds")
    framework_version = models.ForeignKey("framework.FrameworkVersion", on_delete=models.PROTECT, related_name="rounds")
    name = models.CharField(max_length=120)
    year = models.CharField("financial year", max_length=7)
    opens_on = models.DateField()
    due_on = models.DateField()
    tiers = models.JSONField(default=list, help_text="Which standards this round asks; empty means all")
    categories = models.ManyToManyField("providers.Category", blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.DRAFT)
    issued_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["commissioner", "name"], name="round_name_once"),
            models.UniqueConstraint(fields=["id", "commissioner"], name="round_whose"),
            models.CheckConstraint(condition=Q(due_on__gt=F("opens_on")), name="round_due_after_opening"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        """May its dates and narrowing still be changed?"""
        return self.state == self.State.DRAFT

    def refuse_unless_draft(self) -> None:
        """A round that was issued does not change: providers hold returns with its dates."""
        if not self.is_draft:
            raise RoundMoved(
                "This round has been issued, so it can no longer be changed. Extend single returns instead."
            )

    def refuse_if_changed_since(self, version: int | None) -> None:
        """Against overwriting what somebody else saved while this form was open."""
        held = type(self).objects.select_for_update().filter(pk=self.pk)
        now = held.values_list("version", flat=True).first()
        if now is not None and version is not None and version != now:
            raise Stale("Somebody else changed this round while you were writing. Open it again to see it now.")
        self.version = (now or 0) + 1

    @property
    def takes_additions(self) -> bool:
        """May a return be added for one organisation?"""
        return self.state == self.State.OPEN

    def begin_issuing(self, *, by: "User", at: datetime) -> None:
        """Hand the round to the worker, or an open one again for many who joined. Of two at once the second is told."""
        self._move((self.State.DRAFT, self.State.OPEN), self.State.ISSUING, **self._begun(by, at))

    def leave_to_worker(self, *, by: "User", at: datetime) -> None:
        """Somebody could not be given a return now: the worker goes on trying."""
        if self.state != self.State.ISSUING:
            self.begin_issuing(by=by, at=at)

    def open(self, *, by: "User", at: datetime) -> None:
        """Every return is out. Nothing happens to a round that is open, or that somebody opens just now."""
        if self.state == self.State.OPEN:
            return
        try:
            self._move((self.State.DRAFT, self.State.ISSUING), self.State.OPEN, **self._begun(by, at))
        except RoundMoved:
            if self.state != self.State.OPEN:
                raise

    def close(self) -> None:
        """No more returns are issued. Those still owed stay owed, named and reminded of."""
        self._move((self.State.OPEN,), self.State.CLOSED)

    def _begun(self, by: "User", at: datetime) -> dict[str, object]:
        """Who issued it stays the first who did."""
        return {} if self.issued_at else {"issued_by": by, "issued_at": at}

    def _move(self, old: tuple[str, ...], new: str, **changes: object) -> None:
        rows = type(self).objects.filter(pk=self.pk, state__in=old)
        moved = rows.update(state=new, version=F("version") + 1, **changes)
        self.refresh_from_db()
        if not moved:
            raise RoundMoved(
                f"This round is now “{self.get_state_display()}”, so that cannot be done. Look at it again."
            )
