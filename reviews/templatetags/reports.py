"""Reports asked of the reader's organisation, on the provider's home: only those of reviews on which they are named."""

from typing import Any

from django import template

from accounts.capabilities import Can
from reviews.models import Contribution

register = template.Library()


@register.simple_tag(takes_context=True)
def reports_asked(context: dict[str, Any]) -> list[Contribution]:
    """Those that are open, the next due first. One statement."""
    user = context["request"].user
    rows = Contribution.objects.permitted(user, Can.SEE_CONTRIBUTION).outstanding().order_by("due_on", "pk")
    return list(rows)
