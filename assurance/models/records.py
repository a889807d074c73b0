"""Grades of past years as a commissioner's own records have them: entered from records, never validated here.

They are rows of their own and no ratings, so that no figure of validated or self-assessed grades can hold them. A set
is what came in together; a later set that says otherwise replaces single grades and keeps what it replaced.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

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


@dataclass(frozen=True)
class LastRecorded:
    """What a commissioner's records say of a criterion in the last period that they know, before the return's."""

    year: str
    outcome: str
    standard: int | None = None

    @property
    def words(self) -> str:
        """The grade, the period, and of what it is where that is more than the criterion."""
        whole = f", for the whole of standard {self.standard}" if self.standard else ""
        return f"{RecordedGrade.Outcome(self.outcome).label} in {self.year}{whole}"


def last_recorded() -> Subquery:
    """An annotation on a page of answers, read with ``recorded_in``: of the criterion itself, else of its standard.

    It is of the return's own commissioner and organisation: whoever may read the answer's earlier grades may read it.
    """
    earlier = _before(OuterRef("commissioner"), OuterRef("organisation"), OuterRef("self_assessment__round__year"))
    of_it = Q(criterion_version__criterion=OuterRef("criterion_version__criterion"))
    found = earlier.filter(of_it | Q(standard__number=OuterRef("criterion_version__standard__number")))
    newest = found.order_by("-year", F("criterion_version").asc(nulls_last=True))
    return Subquery(newest.values(json=JSONObject(**COLUMNS))[:1])


def recorded_in(found: Mapping[str, Any] | None, *, after: str = "") -> LastRecorded | None:
    """What ``last_recorded`` found, if anything, unless the portal itself knows of that year or a later one."""
    return LastRecorded(**found) if found and found["year"] > after else None


def all_last_recorded(assessment: Any) -> ArraySubquery:
    """An annotation on anything of one return: of every criterion and standard the last grade. Read by ``recorded_of``.

    For a page that shows one criterion of many: the database looks through the provider's records once.
    """
    earlier = _before(assessment.commissioner_id, assessment.organisation_id, assessment.round.year)
    what = ("criterion_version__criterion_id", "standard__number")
    newest = earlier.exclude(outcome=RecordedGrade.Outcome.LEVEL).order_by(*what, "-year").distinct(*what)
    return ArraySubquery(newest.values(json=JSONObject(criterion=what[0], **COLUMNS)))


def recorded_of(rows: Iterable[Mapping[str, Any]], answer: Any, *, after: str = "") -> LastRecorded | None:
    """Of what ``all_last_recorded`` found, the criterion of this answer, as ``recorded_in`` would say it."""
    criterion, number = str(answer.criterion_version.criterion_id), answer.criterion_version.standard.number
    its = [row for row in rows if row["criterion"] == criterion or row["standard"] == number]
    newest = max(its, key=lambda row: (row["year"], row["standard"] is None), default=None)
    return recorded_in({key: newest[key] for key in COLUMNS} if newest else None, after=after)


COLUMNS = {"year": "year", "outcome": "outcome", "standard": "standard__number"}


def _before(commissioner: Any, organisation: Any, year: Any) -> RecordedGradeQuerySet:
    """One provider's grades of the years before this one."""
    found: RecordedGradeQuerySet = RecordedGrade.objects.current()
    return found.filter(commissioner=commissioner, organisation=organisation, year__lt=year)
