"""A figures return: one organisation's figures for one period. Its states and who moves it between them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.references import new_reference
from chasing.models.due import Due, DueQuerySet, due_indexes
from providers.models.organisations import Tier
from training.models.periods import Period

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from training.models.submissions import FigureEntry, FigureSubmission, Signature


class IllegalMove(Refused):
    """The return is not in a state from which this can happen; the message says what to do."""


class FigureReturnQuerySet(DueQuerySet):
    """Figures returns in the users' words."""

    circle_path = "circle"
    # What the provider has not submitted yet; a correction under way is read as it was submitted.
    drafts = Q(first_submitted_at__isnull=True)
    sees_drafts = frozenset(
        {Can.SEE_RETURN_STATUS, Can.RUN_ROUNDS, Can.RECORD_RECEIVED, Can.SEE_FIGURES, Can.SEE_REMINDERS,
         Can.SEND_REMINDERS, Can.EXPORT, Can.FREEZE}
    )  # fmt: skip

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere, with the period and both names beside each return: every page says them."""
        return super().permitted(user, can, on=on).select_related("period", "commissioner", "organisation")

    def issued(self) -> Self:
        """Asked for and not withdrawn."""
        return self.exclude(state=FigureReturn.State.WITHDRAWN)

    def not_returned(self) -> Self:
        """Asked for and nothing received yet: "No return received"."""
        return self.issued().filter(first_submitted_at__isnull=True)

    def returned(self) -> Self:
        """Received at least once, and not withdrawn."""
        return self.issued().filter(first_submitted_at__isnull=False)

    def late(self, *, on: date) -> Self:
        """Nothing received, and the date that holds has passed."""
        return self.not_returned().filter(due_on__lt=on)

    def extended(self, *, on: date) -> Self:
        """Nothing received, a later date was agreed, and it has not passed."""
        return self.not_returned().filter(due_on__gte=on, due_on__gt=F("original_due_on"))

    def not_yet_due(self, *, on: date) -> Self:
        """Nothing received, and the first date has not passed."""
        return self.not_returned().filter(due_on__gte=on, due_on__lte=F("original_due_on"))

    def progress(self, *, on: date) -> dict[str, int]:
        """Counts: returned, late, extended, not_yet_due, withdrawn, total; the first five add up to the total."""
        gone, open_ = Q(state="withdrawn"), Q(first_submitted_at__isnull=True) & ~Q(state="withdrawn")
        moved = Q(due_on__gt=F("original_due_on"))
        return self.order_by().aggregate(
            total=Count("pk"),
            returned=Count("pk", filter=Q(first_submitted_at__isnull=False) & ~gone),
            late=Count("pk", filter=open_ & Q(due_on__lt=on)),
            extended=Count("pk", filter=open_ & Q(due_on__gte=on) & moved),
            not_yet_due=Count("pk", filter=open_ & Q(due_on__gte=on) & ~moved),
            withdrawn=Count("pk", filter=gone),
        )

    def rights_of(self, user: "User | AnonymousUser") -> dict[str, bool]:
        """What this person may do with the one return that is left: fill, submit, receive, run, query. One query."""
        cans = {
            "fill": Can.FILL_FIGURES, "submit": Can.SUBMIT_FIGURES, "receive": Can.RECORD_RECEIVED,
            "run": Can.RUN_ROUNDS, "read": Can.READ_FIGURES, "query": Can.QUERY_FIGURES,
        }  # fmt: skip
        each = {
            f"may_{name}": Exists(self.model.objects.permitted(user, can).filter(pk=OuterRef("pk")))
            for name, can in cans.items()
        }
        row = self.annotate(**each).values(*each).get()
        return {name.removeprefix("may_"): may for name, may in row.items()}


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class FigureReturn(Due):
    """What one organisation owes for one period. Chased until it is submitted or withdrawn.

    ``tier``, ``category`` and ``grouping`` are as they were on the day of issue. ``entering``: the commissioner types
    figures that arrived another way, or its own.
    """

    class State(models.TextChoices):
        ISSUED = "issued", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        SUBMITTED = "submitted", "Submitted"
        CORRECTING = "correcting", "Being corrected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    EDITABLE: ClassVar[tuple[str, ...]] = (State.ISSUED, State.IN_PROGRESS, State.CORRECTING)
    OWED: ClassVar[tuple[str, ...]] = (State.ISSUED, State.IN_PROGRESS)
    kind_code = "figure_return"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="returns")
    tier = models.CharField(max_length=16, choices=Tier.choices)
    category = models.CharField(max_length=8, blank=True)
    grouping = models.SlugField(max_length=30, blank=True)
    roles_down = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ISSUED)
    why_issued = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField()
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    correcting_because = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    entering = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = FigureReturnQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["period", "organisation"], name="figure_return_once_a_period"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="figure_return_whose"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation", "period"], name="figure_return_when"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "correcting"]) | Q(first_submitted_at__isnull=False),
                name="figure_return_submitted_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="correcting") | ~Q(correcting_because=""),
                name="figure_return_corrected_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""), name="figure_return_withdrawn_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "in_progress"], settled_at__isnull=True)
                | ~Q(state__in=["issued", "in_progress"]) & Q(settled_at__isnull=False),
                name="figure_return_settled_when_received",
            ),
        ]
        indexes = [
            *due_indexes("figure_return"),
            models.Index(fields=["organisation", "-issued_at"], name="figure_return_of"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_editable(self) -> bool:
        """May figures be written in it now?"""
        return self.state in self.EDITABLE

    @property
    def is_owed(self) -> bool:
        """Asked for, and nothing has been received."""
        return self.state in self.OWED

    @property
    def is_received(self) -> bool:
        """Have figures been submitted, whether or not a correction is under way?"""
        return self.first_submitted_at is not None and self.state != self.State.WITHDRAWN

    @property
    def is_own(self) -> bool:
        """Is it the commissioner's own staff?"""
        return self.organisation_id == self.commissioner_id

    def rights_of(self, user: "User | AnonymousUser") -> dict[str, bool]:
        """What this person may do with it: fill, submit, receive, run, read, query. One query."""
        rows: FigureReturnQuerySet = type(self).objects.filter(pk=self.pk)
        return rows.rights_of(user)

    def _move(self, old: tuple[str, ...], new: str, **changes: object) -> None:
        """Conditional update on the old states: of two at once, one wins and the other is told."""
        rows = type(self).objects.filter(pk=self.pk, state__in=old)
        moved = rows.update(state=new, version=F("version") + 1, **changes)
        self.refresh_from_db()
        if not moved:
            raise IllegalMove(
                f"These figures are now “{self.get_state_display()}”, so that cannot be done. Look at them again."
            )

    @transaction.atomic
    def extend(self, to: date, *, by: "User", at: datetime, reason: str, agreed_by: "User") -> None:
        """Agree a later date. The original stays for ever, and reminders start afresh for the new one."""
        locked = type(self).objects.select_for_update().get(pk=self.pk)
        if locked.state not in self.OWED:
            raise IllegalMove(f"These figures are “{locked.get_state_display()}”, so their date cannot be moved.")
        if to <= locked.due_on:
            raise IllegalMove("The new date has to be later than the date that holds now. Look at it again.")
        locked.move_due(to, by=by, reason=reason, at=at, agreed_by=agreed_by)
        self.refresh_from_db()

    # The verbs that write what hangs on a return are in training/models/submitting.py.

    def submit(self, signature: "Signature", *, by: "User", at: datetime, **how: object) -> "FigureSubmission":
        """Freeze the figures and let them be what is known. Incomplete when something is missing."""
        from training.models import submitting

        return submitting.submit(self, signature, by=by, at=at, **how)

    def begin_correction(self, reason: str, *, by: "User", at: datetime) -> None:
        """Open submitted figures again; what was submitted is read until the correction is."""
        from training.models import submitting

        submitting.begin_correction(self, reason, by=by, at=at)

    def give_up_correction(self, *, at: datetime) -> None:
        """Everything written is again what was last submitted."""
        from training.models import submitting

        submitting.give_up_correction(self, at=at)

    def begin_entry(
        self, *, channel: str, received_from: str, received_on: date, by: "User", at: datetime, reason: str = ""
    ) -> "FigureEntry":
        """The commissioner types what arrived another way."""
        from training.models import submitting

        how = {"channel": channel, "received_from": received_from, "received_on": received_on, "reason": reason}
        return submitting.begin_entry(self, **how, by=by, at=at)  # type: ignore[arg-type]

    def give_back(self, *, at: datetime) -> None:
        """The commissioner stops typing for the provider."""
        from training.models import submitting

        submitting.give_back(self, at=at)

    def withdraw(self, *, by: "User", at: datetime, reason: str) -> None:
        """Nothing is asked for any more; it stays in every list, with the reason."""
        from training.models import submitting

        submitting.withdraw(self, by=by, at=at, reason=reason)
