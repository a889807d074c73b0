"""A framework as a workbook: saved from any version, loaded into a draft after its difference was looked at."""

import uuid
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.door import Stale
from design.workbooks.reading import Sheet, Workbook
from framework import drafts, loading
from framework.models import CriterionVersion, DraftWorkbook, FrameworkVersion
from framework.spreadsheets import digest_of, rows_of
from tests.at_once import both
from tests.factories.workbooks import by_libreoffice, opened, saved_again, soffice, upload
from tests.framework.conftest import Place, a_place

pytestmark = pytest.mark.django_db
Draft = Callable[..., FrameworkVersion]
SignIn = Callable[..., Client]


def at(name: str, version: FrameworkVersion, *more: Any) -> str:
    return reverse(f"framework:{name}", args=[version.reference, *more])


def downloaded(client: Client, version: FrameworkVersion) -> bytes:
    response = client.get(at("version-workbook", version))
    assert response["Content-Disposition"] == f'attachment; filename="standards-{version.reference}.xlsx"'
    return bytes(response.content)


def sent(client: Client, version: FrameworkVersion, content: bytes, name: str = "ours.xlsx") -> DraftWorkbook:
    done = client.post(at("draft-workbook", version), {"file": upload(content, name)})
    assert done.status_code == 302, done.content.decode()
    return DraftWorkbook.objects.get(reference=done["Location"].rstrip("/").rsplit("/", 1)[1])


def accept(client: Client, workbook: DraftWorkbook, **more: Any) -> Any:
    address = at("draft-workbook-difference", workbook.framework_version, workbook.reference)
    page = client.get(address)
    return client.post(address, {"digest": page.context["difference"].digest, **more})


def rejected(client: Client, version: FrameworkVersion, content: bytes) -> list[str]:
    workbook = sent(client, version, content)
    page = client.get(at("draft-workbook-difference", version, workbook.reference))
    assert page.context["difference"].can_be_accepted is False
    return [f"{each['sheet']} {each['cell']}: {each['words']}" for each in page.context["difference"].rejected]


@cache
def sheet_of(content: bytes, name: str) -> Sheet:
    sheet = opened(content).sheet(name)
    assert sheet
    return sheet


def place_of(content: bytes, name: str, ref: str, column: str) -> str:
    """Where the first row of a criterion stands: "Criteria!E5"."""
    sheet = sheet_of(content, name)
    where = 1 if name == "Criteria" else 0
    found = [n for n, row in enumerate(sheet.rows) if len(row) > where and row[where] == ref]
    return f"{name}!{column}{found[0] + 1}"


def an_empty_draft(place: Place, latest: FrameworkVersion) -> FrameworkVersion:
    return drafts.copy(
        latest, commissioner=place.commissioner, name="Ours", label="v1", valid_from=date(2027, 4, 1), empty=True
    )


def without_changes(version: FrameworkVersion) -> dict[str, Any]:
    rows = rows_of(version)
    return {**rows, "criteria": [{**row, "change": "", "change_note": ""} for row in rows["criteria"]]}


