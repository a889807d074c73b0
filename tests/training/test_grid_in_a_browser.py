"""Figures written in a real browser with the keyboard alone: typed, pasted, undone, saved; and on a telephone.

What the browser says about counts and totals is what the server says: the same table is read by both.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from playwright.sync_api import Page, expect

from tests.factories.providers import CommissionerFactory
from tests.factories.training import a_figures_return, a_line, a_period, lead_of, submitted
from tests.journeys.conftest import Visitor, portal, visit
from tests.training.test_numbers import COUNTS, REFUSED
from training.checks import Counted
from training.models import AskedLine, Cell, FigureReturn, Group, HostCount, Line
from training.sheet import summary

__all__ = ["portal", "visit"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BLOCK = "Role\tRequired\tAchieved\t%\nGPs\t1,012\t1,000\t98.8%\nNurses\t20\t\t\nTotal\t1,032\t1,000\t97%\n"
PASTE = """(text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const pasting = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(pasting);
}"""
PASTED: dict[str, Any] = {
    "82\t96\r\n": [["82", "96"]],
    "\ufeff82\t96": [["82", "96"]],
    "Group\tStaff\t\n\tOf how many\tHow many\nNurses\t96\t82\nGrand total\t96\t82\n": [["96", "82"]],
    "1,799\t1 799\n": [["1,799", "1 799"]],
    "82\t1e309": "Row 1, cell 2 of what you pasted: “1e309” is not a number: enter a whole number such as 85",
    "82\n８２": "Row 2, cell 1 of what you pasted: “８２” is not a number: enter a whole number such as 85",
    "96\t0.85": "Row 1, cell 2 of what you pasted: “0.85” is not a whole number: enter how many, not a share",
    "96\t82\n96\t85%": "Row 2, cell 2 of what you pasted: “85%” is a per cent: enter how many",
    "96;82": "Row 1, cell 1 of what you pasted: “96;82” is not a number: enter a whole number such as 85",
    "96\t=A1": "Row 1, cell 2 of what you pasted: “=A1” is not a number: enter a whole number such as 85",
}
TOTALS = [
    ("share", "up", "90.000", 1799, 2000), ("share", "up", "90.000", 1800, 2000), ("share", "up", "87.500", 2, 3),
    ("share", "up", "90.000", 0, 0), ("share", "up", "", 1, 6), ("share", "down", "5.000", 3, 20),
    ("share", "down", "5.000", 1, 20), ("share", "none", "5.000", 1, 20), ("rate", "up", "1.000", 3, 2),
    ("count", "up", "", 7, None), ("count", "up", "", None, None), ("share", "up", "90.000", None, 3),
    ("share", "up", "0.125", 1, 801), ("share", "up", "100.000", 9_999_998, 9_999_999),
    ("share", "up", "90.000", 40, 37), ("share", "up", "90.000", 1, 3_000), ("share", "up", "100.000", 4_330, 4_332),
]  # fmt: skip


@pytest.fixture
def practice() -> FigureReturn:
    """Three roles by two lines, a line for everybody, and the quarter before."""
    commissioner = CommissionerFactory()
    for n, (code, name) in enumerate((("gp", "GPs"), ("nurse", "Nurses"), ("desk", "Reception"))):
        Group.objects.create(
            commissioner=commissioner, valid_from=date(2010, 4, 1), grouping="roles", code=code, name=name, position=n
        )
    lines = [
        a_line(commissioner, "children", name="Safeguarding children", split=Line.STAFF),
        a_line(commissioner, "adults", name="Safeguarding adults", split=Line.STAFF),
        a_line(commissioner, "dbs", name="DBS checks in date"),
        a_line(commissioner, "placed", name="Placed here", form="count", by_host=True),
    ]
    split: dict[str, Any] = {"groups": ("gp", "nurse", "desk"), "grouping": "roles", "roles_down": True}
    before = a_figures_return(a_period(commissioner, ends_on=date(2026, 6, 30)), None, lines[:1], **split)
    submitted(before, children={"gp": (4, 5), "nurse": (3, 3), "desk": (6, 8)})
    made = a_figures_return(a_period(commissioner), before.organisation, lines, threshold=90, **split)
    for_everybody = AskedLine.objects.filter(figure_return=made, code__in=["dbs", "placed"])
    for_everybody.update(groups=[])
    cells = Cell.objects.filter(asked__in=for_everybody)
    cells.filter(group="gp").update(group="")
    return made


def counted(figure_return: FigureReturn, code: str) -> dict[str, tuple[int | None, int | None]]:
    cells = Cell.objects.filter(asked__figure_return=figure_return, asked__code=code)
    return {cell.group: (cell.numerator, cell.denominator) for cell in cells.exclude(numerator=None, denominator=None)}


def here(page: Page) -> str:
    """The box in which the keyboard is."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label')"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def saved(page: Page) -> None:
    expect(page.locator("[data-autosave-status]").first).to_contain_text("Saved ")


