"""Where somebody is asked about a text before a form lets it through. An app above registers the look; we know no
domain word.

    register(look)         # look(form, texts) -> {field name: Doubt}

A ``Doubt`` is drawn beside the box: what was found, its place marked, and a choice to save it nevertheless with a
reason. The choice's boxes are named by ``Doubt.name``; whoever registered reads them from the form's data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

# Shorter boxes hold a name, a number or a code.
LONG = 200
# Long boxes that hold what stands in a register, not what somebody writes.
NOT_WRITTEN = frozenset({"name", "address", "issuer"})


class Mark(NamedTuple):
    """A place in a text: a few words before it, the thing, a few after, and what it looks like."""

    before: str
    thing: str
    after: str
    looks_like: str
    where: str = ""


@dataclass
class Doubt:
    """What was found in one box, and what has been said about it so far."""

    name: str
    message: str
    marks: list[Mark] = field(default_factory=list)
    # What a ticked box says: that it is about these findings and no others.
    stamp: str = ""
    ticked: bool = False
    reason: str = ""
    problem: str = ""
    # What else must be done to save it nevertheless: a file has to be chosen again.
    again: str = ""
    # Set when somebody has answered: called when nothing else stands in the way of saving.
    settle: Callable[[], None] | None = None

    @property
    def box(self) -> str:
        """The name of the tick box."""
        return f"not-a-person-{self.name}"

    @property
    def why(self) -> str:
        """The name of the box for the reason."""
        return f"not-a-person-why-{self.name}"

    def drawn(self) -> SafeString:
        """The marked places and the choice, as they stand beside the box."""
        return render_to_string("components/text_doubt.html", {"doubt": self})


Look = Callable[[Any, Mapping[str, str]], dict[str, Doubt]]
_look: list[Look] = []


def register(look: Look) -> None:
    """Called once at start by the app that knows what to look for."""
    _look[:] = [look]


def is_written(name: str, box: forms.Field) -> bool:
    """Does somebody write at length in this box? A field may say so itself by ``free_text``."""
    said: bool | None = getattr(box, "free_text", None)
    if said is not None:
        return said
    if not isinstance(box, forms.CharField) or isinstance(box, forms.EmailField | forms.URLField):
        return False
    if isinstance(box.widget, forms.Textarea):
        return True
    plain = isinstance(box.widget, forms.TextInput) and (box.max_length or 0) >= LONG
    return plain and name not in NOT_WRITTEN


def doubts_about(form: Any, texts: Mapping[str, str]) -> dict[str, Doubt]:
    """What is to be asked before these texts are saved, by the name of the field."""
    return _look[0](form, texts) if _look and texts else {}
