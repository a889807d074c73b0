"""Figures by workbook and CSV: written, filled in elsewhere, compared, accepted; nothing is saved before that."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from design.workbooks.reading import Workbook
from design.workbooks.writing import STAMP
from tests.factories.accounts import someone
from tests.factories.training import a_figures_return, a_line, a_period, submitted
from tests.factories.workbooks import opened, saved_again, upload
from training.models import Cell, FigureReturn, FigureWorkbook, Group
from training.models.writing import Entry, record_cells

pytestmark = pytest.mark.django_db
IN_POST, OF, COUNTED, DAY = "F", "G", "H", "I"


@pytest.fixture(scope="module")
def owed(beneath: Callable[[], AbstractContextManager[None]]) -> Iterator[FigureReturn]:
    """Training by two staff groups, a count and a milestone."""
    with beneath():
        period = a_period()
        whose = period.commissioner
        for position, code in enumerate(("nursing", "medical")):
            Group.objects.create(
                commissioner=whose, grouping="staff", code=code, name=code.title(), position=position,
                valid_from=date(2020, 4, 1),
            )  # fmt: skip
        lines = [
            a_line(whose, "children-2", split="staff", headcount=True),
            a_line(whose, "allegations", form="count", family="indicator"),
            a_line(whose, "policy", form="milestone", family="indicator"),
        ]
        made = a_figures_return(period, None, lines, groups=("nursing", "medical"), grouping="staff", threshold=90)
        made.lines.exclude(code="children-2").update(groups=[])
        someone(Role.PROVIDER_LEAD, made.organisation)
        yield made


@pytest.fixture
def client(owed: FigureReturn, sign_in: Any) -> Any:
    return sign_in(someone(Role.PROVIDER_LEAD, owed.organisation))


def url(owed: FigureReturn, name: str = "", desk: str = "return", **more: Any) -> str:
    route = f"training:{desk}-workbook{'-' if name else ''}{name}"
    return reverse(route, kwargs={"reference": owed.reference, **more})


def place(content: bytes, line: str, group: str, column: str) -> str:
    for sheet in opened(content).sheets:
        for number, row in enumerate(sheet.rows):
            if row[:2] == [line, group]:
                return f"{sheet.name}!{column}{number + 1}"
    raise AssertionError((line, group))


NURSES, DOCTORS = ("Line children-2", "Nursing"), ("Line children-2", "Medical")
COUNT, MILESTONE = ("Line allegations", "Everybody"), ("Line policy", "Everybody")


def changed(content: bytes, *changes: tuple[tuple[str, str], str, Any], **more: Any) -> bytes:
    return saved_again(content, {place(content, *where, column): value for where, column, value in changes}, **more)


def sent(client: Any, owed: FigureReturn, content: bytes, name: str = "figures.xlsx") -> FigureWorkbook:
    done = client.post(url(owed), {"file": upload(content, name)})
    assert done.status_code == 302, str(done.context["form"].errors)
    return FigureWorkbook.objects.get(reference=done["Location"].rstrip("/").rsplit("/", 1)[1])


def shown(client: Any, kept: FigureWorkbook) -> Any:
    return client.get(url(kept.figure_return, "difference", upload=kept.reference))


def compared(client: Any, kept: FigureWorkbook) -> dict[str, list[str]]:
    difference = shown(client, kept).context["difference"]
    return {kind: [row.name for row in getattr(difference, kind)] for kind in ("rejected", "conflicts", "changed")}


def accept(client: Any, kept: FigureWorkbook, *take: str) -> Any:
    page = shown(client, kept)
    digest = page.context["difference"].digest
    return client.post(page.request["PATH_INFO"], {"digest": digest, "take": list(take)})


def written(owed: FigureReturn) -> dict[str, tuple[Any, ...]]:
    """Every box that holds something."""
    cells = Cell.objects.filter(asked__figure_return=owed).exclude(numerator=None, denominator=None, headcount=None)
    return {
        f"{cell.asked.code}/{cell.group}": (cell.headcount, cell.denominator, cell.numerator, cell.reached_on)
        for cell in cells.select_related("asked")
    }


def write(owed: FigureReturn, code: str, group: str, by: Any, **numbers: Any) -> None:
    entry = Entry(owed.lines.get(code=code).pk, "group", group, **numbers)
    record_cells(owed, [entry], by=by, at=timezone.now())


def test_nothing_is_saved_before_the_difference_is_accepted(client: Any, owed: FigureReturn) -> None:
    content = client.get(url(owed, "file")).content
    assert [(sheet.name, sheet.hidden) for sheet in opened(content).sheets] == [
        ("Read me", False), ("Training", False), ("Key indicators", False), ("Answers and comments", False),
        ("Lists", True), (STAMP, True),
    ]  # fmt: skip
    kept = sent(client, owed, changed(
        content, (NURSES, IN_POST, 120), (NURSES, OF, "1,100"), (NURSES, COUNTED, 99), (COUNT, COUNTED, 0),
        (MILESTONE, COUNTED, "yes"), (MILESTONE, DAY, date(2026, 9, 1)),
    ), "../Our figures.xlsx")  # fmt: skip
    assert written(owed) == {}
    assert compared(client, kept) == {
        "rejected": [], "conflicts": [], "changed": ["Line children-2, Nursing", "Line allegations", "Line policy"],
    }  # fmt: skip
    assert accept(client, kept).status_code == 302
    assert written(owed) == {
        "children-2/nursing": (120, 1100, 99, None), "allegations/": (None, None, 0, None),
        "policy/": (None, None, 1, date(2026, 9, 1)),
    }  # fmt: skip
    kept.refresh_from_db()
    assert (kept.state, kept.file_name, accept_again(client, kept)) == ("accepted", "Our figures.xlsx", 200)
    copy = opened(client.get(url(owed, "copy", upload=kept.reference)).content)
    became = {row[0]: row[-1] for sheet in copy.sheets for row in sheet.rows if len(row) == 7}
    assert became["Line allegations"] == "Taken: how many"
    again = sent(client, owed, client.get(url(owed, "file")).content)
    assert compared(client, again) == {"rejected": [], "conflicts": [], "changed": []}


def accept_again(client: Any, kept: FigureWorkbook) -> int:
    """What was accepted once is shown, and saves nothing again."""
    return client.post(url(kept.figure_return, "difference", upload=kept.reference), {"digest": "x"}).status_code


def as_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def filled_csv(client: Any, owed: FigureReturn, **told: Any) -> bytes:
    """The CSV file with 50 of 60 nurses, saved in another way."""
    rows = as_rows(client.get(url(owed, "csv")).content)
    for row in rows:
        if row[:2] == list(NURSES):
            row[6:8] = ["60", "50"]
        row[0] = row[0].replace("Line", told.get("line", "Line"))
    out = io.StringIO()
    csv.writer(out, delimiter=told.get("separator", ",")).writerows(rows)
    return out.getvalue().encode(told.get("encoding", "utf-8"))


@pytest.mark.parametrize(
    "told",
    [
        {}, {"encoding": "utf-8-sig"}, {"separator": ";"}, {"separator": "\t"},
        {"separator": ";", "encoding": "cp1252", "line": "Été"}, {"separator": "\t", "encoding": "utf-16"},
        {"separator": ";", "encoding": "utf-16-le"}, {"separator": "|", "encoding": "utf-16-be"},
    ],
)  # fmt: skip
def test_a_csv_file_is_read_however_it_was_saved(client: Any, owed: FigureReturn, told: Any) -> None:
    kept = sent(client, owed, filled_csv(client, owed, **told), "figures.csv")
    assert compared(client, kept) == {"rejected": [], "conflicts": [], "changed": ["Line children-2, Nursing"]}
    accept(client, kept)
    assert written(owed) == {"children-2/nursing": (None, 60, 50, None)}


MORE = "90 of 80 is more than there are. Are the two columns swapped?"
DATED = "“30 September 2026” is not a number: enter a whole number such as 85."
BOTH = ((NURSES, OF, 100), (NURSES, COUNTED, 90))


@pytest.mark.parametrize(
    ("typed", "cell", "words"),
    [
        ([(NURSES, COUNTED, "ninety")], COUNTED, "“ninety” is not a number: enter a whole number such as 85."),
        ([(NURSES, COUNTED, "1e309")], COUNTED, "“1e309” is not a number: enter a whole number such as 85."),
        ([(NURSES, COUNTED, 1e300)], COUNTED, "“1e+300” is not a number: enter a whole number such as 85."),
        ([(NURSES, COUNTED, "９０")], COUNTED, "“９０” is not a number: enter a whole number such as 85."),
        ([(NURSES, COUNTED, "85%")], COUNTED, "“85%” is a per cent: enter how many."),
        ([(NURSES, COUNTED, 0.85)], COUNTED, "“0.85” is not a whole number: enter how many, not a share."),
        ([(NURSES, COUNTED, -3)], COUNTED, "“-3” is below nought: enter how many."),
        ([(NURSES, OF, 99_999_999)], OF, "“99999999” is more than 9,999,999."),
        ([(NURSES, OF, 80), (NURSES, COUNTED, 90)], COUNTED, MORE),
        (
            [(NURSES, COUNTED, '=WEBSERVICE("http://outside.example")')], COUNTED,
            "Is a formula that uses WEBSERVICE, which is not read here. Type the value itself.",
        ),
        ([(NURSES, COUNTED, date(2026, 9, 30))], COUNTED, DATED),
        ([(COUNT, OF, 5)], OF, "Is not asked for this line. Leave the cell empty."),
        ([(MILESTONE, COUNTED, "perhaps")], COUNTED, "“perhaps” is neither yes nor no. Write Yes or No."),
        ([(MILESTONE, DAY, "soon")], DAY, "“soon” is not a date. Write it as 3 May 2026 or 03/05/2026."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_cell_is_named_and_not_stored(
    client: Any, owed: FigureReturn, typed: Any, cell: str, words: str
) -> None:
    content = client.get(url(owed, "file")).content
    where = typed[-1][0]
    kept = sent(client, owed, changed(content, (DOCTORS, OF, 10), (DOCTORS, COUNTED, 9), *typed))
    ref = place(content, *where, cell).partition("!")[2]
    assert [row["problems"] for row in kept.rows if row["problems"]] == [[{"cell": ref, "words": words}]]
    page = shown(client, kept).content.decode()
    assert f"<strong>{ref}</strong>" in page
    assert accept(client, kept).status_code == 302
    assert written(owed) == {"children-2/medical": (None, 10, 9, None)}


def totals_row(book: Workbook) -> None:
    sheet = book.sheet("Training")
    assert sheet
    sheet.rows.append(["Total", None, None, None, None, 200, 160, 140])


def second_sheet(book: Workbook) -> None:
    sheet = book.sheet("Training")
    assert sheet
    book.sheets.append(type(sheet)("Training (2)", False, [list(row) for row in sheet.rows]))


def without_ids(book: Workbook) -> None:
    for sheet in book.sheets[1:3]:
        sheet.rows = [row[:9] for row in sheet.rows]


def other_order(book: Workbook) -> None:
    """Columns and rows stand the other way round."""
    for sheet in book.sheets[1:3]:
        sheet.rows = [row[::-1] for row in [*sheet.rows[:3], *reversed(sheet.rows[3:])]]


def swapped_headings(book: Workbook) -> None:
    sheet = book.sheet("Training")
    assert sheet
    sheet.rows[2][6:8] = sheet.rows[2][6:8][::-1]


def without_a_column(book: Workbook) -> None:
    sheet = book.sheet("Training")
    assert sheet
    sheet.rows = [[*row[:7], *row[8:]] for row in sheet.rows]


N = "Line children-2, Nursing"
D = "Line children-2, Medical"


@pytest.mark.parametrize(
    ("change", "rejected", "taken", "words"),
    [
        (totals_row, ["Total"], [N, D], "A row of totals is not needed"),
        (second_sheet, [N, D, N, D], [], "stand twice: also in Training (2), row 4"),
        (without_ids, [], [N, D], ""),
        (other_order, [], [N, D], ""),
        (swapped_headings, [N, D], [], "In 2 of 2 rows more are counted than there are"),
        (without_a_column, [], [], "The column “How many” of the sheet “Training” is missing"),
    ],
)
def test_moved_doubled_and_missing_parts(
    client: Any, owed: FigureReturn, change: Any, rejected: list[str], taken: list[str], words: str
) -> None:
    content = client.get(url(owed, "file")).content
    kept = sent(client, owed, changed(content, *BOTH, (DOCTORS, OF, 60), (DOCTORS, COUNTED, 50), change=change))
    found = compared(client, kept)
    assert (found["rejected"], sorted(found["changed"])) == (rejected, sorted(taken))
    assert words in f"{kept.rows}{kept.notes}"


def merged(content: bytes, ref: str) -> bytes:
    """The same file with cells of the training sheet merged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet2.xml":
                cells = f'</sheetData><mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'.encode()
                part = part.replace(b"</sheetData>", cells)
            new.writestr(name, part)
    return out.getvalue()


