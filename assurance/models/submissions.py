"""What was submitted, exactly, how it arrived, and what was sent back. All append-only."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.db import models

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from assurance.models.assessments import SelfAssessment

# How long a provider may correct what its commissioner typed for it (hazard 32).
CORRECTION_WORKING_DAYS = 10


@dataclass(frozen=True)
class Signature:
    """Who answers for the return: name, role and date, and what was said about anything to report now."""

    name: str
    role: str
    on: date
    reported_now: str = "no"


class SubmissionQuerySet(TenantQuerySet):
    """Submissions are seen like their return."""

    circle_path = "self_assessment__circle"


class Submission(models.Model):
    """The whole return as canonical JSON with its digest; the receipt is made from it."""

    class Channel(models.TextChoices):
        ONLINE = "online", "Online"
        LINK = "link", "By link"
        EMAIL = "email", "By e-mail"
        PAPER = "paper", "On paper"
        TELEPHONE = "telephone", "By telephone"

    THEIR_OWN: ClassVar[tuple[str, ...]] = (Channel.ONLINE, Channel.LINK)

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    signed_by_name = models.CharField(max_length=150)
    signed_by_role = models.CharField(max_length=150)
    signed_on = models.DateField()
    declaration = models.TextField()
    channel = models.CharField(max_length=9, choices=Channel.choices, default=Channel.ONLINE)
    received_from = models.CharField(max_length=150, blank=True)
    received_on = models.DateField(null=True, blank=True)
    correct_until = models.DateField(null=True, blank=True)
    # The link through which it was sent, when nobody signed in; its bearer is then who submitted.
    link = models.ForeignKey("assurance.ReturnLink", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["self_assessment", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return f"Submission {self.number}"

    @property
    def was_entered_for_the_provider(self) -> bool:
        """Typed by the commissioner from something received another way; a mark that stays."""
        return self.channel not in self.THEIR_OWN

    @property
    def came_by_link(self) -> bool:
        """Sent by whoever held a link, without an account; a mark that stays."""
        return self.channel == self.Channel.LINK

    @property
    def due_words(self) -> str:
        """When it was due, as the document has it, and the first date where that was another one."""
        due, first = (date.fromisoformat(self.document[name]) for name in ("due_on", "original_due_on"))
        return f"{due:%-d %B %Y}" if due == first else f"{due:%-d %B %Y}, first due {first:%-d %B %Y}"

    def may_be_corrected(self, *, on: date) -> bool:
        """Is the provider's window to correct what was typed for it still open?"""
        return self.correct_until is not None and on <= self.correct_until


class EntryOnBehalfQuerySet(TenantQuerySet):
    """Seen like the return."""

    circle_path = "self_assessment__circle"


class EntryOnBehalf(models.Model):
    """The commissioner began to type a return that arrived another way: from whom, how, on which day."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="entries_on_behalf")
    channel = models.CharField(max_length=9, choices=Submission.Channel.choices)
    received_from = models.CharField(max_length=150)
    received_on = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    evidence_before = models.JSONField(
        null=True, help_text="The uses of evidence as they were; null: begun before this was kept"
    )

    objects = EntryOnBehalfQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(channel__in=["online", "link"]), name="entry_on_behalf_not_online"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.received_on}"


class SendBackQuerySet(TenantQuerySet):
    """Seen like their return."""

    circle_path = "self_assessment__circle"


class SendBack(models.Model):
    """The validator's request for more: notes and the new date."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="send_backs")
    notes = models.TextField()
    due_on = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SendBackQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"Sent back until {self.due_on}"
