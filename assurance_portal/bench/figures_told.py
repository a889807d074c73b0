"""What other pages say of training figures, with a whole register of returns behind them: the first pages, the visit
programme, steps that are proposed, the list of recovery plans, the exception report, and the page of a large return.

Planted are twenty lines over the eight quarters whose date has passed. Three figures in ten are below the threshold,
one in forty stays red, and one in six has a plan.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import User
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.figure_books import owed_with
from assurance_portal.bench.figures import LINES, MS, largest, plant, providers_of
from assurance_portal.bench.timing import alternate, counting, seconds_of
from assurance_portal.bench.visitor import Visitor
from design.calendar import Quarter, london_date
from oversight.models import TriggerRule
from oversight.programme.keeping import forget as forget_programme
from oversight.triggers import propose
from providers.models import Organisation
from training.models import Figure as Submitted
from training.models import Line, Period, Trajectory, TrajectoryPoint
from training.resolver.keeping import forget

ROUNDS = 7
LARGE = 57  # lines of the return of a large trust, by eleven staff groups
SHARE = """CASE WHEN (r.organisation_id + a.position) %% 40 = 0 THEN 70
    ELSE 87 + (r.organisation_id * 7 + a.position * 5 + r.period_id) %% 13 END"""
BEFORE_DUE = timedelta(days=29)


def measure(at: datetime, *, rounds: int) -> Iterator[Figure]:
    """Server time and statements of each page, cold where something is kept; then what takes longer."""
    on = london_date(at)
    commissioner, by = largest()
    providers = providers_of(commissioner, on)
    last = Quarter.of(on - BEFORE_DUE).previous
    quarters = plant(commissioner, by, providers, last=last, share=SHARE)
    _plan(quarters[-1], by=by, at=at)
    said = f"{len(providers):,} providers x {LINES} lines"
    lead = User.objects.filter(memberships__organisation__in=providers, memberships__role=Role.PROVIDER_LEAD)[0]
    yield from _pages(Visitor.signed_in(by), Visitor.signed_in(lead), said, rounds=rounds)
    yield from _large_return(at, rounds=rounds)
    report = reverse("training:exception-report")
    for name in ("workbook", "paper"):
        taken = alternate({name: partial(_page, Visitor.signed_in(by), f"{report}{name}/")}, rounds=3, warm=1)[name]
        yield Figure(f"exception report of {said}, {name} made", taken, "s", target="< 5")
    yield _proposed(commissioner, said, on=on, at=at)


def _pages(visitor: Visitor, provider: Visitor, said: str, *, rounds: int) -> Iterator[Figure]:
    plans, programme = reverse("training:recovery-list"), reverse("oversight:programme")
    pages = {
        "first page of a commissioner": (visitor, "/"),
        "first page of a provider": (provider, reverse("assurance:provider-home")),
        "visit programme": (visitor, programme),
        "list of recovery plans": (visitor, plans),
        "list of recovery plans, those asked for": (visitor, f"{plans}?plan=asked"),
        "exception report": (visitor, reverse("training:exception-report")),
    }
    taken = alternate({name: partial(_cold, *asked) for name, asked in pages.items()}, rounds=rounds, warm=1)
    for name, (who, path) in pages.items():
        yield Figure(f"{name}, {said}", taken[name] * MS, "ms", target="< 300")
        with counting() as statements:
            _cold(who, path)
        yield Figure(f"statements of the {name}, {said}", len(statements), "", target="<= 12")


def _large_return(at: datetime, *, rounds: int) -> Iterator[Figure]:
    """The page on which a large trust writes: every line by every staff group."""
    names = [f"Line of training {number}" for number in range(LARGE)]
    owed = owed_with(london_date(at), names, at=at, refresh=Line.Refresh.COURSE, refresh_months=36)
    lead = User.objects.filter(memberships__organisation=owed.organisation, memberships__role=Role.PROVIDER_LEAD)[0]
    page = partial(_page, Visitor.signed_in(lead), reverse("training:return-write", args=[owed.reference]))
    taken = alternate({"write": page}, rounds=rounds, warm=1)["write"]
    boxes = sum(len(each.groups) for each in owed.lines.all())
    yield Figure(
        f"page to write a return of {LARGE} lines by {boxes // LARGE} groups", taken * MS, "ms", target="< 300"
    )


def _proposed(commissioner: Organisation, said: str, *, on: date, at: datetime) -> Figure:
    """The morning's look at lines that stayed red: everything, the first time."""
    with transaction.atomic():
        taken = seconds_of(lambda: propose(on, at=at, source=TriggerRule.Source.RED_QUARTERS))
        transaction.set_rollback(True)
    return Figure(f"steps proposed for lines that stay red, {said}", taken, "s", target="< 5")


def _plan(period: Period, *, by: User, at: datetime) -> None:
    """A plan to the end of the year after next for one line in six."""
    held = Submitted.objects.known().totals().filter(period=period).order_by("pk").values_list(
        "commissioner", "organisation", "code"
    )[::6]  # fmt: skip
    words = {"why_below": "Two trainers left.", "what_is_done": "Sessions every week."}
    made = Trajectory.objects.bulk_create(
        Trajectory(commissioner_id=whose, organisation_id=of, code=code, made_by=by, made_at=at, **words)
        for whose, of, code in held
    )
    months = [london_date(at) + timedelta(days=30 * n) for n in (-3, -1, 2, 5)]
    TrajectoryPoint.objects.bulk_create(
        TrajectoryPoint(
            trajectory=plan, commissioner_id=plan.commissioner_id, organisation_id=plan.organisation_id, by_day=day,
            planned=Decimal(85 + n),
        )
        for plan in made
        for n, day in enumerate(months)
    )  # fmt: skip


def _cold(visitor: Visitor, path: str) -> None:
    """With nothing kept of earlier visits."""
    forget()
    forget_programme()
    _page(visitor, path)


def _page(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
