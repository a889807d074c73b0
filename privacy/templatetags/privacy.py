"""The way to the removal of something identifiable, and the note where something was removed."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from privacy.models import Removal

register = template.Library()


@register.inclusion_tag("privacy/slipped_in.html", takes_context=True)
def slipped_in(context: Context, code: str, thing: Any, about: str = "") -> dict[str, str]:
    """A link for those who may remove; nothing for others. No query: the person's roles are known already."""
    request = context.get("request")
    may = (
        request is not None and request.user.is_authenticated and Can.REMOVE_IDENTIFIABLE in held_capabilities(request)
    )
    return {
        "url": reverse("privacy:removal-add", args=[code, thing.pk]) if may and thing is not None else "",
        "about": about,
    }


@register.simple_tag
def removals_from(table: str, thing: Any) -> list[Removal]:
    """The removals that took words out of this row, earliest first. One query."""
    return list(Removal.objects.touching(table, thing.pk).order_by("at"))
