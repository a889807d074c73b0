"""The same line over eight periods: the whole, by category and by area, one provider, and how long it has been below.

A period without figures is a gap and stays one. The area of a provider is the postcode district of its address on the
register ("ZZ4"): the register knows no other area. Roll-ups are sums of those counted over the sum of all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, CharField, DateField, F, Func, IntegerField, Max, Q, Value, When
from django.db.models.functions import Greatest, Upper

from accounts.capabilities import Can
from training.arithmetic import State
from training.models import AskedLine, Figure, Line, Period, days_of
from training.resolver.cells import FIELDS, Cell, CellKind, cell_of
from training.resolver.sums import Sum, figures, none_of, sums

if TYPE_CHECKING:
    from accounts.models import User

EIGHT = 8
AREA = Upper(Func(F("organisation__postcode"), Value(" "), Value(1), function="split_part", output_field=CharField()))
PLACES: Mapping[str, Any] = {"category": F("figure_return__category"), "area": AREA}
NOWHERE = "No postcode on the register"


@dataclass(frozen=True)
class Slots:
    """Eight periods in a row, oldest first; ``None`` where nothing was collected."""

    labels: tuple[str, ...]
    periods: tuple[Period | None, ...]

    @cached_property
    def pks(self) -> list[int]:
        """Of those that were collected."""
        return [each.pk for each in self.periods if each]

    def over(self, found: Mapping[Any, Any], missing: Any) -> list[Any]:
        """What stands at each period by its id, and ``missing`` where nothing does."""
        return [found.get(each.pk, missing) if each else missing for each in self.periods]


def slots(user: "User", last: Period, *, count: int = EIGHT, can: Can = Can.SEE_FIGURES) -> Slots:
    """The period and those before it, of the same commissioner and timing. One statement."""
    starts = starts_to(last, count)
    rows = Period.objects.permitted(user, can).collected().filter(
        commissioner=last.commissioner_id, timing=last.timing, starts_on__in=starts
    )  # fmt: skip
    return slots_of(starts, last.timing, rows)


def starts_to(last: Period, count: int) -> list[date]:
    """The first day of the period and of those before it, newest first."""
    starts = [last.starts_on]
    while len(starts) < count:
        starts.append(days_of(last.timing, date.fromordinal(starts[-1].toordinal() - 1))[0])
    return starts


def slots_of(starts: Sequence[date], timing: str, periods: Iterable[Period]) -> Slots:
    """These first days, oldest first, with the periods that there are."""
    there = {each.starts_on: each for each in periods}
    ordered = sorted(starts)
    labels = [Period(timing=timing, ends_on=days_of(timing, first)[1]).label for first in ordered]
    return Slots(tuple(labels), tuple(there.get(first) for first in ordered))


def trend(
    user: "User", commissioner: int, over: Slots, lines: Iterable[Line], *, at: datetime | None = None,
    category: str = "",
) -> dict[str, list[Sum]]:  # fmt: skip
    """For each line its sums over the slots, one for each. One statement."""
    lines = list(lines)
    found = sums(_within(user, commissioner, over, at, category), lines, "period")
    return {
        line.code: over.over(
            {period: each for (code, period), each in found.items() if code == line.code}, none_of(line)
        )
        for line in lines
    }


def rolled_up(
    user: "User", commissioner: int, over: Slots, line: Line, *, by: str, at: datetime | None = None
) -> dict[str, list[Sum]]:
    """One line over the slots by "category" or "area", in the order of their names. One statement."""
    rows = _within(user, commissioner, over, at).annotate(place=PLACES[by])
    found = sums(rows, [line], "place", "period", biggest=False)
    places = sorted({place for _, place, _ in found}, key=lambda place: (not place, place))
    return {
        place: over.over({period: each for (_, here, period), each in found.items() if here == place}, none_of(line))
        for place in places
    }


def _within(user: "User", commissioner: int, over: Slots, at: datetime | None, category: str = "") -> Any:
    found = figures(user, commissioner, at=at).filter(period__in=over.pks)
    return found.filter(figure_return__category=category) if category else found


def running_below(whole: Sequence[Sum | Cell]) -> int:
    """In how many periods up to the last one it has been short of its threshold, without one in which it was not.

    A period without a figure, or to which the line did not apply, neither counts nor ends the run: silence makes no
    line better.
    """
    count = 0
    for each in reversed(whole):
        if each.state in (State.NO_FIGURE, State.NOT_APPLICABLE):
            continue
        if not each.state.is_short:
            break
        count += 1
    return count


def run_of(short: Q) -> Any:
    """The same in SQL, of the totals of a line of one organisation, gathered: ``short`` says which are below.

    It is counted over the eight periods that end with the newest figure. Where that does not apply to the line, what
    was before it still counts; whoever asks how a line stands now asks for its newest figure as well.
    """
    ends, of_months = F("period__ends_on"), Q(period__timing=Line.Timing.MONTH)
    below = ArrayAgg(ends, filter=short, order_by=ends, default=Value([]))
    better = Max(ends, filter=~short & ~Q(answer=AskedLine.Answer.NOT_APPLICABLE))
    months = Max(Case(When(of_months, then=Value(EIGHT)), default=Value(3 * EIGHT)))
    before = Func(
        Max(ends), months, arg_joiner=" + 1) - interval '1 month' * ", output_field=DateField(),
        template="(date_trunc('month', %(expressions)s - interval '1 day')::date",
    )  # fmt: skip
    until_then = Func(Greatest(better, before), below, function="width_bucket", output_field=IntegerField())
    return Func(below, function="cardinality", output_field=IntegerField()) - until_then


def of_provider(
    user: "User", organisation: int, over: Slots, lines: Iterable[Line], *, at: datetime | None = None,
    can: Can = Can.SEE_FIGURES,
) -> dict[str, list[Cell]]:  # fmt: skip
    """For each line the cells of one provider over the slots; "no figure" where nothing came. One statement."""
    by_code = {line.code: line for line in lines}
    rows = Figure.objects.permitted(user, can).known(at=at).totals().filter(
        organisation=organisation, period__in=over.pks, code__in=list(by_code)
    )  # fmt: skip
    found: dict[str, dict[int, Cell]] = {code: {} for code in by_code}
    for period, *row in rows.order_by().values_list("period_id", *FIELDS):
        found[row[0]][period] = cell_of(by_code[row[0]], row)
    return {
        code: over.over(found[code], Cell(code, CellKind.NO_FIGURE, line.form, line.direction))
        for code, line in by_code.items()
    }
