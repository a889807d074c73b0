"""What the page of one visit shows: its team, what happened, what is next and when that is due."""

from datetime import date
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from design.calendar import london_date
from oversight.models import ActionPlan, Visit, VisitClock
from oversight.models.visit_clocks import due_after

if TYPE_CHECKING:
    from accounts.models import User


def visit_page(visit: Visit, user: "User", *, today: date) -> dict[str, Any]:
    """The page; which of its verbs the person may do is asked of the same querysets as the verbs ask."""
    mine = Visit.objects.filter(pk=visit.pk)
    return {
        "today": today,
        "may_do": mine.permitted(user, Can.DO_VISITS).exists(),
        "may_sign": mine.permitted(user, Can.SIGN_VISIT_REPORT).exists(),
        "steps": visit.steps.select_related("by").order_by("-at", "-pk"),
        "team": visit.team.select_related("user"),
        "immediate": list(visit.findings.immediate().prefetch_related("told")),
        "plan": ActionPlan.objects.filter(visit=visit).first(),
        "shares": list(visit.shares.select_related("by")),
        "report_due": _report_due(visit),
        "final_due": _final_due(visit),
    }


def _report_due(visit: Visit) -> date | None:
    if visit.state not in (Visit.State.DONE, Visit.State.DRAFT) or visit.ended_on is None:
        return None
    return due_after(VisitClock.What.REPORT, visit.ended_on, commissioner=visit.commissioner_id)


def _final_due(visit: Visit) -> date | None:
    if visit.state != Visit.State.WITH_PROVIDER:
        return None
    sent = visit.reports.values_list("at", flat=True).first()
    if sent is None:
        return None
    return due_after(VisitClock.What.FINAL, london_date(sent), commissioner=visit.commissioner_id)
