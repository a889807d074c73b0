"""What slipped in is gone from every table, with a record; the web role can do that and nothing else to a history."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from actions.models import ActionUpdate
from assurance.models import Answer, SelfAssessment
from chasing.letters import compose
from chasing.models import Letter
from evidence import storage
from evidence.models import EvidenceItem
from exports.models import FrozenView
from exports.table import Heading, Kind, Table
from privacy.models import Removal
from privacy.removing import NotThere, could_read, remove, seen_by
from privacy.texts import all_texts, text_of
from tests.at_once import both
from tests.factories.accounts import CircleFactory, CircleMemberFactory, someone
from tests.factories.actions import THEN, an_action
from tests.factories.assurance import a_return, answer_all
from tests.factories.evidence import a_file
from tests.factories.visits import a_visit

pytestmark = pytest.mark.django_db
CANARY = "canary Jane Exempel 03/05/2009"
REASON = "Pasted from a case file"
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables
    USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
    AND (data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY'))
"""


@pytest.fixture(autouse=True)
def evidence_folder(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_DIR = tmp_path / "evidence"


def where(words: str) -> list[str]:
    """Every column of every table that holds the words."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        found = []
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text LIKE %s', [f"%{words}%"])
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return sorted(found)


def submitted() -> SelfAssessment:
    """A return whose first answer holds the canary, saved once more so that it has a history, and submitted."""
    assessment = a_return()
    answer_all(assessment)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    first = assessment.answers.order_by("pk").first()
    Answer.objects.filter(pk=first.pk).update(narrative=f"We looked into it. {CANARY} was seen in May.")
    assessment.submit(signature(), by=lead, at=timezone.now())
    return assessment


def signature() -> Any:
    from assurance.models import Signature

    return Signature("Sam Executive", "Director", timezone.localdate())


def frozen(commissioner: Any, words: str, by: Any) -> FrozenView:
    at = timezone.now()
    table = Table(
        listing="actions", title="Actions", headings=(Heading("Action", Kind.TEXT, 20),), rows=((words,),),
        said=(), whose=(str(commissioner),), as_at=at, by=str(by), notes=(),
    )  # fmt: skip
    return FrozenView.objects.freeze(table, commissioner=commissioner, why="Board", by=by, at=at)


def removal_url(code: str, row: Any) -> str:
    return reverse("privacy:removal-add", args=[code, row.pk])


def test_hazard_27_no_word_is_left_in_any_table_after_a_removal_from_a_submitted_answer(sign_in: Any) -> None:
    assessment = submitted()
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner)
    frozen(assessment.commissioner, f"Look at {CANARY}", nurse)
    answer = assessment.answers.order_by("pk").first()
    assert where("canary Jane") == [
        "assurance_answer.narrative", "assurance_submission.document", "exports_frozenview.rows",
    ]  # fmt: skip
    url = removal_url("assurance.answer", answer)
    client = sign_in(nurse)
    assert CANARY in client.get(url).content.decode()
    done = client.post(url, {"field": "narrative", "words": CANARY, "reason": REASON})
    assert done.status_code == 302
    assert where("canary Jane") == []
    assert where("Exempel") == []
    answer.refresh_from_db()
    today = timezone.localdate()
    assert answer.narrative == f"We looked into it. [removed on {today:%-d %B %Y}] was seen in May."
    removal = Removal.objects.get()
    assert (removal.text, removal.thing, removal.field, removal.by) == (
        "assurance.answer",
        answer.pk,
        "narrative",
        nurse,
    )
    assert (removal.places, removal.commissioner, removal.organisation) == (3, answer.commissioner, answer.organisation)
    assert len(assessment.submissions.get().sha256) == 64


def test_the_history_of_a_row_loses_the_words_too_and_keeps_everything_else(sign_in: Any) -> None:
    action = an_action(text=f"Write to {CANARY} about it")
    lead = someone(Role.PROVIDER_LEAD, action.organisation)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(pgh_id) FROM actions_actionevent WHERE pgh_obj_id = %s", [action.pk])
        before = cursor.fetchone()
    assert "actions_actionevent.text" in where("canary Jane")
    done = sign_in(lead).post(
        removal_url("actions.action", action), {"field": "text", "words": CANARY, "reason": REASON}
    )
    assert done.status_code == 302
    assert done["Location"] == reverse("privacy:removal-own")
    assert where("canary Jane") == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(pgh_id) FROM actions_actionevent WHERE pgh_obj_id = %s", [action.pk])
        assert cursor.fetchone() == before
    assert [{"actions_action", "actions_actionevent"}] == [{each["table"] for each in Removal.objects.get().copies}]


def test_a_provider_removes_from_its_own_texts_only_and_sees_its_own_removals(sign_in: Any) -> None:
    mine, other = an_action(text=f"Ring {CANARY}"), an_action(text=f"Ring {CANARY}")
    lead = someone(Role.PROVIDER_LEAD, mine.organisation)
    client = sign_in(lead)
    asked = {"field": "text", "words": CANARY, "reason": REASON}
    assert client.post(removal_url("actions.action", other), asked).status_code == 404
    assert client.post(removal_url("actions.action", mine), asked).status_code == 302
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, other.commissioner)
    remove(text_of("actions.action"), other, "text", CANARY, reason="The other one", by=nurse, at=timezone.now())
    page = client.get(reverse("privacy:removal-own")).content.decode()
    assert (REASON in page, "The other one" in page) == (True, False)
    assert client.get(reverse("privacy:removal-list")).status_code == 404
    assert client.get(reverse("privacy:removal-detail", args=[Removal.objects.first().reference])).status_code == 404


def test_a_provider_reaches_no_text_of_the_commissioner(sign_in: Any) -> None:
    assessment = submitted()
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    theirs = {text.code for text in all_texts() if text.theirs}
    own = {"actions.action", "actions.update", "assurance.answer", "evidence.item", "evidence.version"}
    # Of reviews: what was asked of the organisation, once somebody of it is named.
    own |= {"reviews.answer", "reviews.report", "reviews.report_note"}
    figures = ("return", "line", "submission", "explanation", "query", "trajectory")
    assert theirs == own | {f"training.{name}" for name in figures}
    for text in all_texts():
        # The query itself is asked, so that a model whose rows cannot be reached by a path is found here.
        reached = list(text.rows(lead)[:1])
        assert not reached or text.code in theirs, text.code
    assert text_of("assurance.answer").rows(lead).count() == assessment.answers.count()


def test_words_that_do_not_stand_there_are_said_beside_the_box_and_everything_typed_is_kept(sign_in: Any) -> None:
    action = an_action(text="Train the staff of the ward")
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner)
    url = removal_url("actions.action", action)
    for words, said in (("Jane Exempel", "do not stand there"), ("a", "at least 3 characters")):
        response = sign_in(nurse).post(url, {"field": "text", "words": words, "reason": REASON})
        assert response.status_code == 422
        assert said in response.content.decode()
        assert REASON in response.content.decode()
    assert Removal.objects.count() == 0


def test_the_guardian_and_the_team_get_a_letter_without_a_word_of_it() -> None:
    action = an_action(text=f"Ring {CANARY} today")
    guardian = someone(Role.CALDICOTT_GUARDIAN, action.commissioner)
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner)
    analyst = someone(Role.QUALITY_ANALYST, action.commissioner)
    at = timezone.now()
    remove(text_of("actions.action"), action, "text", CANARY, reason=REASON, by=nurse, at=at)
    letters = Letter.objects.filter(kind="identifiable_removed").order_by("to_user")
    told = [letter.to_user for letter in letters]
    assert (guardian in told, nurse in told, analyst in told, len(set(told)) == len(told)) == (True, True, False, True)
    mail = str(compose(letters[0], at).body)
    assert "identified somebody" in mail
    assert [word for word in ("Jane", "Exempel", REASON, str(action.organisation)) if word in mail] == []


def test_a_row_on_an_access_list_is_told_to_those_on_it_only(sign_in: Any) -> None:
    action = an_action(text=f"Ring {CANARY} today")
    nurse, other = (someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner) for _ in range(2))
    circle = CircleFactory(commissioner=action.commissioner)
    CircleMemberFactory(circle=circle, user=nurse, added_by=nurse)
    type(action).objects.filter(pk=action.pk).update(circle=circle)
    action.refresh_from_db()
    assert sign_in(other).get(removal_url("actions.action", action)).status_code == 404
    remove(text_of("actions.action"), action, "text", CANARY, reason=REASON, by=nurse, at=timezone.now())
    assert [letter.to_user for letter in Letter.objects.filter(kind="identifiable_removed")] == [nurse]
    url = reverse("privacy:removal-detail", args=[Removal.objects.get().reference])
    assert (sign_in(other).get(url).status_code, sign_in(nurse).get(url).status_code) == (404, 200)


def test_hazard_27_a_file_is_destroyed_and_the_record_says_who_opened_it(
    sign_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    version = a_file(by=None)
    item, nurse = version.item, someone(Role.DESIGNATED_PROFESSIONAL, version.commissioner)
    reader = someone(Role.QUALITY_ANALYST, version.commissioner, name="Reader Example")
    type(version).objects.filter(pk=version.pk).update(scan_state="clean", scanned_at=THEN)
    version.refresh_from_db()
    version.open_for(reader, at=timezone.now())
    path = storage.path_of(version.storage_name)
    assert path.exists()
    client = sign_in(nurse)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(removal_url("evidence.item", item), {"field": "file", "reason": REASON})
    assert done.status_code == 302
    assert not path.exists()
    item.refresh_from_db()
    assert (item.is_withdrawn, item.holds_case_detail, item.withdrawn_reason) == (True, True, REASON)
    removal = Removal.objects.get()
    assert [(seen.who, seen.how) for seen in seen_by(removal)] == [("Reader Example", "opened version 1 of the file")]
    assert reader in [each.user for each in could_read(removal)]
    page = client.get(reverse("privacy:removal-detail", args=[removal.reference])).content.decode()
    assert "Reader Example" in page
    assert client.post(removal_url("evidence.item", item), {"field": "file", "reason": REASON}).status_code == 409


def test_whoever_withdraws_a_file_that_names_somebody_destroys_it_too(django_capture_on_commit_callbacks: Any) -> None:
    version = a_file()
    path = storage.path_of(version.storage_name)
    with django_capture_on_commit_callbacks(execute=True):
        version.item.withdraw(REASON, holds_case_detail=True, by=version.uploaded_by, at=timezone.now())
    assert (path.exists(), Removal.objects.get().kind) == (False, "file")
    kept = a_file()
    with django_capture_on_commit_callbacks(execute=True):
        kept.item.withdraw("Out of date", by=kept.uploaded_by, at=timezone.now())
    assert (storage.path_of(kept.storage_name).exists(), Removal.objects.count()) == (True, 1)
    assert EvidenceItem.objects.withdrawn().count() == 2


CALL = "SELECT privacy_remove_words(%s::jsonb, %s, '2026-11-22', 'REFERENCE2', %s, NULL, NULL, 'x', 'why', %s, now())"


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("accounts_user", "name", "Person"),  # no text of ours
        ("actions_action", "state", "open"),  # a column that is not written by hand
        ("actions_actionevent", "text", "the staff"),  # a history by itself
        ("actions_action", "text", "a"),  # shorter than a word
        ("actions_action", "text", "   "),
        ("actions_action", "text", "..."),
        ("privacy_removal", "reason", "because"),
    ],
)
def test_the_function_does_nothing_but_take_words_out_of_listed_texts(table: str, column: str, words: str) -> None:
    action = an_action(text="Train the staff a bit ...   now")
    place = f'[{{"table": "{table}", "column": "{column}", "id": {action.pk}}}]'
    with pytest.raises(DatabaseError, match=r"removed|Words"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CALL, [place, words, action.commissioner_id, action.opened_by_id or someone("DP").pk])
    action.refresh_from_db()
    assert (action.text, Removal.objects.count()) == ("Train the staff a bit ...   now", 0)


def test_after_a_removal_histories_refuse_changes_as_before_and_the_list_of_places_is_not_the_web_roles() -> None:
    action = an_action(text=f"Ring {CANARY}")
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner)
    remove(text_of("actions.action"), action, "text", CANARY, reason=REASON, by=nurse, at=timezone.now())
    update = ActionUpdate.objects.create(
        action=action, commissioner=action.commissioner, organisation=action.organisation, kind="progress",
        text="So far", by=nurse, at=timezone.now(),
    )  # fmt: skip
    for statement in (
        f"UPDATE actions_actionevent SET text = 'other' WHERE pgh_obj_id = {action.pk}",
        f"UPDATE actions_actionupdate SET text = 'other' WHERE id = {update.pk}",
        "UPDATE privacy_removal SET reason = 'other'",
        "DELETE FROM privacy_removal",
        "INSERT INTO privacy_place (\"table\", \"column\") VALUES ('accounts_user', 'name')",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    # And what is written is written into the history again.
    type(action).objects.filter(pk=action.pk).update(text="Train the staff")
    assert "actions_actionevent.text" in where("Train the staff")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_remove_the_same_words_at_once_one_is_told_that_they_are_gone() -> None:
    action = an_action(text=f"Ring {CANARY}")
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner)

    def doing() -> str:
        remove(text_of("actions.action"), action, "text", CANARY, reason=REASON, by=nurse, at=timezone.now())
        return "removed"

    assert both(doing, doing, refusal=NotThere) == ["refused", "removed"]
    assert Removal.objects.count() == 1
    assert where("canary Jane") == []


def test_what_is_frozen_keeps_its_check_sum_and_says_that_words_were_removed(sign_in: Any) -> None:
    assessment = submitted()
    nurse = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    guardian = someone(Role.CALDICOTT_GUARDIAN, assessment.commissioner)
    view = frozen(assessment.commissioner, f"Look at {CANARY}", nurse)
    page = reverse("exports:frozen-view", args=[view.reference])
    assert "Words were removed" not in sign_in(nurse).get(page).content.decode()
    answer = assessment.answers.order_by("pk").first()
    remove(text_of("assurance.answer"), answer, "narrative", CANARY, reason=REASON, by=guardian, at=timezone.now())
    text = sign_in(nurse).get(page).content.decode()
    assert ("Words were removed from it" in text, "no longer fits" in text, CANARY in text) == (True, False, False)
    assert view.sha256 in text
    html = render_to_string("reports/receipt.html", {"submission": assessment.submissions.get()})
    assert "the digest is that of what was submitted" in html


def test_a_form_kept_as_a_whole_is_shown_in_its_sentences_and_each_can_lose_words(sign_in: Any) -> None:
    visit = a_visit(state="draft")
    here = {"commissioner": visit.commissioner, "organisation": visit.organisation}
    part = visit.parts.create(part="staff", value={"asked": "Twelve staff", "said": f"Calm. {CANARY}"}, **here)
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, visit.commissioner))
    address = reverse("privacy:removal-add", args=["oversight.part", part.pk])
    page = client.get(address).content.decode()
    assert ("Twelve staff" in page, "&quot;said&quot;" in page) == (True, False)
    given = {"field": "value", "reason": REASON}
    over_both = client.post(address, {**given, "words": "Twelve staff\n\nCalm."})
    assert (over_both.status_code, "do not stand there" in over_both.content.decode()) == (422, True)
    assert client.post(address, {**given, "words": CANARY}).status_code == 302
    part.refresh_from_db()
    assert (part.value["asked"], where(CANARY)) == ("Twelve staff", [])
