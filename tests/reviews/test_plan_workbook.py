"""Progress in bulk by workbook: what goes out, what an upload would change, and every way in which it is refused."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from actions.models import Action, ActionUpdate
from design.workbooks.reading import read
from design.workbooks.tables import find
from design.workbooks.writing import Book, Table, stamp_of, workbook_bytes
from reviews.models import ReviewRead
from reviews.plan_workbook import COLUMNS
from tests.factories.accounts import someone
from tests.factories.providers import provider_of
from tests.factories.reviews import AT, a_part, a_recommendation, a_review

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.fixture
def review(commissioner: Any, two: Any) -> Any:
    found = a_review(commissioner, *two, pseudonym="Adult Larch")
    one, due = a_recommendation(found, "4.2"), timezone.localdate() + timedelta(30)
    for name in ("Ash House", "Birch Trust", "Cedar Clinic"):
        a_part(one, provider_of(commissioner, name=name), due_on=due)
    return found


def plan(review: Any, verb: str = "") -> str:
    return f"/reviews/{review.reference}/plan/{verb}"


def filled(client: Any, review: Any, tmp_path: Path, *rows: tuple[int, str, str]) -> bytes:
    """The downloaded workbook with progress and outlook written into some of its rows, counted from 1."""
    (tmp_path / "plan.xlsx").write_bytes(client.get(plan(review, "file.xlsx")).content)
    found = read(tmp_path / "plan.xlsx")
    table = find(found, COLUMNS)
    assert table is not None
    lines = [{key: cell.value for key, cell in row.cells.items()} for row in table.rows()]
    for n, progress, outlook in rows:
        lines[n - 1] |= {"progress": progress, "outlook": outlook}
    return workbook_bytes(Book("Plan", [Table("Actions", COLUMNS, lines)], AT, stamp=stamp_of(found)))


def upload(client: Any, review: Any, content: bytes) -> Any:
    return client.post(plan(review), {"file": SimpleUploadedFile("plan.xlsx", content, XLSX)})


def boxes(response: Any) -> dict[str, Any]:
    form = response.context["form"]
    return {name: form[name].value() for name in form.fields if name != "form_token"}


def test_reports_are_compared_first_and_saved_when_they_are_accepted(
    sign_in: Any, two: Any, review: Any, tmp_path: Path
) -> None:
    client = sign_in(two[1])
    book = filled(client, review, tmp_path, (1, "Half are trained", "On track"), (2, "Waits for a form", "at risk"))
    compared = upload(client, review, book)
    assert (compared.status_code, ActionUpdate.objects.count()) == (200, 0)
    page = text(compared)
    assert "Nothing is saved yet: 2 to save, 1 as they were, 0 not taken." in page
    saved = client.post(plan(review, "save/"), boxes(compared))
    assert (saved.status_code, saved["Location"]) == (302, f"/reviews/{review.reference}/")
    found = {each.organisation.name: (each.state, each.outlook) for each in Action.objects.all()}
    assert found == {
        "Ash House": ("in_progress", "on_track"), "Birch Trust": ("in_progress", "at_risk"),
        "Cedar Clinic": ("open", ""),
    }  # fmt: skip
    again = client.post(plan(review, "save/"), boxes(compared))
    assert (again.status_code, "nothing was saved" in text(again), ActionUpdate.objects.count()) == (409, True, 2)
    assert ReviewRead.objects.filter(review=review, reader=two[1], taken_away=True).count() == 1


def test_a_workbook_of_another_review_is_refused_and_nothing_of_it_is_said(
    sign_in: Any, two: Any, review: Any, tmp_path: Path
) -> None:
    client = sign_in(two[0])
    other = a_review(review.commissioner, *two, pseudonym="Adult Rowan")
    a_part(a_recommendation(other, "1"), provider_of(review.commissioner, name="Dogwood"), text="Secret words")
    answer = upload(client, review, filled(client, other, tmp_path, (1, "Done", "On track")))
    page = text(answer)
    assert (answer.status_code, "This is the workbook of another review" in page) == (422, True)
    assert [word in page for word in (other.reference, "Rowan", "Dogwood", "Secret words")] == [False] * 4
    foreign = workbook_bytes(Book("Plan", [Table("Actions", COLUMNS, [])], AT))
    assert "This is not the workbook of a review’s actions" in text(upload(client, review, foreign))
    broken = client.post(plan(review), {"file": SimpleUploadedFile("plan.xlsx", b"no workbook", XLSX)})
    assert (broken.status_code >= 400, broken.status_code < 500, ActionUpdate.objects.count()) == (True, True, 0)


def test_each_row_that_cannot_be_taken_says_its_cell_and_what_to_do(
    sign_in: Any, two: Any, review: Any, tmp_path: Path
) -> None:
    client = sign_in(two[0])
    book = filled(client, review, tmp_path, (1, "Begun", "On track"), (2, "Begun", ""), (3, "", "perhaps"))
    ash = Action.objects.get(organisation__name="Ash House")
    ash.report("Said online meanwhile", by=two[0], at=AT)
    compared = upload(client, review, book)
    problems = [(each.cell[0], each.problem.split(".")[0]) for each in compared.context["compared"].refused]
    assert [cell for cell, _ in problems] == ["I", "J", "J"]
    assert problems[0][1].startswith("Somebody has changed this action since")
    assert problems[1][1].startswith("Choose “On track” or “At risk” as well")
    assert "is not one of the choices" in problems[2][1]
    assert "Nothing to save" in text(compared)


def test_what_changes_between_the_look_and_the_acceptance_saves_nothing(
    sign_in: Any, two: Any, review: Any, tmp_path: Path
) -> None:
    client = sign_in(two[0])
    compared = upload(
        client, review, filled(client, review, tmp_path, (1, "Begun", "On track"), (2, "Begun", "On track"))
    )
    Action.objects.get(organisation__name="Birch Trust").close("superseded", "Merged", by=two[0], at=AT)
    refused = client.post(plan(review, "save/"), boxes(compared))
    assert (refused.status_code, "not open any more, so nothing was saved" in text(refused)) == (409, True)
    assert ActionUpdate.objects.filter(kind="progress").count() == 0
    number = {**boxes(compared)}
    name = next(key for key in number if key.startswith("text_"))
    guarded = client.post(plan(review, "save/"), {**number, name: "About NHS number 943 476 5919"})
    assert guarded.status_code == 422


def test_only_who_keeps_the_review_reaches_its_workbook(sign_in: Any, review: Any) -> None:
    lead = someone(Role.PROVIDER_LEAD, Action.objects.all()[0].organisation)
    for who in (lead, someone(Role.DESIGNATED_PROFESSIONAL, review.commissioner)):
        client = sign_in(who)
        assert [client.get(plan(review, verb)).status_code for verb in ("", "file.xlsx", "save/")] == [404] * 3
