"""Workbooks written and read back: what people type is understood, and what could do harm is refused."""

import io
import json
import os
import re
import signal
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from design.workbooks import values
from design.workbooks.csv_text import csv_bytes, safe
from design.workbooks.formulas import why_not
from design.workbooks.prepared import Prepared
from design.workbooks.reading import SERVE, Cell, Limits, Unreadable, Workbook, command, letters, read
from design.workbooks.tables import Column, find, find_in
from design.workbooks.writing import Book, Notes, Table, sheet_names, stamp_of, workbook_bytes

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
COLUMNS = (
    Column("name", "Provider", needed=True, aliases=("Organisation", "Name of provider")),
    Column("eligible", "Eligible", kind="number", needed=True),
    Column("on", "As at", kind="day"),
    Column("grade", "Grade", choices=("Met", "Not met")),
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=cmd|' /C calc'!A0", "http://outside.example")


def made(folder: Path, fill: Any) -> Path:
    """A workbook that ``fill`` wrote with the library itself, as somebody else's program would."""
    path = folder / "theirs.xlsx"
    with xlsxwriter.Workbook(str(path)) as file:
        fill(file)
    return path


def kept(folder: Path, content: bytes, name: str = "file.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def ours(folder: Path, rows: list[dict[str, Any]], **more: Any) -> Workbook:
    table = Table("Providers", COLUMNS, rows, above=("Providers", "As at 1 July 2026"), **more)
    return read(kept(folder, workbook_bytes(Book("Providers", [table], AT, stamp={"return": "ABC", "version": "1"}))))


# --- Written and read back ---


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows = [
        {"name": "Oak House", "eligible": 12, "on": date(2026, 3, 31), "grade": "Met"},
        {"name": "Elm\nHouse", "eligible": 0, "on": None, "grade": ""},
    ]
    book = ours(tmp_path, rows)
    table = find(book, COLUMNS)
    assert table is not None
    assert (table.problems, table.unknown, table.header) == ([], [], 2)
    found = [(row.number, {key: cell.value for key, cell in row.cells.items()}) for row in table.rows()]
    assert found == [
        (4, {"name": "Oak House", "eligible": 12, "on": date(2026, 3, 31), "grade": "Met"}),
        (5, {"name": "Elm\nHouse", "eligible": 0, "on": None, "grade": None}),
    ]
    assert stamp_of(book) == {"return": "ABC", "version": "1"}
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [
        ("Providers", False), ("Lists", True), ("Do not change", True),
    ]  # fmt: skip


def test_the_same_inputs_give_the_same_bytes() -> None:
    book = Book("T", [Notes("Read me", ["How to", "Line"]), Table("A", COLUMNS, [{"name": "x"}], protect=True)], AT)
    assert workbook_bytes(book) == workbook_bytes(book)


@pytest.mark.parametrize("words", FORMULAS)
def test_words_never_become_formulas_or_links(tmp_path: Path, words: str) -> None:
    content = workbook_bytes(Book("T", [Table("A", COLUMNS, [{"name": words, "eligible": 1}])], AT))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert [name for name, part in inside.items() if b"<f>" in part or b"<f " in part or b"hyperlink" in part] == []
    table = find(read(kept(tmp_path, content)), COLUMNS)
    assert table is not None
    assert [row["name"].value for row in table.rows()] == [words]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20))
def test_no_csv_cell_begins_like_a_formula(words: str) -> None:
    assert not safe(words).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert safe(words) in (words, f"'{words}")


def test_csv_is_what_a_spreadsheet_reads(tmp_path: Path) -> None:
    content = csv_bytes([["Provider", "Eligible", "As at"], ["Oak; “House”", -3, date(2026, 7, 1)], ["=1+1", None, AT]])
    assert content.startswith(b"\xef\xbb\xbf")
    (sheet,) = read(kept(tmp_path, content, "file.csv")).sheets
    assert sheet.rows == [
        ["Provider", "Eligible", "As at"],
        ["Oak; “House”", "-3", "2026-07-01"],
        ["'=1+1", None, "2026-07-01 10:30"],
    ]


