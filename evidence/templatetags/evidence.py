"""Words about evidence that need today's date."""

from datetime import date

from django import template

from evidence.models import EvidenceItem

register = template.Library()


@register.filter
def expired(item: EvidenceItem, today: date) -> bool:
    """Past the day until which it holds."""
    return item.is_expired(today)
