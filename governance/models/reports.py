"""The annual report: frozen facts, figures made only from them, words by people, files by digest."""

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet


class AnnualReportQuerySet(TenantQuerySet):
    """Reports of a commissioner; readers see published ones."""

    organisation_path = ""
    published = Q(state="published")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class AnnualReport(models.Model):
    """One version of one year. Approved it never changes; a new cut is a new version."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Replaced by a later version"

    class Build(models.TextChoices):
        IDLE = "idle", "Not built yet"
        QUEUED = "queued", "Waiting to be built"
        BUILDING = "building", "Being built"
        BUILT = "built", "Built"
        FAILED = "failed", "Could not be built"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="annual_reports")
    year = models.CharField("financial year", max_length=7)
    number = models.PositiveSmallIntegerField(default=1)
    cut_off = models.DateField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    build = models.CharField(max_length=8, choices=Build.choices, default=Build.IDLE)
    progress = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    approved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["commissioner", "year", "number"], name="annual_report_version_once"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="annual_report_approved_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(created_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="annual_report_author_not_approver",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.number})"


class ReportPartQuerySet(TenantQuerySet):
    """Parts are seen like their report."""

    commissioner_path = "report__commissioner"
    organisation_path = ""
    published = Q(report__state="published")


class ReportFact(models.Model):
    """One frozen fact behind the figures: a provider's level, a return's dates, an action's age."""

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    attributes = models.JSONField(default=dict)
    position = models.PositiveIntegerField()

    objects = ReportPartQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["report", "kind", "position"], name="report_fact_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.label}"


class ReportFigure(models.Model):
    """One figure: n of d with its filter over the facts. Computed only from facts."""

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="figures")
    key = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    n = models.IntegerField(null=True)
    d = models.IntegerField(null=True)
    value = models.JSONField(default=dict)
    filter = models.JSONField(default=dict)

    objects = ReportPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="report_figure_once")]

    def __str__(self) -> str:
        return self.key


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class ReportNarrative(models.Model):
    """Words of a section, by a person, with last year's beside."""

    report = models.ForeignKey(AnnualReport, on_delete=models.PROTECT, related_name="narratives")
    section = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    written_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReportPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "section"], name="report_narrative_once")]

    def __str__(self) -> str:
        return self.section


class ReportFile(models.Model):
    """A finished file by digest, with the HTML and CSS that made it beside the PDF."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        HTML = "html", "HTML"
        CSS = "css", "CSS"

    report = models.ForeignKey(AnnualReport, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()
    current = models.BooleanField(default=True)

    objects = ReportPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind"], condition=Q(current=True), name="report_file_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class ReportDownload(models.Model):
    """Append-only: who downloaded which file and when."""

    file = models.ForeignKey(ReportFile, on_delete=models.PROTECT, related_name="downloads")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.file_id} by {self.by_id}"
