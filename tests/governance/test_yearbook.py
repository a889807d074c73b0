"""A whole year as a tidy workbook: every sheet, its dictionary, and nothing that is not released."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.capabilities import Role
from actions.models import Action
from assurance.models import SelfAssessment
from design.calendar import FinancialYear
from exports.models import Export
from governance.models import YearBook
from governance.tasks import build_year_book, sweep_year_books
from governance.yearbook.columns import SHEETS
from governance.yearbook.making import workbook
from governance.yearbook.rows import Year
from tests.exports.conftest import CANARY, SECRET, Place, one_place, place, unpacked
from tests.factories.accounts import someone
from tests.factories.figures import a_line, planted
from tests.factories.known import a_circle

__all__ = ["one_place", "place"]
pytestmark = pytest.mark.django_db
YEARS = "/annual-reports/years/"


def sheets(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """The tables of a workbook, by sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = {}
    for name in book.sheet_names[1:]:
        heads, *rows = book.get_sheet_by_name(name).to_python()
        found[name] = [dict(zip(heads, row, strict=True)) for row in rows]
    return found


def made(place: Place, now: datetime, user: Any = None) -> bytes:
    year = Year(place.ours, place.round.year, user=user or place.analyst, at=now)
    content, rows = workbook(
        year, by="Ann Alyst", at=now, demonstration=False, reached=lambda stage, progress: True
    )  # fmt: skip
    assert rows == sum(len(each) for name, each in sheets(content).items() if name != "Data dictionary")
    return content


def test_each_sheet_holds_one_kind_of_row_and_the_sheets_fit_together(place: Place, now: datetime) -> None:
    found = sheets(made(place, now))
    assert list(found) == [*(each.name for each in SHEETS), "Data dictionary"]
    returns = {row["Return"]: row for row in found["Returns"]}
    assert len(returns) == SelfAssessment.objects.filter(commissioner=place.ours).count() == 3
    names = {row["Organisation"]: row["Name"] for row in found["Organisations"]}
    assert sorted(names.values()) == ["Alpha Trust", "Beta House", "Gamma Lodge"]
    stands = {names[row["Organisation"]]: row["Where it stands"] for row in returns.values()}
    assert stands["Gamma Lodge"] == "No return received, overdue"
    for sheet in ("Grades", "Standards", "Levels"):
        assert {row["Return"] for row in found[sheet]} <= set(returns)
        assert names[found[sheet][0]["Organisation"]] != "Gamma Lodge"
    by_standard = {
        row["Standard"]: (row["Met"], row["Applicable"], row["Share met"])
        for row in found["Standards"]
        if names[row["Organisation"]] == "Alpha Trust" and row["Basis"] == "Validated"
    }
    assert all(share == met / of for met, of, share in by_standard.values())
    assert by_standard
    assert len(found["Actions"]) == Action.objects.filter(commissioner=place.ours, circle=None).count() >= 3
    assert len(found["Evidence"]) == 3


def test_figures_stand_as_they_are_known_and_not_those_for_named_people(place: Place, now: datetime) -> None:
    world = planted(a_line("l3", name="Children level 3"), commissioner=place.ours)
    year = FinancialYear.parse(place.round.year)
    first, before = world.quarter(year.starts), world.quarter(year.previous.starts)
    provider = world.provider("Figures Trust")
    held = {"l3": (Decimal(90), Decimal(10))}
    world.submit(before, provider, {"l3": (1, 7)}, thresholds=held)
    world.submit(first, provider, {"l3": (80, 96)}, thresholds=held)
    world.submit(first, provider, {"l3": (82, 96)}, reason="Counted again", at=now - timedelta(hours=1))
    hidden = world.submit(first, world.provider("Named people"), {"l3": (3, 7)}, thresholds=held)
    hidden.circle = a_circle(place.ours, place.analyst, someone(Role.DESIGNATED_PROFESSIONAL, place.ours))
    hidden.save()
    ours = {provider.reference, hidden.organisation.reference}
    (row,) = (each for each in sheets(made(place, now))["Figures"] if each["Organisation"] in ours)
    assert (row["Organisation"], row["Period"], row["Counted"], row["Of"], row["Threshold"], row["State"]) == (
        provider.reference, first.label, 82, 96, 90, "near threshold",
    )  # fmt: skip


def test_grades_before_validation_are_the_providers_own_alone(place: Place, now: datetime) -> None:
    found = sheets(made(place, now))
    names = {row["Organisation"]: row["Name"] for row in found["Organisations"]}
    bases: dict[str, set[str]] = {}
    for row in found["Grades"]:
        bases.setdefault(names[row["Organisation"]], set()).add(row["Basis"])
    assert bases["Beta House"] == {"Self-assessed"}
    assert "Self-assessed" in bases["Alpha Trust"]
    assert len(bases["Alpha Trust"]) > 1


