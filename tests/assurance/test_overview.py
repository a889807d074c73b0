"""The overview: grades in question (hazard 15), and providers that another commissioner counts (hazard 29)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from assurance.models import Round
from assurance.models.in_question import put_in_question
from providers.models import Arrangement
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, provider_of, shared_provider
from tests.factories.validation import answer, nurse_of, submitted, validated

pytestmark = pytest.mark.django_db
OVERVIEW, LIST = "/overview/", "/overview/providers/"


def returned(this_year: Round, now: datetime, organisation: Any) -> Any:
    return validated(
        now, assessment=submitted(now, round=this_year, organisation=organisation, issued_at=now - timedelta(days=30))
    )


def doubt(assessment: Any, now: datetime, ref: str = "2.1", days: int = 9) -> Any:
    return put_in_question(
        assessment, answer(assessment, ref).criterion_version_id, since=timezone.localdate(now) - timedelta(days=days),
        reason="The named nurse has left.", by=nurse_of(assessment), at=now,
    )  # fmt: skip


def in_words(now: datetime, days: int) -> str:
    return f"{timezone.localdate(now) - timedelta(days=days):%-d %B %Y}"


def cells(page: Any) -> dict[str, list[Any]]:
    """Since when each standard of each provider is in question, by the provider's name."""
    return {
        row.assessment.organisation.name: [cell.in_question for cell in row.cells] for row in page.context["matrix"]
    }


def test_hazard_15_a_grade_in_question_is_marked_counted_and_listed_until_it_is_settled(
    sign_in: Any, now: datetime, this_year: Round
) -> None:
    ours = this_year.commissioner
    doubted, firm = (returned(this_year, now, provider_of(ours, name=name)) for name in ("Doubted Ltd", "Firm Ltd"))
    late, early = doubt(doubted, now, "2.1", days=9), doubt(doubted, now, "2.2", days=12)
    client = sign_in(someone(Role.DIRECTOR_OF_NURSING, ours))
    page = client.get(OVERVIEW)
    assert cells(page) == {"Doubted Ltd": [None, early.since], "Firm Ltd": [None, None]}
    assert f"in question since {in_words(now, 12)}" in page.content.decode()
    counts = page.context["reading"].counts
    assert (counts.total, counts.returned, counts.in_question) == (2, 2, 1)
    listed = client.get(LIST, {"standing": "in_question"})
    assert [row.organisation.name for row in listed.context["paged"]] == ["Doubted Ltd"]
    assert in_words(now, 12) in listed.content.decode()
    assert "1 provider with a validated grade in question" in client.get("/").content.decode()
    for each in (late, early):
        each.settle("A nurse has been appointed.", by=nurse_of(doubted), at=now)
    page = client.get(OVERVIEW)
    assert cells(page) == {"Doubted Ltd": [None, None], "Firm Ltd": [None, None]}
    assert page.context["reading"].counts.in_question == 0
    assert "grade in question</a>" not in client.get("/").content.decode()
    assert firm.state == "validated"


def test_the_count_and_the_list_of_grades_in_question_agree_and_the_states_still_add_up(
    sign_in: Any, now: datetime, this_year: Round
) -> None:
    ours = this_year.commissioner
    for name in ("One", "Two"):
        doubt(returned(this_year, now, provider_of(ours, name=name)), now)
    a_return(this_year, provider_of(ours), issued_at=now - timedelta(days=30))
    neighbour = RoundFactory(framework_version=published(), year=this_year.year, issued_at=this_year.issued_at)
    doubt(returned(neighbour, now, provider_of(neighbour.commissioner, name="Elsewhere")), now)
    client = sign_in(someone(Role.QUALITY_ANALYST, ours))
    page = client.get(OVERVIEW, {"standing": "in_question"})
    counts = page.context["reading"].counts
    assert counts.in_question == page.context["paged"].paginator.count == 2
    assert [row.assessment.organisation.name for row in page.context["matrix"]] == ["One", "Two"]
    assert sum(counts.by_standing.values()) == counts.total == 3


