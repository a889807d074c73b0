"""The one clock below the views: who may see what depends on today's date in London.

Everything else is handed its date or moment (``on=``, ``at=``); only access asks for itself, because a
membership that ended yesterday must be over without anybody passing a date.
"""

from datetime import date, datetime

from django.utils import timezone


def today() -> date:
    """Today's date in Europe/London."""
    return timezone.localdate()


def now() -> datetime:
    """This moment: for links that are made while a letter is sent."""
    return timezone.now()
