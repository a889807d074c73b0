"""The way to a provider's own contract notices, on its home."""

from typing import Any

from django import template

from accounts.acting import held_capabilities
from accounts.capabilities import Can

register = template.Library()


@register.inclusion_tag("oversight/_notices_panel.html", takes_context=True)
def notices_panel(context: dict[str, Any]) -> dict[str, Any]:
    """A link for those who may read notices; how many there are is not asked, the page is opened too often for that."""
    return {"may": Can.SEE_NOTICES in held_capabilities(context["request"])}
