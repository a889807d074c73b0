"""What figures come to, against brute force in plain Python and against SQL of its own: not one may differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.capabilities import Role
from assurance_portal.bench.reconciling import differences
from tests.factories.accounts import someone
from tests.factories.figures import NINETY, NOT_APPLICABLE, NOTHING, Planted, a_line, moment, planted
from tests.factories.providers import CategoryFactory
from training.arithmetic import Share
from training.models import Figure
from training.resolver import coverage, figures, sums
from training.resolver.changes import between
from training.resolver.trends import running_below, slots, trend

pytestmark = pytest.mark.django_db
Q1, Q2, Q3 = date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)
FORMS = {"l3": "share", "ratio": "rate", "late": "share", "many": "count", "done": "milestone"}
NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon")


@dataclass
class Place:
    """A commissioner with five providers in two categories and two areas, and somebody who reads."""

    world: Planted
    reader: Any
    quarters: list[Any]


@pytest.fixture(scope="module")
def shared(beneath: Any) -> Iterator[Place]:
    with beneath():
        lines = [a_line(code, form=form, direction="down" if code == "late" else "up") for code, form in FORMS.items()]
        world = planted(*lines)
        homes = CategoryFactory(code="HOMEX", name="Home", plural="Homes", tier="small")
        for n, name in enumerate(NAMES):
            kind = {"category": homes} if n > 2 else {}
            world.provider(name, postcode=("ZZ1 1AA", "ZZ2 2BB", "")[n % 3], **kind)
        reader = someone(Role.DESIGNATED_PROFESSIONAL, world.commissioner)
        yield Place(world, reader, [world.quarter(day) for day in (Q1, Q2)])


number = st.integers(0, 40)
said = st.one_of(
    st.tuples(number, number).map(lambda pair: (min(pair), max(pair))),
    st.sampled_from([NOTHING, NOT_APPLICABLE, None]),
)
of_provider = st.tuples(said, said, said, st.one_of(number, st.just(NOTHING)), st.sampled_from([0, 1]))
threshold = st.sampled_from([None, "0", "33.333", "85", "90", "100"])


def written(answers: Any) -> dict[str, Any]:
    """What one provider says by line; nothing of a line where it says None."""
    found = dict(zip(FORMS, answers, strict=True))
    return {code: value for code, value in found.items() if value is not None}


# --- Brute force ---------------------------------------------------------------------------------------------------


def by_hand(code: str, rows: list[tuple[str, Any, Decimal | None]]) -> dict[str, Any]:
    """What one line comes to: ``rows`` are name, what was said, and the threshold; nothing is taken from the code."""
    form, down = FORMS[code], code == "late"
    scale = {"share": 100, "rate": 1000}.get(form, 1)
    n = d = measured = nobody = judged = met = judged_n = judged_d = 0
    needed, biggest = Fraction(0), None
    for name, value, limit in rows:
        if value in (NOTHING, NOT_APPLICABLE):
            continue
        up, below = value if isinstance(value, tuple) else (value, None)
        n, d = n + up, d + (below or 0)
        weight = up if below is None else below
        if weight and (biggest is None or weight > biggest[1]):
            biggest = (name, weight)
        if below == 0:
            nobody += 1
            continue
        measured += 1
        held = Fraction(1) if form == "milestone" else None if limit is None else Fraction(limit)
        if held is None:
            continue
        judged += 1
        worth = Fraction(up) if below is None else Fraction(scale * up, below)
        met += worth <= held if down else worth >= held
        if below is not None:
            judged_n, judged_d, needed = judged_n + up, judged_d + below, needed + held * below / scale
    short = 0
    if judged_d:
        short = max(0, judged_n - floor(needed)) if down else max(0, ceil(needed) - judged_n)
    return {
        "n": n, "d": d, "measured": measured, "nobody": nobody, "judged": judged, "met": met, "short": short,
        "nothing": sum(value == NOTHING for _, value, _ in rows),
        "not_applicable": sum(value == NOT_APPLICABLE for _, value, _ in rows), "biggest": biggest,
    }  # fmt: skip


def resolved(place: Place, found: Any) -> dict[str, Any]:
    names = {each.pk: name for name, each in place.world.providers.items()}
    return {
        name: getattr(found, name)
        for name in ("n", "d", "measured", "nobody", "judged", "met", "short", "nothing", "not_applicable")
    } | {"biggest": (names[found.biggest.organisation], found.biggest.amount) if found.biggest else None}


def compare(place: Place, told: list[Any], limits: list[Any], corrected: list[Any]) -> None:
    """Submit, perhaps correct, and compare what is known before, in between and now with brute force."""
    world, quarter = place.world, place.quarters[1]
    came, later = moment(Q2 + timedelta(days=20)), moment(Q2 + timedelta(days=40))
    said_by: dict[str, dict[str, Any]] = {}
    changed: dict[str, dict[str, Any]] = {}
    for n, name in enumerate(NAMES):
        held = {code: (Decimal(limits[n]), Decimal(10)) for code in FORMS if limits[n] and FORMS[code] != "milestone"}
        provider = world.providers[name]
        world.asked(quarter, provider, thresholds=held)
        if told[n] is not None:
            said_by[name] = written(told[n])
            world.submit(quarter, provider, said_by[name], at=came)
            if corrected[n] is not None:
                changed[name] = written(corrected[n])
                world.submit(quarter, provider, changed[name], at=later, reason="Counted again")
    now = said_by | changed
    for at, known in ((None, now), (came, said_by), (later, now), (came - timedelta(hours=1), {})):
        rows = figures(place.reader, world.commissioner.pk, at=at).filter(period=quarter)
        found = sums(rows, world.lines.values())
        for code in FORMS:
            spoken = [
                (name, known[name][code], Decimal(limits[n]) if limits[n] else None)
                for n, name in enumerate(NAMES)
                if code in known.get(name, {})
            ]
            if not spoken:
                assert (code,) not in found
            else:
                assert resolved(place, found[code,]) == by_hand(code, spoken), (code, at)
    everybody = coverage(place.reader, quarter, at=None)
    assert (everybody.asked, everybody.returned) == (len(NAMES), len(now))
    assert everybody.names == sorted(set(NAMES) - set(now))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    told=st.lists(st.none() | of_provider, min_size=5, max_size=5),
    limits=st.lists(threshold, min_size=5, max_size=5),
    corrected=st.lists(st.none() | of_provider, min_size=5, max_size=5),
)
def test_every_sum_is_what_brute_force_says(shared: Place, told: Any, limits: Any, corrected: Any) -> None:
    with transaction.atomic():
        compare(shared, told, limits, corrected)
        shared.world.returns.clear()
        transaction.set_rollback(True)


# --- SQL of its own ------------------------------------------------------------------------------------------------


def planted_at_random(place: Place, seed: int) -> list[datetime]:
    """Two quarters of figures with corrections; returns the moments at which something was known."""
    dice, world = Random(seed), place.world
    moments = []
    for quarter in place.quarters:
        for days in (20, 35, 50):
            at = moment(quarter.ends_on + timedelta(days=days))
            moments.append(at)
            for provider in world.providers.values():
                if dice.random() < 0.6:
                    d = {code: dice.randint(0, 400) for code in FORMS}
                    told: dict[str, Any] = {
                        "l3": (dice.randint(0, d["l3"]), d["l3"]), "ratio": (dice.randint(0, 30), d["ratio"]),
                        "late": (dice.randint(0, d["late"]), d["late"]), "many": d["many"], "done": dice.randint(0, 1),
                    }  # fmt: skip
                    told[dice.choice(list(FORMS))] = dice.choice([NOTHING, NOT_APPLICABLE])
                    world.submit(quarter, provider, told, at=at, reason="Counted again" if days > 20 else "")
    return moments


@pytest.mark.parametrize("seed", [6, 17])
def test_trend_and_roll_ups_differ_in_nothing_from_sql_of_their_own(shared: Place, seed: int) -> None:
    shared.world.returns.clear()
    moments = planted_at_random(shared, seed)
    shared.world.returns.clear()
    for at in (*moments, moments[-1] + timedelta(days=400)):
        compared, wrong = differences(shared.reader, shared.quarters[-1], shared.world.lines.values(), at=at)
        assert wrong == []
        assert compared >= len(FORMS)


def test_the_sum_of_shares_is_no_mean_of_per_cents(shared: Place) -> None:
    """domain.md 17: 45 of 50 and 5 of 10 are 50 of 60, 83.3 %, not 70 %; 89.95 % is shown as 90.0 % and is below."""
    world, quarter = shared.world, shared.quarters[0]
    alpha, beta, gamma, *_ = world.providers.values()
    for provider, figure in ((alpha, (45, 50)), (beta, (5, 10)), (gamma, (0, 0))):
        world.submit(quarter, provider, {"l3": figure}, thresholds=NINETY)
    world.submit(shared.quarters[1], alpha, {"l3": (1799, 2000)}, thresholds=NINETY)
    world.returns.clear()
    over = slots(shared.reader, shared.quarters[1])
    *_, first, second = trend(shared.reader, world.commissioner.pk, over, [world.lines["l3"]])["l3"]
    assert (first.share, first.share.shown, first.nobody, first.measured) == (Share(50, 60), "83.3 %", 1, 2)
    assert (second.share.shown, second.state.value, second.short) == ("90.0 %", "near", 1)
    assert running_below([first, second]) == 2


def test_what_changed_between_two_moments_adds_up_and_names_each_return(shared: Place) -> None:
    world, quarter, line = shared.world, shared.quarters[1], shared.world.lines["l3"]
    alpha, beta, *_ = world.providers.values()
    monday, tuesday, friday = (moment(Q2 + timedelta(days=days)) for days in (20, 21, 24))
    world.submit(quarter, alpha, {"l3": (480, 580)}, at=monday)
    world.submit(quarter, beta, {"l3": (82, 96)}, at=tuesday)
    world.submit(quarter, alpha, {"l3": (490, 580)}, at=friday, reason="Ward 4 was left out")
    world.returns.clear()
    found = between(shared.reader, quarter, line, first=monday, second=friday)
    assert (found.before.share.shown, found.after.share, found.adds_up) == ("82.8 %", Share(572, 676), True)
    assert [(step.name, step.is_correction, step.added, step.running, step.reason) for step in found.steps] == [
        ("Beta", False, (82, 96), Share(562, 676), ""),
        ("Alpha", True, (10, 0), Share(572, 676), "Ward 4 was left out"),
    ]
    assert found.steps[1].before is not None
    assert (found.steps[1].before.counted, found.steps[1].after.counted) == ("480 of 580", "490 of 580")
    assert between(shared.reader, quarter, line, first=friday, second=friday).steps == ()
    monday_after = friday + timedelta(days=3)
    Figure.objects.known().filter(organisation=beta).update(known_to=monday_after)
    (gone,) = (undone := between(shared.reader, quarter, line, first=friday, second=monday_after)).steps
    assert (gone.name, gone.is_taken_back, gone.added_said, gone.running) == (
        "Beta", True, "-82 of -96", Share(490, 580),
    )  # fmt: skip
    assert undone.adds_up
