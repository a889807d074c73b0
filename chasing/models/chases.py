"""A decision to remind (``Chase``) and a line to one person about it (``Notice``)."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.door import Refused
from accounts.tenancy import TenantQuerySet
from chasing.models.ladders import Rung
from chasing.models.letters import Letter

if TYPE_CHECKING:
    from accounts.models import User


class ChaseQuerySet(TenantQuerySet):
    """Decisions, seen like the thing they are about."""

    circle_path = "circle"

    def proposed(self) -> Self:
        """Waiting for a person."""
        return self.filter(outcome=Chase.Outcome.PROPOSED)

    def of(self, kind: str, things: "list[int]") -> Self:
        """The decisions about these things of one kind."""
        return self.filter(kind=kind, thing__in=things)


class Chase(models.Model):
    """Exactly one per thing, due version and step; the lower steps that it passed by are noted on it."""

    class Outcome(models.TextChoices):
        REMINDED = "reminded", "Reminder written"
        SKIPPED = "skipped", "Passed without a letter"
        PROPOSED = "proposed", "Proposed to a person"
        TAKEN = "taken", "Taken by a person"
        DECLINED = "declined", "Declined with a reason"

    kind = models.CharField(max_length=40)
    thing = models.BigIntegerField()
    due_version = models.PositiveIntegerField()
    # Rows are made by the ten thousand in one statement, so only what is asked for has an index.
    rung = models.ForeignKey(Rung, on_delete=models.PROTECT, related_name="+", db_index=False)
    commissioner = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    circle = models.ForeignKey("accounts.Circle", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    due_on = models.DateField()
    planned_on = models.DateField()
    decided_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    # A person sent it, outside the steps: the form's token, so that a form sent twice writes once.
    by_hand = models.UUIDField(null=True, blank=True, editable=False)
    skipped = ArrayField(
        models.SmallIntegerField(), default=list, blank=True, help_text="Offsets of the steps passed by with this one"
    )

    TONES: ClassVar[dict[str, str]] = {
        "reminded": "info",
        "skipped": "quiet",
        "proposed": "waiting",
        "taken": "info",
        "declined": "quiet",
    }

    objects = ChaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "thing", "due_version", "rung"], condition=Q(by_hand__isnull=True), name="chase_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "thing", "by_hand"], condition=Q(by_hand__isnull=False), name="chase_by_hand_once"
            ),
            models.CheckConstraint(
                condition=Q(by_hand__isnull=True) | Q(decided_by__isnull=False), name="chase_by_hand_of_a_person"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["taken", "declined"]) | Q(decided_by__isnull=False),
                name="chase_decided_by_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-planned_on"], name="chase_of_organisation"),
            models.Index(fields=["commissioner"], condition=Q(outcome="proposed"), name="chase_proposed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}: {self.outcome}"

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the outcome."""
        return self.TONES[self.outcome]

    def decide(self, outcome: str, *, by: "User", at: datetime, reason: str) -> None:
        """A person takes or declines a proposal. Of two at once one wins and the other is told."""
        waiting = type(self).objects.proposed().filter(pk=self.pk)
        if not waiting.update(outcome=outcome, decided_by=by, decided_at=at, reason=reason):
            raise Refused("Somebody else has just decided this proposal. Look at what they did.")
        self.refresh_from_db()


class NoticeQuerySet(TenantQuerySet):
    """Lines to people, seen like the chase."""

    commissioner_path = "chase__commissioner"
    organisation_path = "chase__organisation"
    circle_path = "chase__circle"

    def loose(self) -> Self:
        """Written and not yet put into a letter."""
        return self.filter(letter__isnull=True, dropped_at__isnull=True)


class Notice(models.Model):
    """One line to one recipient, with why they get it; a letter gathers the lines of a morning."""

    class Why(models.TextChoices):
        PREPARER = "preparer", "you are preparing it"
        LEAD = "lead", "you are the safeguarding lead"
        OWNER = "owner", "you own this action"
        CONTACT = "contact", "you are the contact for reminders"
        MAILBOX = "mailbox", "this is the organisation's mailbox"
        EXECUTIVE = "executive", "you are the executive lead"
        QUALITY = "quality", "you are in the quality team"

    # The same as other people read it, in a list.
    ROLES: ClassVar[dict[str, str]] = {
        "preparer": "prepares it",
        "lead": "safeguarding lead",
        "owner": "owner",
        "contact": "contact for reminders",
        "mailbox": "shared",
        "executive": "executive lead",
        "quality": "quality team",
    }

    chase = models.ForeignKey(Chase, on_delete=models.PROTECT, related_name="notices", db_index=False)
    to_user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_contact = models.ForeignKey(
        "providers.Contact", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_organisation = models.ForeignKey(
        "providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Whose line it is, while the recipient covers for them.
    instead_of = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    why = models.CharField(max_length=9, choices=Why.choices)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="notices", db_index=False)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=120, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chase", "to_user", "to_contact", "to_organisation"],
                nulls_distinct=False,
                name="notice_once_a_recipient",
            ),
            models.CheckConstraint(
                condition=Q(to_user__isnull=False, to_contact__isnull=True, to_organisation__isnull=True)
                | Q(to_user__isnull=True, to_contact__isnull=False, to_organisation__isnull=True)
                | Q(to_user__isnull=True, to_contact__isnull=True, to_organisation__isnull=False),
                name="notice_one_recipient",
            ),
        ]
        indexes = [
            models.Index(fields=["letter"], condition=Q(letter__isnull=False), name="notice_in_letter"),
            models.Index(
                fields=["chase"], condition=Q(letter__isnull=True, dropped_at__isnull=True), name="notice_loose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chase_id}: {self.why}"

    @property
    def reason(self) -> str:
        """Why the recipient gets it, as the letter says it."""
        return f"you cover for {self.instead_of}" if self.instead_of_id else self.get_why_display()

    @classmethod
    def role(cls, why: str, covered: object) -> str:
        """The same as other people read it, with the person for whom the recipient covers, if there is one."""
        return f"{cls.ROLES[why]}, by cover for {covered}" if covered else cls.ROLES[why]
