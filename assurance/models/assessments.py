"""A self-assessment: one organisation's return in one round. Its states and who moves it between them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.references import new_reference
from assurance.models.punctuality import OnTime, on_time_of
from assurance.models.recipients import tell_provider
from assurance.models.rounds import Round
from chasing.models.due import Due, DueQuerySet, due_indexes
from providers.models.organisations import Tier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from assurance.models.answers import Entry
    from assurance.models.links import ReturnLink
    from assurance.models.submissions import Signature, Submission


class IllegalMove(Refused):
    """The return is not in a state from which this can happen; the message says what to do."""


class SelfAssessmentQuerySet(DueQuerySet):
    """Returns in the users' words."""

    circle_path = "circle"
    # What the provider has not submitted yet; once it has, the commissioner keeps reading what was submitted.
    drafts = Q(state__in=["issued", "in_progress"], first_submitted_at__isnull=True)
    sees_drafts = frozenset(
        {
            Can.SEE_RETURN_STATUS,
            Can.RUN_ROUNDS,
            Can.RECORD_RECEIVED,
            Can.SEE_OVERVIEW,
            Can.SEE_REMINDERS,
            Can.SEND_REMINDERS,
            # Taking out never shows more than the page that it is taken from, which asks its own right as well.
            Can.EXPORT,
            Can.FREEZE,
        }
    )

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere, with the round and both names beside each return: every page says them."""
        rows = super().permitted(user, can, on=on)
        return rows.select_related("round__framework_version", "commissioner", "organisation")

    def rights_of(self, user: "User | AnonymousUser") -> dict[str, bool]:
        """What this person may do with the one return that is left: fill, submit, receive, run, read. One query."""
        cans = {
            "fill": Can.FILL_ASSESSMENT,
            "submit": Can.SUBMIT_ASSESSMENT,
            "receive": Can.RECORD_RECEIVED,
            "run": Can.RUN_ROUNDS,
            "read": Can.READ_ASSESSMENT,
        }
        each = {
            f"may_{name}": Exists(self.model.objects.permitted(user, can).filter(pk=OuterRef("pk")))
            for name, can in cans.items()
        }
        row = self.annotate(**each).values(*each).get()
        return {name.removeprefix("may_"): may for name, may in row.items()}

    def issued(self) -> Self:
        """Asked for and not withdrawn."""
        return self.exclude(state=SelfAssessment.State.WITHDRAWN)

    def not_returned(self) -> Self:
        """Asked for and nothing received yet: "No return received"."""
        return self.filter(first_submitted_at__isnull=True).exclude(state=SelfAssessment.State.WITHDRAWN)

    def returned(self) -> Self:
        """Received at least once, and not withdrawn."""
        return self.issued().filter(first_submitted_at__isnull=False)

    def awaiting_validation(self) -> Self:
        """Received and not yet validated, oldest first."""
        return self.filter(state__in=["submitted", "under_review"]).order_by("submitted_at", "id")

    def late(self, *, on: date) -> Self:
        """Not returned, and the agreed date has passed."""
        return self.not_returned().filter(due_on__lt=on)

    def extended(self, *, on: date) -> Self:
        """Not returned, with a later date agreed that has not passed."""
        return self.not_returned().filter(due_on__gte=on, due_on__gt=F("original_due_on"))

    def not_yet_due(self, *, on: date) -> Self:
        """Not returned, no extension, and the date has not passed."""
        return self.not_returned().filter(due_on__gte=on, due_on__lte=F("original_due_on"))

    def progress(self, *, on: date) -> dict[str, int]:
        """Counts for "46 of 60 returned, 9 late, …": returned, late, extended, not_yet_due, withdrawn, total.

        The first five always add up to the total (hazard 5). Which of them came on time, ``punctuality`` says.
        """
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
    # The commissioner is typing a return that arrived by e-mail, on paper or by telephone.
    entering = models.BooleanField(default=False)
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

    def rights_of(self, user: "User | AnonymousUser") -> dict[str, bool]:
        """What this person may do with this return: fill, submit, receive, run, read. One query."""
        return type(self).objects.filter(pk=self.pk).rights_of(user)

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

    @transaction.atomic
    def withdraw(self, *, by: "User", at: datetime, reason: str) -> None:
        """Take the return back with a reason. It stays in every total as withdrawn (hazard 5).

        The provider gets a letter that it is not asked any more; the reason is on the return's page, not in the mail.
        """
        self._move(
            (*self.EDITABLE, self.State.SUBMITTED, self.State.UNDER_REVIEW),
            self.State.WITHDRAWN,
            settled_at=at,
            withdrawn_at=at,
            withdrawn_by=by,
            withdrawn_reason=reason,
        )
        tell_provider("withdrawn", self, key=str(self.pk), at=at)

    @transaction.atomic
    def extend(
        self, to: date, *, by: "User", at: datetime, reason: str, agreed_by: "User", seen: int | None = None
    ) -> None:
        """Agree a later date. The original stays for ever, and reminders start afresh for the new one.

        ``seen`` is the version of the date on the page; of two who agree a date at once the second is told.
        """
        locked = type(self).objects.select_for_update().get(pk=self.pk)
        if not locked.is_editable:
            raise IllegalMove(f"This return is “{locked.get_state_display()}”, so its date cannot be moved.")
        if locked.due_version != (seen or self.due_version):
            raise IllegalMove(f"This date has just been moved to {locked.due_on:%-d %B %Y}. Look at it again.")
        if to <= locked.due_on:
            raise IllegalMove("The new date has to be later than the date that holds now. Look at it again.")
        locked.move_due(to, by=by, reason=reason, at=at, agreed_by=agreed_by)
        self.refresh_from_db()

    def record_answers(self, entries: "Iterable[Entry]", *, by: "User", at: datetime) -> int:
        """Save many answers in one transaction; see ``assurance.models.recording``."""
        from assurance.models.recording import record_answers

        return record_answers(self, list(entries), by=by, at=at)

    def submit(
        self, signature: "Signature", *, by: "User", at: datetime, link: "ReturnLink | None" = None
    ) -> "Submission":
        """Lock the answers and thank the provider; see ``assurance.models.submitting``."""
        from assurance.models.submitting import submit

        return submit(self, signature, by=by, at=at, link=link)

    def on_time(self) -> OnTime:
        """Whether its first submission came by the date first set, and by the agreed one. One query."""
        return on_time_of([self])[self.pk]
