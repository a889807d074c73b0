"""Lines for which a recovery plan is asked and none is given, as one question over all providers of a home page.

A line is asked for when it was below in each of the last quarters that the commissioner's rule names (two, unless it
says otherwise), the newest being the last one whose date has passed, and no plan reaches beyond the day. The list of
plans (``training.plans``) says the same of each line with everything beside it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan

from training.models import CollectingRule, Figure, FigureReturn, Line, Period, Trajectory
from training.resolver.sums import judged_by, met_by

USUAL_BELOW, USUAL_DIP = 2, Decimal(5)
HUNDRED = 100
# A first page says "100 or more" and does not go through all of them.
MOST = 100
# Shares only: of a count or a milestone nobody is asked for a plan by itself.
SHORT = judged_by(()) & ~met_by(())


def unplanned(figures: Any, commissioners: Sequence[int] | None, *, on: date) -> Any:
    """Of these figures those of the newest quarter whose line is asked a plan for, by provider, ``MOST`` at most."""
    plans = Trajectory.objects.standing().filter(
        commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"), code=OuterRef("code"),
        points__by_day__gte=on,
    )  # fmt: skip
    rows = below_running(figures, commissioners, on=on, times=_of_rule("below_periods", USUAL_BELOW, on))
    first = rows.filter(~Exists(plans)).order_by().values("pk")[:MOST]
    return Figure.objects.filter(pk__in=Subquery(first)).order_by("organisation__name", "asked__position", "pk")


def below_running(
    figures: Any, commissioners: Sequence[int] | None, *, on: date, times: Any, short: Q | Any = SHORT
) -> Any:
    """Of these figures those of the newest quarter that were short as many quarters running as ``times`` says."""
    past = _ranked(on).annotate(times=times)
    last = past.filter(newer__lt=F("times")).values("pk")
    same = Figure.objects.known().totals().filter(
        is_one_of("period", last), short, commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"),
        code=OuterRef("code"),
    )  # fmt: skip
    run = same.order_by().values("code").annotate(n=Count("pk")).values("n")
    rows = of_the_newest_quarter(figures, on=on).filter(short)
    if commissioners is not None:
        rows = rows.filter(commissioner__in=list(commissioners))
    return rows.annotate(run=Subquery(run, output_field=IntegerField()), times=times).filter(run__gte=F("times"))


def red_now(figures: Any, *, on: date) -> Any:
    """Of these figures those of the newest quarter that are red: further from the threshold than amber reaches."""
    return of_the_newest_quarter(figures, on=on).filter(red())


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


def red() -> Q:
    """Further from the threshold than amber reaches: what ``State.BELOW`` says of a share."""
    amber, d = Coalesce(F("amber"), Decimal(0)), F("denominator")
    counted = _big(F("numerator")) * HUNDRED
    up = Q(LessThan(counted, (F("threshold") - amber) * d), direction=Line.Direction.UP)
    down = Q(GreaterThan(counted, (F("threshold") + amber) * d), direction=Line.Direction.DOWN)
    return SHORT & (up | down)


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
