"""Rounds and returns for tests, with every asked answer made as issuing makes it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.capabilities import Role
from assurance import models
from design.calendar import FinancialYear
from tests.factories.accounts import someone
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, provider_of

THEN = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


class RoundFactory(DjangoModelFactory):
    """An open round due at the end of November."""

    class Meta:
        model = models.Round

    commissioner = factory.SubFactory(CommissionerFactory)
    framework_version = factory.LazyFunction(published)
    name = factory.Sequence(lambda n: f"Annual safeguarding self-assessment {n}")
    year = "2026-27"
    opens_on = date(2026, 10, 1)
    due_on = date(2026, 11, 30)
    state = models.Round.State.OPEN


def this_years(now: datetime) -> models.Round:
    """A round of the running financial year, issued a month ago."""
    today = timezone.localdate(now)
    return RoundFactory(
        framework_version=published(), year=FinancialYear.of(today).slug, opens_on=today - timedelta(days=30),
        due_on=today + timedelta(days=30), issued_at=now - timedelta(days=30),
    )  # fmt: skip


def a_return(round: models.Round | None = None, organisation: Any = None, **fields: Any) -> models.SelfAssessment:
    """A return just issued, with one unanswered answer per criterion of its tier."""
    round = round or RoundFactory()
    organisation = organisation or provider_of(round.commissioner)
    fields = {"tier": "full", "due_on": round.due_on, "original_due_on": round.due_on, "issued_at": THEN, **fields}
    made = models.SelfAssessment.objects.create(
        round=round, commissioner=round.commissioner, organisation=organisation, **fields
    )
    asked = round.framework_version.criteria.for_tier(made.tier)
    models.Answer.objects.bulk_create(
        models.Answer(
            self_assessment=made, commissioner=round.commissioner, organisation=organisation, criterion_version=each
        )
        for each in asked
    )
    return made


def answer_all(assessment: models.SelfAssessment, grade: str = "green", **by_ref: str) -> None:
    """Give every answer a grade; ``by_ref`` overrides some, written r1_1="red" for 1.1."""
    for answer in assessment.answers.select_related("criterion_version"):
        key = "r" + answer.criterion_version.ref.replace(".", "_")
        answer.value = {"grade": by_ref.get(key, grade)}
        answer.narrative = "In place and reviewed this year."
        answer.save()


def recorded(assessment: models.SelfAssessment, year: str, **of: str) -> models.RecordedSet:
    """An earlier year's grades from the commissioner's records: r1_1="red" of a criterion, s1="amber" of a standard."""
    commissioner, version = assessment.commissioner, assessment.round.framework_version
    kept = models.RecordedSet.objects.create(
        commissioner=commissioner, framework_version=version, recorded_by=someone(Role.QUALITY_ANALYST, commissioner),
        recorded_at=THEN,
    )  # fmt: skip
    for key, grade in of.items():
        ref = key[1:].replace("_", ".")
        what = {"standard": version.standards.get(number=ref)} if key[0] == "s" else {
            "criterion_version": version.criteria.get(ref=ref)
        }  # fmt: skip
        models.RecordedGrade.objects.create(
            recorded_set=kept, commissioner=commissioner, organisation=assessment.organisation, year=year, grade=grade,
            outcome={"green": "met", "amber": "partly", "red": "not_met"}[grade], words=f"R-{grade}", **what,
        )  # fmt: skip
    return kept
