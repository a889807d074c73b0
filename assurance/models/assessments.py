"""A self-assessment: one organisation's return in one round. Its states and who moves it between them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.capabilities import Can
from accounts.references import new_reference
from assurance.models.rounds import Round
from chasing.models.due import Due, DueQuerySet, due_indexes
from design.calendar import london_date
from providers.models.organisations import Tier

if TYPE_CHECKING:
    from accounts.models import User


class IllegalMove(Exception):
    """The return is not in a state from which this can happen; the message says what to do."""


class SelfAssessmentQuerySet(DueQuerySet):
    """Returns in the users' words."""

    circle_path = "circle"
    drafts = Q(state__in=["issued", "in_progress"])
    sees_drafts = frozenset({Can.SEE_RETURN_STATUS, Can.RUN_ROUNDS, Can.RECORD_RECEIVED, Can.SEE_OVERVIEW})

    def issued(self) -> Self:
        """Asked for and not withdrawn."""
        return self.exclude(state=SelfAssessment.State.WITHDRAWN)

    def not_returned(self) -> Self:
        """Asked for and nothing received yet: "No return received"."""
        return self.filter(first_submitted_at__isnull=True).exclude(state=SelfAssessment.State.WITHDRAWN)

    def awaiting_validation(self) -> Self:
        """Received and not yet validated, oldest first."""
        return self.filter(state__in=["submitted", "under_review"]).order_by("submitted_at", "id")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class SelfAssessment(Due):
    """A return. Its due date is chased until it is submitted or withdrawn."""

    class State(models.TextChoices):
        ISSUED = "issued", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        SUBMITTED = "submitted", "Submitted"
        UNDER_REVIEW = "under_review", "Being validated"
        SENT_BACK = "sent_back", "Sent back for more"
        VALIDATED = "validated", "Validated"
        WITHDRAWN = "withdrawn", "Withdrawn"

    EDITABLE: ClassVar[tuple[str, ...]] = (State.ISSUED, State.IN_PROGRESS, State.SENT_BACK)
    RECEIVED: ClassVar[tuple[str, ...]] = (State.SUBMITTED, State.UNDER_REVIEW, State.VALIDATED)
    kind_code = "self_assessment"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assessments")
    tier = models.CharField(max_length=16, choices=Tier.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ISSUED)
    why_issued = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField()
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    validated_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SelfAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="self_assessment_once_a_round"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="self_assessment_whose"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "under_review", "validated"]) | Q(submitted_at__isnull=False),
                name="self_assessment_submitted_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state="validated", validated_at__isnull=False) | ~Q(state="validated"),
                name="self_assessment_validated_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""), name="self_assessment_withdrawn_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "in_progress", "sent_back"], settled_at__isnull=True)
                | ~Q(state__in=["issued", "in_progress", "sent_back"]) & Q(settled_at__isnull=False),
                name="self_assessment_settled_when_received",
            ),
        ]
        indexes = [
            *due_indexes("self_assessment"),
            models.Index(fields=["commissioner", "state", "submitted_at"], name="self_assessment_queue"),
            models.Index(fields=["organisation", "-issued_at"], name="self_assessment_of"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_editable(self) -> bool:
        """May the provider write in it now?"""
        return self.state in self.EDITABLE

    @property
    def is_received(self) -> bool:
        """Has the provider's answer arrived?"""
        return self.state in self.RECEIVED

    def _move(self, old: tuple[str, ...], new: str, **changes: object) -> None:
        """Conditional update on the old states: of two at once, one wins and the other is told."""
        moved = (
            type(self).objects.filter(pk=self.pk, state__in=old).update(state=new, version=F("version") + 1, **changes)
        )
        if not moved:
            self.refresh_from_db()
            raise IllegalMove(
                f"This return is now “{self.get_state_display()}”, so that cannot be done. Look at it again."
            )
        self.refresh_from_db()

    def withdraw(self, *, by: "User", at: datetime, reason: str) -> None:
        """Take the return back with a reason. It stays in every total as withdrawn (hazard 5)."""
        self._move(
            (*self.EDITABLE, self.State.SUBMITTED, self.State.UNDER_REVIEW),
            self.State.WITHDRAWN,
            settled_at=at,
            withdrawn_at=at,
            withdrawn_by=by,
            withdrawn_reason=reason,
        )

    def on_time(self) -> tuple[bool | None, bool | None]:
        """Received by the original date, and by the agreed date; None while neither can be said."""
        if self.first_submitted_at is None:
            return None, None
        day: date = london_date(self.first_submitted_at)
        return day <= self.original_due_on, day <= self.due_on
