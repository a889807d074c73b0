"""The vocabulary of the components: tones with their shapes, grounds of a grade, and how figures are written.

Knows no domain word. A tone is a colour that always comes with a shape and a word, so that nothing depends on
seeing the colour. To add a tone: a line in TONES, a path in templates/components/shape.html, and its colours in
static/portal/portal.css.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from math import floor
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

# tone -> colour of the design system's tag
TONES: Mapping[str, str] = MappingProxyType(
    {
        "good": "green",
        "partly": "yellow",
        "bad": "red",
        "info": "blue",
        "waiting": "white",
        "quiet": "grey",
    }
)
# How a grade was arrived at is seen in the cell's ground, never in its colour.
GROUNDS = ("solid", "outlined", "dashed", "hatched", "recorded")
BUTTONS = ("", "secondary", "warning", "reverse")


class UnknownChoice(ImproperlyConfigured):
    """A template asked a component for something it does not have."""


def one_of(value: str, allowed: Any, what: str) -> str:
    """`value` back if it is allowed; otherwise UnknownChoice naming what would have been."""
    if value not in allowed:
        raise UnknownChoice(f"{what} {value!r} is not one of {', '.join(repr(one) for one in allowed)}")
    return value


def written(when: date | datetime | str | None) -> str:
    """ "3 May 2017", with the time after a moment: "3 May 2017, 10:42". Text is passed through."""
    if when is None:
        return ""
    if isinstance(when, datetime):
        return date_format(timezone.localtime(when), "j F Y, H:i")
    return date_format(when, "j F Y") if isinstance(when, date) else when


def machine_time(when: date | datetime | str | None) -> str:
    """For the datetime attribute: ISO, or nothing when only words are known."""
    return when.isoformat() if isinstance(when, date) else ""


def percentage(n: float, d: float) -> str:
    """Whole per cent, a half upwards as a spreadsheet has it; nothing when there is nothing to divide by.

    Never 0 % or 100 % by rounding alone.
    """
    if not d:
        return ""
    rounded = floor(100 * n / d + 0.5)
    if rounded == 100 and n < d:
        return "over 99 %"
    if rounded == 0 and n > 0:
        return "under 1 %"
    return f"{rounded} %"


@lru_cache(maxsize=1024)
def tag_markup(text: str, tone: str) -> SafeString:
    """A tag drawn once and remembered: a long table shows the same few words hundreds of times."""
    context = {"text": text, "tone": one_of(tone, TONES, "tone"), "colour": TONES[tone]}
    return SafeString(render_to_string("components/tag.html", context).strip())


@lru_cache(maxsize=4096)
def grade_markup(
    letter: str, word: str, tone: str, ground: str, ground_word: str, out_of_date: bool, in_question: str
) -> SafeString:
    """A grade drawn once and remembered: a matrix of 60 providers and 12 standards holds 720 of them."""
    return SafeString(
        render_to_string(
            "components/grade_cell.html",
            {
                "letter": letter,
                "word": word,
                "tone": one_of(tone, TONES, "tone"),
                "ground": one_of(ground, GROUNDS, "ground"),
                "ground_word": ground_word,
                "out_of_date": out_of_date,
                "in_question": in_question,
            },
        ).strip()
    )
