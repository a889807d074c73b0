"""Reminder steps as dated policy: when, to whom, with which letter."""

from django.db import models
from django.db.models import Q

from providers.models.policy import Dated, dated_constraints


class Audience(models.TextChoices):
    """Whom a step speaks to. Nothing above the named lead goes without a person."""

    PREPARERS = "preparers", "Those preparing it, and the lead"
    LEAD = "lead", "The safeguarding lead"
    OWNER = "owner", "The owner"
    EXECUTIVE = "executive", "The executive lead (proposed to a person, never sent by itself)"
    QUALITY = "quality", "The quality team (proposed as an exception)"


# Reached by the clock these only propose; a person decides.
PROPOSED_ONLY = frozenset({Audience.EXECUTIVE, Audience.QUALITY})


class Ladder(Dated):
    """The reminder steps for one kind of due thing."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = dated_constraints("ladder", "kind")

    def __str__(self) -> str:
        return self.name


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
        return f"{self.offset:+d}"
