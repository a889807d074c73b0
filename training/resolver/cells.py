"""One line of one provider in one period: a figure, or why there is none. Never another period's figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.capabilities import Can
from design.numbers import one_decimal, per_cent
from training.arithmetic import Share, State, missing, state_of
from training.models import AskedLine, Figure, FigureReturn, Line, Period
from training.resolver.sums import scale_of

if TYPE_CHECKING:
    from accounts.models import User


class CellKind(StrEnum):
    """What stands at a place of the matrix. The last three have no figure, and are hatched or empty."""

    FIGURE = "figure"
    NOTHING = "nothing"
    NOT_APPLICABLE = "not_applicable"
    NO_RETURN = "no_return"
    NO_FIGURE = "no_figure"
    NOT_ASKED = "not_asked"

    @property
    def words(self) -> str:
        """As a reader says it."""
        return IN_WORDS[self]

    @property
    def is_missing(self) -> bool:
        """Was a figure asked for that is not there?"""
        return self in (CellKind.NO_RETURN, CellKind.NO_FIGURE)


IN_WORDS = {
    CellKind.FIGURE: "", CellKind.NOTHING: "nothing to declare", CellKind.NOT_APPLICABLE: "does not apply",
    CellKind.NO_RETURN: "No return received", CellKind.NO_FIGURE: "no figure", CellKind.NOT_ASKED: "not asked",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One place of the matrix. ``n`` alone is a count, or a milestone reached (1) or not (0)."""

    code: str
    kind: CellKind
    form: str = Line.Form.SHARE
    direction: str = Line.Direction.UP
    scale: int = 100
    n: int | None = None
    d: int | None = None
    threshold: Decimal | None = None
    amber: Decimal | None = None
    headcount: int | None = None
    reached_on: date | None = None

    @cached_property
    def value(self) -> Fraction | None:
        """Exactly: per cent, a rate, or a count; none where there is nobody and where there is no figure."""
        if self.kind is not CellKind.FIGURE or self.n is None:
            return None
        if self.d is None:
            return Fraction(self.n)
        return Fraction(self.scale * self.n, self.d) if self.d else None

    @cached_property
    def state(self) -> State:
        """How it stands to its threshold."""
        if self.kind is CellKind.NOT_APPLICABLE:
            return State.NOT_APPLICABLE
        if self.kind is CellKind.NOTHING:
            return State.NOTHING_TO_MEASURE
        if self.kind is not CellKind.FIGURE:
            return State.NO_FIGURE
        return state_of(self.value, self.held_to, self.amber if self.held_to is self.threshold else 0, self.direction)

    @property
    def held_to(self) -> Decimal | None:
        """The threshold; a milestone is held to being reached."""
        return Decimal(1) if self.form == Line.Form.MILESTONE else self.threshold

    @property
    def short(self) -> int:
        """How many more, or fewer, would reach the threshold."""
        if self.d is None or self.n is None or self.threshold is None or self.value is None:
            return 0
        return missing(self.n, Fraction(self.threshold) * self.d / self.scale, self.direction)

    @property
    def counted(self) -> str:
        """ "1,799 of 2,000", "12", "reached"; or why there is nothing to say."""
        if self.kind is not CellKind.FIGURE or self.n is None:
            return self.kind.words
        if self.form == Line.Form.MILESTONE:
            return "reached" if self.n else "not reached"
        return f"{self.n:,}" if self.d is None else Share(self.n, self.d).counted

    @property
    def shown(self) -> str:
        """ "83.3 %", "4.2", or "n/a" where there is nobody; empty for a count and where there is no figure."""
        if self.kind is not CellKind.FIGURE or self.d is None:
            return ""
        return in_unit(self.value, self.form)


def in_unit(value: Fraction | Decimal | None, form: str) -> str:
    """A value as people read it: "83.3 %" of a share, "4.2" of a rate, "12" of a count; "n/a" where there is none."""
    if value is None:
        return "n/a"
    if form in (Line.Form.SHARE, Line.Form.RATE):
        return per_cent(value) if form == Line.Form.SHARE else one_decimal(value)
    return f"{int(value):,}"


FIELDS = ("code", "answer", "numerator", "denominator", "threshold", "amber", "headcount", "reached_on")


