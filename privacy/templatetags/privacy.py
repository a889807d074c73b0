"""The way to the removal of something identifiable, and the note where something was removed."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from accounts.acting import held_capabilities, memberships
from accounts.capabilities import Can, Side
from privacy.models import Removal
from privacy.texts import text_of

register = template.Library()


@register.inclusion_tag("privacy/slipped_in.html", takes_context=True)
def slipped_in(context: Context, code: str, thing: Any, about: str = "") -> dict[str, str]:
    """A link for those who may remove from it; nothing for others. No query: the person's roles are known already."""
    request, text = context.get("request"), text_of(code)
    may = (
        request is not None
        and request.user.is_authenticated
        and Can.REMOVE_IDENTIFIABLE in held_capabilities(request)
        and text is not None
        and (text.theirs or not any(row.side == Side.PROVIDER for row in memberships(request)))
    )
    return {
        "url": reverse("privacy:removal-add", args=[code, thing.pk]) if may and thing is not None else "",
        "about": about,
    }


@register.simple_tag
def removals_from(table: str, thing: Any) -> list[Removal]:
    """The removals that took words out of this row, earliest first. One query."""
    return list(Removal.objects.touching(table, thing.pk).order_by("at"))
