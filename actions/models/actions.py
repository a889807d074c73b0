"""Something promised: owner, original date, state in words, and the proof that it was done."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
from django.db import models, transaction
from django.db.models import F, Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from chasing.models.due import Due, DueQuerySet, due_indexes

if TYPE_CHECKING:
    from accounts.models import User


class IllegalMove(Exception):
    """The action is not in a state from which this can happen; the message says what to do."""


class NoEvidence(Exception):
    """Closing needs evidence, and there is none."""


class OwnAction(Exception):
    """The owner may not verify their own action."""


class ActionQuerySet(DueQuerySet):
    """Actions in the users' words."""

    circle_path = "circle"

    def open(self) -> Self:
        """Promised and not yet verified; "complete, awaiting verification" is still open."""
        return self.filter(state__in=Action.OPEN_STATES)

    def awaiting_verification(self) -> Self:
        """The provider says it is done; nobody has verified it."""
        return self.filter(state=Action.State.AWAITING)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Action(Due):
    """An action of a provider. Complete means verified by a person other than its owner."""

    class State(models.TextChoices):
        OPEN = "open", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        AWAITING = "complete_awaiting_verification", "Complete, awaiting verification"
        IMPLEMENTED = "implemented", "Implemented (verified)"
        EMBEDDED = "embedded", "Embedded"
        SUPERSEDED = "superseded", "Superseded"
        NOT_ACCEPTED = "not_accepted", "Not accepted"

    class Level(models.TextChoices):
        INDIVIDUAL = "individual", "Individual"
        TEAM = "team", "Team"
        ORGANISATION = "organisation", "Organisation"

    OPEN_STATES: ClassVar[tuple[str, ...]] = (State.OPEN, State.IN_PROGRESS, State.AWAITING)
    kind_code = "action"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    origin_kind = models.CharField(max_length=20)
    text = models.TextField("what will be done")
    level = models.CharField(max_length=12, choices=Level.choices, default=Level.ORGANISATION)
    state = models.CharField(max_length=32, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="actions")
    owner_name = models.CharField("owner", max_length=150, blank=True, help_text="When the owner has no account.")
    evidence_required = models.CharField("what will prove it", max_length=300, blank=True)
    opened_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    verified_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="action_whose"),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(owner__isnull=True) | ~Q(verified_by=F("owner")),
                name="action_verified_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["implemented", "embedded"])
                | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="action_complete_is_verified",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["open", "in_progress", "complete_awaiting_verification"], settled_at__isnull=True
                )
                | ~Q(state__in=["open", "in_progress", "complete_awaiting_verification"]) & Q(settled_at__isnull=False),
                name="action_settled_when_closed",
            ),
        ]
        indexes = [
            *due_indexes("action"),
            models.Index(fields=["commissioner", "state"], name="action_by_state"),
            models.Index(fields=["organisation", "state"], name="action_of_organisation"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_open(self) -> bool:
        """Promised and not verified yet."""
        return self.state in self.OPEN_STATES

    @transaction.atomic
    def report(self, text: str, *, by: "User", at: datetime) -> None:
        """The provider says how it goes; an action not started is now in progress."""
        self._move([self.State.OPEN, self.State.IN_PROGRESS], state=self.State.IN_PROGRESS)
        self._note("progress", text, by=by, at=at)

    @transaction.atomic
    def complete(self, text: str, *, by: "User", at: datetime) -> None:
        """The provider says it is done. It still counts as open until somebody else verifies it."""
        if not self.evidence.exists():
            raise NoEvidence("Add the evidence that shows it is done, then mark it complete.")
        self._move(
            [self.State.OPEN, self.State.IN_PROGRESS], state=self.State.AWAITING, completed_at=at, completed_by=by
        )
        self._note("complete", text, by=by, at=at)

    @transaction.atomic
    def verify(self, comment: str, *, by: "User", at: datetime) -> None:
        """A person other than the owner, and than whoever marked it complete, has checked the evidence."""
        if by.pk in (self.owner_id, self.completed_by_id):
            raise OwnAction("You own this action or marked it complete, so another person has to verify it.")
        if not self.evidence.exists():
            raise NoEvidence("There is no evidence on this action yet. Ask for it, or add what you saw.")
        self._move([self.State.AWAITING], state=self.State.IMPLEMENTED, verified_by=by, verified_at=at, settled_at=at)
        self._note("verified", comment, by=by, at=at)

    @transaction.atomic
    def send_back(self, comment: str, *, by: "User", at: datetime) -> None:
        """The evidence does not show it: the action is in progress again, and the owner reads why."""
        self._move([self.State.AWAITING], state=self.State.IN_PROGRESS, completed_at=None, completed_by=None)
        self._note("sent_back", comment, by=by, at=at)

    @transaction.atomic
    def close(self, state: str, reason: str, *, by: "User", at: datetime) -> None:
        """Close without completion, as superseded or not accepted, with the reason."""
        self._move(list(self.OPEN_STATES), state=state, settled_at=at, closed_reason=reason)
        self._note("closed", reason, by=by, at=at)

    def _move(self, old: list[str], **changes: object) -> None:
        moved = type(self).objects.filter(pk=self.pk, state__in=old, version=self.version)
        if not moved.update(version=F("version") + 1, **changes):
            raise IllegalMove("This action has changed since you opened it. Look at it again before you go on.")
        self.refresh_from_db()

    def _note(self, kind: str, text: str, *, by: "User", at: datetime) -> None:
        self.updates.create(
            commissioner_id=self.commissioner_id,
            organisation_id=self.organisation_id,
            kind=kind,
            text=text,
            by=by,
            at=at,
        )

    def age_in_days(self, on: date) -> int:
        """Days since it was opened."""
        return (on - self.opened_at.date()).days


class ActionUpdateQuerySet(TenantQuerySet):
    """Updates are seen like their action."""

    circle_path = "action__circle"


class ActionUpdate(models.Model):
    """Append-only: what was said about an action."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", "Progress"
        COMPLETE = "complete", "Marked complete"
        VERIFIED = "verified", "Verified"
        SENT_BACK = "sent_back", "Sent back"
        CLOSED = "closed", "Closed"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    text = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ActionUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text[:80]


class ActionEvidence(models.Model):
    """A use of an evidence version as the proof of an action."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="evidence")
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "item"], name="action_evidence_once")]

    def __str__(self) -> str:
        return str(self.item)
