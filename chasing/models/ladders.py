"""Reminder steps as dated policy: when, to whom, with which letter."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.door import Refused
from providers.models.policy import Dated, DatedPolicyQuerySet, dated_constraints

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation


class Audience(models.TextChoices):
    """Whom a step speaks to. Nothing above the named lead goes without a person."""

    PREPARERS = "preparers", "Those preparing it, and the lead"
    LEAD = "lead", "The safeguarding lead"
    OWNER = "owner", "The owner"
    EXECUTIVE = "executive", "The executive lead (proposed to a person, never sent by itself)"
    QUALITY = "quality", "The quality team (proposed as an exception)"


# Reached by the clock these only propose; a person decides.
PROPOSED_ONLY = frozenset({Audience.EXECUTIVE, Audience.QUALITY})
# Whom a step speaks to, in a list.
WHO = {
    Audience.PREPARERS: "Preparers and lead",
    Audience.LEAD: "Safeguarding lead",
    Audience.OWNER: "Owner",
    Audience.EXECUTIVE: "Executive lead",
    Audience.QUALITY: "Quality team",
}
LETTERS = {Audience.EXECUTIVE: "escalation", Audience.QUALITY: "exception"}


class LadderQuerySet(DatedPolicyQuerySet):
    """Reminder steps in force."""

    def of(self, kind: str) -> Self:
        """The steps for one kind of due thing."""
        return self.filter(kind=kind)

    def holding(self, on: date) -> Self:
        """In force on the day: everybody's own and the shipped ones, with their steps."""
        ends = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
        return self.filter(ends, valid_from__lte=on).prefetch_related("rungs")

    @transaction.atomic
    def replace(
        self, kind: str, *, whose: "Organisation", steps: dict[int, str], starts: date, by: "User", at: datetime
    ) -> "Ladder":
        """Put the commissioner's steps {offset: audience} in force from a later day; the old ones stay, with an end.

        Rows that would have begun on or after that day never came into force, so they go.
        """
        own = self.filter(commissioner=whose, kind=kind)
        own.filter(valid_from__gte=starts).delete()
        own.filter(valid_from__lt=starts).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=starts)).update(
            valid_to=starts
        )
        try:
            made: Ladder = self.create(
                commissioner=whose, kind=kind, name=f"Steps of {whose}", valid_from=starts, written_by=by, written_at=at
            )
        except IntegrityError as problem:
            raise Refused("Somebody else has just changed these steps. Look at theirs first.") from problem
        made.set_steps(steps)
        return made


class Ladder(Dated):
    """The reminder steps for one kind of due thing."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    written_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(null=True, blank=True)

    objects = LadderQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = dated_constraints("ladder", "kind")

    def __str__(self) -> str:
        return self.name

    def set_steps(self, steps: dict[int, str]) -> None:
        """Write the steps {offset: audience} of a new ladder."""
        Rung.objects.bulk_create(
            Rung(ladder=self, offset=offset, audience=audience, letter=LETTERS.get(Audience(audience), "reminders"))
            for offset, audience in sorted(steps.items())
        )


class Rung(models.Model):
    """One step: so many working days after the due date (negative: before)."""

    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="rungs")
    offset = models.SmallIntegerField("working days after the due date")
    audience = models.CharField(max_length=9, choices=Audience.choices)
    letter = models.CharField(max_length=40)

    class Meta:
        ordering = ["offset"]
        constraints = [
            models.UniqueConstraint(fields=["ladder", "offset"], name="rung_offset_once"),
            models.CheckConstraint(condition=Q(offset__gte=-60, offset__lte=250), name="rung_offset_sane"),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """When, as a person says it."""
        days = abs(self.offset)
        if not days:
            return "On the due date"
        return f"{days} working day{'s' if days > 1 else ''} {'after' if self.offset > 0 else 'before'}"

    @property
    def is_proposed_only(self) -> bool:
        """Does this step wait for a person?"""
        return self.audience in PROPOSED_ONLY

    @property
    def who(self) -> str:
        """Whom the step speaks to, in few words."""
        return WHO[Audience(self.audience)]
