"""What a provider says it has done about a recommendation of a national inquiry: rows that are only added to.

The first row of an organisation asks it ("no position stated"); the latest holds.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery

from accounts.capabilities import Can, Role
from accounts.door import Refused
from accounts.models import CircleMember, Membership
from chasing.models.letters import Letter
from design.calendar import london_date
from reviews.models.access import OwnPartQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from providers.models import Organisation
    from reviews.models.reviews import Review

ASKED = "positions_asked"
NAMED_BECAUSE = "States the position of their organisation on a national inquiry"


TONES = {
    "not_said": "waiting", "in_place": "good", "partly": "partly", "not_in_place": "bad", "not_applicable": "quiet",
}  # fmt: skip


class PositionQuerySet(OwnPartQuerySet):
    """Positions of organisations."""

    circle_path = "recommendation__review__circle"

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere; each with what it is about."""
        rows = super().permitted(user, can, on=on)
        return rows.select_related("recommendation__review", "organisation", "commissioner", "by")

    @transaction.atomic
    def ask(
        self, review: "Review", organisations: "Iterable[Organisation]", *, by: "User", at: datetime
    ) -> "list[Organisation]":  # fmt: skip
        """Ask each for its position on every recommendation of the inquiry that it was not asked about yet.

        The safeguarding leads of each are put on the list for their own organisation. Back come those that have none.
        """
        if review.kind != "inquiry":
            raise Refused("Positions are asked for on the recommendations of a national inquiry only.")
        if review.closed_at is not None:
            raise Refused("This review is closed, so nothing is asked any more.")
        on, chosen = london_date(at), list(organisations)
        asked = set(self.model._default_manager.filter(recommendation__review=review).values_list(
            "recommendation", "organisation"))  # fmt: skip
        new = [
            self.model(
                commissioner_id=review.commissioner_id, organisation=each, recommendation=one, as_at=on, by=by, at=at
            )
            for one in review.recommendations.filter(superseded_at__isnull=True)
            for each in chosen
            if (one.pk, each.pk) not in asked
        ]  # fmt: skip
        self.bulk_create(new)
        return self._name_leads(review, chosen, by=by, at=at, told={each.organisation_id for each in new})

    def _name_leads(
        self, review: "Review", chosen: "list[Organisation]", *, by: "User", at: datetime, told: set[int]
    ) -> "list[Organisation]":  # fmt: skip
        """Put the safeguarding leads on the list for their own, and write to those of whom something new is asked."""
        on = london_date(at)
        held = Membership.objects.live(on=on).filter(organisation__in=chosen, role=Role.PROVIDER_LEAD)
        leads = list(held.filter(user__is_active=True, user__joined_at__isnull=False).select_related("user"))
        listed = set(review.circle.members.not_over(on=on).values_list("user", flat=True))
        for user in {row.user_id: row.user for row in leads}.values():
            if user.pk not in listed:
                review.circle.add(user, scope=CircleMember.Reach.OWN, reason=NAMED_BECAUSE, by=by, at=at)
        for row in leads:
            if row.organisation_id in told:
                Letter.objects.write(
                    ASKED, dedupe_key=f"{ASKED}:{review.pk}:{row.organisation_id}:{row.user_id}:{on}", at=at,
                    to_user=row.user, commissioner_id=review.commissioner_id, organisation_id=row.organisation_id,
                    circle_id=review.circle_id, about={"review": review.pk, "organisation": row.organisation_id},
                )  # fmt: skip
        with_somebody = {row.organisation_id for row in leads}
        return [each for each in chosen if each.pk not in with_somebody]

    def holding(self) -> Self:
        """The latest of each organisation on each recommendation."""
        latest = self.model._default_manager.filter(
            recommendation=OuterRef("recommendation"), organisation=OuterRef("organisation")
        ).order_by("-pk")
        return self.filter(pk=Subquery(latest.values("pk")[:1]))


class Position(models.Model):
    """What one organisation said of one recommendation on one day."""

    class Where(models.TextChoices):
        NOT_SAID = "not_said", "No position stated"
        IN_PLACE = "in_place", "In place"
        PARTLY = "partly", "Partly in place"
        NOT_IN_PLACE = "not_in_place", "Not in place"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey("reviews.Recommendation", on_delete=models.PROTECT, related_name="positions")
    position = models.CharField(max_length=14, choices=Where.choices, default=Where.NOT_SAID)
    statement = models.TextField(blank=True)
    as_at = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(position="not_said") | ~Q(statement=""), name="position_said_with_a_statement"
            )
        ]
        indexes = [models.Index(fields=["recommendation", "organisation", "-id"], name="position_latest")]

    def __str__(self) -> str:
        return self.get_position_display()

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return TONES[self.position]

    @transaction.atomic
    def state(self, position: str, statement: str, *, as_at: date, by: "User", at: datetime) -> "Position":
        """Say it anew: what was said before stays to be read. Refused when a colleague said something in between."""
        whose = {"recommendation": self.recommendation, "organisation": self.organisation}
        review = type(self.recommendation.review)._default_manager.select_for_update(of=("self",))
        if review.get(pk=self.recommendation.review_id).closed_at is not None:
            raise Refused("This inquiry is closed, so nothing is said any more.")
        if type(self).objects.filter(**whose, pk__gt=self.pk).exists():
            raise Refused("A colleague has stated a position since you opened this. Look at it, then decide again.")
        if as_at > london_date(at):
            raise Refused("Enter today or a day that has passed.")
        said = {"position": position, "statement": statement, "as_at": as_at, "by": by, "at": at}
        return type(self).objects.create(**whose, commissioner_id=self.commissioner_id, **said)
