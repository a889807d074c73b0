"""Figures of past quarters from a workbook: whole returns from records, by cell what is wrong, undone as a whole."""

import csv
import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from accounts.door import Refused
from chasing.models import Letter
from design.workbooks.reading import Cell
from design.workbooks.values import NotUnderstood
from oversight.bringing import figures
from oversight.models import Import
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.figure_records import last_quarters, recorded
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import a_figures_return, a_line, a_period, a_threshold, submitted
from tests.oversight.files import accept, send, workbook
from training.models import Figure, FigureQuery, FigureReturn, FigureSubmission, Line, Period
from training.records import MISTAKE

pytestmark = pytest.mark.django_db
WHERE = "/bring-in/figures/"
HEAD = ["Provider", "ODS code", "Quarter", "Line", "Eligible", "Compliant", "Headcount"]


def quarter(back: int) -> str:
    return Period(timing="quarter", ends_on=last_quarters(timezone.localdate())[-1 - back]).label


NOW, BEFORE = quarter(0), quarter(1)


@pytest.fixture
def ours() -> Organisation:
    here = CommissionerFactory(name="NHS Here")
    for code, name in (("ward-2", "Ward level 2"), ("ward-3", "Ward level 3")):
        a_line(here, code, name=name)
    a_line(here, "referrals", name="Referrals made", form="count")
    a_threshold(here, "ward-3", 85)
    return here


@pytest.fixture
def oak(ours: Organisation) -> Organisation:
    return provider_of(ours, name="Oak Trust", code="RX1")


@pytest.fixture
def client(ours: Organisation, oak: Organisation, sign_in: Any) -> Client:
    return sign_in(someone(Role.QUALITY_ANALYST, ours))


def rows(**changed: Any) -> list[list[Any]]:
    """One return of two lines and a count; ``changed`` are cells of the first row by heading."""
    first = ["Oak Trust", "", NOW, "Ward level 3", 200, 122, 260]
    for name, value in changed.items():
        first[[head.split(" ")[0].lower() for head in HEAD].index(name)] = value
    return [
        first,
        ["Oak Trust", "", NOW, "ward-2", 100, 95, None],
        ["Oak Trust", "", NOW, "Referrals made", None, 7],
    ]


def states(page: Any) -> list[str]:
    return [each.state for each in page.context["outcomes"]]


def problems(page: Any) -> list[str]:
    return [problem.ref for each in page.context["outcomes"] for problem in each.line.problems]


def test_they_are_closed_returns_from_records_and_nobody_is_told(client: Client, oak: Organisation) -> None:
    page = send(client, WHERE, workbook(HEAD, *rows()))
    assert (states(page), FigureReturn.objects.count(), Period.objects.count()) == (["new"], 0, 0)
    assert "122 of 200" in page.content.decode()
    accept(client, page)
    made = FigureReturn.objects.select_related("period").get()
    assert (made.organisation, made.state, made.period.state, made.period.label) == (oak, "submitted", "closed", NOW)
    held = {each.code: (each.numerator, each.denominator, each.headcount, each.threshold) for each in
            Figure.objects.known().totals()}  # fmt: skip
    assert held == {
        "ward-3": (122, 200, 260, 85), "ward-2": (95, 100, None, None), "referrals": (7, None, None, None),
    }  # fmt: skip
    submission = FigureSubmission.objects.get()
    assert (submission.channel, submission.received_from) == ("records", "ours.xlsx")
    # Known from the moment of accepting, so that "as it was known" tells the truth.
    brought_in = Import.objects.get()
    assert {each.known_from for each in Figure.objects.all()} == {brought_in.accepted_at}
    assert (Letter.objects.count(), brought_in.counts["figures"]) == (0, 3)
    assert states(send(client, WHERE, workbook(HEAD, *rows()))) == ["unchanged"]
    detail = client.get(f"/bring-in/records/{brought_in.reference}/")
    assert f"Figures for {NOW}" in strip_tags(detail.content.decode())


