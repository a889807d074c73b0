"""Visits on the provider's home: drafts to comment on and plans owed at the top; letters and reports further down."""

from typing import Any

from django import template
from django.db.models import CharField, DateField, DateTimeField, F, Value
from django.db.models.functions import TruncDate

from accounts.capabilities import Can
from design.calendar import LONDON
from oversight.models import Visit, VisitLetter

register = template.Library()
SHOWN, MOST = 5, 60
COLUMNS = ("what", "reference_of", "day", "until", "closed_at", "whose", "plan_reference", "plan_due", "plan_settled")


@register.simple_tag(takes_context=True)
def visits_here(context: dict[str, Any]) -> dict[str, Any]:
    """What the person's organisation has to do with visits: what it owes, and the rest. One statement."""
    user = context["request"].user
    mine = Visit.objects.permitted(user, Can.ANSWER_VISIT_REPORT) | Visit.objects.permitted(user, Can.SEE_VISIT_REPORTS)
    letters = VisitLetter.objects.permitted(user, Can.ANSWER_VISIT_REPORT)
    rows = _of_visits(mine).union(_of_letters(letters), all=True).order_by("-day")[:MOST]
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    final = [row for row in found if row["what"] == Visit.State.FINAL]
    drafts, today = [row for row in found if row["what"] == Visit.State.WITH_PROVIDER], context["on"]
    to_comment_on = [row for row in drafts if not row["closed_at"] and row["until"] >= today]
    plans = [row for row in final if row["plan_reference"] and not row["plan_settled"]]
    return {
        "owed": bool(to_comment_on or plans),
        "to_comment_on": to_comment_on,
        "plans": plans,
        "drafts": [row for row in drafts if row not in to_comment_on],
        "letters": [row for row in found if row["what"] == "letter"][:SHOWN],
        "final": final[:SHOWN],
        "today": today,
    }


def _of_visits(visits: Any) -> Any:
    return (
        visits.order_by()
        .annotate(day=F("ended_on"))
        .values_list(
            "state", "reference", "day", "comments_until", "comments_closed_at", "commissioner__name",
            "plan__reference", "plan__due_on", "plan__settled_at",
        )
    )  # fmt: skip


def _of_letters(letters: Any) -> Any:
    nothing = Value(None, output_field=CharField())
    no_day, never = Value(None, output_field=DateField()), Value(None, output_field=DateTimeField())
    named = {
        "what": Value("letter"), "day": TruncDate("sent_at", tzinfo=LONDON), "until": no_day, "closed_at": never,
        "plan_reference": nothing, "plan_due": no_day, "plan_settled": never,
    }  # fmt: skip
    return (
        letters.order_by()
        .annotate(**named)
        .values_list(
            "what", "reference", "day", "until", "closed_at", "commissioner__name", "plan_reference", "plan_due",
            "plan_settled",
        )
    )  # fmt: skip
