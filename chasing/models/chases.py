"""A decision to remind (``Chase``) and a line to one person about it (``Notice``)."""

from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantQuerySet
from chasing.models.ladders import Rung
from chasing.models.letters import Letter


class ChaseQuerySet(TenantQuerySet):
    """Decisions, seen like the thing they are about."""

    circle_path = "circle"


class Chase(models.Model):
    """Exactly one per thing, due version and step. Lower steps passed by are noted as skipped."""

    class Outcome(models.TextChoices):
        REMINDED = "reminded", "Reminder written"
        SKIPPED = "skipped", "Passed by a later step"
        PROPOSED = "proposed", "Proposed to a person"
        TAKEN = "taken", "Taken by a person"
        DECLINED = "declined", "Declined with a reason"

    kind = models.CharField(max_length=40)
    thing = models.BigIntegerField()
    due_version = models.PositiveIntegerField()
    rung = models.ForeignKey(Rung, on_delete=models.PROTECT, related_name="+")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey("accounts.Circle", null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    due_on = models.DateField()
    planned_on = models.DateField()
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = ChaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "thing", "due_version", "rung"], name="chase_once"),
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


class NoticeQuerySet(TenantQuerySet):
    """Lines to people, seen like the chase."""

    commissioner_path = "chase__commissioner"
    organisation_path = "chase__organisation"
    circle_path = "chase__circle"


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

    chase = models.ForeignKey(Chase, on_delete=models.PROTECT, related_name="notices")
    to_user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    to_contact = models.ForeignKey("providers.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=9, choices=Why.choices)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="notices")
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
        indexes = [models.Index(fields=["letter"], name="notice_letter")]

    def __str__(self) -> str:
        return f"{self.chase_id}: {self.why}"
