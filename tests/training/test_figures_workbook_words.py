"""What stands beside the figures, by workbook and CSV: answers with their reasons, sources, comments, host areas."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.training import a_figures_return, a_line, a_period
from tests.factories.workbooks import opened, saved_again
from tests.training.test_figures_workbook import accept, as_rows, changed, client, compared, sent, shown, url
from training.models import AskedLine, FigureReturn, HostCount
from training.models.writing import Entry, HostEntry, LineEntry, record

__all__ = ["client"]
pytestmark = pytest.mark.django_db
SHARE, COUNT, PLACED = ("Line children-2", "Everybody"), ("Line allegations", "Everybody"), "Line placed"
OF, COUNTED = "G", "H"
# The columns are B to E: answer, reason, source, comment; and area, children, assurance, its day.
COMMENTED = "=2 courses were cancelled.\r\n\r\nNext in\u00a0May. \n- two more"


@pytest.fixture(scope="module")
def owed(beneath: Callable[[], AbstractContextManager[None]]) -> Iterator[FigureReturn]:
    """A share, a count, and children placed elsewhere by host area."""
    with beneath():
        period = a_period()
        whose = period.commissioner
        lines = [
            a_line(whose, "children-2"),
            a_line(whose, "allegations", form="count", family="indicator"),
            a_line(whose, "placed", form="count", family="indicator", by_host=True),
        ]
        made = a_figures_return(period, None, lines)
        someone(Role.PROVIDER_LEAD, made.organisation)
        yield made


def said(owed: FigureReturn) -> dict[str, tuple[str, ...]]:
    lines = owed.lines.values_list("code", "answer", "answer_reason", "source", "narrative")
    return {code: tuple(rest) for code, *rest in lines}


def hosts(owed: FigureReturn) -> list[tuple[Any, ...]]:
    found = HostCount.objects.filter(asked__figure_return=owed).order_by("area")
    return list(found.values_list("area", "count", "assurance", "held_on"))


def write(owed: FigureReturn, code: str, **words: Any) -> None:
    """What somebody saves online."""
    by = someone("PC", owed.organisation, name="Olive Other")
    record(owed, lines=[LineEntry(owed.lines.get(code=code).pk, **words)], by=by, at=timezone.now())


@pytest.fixture
def full(owed: FigureReturn) -> FigureReturn:
    """Everything that can be said is."""
    by = someone("PC", owed.organisation)
    record(owed, cells=[Entry(owed.lines.get(code="children-2").pk, numerator=8, denominator=10)], by=by,
           at=timezone.now())  # fmt: skip
    write(owed, "children-2", narrative=COMMENTED, source="esr")
    write(owed, "allegations", answer="nothing", answer_reason="There was  none")
    places = [HostEntry("Wirral / Sefton", 4, "held", date(2026, 5, 1)), HostEntry("+Éire", 2, "asked")]
    write(owed, "placed", hosts=places, narrative="- both known")
    return owed


def at(content: bytes, sheet: str, line: str, column: str, row: int = 0) -> str:
    """ "Host areas!B5": the so-many-eth row of a line."""
    found = opened(content).sheet(sheet)
    assert found is not None
    numbers = [number for number, cells in enumerate(found.rows, start=1) if cells and cells[0] == line]
    return f"{sheet}!{column}{numbers[row]}"


def answered(content: bytes, line: str, **cells: Any) -> dict[str, Any]:
    return {at(content, "Answers and comments", line, letter): value for letter, value in cells.items()}


def hosted(content: bytes, row: int, **cells: Any) -> dict[str, Any]:
    return {at(content, "Host areas", PLACED, letter, row): value for letter, value in cells.items()}


def filled(content: bytes, cells: dict[str, Any], *figures: Any) -> bytes:
    return saved_again(changed(content, *figures) if figures else content, cells)


def test_an_unchanged_file_says_no_difference(client: Any, full: FigureReturn) -> None:
    for name in ("file", "csv"):
        kept = sent(client, full, client.get(url(full, name)).content, f"figures.{name}")
        assert compared(client, kept) == {"rejected": [], "conflicts": [], "changed": []}
        assert (len(kept.rows), kept.notes) == (7, [])
        assert "There is nothing to save" in shown(client, kept).content.decode()


def test_everything_that_the_screen_takes_comes_in_by_the_file(client: Any, owed: FigureReturn) -> None:
    content = client.get(url(owed, "file")).content
    cells = (
        answered(content, SHARE[0], D="own system or records", E=COMMENTED[1:])
        | answered(content, COUNT[0], B="Does not apply to us", C="Adults only")
        | hosted(content, 0, B="Wirral", C=4, D="Assurance received from the host area", E=date(2026, 5, 1))
        | hosted(content, 1, B="Sefton", C="0", D="not asked for")
    )
    kept = sent(client, owed, filled(content, cells, (SHARE, OF, 20), (SHARE, COUNTED, 18)))
    before = said(owed)
    assert (before["children-2"], hosts(owed)) == (("figures", "", "", ""), [])
    names = ["Line children-2", "Line children-2, Answer and comment", "Line allegations, Answer and comment",
             "Line placed, Wirral", "Line placed, Sefton"]  # fmt: skip
    assert compared(client, kept) == {"rejected": [], "conflicts": [], "changed": names}
    assert accept(client, kept).status_code == 302
    tidy = COMMENTED[1:].replace("\r\n", "\n").replace("\u00a0", " ")
    assert said(owed) == {
        "children-2": ("figures", "", "own", tidy), "allegations": ("not_applicable", "Adults only", "", ""),
        "placed": ("figures", "", "", ""),
    }  # fmt: skip
    assert hosts(owed) == [("Sefton", 0, "not_asked", None), ("Wirral", 4, "held", date(2026, 5, 1))]
    became = client.get(url(owed, "copy", upload=kept.reference)).content
    assert {sheet.name for sheet in opened(became).sheets} - {"Lists"} == {
        "Figures", "Answers and comments", "Host areas",
    }  # fmt: skip

    # A name put right, assurance that is no longer held, and one more area; what the file does not have stays.
    content = client.get(url(owed, "file")).content
    cells = hosted(content, 1, B="Wirral MBC", D="Asked for, not received", E=None) | hosted(
        content, 2, B="Eire", C=1, D="Not asked for"
    )
    accept(client, sent(client, owed, filled(content, cells)))
    assert hosts(owed) == [
        ("Eire", 1, "not_asked", None), ("Sefton", 0, "not_asked", None), ("Wirral MBC", 4, "asked", None),
    ]  # fmt: skip


NOTHING = {"B": "Nothing to declare", "C": "There was none"}
HOST: dict[str, Any] = {"B": "Wirral", "C": 4, "D": "Asked for, not received"}
RECEIVED, TOMORROW = "Assurance received from the host area", date(2096, 5, 1)


@pytest.mark.parametrize(
    ("cells", "figures", "words"),
    [
        ((COUNT[0], {"B": "Nil return"}), [], "B5: “Nil return” is not one of the choices."),
        ((COUNT[0], {"B": "Nothing to declare"}), [], "C5: It says “Nothing to declare”. Say why as well."),
        ((COUNT[0], NOTHING), [(COUNT, COUNTED, 3)], "and the file has figures for this line. Remove one"),
        ((SHARE[0], NOTHING), [], "and there are figures online. Take them away there first."),
        ((SHARE[0], {"C": "There was none"}), [], "C4: Says why there are no figures, and the answer is “Figures”."),
        ((SHARE[0], {"E": "x" * 5001}), [], "E4: Has 5,001 characters; at most 5,000 are taken."),
        ((PLACED, {"C": 4, "D": "Not asked for"}), [], "B4: Enter the host area."),
        ((PLACED, {"B": "Wirral", "D": "Not asked for"}), [], "C4: Enter how many children."),
        ((PLACED, {"B": "Wirral", "C": 4}), [], "D4: Choose whether the host area has given assurance."),
        ((PLACED, HOST | {"C": "85%"}), [], "C4: “85%” is a per cent: enter how many."),
        ((PLACED, HOST | {"E": date(2026, 5, 1)}), [], "E4: Enter the day where assurance was received, and only"),
        ((PLACED, HOST | {"D": RECEIVED}), [], "E4: Enter the day where assurance was received, and only there."),
        ((PLACED, HOST | {"D": RECEIVED, "E": TOMORROW}), [], "E4: “1 May 2096” is a day in the future."),
        ((PLACED, HOST | {"B": "x" * 81}), [], "B4: Has 81 characters; at most 80 are taken."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_cell_and_not_stored(
    client: Any, owed: FigureReturn, cells: Any, figures: Any, words: str
) -> None:
    line, by_letter = cells
    if line == SHARE[0]:
        entry = Entry(owed.lines.get(code="children-2").pk, numerator=8, denominator=10)
        record(owed, cells=[entry], by=someone("PC", owed.organisation), at=timezone.now())
    before = said(owed)
    content = client.get(url(owed, "file")).content
    put = hosted(content, 0, **by_letter) if line == PLACED else answered(content, line, **by_letter)
    kept = sent(client, owed, filled(content, put, *figures))
    found = shown(client, kept).context["difference"]
    assert any(words in row.words for row in found.rejected), [row.words for row in found.rejected]
    assert accept(client, kept).status_code in (200, 302)
    assert (said(owed), hosts(owed)) == (before, [])


def test_an_area_stands_once_and_figures_wait_for_their_line(client: Any, full: FigureReturn) -> None:
    content = client.get(url(full, "file")).content
    cells = hosted(content, 2, B="wirral / SEFTON", C=1, D="Not asked for")
    kept = sent(client, full, filled(content, cells, (COUNT, COUNTED, 3)))
    found = shown(client, kept).context["difference"]
    assert [row.words for row in found.rejected] == [
        "H4: The line says “Nothing to declare”. Change that first, or take the figures out.",
        "B5: This area stands twice: also in Host areas, row 6. Keep one of them.",
        "B6: This area stands twice: also in Host areas, row 5. Keep one of them.",
    ]


def test_what_somebody_said_online_meanwhile_stays_unless_it_is_chosen(client: Any, full: FigureReturn) -> None:
    content = client.get(url(full, "file")).content
    cells = answered(content, SHARE[0], E="Ours") | hosted(content, 1, C=9)
    file = filled(content, cells)
    write(full, "children-2", narrative="Theirs", source="esr")
    write(full, "placed", hosts=[HostEntry("+Éire", 2, "asked")])
    kept = sent(client, full, file)
    conflicts = ["Line children-2, Answer and comment", "Line placed, Wirral / Sefton"]
    assert compared(client, kept) == {"rejected": [], "conflicts": conflicts, "changed": []}
    (number,) = [str(n) for n, row in enumerate(kept.rows) if row["typed"].get("narrative") == "Ours"]
    accept(client, kept, number)
    assert (said(full)["children-2"][3], hosts(full)) == ("Ours", [("+Éire", 2, "asked", None)])


def test_words_of_a_file_are_looked_through_for_what_may_identify_a_person(client: Any, owed: FigureReturn) -> None:
    content = client.get(url(owed, "file")).content
    kept = sent(client, owed, filled(content, answered(content, SHARE[0], E="It is 943 476 5919.")))
    refused = accept(client, kept)
    assert (refused.status_code, said(owed)["children-2"][3]) == (422, "")
    assert "These cells are not about a person" in refused.content.decode()


def test_a_csv_file_without_its_ids_is_known_by_its_names(client: Any, full: FigureReturn) -> None:
    rows = as_rows(client.get(url(full, "csv")).content)
    heads = rows[0]
    for row in rows[1:]:
        row[heads.index("Id")] = ""
        if row[heads.index("Comment")].startswith("'- both"):
            row[heads.index("Comment")] = "Both are known"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    kept = sent(client, full, out.getvalue().encode(), "figures.csv")
    assert [row["problems"] for row in kept.rows if row["problems"]] == []
    assert compared(client, kept) == {
        "rejected": [], "conflicts": [], "changed": ["Line placed, Answer and comment"],
    }  # fmt: skip
    accept(client, kept)
    assert AskedLine.objects.get(figure_return=full, code="placed").narrative == "Both are known"
