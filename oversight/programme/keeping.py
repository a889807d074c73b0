"""Keeps the programme that was worked out for a reader until something changes that it was made of (decision 20).

Each web process keeps the lines of its last few readers, without marks, which are asked each time. What changed is
noted by triggers: those of the overview (decision 19), and one on each table of ``WATCHED``.
"""

import copy
from collections.abc import Hashable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from assurance.models import FiguresChange
from design.kept import Kept
from oversight.programme.lines import Line, Programme, contracts_of, in_order

if TYPE_CHECKING:
    from accounts.models import User

# What the programme reads beside the tables that the overview watches. A rating counts once its return is validated,
# and what validates it writes levels, which are watched; a post stands with who is in it.
WATCHED = (
    "actions_action",
    "oversight_concern",
    "oversight_surveillancelabel",
    "oversight_surveillancelevel",
    "oversight_term",
    "oversight_visit",
    "oversight_visitrule",
    "oversight_visitweight",
    "oversight_weighing",
    "providers_post",
    "providers_postholder",
    "providers_postrule",
    "providers_regulatorrating",
    "training_collectingrule",
    "training_figure",
    "training_figurereturn",
    "training_line",
    "training_period",
)
_kept: Kept[Sequence[Line]] = Kept(8)


def programme_of(user: "User", acting: Hashable, *, on: date) -> Sequence[Line]:
    """The whole programme of the reader on the day, marks and order as they are now.

    ``acting`` says for which organisations and in which roles they act just now. The stamp is read first, so that what
    is kept is never older than its stamp; a transaction that has itself changed something keeps nothing.
    """
    programme = Programme(user, contracts_of(user, on=on), on=on)
    stamp = FiguresChange.objects.stamp()
    if stamp is None:
        return programme.lines
    key = (user.pk, acting, on, stamp)
    lines = _kept.get(key)
    if lines is None:
        lines = programme.unmarked
        _kept.put(key, lines)
    return in_order(_marked(lines, programme.marks(lines)))


def _marked(lines: Sequence[Line], marks: dict[int, Any]) -> list[Line]:
    """The lines with their marks; what is kept stays without."""
    return [_with(line, marks[line.organisation]) if line.organisation in marks else line for line in lines]


def _with(line: Line, mark: Any) -> Line:
    marked = copy.copy(line)
    marked.mark = mark
    return marked


def forget() -> None:
    """Keep nothing: for a measurement of what working it out costs."""
    _kept.clear()
