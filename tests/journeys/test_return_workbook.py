"""A provider answers in a workbook that LibreOffice saved: downloads it, uploads it, reads what changes, accepts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from assurance.models.answers import Entry
from tests.factories.accounts import someone
from tests.factories.workbooks import by_libreoffice, saved_again, soffice
from tests.journeys.conftest import Visitor
from tests.journeys.test_provider_return import due_soon

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_return_is_answered_in_a_workbook(visit: Callable[..., Visitor], tmp_path: Path, width: int) -> None:
    # Given a return, of which a colleague has answered one question after the workbook was downloaded
    assessment = due_soon()
    lead = visit(someone(Role.PROVIDER_LEAD, assessment.organisation, name="Lead Example"), width=width)
    page = lead.goes_to(reverse("assurance:return-tasks", kwargs={"reference": assessment.reference}))
    page.get_by_role("link", name="Answer in a workbook instead").click()
    lead.looks_right("workbook")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the workbook").click()
    content = Path(download.value.path()).read_bytes()
    colleague = someone(Role.PROVIDER_CONTRIBUTOR, assessment.organisation, name="Olive Other")
    online = assessment.answers.get(criterion_version__ref="1.2")
    assessment.record_answers(
        [Entry(online.pk, {"grade": "amber"}, "Half of it.", version=1)], by=colleague, at=timezone.now()
    )
    # When the workbook comes back with four answers, one of them with a grade that is none
    filled = {"Standard 1!G4": "Met", "Standard 1!H4": "Board minute of May.", "Standard 1!G5": "Met",
              "Standard 1!G6": "Nearly", "Standard 2!G4": "Met"}  # fmt: skip
    path = tmp_path / "our return.xlsx"
    answered = saved_again(content, filled)
    path.write_bytes(by_libreoffice(tmp_path, answered) if soffice() else answered)
    page.get_by_role("button", name="Upload and compare").click()
    lead.looks_right("workbook-empty")
    page.get_by_label("The workbook you filled in").set_input_files(path)
    page.get_by_role("button", name="Upload and compare").click()
    page.get_by_role("heading", name="What the workbook changes").wait_for()
    lead.looks_right("workbook-difference")
    assert "5 rows read: 2 changed, 1 changed online meanwhile, 1 unchanged, 1 rejected." in page.inner_text("main")
    assert "“Nearly” is not one of the choices" in page.inner_text("main")
    assert "Changed online by Olive Other" in page.inner_text("main")
    page.get_by_role("button", name="Save these answers").click()
    # Then what can be taken is taken, and the colleague's answer stays
    page.get_by_text("2 answers saved from the workbook.").wait_for()
    lead.looks_right("workbook-done")
    grades = dict(assessment.answers.values_list("criterion_version__ref", "grade"))
    assert grades == {"1.1": "green", "1.2": "amber", "1.10": None, "2.1": "green", "2.2": None}
    with page.expect_download() as copy:
        page.get_by_role("button", name="Download it with what became of every row").click()
    assert Path(copy.value.path()).read_bytes().startswith(b"PK")
