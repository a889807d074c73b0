"""Words about actions that need today's date."""

from datetime import date

from django import template

from actions.models import Action
from actions.origins import origin_in_words

register = template.Library()
register.filter("origin", origin_in_words)


@register.filter
def overdue(action: Action, today: date) -> bool:
    """Outstanding, and the agreed date has passed."""
    return action.is_overdue(today)


@register.filter
def past_original(action: Action, today: date) -> int:
    """Days past the date that was promised first; 0 when none."""
    return action.days_past_original(today)
