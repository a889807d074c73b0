"""Grades of past years from a workbook: both forms, any words, apart from everything validated, undone whole."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from assurance.models import Rating, RecordedGrade, RecordedSet
from design.workbooks.reading import Cell
from oversight.bringing.grade_words import ref_of, refs_of, year_of
from oversight.models import Import
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.workbooks import by_libreoffice, soffice
from tests.oversight.files import accept, send, workbook

pytestmark = pytest.mark.django_db
WHERE = "/bring-in/grades/"
WIDE = ["Provider", "Year", "Overall", "1", "2"]
OAK = ["Oak Surgery", "2024-25", "Reasonable", "Green", "A"]


@pytest.fixture
def ours() -> Organisation:
    return CommissionerFactory(name="NHS Here")


@pytest.fixture
def oak(ours: Organisation) -> Organisation:
    return provider_of(ours, name="Oak Surgery", code="E82001")


@pytest.fixture
def standards() -> Any:
    return published()


@pytest.fixture
def client(ours: Organisation, oak: Organisation, sign_in: Any) -> Client:
    return sign_in(someone(Role.QUALITY_ANALYST, ours))


def bring(client: Client, standards: Any, *rows: list[Any], **more: Any) -> Any:
    return send(client, WHERE, workbook(*rows), framework_version=standards.pk, **more)


def states(page: Any) -> dict[str, str]:
    return {each.title: each.state for each in page.context["outcomes"]}


def problems(page: Any) -> list[str]:
    return [each.ref for line in page.context["outcomes"] for each in line.line.problems]


def kept() -> list[tuple[Any, ...]]:
    names = ("organisation__name", "year", "standard__number", "criterion_version__ref", "grade", "outcome")
    return sorted(RecordedGrade.objects.current().values_list(*names), key=str)


def test_a_row_for_each_provider_with_a_column_for_each_standard(client: Client, standards: Any) -> None:
    page = bring(client, standards, WIDE, OAK)
    assert states(page) == {"Oak Surgery, 2024-25": "new"}
    assert RecordedGrade.objects.count() == 0
    accept(client, page)
    assert kept() == [
        ("Oak Surgery", "2024-25", 1, None, "green", "met"),
        ("Oak Surgery", "2024-25", 2, None, "amber", "partly"),
        ("Oak Surgery", "2024-25", None, None, "reasonable", "level"),
    ]
    assert Rating.objects.count() == 0


def test_a_row_for_each_grade(client: Client, standards: Any) -> None:
    rows = [
        ["ODS code", "Period", "Criterion", "RAG"],
        ["E82001", "2023/24", "1.1", "R"],
        ["E82001", "2023/2024", 2.1, "g"],
    ]
    accept(client, bring(client, standards, *rows))
    assert kept() == [
        ("Oak Surgery", "2023-24", None, "1.1", "red", "not_met"),
        ("Oak Surgery", "2023-24", None, "2.1", "green", "met"),
    ]


def test_a_sheet_named_after_its_year(client: Client, standards: Any) -> None:
    more = {"2023-24": [["Provider", "1.1", "1.2", 1.1], ["Oak Surgery", "Met", "Partly met", "n/a"]]}
    page = send(client, WHERE, workbook(["Notes"], more=more), framework_version=standards.pk)
    assert states(page) == {"Oak Surgery, 2023-24": "new"}


def test_a_number_after_1_9_is_1_10() -> None:
    known = [f"1.{n}" for n in range(1, 12)]
    headings = ["Provider", *[float(f"1.{n}") for n in range(1, 10)], 1.1, 1.11]
    assert list(refs_of(headings, known).values()) == known


@pytest.mark.parametrize(
    ("heading", "ref"),
    [
        (1, "1"),
        ("Standard 3", "3"),
        ("3. Training", "3"),
        ("1.10 Policy", "1.10"),
        (2.0, "2"),
        ("Year", ""),
        (None, ""),
        ("2024-25", ""),
    ],
)
def test_headings_of_standards(heading: Any, ref: str) -> None:
    assert ref_of(heading) == ref


@pytest.mark.parametrize("said", ["2024-25", "2024/25", "2024/2025", "FY24/25", "24-25"])
def test_years_as_people_write_them(said: str) -> None:
    assert year_of(Cell(said, "A1")) == "2024-25"


@pytest.mark.parametrize(("best", "grade"), [("low", "green"), ("high", "red")])
def test_numbers_mean_what_somebody_said_they_mean(client: Client, standards: Any, best: str, grade: str) -> None:
    accept(client, bring(client, standards, [*WIDE[:2], "1"], ["Oak Surgery", "2024-25", 1], numbers=best))
    assert [row[4] for row in kept()] == [grade]


def test_a_number_nobody_explained_is_refused(client: Client, standards: Any) -> None:
    page = bring(client, standards, [*WIDE[:2], "1"], ["Oak Surgery", "2024-25", 1])
    assert problems(page) == ["C2"]


@pytest.mark.parametrize(
    ("row", "ref"),
    [
        (["Oak Surgery", "2024-25", "", "Purple"], "D2"),
        (["Oak Surgery", "last year", "", "Green"], "B2"),
        (["Oak Surgery", "2099-00", "", "Green"], "B2"),
        (["Oak Surgery", "", "", "Green"], "B2"),
        (["Nobody", "2024-25", "", "Green"], "A2"),
        (["Oak Surgery", "2024-25", "Splendid", "Green"], "C2"),
        (["Oak Surgery", "2024-25", "", "=TODAY()"], "D2"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_cell(client: Client, standards: Any, row: list[Any], ref: str) -> None:
    assert problems(bring(client, standards, WIDE, row)) == [ref]


def test_a_name_that_is_nearly_right_is_asked_about_once_for_all_years(
    client: Client, standards: Any, oak: Any
) -> None:
    rows = [["The Oak Surgery Ltd", year, "", "Green"] for year in ("2023-24", "2024-25")]
    page = bring(client, standards, WIDE, *rows)
    assert [name for name in page.context["form"].fields if name.startswith("same_")] == ["same_0"]
    accept(client, page, same_0=oak.reference)
    assert [row[:2] for row in kept()] == [("Oak Surgery", "2023-24"), ("Oak Surgery", "2024-25")]


def test_another_commissioners_provider_is_not_known(client: Client, standards: Any) -> None:
    provider_of(CommissionerFactory(), name="Secret Clinic")
    page = bring(client, standards, WIDE, ["Secret Clinic", "2024-25", "", "Green"])
    assert problems(page) == ["A2"]


def test_a_later_file_replaces_and_undoing_gives_back(client: Client, standards: Any) -> None:
    first = accept(client, bring(client, standards, WIDE, OAK))
    before = kept()
    assert states(bring(client, standards, WIDE, OAK)) == {"Oak Surgery, 2024-25": "unchanged"}
    page = bring(client, standards, WIDE, [*OAK[:3], "Red", "A"])
    assert states(page) == {"Oak Surgery, 2024-25": "changed"}
    second = accept(client, page)
    assert [row[4] for row in kept() if row[2] == 1] == ["red"]
    refused = client.post(f"{first.redirect_chain[-1][0]}undo/", {"x": 1})
    assert (refused.status_code, "undo that import first" in refused.content.decode()) == (409, True)
    client.post(f"{second.redirect_chain[-1][0]}undo/", {"x": 1})
    assert kept() == before
    client.post(f"{first.redirect_chain[-1][0]}undo/", {"x": 1})
    assert (RecordedGrade.objects.count(), RecordedSet.objects.count()) == (0, 0)
    assert set(Import.objects.exclude(state="read").values_list("state", flat=True)) == {"undone"}


def test_raw_sql_neither_changes_nor_removes_a_recorded_grade(client: Client, standards: Any) -> None:
    done = accept(client, bring(client, standards, WIDE, OAK))
    with pytest.raises(IntegrityError, match="replaced and not changed"), transaction.atomic():
        RecordedGrade.objects.update(grade="green")
    client.post(f"{done.redirect_chain[-1][0]}undo/", {"x": 1})


# --- where they are shown ---


def overview(client: Client, year: str) -> Any:
    return client.get("/overview/", {"year": year})


def test_the_overview_shows_them_apart_and_still_adds_up(client: Client, standards: Any, ours: Organisation) -> None:
    provider_of(ours, name="Elm House")
    accept(client, bring(client, standards, WIDE, OAK))
    page = overview(client, "2024-25")
    counts = page.context["reading"].counts
    assert (counts.total, counts.of("recorded"), counts.of("not_asked"), counts.validated) == (2, 1, 1, 0)
    assert sum(counts.by_standing.values()) == counts.total
    row, cells = page.context["recorded"]["rows"][0]
    assert (str(row.organisation), row.level) == ("Oak Surgery", "Reasonable assurance")
    assert [(cell.letter, cell.ground) for cell in cells] == [("M*", "recorded"), ("P*", "recorded")]
    assert "entered from your records, not validated here" in page.content.decode()
    listed = client.get("/overview/providers/", {"year": "2024-25", "standing": "recorded"})
    assert [each.name for each in listed.context["paged"]] == ["Oak Surgery"]
    others = client.get("/overview/providers/", {"year": "2024-25", "standing": "not_asked"})
    assert [each.name for each in others.context["paged"]] == ["Elm House"]


def test_the_first_overview_is_of_the_year_that_the_records_know(client: Client, standards: Any) -> None:
    accept(client, bring(client, standards, WIDE, OAK))
    assert client.get("/overview/").context["reading"].year == "2024-25"


def test_a_return_of_the_same_year_is_never_replaced(client: Client, standards: Any, ours: Any, oak: Any) -> None:
    a_return(RoundFactory(commissioner=ours, framework_version=standards, year="2024-25"), oak)
    accept(client, bring(client, standards, WIDE, OAK))
    page = overview(client, "2024-25")
    assert page.context["reading"].counts.of("recorded") == 0
    assert page.context["recorded"] is None


def test_the_profile_says_where_they_are_from(client: Client, standards: Any, oak: Any) -> None:
    accept(client, bring(client, standards, WIDE, OAK))
    page = client.get(f"/providers/{oak.reference}/")
    assert [record.year for record in page.context["profile"].records] == ["2024-25"]
    assert page.context["profile"].levels == []
    assert "Entered from your records, not validated here" in page.content.decode()


def test_another_commissioner_sees_none_of_it(client: Client, standards: Any, sign_in: Any) -> None:
    accept(client, bring(client, standards, WIDE, OAK))
    other = sign_in(someone(Role.QUALITY_ANALYST, CommissionerFactory()))
    page = overview(other, "2024-25")
    assert page.context["recorded"] is None
    assert "Oak Surgery" not in page.content.decode()


def test_the_overview_asks_no_more_for_many(client: Client, standards: Any, ours: Organisation) -> None:
    def queries(n: int) -> int:
        names = [f"Place {number} {'abcdefghij'[number % 10] * 9}" for number in range(n)]
        for name in names:
            if not Organisation.objects.filter(name=name).exists():
                provider_of(ours, name=name)
        accept(client, bring(client, standards, WIDE, *[[name, "2024-25", "", "Green", "Red"] for name in names]))
        with CaptureQueriesContext(connection) as found:
            overview(client, "2024-25")
        return len([each for each in found if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "SET"))])

    few, many = queries(1), queries(30)
    assert few == many <= 12


@pytest.mark.slow
@pytest.mark.skipif(soffice() is None, reason="LibreOffice is not installed")
def test_the_empty_workbook_filled_and_saved_by_libreoffice(client: Client, standards: Any, tmp_path: Any) -> None:
    page = send(client, WHERE, by_libreoffice(tmp_path, workbook(WIDE, OAK)), framework_version=standards.pk)
    assert states(page) == {"Oak Surgery, 2024-25": "new"}


def test_the_empty_workbook_names_the_providers(client: Client, standards: Any) -> None:
    content = client.get(f"{WHERE}workbook/").content
    page = send(client, WHERE, content, framework_version=standards.pk)
    assert "no grade below the headings" in page.content.decode()
