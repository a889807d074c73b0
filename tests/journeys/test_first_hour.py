"""The first hour: an empty place, a spreadsheet of 60 providers and last year's grades, and a real overview of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.capabilities import Role
from chasing.models import Letter
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.framework import published
from tests.factories.workbooks import by_libreoffice, soffice
from tests.journeys.conftest import Visitor
from tests.oversight.files import workbook

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TREES = "Alder Birch Cedar Elder Fir Gorse Hazel Ivy Juniper Kapok".split()  # noqa: SIM905 - one line
PLACES = "Abbots Bramber Cuckfield Ditchling Eastbourne Ferring".split()  # noqa: SIM905 - one line
NAMES = [f"{place} {tree} Surgery" for place in PLACES for tree in TREES]


def spreadsheet(folder: Path, name: str, *rows: list[Any]) -> Path:
    """As their office program wrote it."""
    content = workbook(["Safeguarding, all providers"], [], *rows)
    path = folder / name
    path.write_bytes(by_libreoffice(folder, content) if soffice() else content)
    return path


def brings_in(analyst: Visitor, path: Path, picture: str) -> None:
    page = analyst.page
    analyst.looks_right(f"{picture}-start")
    page.get_by_label("Workbook", exact=True).set_input_files(path)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("heading", name="What this file would do").wait_for()
    analyst.looks_right(f"{picture}-comparison")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_real_overview_within_the_hour(visit: Callable[..., Visitor], tmp_path: Path, width: int) -> None:
    # Given an empty place
    call_command(
        "bootstrap", commissioner="NHS Here", commissioner_code="09x", admin="sam@example.nhs.uk", admin_name="Sam",
        executive="dee@example.nhs.uk", executive_name="Dee", verbosity=0,
    )  # fmt: skip
    standards = published()
    ours = Organisation.objects.get(name="NHS Here")
    analyst = visit(someone(Role.QUALITY_ANALYST, ours, name="Ana Lyst"), width=width)
    page = analyst.goes_to("/")
    analyst.looks_right("first-hour-home")
    # When the analyst brings in sixty providers, one of them with a mistake
    page.get_by_role("link", name="Bring in organisations and contacts").click()
    head = ["Practice", "Type", "Practice code", "Named safeguarding lead", "Lead e-mail"]
    rows = [
        [name, "General practice", f"E82{n:03}", f"Lead {n}", f"lead{n}@example.org"] for n, name in enumerate(NAMES)
    ]
    wrong = ["Crooked House", "Castle", None, None, None]
    brings_in(analyst, spreadsheet(tmp_path, "providers.xlsx", head, *rows, wrong), "first-hour-organisations")
    assert "B64" in page.inner_text("main")
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert not Organisation.objects.filter(name=NAMES[0]).exists()
    page.get_by_label("Leave out the 1 row with problems and take the other 60 rows").check()
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Nothing was sent to anybody").wait_for()
    analyst.looks_right("first-hour-organisations-done")
    # And last year's grades
    page = analyst.goes_to("/")
    page.get_by_role("link", name="Bring in grades of past years").click()
    grades = [[name, "2024/25", "Limited" if n % 9 == 0 else "Reasonable", "RAG"[n % 3], "Green"]
              for n, name in enumerate(NAMES)]  # fmt: skip
    page.get_by_label("Which standards").select_option(str(standards.pk))
    past = spreadsheet(tmp_path, "grades.xlsx", ["Practice", "Year", "Level", "Standard 1", "Standard 2"], *grades)
    brings_in(analyst, past, "first-hour-grades")
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Nothing was sent to anybody").wait_for()
    # Then the overview is of last year, every provider in it, said to be from records
    page = analyst.goes_to("/overview/")
    analyst.looks_right("first-hour-overview")
    said = page.inner_text("main")
    assert "60 from your records only" in said
    assert "From your records, not validated here" in said
    assert "0 of 60 returned" in said
    analyst.goes_to(f"/providers/{Organisation.objects.get(name=NAMES[0]).reference}/")
    analyst.looks_right("first-hour-profile")
    # And nobody was written to, and sending says so before it is started
    assert not Letter.objects.filter(is_account_mail=False).exists()
    analyst.goes_to(f"/reminders/sending/{ours.reference}/go/")
    analyst.looks_right("first-hour-go")