def test_the_profile_warns_of_grades_in_question(sign_in: Any, now: datetime, this_year: Round) -> None:
    doubted = returned(this_year, now, provider_of(this_year.commissioner))
    client = sign_in(someone(Role.CONTRACT_MANAGER, this_year.commissioner))
    address = f"/providers/{doubted.organisation.reference}/"
    assert client.get(address).context["profile"].warnings == [NOBODY_REMINDED]
    doubt(doubted, now, "2.1", days=9)
    doubt(doubted, now, "2.2", days=12)
    page = client.get(address)
    said = f"2 validated grades of {this_year.year} in question since {in_words(now, 12)}."
    assert page.context["profile"].warnings == [said, NOBODY_REMINDED]
    assert f"in question since {in_words(now, 12)}</td>" in page.content.decode()


NOBODY_REMINDED = "Nobody receives reminders: there is no working address."


def test_a_shared_provider_is_counted_by_its_lead_and_shown_by_its_associate(
    sign_in: Any, now: datetime, this_year: Round
) -> None:
    lead, associate = this_year.commissioner, CommissionerFactory(name="Neighbour CCG")
    shared = shared_provider(lead, associate, name="Shared Trust")
    provider_of(associate, name="Own Hospice")
    left = shared_provider(lead, associate, name="Left Trust")
    ended = Arrangement.objects.filter(organisation=left, commissioner=associate)
    ended.update(ends_on=timezone.localdate(now) - timedelta(days=1))
    theirs, ours = (sign_in(someone(Role.DESIGNATED_PROFESSIONAL, one)) for one in (lead, associate))

    def shown(client: Any) -> tuple[int, list[tuple[str, str, str | None]]]:
        reading = client.get(OVERVIEW, {"year": this_year.year}).context["reading"]
        return reading.counts.total, [(each.name, each.led_by, each.level) for each in reading.shared]

    assert shown(ours) == (1, [("Shared Trust", lead.name, None)])
    assert shown(theirs) == (2, [])
    assessment = submitted(now, round=this_year, organisation=shared, issued_at=now - timedelta(days=30))
    assert shown(ours) == (1, [("Shared Trust", lead.name, None)])
    validated(now, assessment=assessment)
    assert shown(ours) == (1, [("Shared Trust", lead.name, "significant")])
    page = ours.get(OVERVIEW, {"year": this_year.year}).content.decode()
    assert "1 provider with a contract of ours that another commissioner leads" in page
    assert "Left Trust" not in page
    assert page.count("Shared Trust") == 1


def test_who_acts_for_both_counts_a_shared_provider_once(sign_in: Any, now: datetime, this_year: Round) -> None:
    lead, associate = this_year.commissioner, CommissionerFactory()
    shared_provider(lead, associate, name="Shared Trust")
    both = someone(Role.DESIGNATED_PROFESSIONAL, lead)
    MembershipFactory(user=both, role=Role.DESIGNATED_PROFESSIONAL, organisation=associate)
    client = sign_in(both)
    reading = client.get(OVERVIEW, {"year": this_year.year}).context["reading"]
    assert (reading.counts.total, reading.shared) == (1, [])
    only = client.get(OVERVIEW, {"year": this_year.year, "commissioner": associate.reference}).context["reading"]
    assert (only.counts.total, [each.name for each in only.shared]) == (0, ["Shared Trust"])


def test_who_was_not_asked_is_named_beside_the_list_of_all(sign_in: Any, now: datetime, this_year: Round) -> None:
    a_return(this_year, provider_of(this_year.commissioner))
    provider_of(this_year.commissioner, name="Millgate Pharmacy")
    client = sign_in(someone(Role.QUALITY_ANALYST, this_year.commissioner))
    everybody = client.get(LIST)
    assert everybody.context["paged"].paginator.count == 1
    assert '<a href="?standing=not_asked">1 more was not asked</a> and is listed apart.' in everybody.content.decode()
    apart = client.get(LIST, {"standing": "not_asked"})
    assert [each.name for each in apart.context["paged"]] == ["Millgate Pharmacy"]
    assert "listed apart" not in apart.content.decode()


def test_a_standard_of_a_return_is_headed_by_its_title_and_one_that_does_not_exist_is_not_found(
    sign_in: Any, now: datetime, this_year: Round
) -> None:
    assessment = returned(this_year, now, provider_of(this_year.commissioner))
    client = sign_in(someone(Role.QUALITY_ANALYST, this_year.commissioner))
    standard = assessment.round.framework_version.standards.get(number=1)
    page = client.get(reverse("assurance:standard-detail", args=[assessment.reference, 1])).content.decode()
    assert f"Standard 1: {standard.title}</h1>" in page
    assert client.get(reverse("assurance:standard-detail", args=[assessment.reference, 99])).status_code == 404