def test_a_quarter_is_written_with_the_keyboard_alone(visit: Callable[..., Visitor], practice: FigureReturn) -> None:
    someone = visit(lead_of(practice.organisation))
    page = someone.goes_to(f"/figures/returns/{practice.reference}/write/")
    says = page.locator("[data-grid-said]")
    expect(page.locator("tfoot")).not_to_contain_text("13 of 16")
    expect(page.locator("thead").first).to_contain_text("Last known: 13 of 16, Q1 2026-27")
    someone.looks_right("figures-empty")

    page.get_by_label("Safeguarding children, GPs, of how many").focus()
    press(page, "5", "ArrowRight", "4", "Enter")
    assert here(page) == "Safeguarding children, Nurses, how many"
    press(page, "3", "ArrowLeft", "3", "Control+End")
    assert here(page) == "Safeguarding adults, Reception, how many"
    press(page, "Home")
    assert here(page) == "Safeguarding children, Reception, of how many"
    page.keyboard.type("8")
    press(page, "Tab")
    page.keyboard.type("66")
    expect(page.locator(".portal-grid__wrong")).to_have_text("66 of 8 is more than everybody")
    total = page.locator("tfoot [data-total]").first
    expect(total).to_have_text("Put right what is marked")
    press(page, "Escape")
    page.keyboard.type("6")
    press(page, "F2", "ArrowLeft", "Delete")
    page.keyboard.type("7")
    press(page, "Control+Home")
    assert here(page) == "Safeguarding children, GPs, of how many"
    expect(total).to_have_text("14 of 16, 87.5 %: 1 short of 90 %")
    saved(page)

    press(page, "ArrowRight", "ArrowRight")
    page.evaluate(PASTE, BLOCK)
    expect(says).to_have_text(
        "4 boxes pasted; the row of headings was left out; the row of totals was left out; "
        "the column of labels was left out; the column of per cents was left out"
    )
    adults = page.locator("tfoot [data-total]").nth(1)
    expect(adults).to_have_text("1,000 of 1,032, 96.9 %: meets 90 %")
    page.evaluate(PASTE, "10\t9\n12\t85%\n")
    expect(says).to_contain_text("Row 2, cell 2 of what you pasted: “85%” is a per cent: enter how many")
    press(page, "Control+z")
    expect(adults).to_have_text("")
    press(page, "Control+y")
    expect(adults).to_have_text("1,000 of 1,032, 96.9 %: meets 90 %")
    press(page, "Control+Home", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight", "Control+c")
    expect(says).to_have_text("6 boxes copied")
    press(page, "Control+Home", "ArrowRight", "ArrowRight", "Control+v")
    expect(says).to_have_text("6 boxes pasted")
    expect(adults).to_have_text("14 of 16, 87.5 %: 1 short of 90 %")
    press(page, "Control+z")
    expect(adults).to_have_text("1,000 of 1,032, 96.9 %: meets 90 %")
    press(page, "Control+Home", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Shift+ArrowRight")
    expect(says).to_have_text("4 boxes chosen")
    press(page, "Delete")
    expect(says).to_have_text("4 boxes emptied")
    press(page, "Control+z")
    saved(page)
    expect(page.locator("[data-autosave-status]").first).to_contain_text("Saved ")
    page.get_by_role("link", name="Go on").focus()
    press(page, "Enter")
    page.wait_for_url("**/check/")
    assert counted(practice, "children") == {"gp": (4, 5), "nurse": (3, 3), "desk": (7, 8)}
    assert counted(practice, "adults") == {"gp": (1000, 1012), "nurse": (None, 20)}

    page = someone.goes_to(f"/figures/returns/{practice.reference}/write/")
    expect(page.locator(".portal-asks").first).to_contain_text("Say why, and what is done about it")
    someone.looks_right("figures-written")
    agree(page)


def agree(page: Page) -> None:
    """The browser reads counts and adds up as the server does."""
    where = staticfiles_storage.url("portal/grid_numbers.js")

    def told(how: str, values: Any) -> Any:
        return page.evaluate(f"([where, values]) => import(where).then((m) => values.map({how}))", [where, values])

    assert told("(t) => m.readCount(t).count", [text for text, _ in COUNTS]) == [count for _, count in COUNTS]
    assert told("(t) => m.readCount(t).problem", list(REFUSED)) == list(REFUSED.values())
    where, said = staticfiles_storage.url("portal/grid_paste.js"), list(PASTED)
    read = told("(t) => { const { rows, problem } = m.readBlock(t); return rows ?? problem; }", said)
    assert read == [f"{each}. Nothing was pasted" if isinstance(each, str) else each for each in PASTED.values()]
    where = staticfiles_storage.url("portal/grid_numbers.js")
    asked = [
        [{"form": form, "direction": way, "threshold": limit}, {"numerator": n, "denominator": d}]
        for form, way, limit, n, d in TOTALS
    ]
    assert told("([how, sums]) => m.summary(how, sums)", asked) == [
        summary(form, Counted(None, d, n), Decimal(limit) if limit else None, way) for form, way, limit, n, d in TOTALS
    ]


def test_a_small_provider_writes_on_a_telephone_in_one_column(
    visit: Callable[..., Visitor], practice: FigureReturn
) -> None:
    AskedLine.objects.exclude(code__in=["dbs", "placed"]).filter(figure_return=practice).update(
        answer="nothing", answer_reason="None"
    )
    someone = visit(lead_of(practice.organisation), width=390)
    page = someone.goes_to(f"/figures/returns/{practice.reference}/write/")
    # Roles stand one below the other as well, each box behind its line, and nothing is as wide as a table.
    assert page.locator(".portal-grid[data-stacks]").evaluate("table => table.scrollWidth <= innerWidth")
    first = page.locator(".portal-grid[data-stacks] tbody td").first
    assert first.evaluate("cell => getComputedStyle(cell, '::before').content").startswith(
        '"Safeguarding children: of how many"'
    )
    expect(page.locator(".portal-grid__told")).to_contain_text("Last known: 13 of 16, Q1 2026-27")
    whole = page.get_by_label("DBS checks in date, of how many")
    box = whole.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    whole.fill("20")
    page.get_by_label("DBS checks in date, how many").fill("17")
    expect(page.locator(".portal-grid--plain [data-total]")).to_have_text("17 of 20, 85.0 %: 1 short of 90 %")
    saved(page)
    expect(page.locator("#words-training .portal-asks")).to_contain_text("17 of 20 is 85.0 %, below 90 %")
    hosts = page.locator("[data-hosts]")
    page.get_by_role("button", name="Add another host area").click()
    third = hosts.get_by_role("group", name="Host area 3", exact=True)
    third.get_by_role("textbox", name="Host area").fill("Wirral")
    third.get_by_label("Children").fill("4")
    third.get_by_label("Assurance from the host area").select_option("asked")
    first = hosts.get_by_role("group", name="Host area 1", exact=True)
    first.get_by_label("Children").fill("3")
    expect(hosts).to_contain_text("Together: 7")
    first.get_by_role("button", name="Remove").click()
    expect(hosts).to_contain_text("Together: 4")
    saved(page)
    nothing = page.get_by_label("Safeguarding children, GPs, how many")
    nothing.fill("3")
    below = page.locator("#words-all .nhsuk-error-message")
    expect(below).to_have_text("Safeguarding children: it says “Nothing to declare”, and there are figures. Remove one")
    page.get_by_role("link", name="Go on").click()
    told = page.locator("[data-grid-said]")
    expect(told).to_have_text("Not everything is saved yet. Put right what is marked, then go on.")
    expect(told).to_be_in_viewport()
    expect(page.locator("#words-all [name^=answer-]").first).to_be_focused()
    nothing.fill("")
    expect(below).to_have_count(0)
    someone.looks_right("figures-telephone")
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url("**/check/")
    assert counted(practice, "dbs") == {"": (17, 20)}
    assert list(HostCount.objects.values_list("area", "count", "assurance")) == [("Wirral", 4, "asked")]
