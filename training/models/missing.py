"""What a figures return still needs before it can be submitted: numbers, reasons, words. The rest is a question.

Nothing here is answered by an explanation: that is for what is odd (``training.checks``), not for what cannot be.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from training.arithmetic import Share, state_of
from training.models.asked import AskedLine, Cell
from training.models.lines import Line

NOTHING_YET = "Nothing is written yet: write the numbers of each group, or say that there is nothing to declare"
EMPTY = "Write both numbers, or say that there is nothing to declare"
SOME_EMPTY = "Write both numbers, 0 and 0 where there is nobody"


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: in which line, for which group (empty: everybody), and what to do about it.

    ``box`` is the letter of the empty box in the table; empty where the words below the table have to say something.
    ``first`` is the group in which it stands when it is missing for all of them.
    """

    asked: AskedLine
    group: str
    words: str
    box: str = ""
    first: str = ""

    @property
    def place(self) -> str:
        """Where on the page that writes it: the box itself, or what is said of the line."""
        return f"id_{self.box}-{self.asked.pk}-{self.group or self.first}" if self.box else f"line-{self.asked.pk}"


def missing_of(lines: Iterable[AskedLine]) -> list[Missing]:
    """In reading order. The lines come with their line, cells, hosts and explanations (documents.asked_with_boxes)."""
    return [each for asked in lines for each in _of(asked)]


def _of(asked: AskedLine) -> list[Missing]:
    if asked.answer != AskedLine.Answer.FIGURES:
        needs = [] if asked.answer_reason else [Missing(asked, "", "Say why")]
        return needs
    cells = [cell for cell in asked.cells.all() if cell.kind == Cell.Kind.GROUP]
    if asked.line.by_host and asked.hosts.all():
        return []
    boxes = [Missing(asked, cell.group, words, _letter(asked.line, cell))
             for cell in sorted(cells, key=lambda cell: cell.pk) if (words := _box(asked.line, cell))]  # fmt: skip
    if len(boxes) > 1 and all(cell.numerator is None and cell.denominator is None for cell in cells):
        return [Missing(asked, "", NOTHING_YET, boxes[0].box, boxes[0].group)]
    over = _over(asked, cells)
    return [*boxes, *over] or [*_reasons(asked, cells), *_narrative(asked, cells)]


def _box(line: Line, cell: Cell) -> str:
    """What is missing in one row of boxes; nothing when it is whole."""
    if line.has_denominator and cell.denominator is None and cell.numerator is None:
        return SOME_EMPTY if cell.group else EMPTY
    if line.has_denominator and cell.denominator is None:
        return f"Write how many there were: {line.denominator[0].lower()}{line.denominator[1:]}"
    if cell.numerator is None:
        if line.form == Line.Form.MILESTONE:
            return "Say whether it was reached"
        return f"Write how many: {line.numerator[0].lower()}{line.numerator[1:]}"
    if line.form == Line.Form.MILESTONE and cell.numerator and cell.reached_on is None:
        return "Write the day on which it was reached"
    return ""


def _letter(line: Line, cell: Cell) -> str:
    """The first empty box of a row; none of a milestone and of host areas, which are asked below the table."""
    if line.form == Line.Form.MILESTONE or line.by_host:
        return ""
    return "d" if line.has_denominator and cell.denominator is None else "n"


def _over(asked: AskedLine, cells: list[Cell]) -> list[Missing]:
    """More counted than there were cannot be, and no explanation makes it so; of a rate it can."""
    return [
        Missing(asked, cell.group, more_than_all(cell.numerator or 0, cell.denominator or 0), "n")
        for cell in cells
        if is_more_than_all(asked.line, cell.numerator, cell.denominator)
    ]


def is_more_than_all(line: Line, counted: int | None, of: int | None) -> bool:
    """Are more counted than there were, where that cannot be? Asked wherever figures come in."""
    return line.form == Line.Form.SHARE and counted is not None and of is not None and counted > of


def more_than_all(counted: int, of: int) -> str:
    """The same in words, with both numbers."""
    return f"{counted:,} is more than {of:,}: put one of them right"


def _over_by(cell: Cell) -> int:
    return (cell.numerator or 0) - (cell.denominator or 0)


def _reasons(asked: AskedLine, cells: list[Cell]) -> list[Missing]:
    """Some were not in time and no reason has a number."""
    if not asked.reasons or asked.line.form != Line.Form.SHARE:
        return []
    late = -sum(_over_by(cell) for cell in cells)
    said = [cell for cell in asked.cells.all() if cell.kind == Cell.Kind.REASON and cell.numerator is not None]
    return [Missing(asked, "", f"Say for which reasons {late:,} were not in time")] if late > 0 and not said else []


def _narrative(asked: AskedLine, cells: list[Cell]) -> list[Missing]:
    """Below the threshold, and nothing said about it (domain.md 5.3)."""
    if asked.threshold is None or asked.line.form != Line.Form.SHARE or asked.narrative.strip():
        return []
    share = sum((Share(cell.numerator or 0, cell.denominator or 0) for cell in cells), Share(0, 0))
    state = state_of(share.percent, asked.threshold, asked.amber, asked.line.direction)
    words = "The threshold is not reached: say why, and what is done about it"
    return [Missing(asked, "", words)] if state.is_short else []