def test_the_dictionary_explains_every_column_of_every_sheet(place: Place, now: datetime) -> None:
    content = made(place, now)
    found = sheets(content)
    said = {(row["Sheet"], row["Column"]): row for row in found["Data dictionary"]}
    columns = {(sheet.name, each.heading) for sheet in SHEETS for each in sheet.fields}
    assert {key for key in said if key[1] != "(one row)"} == columns
    for key in columns:
        assert all(said[key][about] for about in ("Meaning", "Unit", "Allowed values", "Source")), key
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    heads = {name: book.get_sheet_by_name(name).to_python()[0] for name in book.sheet_names[1:-1]}
    assert heads == {sheet.name: [each.heading for each in sheet.fields] for sheet in SHEETS}
    allowed = {(sheet.name, each.heading): each.allowed.split("; ") for sheet in SHEETS for each in sheet.fields}
    for sheet, column in (
        ("Returns", "Where it stands"),
        ("Grades", "Basis"),
        ("Actions", "State"),
        ("Levels", "Level"),
    ):
        assert {row[column] for row in found[sheet]} <= set(allowed[sheet, column]), (sheet, column)


def test_nothing_that_is_not_released_is_in_the_bytes(place: Place, now: datetime) -> None:
    for user in (place.analyst, place.nurse):
        held = unpacked(made(place, now, user))
        for word in (CANARY, SECRET, place.nurse.name, "Train everybody", "Policy of"):
            assert word not in held, word
    assert "Alpha Trust" in held


def test_it_is_asked_for_made_at_once_and_downloaded_by_whoever_asked(
    place: Place, sign_in: Any, now: datetime, django_capture_on_commit_callbacks: Callable
) -> None:
    client = sign_in(place.analyst)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(YEARS, {"year": place.round.year}).status_code == 302
    book = YearBook.objects.get()
    assert (book.state, book.progress, book.asked_by) == ("built", 100, place.analyst)
    page = client.get(YEARS).content.decode()
    assert f"{YEARS}{book.reference}.xlsx" in page
    response = client.get(f"{YEARS}{book.reference}.xlsx")
    assert len(sheets(response.content)["Returns"]) == 3
    assert response["Content-Disposition"] == f'attachment; filename="safeguarding-assurance-{book.year}.xlsx"'
    noted = Export.objects.get()
    assert (noted.listing, noted.rows, noted.organisation, noted.by) == ("year", book.rows, place.ours, place.analyst)
    assert sign_in(place.nurse).get(f"{YEARS}{book.reference}.xlsx").status_code == 404
    assert sign_in(someone(Role.AUDITOR, place.ours)).get(YEARS).status_code == 404
    assert sign_in(someone(Role.PROVIDER_LEAD, place.providers[0])).get(YEARS).status_code == 404


def test_a_large_year_is_left_to_a_worker_which_makes_it_once(place: Place, now: datetime) -> None:
    book = YearBook.objects.ask(place.ours, year=place.round.year, by=place.analyst, at=now)
    assert YearBook.objects.ask(place.ours, year=place.round.year, by=place.analyst, at=now) == book
    assert sweep_year_books() == 1
    assert sweep_year_books() == 0
    assert not build_year_book(book_id=book.pk)
    book.refresh_from_db()
    assert book.state == "built"
    first = book.made_at
    assert YearBook.objects.ask(place.ours, year=book.year, by=place.analyst, at=now).state == "queued"
    assert sweep_year_books() == 1
    book.refresh_from_db()
    assert book.made_at > first


def test_a_worker_that_lost_it_keeps_nothing(place: Place, now: datetime) -> None:
    book = YearBook.objects.ask(place.ours, year=place.round.year, by=place.analyst, at=now)
    assert book.claim(at=now)
    later = now + timedelta(minutes=10)
    assert YearBook.objects.get(pk=book.pk).claim(at=later)
    assert not book.reach("Reading", 5, at=later)
    assert not book.finish(b"old", rows=1, at=later)
    assert YearBook.objects.get(pk=book.pk).content is None


def test_an_empty_year_is_a_workbook_without_rows(place: Place, now: datetime) -> None:
    before = FinancialYear.of(timezone.localdate(now)).previous.previous.slug
    year = Year(place.ours, before, user=place.analyst, at=now)
    content, _ = workbook(year, by="Ann", at=now, demonstration=True, reached=lambda stage, progress: True)
    found = sheets(content)
    assert (found["Returns"], found["Grades"], found["Actions"]) == ([], [], [])
    assert "Demonstration data" in unpacked(content)
