"""Words that letters share."""

from datetime import date

from django import template

register = template.Library()


@register.filter
def by_when(due: date | str, today: date) -> str:
    """ "by 28 October 2026"; of a day that has gone by, which nobody can keep any more, how it stands.

    Empty without a day, as Django's own filters are.
    """
    if not isinstance(due, date):
        return ""
    day = f"{due:%-d %B %Y}"
    return f"by {day}" if due >= today else f"as soon as you can, as {day} has passed"
