"""Lines for which a recovery plan is asked and none is given, as one question over all providers of a home page.

A line is asked for when it was below in each of the last quarters that the commissioner's rule names (two, unless it
says otherwise), the newest being the last one whose date has passed, and no plan reaches beyond the day. The list of
plans (``training.plans``) says the same of each line with everything beside it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, F, Func, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from training.models import CollectingRule, Figure, FigureReturn, Line, Period, Trajectory
from training.resolver.sums import judged_by, met_by

USUAL_BELOW = 2
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
    rows = below_running(figures, commissioners, on=on, times=_rule(on)).exclude(organisation=F("commissioner"))
    first = rows.filter(~Exists(plans)).order_by().values("pk")[:MOST]
    return Figure.objects.filter(pk__in=Subquery(first)).order_by("organisation__name", "asked__position", "pk")


def below_running(figures: Any, commissioners: Sequence[int] | None, *, on: date, times: Any) -> Any:
    """Of these figures those of the newest quarter that were below as many quarters running as ``times`` says."""
    past = Period.objects.collected().quarters().filter(due_on__lt=on).order_by()
    later = past.filter(commissioner=OuterRef("commissioner"), ends_on__gt=OuterRef("ends_on"))
    newer = later.values("commissioner").annotate(n=Count("pk")).values("n")
    ranked = past.annotate(newer=Coalesce(Subquery(newer), 0), times=times)
    last, newest = ranked.filter(newer__lt=F("times")).values("pk"), ranked.filter(newer=0).values("pk")
    same = Figure.objects.known().totals().filter(
        is_one_of("period", last), SHORT, commissioner=OuterRef("commissioner"),
        organisation=OuterRef("organisation"), code=OuterRef("code"),
    )  # fmt: skip
    run = same.order_by().values("code").annotate(n=Count("pk")).values("n")
    rows = figures.known().totals().filter(
        is_one_of("period", newest), SHORT, asked__line__form=Line.Form.SHARE
    )  # fmt: skip
    if commissioners is not None:
        rows = rows.filter(commissioner__in=list(commissioners))
    rows = rows.exclude(figure_return__state=FigureReturn.State.WITHDRAWN)
    return rows.annotate(run=Subquery(run, output_field=IntegerField()), times=times).filter(run__gte=F("times"))


def is_one_of(column: str, rows: Any) -> Func:
    """Is it one of a few ids, which are looked up once for a statement and not again for every row of it?"""
    few = ArraySubquery(rows)
    return Func(F(column), few, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def _rule(on: date) -> Any:
    """For how many quarters below the commissioner asks for a plan."""
    held = CollectingRule.objects.filter(Q(commissioner=OuterRef("commissioner")) | Q(commissioner=None))
    held = held.filter(valid_from__lte=on).exclude(valid_to__lte=on).order_by(F("commissioner").asc(nulls_last=True))
    return Coalesce(Subquery(held.values("below_periods")[:1]), USUAL_BELOW)
