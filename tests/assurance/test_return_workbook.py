"""The return by workbook: written, filled in elsewhere, compared, accepted; nothing is saved before that."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from assurance.differences import difference_of
from assurance.models import Answer, ReturnWorkbook, SelfAssessment, Signature
from assurance.models.answers import Entry
from assurance.models.assessments import IllegalMove
from assurance.models.questions import grades_of, questions_of
from assurance.models.submitting import begin_entry
from design.workbooks.reading import Workbook
from design.workbooks.writing import STAMP, stamp_of
from tests.assurance.test_return_standard import answer, writer
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all
from tests.factories.workbooks import opened, saved_again, upload

pytestmark = pytest.mark.django_db
GRADE, ANSWER, REASON = "G", "H", "I"


def url(assessment: SelfAssessment, name: str = "", prefix: str = "return", **more: Any) -> str:
    route = f"assurance:{prefix}-workbook{'-' if name else ''}{name}"
    return reverse(route, kwargs={"reference": assessment.reference, **more})


def downloaded(client: Any, assessment: SelfAssessment, prefix: str = "return") -> bytes:
    response = client.get(url(assessment, "file", prefix))
    assert response["Content-Disposition"].startswith(f'attachment; filename="return-{assessment.reference}.xlsx"')
    return bytes(response.content)


def place(content: bytes, ref: str, column: str) -> str:
    """Where the question stands: "Standard 1!G4"."""
    for sheet in opened(content).sheets:
        for number, row in enumerate(sheet.rows):
            if len(row) > 1 and row[1] == ref:
                return f"{sheet.name}!{column}{number + 1}"
    raise AssertionError(ref)


def sent(client: Any, assessment: SelfAssessment, content: bytes, name: str = "return.xlsx") -> ReturnWorkbook:
    done = client.post(url(assessment), {"file": upload(content, name)})
    assert done.status_code == 302, done.content.decode()
    return ReturnWorkbook.objects.get(reference=done["Location"].rstrip("/").rsplit("/", 1)[1])


def compared(workbook: ReturnWorkbook) -> dict[str, list[str]]:
    difference = difference_of(workbook, questions_of(workbook.self_assessment, grades_of(workbook.self_assessment)))
    kinds = ("rejected", "conflicts", "changed", "unchanged")
    return {kind: [line.row["ref"] for line in getattr(difference, kind)] for kind in kinds}


def accept(client: Any, workbook: ReturnWorkbook, *take: str) -> Any:
    page = client.get(url(workbook.self_assessment, "difference", upload=workbook.reference))
    digest = page.context["difference"].digest
    return client.post(page.request["PATH_INFO"], {"digest": digest, "take": list(take)})


def test_the_workbook_holds_the_questions_and_what_is_answered_so_far(sign_in: Any) -> None:
    assessment = a_return()
    Answer.objects.filter(pk=answer(assessment, "1.1").pk).update(
        value={"grade": "amber"}, narrative="=Half of it\r\nis done", version=2
    )
    book = opened(downloaded(writer(assessment, sign_in), assessment))
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [
        ("Read me", False), ("Standard 1", False), ("Standard 2", False), ("Lists", True), (STAMP, True),
    ]  # fmt: skip
    rows = {row[1]: row for sheet in book.sheets for row in sheet.rows if len(row) > 8}
    assert rows["1.1"][6:8] == ["Partly met", "=Half of it\nis done"]
    found = stamp_of(book)
    assert (found["return"], found["organisation"]) == (assessment.reference, assessment.organisation.name)


def test_nothing_is_saved_before_the_difference_is_accepted(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    changed = saved_again(content, {
        place(content, "1.1", GRADE): " met ", place(content, "1.1", ANSWER): "All in place.",
        place(content, "1.2", GRADE): "A", place(content, "1.2", ANSWER): "Half.\nThe rest in May.",
    })  # fmt: skip
    workbook = sent(client, assessment, changed, "../Our return.xlsx")
    assert compared(workbook) == {
        "rejected": [], "conflicts": [], "changed": ["1.1", "1.2"], "unchanged": ["1.10", "2.1", "2.2"],
    }  # fmt: skip
    assert assessment.answers.filter(grade__isnull=False).count() == 0
    assert accept(client, workbook).status_code == 302
    saved = [
        (each.value, each.narrative, each.version) for each in (answer(assessment, "1.1"), answer(assessment, "1.2"))
    ]
    assert saved == [({"grade": "green"}, "All in place.", 2), ({"grade": "amber"}, "Half.\nThe rest in May.", 2)]
    assessment.refresh_from_db()
    workbook.refresh_from_db()
    assert (assessment.state, workbook.state, workbook.file_name) == ("in_progress", "accepted", "Our return.xlsx")
    copy = opened(bytes(client.get(url(assessment, "copy", upload=workbook.reference)).content))
    became = {row[0]: row[5] for sheet in copy.sheets for row in sheet.rows if len(row) == 6}
    assert (became["1.1"], became["2.1"]) == ("Taken: grade, answer", "Unchanged")


def test_what_is_wrong_is_said_beside_its_cell_and_the_rest_can_be_taken(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    bad, formula = place(content, "1.1", GRADE), place(content, "1.2", ANSWER)
    critical, long = place(content, "2.1", GRADE), place(content, "2.2", ANSWER)
    changed = saved_again(content, {
        bad: "Nearly", formula: '=WEBSERVICE("http://outside.example")', critical: "Not applicable", long: "x" * 5001,
        place(content, "1.10", GRADE): "Met",
    })  # fmt: skip
    workbook = sent(client, assessment, changed)
    cell = {each: each.partition("!")[2] for each in (bad, formula, critical, long)}
    found = {row["ref"]: [(each["cell"], each["words"]) for each in row["problems"]] for row in workbook.rows}
    assert found == {
        "1.1": [
            (cell[bad], "“Nearly” is not one of the choices. Choose from: Met, Partly met, Not met, Not applicable.")
        ],
        "1.2": [(cell[formula], "Is a formula that uses WEBSERVICE, which is not read here. Type the value itself.")],
        "1.10": [],
        "2.1": [(cell[critical], "2.1 cannot be left out as not applicable. Choose another grade.")],
        "2.2": [(cell[long], "Has 5,001 characters; at most 5,000 are taken. Shorten it.")],
    }  # fmt: skip
    page = client.get(url(assessment, "difference", upload=workbook.reference)).content.decode()
    assert "“Nearly” is not one of the choices" in page
    assert accept(client, workbook).status_code == 302
    assert list(assessment.answers.exclude(grade=None).values_list("criterion_version__ref", flat=True)) == ["1.10"]


def test_what_somebody_saved_online_meanwhile_stays_unless_it_is_chosen(sign_in: Any, at: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    changed = saved_again(content, {
        place(content, "1.1", GRADE): "Met", place(content, "1.2", GRADE): "Met", place(content, "2.1", GRADE): "Met",
    })  # fmt: skip
    other = someone(Role.PROVIDER_CONTRIBUTOR, assessment.organisation, name="Olive Other")
    online = [answer(assessment, ref) for ref in ("1.1", "1.2", "1.10")]
    assessment.record_answers(
        [Entry(each.pk, {"grade": "amber"}, "Theirs.", version=1) for each in online], by=other, at=timezone.now()
    )
    workbook = sent(client, assessment, changed)
    assert compared(workbook) == {
        "rejected": [], "conflicts": ["1.1", "1.2"], "changed": ["2.1"], "unchanged": ["1.10", "2.2"],
    }  # fmt: skip
    page = client.get(url(assessment, "difference", upload=workbook.reference)).content.decode()
    assert "Changed online by Olive Other" in page
    keys = [str(number) for number, row in enumerate(workbook.rows) if row["ref"] == "1.2"]
    assert accept(client, workbook, *keys).status_code == 302
    grades = {ref: answer(assessment, ref).value.get("grade") for ref in ("1.1", "1.2", "1.10", "2.1", "2.2")}
    assert grades == {"1.1": "amber", "1.2": "green", "1.10": "amber", "2.1": "green", "2.2": None}
    assert answer(assessment, "1.2").narrative == "Theirs."  # its cell was empty


def test_an_answer_saved_while_the_difference_is_on_screen_is_not_overwritten(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    workbook = sent(client, assessment, saved_again(content, {place(content, "1.1", GRADE): "Met"}))
    page = client.get(url(assessment, "difference", upload=workbook.reference))
    entry = Entry(answer(assessment, "1.1").pk, {"grade": "red"}, "Ours.", version=1)
    assessment.record_answers([entry], by=someone("PC", assessment.organisation), at=timezone.now())
    again = client.post(page.request["PATH_INFO"], {"digest": page.context["difference"].digest})
    assert (again.status_code, answer(assessment, "1.1").value) == (409, {"grade": "red"})
    assert "Something changed while you were looking" in again.content.decode()
    assert [line.row["ref"] for line in again.context["difference"].conflicts] == ["1.1"]


def test_moved_rows_and_columns_are_understood_and_what_is_missing_is_named(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    filled = saved_again(content, {place(content, "1.1", GRADE): "Met", place(content, "2.1", GRADE): "Met"})

    def moved(book: Workbook) -> None:
        one, two = book.sheet("Standard 1"), book.sheet("Standard 2")
        assert one is not None
        assert two is not None
        one.rows = [*one.rows[:3], *reversed([row[::-1] for row in one.rows[3:]])]
        one.rows[2] = one.rows[2][::-1]
        one.hidden = True
        two.rows = [[value for place, value in enumerate(row) if place != 7] for row in two.rows]

    workbook = sent(client, assessment, saved_again(filled, change=moved))
    assert compared(workbook)["changed"] == ["1.1"]
    assert workbook.notes == [
        "The sheet “Standard 1” is hidden in your workbook. Its answers are shown here too.",
        "The column “Your answer” of the sheet “Standard 2” is missing. Put it back and save. Its rows were not read.",
    ]
    page = client.get(url(assessment, "difference", upload=workbook.reference)).content.decode()
    assert "2 questions not in the workbook stay" in page


def test_without_the_hidden_ids_rows_are_known_by_their_number(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)

    def without_ids(book: Workbook) -> None:
        for sheet in book.sheets:
            if sheet.name.startswith("Standard"):
                sheet.rows = [row[1:] for row in sheet.rows]

    changed = saved_again(content, {place(content, "1.10", GRADE): "Met"}, without_ids)
    assert compared(sent(client, assessment, changed))["changed"] == ["1.10"]


def test_two_rows_for_a_criterion_are_both_rejected(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)

    def doubled(book: Workbook) -> None:
        sheet = book.sheet("Standard 1")
        assert sheet
        sheet.rows.append(list(sheet.rows[3]))

    workbook = sent(client, assessment, saved_again(content, {place(content, "1.1", GRADE): "Met"}, doubled))
    assert compared(workbook)["rejected"] == ["1.1", "1.1"]
    assert "1.1 stands twice: also in Standard 1 row 7. Keep one of them." in str(workbook.rows)


@pytest.mark.parametrize(
    ("stamped", "expected"),
    [
        ({"return": "ZZZZZZZZZZ"}, "This workbook belongs to another return"),
        ({"format": "0"}, "made by another version of the portal"),
        ({"written": "yesterday"}, "has been changed"),
        (None, "does not say which return it belongs to"),
    ],
)
def test_a_foreign_workbook_is_refused_beside_its_box(sign_in: Any, stamped: Any, expected: str) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)

    def foreign(book: Workbook) -> None:
        sheet = book.sheet(STAMP)
        assert sheet
        for row in sheet.rows:
            row[1] = (stamped or {}).get(str(row[0]), row[1])
        if stamped is None:
            book.sheets.remove(sheet)

    refused = client.post(
        url(assessment), {"file": upload(saved_again(downloaded(client, assessment), change=foreign))}
    )
    assert (refused.status_code, ReturnWorkbook.objects.count()) == (422, 0)
    assert expected in str(refused.context["form"].errors["file"])


def test_a_workbook_older_than_the_submission_is_refused(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    answer_all(assessment)
    lead, later = someone("PL", assessment.organisation), timezone.now() + timedelta(seconds=5)
    assessment.submit(Signature("Dr Ann Partner", "Partner", later.date()), by=lead, at=later)
    SelfAssessment.objects.filter(pk=assessment.pk).update(state="sent_back", settled_at=None)
    refused = client.post(url(assessment), {"file": upload(content)})
    assert "This workbook is older than what was submitted" in str(refused.context["form"].errors["file"])


@pytest.mark.parametrize(
    ("content", "name", "status", "expected"),
    [
        (b"", "return.xlsx", 422, "empty"),
        (b"%PDF-1.4 %%EOF", "return.xlsx", 415, "This is not a workbook"),
        (b"PK\x03\x04broken", "return.xlsx", 422, "ends too early"),
        (b"name,grade\nx,y", "return.csv", 422, "does not say which return"),
    ],
)
def test_what_is_no_workbook_is_refused(sign_in: Any, content: bytes, name: str, status: int, expected: str) -> None:
    assessment = a_return()
    refused = writer(assessment, sign_in).post(url(assessment), {"file": upload(content, name)})
    assert (refused.status_code, expected in str(refused.context["form"].errors["file"])) == (status, True)


def test_a_workbook_is_its_returns_and_its_desks(sign_in: Any, at: Any) -> None:
    assessment, other = a_return(), a_return()
    client = writer(assessment, sign_in)
    workbook = sent(client, assessment, downloaded(client, assessment))
    theirs = writer(other, sign_in)
    for name in ("difference", "copy"):
        assert theirs.get(url(other, name, upload=workbook.reference)).status_code == 404
        assert theirs.get(url(assessment, name, upload=workbook.reference)).status_code == 404
    assert theirs.post(url(other, "discard", upload=workbook.reference)).status_code == 404
    analyst = someone("QA", assessment.commissioner)
    begin_entry(assessment, channel="email", received_from="A", received_on=at.date(), by=analyst, at=at)
    desk = sign_in(analyst)
    assert desk.get(url(assessment, "difference", "entry", upload=workbook.reference)).status_code == 404
    assert desk.get(url(assessment, "", "entry")).status_code == 200
    content = downloaded(desk, assessment, "entry")
    done = desk.post(url(assessment, "", "entry"), {"file": upload(content)})
    assert done["Location"].startswith(url(assessment, "", "entry"))


def test_it_can_be_put_aside_and_is_decided_once(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    workbook = sent(client, assessment, saved_again(content, {place(content, "1.1", GRADE): "Met"}))
    assert client.post(url(assessment, "discard", upload=workbook.reference)).status_code == 302
    assert client.post(url(assessment, "discard", upload=workbook.reference)).status_code == 409
    page = client.get(url(assessment, "difference", upload=workbook.reference)).content.decode()
    assert "put it aside" in page
    assert client.get(url(assessment, "copy", upload=workbook.reference)).status_code == 404
    assert answer(assessment, "1.1").value == {}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_accept_it_once(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    workbook = sent(client, assessment, saved_again(content, {place(content, "1.1", GRADE): "Met"}))
    difference = difference_of(workbook, questions_of(assessment, grades_of(assessment)))
    lead = someone("PL", assessment.organisation)

    def accept() -> str:
        mine = ReturnWorkbook.objects.get(pk=workbook.pk)
        return f"saved {mine.accept(difference.entries([]), [], by=lead, at=timezone.now())}"

    assert both(accept, accept, refusal=IllegalMove) == ["refused", "saved 1"]
    assert answer(assessment, "1.1").version == 2
