"""What a review recommends: the number and words of its report, to whom, and whether it was accepted.

A recommendation is never taken back: it is corrected, or superseded with a reason. What is done about it stands in the
parts of it (``reviews.models.parts``), one for each organisation.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery

from accounts.door import Refused
from accounts.references import new_reference
from framework.models import CriterionVersion
from providers.models.versions import Versioned
from reviews.models.access import OfReviewQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.models.reviews import Review
    from reviews.models.themes import ReviewTheme


class AsCounted(models.Func):
    """The numbers in a text, so that 10 comes after 9 and 4.10 after 4.9."""

    template = (
        "string_to_array(trim(both '.' from regexp_replace(%(expressions)s, '[^0-9]+', '.', 'g')), '.')::numeric[]"
    )
    output_field = ArrayField(models.DecimalField())


class RecommendationQuerySet(OfReviewQuerySet):
    """Recommendations of reviews."""

    def in_order(self) -> Self:
        """By their numbers as people count."""
        return self.order_by("review", AsCounted("number"), "number")

    def with_criteria(self) -> Self:
        """Each with the references of the criteria that it is about, as they were worded last (``refs``)."""
        from reviews.models.criteria import RecommendationCriterion

        newest = CriterionVersion.objects.filter(criterion=OuterRef("criterion")).order_by("-pk").values("ref")
        held = RecommendationCriterion.objects.filter(recommendation=OuterRef("pk")).annotate(ref=Subquery(newest[:1]))
        return self.annotate(refs=ArraySubquery(held.values("ref")))

    @transaction.atomic
    def add(
        self, review: "Review", *, by: "User", at: datetime, themes: "Iterable[ReviewTheme]" = (), **said: Any
    ) -> "Recommendation":  # fmt: skip
        """Put one on a review, with its themes. Refused when the review has this number already or is closed."""
        if review.closed_at is not None:
            raise Refused("This review is closed, so nothing is added to it.")
        self.model(review=review).number_is_free(said["number"])
        whose = {"commissioner_id": review.commissioner_id, "review": review}
        made: Recommendation = self.model._default_manager.create(**whose, recorded_by=by, recorded_at=at, **said)
        made.about(themes)
        return made


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Recommendation(Versioned):
    """One recommendation of one review."""

    class To(models.TextChoices):
        MULTI_AGENCY = "multi_agency", "All agencies together"
        AGENCY = "agency", "One agency"
        COMMISSIONER = "commissioner", "The commissioner"
        NATIONAL = "national", "National bodies"

    class Answer(models.TextChoices):
        NOT_ANSWERED = "not_answered", "Not answered yet"
        ACCEPTED = "accepted", "Accepted"
        PARTLY = "partly", "Accepted in part"
        NOT_ACCEPTED = "not_accepted", "Not accepted"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="recommendations")
    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    # As the report has it, for example 4.2.
    number = models.CharField(max_length=20)
    text = models.TextField("what is recommended")
    addressed_to = models.CharField(max_length=12, choices=To.choices)
    agency_name = models.CharField("which agency", max_length=150, blank=True)
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.NOT_ANSWERED)
    answer_reason = models.CharField("why", max_length=300, blank=True)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    commissioning_implication = models.BooleanField("has implications for commissioning", default=False)
    implication = models.TextField("what it means for commissioning", blank=True)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    superseded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_because = models.CharField(max_length=300, blank=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["review", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner"], name="recommendation_whose"),
            models.UniqueConstraint(fields=["review", "number"], name="recommendation_number_once"),
            models.CheckConstraint(
                condition=~Q(answer__in=["partly", "not_accepted"]) | ~Q(answer_reason=""),
                name="recommendation_answered_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(commissioning_implication=True) | Q(implication=""), name="recommendation_implication_said"
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True, superseded_by__isnull=True, superseded_because="")
                | Q(superseded_at__isnull=False, superseded_by__isnull=False) & ~Q(superseded_because=""),
                name="recommendation_superseded_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Recommendation {self.number}"

    @property
    def addressed_in_words(self) -> str:
        """To whom, with the agency's name where there is one."""
        return self.agency_name or self.get_addressed_to_display()

    def number_is_free(self, number: str) -> None:
        """Refused when another one of the review has the number; of two at once the second waits for the first."""
        type(self.review)._default_manager.select_for_update(of=("self",)).get(pk=self.review_id)
        if type(self)._default_manager.filter(review=self.review_id, number=number).exclude(pk=self.pk).exists():
            raise Refused(f"This review has a recommendation {number} already. Give this one another number.")

    def about(self, themes: "Iterable[ReviewTheme]") -> None:
        """These are its themes, and no others."""
        chosen = set(themes)
        self.themes.exclude(theme__in=chosen).delete()
        held = set(self.themes.values_list("theme", flat=True))
        for theme in chosen:
            if theme.pk not in held:
                self.themes.create(commissioner_id=self.commissioner_id, theme=theme)

    @transaction.atomic
    def correct(self, *, expected: int, themes: "Iterable[ReviewTheme] | None" = None, **said: Any) -> None:
        """What was written of it was wrong."""
        self._still_open()
        self.number_is_free(said.get("number", self.number))
        self.change(expected=expected, **said)
        if themes is not None:
            self.about(themes)

    @transaction.atomic
    def give_answer(self, answer: str, *, expected: int, reason: str = "", by: "User", at: datetime) -> None:
        """It is accepted, in part, or not; the last two with a reason."""
        self._still_open()
        if answer in (self.Answer.PARTLY, self.Answer.NOT_ACCEPTED) and not reason.strip():
            raise Refused("Say why it is not accepted, or only in part.")
        self.change(expected=expected, answer=answer, answer_reason=reason, answered_by=by, answered_at=at)

    @transaction.atomic
    def supersede(self, reason: str, *, expected: int, by: "User", at: datetime) -> None:
        """Something else takes its place. It stays to be read, and its open actions stay open."""
        self._still_open()
        self.change(expected=expected, superseded_by=by, superseded_at=at, superseded_because=reason)

    def _still_open(self) -> None:
        if self.superseded_at is not None:
            raise Refused("This recommendation was superseded and is not changed any more.")
        if self.review.closed_at is not None:
            raise Refused("This review is closed and is not changed any more.")


class OfRecommendationQuerySet(OfReviewQuerySet):
    """Rows that hang on a recommendation."""

    commissioner_path = "commissioner"
    circle_path = "recommendation__review__circle"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), append_only=True)
class RecommendationTheme(models.Model):
    """A recommendation is about a theme of the pick list."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="themes")
    theme = models.ForeignKey("reviews.ReviewTheme", on_delete=models.PROTECT, related_name="recommendations")

    objects = OfRecommendationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recommendation", "theme"], name="recommendation_theme_once")]

    def __str__(self) -> str:
        return f"{self.recommendation_id}: {self.theme_id}"
