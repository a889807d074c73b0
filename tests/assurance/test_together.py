"""One thing done to many returns: the preview changes nothing, each row is its own, and twice sent is once done."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Role
from assurance.models import Batch, BatchRow, Round, SelfAssessment, StrandReview
from assurance.tasks import go_on_with, sweep_batches
from chasing.models import Chase, DueChange, Letter
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.chasing import a_due_return, a_place
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.validation import nurse_of, submitted

pytestmark = pytest.mark.django_db
TOGETHER = "/returns/together/"


@pytest.fixture
def three(now: datetime, this_year: Round) -> list[SelfAssessment]:
    """Two that are being written, and one that was submitted."""
    ours, issued = this_year.commissioner, now - timedelta(days=30)
    late = timezone.localdate(now) - timedelta(days=4)
    made = [
        a_return(this_year, provider_of(ours, name=name, mailbox=f"{name}@example.nhs.uk"), issued_at=issued,
                 due_on=late, original_due_on=late)
        for name in ("Alpha", "Beta")
    ]  # fmt: skip
    return [*made, submitted(now, round=this_year, organisation=provider_of(ours, name="Gamma"), issued_at=issued)]


@pytest.fixture
def analyst(this_year: Round) -> Any:
    return someone(Role.QUALITY_ANALYST, this_year.commissioner)


def later(now: datetime, days: int = 40) -> dict[str, str]:
    to = timezone.localdate(now) + timedelta(days=days)
    return {"due_on_day": str(to.day), "due_on_month": str(to.month), "due_on_year": str(to.year)}


def extension(now: datetime, analyst: Any, **more: Any) -> dict[str, Any]:
    return {**later(now), "reason": "Flooded offices", "agreed_by": analyst.reference, **more}


def keys_in(page: Any) -> str:
    return page.context["keys"]


def test_the_list_offers_it_to_those_who_run_rounds_and_to_nobody_else(
    three: list[SelfAssessment], analyst: Any, sign_in: Any
) -> None:
    page = sign_in(analyst).get("/returns/", {"state": "issued"}).content.decode()
    assert f'value="{three[0].reference}"' in page
    assert "All 2 that match the filter" in page
    assert '<input type="hidden" name="state" value="issued">' in page
    assert "Assign a strand" not in page
    assert "Assign a strand" in sign_in(nurse_of(three[0], "adults")).get("/returns/").content.decode()
    lead = sign_in(someone(Role.PROVIDER_LEAD, three[0].organisation)).get("/returns/").content.decode()
    assert "Alpha" in lead
    assert "together" not in lead
    assert sign_in(someone(Role.AUDITOR, three[0].commissioner)).get(TOGETHER).status_code == 404


def test_the_preview_says_what_would_happen_to_each_and_changes_nothing(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, now: datetime
) -> None:
    client, query = sign_in(analyst), "&".join(f"return={each.reference}" for each in three)
    page = client.post(f"{TOGETHER}?what=extend&which=ticked&{query}", extension(now, analyst))
    assert page.status_code == 200
    text = " ".join(page.content.decode().split())
    assert "It can be done to 2 of 3 returns; 1 cannot" in text
    assert [row.assessment.organisation.name for row in page.context["refused"]] == ["Gamma"]
    assert "It is “Submitted”, so its date cannot be moved." in text
    assert (Batch.objects.count(), DueChange.objects.count()) == (0, 0)
    assert {each.due_version for each in SelfAssessment.objects.all()} == {1}


def test_a_date_in_the_past_is_said_beside_the_box(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, now: datetime
) -> None:
    page = sign_in(analyst).post(f"{TOGETHER}?return={three[0].reference}", extension(now, analyst) | later(now, -3))
    assert page.status_code == 422
    assert "The new date must not be in the past" in page.content.decode()


def confirm(client: Any, url: str, page: Any, given: dict[str, Any], token: str = "") -> Any:
    token = token or str(uuid.uuid4())
    return client.post(url, {**given, "step": "confirm", "rows": keys_in(page), "form_token": token})


def test_confirmed_each_gets_its_date_and_the_first_one_stays(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, now: datetime, django_capture_on_commit_callbacks: Callable
) -> None:
    client, url, given = sign_in(analyst), f"{TOGETHER}?what=extend&which=all", extension(now, analyst)
    page, token = client.post(url, given), str(uuid.uuid4())
    with django_capture_on_commit_callbacks(execute=True):
        done = confirm(client, url, page, given, token)
        again = confirm(client, url, page, given, token)
    assert (done.status_code, again["Location"]) == (302, done["Location"])
    batch = Batch.objects.get()
    assert batch.counts() == {"done": 2, "refused": 0, "waiting": 0}
    to = timezone.localdate(now) + timedelta(days=40)
    for each in three[:2]:
        first = each.due_on
        each.refresh_from_db()
        assert (each.due_on, each.original_due_on, each.due_version) == (to, first, 2)
    assert [change.reason for change in DueChange.objects.all()] == ["Flooded offices"] * 2
    result = client.get(done["Location"]).content.decode()
    assert "2 done" in result
    assert f"Due on {to:%-d %B %Y}" in result
    other = someone(Role.QUALITY_ANALYST, three[0].commissioner)
    assert sign_in(other).get(done["Location"]).status_code == 404


def test_what_changed_since_the_preview_is_refused_by_name_and_the_rest_is_done(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, now: datetime, django_capture_on_commit_callbacks: Callable
) -> None:
    client, url, given = sign_in(analyst), f"{TOGETHER}?what=extend&which=all", extension(now, analyst)
    page = client.post(url, given)
    soon = timezone.localdate(now) + timedelta(days=5)
    three[0].extend(soon, by=analyst, at=now, reason="Earlier", agreed_by=analyst)
    with django_capture_on_commit_callbacks(execute=True):
        done = confirm(client, url, page, given)
    rows = {row.organisation.name: row for row in BatchRow.objects.all()}
    assert {name: row.state for name, row in rows.items()} == {"Alpha": "refused", "Beta": "done"}
    assert "has just been moved" in rows["Alpha"].words
    three[0].refresh_from_db()
    assert three[0].due_on == soon
    assert "1 done, 1 not done" in client.get(done["Location"]).content.decode()


def test_rows_that_are_not_ones_own_are_left_out_however_they_are_asked_for(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, now: datetime, django_capture_on_commit_callbacks: Callable
) -> None:
    other = RoundFactory(framework_version=published(), commissioner=CommissionerFactory())
    theirs = a_return(other, provider_of(other.commissioner, name="Elsewhere"), issued_at=now)
    client, url, given = sign_in(analyst), f"{TOGETHER}?what=extend&return={theirs.reference}", extension(now, analyst)
    assert "No return was chosen" in client.get(url).content.decode()
    rows = {"rows": f"{theirs.reference}:1", "step": "confirm", "form_token": str(uuid.uuid4())}
    assert client.post(url, {**given, **rows}).status_code == 409
    both = {**rows, "rows": f"{theirs.reference}:1 {three[0].reference}:1", "form_token": str(uuid.uuid4())}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {**given, **both})
    assert [row.organisation.name for row in BatchRow.objects.all()] == ["Alpha"]
    theirs.refresh_from_db()
    assert theirs.due_version == 1


def test_a_reminder_by_hand_is_written_once_and_is_no_step(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, now: datetime, django_capture_on_commit_callbacks: Callable
) -> None:
    client, url = sign_in(analyst), f"{TOGETHER}?what=remind&which=all"
    page = client.post(url, {"form_token": str(uuid.uuid4())})
    why = {row.assessment.organisation.name: row.words for row in page.context["refused"]}
    assert why == {"Gamma": "It no longer waits for the provider."}
    assert (Letter.objects.filter(kind="reminders").count(), Chase.objects.count()) == (0, 0)
    with django_capture_on_commit_callbacks(execute=True):
        done = confirm(client, url, page, {})
    assert Batch.objects.get().counts()["done"] == 2
    chases = Chase.objects.order_by("thing")
    assert [(each.thing, each.outcome, each.decided_by) for each in chases] == [
        (each.pk, "reminded", analyst) for each in sorted(three[:2], key=lambda each: each.pk)
    ]
    letters = Letter.objects.filter(kind="reminders")
    assert sorted(each.to_organisation.name for each in letters) == ["Alpha", "Beta"]
    go_on_with(batch_id=Batch.objects.get().pk)
    assert letters.count() == 2
    again = client.post(url, {"form_token": str(uuid.uuid4())})
    assert {row.words for row in again.context["refused"]} >= {"A reminder was written today already."}
    history = client.get(f"/reminders/of/self_assessment/{three[0].reference}/").content.decode()
    assert "Sent by hand, outside the steps." in history
    assert "Reminder written to 1 person." in client.get(done["Location"]).content.decode()


def test_somebody_with_several_returns_gets_one_letter(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, django_capture_on_commit_callbacks: Callable
) -> None:
    lead = someone(Role.PROVIDER_LEAD, three[0].organisation)
    MembershipFactory(user=lead, role=Role.PROVIDER_LEAD, organisation=three[1].organisation)
    client, url = sign_in(analyst), f"{TOGETHER}?what=remind&which=all"
    page = client.post(url, {"form_token": str(uuid.uuid4())})
    with django_capture_on_commit_callbacks(execute=True):
        confirm(client, url, page, {})
    letter = Letter.objects.get(kind="reminders", to_user=lead)
    assert letter.notices.count() == 2


def test_with_nobody_to_write_to_nothing_is_written_and_it_is_said(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, django_capture_on_commit_callbacks: Callable
) -> None:
    type(three[0].organisation).objects.filter(name="Alpha").update(mailbox="")
    client, url = sign_in(analyst), f"{TOGETHER}?what=remind&which=all"
    page = client.post(url, {"form_token": str(uuid.uuid4())})
    with django_capture_on_commit_callbacks(execute=True):
        confirm(client, url, page, {})
    rows = {row.organisation.name: (row.state, row.words) for row in BatchRow.objects.all()}
    assert rows["Alpha"] == ("refused", "There is nobody to write to. Add a contact who receives reminders first.")
    assert rows["Beta"][0] == "done"
    assert [each.thing for each in Chase.objects.all()] == [three[1].pk]


def test_the_steps_go_on_as_if_nothing_had_been_sent_by_hand() -> None:
    from assurance.kinds import RETURN
    from chasing import planner
    from chasing.by_hand import remind

    day = date(2026, 11, 18)
    place = a_place(mailbox="box@example.nhs.uk")
    thing = a_due_return(place, day - timedelta(days=1))
    at = datetime(2026, 11, 18, 7, 0, tzinfo=timezone.get_default_timezone())
    assert remind(RETURN, thing, token=uuid.uuid4(), by=place.analyst, on=day, at=at) > 0
    assert planner.plan(day, at=at).reminded == 1
    assert planner.plan(day, at=at).reminded == 0
    assert Chase.objects.filter(thing=thing.pk).count() == 2


def test_with_returns_of_two_commissioners_one_is_done_after_the_other(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, now: datetime
) -> None:
    other = RoundFactory(framework_version=published())
    theirs = a_return(other, provider_of(other.commissioner, name="Elsewhere"), issued_at=now)
    MembershipFactory(user=analyst, role=Role.QUALITY_ANALYST, organisation=other.commissioner)
    client, query = sign_in(analyst), f"what=extend&return={theirs.reference}&return={three[0].reference}"
    page = client.get(f"{TOGETHER}?{query}").content.decode()
    assert "of several commissioners" in page
    assert f"commissioner={other.commissioner.reference}" in page
    one = client.get(f"{TOGETHER}?{query}&commissioner={other.commissioner.reference}")
    assert [each.organisation.name for each in one.context["chosen"].returns] == ["Elsewhere"]
    assert one.context["problem"] == ""


def test_strands_are_given_to_a_validator_where_they_wait(
    three: list[SelfAssessment], sign_in: Any, django_capture_on_commit_callbacks: Callable
) -> None:
    ours = three[0].commissioner
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, ours, strands=["adults"], name="Nora Nurse")
    client, url = sign_in(nurse), f"{TOGETHER}?what=assign&which=all"
    given = {"strand": "adults", "to": nurse.reference}
    page = client.post(url, given)
    assert [row.assessment.organisation.name for row in page.context["possible"]] == ["Gamma"]
    assert {row.words for row in page.context["refused"]} == {"It is “Not started”, so no strand waits for validation."}
    with django_capture_on_commit_callbacks(execute=True):
        confirm(client, url, page, given)
    assert StrandReview.objects.get(self_assessment=three[2], strand="adults").assigned_to == nurse
    again = client.post(url, given)
    assert "It is with Nora Nurse already." in {row.words for row in again.context["refused"]}
    foreign = client.post(url, {"strand": "children", "to": ""})
    assert "that strand is not yours to assign" in foreign.content.decode()


def test_what_was_left_half_done_goes_on_and_two_at_once_share_it(
    three: list[SelfAssessment], analyst: Any, now: datetime
) -> None:
    terms = {"due_on": "2099-01-01", "reason": "Flood", "agreed_by": analyst.pk}
    rows = [(each, each.due_version) for each in three]
    then = now - timedelta(minutes=10)
    batch = Batch.objects.ask_for("extend", rows, terms=terms, token=uuid.uuid4(), by=analyst, at=then)
    assert batch.go_on(at=now, on=timezone.localdate(now), most=1) == 1
    assert batch.counts()["waiting"] == 2
    assert sweep_batches() == 2
    assert batch.counts() == {"done": 2, "refused": 1, "waiting": 0}
    assert sweep_batches() == 0


def test_as_many_statements_for_many_returns(
    three: list[SelfAssessment], analyst: Any, sign_in: Any, now: datetime, this_year: Round
) -> None:
    client = sign_in(analyst)

    def statements(what: str) -> int:
        given = extension(now, analyst, form_token="")
        with CaptureQueriesContext(connection) as asked:
            assert client.post(f"{TOGETHER}?what={what}&which=all", given).status_code == 200
        return len(asked)

    statements("extend")  # the first request of a session also says who is here
    few = {what: statements(what) for what in ("extend", "remind")}
    for n in range(6):
        a_return(this_year, provider_of(this_year.commissioner, name=f"More {n}"), issued_at=now - timedelta(days=30))
    assert {what: statements(what) for what in few} == few
    assert max(few.values()) <= 12
