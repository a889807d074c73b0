"""What is measured: subjects of training, lines of a return, and the sets that lines belong to. All dated data.

A line keeps its code for ever; a changed line is a new row from a later day with the same code. A commissioner's own
row stands in place of the shipped one.
"""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from accounts.tenancy import TenantQuerySet
from providers.models.organisations import Tier
from providers.models.policy import Dated, DatedPolicyQuerySet, dated_constraints

CODE = 40


class Subject(Dated):
    """What staff are trained in, for example safeguarding children."""

    code = models.SlugField(max_length=CODE)
    name = models.CharField(max_length=80)
    strand = models.CharField(max_length=20, blank=True, help_text="Children, adults or looked after children")
    source = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = dated_constraints("subject", "code")

    def __str__(self) -> str:
        return self.name


class LineSet(Dated):
    """A set of lines: the commissioner's indicators, a contract's quality schedule, or a CQUIN scheme.

    With an organisation it is that provider's own, from its contract, and nobody else is asked.
    """

    class Kind(models.TextChoices):
        KPI_SET = "kpi_set", "Key indicators"
        QUALITY_SCHEDULE = "quality_schedule", "Quality schedule"
        CQUIN = "cquin", "CQUIN scheme"

    code = models.SlugField(max_length=CODE)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.KPI_SET)
    organisation = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    contract_reference = models.CharField(max_length=120, blank=True, help_text="Schedule and page of the contract")
    in_use = models.BooleanField(default=True, help_text="An own row that is not in use stops the set with its lines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = dated_constraints("line_set", "code")

    def __str__(self) -> str:
        return self.name


class Line(Dated):
    """One line of a return: what is counted, of what, how often, for whom, and which way is better.

    ``numerator`` and ``denominator`` are the words beside the two boxes; a count and a milestone have no denominator.
    For training the refresh rule says how long somebody counts as compliant: a course valid for so many months, so
    many hours within a window of months, or an event every so many months (intercollegiate documents, domain 5.1).
    ``tiers`` may name the commissioner's own people beside the tiers of providers (``groups.OWN``).
    """

    class Family(models.TextChoices):
        TRAINING = "training", "Training"
        INDICATOR = "indicator", "Indicator"

    class Form(models.TextChoices):
        SHARE = "share", "So many of so many, shown in per cent"
        COUNT = "count", "A count"
        RATE = "rate", "A rate"
        MILESTONE = "milestone", "A milestone: reached or not"

    class Direction(models.TextChoices):
        UP = "up", "More is better"
        DOWN = "down", "Less is better"
        NONE = "none", "Neither: a number to know"

    class Timing(models.TextChoices):
        QUARTER = "quarter", "Every quarter"
        MONTH = "month", "Every month"

    class Refresh(models.TextChoices):
        COURSE = "course", "A course, valid for so many months"
        HOURS = "hours", "So many hours within so many months"
        ANNUAL = "annual", "An event every year"

    STAFF: ClassVar[str] = "staff"

    code = models.SlugField(max_length=CODE)
    name = models.CharField(max_length=120)
    short = models.CharField("short name", max_length=32, help_text="Heads a column of the overview")
    family = models.CharField(max_length=9, choices=Family.choices)
    subject = models.SlugField(max_length=CODE, blank=True)
    level = models.CharField(max_length=20, blank=True)
    set_code = models.SlugField("set", max_length=CODE)
    form = models.CharField(max_length=9, choices=Form.choices, default=Form.SHARE)
    numerator = models.CharField("what is counted", max_length=160)
    denominator = models.CharField("of what", max_length=160, blank=True)
    per = models.PositiveIntegerField("per", null=True, blank=True, help_text="For a rate, for example 1,000")
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.UP)
    timing = models.CharField(max_length=7, choices=Timing.choices, default=Timing.QUARTER)
    split = models.SlugField(
        max_length=30, blank=True, help_text="“staff”: as the staff of this kind of provider are split; or a grouping"
    )
    reasons = models.SlugField(
        max_length=30, blank=True, help_text="A grouping whose groups say why some were not in time"
    )
    by_host = models.BooleanField("by host area", default=False)
    headcount = models.BooleanField("headcount in post is asked as well", default=False)
    tiers = ArrayField(models.CharField(max_length=16, choices=Tier.choices), default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    service = models.SlugField(max_length=40, blank=True, help_text="Only where the provider gives this service")
    refresh = models.CharField(max_length=6, choices=Refresh.choices, blank=True)
    refresh_months = models.PositiveSmallIntegerField(null=True, blank=True)
    refresh_hours = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    first_hours = models.DecimalField(
        "hours in the first twelve months", max_digits=5, decimal_places=1, null=True, blank=True
    )
    guidance = models.CharField("what to count, and what not", max_length=400, blank=True)
    source = models.CharField(max_length=200, blank=True)
    in_use = models.BooleanField(default=True, help_text="An own row that is not in use stops a shipped line")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            *dated_constraints("line", "code"),
            models.CheckConstraint(
                condition=Q(form__in=["share", "rate"]) ^ Q(denominator=""), name="line_denominator_where_needed"
            ),
            models.CheckConstraint(condition=Q(form="rate") ^ Q(per__isnull=True), name="line_per_for_rates"),
            models.CheckConstraint(
                condition=~Q(refresh="") & Q(refresh_months__gt=0) | Q(refresh="", refresh_months__isnull=True),
                name="line_refresh_with_months",
            ),
            models.CheckConstraint(
                condition=Q(refresh="hours") ^ Q(refresh_hours__isnull=True), name="line_refresh_hours"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def has_denominator(self) -> bool:
        """Are there two boxes?"""
        return self.form in (self.Form.SHARE, self.Form.RATE)


class ThresholdQuerySet(DatedPolicyQuerySet, TenantQuerySet):  # type: ignore[override]
    """Dated rows; those of a commissioner are its people's, and a provider's own are read by its people."""


class Threshold(Dated):
    """The value that a line should reach, for everybody, a category or one provider; usually for a financial year.

    In per cent for a share, else in the line's own unit. ``amber`` is how far from the value amber still reaches.
    A row for a category or a provider says why it differs. It comes before a wider row; a commissioner's own row of
    the same width comes before a shipped one.
    """

    code = models.SlugField("line", max_length=CODE)
    category = models.CharField(max_length=8, blank=True)
    organisation = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    value = models.DecimalField(max_digits=9, decimal_places=3)
    amber = models.DecimalField(max_digits=9, decimal_places=3, default=Decimal(10))
    reason = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(null=True)

    objects = ThresholdQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["code", "category"]
        constraints = [
            *dated_constraints("threshold", "code", "category", Coalesce(F("organisation"), Value(0))),  # type: ignore[arg-type]
            models.CheckConstraint(condition=Q(value__gte=0, amber__gte=0), name="threshold_not_negative"),
            models.CheckConstraint(
                condition=Q(category="") | Q(organisation__isnull=True), name="threshold_category_or_organisation"
            ),
            models.CheckConstraint(
                condition=Q(category="", organisation__isnull=True) | ~Q(reason=""), name="threshold_local_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(commissioner__isnull=False), name="threshold_local_is_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.value.normalize():f}"