def cell_of(line: Line, row: Sequence[Any]) -> Cell:
    """The cell of one total, given in the order of ``FIELDS``."""
    code, answer, n, d, threshold, amber, headcount, reached_on = row
    kind = CellKind(answer) if answer != AskedLine.Answer.FIGURES else CellKind.FIGURE
    return Cell(
        code, kind, line.form, line.direction, scale_of(line), n, d, threshold, amber, headcount, reached_on
    )  # fmt: skip


def cells_of(
    returns: Sequence[FigureReturn], lines: Sequence[Line], *, user: "User", at: datetime | None = None,
    can: Can = Can.SEE_FIGURES, asked: set[tuple[int, str]] | None = None, part: tuple[int, str] | None = None,
) -> dict[Any, list[Cell]]:  # fmt: skip
    """For each of a page's returns its cell of every line, in order. Two statements whatever their number.

    ``asked``: which of those without a figure were asked for one, by return and code, where that is known already.
    ``part``: one group of one return beside them; it is in the answer by this key where anything was said of it.
    """
    pks, codes = [each.pk for each in returns], [line.code for line in lines]
    by_code = {line.code: line for line in lines}
    figures = Figure.objects.permitted(user, can).known(at=at).filter(figure_return__in=pks, code__in=codes)
    wanted = Q(kind=Figure.Kind.TOTAL)
    if part:
        wanted |= Q(kind=Figure.Kind.GROUP, figure_return=part[0], group=part[1])
    found: dict[tuple[Any, str], Cell] = {}
    for pk, group, *row in figures.filter(wanted).order_by().values_list("figure_return_id", "group", *FIELDS):
        found[(pk, group) if group else pk, row[0]] = cell_of(by_code[row[0]], row)
    asked = set(_asked(pks, codes)) if asked is None else asked
    answer: dict[Any, list[Cell]] = {
        each.pk: [found.get((each.pk, code)) or _without(each, code, asked, at) for code in codes] for each in returns
    }
    if part and any(key == part for key, _ in found):
        answer[part] = [found.get((part, code)) or Cell(code, CellKind.NOT_ASKED) for code in codes]
    return answer


def _asked(returns: Sequence[int], codes: Sequence[str]) -> Any:
    """Which lines which returns ask for: what the commissioner asked, and nothing of what is being written."""
    rows = AskedLine.objects.filter(figure_return__in=returns, code__in=codes)
    return rows.order_by().values_list("figure_return_id", "code")


def _without(figure_return: FigureReturn, code: str, asked: set[tuple[int, str]], at: datetime | None) -> Cell:
    if (figure_return.pk, code) not in asked:
        return Cell(code, CellKind.NOT_ASKED)
    received = figure_return.first_submitted_at is not None and (at is None or figure_return.first_submitted_at <= at)
    return Cell(code, CellKind.NO_FIGURE if received else CellKind.NO_RETURN)


def last_known(
    user: "User", commissioner: int, before: Period, line: Line, organisations: Sequence[int], *,
    at: datetime | None = None, can: Can = Can.SEE_FIGURES, for_everybody: bool = False,
) -> dict[int, tuple[Period, Cell]]:  # fmt: skip
    """For providers without a figure the last one before the period, to be said in words beside the gap. One statement.

    It is text and nothing else (hazard 9): no sum and no state takes it.
    """
    rows = Figure.objects.permitted(user, can).known(at=at).totals().filter(
        commissioner=commissioner, organisation__in=organisations, code=line.code, period__timing=before.timing,
        period__ends_on__lt=before.starts_on, answer=AskedLine.Answer.FIGURES,
    )  # fmt: skip
    rows = rows.filter(figure_return__circle=None) if for_everybody else rows
    newest = rows.order_by("organisation_id", "-period__ends_on").distinct("organisation_id").select_related("period")
    return {
        each.organisation_id: (each.period, cell_of(line, [getattr(each, name) for name in FIELDS])) for each in newest
    }


def said(known: Mapping[int, tuple[Period, Cell]], organisation: int) -> str:
    """ "last known 82 of 96, Q2 2026-27"; empty where nothing was ever said."""
    if organisation not in known:
        return ""
    period, cell = known[organisation]
    return f"last known {cell.counted}, {period.label}"
