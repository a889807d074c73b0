"""Words from outside stay words: nothing in a file is a formula, a link or a number by accident (T16)."""

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

from exports.files import csv, xlsx
from exports.table import Heading, Kind, Table, digest, packed, unpacked

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
CORPUS = [
    "=1+1", "+44 1632 960001", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(1)",
    '=HYPERLINK("http://example.org","x")', "=cmd|' /C calc'!A0", " =1+1", "0012", "1E5", "3-4", "http://example.org",
    "{=1}", 'say "no", twice', "plain",
]  # fmt: skip


def table(rows: list[list[Any]], **more: Any) -> Table:
    headings = (Heading("Words"), Heading("Day", Kind.DATE), Heading("n", Kind.NUMBER))
    return Table(
        listing="returns", title="Returns", headings=headings,
        rows=rows, said=(("Provider", "=1+1"),), whose=("Here",), as_at=AT, by="=A1", **more,
    )  # fmt: skip


def test_the_corpus_comes_back_from_a_workbook_as_the_words_that_it_was() -> None:
    made = xlsx(table([[words, date(2026, 5, 3), 4] for words in CORPUS]), demonstration=False)
    with zipfile.ZipFile(io.BytesIO(made)) as packed_:
        sheets = [packed_.read(name).decode() for name in packed_.namelist() if "worksheets/sheet" in name]
        links = [name for name in packed_.namelist() if "externalLink" in name or name.endswith("sheet1.xml.rels")]
    assert [re.findall(r"<f[ >]|<hyperlink", sheet) for sheet in sheets] == [[] for _ in sheets]
    assert links == []
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python()
    found = rows[-len(CORPUS) :]
    back = [str(row[0]).replace("\r\n", "\n").replace("\r", "\n") for row in found]
    assert back == [words.replace("\r", "\n") for words in CORPUS]
    assert {row[1] for row in found} == {date(2026, 5, 3)}
    assert {row[2] for row in found} == {4}


def test_in_csv_what_begins_like_a_formula_gets_an_apostrophe() -> None:
    import csv as reader

    made = csv(table([[words, None, None] for words in CORPUS]), demonstration=False)
    lines = list(reader.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    starts = tuple("=+-@\t\r\n＝＋－＠")
    back = [line[0] for line in lines[-len(CORPUS) :]]
    assert [words.removeprefix("'") for words in back] == CORPUS
    assert [words for line in lines for words in line if words.lstrip(" ").startswith(starts)] == []


def test_the_same_table_gives_the_same_bytes() -> None:
    rows = [["a", date(2026, 5, 3), 1]]
    assert xlsx(table(rows), demonstration=False) == xlsx(table(rows), demonstration=False)


def test_packing_keeps_days_moments_and_words() -> None:
    headings = (Heading("a", Kind.DATE), Heading("b", Kind.MOMENT), Heading("c"), Heading("d", Kind.NUMBER))
    rows = [[date(2026, 5, 3), AT, "2026-05-03", 3], ["No return received", None, "", None]]
    assert unpacked(packed(rows), headings) == rows
    assert digest(packed(rows)) == digest(packed(rows))
    assert digest(packed(rows)) != digest(packed(rows[:1]))
