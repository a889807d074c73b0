"""Whose a strand is to validate: given to one designated professional, or back to nobody. What was given is kept."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.capabilities import Can
from accounts.door import Refused, Stale
from accounts.models import DeclaredInterest, Membership, User
from accounts.models.memberships import Strand
from accounts.tenancy import TenantQuerySet
from assurance.models.assessments import SelfAssessment
from assurance.models.reviews import StrandReview

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

State = SelfAssessment.State


class StrandAssignmentQuerySet(TenantQuerySet):
    """Never the provider's to see."""

    circle_path = "self_assessment__circle"

    def _own_reach(self, user: "User | AnonymousUser", can: Can, on: date) -> Q:
        return Q(pk__in=[])


class StrandAssignment(models.Model):
    """Append-only: a strand of a return was given to somebody, or taken back from everybody."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="assignments")
    strand = models.CharField(max_length=12, choices=Strand.choices)
    to = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StrandAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.strand} of {self.self_assessment_id}"


@transaction.atomic
def assign(review: StrandReview, to: User | None, *, seen: int | None, by: User, at: datetime) -> StrandAssignment:
    """Give the strand to somebody who may validate it, or to nobody.

    ``seen`` is the id of whoever had it on the page; of two at once the second is told. The judging itself is bound
    to nobody: whoever may validate the strand may go on with it, so that leave and sickness stop nothing.
    """
    locked = SelfAssessment.objects.select_for_update().get(pk=review.self_assessment_id)
    review.refresh_from_db(fields=["assigned_to", "signed_off_at"])
    if locked.state not in (State.SUBMITTED, State.UNDER_REVIEW) or review.signed_off_at is not None:
        raise Refused("This strand does not wait for validation any more. Go back to the queue.")
    if review.assigned_to_id != seen:
        theirs = f"It is with {review.assigned_to.name} now." if review.assigned_to else "It is with nobody now."
        raise Stale(f"Somebody else has just assigned this strand. {theirs}", theirs=theirs, yours="")
    if to is not None and not StrandReview.objects.permitted(to, Can.VALIDATE).filter(pk=review.pk).exists():
        raise Refused(f"{to.name} may not validate this strand. Choose somebody else.")
    review.assigned_to = to
    review.save(update_fields=["assigned_to"])
    return StrandAssignment.objects.create(
        commissioner_id=review.commissioner_id, organisation_id=review.organisation_id, self_assessment=locked,
        strand=review.strand, to=to, by=by, at=at,
    )  # fmt: skip


def validators_of(review: StrandReview, *, on: date) -> QuerySet[User]:
    """Whom the strand can be given to: live role, the strand, no declared interest. By name; one query."""
    held = Membership.objects.live(on=on).granting(Can.VALIDATE)
    held = held.filter(organisation=review.commissioner_id, strands__contains=[review.strand])
    interest = DeclaredInterest.objects.live(on=on).filter(user=OuterRef("pk"), organisation=review.organisation_id)
    return User.objects.filter(~Exists(interest), pk__in=held.values("user")).order_by("name", "pk")
