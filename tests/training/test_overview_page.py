"""Screen 7: who returned and who is missing, lines below threshold, the matrix, own staff, files and paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from tests.exports.conftest import of_csv, of_xlsx
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.figures import NOT_APPLICABLE, NOTHING, Planted, a_line, moment, planted
from tests.factories.providers import ArrangementFactory, CategoryFactory, CommissionerFactory, posted
from training.models import FigureReturn, LineSet, Period
from training.resolver.keeping import forget
from training.words import cell_said

pytestmark = pytest.mark.django_db
Q1, Q2 = date(2025, 6, 30), date(2025, 9, 30)
HELD = {"l3": (Decimal(90), Decimal(10)), "ig": (Decimal(95), Decimal(5))}


@dataclass
class Place:
    """A quarter of a commissioner with five providers: four returned, one did not, one line is a count."""

    world: Planted
    nurse: Any
    before: Period
    now: Period


@pytest.fixture(scope="module")
def place(beneath: Any) -> Iterator[Place]:
    with beneath():
        ours = CommissionerFactory(name="NHS Ours CCG")
        LineSet.objects.create(commissioner=ours, code="mine", name="Our lines", valid_from=date(2010, 4, 1))
        of = {"set_code": "mine", "commissioner": ours}
        lines = [
            a_line("l3", name="Safeguarding children level 3", short="Children 3", position=1, split="staff", **of),
            a_line("ig", name="Information governance", short="Information", position=2, **of),
            a_line("many", name="Referrals", short="Referrals", form="count", direction="none", position=3, **of),
        ]
        world = planted(*lines, commissioner=ours)
        homes = CategoryFactory(code="HOMEX", name="Test home", plural="Test homes", tier="small")
        for name in ("Alpha Trust", "Beta House", "Delta Home", "Epsilon Home", "Gamma Lodge"):
            world.provider(name, postcode="ZZ1 1AA", **({} if name == "Alpha Trust" else {"category": homes}))
        before, now = world.quarter(Q1), world.quarter(Q2)
        _submitted(world, before, now)
        yield Place(world, someone(Role.DESIGNATED_PROFESSIONAL, ours), before, now)


def _submitted(world: Planted, before: Period, now: Period) -> None:
    alpha, beta, delta, epsilon, gamma = (world.providers[name] for name in sorted(world.providers))
    told = {"thresholds": HELD}
    world.submit(before, gamma, {"l3": (82, 96)}, **told)
    world.submit(before, alpha, {"l3": (1700, 2000)}, **told)
    world.submit(now, alpha, {"l3": (1799, 2000), "ig": (100, 100), "many": 12}, **told)
    world.submit(now, beta, {"l3": (2, 3), "ig": (0, 0), "many": NOTHING}, **told)
    world.submit(now, delta, {"l3": (12, 12), "ig": NOT_APPLICABLE, "many": 0}, **told)
    world.asked(now, epsilon, **told)
    world.asked(now, gamma, **told)
    world.submit(
        now, world.commissioner, {"l3": (30, 40)}, parts={"l3": [("group", "governing_body", 3, 6)]}, **told
    )  # fmt: skip


def test_the_page_says_who_returned_names_the_missing_and_what_is_below(place: Place, sign_in: Any) -> None:
    page = sign_in(place.nurse).get("/figures/", {"period": place.now.reference})
    reading = page.context["reading"]
    text = page.content.decode()
    assert (reading.coverage.said, reading.coverage.names) == ("3 of 5 providers", ["Epsilon Home", "Gamma Lodge"])
    short = [(row.line.code, row.sum.share.counted, row.shown, row.sum.short, row.below) for row in reading.short_lines]
    assert short == [("l3", "1,813 of 2,015", "90.0 %", 1, 2)]
    assert "1,813 of 2,015" in text
    assert "Alpha Trust: 2,000 of 2,015" in text
    assert (reading.short_lines[0].sum.met, reading.short_lines[0].sum.judged) == (1, 3)


def words_of(cells: Any) -> list[str]:
    return [cell_said(cell) for cell in cells]


def test_the_matrix_holds_counts_value_and_state_hatches_gaps_and_keeps_the_four_kinds_of_nothing_apart(
    place: Place, sign_in: Any
) -> None:
    page = sign_in(place.nurse).get("/figures/", {"period": place.now.reference})
    assert {row.asked.name: words_of(row.cells) for row in page.context["matrix"]} == {
        "Alpha Trust": ["1,799 of 2,000, 90.0 %, near threshold, 1 short", "100 of 100, 100.0 %, at threshold", "12"],
        "Beta House": ["2 of 3, 66.7 %, below threshold, 1 short", "0 of 0, n/a", "nothing to declare"],
        "Delta Home": ["12 of 12, 100.0 %, at threshold", "does not apply", "0"],
        "Epsilon Home": ["No return received"] * 3,
        "Gamma Lodge": ["No return received"] * 3,
    }
    text = page.content.decode()
    assert text.count('<td><a class="portal-cell portal-cell--missing"') == 6
    # Hazard 9: what was known last quarter stands nowhere in the page.
    assert "82 of 96" not in text


def test_own_staff_and_the_governing_body_stand_in_the_table_and_in_no_sum(place: Place, sign_in: Any) -> None:
    page = sign_in(place.nurse).get("/figures/", {"period": place.now.reference})
    own = {name: words_of(cells) for name, _, cells in page.context["reading"].own}
    assert own == {
        "Own staff": ["30 of 40, 75.0 %, below threshold, 6 short", "not asked", "not asked"],
        "of whom Governing Body": ["3 of 6, 50.0 %, below threshold, 3 short", "not asked", "not asked"],
    }
    assert page.content.decode().count("NHS Ours CCG: ") >= 2
    assert page.context["reading"].summary[0].sum.d == 2015
    # Where our own return has not come, what it was not asked for is no gap.
    place.world.asked(place.before, place.world.commissioner, codes=["l3"])
    before = sign_in(place.nurse).get("/figures/", {"period": place.before.reference}).context["reading"].own
    assert [(name, words_of(cells)) for name, _, cells in before] == [
        ("Own staff", ["No return received", "not asked", "not asked"])
    ]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"below": "on"}, ["Alpha Trust", "Beta House"]),
        ({"category": "HOMEX"}, ["Beta House", "Delta Home", "Epsilon Home", "Gamma Lodge"]),
        ({"q": "home"}, ["Delta Home", "Epsilon Home"]),
        ({"q": "nobody", "lines": "set:none", "category": "NONE", "page": "99"}, []),
    ],
)
def test_the_filters_narrow_and_what_is_not_there_is_ignored(
    place: Place, sign_in: Any, asked: dict[str, str], names: list[str]
) -> None:
    page = sign_in(place.nurse).get("/figures/", {"period": place.now.reference, **asked})
    assert (page.status_code, [row.asked.name for row in page.context["matrix"]]) == (200, names)


def test_the_file_holds_exactly_the_matrix_and_names_who_is_missing(place: Place, sign_in: Any) -> None:
    client = sign_in(someone(Role.QUALITY_ANALYST, place.world.commissioner))
    asked = {"period": place.now.reference, "category": "HOMEX"}
    page = client.get("/figures/", asked)
    file = client.get("/exports/list/figures/file.csv", asked)
    _, lines = of_csv(file)
    assert [line["Provider"] for line in lines] == [
        "NHS Ours CCG: Own staff", "NHS Ours CCG: of whom Governing Body",
        *(row.asked.name for row in page.context["matrix"]),
    ]  # fmt: skip
    assert lines[2] == {
        "Provider": "Beta House", "Category": "Test home", "Children 3: counted": "2", "Children 3: of": "3",
        "Children 3: value": "66.7 %", "Children 3: threshold": "90 %", "Children 3: state": "below threshold",
        "Information: counted": "0", "Information: of": "0", "Information: value": "n/a",
        "Information: threshold": "95 %", "Information: state": "n/a", "Referrals: counted": "",
        "Referrals: threshold": "", "Referrals: state": "nothing to declare",
    }  # fmt: skip
    said = {line["Provider"]: (line["Children 3: counted"], line["Children 3: state"]) for line in lines}
    assert (said["Epsilon Home"], lines[0]["Information: state"]) == (("", "No return received"), "not asked")
    _, (heads, *rows) = of_xlsx(client.get("/exports/list/figures/file.xlsx", asked))
    beta = dict(zip(heads, rows[2], strict=True))
    assert (beta["Children 3: value"], beta["Information: value"]) == (0.667, "n/a")
    marks = page.content.decode().count(
        '<span aria-hidden="true">·</span><span class="nhsuk-u-visually-hidden">not asked'
    )
    assert marks == sum(value == "not asked" for line in lines for value in line.values())
    assert "2 of 4 providers, Q2 2025-26, as at 30 September 2025. Missing: Epsilon" in file.content.decode("utf-8-sig")
    above, (heads, *rows) = of_xlsx(client.get("/exports/list/figure-lines/file.xlsx", {"period": place.now.reference}))
    first = dict(zip(heads, rows[0], strict=True))
    assert (first["Counted"], first["Of"], first["Short"], first["Periods below"]) == (1813, 2015, 1, 2)
    assert (first["Missing"], first["Biggest contributor"]) == ("Epsilon Home; Gamma Lodge", "Alpha Trust")
    assert any("Missing: Epsilon Home; Gamma Lodge" in line for line in above)


def test_the_paper_is_made_for_a_meeting_and_the_public_one_hides_small_numbers(place: Place, sign_in: Any) -> None:
    client = sign_in(place.nurse)
    asked = {"period": place.now.reference}
    whole, public = (client.get("/figures/paper/", {**asked, **more}) for more in ({}, {"part": "public"}))
    assert [each["Content-Type"] for each in (whole, public)] == ["application/pdf"] * 2
    assert whole.content[:5] == public.content[:5] == b"%PDF-"


def test_a_page_asks_no_more_than_twelve_statements_whatever_the_rows(place: Place, sign_in: Any) -> None:
    client = sign_in(place.nurse)
    paths = [
        ("/figures/", {}), ("/figures/", {"below": "on"}), ("/figures/lines/l3/", {}),
        ("/figures/looked-after-children/", {}), ("/figures/lines/l3/changes/", {}),
    ]  # fmt: skip
    for path, asked in paths:
        forget()
        with CaptureQueriesContext(connection) as asked_for:
            page = client.get(path, {"period": place.now.reference, **asked})
        told = [each["sql"] for each in asked_for if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "SET"))]
        assert (page.status_code, len(told) <= 12) == (200, True), (path, len(told), told)


def test_a_line_has_its_trend_roll_ups_and_every_provider_with_what_was_last_known_as_words(
    place: Place, sign_in: Any
) -> None:
    page = sign_in(place.nurse).get("/figures/lines/l3/", {"period": place.now.reference})
    whole = [(label, each.share.counted, each.state.value) for label, each in page.context["whole"]][-2:]
    assert whole == [("Q1 2025-26", "1,782 of 2,096", "near"), ("Q2 2025-26", "1,813 of 2,015", "near")]
    assert [each.given for _, each in page.context["whole"]] == [0, 0, 0, 0, 0, 0, 2, 3]
    by_category, by_area = page.context["places"]
    assert {name: over[-1].share.counted for name, over in by_category["over"].items()} == {
        "Acute or general hospital trust": "1,799 of 2,000", "Test home": "14 of 15",
    }  # fmt: skip
    assert {name: over[-1].share.counted for name, over in by_area["over"].items()} == {"ZZ1": "1,813 of 2,015"}
    assert {row.asked.name: known for row, _, known in page.context["rows"]} == {
        "Alpha Trust": "", "Beta House": "", "Delta Home": "", "Epsilon Home": "",
        "Gamma Lodge": "last known 82 of 96, Q1 2025-26",
    }  # fmt: skip


def test_a_lines_file_holds_its_table_as_it_stands_and_can_be_frozen(place: Place, sign_in: Any) -> None:
    client, asked = sign_in(someone(Role.QUALITY_ANALYST, place.world.commissioner)), {"period": place.now.reference}
    page = client.get("/figures/lines/l3/", asked)
    query = f"?line=l3&amp;period={place.now.reference}"
    links = [f"/exports/list/figure-line/{end}{query}" for end in ("file.xlsx", "file.csv", "freeze/")]
    assert [link for link in links if link not in page.content.decode().replace(
        f"?period={place.now.reference}&amp;line=l3", query)] == []  # fmt: skip
    file = client.get("/exports/list/figure-line/file.csv", {**asked, "line": "l3"})
    stamp, lines = of_csv(file)
    assert (stamp["Filter"], stamp["Commissioner"]) == (
        "Line: Safeguarding children level 3; Period: Q2 2025-26", "NHS Ours CCG",
    )  # fmt: skip
    assert [(line["Provider"], line["Remark"]) for line in lines] == [
        (row.asked.name, known) for row, _, known in page.context["rows"]
    ]
    assert lines[0] == {
        "Provider": "Alpha Trust", "Category": "Acute or general hospital trust", "Counted": "1799", "Of": "2000",
        "Value": "90.0 %", "Threshold": "90 %", "State": "near threshold", "To reach it": "1 short", "Remark": "",
    }  # fmt: skip
    assert (lines[4]["Counted"], lines[4]["State"]) == ("", "No return received")
    whole = (
        "All providers: 1,813 of 2,015, 90.0 %, near threshold, 1 short, threshold 90 %, 1 of 3 providers at threshold."
    )
    assert whole in file.content.decode("utf-8-sig")
    missing = "3 of 5 with a figure, Q2 2025-26, as at 30 September 2025. Missing: Epsilon Home; Gamma Lodge."
    assert missing in file.content.decode("utf-8-sig")
    freeze = "/exports/list/figure-line/freeze/?line=l3"
    frozen = client.post(freeze, posted(client.get(freeze), why="For the quality committee"), follow=True)
    assert frozen.context["table"].title == "Children 3, Q2 2025-26"
    cells = [cell for row in frozen.context["rows"] for cell in row]
    assert ("1799" in cells, "90.0 %" in cells, "No return received" in cells) == (True, True, True)
    for wrong in ("file.csv?line=unknown", "file.csv?line=../x", "freeze/?line=../x"):
        assert client.get(f"/exports/list/figure-line/{wrong}").status_code == 404


def test_who_may_not_is_told_nothing(place: Place, sign_in: Any) -> None:
    lead = someone(Role.PROVIDER_LEAD, place.world.providers["Alpha Trust"])
    other = someone(Role.DESIGNATED_PROFESSIONAL, CommissionerFactory())
    theirs = place.world.returns[place.now, place.world.providers["Alpha Trust"]].reference
    for path in ("/figures/", "/figures/paper/", "/figures/lines/l3/", f"/figures/lines/l3/{theirs}/"):
        assert sign_in(lead).get(path, {"period": place.now.reference}).status_code == 404
    client = sign_in(other)
    page = client.get("/figures/", {"period": place.now.reference})
    assert (page.status_code, "Alpha" in page.content.decode()) == (200, False)
    assert client.get("/figures/lines/l3/", {"period": place.now.reference}).status_code == 404
    assert client.get(f"/figures/lines/l3/{theirs}/").status_code == 404


def test_what_stands_behind_a_figure_is_every_version_group_by_group(place: Place, sign_in: Any) -> None:
    world, alpha = place.world, place.world.providers["Alpha Trust"]
    # A practice and a care home have nurses each, by other names.
    FigureReturn.objects.filter(organisation=alpha).update(grouping="practice_roles")
    parts = {"l3": [("group", "nurses", 1000, 1200), ("group", "gps", 805, 800)]}
    said = {"at": moment(date(2025, 11, 5)), "reason": "Ward 4", "words": {"l3": "Two courses were cancelled"}}
    world.submit(place.now, alpha, {"l3": (1805, 2000)}, parts=parts, **said)
    made = world.returns[place.now, alpha]
    page = sign_in(place.nurse).get(f"/figures/lines/l3/{made.reference}/")
    found = page.context["found"]
    assert [(each.number, each.reason, each.total.counted, each.until is None) for each in found.versions] == [
        (2, "Ward 4", "1,805 of 2,000", True), (1, "", "1,799 of 2,000", False),
    ]  # fmt: skip
    rows = [(name[:7], [cell and cell.counted for cell in cells]) for name, cells in found.rows]
    assert rows == [("Practic", ["1,000 of 1,200", None]), ("GPs", ["805 of 800", None])]
    # What the provider wrote is for those who may read returns, not for everybody who sees what they come to.
    board = sign_in(someone(Role.GOVERNING_BODY, world.commissioner)).get(f"/figures/lines/l3/{made.reference}/")
    assert [each.words for each in found.versions] == ["Two courses were cancelled", ""]
    assert [each.words for each in board.context["found"].versions] == ["", ""]
    gap = world.returns[place.now, world.providers["Gamma Lodge"]].reference
    text = sign_in(place.nurse).get(f"/figures/lines/l3/{gap}/").content.decode()
    assert "No return received. It was due on" in text
    assert sign_in(place.nurse).get(f"/figures/lines/unknown/{gap}/").status_code == 404


def test_what_changed_says_which_return_moved_the_sum_and_dates_out_of_order_are_sent_back(
    place: Place, sign_in: Any
) -> None:
    client, path = sign_in(place.nurse), "/figures/lines/l3/changes/"
    days = {"first_day": "27", "first_month": "10", "first_year": "2025"}
    page = client.get(path, {"period": place.now.reference, **days})
    change = page.context["change"]
    assert [(step.name, step.added_said, step.running.shown) for step in change.steps] == [
        ("Alpha Trust", "+1,799 of +2,000", "90.0 %"), ("Beta House", "+2 of +3", "89.9 %"),
        ("Delta Home", "+12 of +12", "90.0 %"),
    ]  # fmt: skip
    assert (change.before.given, change.adds_up) == (0, True)
    wrong = {"second_day": "1", "second_month": "10", "second_year": "2025"}
    answer = client.get(path, {"period": place.now.reference, **days, **wrong})
    assert (answer.status_code, "Enter a day after the first one." in answer.content.decode()) == (422, True)
    assert client.get(path, {**days, "first_day": "99"}).status_code == 422


def test_late_assessments_have_their_reasons_and_placements_what_the_host_has_said(place: Place, sign_in: Any) -> None:
    of = {"commissioner": place.world.commissioner, "set_code": "mine"}
    world = planted(
        a_line("iha", name="Initial assessments", split="age_bands", reasons="late_reasons", **of),
        a_line("away", name="Placed elsewhere", form="count", by_host=True, direction="none", **of),
        commissioner=place.world.commissioner,
    )  # fmt: skip
    quarter, provider = world.quarter(date(2025, 12, 31)), place.world.providers["Alpha Trust"]
    host = {"numerator": 4, "assurance": "held", "held_on": date(2025, 12, 1)}
    parts = {
        "iha": [("group", "0_4", 3, 4), ("reason", "consent", 2), ("reason", "capacity", 1)],
        "away": [("host", "Northwold", host), ("host", "Eastmere", {"numerator": 3, "assurance": "asked"})],
    }
    world.submit(quarter, provider, {"iha": (6, 10), "away": 7}, parts=parts)
    page = sign_in(place.nurse).get("/figures/looked-after-children/", {"period": quarter.reference})
    (late,), (away,) = page.context["assessments"], page.context["placements"]
    assert (late.row.sum.share.counted, late.late, late.unexplained) == ("6 of 10", 4, 1)
    assert [n for _, n in late.reasons] == [2, 1]
    assert [(host.area, host.children, host.held, host.asked) for host in away.hosts] == [
        ("Northwold", 4, 4, 0), ("Eastmere", 3, 0, 3),
    ]  # fmt: skip
    assert away.without == 3


def test_hazard_29_the_lead_counts_a_shared_provider_and_the_associate_names_it(place: Place, sign_in: Any) -> None:
    world, other = place.world, planted(a_line("else"), commissioner=CommissionerFactory())
    alpha = world.providers["Alpha Trust"]
    ArrangementFactory(commissioner=other.commissioner, organisation=alpha, part="associate")
    theirs = other.quarter(Q2)
    other.submit(theirs, other.provider("Their Own"), {"else": (1, 2)})
    page = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, other.commissioner)).get("/figures/")
    reading = page.context["reading"]
    assert ([row.sum.d for row in reading.summary], reading.coverage.said) == ([2], "1 of 1 provider")
    assert reading.led_by_others == ["Alpha Trust"]
    assert "1,799" not in page.content.decode()
    # Whoever acts for both goes from the one to the other; the other reader is told of no other.
    both = someone(Role.DESIGNATED_PROFESSIONAL, other.commissioner)
    MembershipFactory(user=both, organisation=world.commissioner, role=Role.DESIGNATED_PROFESSIONAL)
    beside = sign_in(both).get("/figures/", {"period": theirs.reference}).context["reading"].elsewhere
    assert (beside, reading.elsewhere) == ([place.now], [])
    ours = sign_in(place.nurse).get("/figures/", {"period": place.now.reference}).context["reading"]
    assert (ours.summary[0].sum.d, ours.led_by_others) == (2015, [])


@pytest.mark.parametrize(
    ("role", "ways"),
    [
        (Role.DESIGNATED_PROFESSIONAL, "exception-report looked-after recovery oddities queries returns measured"),
        (Role.GOVERNING_BODY, "exception-report looked-after"),
    ],
)
def test_everything_about_figures_is_one_step_from_the_overview_for_whom_it_is_there(
    place: Place, sign_in: Any, role: Role, ways: str
) -> None:
    text = sign_in(someone(role, place.world.commissioner)).get("/figures/").content.decode()
    newest = sign_in(place.nurse).get("/figures/").context["reading"].period.reference
    at = f"?period={newest}"
    led = {
        "exception-report": f"exception-report/{at}", "looked-after": f"looked-after-children/{at}",
        "recovery": "recovery/", "oddities": f"periods/{newest}/oddities/", "queries": "queries/",
        "returns": f"returns/{at}", "measured": "measured/",
    }  # fmt: skip
    assert [name for name, path in led.items() if f'href="/figures/{path}"' in text] == ways.split()
    assert f'href="/figures/periods/{newest}/"' in text
    profile = f'href="/providers/{place.world.providers["Alpha Trust"].reference}/"'
    pages = text, sign_in(someone(role, place.world.commissioner)).get("/figures/lines/l3/").content.decode()
    assert [profile in each for each in pages] == [role is not Role.GOVERNING_BODY] * 2
    assert 'href="/figures/periods/"' in text


def test_what_is_kept_is_asked_again_as_soon_as_a_return_comes_in_or_is_corrected(place: Place, sign_in: Any) -> None:
    world, client, asked = place.world, sign_in(place.nurse), {"period": place.now.reference}

    def sums() -> tuple[Any, ...]:
        reading = client.get("/figures/", asked).context["reading"]
        row = reading.summary[0]
        return reading.coverage.said, row.sum.share.counted, [each.name for each in row.missing]

    assert sums() == sums() == ("3 of 5 providers", "1,813 of 2,015", ["Epsilon Home", "Gamma Lodge"])
    with CaptureQueriesContext(connection) as asked_for:
        client.get("/figures/", asked)
    assert not any("sum(" in each["sql"].lower() and 'training_figure"' in each["sql"] for each in asked_for)
    world.submit(place.now, world.providers["Gamma Lodge"], {"l3": (5, 10), "ig": (1, 1), "many": 1})
    assert sums() == ("4 of 5 providers", "1,818 of 2,025", ["Epsilon Home"])
    corrected = {"l3": (9, 10), "ig": (1, 1), "many": 1}
    world.submit(place.now, world.providers["Gamma Lodge"], corrected, at=moment(date(2025, 12, 1)), reason="Wrong")
    assert sums() == ("4 of 5 providers", "1,822 of 2,025", ["Epsilon Home"])
