"""Implemented is not embedded: some months after an action was verified somebody looks whether the change has lasted.

The months are dated rows (domain.md 8.5: six and twelve). The day is a due day like any other, so moving it keeps the
first one.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

import pghistory
from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import CircleMember, User
from actions.models import Action
from actions.models.status import proof_gone
from chasing.models.due import Due, DueQuerySet, due_indexes
from design.calendar import add_months, london_date
from providers.models.policy import Dated, dated_constraints
from reviews.models.access import OwnPartQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from reviews.models.parts import RecommendationAction


class ImpactRule(Dated):
    """So many months after the verification somebody looks again."""

    step = models.SlugField(max_length=40)
    words = models.CharField("what has to be done", max_length=120)
    months = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["months", "id"]
        constraints = [
            *dated_constraints("review_impact_rule", "step"),
            models.CheckConstraint(condition=Q(months__gt=0), name="review_impact_rule_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.words}: {self.months} months after the verification"


class ImpactReviewQuerySet(OwnPartQuerySet, DueQuerySet):  # type: ignore[override]
    """Looks at whether a change has lasted."""

    circle_path = "circle"

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere; each with the action and the recommendation that it is about."""
        rows = super().permitted(user, can, on=on)
        return rows.select_related("part__action__owner", "part__recommendation__review__commissioner", "organisation")

    @transaction.atomic
    def open_for(self, part: "RecommendationAction", *, verified_on: date) -> None:
        """One for each rule in force on the day of the verification."""
        for rule in ImpactRule.objects.one_each(part.commissioner_id, verified_on, by="step").values():
            self.open_one(part, rule.months, counted_from=verified_on)

    def open_one(self, part: "RecommendationAction", months: int, *, counted_from: date) -> None:
        """One more, so many months on."""
        due = add_months(counted_from, months)
        self.create(
            commissioner_id=part.commissioner_id, organisation_id=part.organisation_id, part=part, months=months,
            circle=part.action.circle, due_on=due, original_due_on=due,
        )  # fmt: skip

    def end(self, part: "RecommendationAction", reason: str, *, at: datetime) -> None:
        """Those of the part that wait are not asked for any more."""
        for each in self.filter(part=part).outstanding():
            each.settled_at, each.ended_because = at, reason
            each.save(update_fields=["settled_at", "ended_because"])

    def by_date(self) -> Self:
        """With what a line of a list says, the next to come first."""
        return self.select_related("part__recommendation__review", "part__action__owner", "organisation").order_by(
            "due_on", "pk"
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class ImpactReview(Due):
    """One look, some months on: embedded, in part, or failed. A failed one reopens the action."""

    class Outcome(models.TextChoices):
        EMBEDDED = "embedded", "Embedded: the change has lasted"
        PARTLY = "partly", "In part"
        FAILED = "failed", "Failed: the change has not lasted"

    kind_code = "impact_review"
    TONES: ClassVar[dict[str, str]] = {"embedded": "good", "partly": "partly", "failed": "bad"}

    part = models.ForeignKey("reviews.RecommendationAction", on_delete=models.PROTECT, related_name="impacts")
    months = models.PositiveSmallIntegerField("months after the verification")
    outcome = models.CharField(max_length=8, blank=True, choices=Outcome.choices)
    what_changed = models.TextField("what has changed for people", blank=True)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    # Not asked for any more, because the action was opened again before its day.
    ended_because = models.CharField(max_length=300, blank=True)

    objects = ImpactReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", by__isnull=True)
                | ~Q(outcome="") & Q(by__isnull=False, settled_at__isnull=False) & ~Q(what_changed=""),
                name="impact_review_said_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["part", "months"], condition=Q(settled_at__isnull=True), name="impact_review_once"
            ),
        ]
        indexes = [*due_indexes("impact_review")]

    def __str__(self) -> str:
        return f"Impact review after {self.months} months"

    @property
    def moves(self) -> int:
        """How often its day was moved."""
        return self.due_version - 1

    def who_agrees(self, by: "User", *, on: date) -> "models.QuerySet[User]":
        """Who sees everything of the review, other than who asks."""
        named = CircleMember.objects.live(on=on).filter(circle=self.circle_id, scope=CircleMember.Reach.WHOLE)
        return User.objects.filter(pk__in=named.values("user")).exclude(pk=by.pk).order_by("name")

    def move_day(self, to: date, *, reason: str, agreed_by: "User", by: "User", at: datetime) -> None:
        """Another day, to which somebody other than who asks agrees; the first one stays for ever."""
        if agreed_by == by:
            raise Refused("Somebody other than you who asks has to agree to another day.")
        if self.settled_at is not None:
            raise Refused("This impact review was recorded already, or is not asked for any more.")
        self.move_due(to, by=by, reason=reason, at=at, agreed_by=agreed_by)

    @transaction.atomic
    def record(
        self, outcome: str, what_changed: str, *, by: "User", at: datetime, due_on: date | None = None
    ) -> None:  # fmt: skip
        """Somebody other than the owner looked. The last one that says so embeds; a failed one opens the action again.

        That a change has lasted cannot be said before its day; that it has not, on any day.
        In part, and nothing else to come: there is another look as many months on as the first rule says.
        """
        action = Action.objects.select_for_update(of=("self",)).get(pk=self.part.action_id)
        if by.pk == action.owner_id:
            raise Refused("You own this action, so another person has to look whether the change has lasted.")
        if outcome == self.Outcome.EMBEDDED and Action.objects.filter(proof_gone(), pk=action.pk).exists():
            raise Refused("Evidence was withdrawn since the action was verified. Look at the action again first.")
        if outcome != self.Outcome.FAILED and self.settled_at is None and london_date(at) < self.due_on:
            raise Refused(
                f"This is due on {self.due_on:%-d %B %Y}, and nobody can say before then that the change has lasted. "
                "Come back on that day, or move the day first with a reason and somebody who agrees."
            )
        waiting = type(self).objects.filter(pk=self.pk).outstanding()
        if not waiting.update(outcome=outcome, what_changed=what_changed, by=by, settled_at=at):
            raise Refused("Somebody has recorded this impact review already, or it is not asked for any more.")
        self.refresh_from_db()
        if outcome == self.Outcome.FAILED:
            if due_on is None:
                raise Refused("Say by when it has to be done.")
            action.reopen(f"Impact review failed: {what_changed}", due_on=due_on, by=by, at=at)
        elif not type(self).objects.filter(part=self.part).outstanding().exists():
            if outcome == self.Outcome.EMBEDDED:
                action.embed(what_changed, by=by, at=at)
            else:
                rules = ImpactRule.objects.in_force(self.commissioner_id, london_date(at)).order_by("months")
                type(self).objects.open_one(self.part, rules[0].months, counted_from=london_date(at))
