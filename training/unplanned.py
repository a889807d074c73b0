"""Lines for which a recovery plan is asked and none is given, as one question over all providers of a home page.

A line is asked for when it has been below for as many periods running as the commissioner's rule names (two, unless it
says otherwise), up to its newest figure, and no plan reaches beyond the day. The list of plans (``training.plans``)
says the same of each line with everything beside it: both count a run by ``training.resolver.trends.run_of``.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from design.calendar import add_months
from training.models import CollectingRule, Figure, FigureReturn, Line, Period, Trajectory
from training.resolver.sums import judged_by, short_as_asked
from training.resolver.trends import run_of

USUAL_BELOW, USUAL_DIP = 2, Decimal(5)
HUNDRED = 100
# A figure that is older does not say how a line stands now, in months.
RECENT = 9
# A first page says "100 or more" and does not go through all of them.
MOST = 100
RED = short_as_asked(Coalesce(F("amber"), Decimal(0)))


def unplanned(figures: Any, commissioners: Sequence[int] | None, *, on: date) -> Any:
    """Of these figures the newest of each line that is asked a plan for, by provider, ``MOST`` at most."""
    first = plans_asked(figures, commissioners, on=on).order_by().values("pk")[:MOST]
    return Figure.objects.filter(pk__in=Subquery(first)).order_by("organisation__name", "asked__position", "pk")


def plans_asked(figures: Any, commissioners: Sequence[int] | None, *, on: date) -> Any:
    """All of them, in no order."""
    plans = Trajectory.objects.standing().filter(
        commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"), code=OuterRef("code"),
        points__by_day__gte=on,
    )  # fmt: skip
    rows = below_running(figures, commissioners, on=on, times=_of_rule("below_periods", USUAL_BELOW, on))
    return rows.filter(~Exists(plans))


def below_running(
    figures: Any, commissioners: Sequence[int] | None, *, on: date, times: Any, short: Q | None = None
) -> Any:
    """Of these figures the newest of each line that was short as many periods running as ``times`` says.

    Only lines that are still collected; the run is looked up for those alone that are short and recent.
    """
    short = short_as_asked() if short is None else short
    held = figures.known().totals().exclude(figure_return__state=FigureReturn.State.WITHDRAWN)
    recent = Period.objects.filter(ends_on__gte=add_months(on, -RECENT)).order_by().values("pk")
    rows = held.filter(judged_by(()), _collected(on), is_one_of("period", recent))
    rows = rows.exclude(organisation=F("commissioner"))
    if commissioners is not None:
        rows = rows.filter(commissioner__in=list(commissioners))
    same = held.filter(
        commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"), code=OuterRef("code")
    )  # fmt: skip
    run = same.order_by().values("code").annotate(run=run_of(short), newest=Max("period__ends_on"))
    run = run.filter(newest=OuterRef("period__ends_on")).values("run")
    # The only way to say that the run is not even looked up for those that are at their threshold.
    ran = Case(When(short, then=Subquery(run)), default=Value(0), output_field=IntegerField())
    return rows.annotate(run=ran, times=times).filter(run__gte=F("times"))


def _collected(on: date) -> Q:
    """Is the line collected on the day? The commissioner's own row stands in place of the shipped one."""
    held = Line.objects.filter(code=OuterRef("code"), valid_from__lte=on).exclude(valid_to__lte=on)
    own = Q(commissioner=OuterRef("commissioner"))
    there = Q(Exists(held.filter(own | Q(commissioner=None), in_use=True)))
    return there & ~Q(Exists(held.filter(own, in_use=False)))


def red_now(figures: Any, *, on: date) -> Any:
    """Of these figures those of the newest quarter that are red: further from the threshold than amber reaches."""
    return of_the_newest_quarter(figures, on=on).filter(RED)


def fallen_now(figures: Any, *, on: date) -> Any:
    """Of these figures those of the newest quarter that are a dip: worse than the quarter before by the rule's points.

    Multiplied out, so that nothing is rounded.
    """
    before = Figure.objects.known().totals().filter(
        is_one_of("period", _ranked(on).filter(newer=1).values("pk")), commissioner=OuterRef("commissioner"),
        organisation=OuterRef("organisation"), code=OuterRef("code"), answer="figures", denominator__gt=0,
    )  # fmt: skip
    was = _big(F("numerator")) * HUNDRED * _big(OuterRef("denominator"))
    now = _big(OuterRef("numerator")) * HUNDRED * _big(F("denominator"))
    limit = OuterRef("dip") * F("denominator") * OuterRef("denominator")
    up = Q(GreaterThanOrEqual(was - now, limit), direction=Line.Direction.UP)
    down = Q(GreaterThanOrEqual(now - was, limit), direction=Line.Direction.DOWN)
    rows = of_the_newest_quarter(figures, on=on).filter(answer="figures", denominator__gt=0)
    return rows.annotate(dip=_of_rule("dip", USUAL_DIP, on)).filter(Exists(before.filter(up | down)))


def of_the_newest_quarter(figures: Any, *, on: date) -> Any:
    """The totals of shares of the newest quarter whose date has passed, of providers."""
    shares = Line.objects.filter(form=Line.Form.SHARE).values("code")
    rows = figures.known().totals().filter(
        is_one_of("period", _ranked(on).filter(newer=0).values("pk")), code__in=shares
    )  # fmt: skip
    return rows.exclude(organisation=F("commissioner")).exclude(figure_return__state=FigureReturn.State.WITHDRAWN)


def _big(number: Any) -> Cast:
    return Cast(number, BigIntegerField())


def _ranked(on: date) -> Any:
    """Quarters whose date has passed, with how many ``newer`` ones there are of the same commissioner."""
    past = Period.objects.collected().quarters().filter(due_on__lt=on).order_by()
    later = past.filter(commissioner=OuterRef("commissioner"), ends_on__gt=OuterRef("ends_on"))
    newer = later.values("commissioner").annotate(n=Count("pk")).values("n")
    return past.annotate(newer=Coalesce(Subquery(newer), 0))


def is_one_of(column: str, rows: Any) -> Func:
    """Is it one of a few ids, which are looked up once for a statement and not again for every row of it?"""
    few = ArraySubquery(rows)
    return Func(F(column), few, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def _of_rule(name: str, usual: Any, on: date) -> Any:
    """A number of the commissioner's rule on the day."""
    held = CollectingRule.objects.filter(Q(commissioner=OuterRef("commissioner")) | Q(commissioner=None))
    held = held.filter(valid_from__lte=on).exclude(valid_to__lte=on).order_by(F("commissioner").asc(nulls_last=True))
    return Coalesce(Subquery(held.values(name)[:1]), usual)