def test_names_of_sheets_are_what_excel_takes() -> None:
    long = "Standard 1: Leadership, governance and accountability"
    assert sheet_names([long, long, "a/b", "A B", "''"]) == [
        "Standard 1  Leadership, governa", "Standard 1  Leadership, gover 2", "a b", "A B 2", "Sheet",
    ]  # fmt: skip


def test_columns_have_letters() -> None:
    assert [letters(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# --- Found wherever it stands ---


def test_a_table_is_found_below_notes_in_any_order_under_other_headings(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        sheet, hidden = file.add_worksheet("Data"), file.add_worksheet("Old")
        hidden.write_row(0, 0, ["Provider", "Eligible", "As at", "Grade"])
        hidden.hide()
        sheet.merge_range("A1:D1", "Our providers, autumn")
        sheet.write_row(3, 1, ["  as AT ", "name of provider", "Comment", "ELIGIBLE", "Provider!"])
        sheet.write_row(4, 1, ["3/5/26", " Oak House ", "x", 12])
        sheet.write_row(7, 1, ["", "Elm", "", "1,200"])
        file.add_worksheet("Empty")

    table = find(read(made(tmp_path, fill)), COLUMNS)
    assert table is not None
    assert (table.sheet.name, table.header, table.places) == ("Data", 3, {"on": 1, "name": 2, "eligible": 4})
    assert (table.unknown, table.twice) == (["Comment (column D)"], ["Provider!"])
    assert table.problems == ["The heading “Provider!” of the sheet “Data” stands twice. Remove one of the two."]
    assert [(row.number, values.line(row["name"]), values.whole(row["eligible"])) for row in table.rows()] == [
        (5, "Oak House", 12), (8, "Elm", 1200),
    ]  # fmt: skip


def test_a_removed_column_is_named(tmp_path: Path) -> None:
    table = find(
        read(made(tmp_path, lambda file: file.add_worksheet("Data").write_row(0, 0, ["Provider", "As at"]))), COLUMNS
    )
    assert table is not None
    assert table.problems == ["The column “Eligible” of the sheet “Data” is missing. Put it back and save."]


def test_a_heading_merged_over_two_columns_is_one_column(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        sheet = file.add_worksheet("Data")
        sheet.merge_range("A1:B1", "Provider")
        sheet.write("C1", "Eligible")
        sheet.write_row(1, 0, ["Oak House", "", 12])

    (sheet,) = read(made(tmp_path, fill)).sheets
    table = find_in(sheet, COLUMNS)
    assert table is not None
    assert (table.problems, table.places) == ([], {"name": 0, "eligible": 2})


# --- What cannot be believed or read ---


@pytest.mark.parametrize(
    ("formula", "shown", "expected"),
    [
        ("SUM(B2:B9)", True, ""),
        ('IF(A1="[x]|","WEBSERVICE(1)",ROUND(B1/2,0))', True, ""),
        ("_xlfn.XLOOKUP(A1,Lists!A:A,Lists!B:B)", True, ""),
        (
            "SUM(B2:B9)", False,
            "without a value that can be read. Open the workbook, save it again, or type the value itself.",
        ),
        ("TODAY()", True, "that changes by itself. Type the value itself."),
        ("'[Other.xlsx]Sheet1'!A1", True, "that reads another file or program. Type the value itself."),
        ("cmd|'/C calc'!A0", True, "that reads another file or program. Type the value itself."),
        ('WEBSERVICE("http://x")', True, "that uses WEBSERVICE, which is not read here. Type the value itself."),
        ('HYPERLINK("http://x")', True, "that uses HYPERLINK, which is not read here. Type the value itself."),
        ('indirect("A1")', True, "that uses INDIRECT, which is not read here. Type the value itself."),
    ],
)  # fmt: skip
def test_a_formula_is_believed_when_it_can_do_nothing(formula: str, shown: bool, expected: str) -> None:
    assert why_not(formula, shown=shown) == expected


def test_formulas_and_errors_stand_at_their_cell(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        sheet = file.add_worksheet("Data")
        sheet.write_row(0, 0, ["Provider", "Eligible"])
        sheet.write_formula("B2", "=SUM(1,2)", None, 3)
        sheet.write_formula("B3", '=WEBSERVICE("http://x")', None, "secret")
        sheet.write_formula("B4", "=1/0", None, "#DIV/0!")
        sheet.write_array_formula("B5:B5", "{=NOW()}", None, 4)

    (sheet,) = read(made(tmp_path, fill)).sheets
    cells = [sheet.cell(row, 1) for row in (1, 2, 3, 4, 9)]
    assert [(cell.ref, cell.value, cell.problem) for cell in cells] == [
        ("B2", 3, ""),
        ("B3", None, "is a formula that uses WEBSERVICE, which is not read here. Type the value itself."),
        ("B4", None, "shows the error #DIV/0!. Type the value itself."),
        ("B5", None, "is a formula that changes by itself. Type the value itself."),
        ("B10", None, ""),
    ]
    with pytest.raises(values.NotUnderstood, match="WEBSERVICE"):
        values.text(cells[1])


KEPT_BEHIND = (
    "<dataValidations><dataValidation sqref='A9'><formula1>$A$1:$A$2</formula1></dataValidation></dataValidations>"
    "<extLst><ext xmlns:x14='urn:x14' xmlns:xm='urn:xm' uri='{1}'><x14:dataValidations><x14:dataValidation>"
    "<x14:formula1><xm:f>Lists!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>A9</xm:sqref>"
    "</x14:dataValidation></x14:dataValidations></ext></extLst>"
)


def changed(path: Path, change: Any) -> Path:
    """The workbook with its first sheet as another program would have written it."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()) if name == "xl/worksheets/sheet1.xml" else text)
    return kept(path.parent, out.getvalue())


def test_the_formula_of_a_drop_down_list_is_not_that_of_the_last_cell(tmp_path: Path) -> None:
    """Excel keeps a list of another sheet, and rules of colour, behind the rows, each with a formula."""
    path = made(tmp_path, lambda file: file.add_worksheet().write_row(0, 0, ["Provider", 7]))
    (sheet,) = read(changed(path, lambda text: text.replace("</worksheet>", f"{KEPT_BEHIND}</worksheet>"))).sheets
    assert sheet.formulas == {}
    assert sheet.cell(0, 1) == Cell(7, "B1")


def test_cells_are_known_under_any_prefix(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file.add_worksheet().write_row(0, 0, ["=NOW()", 7])

    def prefixed(text: str) -> str:
        begun = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text)
        return begun.replace("xmlns=", "xmlns:x=", 1)

    (sheet,) = read(changed(made(tmp_path, fill), prefixed)).sheets
    assert sheet.formulas == {"A1": "NOW()"}
    assert sheet.cell(0, 1) == Cell(7, "B1")
    with pytest.raises(Unreadable, match="more cells than are read"):
        read(changed(made(tmp_path, fill), prefixed), Limits(cells=1))


def rows_of(count: int) -> Any:
    def fill(file: Any) -> None:
        sheet = file.add_worksheet("Long")
        for number in range(count):
            sheet.write_number(number, 0, number)

    return fill


def test_too_many_rows_are_refused_and_never_cut(tmp_path: Path) -> None:
    limits = Limits(rows=50)
    assert len(read(made(tmp_path, rows_of(50)), limits).sheets[0].rows) == 50
    with pytest.raises(Unreadable, match=r"The sheet “Long” has more rows than are read here \(50\)\."):
        read(made(tmp_path, rows_of(51)), limits)


def test_one_cell_in_the_very_last_row_is_refused_before_it_is_in_memory(tmp_path: Path) -> None:
    def fill(file: Any) -> None:
        file.add_worksheet("Far").write_string(1_048_575, 16_383, "far away")

    with pytest.raises(Unreadable, match="The sheet “Far” has more rows"):
        read(made(tmp_path, fill))


@pytest.mark.parametrize(
    ("fill", "limits", "expected"),
    [
        (
            lambda file: file.add_worksheet("W").write_row(0, 0, ["x"] * 9),
            Limits(columns=8),
            "more columns than are read",
        ),
        (lambda file: file.add_worksheet("W").write_row(0, 0, ["x"] * 9), Limits(cells=8), "more cells than are read"),
        (lambda file: [file.add_worksheet() for _ in range(5)], Limits(sheets=4), "more sheets than are read"),
    ],
)
def test_other_limits_are_said(tmp_path: Path, fill: Any, limits: Limits, expected: str) -> None:
    with pytest.raises(Unreadable, match=expected):
        read(made(tmp_path, fill), limits)


@pytest.mark.parametrize(
    ("content", "status", "expected"),
    [
        (b"", 422, "The file is empty"),
        (b"%PDF-1.7 x %%EOF", 415, "This is not a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, 415, "of the old kind"),
        (b"PK\x03\x04 not really", 422, "ends too early"),
        (b"MZ\x00 program", 415, "a Windows program"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(tmp_path: Path, content: bytes, status: int, expected: str) -> None:
    with pytest.raises(Unreadable, match=expected) as refused:
        read(kept(tmp_path, content))
    assert refused.value.status == status


def test_a_bomb_is_refused_quickly_and_in_little_memory(tmp_path: Path) -> None:
    """269 KB that unpack to 76 MB: refused in under 2 seconds and 150 MB, by the process that reads."""
    cells = b"<row><c r='A1'><v>1</v></c></row>" * 2_300_000
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with zipfile.ZipFile(io.BytesIO(workbook_bytes(Book("T", [Table("A", COLUMNS, [])], AT)))) as real:
            for name in real.namelist():
                if "sheet1" not in name:
                    archive.writestr(name, real.read(name))
        archive.writestr("xl/worksheets/sheet1.xml", cells)
    assert (tmp_path / "bomb.xlsx").stat().st_size < 400_000
    with pytest.raises(Unreadable, match="becomes far larger"):
        read(tmp_path / "bomb.xlsx")


def test_the_reading_process_knows_nothing_of_the_portal(tmp_path: Path) -> None:
    begin = command("reader.main(*sys.argv[4:]); print(sorted(m for m in sys.modules if 'django' in m))")
    file = kept(tmp_path, b"a,b", "file.csv")
    run = subprocess.run([*begin, str(file), json.dumps(asdict(Limits()))], capture_output=True, check=True, env={})
    assert run.stdout.strip().endswith(b"}[]")


def test_every_file_is_read_by_a_limited_child_of_a_process_that_reads_none(tmp_path: Path) -> None:
    """What the child of a file may do, told by a child: its limits, its parent, and what it has open."""
    told = (
        "def read(path, limits):\n"
        "    import os, resource as r\n"
        "    return [os.getpid(), os.getppid(), sorted(os.environ), sorted(os.listdir('/proc/self/fd')),"
        " r.getrlimit(r.RLIMIT_AS), r.getrlimit(r.RLIMIT_CPU), r.getrlimit(r.RLIMIT_FSIZE)]\n"
        "reader.read = read\n"
    )
    prepared = Prepared(lambda: command(told + SERVE))
    first, second = (json.loads(prepared.answer("", "{}", seconds=10))["sheets"] for _ in range(2))
    assert first[0] != second[0]
    assert {first[1], second[1]} == {prepared.pid}
    assert set(first[2]) <= {"LC_CTYPE"}  # which Python sets itself
    assert first[3] == ["0", "1", "2", "3", "4"] == second[3]  # nothing, nothing, nothing, the answer, this list
    assert first[4:] == [[512 * 1024 * 1024] * 2, [20, 20], [0, 0]]
    prepared.close()


def test_a_prepared_process_that_was_ended_is_started_again_and_goes_with_us(tmp_path: Path) -> None:
    file, limits = kept(tmp_path, b"a,b", "file.csv"), json.dumps(asdict(Limits()))
    prepared = Prepared(command)
    assert json.loads(prepared.answer(str(file), limits, seconds=10))["sheets"][0]["rows"] == [["a", "b"]]
    before = prepared.pid
    assert before
    os.kill(before, signal.SIGKILL)
    os.waitpid(before, 0)
    assert json.loads(prepared.answer(str(file), limits, seconds=10))["sheets"][0]["rows"] == [["a", "b"]]
    assert prepared.pid != before
    last = prepared.pid
    prepared.close()
    assert not Path(f"/proc/{last}").exists()


def test_a_child_that_is_ended_or_late_leaves_the_next_file_alone(tmp_path: Path) -> None:
    wait = "import time\nreader.main = lambda path, limits: time.sleep(9)\n"
    die = "import os\nreader.main = lambda path, limits: os.kill(os.getpid(), 9) if limits else print('here')\n"
    late, ended = (Prepared(lambda what=what: command(what + SERVE)) for what in (wait, die))
    with pytest.raises(TimeoutError):
        late.answer("", "yes", seconds=0.3)
    assert ended.answer("", "yes", seconds=10) == b""
    assert ended.answer("", "", seconds=10) == b"here\n"
    for each in (late, ended):
        each.close()


def test_two_files_at_once_are_read_side_by_side(tmp_path: Path) -> None:
    files = [kept(tmp_path, f"file,{number}".encode(), f"{number}.csv") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(read, files))
    assert [book.sheets[0].rows for book in found] == [[["file", str(number)]] for number in range(6)]


# --- What people type ---


@pytest.mark.parametrize(
    ("typed", "expected"),
    [(0.95, "95"), (95, "95"), ("95%", "95"), (" 95 % ", "95"), (1, "100"), ("1%", "1"), (0, "0"),
     ("0.5", "50"), (0.123, "12.3")],
)  # fmt: skip
def test_a_percentage_however_it_is_written(typed: Any, expected: str) -> None:
    assert values.percent(Cell(typed, "B2")) == Decimal(expected)


@pytest.mark.parametrize("typed", ["about 95", 101, -1, "95%%x", True, date(2026, 1, 1)])
def test_what_is_no_percentage_is_refused(typed: Any) -> None:
    with pytest.raises(values.NotUnderstood):
        values.percent(Cell(typed, "B2"))


@pytest.mark.parametrize(
    "typed",
    [date(2026, 5, 3), datetime(2026, 5, 3, 12, 0, tzinfo=UTC), "3 May 2026", "3rd May 26", "Sunday, 3 May 2026",
     "03/05/2026", "3.5.26", "3-5-2026", "2026-05-03", " 3 may  2026 ", "2026-05-03 00:00:00"],
)  # fmt: skip
def test_a_date_however_it_is_written(typed: Any) -> None:
    assert values.day(Cell(typed, "B2")) == date(2026, 5, 3)


@pytest.mark.parametrize("typed", ["31/02/2026", "May", "5/2026", 45000, "13/13/2026", "3 Mai-Day 2026"])
def test_what_is_no_date_is_refused_with_what_to_write(typed: Any) -> None:
    with pytest.raises(values.NotUnderstood, match=r"is not a date\. Write it as 3 May 2026"):
        values.day(Cell(typed, "B2"))


def test_counts_choices_and_yes() -> None:
    assert [values.whole(Cell(typed, "A1")) for typed in (12, "1,200", 12.0, "", None)] == [12, 1200, 12, None, None]
    with pytest.raises(values.NotUnderstood, match=r"“12\.5” is not a whole number"):
        values.whole(Cell(12.5, "A1"))
    assert values.choice(Cell("  partly   MET ", "A1"), {"Partly met": "amber", "Met": "green"}) == "amber"
    with pytest.raises(values.NotUnderstood, match=r"“maybe” is not one of the choices\. Choose from: Met, Not met"):
        values.choice(Cell("maybe", "A1"), ("Met", "Not met"))
    typed = ("Yes", "n", True, "", "✓")
    assert [values.yes_no(Cell(each, "A1")) for each in typed] == [True, False, True, None, True]
    with pytest.raises(values.NotUnderstood, match="number 7"):
        values.text(Cell("bell\x07", "A1"))
    with pytest.raises(values.NotUnderstood, match="has 6 characters; at most 5 are taken"):
        values.text(Cell("abcdef", "A1"), most=5)
