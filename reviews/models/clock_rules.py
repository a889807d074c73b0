"""How long each step of a review may take: dated rows by kind of review, changed on a screen (domain.md 8.2).

To add a unit, a member of ``Unit`` and its line in ``counted``.
"""

from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from design.calendar import add_months, add_working_days
from providers.models.policy import Dated, dated_constraints
from reviews.kinds import EVENTS, KIND_CHOICES


class Unit(models.TextChoices):
    """What a clock counts in. Working days are England's, without its bank holidays."""

    WORKING_DAYS = "working_days", "working days"
    CALENDAR_DAYS = "calendar_days", "calendar days"
    MONTHS = "months", "months"


class ClockRule(Dated):
    """One clock of one kind of review: from which event, how long, until which event."""

    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    step = models.SlugField(max_length=40)
    words = models.CharField("what has to be done", max_length=120)
    amount = models.SmallIntegerField(help_text="Negative to count back from a planned day.")
    unit = models.CharField(max_length=13, choices=Unit.choices)
    anchor = models.CharField("counted from", max_length=20, choices=list(EVENTS.items()))
    until = models.CharField("done when", max_length=20, choices=list(EVENTS.items()))
    law = models.BooleanField("by statute or statutory guidance")
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            *dated_constraints("review_clock_rule", "kind", "step"),
            models.CheckConstraint(condition=~Q(amount=0), name="review_clock_rule_takes_time"),
        ]

    def __str__(self) -> str:
        direction = "after" if self.amount > 0 else "before"
        return f"{self.words}: {abs(self.amount)} {self.get_unit_display()} {direction} “{EVENTS[self.anchor]}”"

    def due(self, anchor: date) -> date:
        """The last day, counted from the day of the anchor event."""
        return counted(anchor, self.amount, self.unit)


def counted(anchor: date, amount: int, unit: str) -> date:
    """The day that is so many of the unit after ``anchor``, before it when the amount is negative.

    A month on from the 31st is the last day of a shorter month; the anchor's own day does not count.
    """
    if unit == Unit.MONTHS:
        return add_months(anchor, amount)
    return add_working_days(anchor, amount) if unit == Unit.WORKING_DAYS else anchor + timedelta(days=amount)
