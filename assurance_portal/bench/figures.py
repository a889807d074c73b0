"""Training figures of the whole register: the matrix page, the roll-up by area over eight quarters, and issuing one.

Planted are twenty lines over eight quarters of which every provider but each twentieth returned; the numbers follow
from the provider's id, so that a run repeats. Lines are the commissioner's own and older than what the demonstration
collects.
"""

import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.capabilities import Role
from accounts.models import User
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.reconciling import differences
from assurance_portal.bench.timing import alternate, counting
from assurance_portal.bench.visitor import Visitor
from assurance_portal.database import as_migrator
from design.calendar import LONDON, Quarter
from providers.models import Arrangement, Organisation
from training import issuing
from training.measured import lines_in_force
from training.models import AskedLine, FigureReturn, Line, LineSet, Period
from training.resolver.keeping import forget
from training.resolver.trends import EIGHT, rolled_up, slots

LINES, SET, MS = 20, "measured", 1000
# How many of a hundred are up to date, in SQL: of a return ``r`` and a line that it was asked ``a``.
SHARE = "70 + (r.organisation_id + a.position) %% 30"
RETURNS = """
INSERT INTO training_figurereturn (reference, commissioner_id, organisation_id, period_id, tier, category, grouping,
    roles_down, state, why_issued, issued_at, first_submitted_at, submitted_at, settled_at, due_on, original_due_on,
    due_version, correcting_because, withdrawn_reason, entering, version)
SELECT 'B' || lpad(to_hex(p.id %% 65536), 4, '0') || lpad(to_hex(o.id %% 1048576), 5, '0'), p.commissioner_id,
    o.id, p.id, 'full', c.code, '', FALSE, CASE WHEN o.id %% 20 = 3 THEN 'issued' ELSE 'submitted' END, '', p.issued_at,
    CASE WHEN o.id %% 20 <> 3 THEN p.issued_at END, CASE WHEN o.id %% 20 <> 3 THEN p.issued_at END,
    CASE WHEN o.id %% 20 <> 3 THEN p.issued_at END, p.due_on, p.due_on, 1, '', '', FALSE, 1
FROM training_period p, providers_organisation o JOIN providers_category c ON c.id = o.category_id
WHERE p.id = ANY(%(periods)s) AND o.id = ANY(%(organisations)s)
"""
ASKED = """
INSERT INTO training_askedline (commissioner_id, organisation_id, figure_return_id, line_id, code, position, groups,
    reasons, threshold, amber, threshold_reason, answer, answer_reason, narrative, source, version)
SELECT r.commissioner_id, r.organisation_id, r.id, l.id, l.code, l.position, '{}', '{}', 90, 10, '', 'figures', '', '',
    '', 1
FROM training_figurereturn r, training_line l
WHERE r.period_id = ANY(%(periods)s) AND l.set_code = %(set)s
"""
SUBMITTED = """
INSERT INTO training_figuresubmission (reference, commissioner_id, organisation_id, figure_return_id, number, document,
    sha256, reason, signed_by_name, signed_by_role, signed_on, channel, received_from, submitted_by_id, submitted_at)
SELECT r.reference, r.commissioner_id, r.organisation_id, r.id, 1, '{}', repeat('0', 64), '', 'Signer', 'Lead',
    r.due_on, 'online', '', %(by)s, r.submitted_at
FROM training_figurereturn r WHERE r.period_id = ANY(%(periods)s) AND r.state = 'submitted'
"""
FIGURES = """
INSERT INTO training_figure (commissioner_id, organisation_id, period_id, figure_return_id, submission_id, asked_id,
    code, kind, "group", answer, denominator, numerator, assurance, threshold, amber, direction, known_from)
SELECT r.commissioner_id, r.organisation_id, r.period_id, r.id, s.id, a.id, a.code, 'total', '', 'figures',
    20 + r.organisation_id %% 300,
    (20 + r.organisation_id %% 300) * (__share__) / 100,
    '', a.threshold, a.amber, 'up', s.submitted_at
FROM training_askedline a JOIN training_figurereturn r ON r.id = a.figure_return_id
JOIN training_figuresubmission s ON s.figure_return_id = r.id
WHERE r.period_id = ANY(%(periods)s)
"""


def measure(at: datetime, *, rounds: int) -> Iterator[Figure]:
    """Server time and statements of pages of the matrix; the roll-up; issuing a quarter to everybody."""
    commissioner, by = largest()
    providers = providers_of(commissioner, at.date())
    quarters = plant(commissioner, by, providers, last=Quarter.of(at.date().replace(year=at.year - 9)))
    yield from _pages(Visitor.signed_in(by), quarters[-1], len(providers), rounds=rounds)
    yield from _rolled_up(by, quarters[-1], len(providers), rounds=rounds)
    yield from _reconciled(by, quarters[-1], commissioner, at)
    yield _issued(by, Quarter.of(quarters[-1].ends_on).next, commissioner, at)


