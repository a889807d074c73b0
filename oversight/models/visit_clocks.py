"""How many working days each step after a visit may take: dated rows, changed on a screen.

To add a clock, a member of ``What`` and its default in ``oversight/data/visit_clocks.toml``.
"""

from datetime import date

from django.db import models
from django.db.models import Q

from design.calendar import add_working_days
from providers.models.policy import Dated, dated_constraints

MOST_DAYS = 120


class VisitClock(Dated):
    """One clock, in working days."""

    class What(models.TextChoices):
        REPORT = "report", "Draft report, after the visit"
        ACCURACY = "accuracy", "Comments of the provider, after the draft was sent"
        FINAL = "final", "Final report, after the draft was sent"
        PLAN = "plan", "Action plan of the provider, after the final report"
        PLAN_URGENT = "plan_urgent", "The same when there was an immediate concern"

    what = models.CharField(max_length=11, choices=What.choices)
    working_days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            *dated_constraints("visit_clock", "what"),
            models.CheckConstraint(condition=Q(working_days__range=(1, MOST_DAYS)), name="visit_clock_days"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.working_days} working days"


def due_after(what: str, day: date, *, commissioner: int) -> date:
    """The day on which a clock that began on ``day`` runs out, by the rule that held then."""
    clock = VisitClock.objects.filter(what=what).in_force(commissioner, day).first()
    return add_working_days(day, clock.working_days)