def test_the_shipped_standards_go_out_and_come_in_word_for_word(
    sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    client, draft = sign_in(place.drafter), an_empty_draft(place, latest)
    content = downloaded(client, latest)
    workbook = sent(client, draft, content)
    assert (draft.standards.count(), draft.criteria.count()) == (0, 0)
    assert loading.difference_of(workbook, draft).counts() == {
        "new": 110, "changed": 0, "removed": 0, "unchanged": 0, "rejected": 0,
    }  # fmt: skip
    assert accept(client, workbook)["Location"] == at("draft-detail", draft)
    assert (draft.standards.count(), draft.criteria.count()) == (12, 98)
    assert without_changes(draft) == without_changes(latest)
    assert set(draft.criteria.values_list("change", flat=True)) == {"unchanged"}
    assert draft.gaps() == []
    again = sent(client, draft, downloaded(client, draft))
    assert loading.difference_of(again, draft).counts() == {
        "new": 0, "changed": 0, "removed": 0, "unchanged": 110, "rejected": 0,
    }  # fmt: skip


def test_a_copy_says_the_same_as_the_workbook_it_was_copied_from(
    sign_in: SignIn, place: Place, latest: FrameworkVersion, a_draft: Draft
) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    workbook = sent(client, draft, downloaded(client, latest))
    page = client.get(at("draft-workbook-difference", draft, workbook.reference))
    assert len(page.context["difference"].unchanged) == 110
    assert "There is nothing to save" in page.content.decode()


def test_nothing_is_saved_before_the_difference_is_accepted(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    content = downloaded(client, draft)
    before = digest_of(rows_of(draft))
    criterion = draft.criteria.get(ref="1.2")

    def edited(book: Workbook) -> None:
        criteria, wordings = book.sheet("Criteria"), book.sheet("Wordings")
        assert criteria
        assert wordings
        criteria.rows = [row for row in criteria.rows if row[1] != "2.1"]
        wordings.rows = [row for row in wordings.rows if row[0] != "2.1"]
        references = book.sheet("References")
        assert references
        references.rows = [row for row in references.rows if row[0] != "2.1"]
        criteria.rows.append([None, "1.15", 1, None, "yes", "adults; Children", "Light standards", None])
        wordings.rows.append(["1.15", "Light standards", "New?", "Why", "Good", "One\n\nTwo ", "Names"])

    critical, words = place_of(content, "Criteria", "1.2", "E"), place_of(content, "Wordings", "1.2", "C")
    workbook = sent(client, draft, saved_again(content, {critical: "Yes", words: "=Said anew"[1:]}, edited))
    assert digest_of(rows_of(draft)) == before
    found = loading.difference_of(workbook, draft)
    assert found.counts() == {"new": 1, "changed": 1, "removed": 1, "unchanged": 108, "rejected": 0}
    assert [(part.what, part.then) for part in found.changed[0].parts][-1][1] == "Said anew"
    refused = accept(client, workbook)
    assert (refused.status_code, digest_of(rows_of(draft))) == (422, before)
    assert "Tick the box to remove them" in refused.content.decode()
    assert accept(client, workbook, remove="on").status_code == 302
    changed = draft.criteria.get(ref="1.2")
    assert (changed.criterion_id, changed.critical, changed.version) == (criterion.criterion_id, True, 2)
    assert changed.change == "changed"
    assert changed.wordings.get(tier="full").text == "Said anew"
    added = draft.criteria.get(ref="1.15")
    assert (added.light, added.tiers, added.strands, added.critical) == (True, [], ["children", "adults"], True)
    assert (added.wordings.get().evidence, added.change) == (["One", "Two"], "new")
    assert not draft.criteria.filter(ref="2.1").exists()


def test_a_new_criterion_is_known_again_when_the_workbook_is_corrected(
    sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    client, draft = sign_in(place.drafter), an_empty_draft(place, latest)

    def without_ids(book: Workbook) -> None:
        sheet = book.sheet("Criteria")
        assert sheet
        sheet.rows = [sheet.rows[0], *([None, *row[1:]] for row in sheet.rows[1:])]

    content = saved_again(downloaded(client, latest), None, without_ids)
    accept(client, sent(client, draft, content))
    ids = set(draft.criteria.values_list("criterion", flat=True))
    assert (len(ids), ids & set(latest.criteria.values_list("criterion", flat=True))) == (98, set())
    again = sent(client, draft, saved_again(content, {place_of(content, "Wordings", "1.1", "D"): "Because"}))
    assert loading.difference_of(again, draft).counts()["changed"] == 1
    accept(client, again)
    assert set(draft.criteria.values_list("criterion", flat=True)) == ids
    assert draft.criteria.get(ref="1.1").wordings.get(tier="full").why == "Because"


def test_numbers_may_change_places(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    one, two = (draft.criteria.get(ref=ref).criterion_id for ref in ("1.1", "1.2"))

    def swapped(book: Workbook) -> None:
        for sheet in book.sheets:
            for row in sheet.rows:
                for n, value in enumerate(row[:2]):
                    row[n] = {"1.1": "1.2", "1.2": "1.1"}.get(str(value), value)

    accept(client, sent(client, draft, saved_again(downloaded(client, draft), None, swapped)))
    assert draft.criteria.get(ref="1.1").criterion_id == two
    assert draft.criteria.get(ref="1.2").criterion_id == one


CELLS = [
    ("Criteria", "A", "not-an-id", "This is not the id of a criterion that is known here"),
    ("Criteria", "B", "one", "This is not the number of a criterion"),
    ("Criteria", "B", "1.1", "1.1 stands twice"),
    ("Criteria", "B", "7.99", "its number has to begin with 1"),
    ("Criteria", "C", 77, "Standard 77 is not in the sheet Standards"),
    ("Criteria", "D", "Essay", "“Essay” is not one of the choices"),
    ("Criteria", "E", "perhaps", "“perhaps” is neither yes nor no"),
    ("Criteria", "E", "=NOW()", "Is a formula that changes by itself"),
    ("Criteria", "F", "Children, pets", "“pets” is not one of the choices"),
    ("Criteria", "F", None, "Choose at least one strand"),
    ("Criteria", "G", "Everybody", "“Everybody” is not one of the choices"),
    ("Criteria", "G", None, "Choose who is asked"),
    ("Criteria", "H", "Has a helipad", "“Has a helipad” is not one of the choices"),
    ("Wordings", "A", "9.999", "9.999 is not in the sheet Criteria"),
    ("Wordings", "B", "Martians", "“Martians” is not one of the choices"),
    ("Wordings", "C", None, "Write what is asked"),
    ("Wordings", "C", "x" * 1001, "Has 1,001 characters; at most 1,000 are taken"),
    ("Wordings", "F", "x" * 301, "Has a line of 301 characters"),
    ("References", "B", "no-such-law", "This is not in your library"),
    ("References", "A", "9.99", "9.99 is not in the sheet Criteria"),
]


def test_every_wrong_cell_is_named(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    content, before = downloaded(client, draft), digest_of(rows_of(draft))
    refs = [row.ref for row in draft.criteria.in_order()][1:]
    places = [place_of(content, sheet, ref, column) for (sheet, column, _, _), ref in zip(CELLS, refs, strict=False)]
    changes = {where: case[2] for where, case in zip(places, CELLS, strict=True)}
    found = rejected(client, draft, saved_again(content, changes))
    for where, (_, _, _, expected) in zip(places, CELLS, strict=True):
        named = [each for each in found if each.startswith(f"{where.replace('!', ' ')}: ") and expected in each]
        assert len(named) == 1, (where, expected, found)
    assert digest_of(rows_of(draft)) == before


def test_a_criterion_without_words_for_whom_it_is_asked_of_is_named(
    sign_in: SignIn, place: Place, a_draft: Draft
) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    content = downloaded(client, draft)

    def fewer(book: Workbook) -> None:
        sheet = book.sheet("Wordings")
        assert sheet
        sheet.rows = [row for row in sheet.rows if row[:2] != ["1.2", "Full standards"]]

    found = rejected(client, draft, saved_again(content, None, fewer))
    where = place_of(content, "Criteria", "1.2", "B").replace("!", " ")
    assert found == [f"{where}: 1.2 has no words for the Full standards in the sheet Wordings."]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda book: book.sheets.remove(book.sheet("References")), "The sheet “References” is missing."),
        (lambda book: book.sheet("Wordings").rows[0].__setitem__(2, "Poem"), "The column “What we ask” of the sheet"),
    ],
)
def test_a_missing_sheet_or_column_is_named_beside_the_box(
    sign_in: SignIn, place: Place, a_draft: Draft, change: Any, expected: str
) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    content = saved_again(downloaded(client, draft), None, change)
    refused = client.post(at("draft-workbook", draft), {"file": upload(content)})
    assert (refused.status_code, DraftWorkbook.objects.count()) == (422, 0)
    assert expected in str(refused.context["form"].errors["file"])


@pytest.mark.parametrize(
    ("content", "status", "expected"),
    [(b"", 422, "empty"), (b"%PDF-1.4 %%EOF", 415, "This is not a workbook"), (b"PK\x03\x04x", 422, "too early")],
)
def test_what_is_no_workbook_is_refused(
    sign_in: SignIn, place: Place, a_draft: Draft, content: bytes, status: int, expected: str
) -> None:
    draft = a_draft()
    refused = sign_in(place.drafter).post(at("draft-workbook", draft), {"file": upload(content)})
    assert (refused.status_code, expected in str(refused.context["form"].errors["file"])) == (status, True)


def test_another_commissioners_ids_and_entries_are_as_unknown_as_those_that_do_not_exist(
    sign_in: SignIn, place: Place, latest: FrameworkVersion, a_draft: Draft
) -> None:
    other, mine = a_place(), a_draft()
    theirs = drafts.copy(
        latest, commissioner=other.commissioner, name="Theirs", label="v1", valid_from=date(2027, 4, 1)
    )
    secret = drafts.add_criterion(theirs.standards.get(number=1), tiers=["full"], strands=["adults"])
    entry = drafts.add_reference(secret, title="Their own guidance", kind="guidance")
    client = sign_in(place.drafter)
    content = downloaded(client, mine)
    ids, keys = place_of(content, "Criteria", "1.2", "A"), place_of(content, "References", "1.2", "B")
    named = rejected(client, mine, saved_again(content, {ids: str(secret.criterion_id), keys: entry.key}))
    absent = rejected(client, mine, saved_again(content, {ids: str(uuid.uuid4()), keys: "nothing"}))
    assert (named, len(named)) == (absent, 2)


def test_only_those_who_draft_there_load_and_only_readers_save(
    sign_in: SignIn, place: Place, latest: FrameworkVersion, a_draft: Draft
) -> None:
    draft, stranger = a_draft(), a_place()
    workbook = sent(sign_in(place.drafter), draft, downloaded(sign_in(place.drafter), draft))
    pages = [at("draft-workbook", draft), at("draft-workbook-difference", draft, workbook.reference)]
    for person in (place.lead, stranger.drafter):
        client = sign_in(person)
        assert [client.get(page).status_code for page in (*pages, at("version-workbook", draft))] == [404] * 3
        assert client.post(at("draft-workbook-discard", draft, workbook.reference)).status_code == 404
        assert client.get(at("version-workbook", latest)).status_code == 200
    elsewhere = drafts.copy(
        latest, commissioner=place.commissioner, name="Second", label="v1", valid_from=date(2027, 4, 1)
    )
    client = sign_in(place.drafter)
    assert client.get(at("draft-workbook-difference", elsewhere, workbook.reference)).status_code == 404
    assert client.post(at("draft-workbook", latest), {}).status_code == 404


def test_a_proposed_draft_takes_no_workbook(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    content = downloaded(client, draft)
    waiting = sent(client, draft, saved_again(content, {place_of(content, "Wordings", "1.1", "D"): "Because"}))
    digest = loading.difference_of(waiting, draft).digest
    draft.propose(by=place.drafter)
    before = digest_of(rows_of(draft))
    assert client.post(at("draft-workbook", draft), {"file": upload(content)}).status_code == 409
    address = at("draft-workbook-difference", draft, waiting.reference)
    assert client.post(address, {"digest": digest}).status_code == 409
    with pytest.raises(drafts.NotEditable):
        loading.accept(waiting, draft, seen=digest, by=place.drafter, at=timezone.now())
    assert digest_of(rows_of(draft)) == before


def test_what_was_changed_on_screen_meanwhile_is_not_overwritten(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    content = downloaded(client, draft)
    workbook = sent(client, draft, saved_again(content, {place_of(content, "Wordings", "1.1", "D"): "Because"}))
    old = loading.difference_of(workbook, draft).digest
    other = draft.criteria.get(ref="1.3")
    drafts.save_criterion(other, seen=1, critical=not other.critical)
    told = client.post(at("draft-workbook-difference", draft, workbook.reference), {"digest": old})
    assert (told.status_code, "Somebody changed the draft in the meantime" in told.content.decode()) == (409, True)
    assert draft.criteria.get(ref="1.1").wordings.get(tier="full").why != "Because"
    with pytest.raises(Stale):
        loading.accept(workbook, draft, seen=old, by=place.drafter, at=timezone.now())
    workbook.refresh_from_db()
    assert workbook.state == "read"


def test_it_can_be_put_aside_is_decided_once_and_goes_with_its_draft(
    sign_in: SignIn, place: Place, a_draft: Draft
) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    workbook = sent(client, draft, downloaded(client, draft), "../Our\u202e standards.xlsx")
    assert workbook.file_name == "Our standards.xlsx"
    assert client.post(at("draft-workbook-discard", draft, workbook.reference)).status_code == 302
    assert client.post(at("draft-workbook-discard", draft, workbook.reference)).status_code == 409
    page = client.get(at("draft-workbook-difference", draft, workbook.reference)).content.decode()
    assert "Nothing of it was saved" in page
    drafts.discard(draft)
    assert DraftWorkbook.objects.count() == 0


def test_the_same_form_twice_is_taken_once(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    content, token = downloaded(client, draft), str(uuid.uuid4())
    first, second = (
        client.post(at("draft-workbook", draft), {"file": upload(content), "form_token": token}) for _ in range(2)
    )
    assert (first["Location"], DraftWorkbook.objects.count()) == (second["Location"], 1)


def test_an_empty_draft_is_begun_on_screen(sign_in: SignIn, place: Place, latest: FrameworkVersion) -> None:
    form = {
        "source": latest.reference, "commissioner": place.commissioner.pk, "name": "Our standards", "begin": "empty",
        "label": "2027-28 v1", "valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2027",
    }  # fmt: skip
    done = sign_in(place.drafter).post(reverse("framework:version-copy"), form)
    made = FrameworkVersion.objects.get(framework__name="Our standards")
    assert done["Location"] == at("draft-workbook", made)
    assert (made.criteria.count(), made.grading, made.follows) == (0, latest.grading, latest)


def test_pages_ask_a_fixed_number_of_questions(sign_in: SignIn, place: Place, latest: FrameworkVersion) -> None:
    client, draft = sign_in(place.drafter), an_empty_draft(place, latest)
    workbook = sent(client, draft, downloaded(client, latest))
    for address in (
        at("version-workbook", latest), at("draft-workbook", draft),
        at("draft-workbook-difference", draft, workbook.reference),
    ):  # fmt: skip
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        assert len(caught) <= 12, [each["sql"][:90] for each in caught]


@pytest.mark.slow
@pytest.mark.skipif(soffice() is None, reason="LibreOffice is not installed")
def test_a_workbook_that_libreoffice_wrote_says_the_same(
    sign_in: SignIn, place: Place, a_draft: Draft, tmp_path: Path
) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    workbook = sent(client, draft, by_libreoffice(tmp_path, downloaded(client, draft)))
    assert loading.difference_of(workbook, draft).counts() == {
        "new": 0, "changed": 0, "removed": 0, "unchanged": 110, "rejected": 0,
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_accept_it_once(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    client, draft = sign_in(place.drafter), a_draft()
    content = downloaded(client, draft)
    workbook = sent(client, draft, saved_again(content, {place_of(content, "Wordings", "1.1", "D"): "Because"}))
    digest = loading.difference_of(workbook, draft).digest

    def accept() -> str:
        mine = DraftWorkbook.objects.select_related("framework_version").get(pk=workbook.pk)
        loading.accept(mine, mine.framework_version, seen=digest, by=place.second, at=timezone.now())
        return "saved"

    assert both(accept, accept) == ["refused", "saved"]
    assert CriterionVersion.objects.get(framework_version=draft, ref="1.1").version == 2
