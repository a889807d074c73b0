"""Grades of past years as a commissioner's own records have them: entered from records, never validated here.

They are rows of their own and no ratings, so that no figure of validated or self-assessed grades can hold them. A set
is what came in together; a later set that says otherwise replaces single grades and keeps what it replaced.
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet

SOURCE = "entered from your records, not validated here"


class RecordedSet(models.Model):
    """Grades of a commissioner that came in together, in the words of one version of its standards."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    framework_version = models.ForeignKey("framework.FrameworkVersion", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id", "commissioner"], name="recorded_set_whose")]

    def __str__(self) -> str:
        return f"Grades from records, {self.recorded_at:%-d %B %Y}"


class RecordedGradeQuerySet(TenantQuerySet):
    """Grades from records, in the users' words."""

    def current(self) -> Self:
        """Not replaced by a later set."""
        return self.filter(replaced_in=None)

    def levels(self) -> Self:
        """The overall levels."""
        return self.filter(standard=None, criterion_version=None)

    def known(self, *, on: date) -> Self:
        """Recorded by the end of the day."""
        from assurance.standing import end_of

        return self.filter(recorded_set__recorded_at__lt=end_of(on))


class RecordedGrade(models.Model):
    """One grade of a provider in a year: of a criterion, of a whole standard, or, with neither, the overall level."""

    class Outcome(models.TextChoices):
        MET = "met", "Met"
        PARTLY = "partly", "Partly met"
        NOT_MET = "not_met", "Not met"
        NOT_APPLICABLE = "not_applicable", "Not applicable"
        LEVEL = "level", "Level"

    recorded_set = models.ForeignKey(RecordedSet, on_delete=models.PROTECT, related_name="grades")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="recorded_grades")
    year = models.CharField(max_length=7)
    standard = models.ForeignKey("framework.Standard", null=True, on_delete=models.PROTECT, related_name="+")
    criterion_version = models.ForeignKey(
        "framework.CriterionVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    grade = models.CharField(max_length=20)
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    words = models.CharField("as the records say it", max_length=60)
    replaced_in = models.ForeignKey(RecordedSet, null=True, on_delete=models.PROTECT, related_name="replaced")

    objects = RecordedGradeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(standard__isnull=True) | Q(criterion_version__isnull=True), name="recorded_of_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(outcome="level", standard__isnull=True, criterion_version__isnull=True)
                | ~Q(outcome="level") & (Q(standard__isnull=False) | Q(criterion_version__isnull=False)),
                name="recorded_level_of_a_provider",
            ),
            models.UniqueConstraint(
                fields=["commissioner", "organisation", "year", "standard", "criterion_version"],
                condition=Q(replaced_in=None),
                nulls_distinct=False,
                name="recorded_once",
            ),
        ]
        indexes = [models.Index(fields=["commissioner", "year"], name="recorded_of_year")]

    def __str__(self) -> str:
        return f"{self.grade}, {self.year}"