def _pages(visitor: Visitor, last: Period, providers: int, *, rounds: int) -> Iterator[Figure]:
    """Pages with the sums of the period kept, then with one return moved before each visit, then with nothing kept."""
    said = f"matrix of {providers:,} providers x {LINES} lines"
    first = f"/figures/?period={last.reference}&lines=set:{SET}"
    pages = {"first page": first, "third page": f"{first}&page=3", "only below": f"{first}&below=on"}
    taken = alternate({name: partial(_page, visitor, path) for name, path in pages.items()}, rounds=rounds)
    for name, path in pages.items():
        yield Figure(f"{said}, {name}", taken[name] * MS, "ms", target="< 100")
        with counting() as statements:
            _page(visitor, path)
        yield Figure(f"statements of the {said}, {name}", len(statements), "", target="<= 12")
    moved = FigureReturn.objects.filter(period=last)[:1].get()

    def after_a_return() -> None:
        FigureReturn.objects.filter(pk=moved.pk).update(version=F("version") + 1)
        _page(visitor, first)

    def after_a_start() -> None:
        forget()
        _page(visitor, first)

    contenders = {"right after a return came in": after_a_return, "first of a new process": after_a_start}
    for name, seconds in alternate(contenders, rounds=min(rounds, 10)).items():
        yield Figure(f"{said}, {name}", seconds * MS, "ms")


def _rolled_up(by: User, last: Period, providers: int, *, rounds: int) -> Iterator[Figure]:
    line = Line.objects.filter(set_code=SET)[0]

    def run() -> None:
        over = slots(by, last)
        rolled_up(by, last.commissioner_id, over, line, by="area")

    seconds = alternate({"area": run}, rounds=rounds)["area"]
    yield Figure(f"roll-up of {providers:,} providers by area, {EIGHT} quarters", seconds * MS, "ms", target="< 60")


def _reconciled(by: User, planted: Period, commissioner: Organisation, at: datetime) -> Iterator[Figure]:
    """Every sum against SQL of its own: of what was planted, and of what the demonstration holds."""
    newest = Period.objects.quarters().collected().filter(commissioner=commissioner).order_by("-ends_on")[0]
    for name, last in {"planted": planted, "demonstration": newest}.items():
        lines = lines_in_force(commissioner, on=last.ends_on, timing=last.timing)
        compared, wrong = differences(by, last, lines, at=at)
        for each in wrong[:20]:
            sys.stderr.write(f"bench: {each}\n")
        yield Figure(f"sums that differ from SQL of its own, of {compared:,} ({name})", len(wrong), "", target="0")


def _issued(by: User, quarter: Quarter, commissioner: Organisation, at: datetime) -> Figure:
    """From the worker's first look until the quarter is open."""
    period = Period.objects.create(
        commissioner=commissioner, starts_on=quarter.starts, ends_on=quarter.ends,
        due_on=quarter.ends + timedelta(days=28),
    )  # fmt: skip
    period.begin_issuing(by=by, at=at)
    began = perf_counter()
    issuing.issue(period, by=by, at=at, on=at.date())
    taken = perf_counter() - began
    returns = period.returns.count()
    asked = AskedLine.objects.filter(figure_return__period=period).count()
    return Figure(f"quarter of {returns:,} returns with {asked:,} lines, issued", taken, "s", target="< 10")


def plant(
    commissioner: Organisation, by: User, providers: list[int], *, last: Quarter, share: str = SHARE
) -> list[Period]:
    """Lines, quarters and what was returned, with as few statements as there are tables. Oldest quarter first."""
    quarters = [last]
    while len(quarters) < EIGHT:
        quarters.insert(0, quarters[0].previous)
    LineSet.objects.create(commissioner=commissioner, code=SET, name="Measured", valid_from=quarters[0].starts)
    Line.objects.bulk_create(
        Line(
            commissioner=commissioner, code=f"measured-{n}", name=f"Measured line {n}", short=f"Line {n}",
            family="training", subject="measured", set_code=SET, numerator="compliant", denominator="eligible",
            valid_from=quarters[0].starts, position=n,
        )
        for n in range(LINES)
    )  # fmt: skip
    periods = Period.objects.bulk_create(
        Period(
            commissioner=commissioner, starts_on=each.starts, ends_on=each.ends, state=Period.State.OPEN,
            due_on=each.ends + timedelta(days=28), issued_at=_noon(each.ends),
        )
        for each in quarters
    )  # fmt: skip
    told: dict[str, Any] = {
        "periods": [each.pk for each in periods],
        "organisations": providers,
        "set": SET,
        "by": by.pk,
    }
    with connection.cursor() as cursor:
        for statement in (RETURNS, ASKED, SUBMITTED, FIGURES.replace("__share__", share)):
            cursor.execute(statement, told)
    with as_migrator(str(connection.settings_dict["NAME"])) as owner, owner.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return periods


def largest() -> tuple[Organisation, User]:
    """The commissioner with the most providers, and a designated professional of it."""
    led = Arrangement.objects.filter(part="lead").values_list("commissioner", flat=True)
    most = max(set(led), key=list(led).count)
    role = {"memberships__organisation": most, "memberships__role": Role.DESIGNATED_PROFESSIONAL}
    return Organisation.objects.get(pk=most), User.objects.filter(**role).order_by("pk")[0]


def providers_of(commissioner: Organisation, on: date) -> list[int]:
    """The providers whose contract it leads on the day."""
    live = Arrangement.objects.live(on=on).leading().filter(commissioner=commissioner)
    return sorted(live.exclude(organisation=commissioner).values_list("organisation", flat=True))


def _page(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=LONDON)
