"""The panel "Contract notices" on the provider's home: those about the organisation that are not closed."""

from typing import Any

from django import template

from accounts.capabilities import Can
from oversight.models import ContractNotice

register = template.Library()
SHOWN = 5


@register.inclusion_tag("oversight/_notices_panel.html", takes_context=True)
def notices_panel(context: dict[str, Any]) -> dict[str, Any]:
    """Open notices that the person may read; nothing where there is none."""
    mine = ContractNotice.objects.permitted(context["request"].user, Can.SEE_NOTICES, on=context["on"]).open()
    return {"notices": list(mine.select_related("rule").order_by("-issued_on", "-pk")[:SHOWN])}
