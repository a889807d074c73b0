"""The links below a list that take it out: workbook, CSV, freeze. Nothing for those who may not."""

from typing import Any

from django import template
from django.template.context import Context

from accounts.acting import memberships
from accounts.capabilities import Can
from exports.listings import listing_for
from exports.taking import places

register = template.Library()


@register.inclusion_tag("exports/links.html", takes_context=True)
def export_links(context: Context, name: str, **of: str) -> dict[str, Any]:
    """{% export_links "returns" %}: the address of the page, with its filter and order, is that of the file.

    What the address of the page says in its path is given: {% export_links "figure-line" line=line.code %}.
    """
    request = context["request"]
    listing = listing_for([row.role for row in memberships(request)], name)
    if listing is None:
        return {}
    asked = request.GET.copy()
    asked.pop("page", None)
    for key, value in of.items():
        asked[key] = value
    query = f"?{asked.urlencode()}" if asked else ""
    may_freeze = listing.freezes and bool(places(request, Can.FREEZE))
    may = {"may_export": bool(places(request, Can.EXPORT)), "may_freeze": may_freeze}
    return {"name": name, "query": query, **may}
