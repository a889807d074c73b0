"""Learning on the provider's home: what waits for an answer first, then what was published last."""

from typing import Any

from django import template
from django.db.models import F, OuterRef, Subquery

from accounts.acting import memberships
from accounts.capabilities import Can, Scope, roles_granting
from reviews.models import Learning, LearningAsk

register = template.Library()
SHOWN = 5


@register.simple_tag(takes_context=True)
def learning_here(context: dict[str, Any]) -> list[Learning]:
    """For the people of a provider, with the reference and day of what is asked of them. One statement."""
    request = context["request"]
    own = set(roles_granting(Can.SEE_LEARNING, Scope.OWN))
    if own.isdisjoint(row.role for row in memberships(request)):
        return []
    asks = LearningAsk.objects.permitted(request.user, Can.ACKNOWLEDGE_LEARNING).outstanding()
    mine = asks.filter(learning=OuterRef("pk")).order_by("due_on", "pk")
    rows = Learning.objects.permitted(request.user, Can.SEE_LEARNING).filter(state=Learning.State.PUBLISHED)
    rows = rows.annotate(ask=Subquery(mine.values("reference")[:1]), ask_due=Subquery(mine.values("due_on")[:1]))
    found = rows.select_related("commissioner").order_by(F("ask_due").asc(nulls_last=True), "-published_at", "-pk")
    return list(found[:SHOWN])
