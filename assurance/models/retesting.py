"""Criteria that are asked again because of learning from a review: listed for the validator, marked for the provider.

``framework.models.Retest`` says which; what it came from is not known here.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef
from django.db.models.functions import TruncDate

from assurance.models.ratings import Rating
from design.calendar import LONDON, london_date
from framework.models import Retest

if TYPE_CHECKING:
    from assurance.models.assessments import SelfAssessment

REVIEWED = (Rating.Basis.EVIDENCE_REVIEWED, Rating.Basis.SEEN_ON_VISIT)
REASON = "re-test after learning from a review"


def asked_again(*, before_it_was_sent: bool = False) -> Exists:
    """Is the criterion of an answer asked again? For a return that was sent, since before it was sent."""
    rows = Retest.objects.open().filter(
        commissioner=OuterRef("commissioner"),
        organisation=OuterRef("organisation"),
        criterion=OuterRef("criterion_version__criterion"),
    )
    if before_it_was_sent:
        sent = ExpressionWrapper(OuterRef("self_assessment__submitted_at"), output_field=DateTimeField())
        rows = rows.filter(asked_on__lte=TruncDate(sent, tzinfo=LONDON))
    return Exists(rows)


def settle(assessment: "SelfAssessment", *, at: datetime) -> int:
    """The return is validated: what was looked at in it is not asked again any more. Returns how many."""
    looked_at = assessment.ratings.current().filter(basis__in=REVIEWED).exclude(outcome=Rating.Outcome.MORE_EVIDENCE)
    criteria = set(looked_at.values_list("criterion_version__criterion", flat=True))
    sent = assessment.submitted_at
    if sent is None:
        return 0
    return Retest.objects.settle(
        assessment.commissioner_id, assessment.organisation_id, criteria, on=london_date(at), by=Retest.By.RETURN,
        since=london_date(sent),
    )  # fmt: skip
