"""The standards as a schedule of a contract: the page, the tagged PDF and the Word document say the same."""

import io
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import pdfua
import pikepdf
import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.capabilities import Role
from assurance.contract_schedule import schedule_of
from assurance.models.policy import AssurancePolicy, set_policy
from framework import drafts
from framework.models import FrameworkVersion
from framework.reading import whole
from providers.models.organisations import Tier
from tests.factories.accounts import someone
from tests.factories.assurance import a_return
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def url(name: str, version: FrameworkVersion, **query: str) -> str:
    return reverse(f"assurance:contract-schedule{name}", args=[version.reference], query=query)


def words_of(content: bytes) -> str:
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return told.stdout.decode()


def word_text(content: bytes) -> str:
    file = docx.Document(io.BytesIO(content))
    cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
    return " ".join(" ".join([*(each.text for each in file.paragraphs), *cells]).split())


def test_it_says_what_is_asked_with_numbers_and_dates(sign_in: SignIn, on: date) -> None:
    assessment = a_return()
    version, commissioner = whole(assessment.round.framework_version), assessment.commissioner
    set_policy(AssurancePolicy(commissioner=commissioner, valid_from=date(2020, 1, 1), reds_for_limited=7))
    said = schedule_of(version, Tier.FULL, commissioner, on=on)
    assert [(part.number, [each.ref for each in part.asked]) for part in said.parts] == [
        (1, ["1.1", "1.2", "1.10"]), (2, ["2.1", "2.2"]),
    ]  # fmt: skip
    assert [each.marks for each in said.parts[0].asked] == ["Critical criterion.", "", ""]
    assert "at most 7 criteria are not met" in said.floors[1]
    assert ("Returns are due on", f"{assessment.round.due_on:%-d %B %Y}") in said.dates
    other = schedule_of(version, Tier.FULL, CommissionerFactory(), on=on)
    assert ("at most 5 criteria" in other.floors[1], other.dates, other.digest == said.digest) == (True, (), False)


def test_the_files_say_what_the_schedule_says(sign_in: SignIn, tmp_path: Path) -> None:
    assessment = a_return()
    version = assessment.round.framework_version
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner))
    page = client.get(url("", version, tier="full"))
    said = page.context["schedule"]
    pdf, word = (client.get(url(name, version, tier="full")) for name in ("-pdf", "-word"))
    assert pdf["Content-Disposition"].startswith(f'attachment; filename="schedule-{version.reference}-full.pdf"')
    for text in (words_of(pdf.content), word_text(word.content)):
        squeezed = "".join(text.split())
        for each in (said.digest, *said.floors, *said.rules, "Critical criterion.", "Criterion 2.2 for full", "Policy"):
            assert "".join(each.split()) in squeezed, each
    with override_settings(PORTAL_DEMONSTRATION=True):  # whose banner stands before everything else
        shown = client.get(url("-pdf", version, tier="full")).content
    for content in (pdf.content, shown):
        first = words_of(content).partition("\f")[0]
        assert said.title in first
        assert f"SHA-256 {said.digest}" in first.splitlines()  # the stamp at the foot, on one line
    (tmp_path / "schedule.pdf").write_bytes(pdf.content)
    assert pdfua.validate(str(tmp_path / "schedule.pdf")).findings == ()
    with pikepdf.open(io.BytesIO(pdf.content)) as file:
        assert (str(file.Root.Lang), bool(file.Root.MarkInfo.Marked)) == ("en-GB", True)


def test_the_word_document_has_headings_header_rows_and_its_language(sign_in: SignIn) -> None:
    assessment = a_return()
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner))
    with override_settings(PORTAL_DEMONSTRATION=True):
        content = client.get(url("-word", assessment.round.framework_version)).content
    file = docx.Document(io.BytesIO(content))
    headings = [(each.style.name, each.text) for each in file.paragraphs if each.style.name.startswith("Heading")]  # type: ignore[union-attr]
    assert ("Heading 1", "Standard 2: Standard number 2") in headings
    assert all("tblHeader" in table.rows[0]._tr.xml for table in file.tables)
    assert 'w:lang w:val="en-GB"' in file.styles.element.xml
    foot = file.sections[0].footer.paragraphs[0]
    assert "SHA-256" in foot.text
    assert [name for name in ("PAGE", "NUMPAGES") if f'w:instr="{name}"' in foot._p.xml] == ["PAGE", "NUMPAGES"]
    assert "Demonstration" in file.sections[0].header.paragraphs[0].text
    assert file.core_properties.title == "Safeguarding standards: Full standards"


def test_the_word_document_looks_the_same_in_every_program(sign_in: SignIn) -> None:
    """Widths are said to columns and cells, type by the styles, lists are lists, headings stay with their tables."""
    assessment = a_return()
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner))
    file = docx.Document(io.BytesIO(client.get(url("-word", assessment.round.framework_version)).content))
    asked = file.tables[-1]
    assert [round(column.width.cm, 1) for column in asked.columns] == [1.5, 8.5, 7.0]
    assert [round(cell.width.cm, 1) for cell in asked.rows[1].cells] == [1.5, 8.5, 7.0]
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = file.styles[name]
        assert style.font.name == "Arial"  # type: ignore[attr-defined]
        assert "Theme" not in str(style.element.xpath(".//w:rFonts/@*[contains(name(), 'Theme')]"))
    sent = [each.style.name for each in asked.rows[1].cells[2].paragraphs]  # type: ignore[union-attr]
    assert sent[0] == "List Bullet"
    assert sum(each.paragraph_format.keep_with_next is True for each in file.paragraphs) >= 2
    assert all("cantSplit" in row._tr.xml for table in file.tables for row in table.rows)


def test_a_draft_is_no_schedule_and_another_commissioners_is_not_there(sign_in: SignIn) -> None:
    ours, theirs = CommissionerFactory(), CommissionerFactory()
    shipped = FrameworkVersion.objects.get(label="2026-27 v1", framework__commissioner=None)
    draft = drafts.copy(shipped, commissioner=ours, name="Ours", label="v1", valid_from=date(2027, 4, 1))
    drafter = someone(Role.DESIGNATED_PROFESSIONAL, ours)
    client, stranger = sign_in(drafter), sign_in(someone(Role.DESIGNATED_PROFESSIONAL, theirs))
    assert [client.get(url(name, draft)).status_code for name in ("", "-pdf", "-word")] == [200, 409, 409]
    assert [stranger.get(url(name, draft)).status_code for name in ("", "-pdf", "-word")] == [404] * 3
    draft.propose(by=drafter)
    assert client.get(url("-word", draft, tier="light")).status_code == 200


def test_a_person_chooses_among_their_own_commissioners_only(sign_in: SignIn) -> None:
    assessment, other = a_return(), a_return()
    shipped = FrameworkVersion.objects.get(label="2026-27 v1", framework__commissioner=None)
    client = sign_in(someone(Role.PROVIDER_LEAD, assessment.organisation))
    page = client.get(url("", shipped, **{"for": other.commissioner.reference}))
    assert [each.pk for each in page.context["whose"]] == [assessment.commissioner.pk]
    assert other.commissioner.name not in page.content.decode()
