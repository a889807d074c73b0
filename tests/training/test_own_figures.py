"""A provider's own view: its own lines, and nothing from which anybody else's figure could be told."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.figures import Planted, a_line, planted
from tests.factories.providers import CategoryFactory
from training.resolver.peers import Quarter, standing
from training.words import cell_said

pytestmark = pytest.mark.django_db
Q1, Q2 = date(2025, 6, 30), date(2025, 9, 30)
HELD = {"l3": (Decimal(90), Decimal(10))}
# Planted so that each would be seen: 61.7 % of 47, 73.1 % of 67 and so on stand nowhere but in peers' rows.
PEERS = [(29, 47), (49, 67), (61, 71), (70, 73), (78, 79)]


@pytest.fixture(scope="module")
def world(beneath: Any) -> Iterator[Planted]:
    with beneath():
        made = planted(a_line("l3", name="Level three"))
        homes = CategoryFactory(code="HOMEX", name="Test home", plural="Test homes", tier="small")
        made.provider("Ours", category=homes)
        made.provider("Elsewhere Trust")
        for n in range(len(PEERS)):
            made.provider(f"Peer {n}", category=homes)
        yield made


def shown(world: Planted, sign_in: Any, name: str = "Ours") -> Any:
    return sign_in(someone(Role.PROVIDER_LEAD, world.providers[name])).get("/figures/own/")


def returned(world: Planted, period: Any, peers: list[tuple[int, int]]) -> None:
    world.submit(period, world.providers["Ours"], {"l3": (62, 72)}, thresholds=HELD)
    world.submit(period, world.providers["Elsewhere Trust"], {"l3": (1, 89)}, thresholds=HELD)
    for n, figure in enumerate(peers):
        world.submit(period, world.providers[f"Peer {n}"], {"l3": figure}, thresholds=HELD)


def test_own_lines_over_eight_quarters_with_threshold_shortfall_and_quarter(world: Planted, sign_in: Any) -> None:
    before, now = world.quarter(Q1), world.quarter(Q2)
    world.submit(before, world.providers["Ours"], {"l3": (60, 72)}, thresholds=HELD)
    returned(world, now, PEERS)
    page = shown(world, sign_in)
    (line,) = page.context["own"].lines
    assert [cell_said(cell) for cell in line.cells][-3:] == [
        "no figure", "60 of 72, 83.3 %, near threshold, 5 short", "62 of 72, 86.1 %, near threshold, 3 short",
    ]  # fmt: skip
    assert (line.below, line.peers.quarter, line.peers.others) == (2, Quarter.UPPER, 5)
    text = page.content.decode()
    assert "upper middle of 6" in text
    for n, (counted, whole) in enumerate(PEERS):
        assert (f"Peer {n}" in text, f"{counted} of {whole}" in text, f"{100 * counted / whole:.1f}" in text) == (
            False, False, False,
        )  # fmt: skip
    file = sign_in(someone(Role.PROVIDER_LEAD, world.providers["Ours"])).get(
        f"/figures/own/{world.returns[now, world.providers['Ours']].reference}/paper/"
    )
    assert (file.status_code, file.content[:5]) == (200, b"%PDF-")


def test_what_is_asked_now_leads_to_its_return_with_the_threshold_before_any_figure(
    world: Planted, sign_in: Any
) -> None:
    ours = world.providers["Ours"]
    world.submit(world.quarter(Q1), ours, {"l3": (60, 72)}, thresholds=HELD)
    asked = world.asked(world.quarter(Q2), ours)
    asked.lines.update(threshold=Decimal(95))
    page = shown(world, sign_in)
    (line,) = page.context["own"].lines
    assert (cell_said(line.now), line.threshold, line.below_said) == ("no figure", "95 %", "1")
    assert re.findall(r"returns/(\w+)/\"", page.content.decode()) == [asked.reference]
    short = line.cells[-2]
    assert replace(line, cells=[short, line.now, short], below=2).below_said == "2"
    met = replace(short, n=72)
    assert replace(line, cells=[short, met, short], below=1).below_said == "1"


def test_under_five_others_there_is_no_comparison(world: Planted, sign_in: Any) -> None:
    returned(world, world.quarter(Q2), PEERS[:4])
    page = shown(world, sign_in)
    (line,) = page.context["own"].lines
    assert (line.peers.quarter, line.peers.others, line.peers.too_few) == (None, 0, True)
    assert "For some lines too few have." in page.content.decode()
    assert not any(f" {quarter} of " in page.content.decode() for quarter in Quarter)


def test_while_returns_are_still_coming_in_there_is_no_comparison(world: Planted, sign_in: Any) -> None:
    running = world.quarter(date(2099, 6, 30))
    returned(world, running, PEERS)
    assert [line.peers for line in shown(world, sign_in).context["own"].lines] == [None]


def test_a_provider_does_not_reach_the_paper_of_another(world: Planted, sign_in: Any) -> None:
    returned(world, world.quarter(Q2), PEERS)
    client = sign_in(someone(Role.PROVIDER_LEAD, world.providers["Ours"]))
    theirs = next(made for (_, whose), made in world.returns.items() if whose.name == "Peer 0" and made.pk)
    assert client.get(f"/figures/own/{theirs.reference}/paper/").status_code == 404
    assert "Peer 0" not in client.get("/figures/own/", {"return": theirs.reference}).content.decode()


@pytest.mark.parametrize(
    ("own", "direction", "expected"),
    [
        (100, "up", Quarter.TOP),
        (80, "up", Quarter.TOP),
        (75, "up", Quarter.UPPER),
        (0, "up", Quarter.BOTTOM),
        (0, "down", Quarter.TOP),
        (90, "down", Quarter.BOTTOM),
    ],
)
def test_equals_share_the_better_quarter(own: int, direction: str, expected: Quarter) -> None:
    others = [Decimal(value) for value in (80, 80, 70, 60, 50, 40)]
    assert standing(own, others, direction, fewest=5).quarter == expected  # type: ignore[arg-type]