def test_merged_cells_do_not_count_twice_and_merged_headings_are_missed(client: Any, owed: FigureReturn) -> None:
    content = client.get(url(owed, "file")).content
    filled = changed(content, (NURSES, OF, 100), (NURSES, COUNTED, 90))
    kept = sent(client, owed, merged(filled, "G4:G5"))
    assert [each for row in kept.rows for each in row["problems"]] == [
        {"cell": "G5", "words": "Is part of merged cells. Undo the merging and write every figure in its own cell."}
    ]

    def no_heading(book: Workbook) -> None:
        sheet = book.sheet("Training")
        assert sheet
        sheet.rows[2][7] = None

    kept = sent(client, owed, merged(changed(filled, change=no_heading), "G3:H3"))
    assert (compared(client, kept)["changed"], "“How many”" in str(kept.notes)) == ([], True)


def far_down(content: bytes) -> bytes:
    """Something in the last row that a sheet can have."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            row = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
            new.writestr(name, old.read(name).replace(b"</sheetData>", row))
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "name", "status", "words"),
    [
        (lambda content: b"", "figures.xlsx", 422, "The file is empty"),
        (lambda content: b"%PDF-1.4 %%EOF", "figures.xlsx", 415, "This is not a workbook"),
        (lambda content: content[:2000], "figures.xlsx", 422, "ends too early"),
        (far_down, "figures.xlsx", 422, "has more rows than are read here"),
        (lambda content: "Line,How many\n".encode("utf-16"), "figures.csv", 422, "does not say which figures"),
        (lambda content: "Line,How many\n".encode("utf-16")[:-1], "figures.csv", 422, "ends too early"),
        (lambda content: "Line,\x00\x01\n".encode("utf-16"), "figures.csv", 415, "another kind of file"),
        (lambda content: b"What is measured,How many\nx,1", "figures.csv", 422, "does not say which figures"),
        (lambda content: b"\xff\xd8\xff\xe0", "figures.xlsx", 422, "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_box(
    client: Any, owed: FigureReturn, make: Any, name: str, status: int, words: str
) -> None:
    content = make(client.get(url(owed, "file")).content)
    refused = client.post(url(owed), {"file": upload(content, name)})
    assert (refused.status_code, FigureWorkbook.objects.count()) == (status, 0)
    assert words in str(refused.context["form"].errors["file"])


@pytest.mark.parametrize(
    ("stamped", "words"),
    [
        ({"return": "ZZZZZZZZZZ"}, "This file belongs to other figures"),
        ({"format": "0"}, "made by another version of the portal"),
        ({"written": "yesterday"}, "can no longer be read in it"),
        (None, "does not say which figures"),
    ],
)
def test_a_foreign_file_is_refused(client: Any, owed: FigureReturn, stamped: Any, words: str) -> None:
    def foreign(book: Workbook) -> None:
        sheet = book.sheet(STAMP)
        assert sheet
        for row in sheet.rows:
            row[1] = (stamped or {}).get(str(row[0]), row[1])
        if stamped is None:
            book.sheets.remove(sheet)

    content = saved_again(client.get(url(owed, "file")).content, change=foreign)
    refused = client.post(url(owed), {"file": upload(content)})
    assert (refused.status_code, FigureWorkbook.objects.count()) == (422, 0)
    assert words in str(refused.context["form"].errors["file"])


def test_what_somebody_saved_online_meanwhile_stays_unless_it_is_chosen(client: Any, owed: FigureReturn) -> None:
    content = client.get(url(owed, "file")).content
    file = changed(content, *BOTH, (DOCTORS, OF, 60), (DOCTORS, COUNTED, 50))
    other = someone(Role.PROVIDER_CONTRIBUTOR, owed.organisation, name="Olive Other")
    for group in ("nursing", "medical"):
        write(owed, "children-2", group, other, denominator=70, numerator=7)
    kept = sent(client, owed, file)
    assert compared(client, kept) == {"rejected": [], "conflicts": [N, D], "changed": []}
    assert "Changed online by Olive Other" in shown(client, kept).content.decode()
    keys = [str(number) for number, row in enumerate(kept.rows) if row["group"] == "Medical"]
    assert accept(client, kept, *keys).status_code == 302
    assert written(owed) == {"children-2/nursing": (None, 70, 7, None), "children-2/medical": (None, 60, 50, None)}


def test_a_figure_saved_while_the_difference_is_on_screen_is_not_overwritten(client: Any, owed: FigureReturn) -> None:
    kept = sent(client, owed, changed(client.get(url(owed, "file")).content, *BOTH))
    page = shown(client, kept)
    write(owed, "children-2", "nursing", someone("PC", owed.organisation), denominator=5, numerator=4)
    again = client.post(page.request["PATH_INFO"], {"digest": page.context["difference"].digest})
    assert (again.status_code, written(owed)) == (409, {"children-2/nursing": (None, 5, 4, None)})
    assert "Something changed while you were looking" in again.content.decode()


def test_a_file_older_than_the_submission_is_refused_with_the_reason(client: Any, owed: FigureReturn) -> None:
    content = client.get(url(owed, "file")).content
    later = timezone.now() + timedelta(seconds=5)
    both = {"nursing": (40, 50, 60), "medical": (5, 10, 11)}
    submitted(owed, children_2=both, at=later)
    assert client.post(url(owed), {"file": upload(content)}).status_code == 409
    owed.begin_correction("Counted wrongly", by=owed.submissions.get().submitted_by, at=later)
    refused = client.post(url(owed), {"file": upload(content)})
    assert "This file is older than what was submitted on" in str(refused.context["form"].errors["file"])


def test_it_is_its_returns_and_its_desks_and_can_be_put_aside(client: Any, owed: FigureReturn, sign_in: Any) -> None:
    kept = sent(client, owed, changed(client.get(url(owed, "file")).content, *BOTH))
    other = a_figures_return(a_period())
    theirs = sign_in(someone(Role.PROVIDER_LEAD, other.organisation))
    for name in ("difference", "copy"):
        assert theirs.get(url(other, name, upload=kept.reference)).status_code == 404
        assert theirs.get(url(owed, name, upload=kept.reference)).status_code == 404
    analyst = sign_in(someone("QA", owed.commissioner))
    assert analyst.get(url(owed)).status_code == 404
    assert analyst.get(url(owed, desk="entry")).status_code == 409
    FigureReturn.objects.filter(pk=owed.pk).update(entering=True)
    assert client.get(url(owed)).status_code == 409
    assert analyst.get(url(owed, "difference", "entry", upload=kept.reference)).status_code == 404
    content = analyst.get(url(owed, "file", "entry")).content
    done = analyst.post(url(owed, desk="entry"), {"file": upload(changed(content, *BOTH))})
    assert done["Location"].startswith(url(owed, desk="entry"))
    assert analyst.get(done["Location"]).context["difference"].changed != []
    FigureReturn.objects.filter(pk=owed.pk).update(entering=False)
    assert client.post(url(owed, "discard", upload=kept.reference)).status_code == 302
    assert client.post(url(owed, "discard", upload=kept.reference)).status_code == 409
    assert (shown(client, kept).status_code, written(owed)) == (200, {})
