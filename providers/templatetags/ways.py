"""Ways on that depend on who reads: back to the desk of oversight, and on to a provider's profile."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from providers.models import Organisation

register = template.Library()


def _at_the_desk(context: Context) -> bool:
    request = context.get("request")
    return request is not None and request.user.is_authenticated and Can.SEE_OVERVIEW in held_capabilities(request)


@register.inclusion_tag("components/back_link.html", takes_context=True)
def back_to_desk(context: Context) -> dict[str, Any]:
    """To Oversight for those who have it, home for the others."""
    if _at_the_desk(context):
        return {"url": reverse("oversight:desk"), "text": "Oversight"}
    return {"url": reverse("home"), "text": "Home"}


@register.simple_tag(takes_context=True)
def to_profile(context: Context, organisation: Organisation) -> str:
    """The provider's name; it leads to the profile for those who may open it. No query."""
    if not _at_the_desk(context):
        return organisation.name
    return format_html(
        '<a href="{}">{}</a>', reverse("oversight:profile", args=[organisation.reference]), organisation.name
    )
