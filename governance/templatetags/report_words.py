"""Words of a report that a template cannot make: days out of frozen facts, and figures with their whole."""

from datetime import date
from typing import Any

from django import template

from design.components import percentage
from training.arithmetic import Share

register = template.Library()


@register.filter
def day_of(written: str) -> str:
    """A day as a fact holds it, "2018-05-03", as a table shows it: "3 May 2018". Nothing stays nothing."""
    return f"{date.fromisoformat(written):%-d %b %Y}" if written else ""


@register.filter
def in_words(figure: Any) -> str:
    """ "41 of 46 (89%)", a plain count, or that there was nothing to count. For a figure, or its value a year ago.

    Figures of training have a decimal, as everywhere: "4,859 of 5,421 (89.6 %)" never reads as its threshold of 90 %.
    """
    n, d = (figure["n"], figure["d"]) if isinstance(figure, dict) else (figure.n, figure.d)
    if d is None:
        return f"{n:,}"
    if not d:
        return "none to count"
    training = not isinstance(figure, dict) and figure.key.startswith("training.")
    share = Share(n, d).shown if training else percentage(n, d)
    return f"{n:,} of {d:,} ({share})"


@register.filter
def in_words_or_none(before: Any) -> str:
    """The same for a year ago, when there are figures of it."""
    return in_words(before) if before else "no figures"


@register.filter
def before_colon(words: str) -> str:
    """ "Limited assurance" of "Limited assurance: children"."""
    return words.partition(":")[0]


@register.filter
def words_of(lines: Any, code: str) -> str:
    """What a provider's fact says of one line."""
    return str(lines.get(code, {}).get("words", ""))
