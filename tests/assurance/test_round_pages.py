"""The round's pages and dates: preparing, issuing by the button, progress that adds up, extending, withdrawing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from assurance import issuing
from assurance.models import Round, SelfAssessment
from assurance.models.assessments import IllegalMove
from assurance.tasks import finish_rounds, issue_round
from chasing.models import DueChange, JobRun
from providers.models import Organisation
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


def at_round(name: str, round: Round) -> str:
    return reverse(f"assurance:round-{name}", kwargs={"reference": round.reference})


def at_return(name: str, assessment: SelfAssessment) -> str:
    return reverse(f"assurance:return-{name}", kwargs={"reference": assessment.reference})


def typed(round_of: Any, **said: Any) -> dict[str, Any]:
    commissioner, version = round_of
    dates = {
        "opens_on_day": "1",
        "opens_on_month": "4",
        "opens_on_year": "2026",
        "due_on_day": "31",
        "due_on_month": "5",
        "due_on_year": "2026",
    }
    return {
        "commissioner": commissioner.pk, "framework_version": version.pk, "year": "2026-27", "name": "Annual round",
        **dates, **said,
    }  # fmt: skip


def test_preparing_a_round_sends_nothing_and_leads_to_the_preview(sign_in: Any) -> None:
    ours = CommissionerFactory()
    client = sign_in(someone(Role.QUALITY_ANALYST, ours))
    version = published()
    done = client.post(reverse("assurance:round-add"), typed((ours, version), tiers=["full"]))
    round = Round.objects.get()
    assert done["Location"] == at_round("preview", round)
    assert (round.state, round.tiers, round.opens_on, round.due_on) == (
        "draft", ["full"], date(2026, 4, 1), date(2026, 5, 31),
    )  # fmt: skip
    assert SelfAssessment.objects.count() == 0


def test_default_name_is_the_years_self_assessment(sign_in: Any) -> None:
    client = sign_in(someone(Role.QUALITY_ANALYST, CommissionerFactory()))
    page = client.get(reverse("assurance:round-add"))
    from design.calendar import FinancialYear

    year = FinancialYear.of(timezone.localdate()).slug
    assert f'value="Annual safeguarding self-assessment {year}"' in page.content.decode()


def test_dates_out_of_order_and_a_name_used_twice_are_422(sign_in: Any) -> None:
    ours = CommissionerFactory()
    version = published()
    RoundFactory(commissioner=ours, framework_version=version, name="Annual round")
    client = sign_in(someone(Role.QUALITY_ANALYST, ours))
    page = client.post(reverse("assurance:round-add"), typed((ours, version), due_on_year="2025"))
    text = page.content.decode()
    assert page.status_code == 422
    assert "The date returns are due must be after the date the round opens" in text
    assert "There is a round of this name already" in text
    assert Round.objects.count() == 1


def test_an_empty_round_says_at_each_box_what_to_do(sign_in: Any) -> None:
    analyst = someone(Role.QUALITY_ANALYST, CommissionerFactory())
    MembershipFactory(user=analyst, role=Role.QUALITY_ANALYST, organisation=CommissionerFactory())
    page = sign_in(analyst).post(reverse("assurance:round-add"), {"year": ""})
    said = [each for errors in page.context["form"].errors.values() for each in errors]
    assert page.status_code == 422
    assert "Choose the financial year" in said
    assert "This field is required." not in said


def test_round_is_made_only_for_a_commissioner_one_works_for(sign_in: Any) -> None:
    client = sign_in(someone(Role.QUALITY_ANALYST, CommissionerFactory()))
    page = client.post(reverse("assurance:round-add"), typed((CommissionerFactory(), published())))
    assert page.status_code == 422
    assert Round.objects.count() == 0


def test_issuing_by_the_button_and_the_page_that_follows(sign_in: Any) -> None:
    round = RoundFactory(state="draft")
    provider = provider_of(round.commissioner, name="Brook Street Surgery")
    client = sign_in(someone(Role.QUALITY_ANALYST, round.commissioner))
    shown = client.get(at_round("preview", round)).content.decode()
    assert "1 on the register: 1 get a return, 0 do not." in shown
    assert "Issue 1 return now" in shown
    done = client.post(at_round("preview", round), {"submit": ""}, follow=True)
    assert done.status_code == 200
    assert SelfAssessment.objects.get().organisation == provider
    assert client.get(at_round("edit", round)).status_code == 409
    again = client.get(at_round("preview", round)).content.decode()
    assert "1 on the register: 0 would get one now, 1 would not." in again
    assert "<li>Already has one: 1</li>" in again


def test_large_round_goes_to_the_worker_and_is_finished_by_the_task(
    sign_in: Any, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    monkeypatch.setattr(issuing, "AT_ONCE", 1)
    round = RoundFactory(state="draft")
    analyst = someone(Role.QUALITY_ANALYST, round.commissioner)
    for _ in range(3):
        provider_of(round.commissioner)
    client = sign_in(analyst)
    client.post(at_round("preview", round), {"submit": ""})
    round.refresh_from_db()
    assert (round.state, SelfAssessment.objects.count()) == ("issuing", 0)
    assert client.post(at_round("preview", round), {"submit": ""}).status_code == 409
    assert "0 of 3 returns issued" in client.get(at_round("detail", round)).content.decode()
    assert issue_round(round_id=round.pk, by_id=analyst.pk, at=at.isoformat()) == 3
    assert issue_round(round_id=round.pk, by_id=analyst.pk, at=at.isoformat()) == 0
    round.refresh_from_db()
    assert round.state == "open"


def test_sweep_finishes_a_round_that_a_worker_left(at: datetime) -> None:
    round = RoundFactory(state="draft")
    provider_of(round.commissioner)
    round.begin_issuing(by=someone(Role.QUALITY_ANALYST, round.commissioner), at=at)
    assert finish_rounds() == 1
    assert finish_rounds() == 0
    assert Round.objects.get().state == "open"


def test_page_says_when_nobody_is_there_to_issue(sign_in: Any, now: datetime) -> None:
    round = RoundFactory(state="draft")
    provider_of(round.commissioner, name="Brook Street Surgery")
    analyst = someone(Role.QUALITY_ANALYST, round.commissioner)
    round.begin_issuing(by=analyst, at=now)
    client = sign_in(analyst)

    def shown() -> str:
        return client.get(at_round("detail", round)).content.decode()

    silent = "The part of the portal that issues returns does not answer"
    assert silent in shown()
    assert "It has not been heard of yet." in shown()
    JobRun.objects.beat(issuing.JOB, on=timezone.localdate(now), at=now - timedelta(minutes=2))
    assert silent not in shown()
    assert "Still without a return: Brook Street Surgery." in shown()
    JobRun.objects.beat(issuing.JOB, on=timezone.localdate(now), at=now - timedelta(minutes=4))
    assert silent in shown()
    assert finish_rounds() == 1
    assert silent not in shown()
    assert issuing.worker(at=timezone.now()).is_silent is False


def test_many_who_joined_an_open_round_go_to_the_worker_too(
    sign_in: Any, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    monkeypatch.setattr(issuing, "AT_ONCE", 1)
    round = RoundFactory(issued_at=at, issued_by=someone(Role.QUALITY_ANALYST, CommissionerFactory()))
    first = round.issued_by
    for _ in range(2):
        provider_of(round.commissioner)
    client = sign_in(someone(Role.QUALITY_ANALYST, round.commissioner))
    assert client.post(at_round("preview", round), {"submit": ""}).status_code == 302
    assert finish_rounds() == 2
    round.refresh_from_db()
    assert (round.state, round.issued_by, round.issued_at) == ("open", first, at)


@pytest.mark.django_db(transaction=True)
def test_one_organisation_that_cannot_be_issued_to_is_named_and_holds_up_nobody(sign_in: Any, at: datetime) -> None:
    round, other = RoundFactory(state="draft"), RoundFactory(state="draft")
    held, *_ = [provider_of(round.commissioner, name=f"Surgery {n}") for n in range(5)]
    provider_of(other.commissioner)
    analyst = someone(Role.QUALITY_ANALYST, round.commissioner)
    for each in (round, other):
        each.begin_issuing(by=analyst, at=at)
    locked, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Organisation.objects.select_for_update().get(pk=held.pk)
            locked.set()
            done.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(hold)
        locked.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        made = finish_rounds()
        done.set()
    assert made == 5
    assert set(Round.objects.values_list("pk", "state")) == {(round.pk, "issuing"), (other.pk, "open")}
    shown = sign_in(analyst).get(at_round("detail", round)).content.decode()
    assert "4 of 5 returns issued" in shown
    assert "Still without a return: Surgery 0." in shown
    assert finish_rounds() == 1
    assert Counter(round.assessments.values_list("organisation__name", flat=True)) == {
        f"Surgery {n}": 1 for n in range(5)
    }
    assert Round.objects.get(pk=round.pk).state == "open"


def some_of_each(round: Round, on: date) -> dict[str, SelfAssessment]:
    """One return of every kind of progress, seen from ``on``."""
    before, after = on - timedelta(days=10), on + timedelta(days=10)
    when = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    received = {"state": "submitted", "submitted_at": when, "first_submitted_at": when, "settled_at": when}
    dates = {
        "returned": {**received, "due_on": after, "original_due_on": before},
        "late": {"due_on": before, "original_due_on": before},
        "extended": {"due_on": after, "original_due_on": before},
        "not_yet_due": {"due_on": after, "original_due_on": after},
        "withdrawn": {"state": "withdrawn", "settled_at": when, "withdrawn_reason": "Contract ended", "due_on": before,
                      "original_due_on": before},
    }  # fmt: skip
    return {name: a_return(round, provider_of(round.commissioner), **fields) for name, fields in dates.items()}


def test_progress_always_adds_up_and_every_figure_leads_to_its_list(sign_in: Any) -> None:
    on = timezone.localdate()
    round = RoundFactory()
    returns = some_of_each(round, on)
    counts = SelfAssessment.objects.filter(round=round).progress(on=on)
    parts = ("returned", "late", "extended", "not_yet_due", "withdrawn")
    assert sum(counts[part] for part in parts) == counts["total"] == 5
    assert [counts[part] for part in parts] == [1, 1, 1, 1, 1]
    client = sign_in(someone(Role.QUALITY_ANALYST, round.commissioner))
    for part in parts[:4]:
        page = client.get(reverse("assurance:assessment-list"), {"round": round.reference, "progress": part})
        assert [each.pk for each in page.context["returns"]] == [returns[part].pk]
    gone = client.get(reverse("assurance:assessment-list"), {"round": round.reference, "state": "withdrawn"})
    assert [each.pk for each in gone.context["returns"]] == [returns["withdrawn"].pk]
    text = client.get(at_round("detail", round)).content.decode()
    assert "Contract ended" in text
    assert "Of the 1 returned, 0 came by the date first set and 1 by the date agreed" in text


def test_extending_keeps_the_original_date_and_says_who_agreed(sign_in: Any) -> None:
    on = timezone.localdate()
    assessment = a_return(due_on=on, original_due_on=on)
    analyst = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    agreed = someone(Role.DIRECTOR_OF_NURSING, assessment.commissioner)
    to = on + timedelta(days=14)
    new = {"due_on_day": str(to.day), "due_on_month": str(to.month), "due_on_year": str(to.year)}
    client = sign_in(analyst)
    said = {**new, "reason": "Merger of two practices", "agreed_by": agreed.pk}
    assert client.post(at_return("extend", assessment), said).status_code == 302
    assessment.refresh_from_db()
    assert (assessment.due_on, assessment.original_due_on, assessment.due_version) == (to, on, 2)
    change = DueChange.objects.get()
    assert (change.old, change.new, change.reason, change.by, change.agreed_by) == (
        on, to, "Merger of two practices", analyst, agreed,
    )  # fmt: skip
    again = client.post(at_return("extend", assessment), said)
    assert again.status_code == 422
    assert "The new date must be after" in again.content.decode()


def test_extending_what_has_arrived_is_refused(at: datetime) -> None:
    assessment = a_return(state="submitted", submitted_at=at, first_submitted_at=at, settled_at=at)
    by = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    with pytest.raises(IllegalMove):
        assessment.extend(date(2027, 1, 29), by=by, at=at, reason="Late", agreed_by=by)
    assert DueChange.objects.count() == 0


def test_withdrawing_needs_a_reason_and_happens_once(sign_in: Any) -> None:
    assessment = a_return()
    client = sign_in(someone(Role.QUALITY_ANALYST, assessment.commissioner))
    assert client.post(at_return("withdraw", assessment), {"reason": ""}).status_code == 422
    assert client.post(at_return("withdraw", assessment), {"reason": "Contract ended"}).status_code == 302
    assert client.post(at_return("withdraw", assessment), {"reason": "Again"}).status_code == 409
    assessment.refresh_from_db()
    assert (assessment.state, assessment.withdrawn_reason) == ("withdrawn", "Contract ended")


def test_provider_reaches_no_page_of_a_round(sign_in: Any) -> None:
    assessment = a_return()
    client = sign_in(someone(Role.PROVIDER_LEAD, assessment.organisation))
    urls = [at_round(name, assessment.round) for name in ("detail", "preview", "addition", "close", "edit")]
    urls += [at_return(name, assessment) for name in ("extend", "withdraw", "receive")]
    urls += [reverse("assurance:round-list"), reverse("assurance:round-add")]
    assert [client.get(url).status_code for url in urls] == [404] * len(urls)


def test_lists_take_the_same_few_queries_at_one_and_at_many(sign_in: Any, django_assert_max_num_queries: Any) -> None:
    round = RoundFactory()
    client = sign_in(someone(Role.QUALITY_ANALYST, round.commissioner))

    def queries(url: str) -> int:
        client.get(url)
        with django_assert_max_num_queries(12) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    a_return(round)
    urls = [reverse("assurance:assessment-list"), at_round("detail", round), reverse("assurance:round-list")]
    few = [queries(url) for url in urls]
    for _ in range(6):
        a_return(round, provider_of(round.commissioner))
    assert [queries(url) for url in urls] == few
