"""What is known about a criterion, how surely and since when. Never overwritten."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.capabilities import Can
from accounts.models.memberships import Strand
from accounts.tenancy import TenantQuerySet
from actions.models import Action
from assurance.models.assessments import SelfAssessment
from framework.models import CriterionVersion
from providers.tenancy import SharedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

VALIDATED = Q(self_assessment__state="validated")


class RatingQuerySet(SharedQuerySet):
    """Ratings. A provider sees what its validator wrote once the return is validated; associates then, too."""

    circle_path = "self_assessment__circle"
    shared_with_associates = VALIDATED & ~Q(basis="self_assessed")

    def _own_reach(self, user: "User", can: Can, on: date) -> Q:
        return super()._own_reach(user, can, on) & (Q(basis="self_assessed") | VALIDATED)

    def current(self) -> "RatingQuerySet":
        """The one in force for each basis."""
        return self.filter(current=True)


class Rating(models.Model):
    """A grade of one criterion on one basis. A later one on the same basis retires it, never edits it."""

    class Basis(models.TextChoices):
        SELF_ASSESSED = "self_assessed", "Self-assessed"
        ACCEPTED_AS_DECLARED = "accepted_as_declared", "Accepted as declared, not reviewed"
        EVIDENCE_REVIEWED = "evidence_reviewed", "Evidence reviewed"
        SEEN_ON_VISIT = "seen_on_visit", "Seen on visit"

    class Outcome(models.TextChoices):
        DECLARED = "declared", "Declared"
        AGREED = "agreed", "Agreed"
        HIGHER = "higher", "Higher"
        LOWER = "lower", "Lower"
        MORE_EVIDENCE = "more_evidence", "More evidence asked for"
        REGRADED = "regraded", "Re-graded in year"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="ratings")
    criterion_version = models.ForeignKey(CriterionVersion, on_delete=models.PROTECT, related_name="ratings")
    basis = models.CharField(max_length=20, choices=Basis.choices)
    grade = models.CharField(max_length=20)
    outcome = models.CharField(max_length=13, choices=Outcome.choices)
    comment = models.TextField(blank=True)
    source = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    on = models.DateField()
    current = models.BooleanField(default=True)
    strand = models.CharField(max_length=12, choices=Strand.choices, blank=True, help_text="In whose validation")
    ground = models.CharField(max_length=16, blank=True, help_text="A mark of the answer and evidence judged")
    evidence = models.ForeignKey(
        "evidence.EvidenceItem", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["self_assessment", "criterion_version", "basis"],
                condition=Q(current=True),
                name="rating_one_current_a_basis",
            ),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="rating_whose"),
            models.CheckConstraint(
                condition=Q(outcome__in=["agreed", "declared"]) | ~Q(comment=""), name="rating_comment_unless_agreed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["self_assessment", "basis"],
                condition=Q(current=True),
                include=["grade", "on"],
                name="rating_now",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_basis_display()}: {self.grade}"


class CriterionActionQuerySet(TenantQuerySet):
    """Seen like the action."""

    circle_path = "action__circle"


class CriterionAction(models.Model):
    """The link from a validated amber or red to the action that it opened."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="criterion_link")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="criterion_actions")
    criterion_version = models.ForeignKey(CriterionVersion, on_delete=models.PROTECT, related_name="+")
    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="+")

    objects = CriterionActionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.criterion_version_id}: {self.action_id}"
