"""Something promised: owner, original date, state in words, and the proof that it was done.

Complete means verified: "complete, awaiting verification" is still open in every count. To add a state, add it to
``State`` and say in ``OPEN_STATES`` and ``TONES`` how it counts and how it is shown.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

import pghistory
from django.db import models, transaction
from django.db.models import F, Q

from accounts.door import Refused
from accounts.references import new_reference
from actions.models.questions import ActionQuerySet
from actions.models.status import STATUSES, Status
from actions.origins import origin_of
from chasing.models.due import Due, DueChange, due_indexes
from design.calendar import london_date

if TYPE_CHECKING:
    from accounts.models import User
    from evidence.models import EvidenceItem


class IllegalMove(Refused):
    """The action is not in a state from which this can happen; the message says what to do."""


class NoEvidence(Refused):
    """Closing needs evidence, and there is none."""


class OwnAction(Refused):
    """The owner may not verify their own action."""


class WrongEvidence(Refused):
    """This item cannot prove this action; the message says why."""


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
        DIRECTORATE = "directorate", "Directorate"
        ORGANISATION = "organisation", "Organisation"
        LOCAL = "local", "Local"
        REGIONAL = "regional", "Regional"
        NATIONAL = "national", "National"

    class Outlook(models.TextChoices):
        ON_TRACK = "on_track", "On track"
        AT_RISK = "at_risk", "At risk"

    OPEN_STATES: ClassVar[tuple[str, ...]] = (State.OPEN, State.IN_PROGRESS, State.AWAITING)
    TO_DO: ClassVar[tuple[str, ...]] = (State.OPEN, State.IN_PROGRESS)
    COMPLETE: ClassVar[tuple[str, ...]] = (State.IMPLEMENTED, State.EMBEDDED)
    CLOSED_WITHOUT: ClassVar[tuple[str, ...]] = (State.SUPERSEDED, State.NOT_ACCEPTED)
    TONES: ClassVar[dict[str, str]] = {
        "open": "quiet",
        "in_progress": "info",
        "complete_awaiting_verification": "waiting",
        "implemented": "good",
        "embedded": "good",
        "superseded": "quiet",
        "not_accepted": "quiet",
    }
    kind_code = "action"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    origin_kind = models.CharField(max_length=20)
    text = models.TextField("what will be done")
    level = models.CharField(max_length=12, choices=Level.choices, default=Level.ORGANISATION)
    state = models.CharField(max_length=32, choices=State.choices, default=State.OPEN)
    # As the last report on its progress says.
    outlook = models.CharField("will it be done in time?", max_length=8, blank=True, choices=Outlook.choices)
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
                condition=Q(verified_by__isnull=True)
                | Q(completed_by__isnull=True)
                | ~Q(verified_by=F("completed_by")),
                name="action_not_verified_by_completer",
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

    @property
    def is_to_do(self) -> bool:
        """Still with the provider."""
        return self.state in self.TO_DO

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the state."""
        return self.TONES[self.state]

    @property
    def status(self) -> Status:
        """How it stands in words, on the day that was asked of ``with_status``."""
        return STATUSES[self.status_code]  # type: ignore[attr-defined]

    @property
    def moves(self) -> int:
        """How often the date was moved (hazard 21: shown in every row)."""
        return self.due_version - 1

    @property
    def owner_in_words(self) -> str:
        """Whose it is: the person, the name that was given, or nobody yet."""
        return str(self.owner) if self.owner else self.owner_name or "Nobody named yet"

    def age_in_days(self, on: date) -> int:
        """Days since it was opened."""
        return (on - london_date(self.opened_at)).days

    def days_past_original(self, on: date) -> int:
        """Days since the date that was promised first; 0 before it, and when it is closed."""
        return max(0, (on - self.original_due_on).days) if self.settled_at is None else 0

    @transaction.atomic
    def report(self, text: str, *, outlook: str = "", by: "User", at: datetime) -> None:
        """The provider says how it goes, and whether it will be done in time; an action not started is now in progress.

        Two reports never collide.
        """
        moved = type(self).objects.filter(pk=self.pk, state__in=self.TO_DO)
        said = {"outlook": outlook} if outlook else {}
        if not moved.update(state=self.State.IN_PROGRESS, version=F("version") + 1, **said):
            raise self._illegal()
        self.refresh_from_db()
        self._note("progress", text, by=by, at=at)

    @transaction.atomic
    def prove(self, item: "EvidenceItem", *, by: "User", at: datetime) -> None:
        """Add evidence. It must be the organisation's own, not withdrawn, and open to everybody who sees the action."""
        self._lock()
        if not self.is_open:
            raise IllegalMove("This action is closed, so nothing can be added to it.")
        item.refresh_from_db()
        if item.is_withdrawn or (item.organisation_id, item.commissioner_id) != (
            self.organisation_id,
            self.commissioner_id,
        ):
            raise WrongEvidence("This evidence has been withdrawn or is not this organisation's. Choose another.")
        if item.circle_id is not None and item.circle_id != self.circle_id:
            raise WrongEvidence("This evidence is for named people only. Choose another, or upload it here.")
        proof, new = self.evidence.get_or_create(
            item=item,
            defaults={
                "commissioner_id": self.commissioner_id,
                "organisation_id": self.organisation_id,
                "added_by": by,
                "added_at": at,
            },
        )
        if not new:
            raise WrongEvidence("This evidence is on the action already.")
        self._note("evidence", proof.item.title, by=by, at=at)

    @transaction.atomic
    def complete(self, text: str, *, by: "User", at: datetime) -> None:
        """The provider says it is done. It still counts as open until somebody else verifies it."""
        self._need_evidence("Add the evidence that shows it is done, then mark it complete.")
        self._move(self.TO_DO, state=self.State.AWAITING, completed_at=at, completed_by=by)
        self._note("complete", text, by=by, at=at)

    @transaction.atomic
    def verify(self, comment: str, *, by: "User", at: datetime) -> None:
        """A person other than the owner, and than whoever marked it complete, has checked the evidence.

        Keeps which version of each item was checked: a later version says that nobody has looked at it.
        """
        self._need_another(by)
        self._need_evidence("There is no evidence on this action any more. Send it back and ask for it.")
        self._move((self.State.AWAITING,), state=self.State.IMPLEMENTED, verified_by=by, verified_at=at, settled_at=at)
        self._looked_at(comment, by=by, at=at)
        origin_of(self.origin_kind).verified(self, by, at)

    @transaction.atomic
    def verify_again(self, comment: str, *, by: "User", at: datetime) -> None:
        """Evidence was withdrawn since it was verified, and what is left shows it all the same."""
        self._need_another(by)
        self._need_evidence("No evidence is left on this action. Open it again and ask for some.")
        self._move(self.COMPLETE, verified_by=by, verified_at=at)
        self._looked_at(comment, by=by, at=at)

    @transaction.atomic
    def embed(self, comment: str, *, by: "User", at: datetime) -> None:
        """Somebody other than its owner looked, some time later: the change has lasted."""
        if by.pk == self.owner_id:
            raise OwnAction("You own this action, so another person has to say that the change has lasted.")
        self._move((self.State.IMPLEMENTED,), state=self.State.EMBEDDED)
        self._note("embedded", comment, by=by, at=at)

    @transaction.atomic
    def reopen(self, reason: str, *, due_on: date, by: "User", at: datetime) -> None:
        """What was verified does not hold: in progress again, with a new date; the original stays for ever."""
        if due_on < london_date(at):
            raise Refused("Choose today or a day to come for what has to be done again.")
        nobody = dict.fromkeys(("verified_by", "verified_at", "completed_by", "completed_at", "settled_at"))
        self._move(self.COMPLETE, state=self.State.IN_PROGRESS, outlook="", **nobody)
        self._note("reopened", reason, by=by, at=at)
        self.move_due(due_on, by=by, reason="Opened again after it was verified", at=at)
        origin_of(self.origin_kind).reopened(self, by, at)

    @transaction.atomic
    def send_back(self, comment: str, *, by: "User", at: datetime) -> None:
        """The evidence does not show it: the action is in progress again, and the owner reads why."""
        self._move((self.State.AWAITING,), state=self.State.IN_PROGRESS, completed_at=None, completed_by=None)
        self._note("sent_back", comment, by=by, at=at)

    @transaction.atomic
    def close(self, state: str, reason: str, *, by: "User", at: datetime) -> None:
        """Close without completion, as superseded or not accepted, with the reason. Its reminders end."""
        if state not in self.CLOSED_WITHOUT:
            raise IllegalMove("An action can be closed as superseded or as not accepted; otherwise it is verified.")
        self._move(self.OPEN_STATES, state=state, settled_at=at, closed_reason=reason)
        self._note("closed", reason, by=by, at=at)

    @transaction.atomic
    def move_date(
        self, to: date, *, reason: str, by: "User", at: datetime, agreed_by: "User | None" = None
    ) -> None:  # fmt: skip
        """Agree a new date. The original stays for ever and the move is counted in every list (hazard 21)."""
        if origin_of(self.origin_kind).agreed and agreed_by in (None, by):
            raise Refused("A new date for this action needs somebody who agrees to it, other than you who asks.")
        self._move(self.OPEN_STATES)
        self.move_due(to, by=by, reason=reason, at=at, agreed_by=agreed_by)

    @transaction.atomic
    def reassign(self, *, owner: "User | None" = None, owner_name: str = "", by: "User", at: datetime) -> None:
        """Another person answers for it from now on; the next reminders go to them."""
        before = self.owner_in_words
        self._move(self.OPEN_STATES, owner=owner, owner_name="" if owner else owner_name)
        self._note("new_owner", f"From {before} to {self.owner_in_words}", by=by, at=at)
        origin_of(self.origin_kind).owned(self, by, at)

    def date_changes(self) -> "models.QuerySet[DueChange]":
        """Every move of the date and every pause of its reminders, oldest first."""
        return DueChange.objects.filter(kind=self.kind_code, thing=self.pk).select_related("by", "agreed_by")

    def _lock(self) -> None:
        """Hold the row until the transaction ends, and read it as it is now."""
        type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
        self.refresh_from_db()

    def _need_another(self, by: "User") -> None:
        if by.pk in (self.owner_id, self.completed_by_id):
            raise OwnAction("You own this action or marked it complete, so another person has to verify it.")

    def _looked_at(self, comment: str, *, by: "User", at: datetime) -> None:
        """Keep which version of each item was before the verifier."""
        for proof in self.evidence.current():
            proof.look_at_newest()
        self._note("verified", comment, by=by, at=at)

    def _need_evidence(self, message: str) -> None:
        """A withdrawn item proves nothing."""
        if not self.evidence.current().exists():
            raise NoEvidence(message)

    def _move(self, old: tuple[str, ...], **changes: object) -> None:
        """Conditional on the state and on the version that was read: of two at once, one is told."""
        moved = type(self).objects.filter(pk=self.pk, state__in=old, version=self.version)
        if not moved.update(version=F("version") + 1, **changes):
            raise self._illegal()
        self.refresh_from_db()

    def _illegal(self) -> IllegalMove:
        self.refresh_from_db()
        return IllegalMove(
            f"This action has changed since you opened it: it is now “{self.get_state_display()}”. "
            "Look at it as it stands, then decide again."
        )

    def _note(self, kind: str, text: str, *, by: "User", at: datetime) -> None:
        self.updates.create(
            commissioner_id=self.commissioner_id,
            organisation_id=self.organisation_id,
            kind=kind,
            text=text,
            by=by,
            at=at,
        )
