"""Before a file is kept its words are read: what was found is listed by its place, and the choice is the file's own."""

import io
import os
import signal
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter
from django.urls import reverse

from accounts.capabilities import Role
from evidence import guarding
from evidence.file_types import TYPES
from evidence.models import EvidenceItem, EvidenceVersion
from privacy.models import Override, Warned
from providers.models import Arrangement
from tests.factories.accounts import someone
from tests.factories.evidence import pdf, png, upload
from tests.factories.providers import CommissionerFactory, provider_of
from tests.privacy.test_forms import choice

pytestmark = pytest.mark.django_db
URL = reverse("evidence:item-add", args=["file"])
SLIP = "The child with NHS number 943 476 5919 was seen."


@pytest.fixture(autouse=True)
def evidence_folder(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def lead() -> Any:
    return someone(Role.PROVIDER_LEAD, provider_of(CommissionerFactory()))


def given(name: str, content: bytes, title: str = "Audit") -> dict[str, Any]:
    """What a browser sends from the page; everybody here has one contract."""
    return {"file": upload(name, content), "title": title, "whose": Arrangement.objects.get().reference}


def word(*paragraphs: str, cells: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document = docx.Document()
    for each in paragraphs:
        document.add_paragraph(each)
    if cells:
        table = document.add_table(rows=0, cols=len(cells[0]))
        for row in cells:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def excel(*rows: tuple[Any, ...]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet, day = book.add_worksheet("Audit"), book.add_format({"num_format": "dd/mm/yyyy"})
        for n, row in enumerate(rows):
            for at, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(n, at, value, day)
                else:
                    sheet.write(n, at, value)
    return target.getvalue()


def paper(words: str) -> bytes:
    """A PDF of one page with a text layer."""
    stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    made, places = b"%PDF-1.4\n", []
    for n, each in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj%s\nendobj\n" % (n, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return made + end % len(made)


FILES = {
    "audit.docx": (word("The policy of May 2017.", SLIP), "paragraph 2"),
    "table.docx": (word("Cases", cells=(("Ref", "DOB"), ("date of birth", "03/05/2009"))), "paragraph"),
    "audit.xlsx": (excel(("Ref", "DOB", "Outcome"), ("A1", date(2009, 5, 3), "met")), "Audit!B2"),
    "numbers.xlsx": (excel(("Ref", "NHS number"), ("A1", 9434765919)), "Audit!B2"),
    "audit.csv": (b"Ref,Date of birth\nA1,03/05/2009\n", "B2"),
    "notes.txt": (b"Minutes of the meeting\n\nThe girl aged 15 left at noon.\n", "line 3"),
    "report.pdf": (paper(SLIP), "page 1"),
    "DOB 3 May 2009.txt": (b"Nothing in here", "the file’s name"),
}


@pytest.mark.parametrize("name", list(FILES))
def test_hazard_27_a_file_with_a_person_in_it_is_not_kept_and_the_place_is_named(
    name: str, lead: Any, sign_in: Any
) -> None:
    content, place = FILES[name]
    response = sign_in(lead).post(URL, given(name, content, "Audit of May"))
    page = response.content.decode()
    assert response.status_code == 422
    assert place in page, page[page.find("nhsuk-error-summary") :][:3000]
    assert "<mark>" in page
    assert "Audit of May" in page
    assert EvidenceItem.objects.count() == 0
    assert Warned.objects.get().form == "evidence.intake"


def test_the_choice_holds_for_this_file_and_is_recorded_when_it_is_kept(lead: Any, sign_in: Any) -> None:
    client = sign_in(lead)
    content = FILES["report.pdf"][0]
    said = choice(client.post(URL, given("report.pdf", content)).content.decode())
    other = client.post(URL, given("report.pdf", paper(SLIP + " Again")) | said)
    assert (other.status_code, Override.objects.count()) == (422, 0)
    kept = client.post(URL, given("report.pdf", content) | said)
    assert kept.status_code == 302
    assert EvidenceVersion.objects.get().words_read == "whole"
    assert Override.objects.get().by == lead


@pytest.mark.parametrize(
    ("name", "content", "read"),
    [
        ("policy.pdf", paper("Reviewed on 3 May 2017"), "whole"), ("scan.pdf", pdf("scan"), "nothing"),
        ("photo.png", png(), "nothing"),
    ],
)  # fmt: skip
def test_what_has_no_words_is_kept_and_its_page_says_that_nothing_is_known(
    name: str, content: bytes, read: str, lead: Any, sign_in: Any
) -> None:
    client = sign_in(lead)
    response = client.post(URL, given(name, content), follow=True)
    assert EvidenceVersion.objects.get().words_read == read
    said = "nothing is known" in response.content.decode()
    assert said == (read == "nothing")


def test_one_process_waits_for_all_files_and_another_when_it_has_ended(tmp_path: Path) -> None:
    def found(words: str) -> Any:
        (tmp_path / "one.pdf").write_bytes(paper(words))
        return guarding.words_of(tmp_path / "one.pdf", TYPES["pdf"])

    assert found("Seen on 3 May 2017") == ([("page 1", "Seen on 3 May 2017")], "whole")
    first = guarding.READERS.pid
    assert first is not None
    assert (found("On 4 May"), guarding.READERS.pid) == (([("page 1", "On 4 May")], "whole"), first)
    os.kill(first, signal.SIGTERM)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert found("On 5 May") == ([("page 1", "On 5 May")], "whole")
    assert guarding.READERS.pid not in (None, first)
