"""What one organisation does about a recommendation: an action of the register of actions, with what a plan says more.

The action is for the people of the review; the organisation's own person on its list sees it and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pghistory
from django.db import models, transaction

from accounts.door import Refused
from accounts.models import CircleMember
from actions.models import Action
from design.calendar import london_date
from providers.models.versions import Versioned
from reviews.models.access import OwnPartQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation
    from reviews.models.recommendations import Recommendation

ORIGIN = "review"


@dataclass(frozen=True)
class Doer:
    """An organisation that is to do something, and who there answers for it: a person, a name, or nobody yet."""

    organisation: "Organisation"
    owner: "User | None" = None
    owner_name: str = ""


def put_on_list(action: Action, *, by: "User", at: datetime) -> None:
    """Let the owner know of what is about their own organisation, never of more; who is on the list stays as they are.

    The reason is the portal's own words.
    """
    if action.owner is None or action.circle is None:
        return
    if action.circle.members.not_over(on=london_date(at)).filter(user=action.owner).exists():
        return
    reason = "Answers for an action of their organisation for this review"
    action.circle.add(action.owner, scope=CircleMember.Reach.OWN, reason=reason, by=by, at=at)


class PartQuerySet(OwnPartQuerySet):
    """Parts of recommendations."""

    circle_path = "action__circle"

    @transaction.atomic
    def fan_out(
        self, recommendation: "Recommendation", to: Iterable[Doer], text: str, *, by: "User", at: datetime,
        plan: dict[str, Any], **action: Any,
    ) -> "list[RecommendationAction]":  # fmt: skip
        """One wording for several organisations: each gets an action of its own, and its owner is put on the list.

        ``action`` are fields of the action (its day, its level, what will prove it), ``plan`` those of the part.
        """
        review = recommendation.review
        if review.closed_at is not None or recommendation.superseded_at is not None:
            raise Refused("This review is closed or the recommendation superseded, so nothing is added to it.")
        if recommendation.answer == recommendation.Answer.NOT_ACCEPTED:
            raise Refused("This recommendation was not accepted. Change the answer first.")
        return [self._give(recommendation, doer, text, by=by, at=at, plan=plan, **action) for doer in to]

    def _give(
        self, recommendation: "Recommendation", doer: Doer, text: str, *, by: "User", at: datetime,
        plan: dict[str, Any], **action: Any,
    ) -> "RecommendationAction":  # fmt: skip
        review = recommendation.review
        promised = Action.objects.open_for(
            review.commissioner, doer.organisation, text, origin_kind=ORIGIN, circle=review.circle, by=by, at=at,
            owner=doer.owner, owner_name=doer.owner_name, **action,
        )  # fmt: skip
        put_on_list(promised, by=by, at=at)
        whose = {"commissioner": review.commissioner, "organisation": doer.organisation}
        made: RecommendationAction = self.create(**whose, recommendation=recommendation, action=promised, **plan)
        return made


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class RecommendationAction(Versioned):
    """One organisation's action for one recommendation."""

    class Priority(models.TextChoices):
        HIGH = "high", "High"
        MEDIUM = "medium", "Medium"
        LOW = "low", "Low"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey("reviews.Recommendation", on_delete=models.PROTECT, related_name="parts")
    action = models.OneToOneField("actions.Action", on_delete=models.PROTECT, related_name="review_part")
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.MEDIUM)
    starts_on = models.DateField("starts on", null=True, blank=True)
    milestones = models.TextField("key milestones", blank=True)
    outcome = models.TextField("what came of it", blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["recommendation", "id"]
        constraints = [models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="review_part_whose")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.action_id}"
