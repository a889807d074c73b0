"""What a report is made of: frozen facts, figures made only from them, words by people, files by digest."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models, transaction
from django.db.models import Q

from accounts.refusals import Stale
from accounts.tenancy import TenantQuerySet
from governance.models.reports import IN_PRINT, AnnualReport

if TYPE_CHECKING:
    from accounts.models import User


class ReportPartQuerySet(TenantQuerySet):
    """Parts are seen like their report."""

    commissioner_path = "report__commissioner"
    organisation_path = ""
    drafts = ~Q(report__state="published")
    sees_drafts = IN_PRINT


class ReportFactQuerySet(ReportPartQuerySet):
    """Facts, seen like their report."""

    def behind(self, figure: "ReportFigure") -> Self:
        """The facts that a figure counts or sums: the same conditions as ``figures.fits``, asked of the database."""
        where = Q(kind=figure.filter["kind"])
        for name, wanted in figure.filter.get("where", {}).items():
            path = f"attributes__{name.replace('.', '__')}"
            where &= Q(**{f"{path}__in": wanted}) if isinstance(wanted, list) else Q(**{path: wanted})
        return self.filter(where).order_by("position")


class ReportFact(models.Model):
    """One frozen fact behind the figures: a provider's level, a return's dates, an action's age."""

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    attributes = models.JSONField(default=dict)
    position = models.PositiveIntegerField()

    objects = ReportFactQuerySet.as_manager()

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

    @transaction.atomic
    def write(self, text: str, *, by: "User", at: datetime, seen: int | None) -> None:
        """Save the words. ``seen`` is the version that was on the writer's screen; Stale when there is a later one."""
        AnnualReport.objects.select_for_update().get(pk=self.report_id).refuse_unless_open()
        now = type(self).objects.select_related("written_by").get(pk=self.pk)
        if now.text != text:
            if seen is not None and seen != now.version:
                raise Stale("Somebody else changed these words while you were writing.", theirs=now, yours=text)
            now.text, now.written_by, now.written_at = text, by, at
            now.version += 1
            now.save(update_fields=["text", "written_by", "written_at", "version"])
        self.refresh_from_db()


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


class ReportDownloadQuerySet(TenantQuerySet):
    """Who read what; for those who read the history of the commissioner."""

    commissioner_path = "file__report__commissioner"
    organisation_path = ""


class ReportDownload(models.Model):
    """Append-only: who downloaded which file and when."""

    file = models.ForeignKey(ReportFile, on_delete=models.PROTECT, related_name="downloads")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ReportDownloadQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.file_id} by {self.by_id}"
