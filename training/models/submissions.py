"""What was submitted, exactly, and the figures that everything reads. A correction adds; nothing is overwritten.

``Figure`` is the one source of every screen, file and paper. Each holds from the moment at which it was submitted to
the one at which a correction took its place, so that what was known on any day can be told.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from training.models.asked import AskedLine, HostCount
from training.models.lines import CODE, Line
from training.models.periods import Period
from training.models.returns import FigureReturn


@dataclass(frozen=True)
class Signature:
    """Who answers for the figures: name, role and date, and what was said about anything to report now."""

    name: str
    role: str
    on: date
    reported_now: str = "no"


class FigureSubmissionQuerySet(TenantQuerySet):
    """Seen like the return."""

    circle_path = "figure_return__circle"


class FigureSubmission(models.Model):
    """The whole return as canonical JSON with its digest; the first, or a correction with its reason."""

    class Channel(models.TextChoices):
        ONLINE = "online", "Online"
        LINK = "link", "By link"
        EMAIL = "email", "By e-mail"
        PAPER = "paper", "On paper"
        TELEPHONE = "telephone", "By telephone"
        RECORDS = "records", "From records"

    THEIR_OWN: ClassVar[tuple[str, ...]] = (Channel.ONLINE, Channel.LINK)

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    figure_return = models.ForeignKey(FigureReturn, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField("why it was corrected", max_length=300, blank=True)
    signed_by_name = models.CharField(max_length=150)
    signed_by_role = models.CharField(max_length=150)
    signed_on = models.DateField()
    channel = models.CharField(max_length=9, choices=Channel.choices, default=Channel.ONLINE)
    received_from = models.CharField(max_length=150, blank=True)
    received_on = models.DateField(null=True, blank=True)
    correct_until = models.DateField(null=True, blank=True)
    # The link through which it was sent, when nobody signed in; its bearer is then who submitted.
    link = models.ForeignKey("training.FigureLink", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    objects = FigureSubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["figure_return", "number"], name="figure_submission_number_once"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="figure_submission_whose"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="figure_submission_correction_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Submission {self.number}"

    @property
    def was_entered_for_the_provider(self) -> bool:
        """Typed by the commissioner from something received another way; a mark that stays."""
        return self.channel not in self.THEIR_OWN and self.organisation_id != self.commissioner_id

    def may_be_corrected(self, *, on: date) -> bool:
        """Is the provider's window to correct what was typed for it still open?"""
        return self.correct_until is not None and on <= self.correct_until


class FigureEntryQuerySet(TenantQuerySet):
    """Seen like the return."""

    circle_path = "figure_return__circle"


class FigureEntry(models.Model):
    """The commissioner began to type figures that arrived another way: from whom, how, on which day. Append-only."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    figure_return = models.ForeignKey(FigureReturn, on_delete=models.PROTECT, related_name="entries")
    channel = models.CharField(max_length=9, choices=FigureSubmission.Channel.choices)
    received_from = models.CharField(max_length=150)
    received_on = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = FigureEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(channel__in=["online", "link"]), name="figure_entry_not_online"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.received_on}"


class FigureQuerySet(TenantQuerySet):
    """Figures as they were submitted."""

    circle_path = "figure_return__circle"

    def known(self, *, at: datetime | None = None) -> Self:
        """As known now, or at a moment: the last submission of each return by then."""
        if at is None:
            return self.filter(known_to__isnull=True)
        return self.filter(Q(known_to__isnull=True) | Q(known_to__gt=at), known_from__lte=at)

    def totals(self) -> Self:
        """One a line: everybody together."""
        return self.filter(kind=Figure.Kind.TOTAL)


class Figure(models.Model):
    """One number of one line: the total, or one group, reason or host area. Never changed, only taken over.

    A count and a milestone (1 or 0) stand in ``numerator`` alone. Nought of ``denominator`` is "n/a", never 0 or 100
    per cent. ``threshold`` and ``amber`` are those of the return's day of issue; ``direction`` says which way is good.
    """

    class Kind(models.TextChoices):
        TOTAL = "total", "Everybody"
        GROUP = "group", "One group"
        REASON = "reason", "Not in time for this reason"
        HOST = "host", "In one host area"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    figure_return = models.ForeignKey(FigureReturn, on_delete=models.PROTECT, related_name="figures")
    submission = models.ForeignKey(FigureSubmission, on_delete=models.PROTECT, related_name="figures")
    asked = models.ForeignKey(AskedLine, on_delete=models.PROTECT, related_name="figures")
    code = models.SlugField(max_length=CODE, db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TOTAL)
    group = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=14, choices=AskedLine.Answer.choices, default=AskedLine.Answer.FIGURES)
    headcount = models.PositiveIntegerField(null=True)
    denominator = models.PositiveIntegerField(null=True)
    numerator = models.PositiveIntegerField(null=True)
    reached_on = models.DateField(null=True)
    assurance = models.CharField(max_length=9, choices=HostCount.Assurance.choices, blank=True)
    held_on = models.DateField(null=True)
    threshold = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    amber = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    direction = models.CharField(max_length=4, choices=Line.Direction.choices)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["asked", "kind", "group"], condition=Q(known_to=None), name="figure_one_is_known"
            ),
            models.CheckConstraint(
                condition=Q(known_to=None) | Q(known_to__gt=F("known_from")), name="figure_known_for_a_while"
            ),
            models.CheckConstraint(
                condition=Q(answer="not_applicable", numerator=None, denominator=None)
                | ~Q(answer="not_applicable") & Q(numerator__isnull=False),
                name="figure_has_a_number_or_does_not_apply",
            ),
        ]
        indexes = [
            # Sums of a line over the commissioner's providers are read from this index alone.
            models.Index(
                fields=["commissioner", "period", "code"],
                include=["organisation", "numerator", "denominator", "threshold", "answer"],
                condition=Q(kind="total", known_to=None),
                name="figure_sums",
            ),
            models.Index(fields=["organisation", "code", "period"], condition=Q(known_to=None), name="figure_of"),
            models.Index(fields=["figure_return"], name="figure_in_return"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.numerator} of {self.denominator}"
