"""What the page of one visit shows: its team, what happened, what is next and when that is due."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from accounts.capabilities import Can
from design.calendar import london_date
from oversight.models import ActionPlan, Visit, VisitClock, VisitFinding, VisitPart
from oversight.models.visit_clocks import due_after

if TYPE_CHECKING:
    from accounts.models import User


def visit_page(visit: Visit, user: "User", *, today: date) -> dict[str, Any]:
    """The page; which of its verbs the person may do is asked of the same querysets as the verbs ask."""
    final = visit.state == Visit.State.FINAL
    return {
        "today": today,
        **_rights(visit, user),
        "steps": visit.steps.select_related("by").order_by("-at", "-pk"),
        "team": visit.team.select_related("user"),
        "immediate": list(visit.findings.immediate().prefetch_related("told")),
        "plan": ActionPlan.objects.filter(visit=visit).first() if final else None,
        "shares": list(visit.shares.select_related("by")) if final else [],
        "followed_by": list(visit.followed_by.exclude(state="cancelled").order_by("planned_on")) if final else [],
        "report_due": _report_due(visit),
        "final_due": _final_due(visit),
    }


def _rights(visit: Visit, user: "User") -> dict[str, bool]:
    """What of a visit the person may do: write and report it, sign its report; and has anybody begun? One query."""
    cans = {"may_do": Can.DO_VISITS, "may_sign": Can.SIGN_VISIT_REPORT}
    asked = {name: Exists(Visit.objects.permitted(user, can).filter(pk=OuterRef("pk"))) for name, can in cans.items()}
    asked["found"] = Exists(VisitFinding.objects.filter(visit=OuterRef("pk")))
    asked["written"] = Exists(VisitPart.objects.filter(visit=OuterRef("pk")))
    found: dict[str, bool] = Visit.objects.filter(pk=visit.pk).annotate(**asked).values(*asked).get()
    found["begun"] = found.pop("found") | found.pop("written")
    return found


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
