"""The panel "Visits" on the provider's home: drafts to comment on, plans owed, letters, final reports."""

from typing import Any

from django import template

from accounts.capabilities import Can
from oversight.models import ActionPlan, Visit, VisitLetter

register = template.Library()
SHOWN = 5
LOOKED_AT = 40  # enough that no draft among them is older than the final reports shown


@register.inclusion_tag("oversight/visits/_panel.html", takes_context=True)
def visits_panel(context: dict[str, Any]) -> dict[str, Any]:
    """What the person's organisation has to do with visits; nothing where there is nothing."""
    user, today = context["request"].user, context["on"]
    mine = Visit.objects.permitted(user, Can.ANSWER_VISIT_REPORT) | Visit.objects.permitted(user, Can.SEE_VISIT_REPORTS)
    reported = list(mine.select_related("commissioner").order_by("-ended_on", "-pk")[:LOOKED_AT])
    drafts = [each for each in reported if each.state == Visit.State.WITH_PROVIDER]
    plans = ActionPlan.objects.permitted(user, Can.ANSWER_VISIT_REPORT).outstanding()
    letters = VisitLetter.objects.permitted(user, Can.ANSWER_VISIT_REPORT).select_related("commissioner")
    return {
        "drafts": sorted(drafts, key=lambda each: each.comments_until),
        "plans": list(plans.order_by("due_on")),
        "letters": list(letters.order_by("-sent_at")[:SHOWN]),
        "final": [each for each in reported if each.state == Visit.State.FINAL][:SHOWN],
        "today": today,
    }
