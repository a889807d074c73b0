"""A validated grade whose ground has gone: the lead has left, the policy has expired (hazard 15).

The grade stays as it is and is shown with "?" since that day, until somebody says why it holds again or re-grades.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Q, Subquery

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.tenancy import TenantQuerySet
from assurance.models.assessments import SelfAssessment

if TYPE_CHECKING:
    from accounts.models import User


class InQuestionQuerySet(TenantQuerySet):
    """What the commissioner keeps about its own grades; the provider hears of it from a person."""

    circle_path = "self_assessment__circle"

    def _own_reach(self, user: "User", can: Can, on: date) -> Q:
        return Q(pk__in=[])

    def open(self) -> Self:
        """Still in question."""
        return self.filter(settled_at__isnull=True)

    def since_when(self, **here: Any) -> Subquery:
        """As an annotation: the day since which the first of these is in question; nothing without any."""
        return Subquery(self.open().filter(**here).order_by("since").values("since")[:1])


class InQuestion(models.Model):
    """One grade in question since a day, by whom and why; settled once, and kept."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="in_question")
    criterion_version = models.ForeignKey("framework.CriterionVersion", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    reason = models.TextField()
    raised_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    settled_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_reason = models.TextField(blank=True)

    objects = InQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        verbose_name_plural = "in question"
        constraints = [
            models.UniqueConstraint(
                fields=["self_assessment", "criterion_version"],
                condition=Q(settled_at__isnull=True),
                name="in_question_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="in_question_has_a_reason"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, settled_reason="")
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_reason=""),
                name="in_question_settled_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"in question since {self.since}"

    def settle(self, reason: str, *, by: "User", at: datetime) -> None:
        """The grade holds again, or has been given anew; the reason is kept."""
        mine = type(self).objects.open().filter(pk=self.pk)
        if not mine.update(settled_at=at, settled_by=by, settled_reason=reason):
            raise Refused("Somebody else has just settled this. Open it again to see how it stands.")
        self.refresh_from_db()


def put_in_question(
    assessment: SelfAssessment, criterion_version_id: int, *, since: date, reason: str, by: "User", at: datetime
) -> InQuestion:
    """Say that a validated grade is in question since a day. Once: of two people at once, one is told."""
    if assessment.state != SelfAssessment.State.VALIDATED:
        raise Refused("Only a validated grade can be put in question. This return is still being worked on.")
    try:
        with transaction.atomic():
            return InQuestion.objects.create(
                commissioner_id=assessment.commissioner_id,
                organisation_id=assessment.organisation_id,
                self_assessment=assessment,
                criterion_version_id=criterion_version_id,
                since=since,
                reason=reason,
                raised_by=by,
                raised_at=at,
            )
    except IntegrityError as problem:
        raise Refused("This grade is in question already. Open it again to see since when.") from problem
