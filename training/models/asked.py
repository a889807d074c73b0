"""What a return asks, and what is being written in it: lines, boxes, reasons, host areas. Drafts of the provider.

Made at issue from the lines that held on the as-at date, with the threshold of that day. Nobody but who writes reads
these: what was submitted is in ``Figure``.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.capabilities import Can
from accounts.tenancy import TenantQuerySet
from training.models.lines import CODE, Line
from training.models.returns import FigureReturn

if TYPE_CHECKING:
    from accounts.models import User

MOST = 9_999_999


class AskedQuerySet(TenantQuerySet):
    """Seen by whoever writes; the commissioner types only what arrived another way."""

    circle_path = "figure_return__circle"
    drafts = Q(pk__isnull=False)  # all of them
    sees_drafts = frozenset({Can.RECORD_RECEIVED})


class AskedLine(models.Model):
    """One line of one return. ``answer`` says whether there are figures, nothing to declare, or why not asked."""

    class Answer(models.TextChoices):
        FIGURES = "figures", "Figures"
        NOTHING = "nothing", "Nothing to declare"
        NOT_APPLICABLE = "not_applicable", "Does not apply to us"

    class Source(models.TextChoices):
        ESR = "esr", "Electronic Staff Record"
        OWN = "own", "Own system or records"
        ESTIMATE = "estimate", "Estimate"

    # The walls check these three together against the return (``accounts.guards.composite_key``). With each checked by
    # itself as well, the rows of an issued quarter took longer to check than to write. ``asked_line_once`` begins with
    # the return, so that it finds its lines without another index.
    commissioner = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    organisation = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    figure_return = models.ForeignKey(
        FigureReturn, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=CODE)
    position = models.PositiveSmallIntegerField(default=0)
    # The groups of the return's day; none means one box for everybody.
    groups = ArrayField(models.CharField(max_length=30), default=list)
    reasons = ArrayField(models.CharField(max_length=30), default=list)
    threshold = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    amber = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    threshold_reason = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=14, choices=Answer.choices, default=Answer.FIGURES)
    answer_reason = models.CharField(max_length=300, blank=True)
    narrative = models.TextField(blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AskedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["figure_return", "code"], name="asked_line_once"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="asked_line_whose"),
        ]

    def __str__(self) -> str:
        return self.code

    def answer_with(self, answer: str, reason: str, *, by: "User", at: datetime, version: int | None = None) -> None:
        """Nothing to declare or does not apply, with why; or figures after all (training/models/submitting.py)."""
        from training.models import submitting

        submitting.answer_with(self, answer, reason, by=by, at=at, version=version)


class PartQuerySet(AskedQuerySet):
    """Parts of an asked line, seen like it."""

    circle_path = "asked__figure_return__circle"


class Cell(models.Model):
    """The boxes of one line for one group: in post, of how many, how many. An empty box is null, never nought."""

    class Kind(models.TextChoices):
        GROUP = "group", "A group, or everybody together"
        REASON = "reason", "How many were not in time for this reason"

    # As of the line: the three are checked together. A box is found by its line, which ``cell_once`` begins with.
    commissioner = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    organisation = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    asked = models.ForeignKey(
        AskedLine, on_delete=models.PROTECT, related_name="cells", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.GROUP)
    group = models.CharField(max_length=30, blank=True)
    headcount = models.PositiveIntegerField(null=True, blank=True)
    denominator = models.PositiveIntegerField(null=True, blank=True)
    numerator = models.PositiveIntegerField(null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True, help_text="Of a milestone")
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(null=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["asked", "id"]
        constraints = [
            models.UniqueConstraint(fields=["asked", "kind", "group"], name="cell_once"),
            models.CheckConstraint(
                condition=(Q(headcount=None) | Q(headcount__lte=MOST))
                & (Q(denominator=None) | Q(denominator__lte=MOST))
                & (Q(numerator=None) | Q(numerator__lte=MOST)),
                name="cell_not_endless",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.group}".strip()


class HostCount(models.Model):
    """Children of one host area, as a count, and whether the host has given assurance. No child is named."""

    class Assurance(models.TextChoices):
        HELD = "held", "Assurance received from the host area"
        ASKED = "asked", "Asked for, not received"
        NOT_ASKED = "not_asked", "Not asked for"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(AskedLine, on_delete=models.PROTECT, related_name="hosts")
    area = models.CharField("host area", max_length=80)
    count = models.PositiveIntegerField()
    assurance = models.CharField(max_length=9, choices=Assurance.choices)
    held_on = models.DateField(null=True, blank=True)
    written_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(null=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["area"]
        constraints = [
            models.UniqueConstraint(fields=["asked", "area"], name="host_once"),
            models.CheckConstraint(condition=Q(assurance="held") ^ Q(held_on=None), name="host_held_on_a_day"),
            models.CheckConstraint(condition=Q(count__lte=MOST), name="host_not_endless"),
        ]

    def __str__(self) -> str:
        return self.area


class ExplanationQuerySet(TenantQuerySet):
    """Read with the return: a commissioner reads them once it is submitted."""

    circle_path = "asked__figure_return__circle"
    drafts = Q(asked__figure_return__first_submitted_at__isnull=True)
    sees_drafts = frozenset({Can.RECORD_RECEIVED})


class Explanation(models.Model):
    """What the provider says to a question of the checks: which question, about which group, on which figures."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(AskedLine, on_delete=models.PROTECT, related_name="explanations")
    check_code = models.SlugField("check", max_length=30)
    group = models.CharField(max_length=30, blank=True)
    question = models.CharField(max_length=300)
    words = models.CharField(max_length=600)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["asked", "check_code", "group"], name="explanation_once"),
            models.CheckConstraint(condition=~Q(words=""), name="explanation_in_words"),
        ]

    def __str__(self) -> str:
        return self.check_code
