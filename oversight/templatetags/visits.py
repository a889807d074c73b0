"""The panel "Visits" on the provider's home: drafts to comment on, plans owed, letters, final reports."""

from typing import Any

from django import template

from accounts.capabilities import Can
from oversight.models import Visit, VisitLetter

register = template.Library()
SHOWN, MOST = 5, 40
LOOKED_AT = 40  # enough that no draft among them is older than the final reports shown


@register.inclusion_tag("oversight/visits/_panel.html", takes_context=True)
def visits_panel(context: dict[str, Any]) -> dict[str, Any]:
    """What the person's organisation has to do with visits; nothing where there is nothing."""
    user, today = context["request"].user, context["on"]
    answered = Visit.objects.permitted(user, Can.ANSWER_VISIT_REPORT)
    mine = (answered | Visit.objects.permitted(user, Can.SEE_VISIT_REPORTS)).select_related("plan")
    visits = list(mine.order_by("-ended_on", "-pk")[:MOST])
    final = [visit for visit in visits if visit.state == Visit.State.FINAL]
    letters = VisitLetter.objects.permitted(user, Can.ANSWER_VISIT_REPORT).select_related("commissioner")
    return {
        "drafts": [visit for visit in visits if visit.state == Visit.State.WITH_PROVIDER],
        "plans": [visit.plan for visit in final if getattr(visit, "plan", None) and not visit.plan.settled_at],
        "letters": list(letters.order_by("-sent_at")[:SHOWN]),
        "final": final[:SHOWN],
        "today": today,
    }
