"""The action plan that a provider owes after a final report with concerns: a due thing like a return or an action."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from chasing.models.due import Due, DueQuerySet, due_indexes

if TYPE_CHECKING:
    from oversight.models.visits import Visit


class ActionPlanQuerySet(DueQuerySet):
    """Action plans. A provider owes its own."""


class ActionPlan(Due):
    """Owed until each concern of the visit has an action."""

    kind_code = "action_plan"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    visit = models.OneToOneField("oversight.Visit", on_delete=models.PROTECT, related_name="plan")

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(circle__isnull=True), name="action_plan_without_a_list")]
        indexes = due_indexes("action_plan")

    def __str__(self) -> str:
        return f"Action plan {self.reference}"

    def settle(self, *, at: datetime) -> bool:
        """It is there; reminders end. False when it was there before."""
        settled = type(self).objects.filter(pk=self.pk, settled_at__isnull=True).update(settled_at=at)
        self.refresh_from_db()
        return bool(settled)


def ask_for_plan(visit: "Visit", *, due_on: date) -> ActionPlan:
    """The provider owes it from now on."""
    whose = {"commissioner_id": visit.commissioner_id, "organisation_id": visit.organisation_id}
    plan: ActionPlan = ActionPlan.objects.create(visit=visit, due_on=due_on, original_due_on=due_on, **whose)
    return plan
