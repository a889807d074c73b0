"""What stands behind one figure: every version that was submitted, its groups and reasons, and the periods before."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from training.measured import groups
from training.models import AskedLine, Figure, FigureReturn, Line
from training.models.documents import grouping_of
from training.resolver.cells import FIELDS, Cell, cell_of
from training.resolver.trends import Slots, of_provider, slots

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Version:
    """One submission: its number, when and how it came, why it was corrected, and its figures by kind and group.

    ``words`` is what the provider said to the line, for those who may read the return and not only its figures.
    """

    number: int
    at: datetime
    how: str
    signed: str
    reason: str
    until: datetime | None
    words: str = ""
    total: Cell | None = None
    parts: dict[tuple[str, str], Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Behind:
    """Newest version first; ``names`` says the groups and reasons, in the order of the rows."""

    line: Line
    versions: list[Version]
    rows: list[tuple[str, list[Cell | None]]]
    slots: Slots
    cells: list[Cell]


def behind_of(user: "User", figure_return: FigureReturn, code: str) -> Behind | None:
    """Six statements; nothing where the return was never asked for the line."""
    asked = AskedLine.objects.filter(figure_return=figure_return, code=code).select_related("line").first()
    if asked is None:
        return None
    reads = FigureReturn.objects.permitted(user, Can.READ_FIGURES).filter(pk=figure_return.pk).exists()
    line, versions = asked.line, _versions(user, asked, reads=reads)
    names = {
        (grouping, each.code): each.name
        for grouping, found in groups(figure_return.commissioner, on=figure_return.period.ends_on).items()
        for each in found
    }
    # A code such as "nurses" stands for others in a practice than in the Electronic Staff Record.
    of = partial(grouping_of, asked, staff=figure_return.grouping)
    keys = list(dict.fromkeys(key for version in versions for key in version.parts))
    rows = [
        (names.get((of(kind), group), group), [version.parts.get((kind, group)) for version in versions])
        for kind, group in keys
    ]
    over = slots(user, figure_return.period)
    cells = of_provider(user, figure_return.organisation_id, over, [line], can=Can.SEE_FIGURES)[code]
    return Behind(line, versions, rows, over, cells)


def _versions(user: "User", asked: AskedLine, *, reads: bool) -> list[Version]:
    figures = Figure.objects.permitted(user, Can.SEE_FIGURES).filter(asked=asked).select_related("submission")
    found: dict[int, Version] = {}
    for each in figures.order_by("-submission__number", "id"):
        sent = each.submission
        version = found.setdefault(sent.number, Version(
            sent.number, sent.submitted_at, sent.get_channel_display(), f"{sent.signed_by_name}, {sent.signed_by_role}",
            sent.reason, each.known_to, _words(sent.document, asked.code) if reads else "",
        ))  # fmt: skip
        cell = cell_of(asked.line, [getattr(each, name) for name in FIELDS])
        if each.kind == Figure.Kind.TOTAL:
            version.total = cell
        else:
            version.parts[each.kind, each.group] = cell
    return list(found.values())


def _words(document: dict[str, Any], code: str) -> str:
    """What was said to the line in a submitted document: why there is no figure, or why it is as it is."""
    said: dict[str, Any] = next((line for line in document.get("lines", ()) if line["code"] == code), {})
    return " ".join(said.get(name, "") for name in ("answer_reason", "narrative")).strip()