@pytest.mark.parametrize(
    ("changed", "ref"),
    [
        ({"provider": "Total"}, "A2"),
        ({"provider": ""}, "A2"),
        ({"quarter": "Q5 2017-18"}, "C2"),
        ({"quarter": "Q1 2017-19"}, "C2"),
        ({"quarter": "last spring"}, "C2"),
        ({"quarter": "Q4 2098-99"}, "C2"),
        ({"quarter": "April 2017"}, "D2"),
        ({"line": "Ward level 9"}, "D2"),
        ({"line": ""}, "D2"),
        ({"eligible": 122, "compliant": 200}, "F2"),
        ({"eligible": ""}, "E2"),
        ({"eligible": "85%"}, "E2"),
        ({"eligible": 0.85}, "E2"),
        ({"compliant": "1e309"}, "F2"),
        ({"compliant": "1e999999999"}, "F2"),
        ({"compliant": "１２２"}, "F2"),
        ({"compliant": "many"}, "F2"),
        ({"compliant": -1}, "F2"),
        ({"compliant": ""}, "F2"),
        ({"compliant": 10_000_000}, "F2"),
        ({"compliant": "=NOW()"}, "F2"),
        ({"headcount": 260.5}, "G2"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_cell(client: Client, changed: dict[str, Any], ref: str) -> None:
    page = send(client, WHERE, workbook(HEAD, *rows(**changed)))
    assert (page.status_code, problems(page)[:1], FigureReturn.objects.count()) == (200, [ref], 0)


def as_csv(*lines: list[Any], separator: str = ",", encoding: str = "utf-8") -> bytes:
    """The rows as a program saved them."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(lines)
    return out.getvalue().encode(encoding)


def merged(ref: str, *lines: list[Any]) -> bytes:
    """A workbook with these cells merged."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as file:
        sheet = file.add_worksheet("Figures")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
        first, last = ref.split(":")
        words = lines[int(first[1:]) - 1][ord(first[0]) - 65]
        sheet.merge_range(f"{first}:{last}", words)
    return out.getvalue()


def at_the_end(content: bytes) -> bytes:
    """Something in the last row that a sheet can have."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            row = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
            new.writestr(name, old.read(name).replace(b"</sheetData>", row))
    return out.getvalue()


ROWS = [HEAD, *rows()]
OTHER = ["Oak Trust", "", NOW, "Ward level 3", 9, 8, None]


@pytest.mark.parametrize(
    ("content", "name", "found", "refs"),
    [
        (as_csv(*ROWS), "ours.csv", ["new"], []),
        (as_csv(*ROWS, separator=";", encoding="utf-8-sig"), "ours.csv", ["new"], []),
        (as_csv(*ROWS, separator="\t", encoding="utf-16"), "ours.txt", ["new"], []),
        (as_csv(*ROWS, separator=";", encoding="utf-16-be"), "ours.csv", ["new"], []),
        (
            as_csv(HEAD, ["Zoë’s Café", *rows()[0][1:]], separator=";", encoding="cp1252"), "ours.csv",
            ["rejected"], ["A2"],
        ),
        (workbook(HEAD, *rows(), more={"Read me": [["Words"]]}), "ours.xlsx", ["new"], []),
        # The same line on a second sheet, and one that is wrong there: named with its sheet.
        (workbook(HEAD, *rows(), more={"More": [HEAD, OTHER]}), "ours.xlsx", ["rejected"], ["More!D2"]),
        (workbook(HEAD, *rows(), more={"More": [HEAD, [*OTHER[:4], "85%", 8]]}), "ours.xlsx", ["rejected"],
         ["More!E2"]),
        (workbook(HEAD, *rows(), ["Total", "", NOW, "", 300, 217]), "ours.xlsx", ["new", "rejected"], ["A5", "D5"]),
        (merged("A2:A4", *ROWS), "ours.xlsx", ["new"], []),
        (merged("F2:F3", *ROWS), "ours.xlsx", ["rejected"], ["F3"]),
    ],
)  # fmt: skip
def test_a_file_is_read_however_it_was_saved(
    client: Client, content: bytes, name: str, found: list[str], refs: list[str]
) -> None:
    page = send(client, WHERE, content, name)
    assert (page.status_code, states(page), problems(page), Figure.objects.count()) == (200, found, refs, 0)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (merged("E1:F1", HEAD, *rows()), "ours.xlsx", "The column “Compliant” of the sheet “Figures” is missing"),
        (at_the_end(workbook(HEAD, *rows())), "ours.xlsx", "has more rows than are read here (40,000)"),
        (as_csv(*ROWS, encoding="utf-16")[:-1], "ours.csv", "ends too early"),
        (workbook(HEAD[:5], *rows()), "ours.xlsx", "The column “Compliant” of the sheet “Organisations” is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_box(
    client: Client, content: bytes, name: str, words: str
) -> None:
    page = send(client, WHERE, content, name)
    assert (page.status_code, Import.objects.count()) == (422, 0)
    assert words in " ".join(page.context["form"].errors["file"])


def test_more_counted_than_there_were_is_refused_by_what_keeps_it_as_well(
    oak: Organisation, ours: Organisation
) -> None:
    with pytest.raises(Refused, match="Oak Trust, Ward level 3: 200 is more than 122"):
        recorded(ours, oak, {last_quarters(timezone.localdate())[-1]: {Line.objects.get(code="ward-3"): (200, 122)}})
    assert (FigureReturn.objects.count(), Period.objects.count()) == (0, 0)


def test_a_return_is_taken_whole_or_not_at_all(client: Client) -> None:
    sound = ["Oak Trust", "", BEFORE, "Ward level 3", 200, 120]
    page = send(client, WHERE, workbook(HEAD, *rows(), sound, ["Oak Trust", "", NOW, "ward-3", 5, 5], ["Oak Trust",
                "RX1", BEFORE, "ward-2", 5, 5]))  # fmt: skip
    assert (states(page), problems(page)) == (["rejected", "new", "rejected"], ["D6", "A7"])
    assert "Leave out the 2 returns with problems and take the other 1 return" in page.content.decode()
    accept(client, page, leave="on")
    assert [row.period.label for row in FigureReturn.objects.select_related("period")] == [BEFORE]


def test_the_commissioners_own_people_are_in_the_same_table(client: Client, ours: Organisation) -> None:
    accept(client, send(client, WHERE, workbook(HEAD, ["NHS Here", "", NOW, "Ward level 3", 40, 38])))
    assert FigureReturn.objects.get().is_own


def test_what_was_submitted_is_never_written_over(client: Client, ours: Organisation, oak: Organisation) -> None:
    ends = last_quarters(timezone.localdate())[-1]
    line = figures.Measured.objects.get(code="ward-3")
    held = submitted(a_figures_return(a_period(ours, ends_on=ends), oak, [line]), ward_3=(1, 2))
    page = send(client, WHERE, workbook(HEAD, *rows()))
    assert (states(page), problems(page)) == (["rejected"], ["C2"])
    assert Figure.objects.known().totals().get(figure_return=held).numerator == 1


def test_undone_nothing_is_known_and_it_can_come_in_again(client: Client) -> None:
    accept(client, send(client, WHERE, workbook(HEAD, *rows())))
    undo = f"/bring-in/records/{Import.objects.get().reference}/undo/"
    token = str(client.get(undo).context["form"].fields["form_token"].initial())
    assert client.post(undo, {"form_token": token}).status_code == 302
    made = FigureReturn.objects.get()
    assert (made.state, made.withdrawn_reason, Figure.objects.known().count(), Import.objects.get().state) == (
        "withdrawn", MISTAKE, 0, "undone",
    )  # fmt: skip
    page = send(client, WHERE, workbook(HEAD, *rows(compliant=130)))
    assert states(page) == ["new"]
    accept(client, page)
    made.refresh_from_db()
    known = Figure.objects.known().totals()
    assert (made.state, known.get(code="ward-3").numerator, known.count()) == ("submitted", 130, 3)
    assert [each.number for each in made.submissions.all()] == [2, 1]


def test_what_was_asked_about_since_is_not_undone(client: Client, ours: Organisation) -> None:
    accept(client, send(client, WHERE, workbook(HEAD, *rows())))
    analyst = someone(Role.QUALITY_ANALYST, ours)
    asked = FigureReturn.objects.get().lines.get(code="ward-3")
    FigureQuery.objects.ask(asked, "Why?", by=analyst, at=timezone.now())
    undo = f"/bring-in/records/{Import.objects.get().reference}/undo/"
    token = str(client.get(undo).context["form"].fields["form_token"].initial())
    refused = client.post(undo, {"form_token": token})
    assert (refused.status_code, Figure.objects.known().count()) == (409, 3)


def test_the_empty_workbook_offers_providers_quarters_and_lines_and_comes_back(client: Client) -> None:
    page = send(client, WHERE, client.get(f"{WHERE}workbook/").content)
    assert "There is no row below the headings" in page.content.decode()


def test_another_commissioners_provider_is_none_of_ours(client: Client) -> None:
    provider_of(CommissionerFactory(), name="Elm Trust", code="RZ9")
    page = send(client, WHERE, workbook(HEAD, *rows(provider="Elm Trust"), *rows()[:1]))
    assert (states(page)[0], problems(page)) == ("rejected", ["A2"])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Q1 2017-18", "quarter 2017-06-30"), ("q4 2017/18", "quarter 2018-03-31"),
        ("2017/18 Q2", "quarter 2017-09-30"),
        ("Quarter 3, 2017-2018", "quarter 2017-12-31"), ("30 June 2017", "quarter 2017-06-30"),
        (date(2017, 9, 30), "quarter 2017-09-30"), ("Feb 2016", "month 2016-02-29"), ("31 May 2017", None),
        ("2017", None), ("", None), (20170630, None),
    ],
)  # fmt: skip
def test_how_a_period_is_written(said: Any, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(NotUnderstood):
            figures.period(Cell(said, "C2"))
    else:
        assert figures.period(Cell(said, "C2")) == meant
