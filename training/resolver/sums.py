"""What lines come to over several providers: sums, who could be judged, who is at the threshold, and who weighs most.

``sums`` is one statement whatever the number of providers. Where providers have thresholds of their own, the whole is
held to what all of them together should have counted: the sum of each threshold times its own denominator.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, Count, DecimalField, F, Func, Max, Min, Q, QuerySet, Value, When
from django.db.models import Sum as Total
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from accounts.capabilities import Can
from training.arithmetic import Share, State, missing, state_of
from training.models import AskedLine, Figure, Line

if TYPE_CHECKING:
    from accounts.models import User

Answer, Form, Direction = AskedLine.Answer, Line.Form, Line.Direction
HUNDRED = 100


@dataclass(frozen=True)
class Biggest:
    """Who weighs most in the sum: that many of those that were to be counted."""

    organisation: int
    amount: int


@dataclass(frozen=True)
class Sum:
    """What one line comes to. ``measured`` providers have somebody to measure; the others are counted apart.

    ``needed`` and ``margin`` are threshold and amber times denominator, summed over the ``judged``; a count is judged
    provider by provider only.
    """

    form: str
    direction: str
    scale: int
    given: int = 0
    measured: int = 0
    nobody: int = 0
    nothing: int = 0
    not_applicable: int = 0
    n: int = 0
    d: int = 0
    judged: int = 0
    met: int = 0
    judged_n: int = 0
    judged_d: int = 0
    needed: Decimal = Decimal(0)
    margin: Decimal = Decimal(0)
    lowest: Decimal | None = None
    highest: Decimal | None = None
    biggest: Biggest | None = None

    @property
    def share(self) -> Share:
        """Those counted of all."""
        return Share(self.n, self.d)

    @cached_property
    def value(self) -> Fraction | None:
        """Exactly: per cent, a rate, or a count; none where nobody has anything to measure."""
        if self.form in (Form.SHARE, Form.RATE):
            return Fraction(self.scale * self.n, self.d) if self.d else None
        return Fraction(self.n) if self.measured or self.nothing else None

    @property
    def threshold(self) -> Fraction | None:
        """What the whole is held to: the one threshold, or each weighed by its denominator."""
        return Fraction(self.needed) / self.judged_d if self.judged_d else None

    @property
    def one_threshold(self) -> Decimal | None:
        """The threshold where it is the same for everybody who was judged."""
        return self.lowest if self.lowest == self.highest else None

    @cached_property
    def state(self) -> State:
        """How the whole stands. Counts and milestones of several providers have no threshold together."""
        if self.value is None:
            return State.NOTHING_TO_MEASURE if self.given else State.NO_FIGURE
        if not self.judged_d:
            return State.NO_THRESHOLD
        value = Fraction(self.scale * self.judged_n, self.judged_d)
        return state_of(value, self.threshold, Fraction(self.margin) / self.judged_d, self.direction)

    @property
    def gap(self) -> Fraction:
        """How far the judged are together from their threshold, above or below it; 0 where there is none."""
        if self.threshold is None:
            return Fraction(0)
        return abs(Fraction(self.scale * self.judged_n, self.judged_d) - self.threshold)

    @property
    def short(self) -> int:
        """How many more, or how many fewer, would reach it; 0 when met and where there is no threshold."""
        if not self.judged_d:
            return 0
        return missing(self.judged_n, Fraction(self.needed) / self.scale, self.direction)


def figures(user: "User", commissioner: int, *, at: datetime | None = None, can: Can = Can.SEE_FIGURES) -> Any:
    """The totals of a commissioner's providers that the person may see, as known; not the commissioner's own staff."""
    return standing(Figure.objects.permitted(user, can), commissioner, at=at)


def standing(rows: Any, commissioner: int, *, at: datetime | None = None) -> Any:
    """Of these figures the totals of providers, as known, without returns that were withdrawn by then."""
    stands = Q(figure_return__withdrawn_at=None)
    if at is not None:
        stands |= Q(figure_return__withdrawn_at__gt=at)
    found = rows.known(at=at).totals().filter(stands, commissioner=commissioner)
    return found.exclude(organisation=commissioner)


def sums(
    found: "QuerySet[Figure]", lines: Iterable[Line], *by: str, biggest: bool = True
) -> dict[tuple[Any, ...], Sum]:
    """For each line, and whatever else is named in ``by``, what these totals come to: ``{(code, *by): Sum}``.

    One statement. A line without figures is not in the answer. Who weighs most is left out without ``biggest``.
    """
    known = {line.code: line for line in lines}
    rows = (
        found.filter(code__in=list(known))
        .order_by()
        .values("code", *by)
        .annotate(**_aggregates(known, biggest=biggest))
    )
    answer = {}
    for row in rows:
        code, place = row.pop("code"), tuple(row.pop(name) for name in by)
        line, most = known[code], row.pop("most", None)
        weighs = Biggest(-most[1], most[0]) if most and most[0] else None
        answer[code, *place] = Sum(line.form, line.direction, scale_of(line), **row, biggest=weighs)
    return answer


def none_of(line: Line) -> Sum:
    """The sum of a line of which nobody has said anything."""
    return Sum(line.form, line.direction, scale_of(line))


def scale_of(line: Line) -> int:
    """What so many of so many is multiplied by: a hundred for per cent, "per" for a rate, one for a count."""
    if line.form == Form.SHARE:
        return HUNDRED
    return line.per or 1 if line.form == Form.RATE else 1


def _aggregates(lines: Mapping[str, Line], *, biggest: bool) -> dict[str, Any]:
    spoken, of_nobody = Q(answer=Answer.FIGURES), Q(denominator=0)
    judged, met = judged_by(lines.values()), met_by(lines.values())
    threshold = _threshold(lines.values())
    d, whole = Coalesce(F("denominator"), Value(1)), Q(denominator__isnull=False) & judged
    amber = Coalesce(F("amber"), Decimal(0))
    products = DecimalField(max_digits=30, decimal_places=3)
    weight = Func(
        Coalesce(F("denominator"), F("numerator")), -F("organisation"), template="ARRAY[%(expressions)s]",
        output_field=ArrayField(BigIntegerField()),
    )  # fmt: skip
    return {
        "given": Count("pk"),
        "measured": Count("pk", filter=spoken & (Q(denominator=None) | Q(denominator__gt=0))),
        "nobody": Count("pk", filter=spoken & of_nobody),
        "nothing": Count("pk", filter=Q(answer=Answer.NOTHING)),
        "not_applicable": Count("pk", filter=Q(answer=Answer.NOT_APPLICABLE)),
        "n": Coalesce(Total("numerator"), 0),
        "d": Coalesce(Total("denominator"), 0),
        "judged": Count("pk", filter=judged),
        "met": Count("pk", filter=judged & met),
        "judged_n": Coalesce(Total("numerator", filter=whole), 0),
        "judged_d": Coalesce(Total("denominator", filter=whole), 0),
        "needed": Coalesce(Total(threshold * d, filter=whole, output_field=products), Decimal(0)),
        "margin": Coalesce(Total(amber * d, filter=whole, output_field=products), Decimal(0)),
        "lowest": Min(threshold, filter=judged),
        "highest": Max(threshold, filter=judged),
        **({"most": Max(weight, filter=Q(numerator__isnull=False))} if biggest else {}),
    }  # fmt: skip


def judged_by(lines: Iterable[Line]) -> Q:
    """In SQL: has the figure a threshold, and somebody to measure? Says what ``arithmetic.state_of`` says of one."""
    milestones = _codes(lines, Form.MILESTONE)
    held = Q(threshold__isnull=False) | Q(code__in=milestones) if milestones else Q(threshold__isnull=False)
    somebody = Q(denominator__isnull=True) | Q(denominator__gt=0)
    return Q(answer=Answer.FIGURES) & ~Q(direction=Direction.NONE) & somebody & held


def met_by(lines: Iterable[Line]) -> Q:
    """In SQL: is a figure that can be judged at its threshold? Multiplied out, so that nothing is rounded."""
    lines = list(lines)
    rates = [When(code=line.code, then=Value(scale_of(line))) for line in lines if line.form == Form.RATE]
    return _reaches(_threshold(lines), rates)


def short_as_asked(amber: Any = 0) -> Q:
    """In SQL: is a figure further from its threshold than ``amber``, its line being as its return asked it?

    Milestones have no threshold of their own and are never short here.
    """
    rate = When(asked__line__form=Form.RATE, then=F("asked__line__per"))
    up, down = (_reaches(F("threshold") + sign * amber, [rate]) for sign in (-1, 1))
    good = Q(direction=Direction.UP) & up | Q(direction=Direction.DOWN) & down
    return judged_by(()) & ~Q(asked__line__form=Form.MILESTONE) & ~good


def _reaches(threshold: Any, rates: Sequence[When]) -> Q:
    whole = When(denominator__isnull=True, then=Value(1))
    scale = Case(whole, *rates, default=Value(HUNDRED), output_field=BigIntegerField())
    counted = Cast("numerator", BigIntegerField()) * Cast(scale, BigIntegerField())
    asked = threshold * Coalesce(F("denominator"), Value(1))
    up = Q(direction=Direction.UP) & Q(GreaterThanOrEqual(counted, asked))
    return up | Q(direction=Direction.DOWN) & Q(LessThanOrEqual(counted, asked))


def _threshold(lines: Iterable[Line]) -> Any:
    """What one figure is held to; a milestone is held to being reached."""
    if not (milestones := _codes(lines, Form.MILESTONE)):
        return F("threshold")
    return Case(When(code__in=milestones, then=Value(Decimal(1))), default=F("threshold"))


def _codes(lines: Iterable[Line], form: str) -> list[str]:
    return [line.code for line in lines if line.form == form]
