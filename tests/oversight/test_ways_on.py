"""Nobody meets a page without a way on or back: settings from the home page, profiles, and what slipped in."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from oversight.models import Mobilisation
from tests.factories.accounts import someone
from tests.factories.escalation import a_milestone, a_notice, a_proposal
from tests.factories.known import a_contact, an_incident, an_indicator, an_item
from tests.factories.providers import provider_of
from tests.factories.visits import a_finding, a_visit

pytestmark = pytest.mark.django_db
SLIPPED_IN = re.compile(r'href="(/identifiable-data/remove/[^"]+)"')
HREF = re.compile(r'href="(/[^"#]*)"')


def opened(client: Any, path: str) -> str:
    answer = client.get(path)
    assert (path, answer.status_code) == (path, 200)
    return answer.content.decode()


def test_whoever_changes_settings_reaches_each_of_them_from_home_and_none_of_their_links_is_dead(
    sign_in: Any,
) -> None:
    visit = a_visit()
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.QUALITY_ANALYST):
        client = sign_in(someone(role, visit.commissioner))
        settings = opened(client, "/").partition(">Settings</h2>")[2].partition("</ul>")[0]
        pages = HREF.findall(settings)
        assert len(pages) == 9
        for path in pages:
            main = opened(client, path).partition("<main")[2].partition("</main>")[0]
            kinds = {there.partition("?")[0]: unescape(there) for there in HREF.findall(main)}
            assert [there for there in kinds.values() if client.get(there).status_code != 200] == []
    assert ">Settings</h2>" not in opened(sign_in(someone(Role.AUDITOR, visit.commissioner)), "/")


def test_from_each_page_of_one_thing_one_gets_to_the_provider_and_to_what_slipped_in(sign_in: Any) -> None:
    visit = a_visit()
    whose, about = visit.commissioner, visit.organisation
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, whose)
    a_finding(visit, asked="Who holds the keys?")
    notice = a_notice(whose, about, by=nurse)
    a_milestone(notice, notice.issued_on, text="Every ward at 85%")
    things = {
        "visit": visit, "contact-detail": a_contact(whose, about), "incident-detail": an_incident(whose, about),
        "indicator-detail": an_indicator(whose, about), "intelligence-detail": an_item(whose, about),
        "escalation-detail": a_proposal(whose, about), "notice-detail": notice,
    }  # fmt: skip
    client, profile = sign_in(nurse), reverse("oversight:profile", args=[about.reference])
    beneath = {}
    for name, thing in things.items():
        here = reverse(f"oversight:{name}", args=[thing.reference])
        page = opened(client, here)
        step = reverse("oversight:escalation-provider", args=[about.reference])
        assert (name, profile in page or step in page) == (name, True)
        (removal,) = SLIPPED_IN.findall(page)
        asked = opened(client, removal)
        assert f'class="nhsuk-back-link" href="{here}"' in asked
        beneath[name] = [opened(client, path) for path in SLIPPED_IN.findall(asked)]
    assert any("Who holds the keys?" in page for page in beneath["visit"])
    assert any("Every ward at 85%" in page for page in beneath["notice-detail"])


def test_a_provider_is_offered_neither_on_what_it_reads_of_itself(sign_in: Any) -> None:
    visit = a_visit()
    whose, about = visit.commissioner, visit.organisation
    notice = a_notice(whose, about, by=someone(Role.DESIGNATED_PROFESSIONAL, whose))
    lead = sign_in(someone(Role.PROVIDER_LEAD, about))
    for name, thing in (("notice-detail", notice), ("incident-detail", an_incident(whose, about))):
        page = opened(lead, reverse(f"oversight:{name}", args=[thing.reference]))
        assert about.name in page
        assert SLIPPED_IN.findall(page) == []
        assert "/providers/" not in page


def test_a_new_service_whose_organisation_is_not_known_can_have_words_removed(sign_in: Any) -> None:
    visit = a_visit()
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, visit.commissioner)
    service = Mobilisation.objects.begin(visit.commissioner, by=nurse, at=timezone.now(), service="Thirty beds")
    client = sign_in(nurse)
    here = reverse("oversight:mobilisation", args=[service.reference])
    (removal,) = SLIPPED_IN.findall(opened(client, here))
    assert f'href="{here}"' in opened(client, removal)


def test_a_list_of_one_provider_of_whom_nothing_is_recorded_shows_nothing_of_others(sign_in: Any) -> None:
    visit = a_visit()
    whose, about = visit.commissioner, visit.organisation
    other = provider_of(whose)
    an_item(whose, about)
    an_incident(whose, about)
    an_indicator(whose, about)
    a_contact(whose, about)
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, whose))
    for name in ("intelligence-list", "incident-list", "indicator-list", "contact-list"):
        url = reverse(f"oversight:{name}")
        full, none = (client.get(f"{url}?organisation={each.reference}") for each in (about, other))
        assert (name, len(full.context["rows"]), len(none.context["rows"])) == (name, 1, 0)
        assert "Nothing is recorded here about this organisation" in none.content.decode()


def test_a_provider_without_a_notice_is_told_so_in_its_own_words(sign_in: Any) -> None:
    visit = a_visit()
    url = reverse("oversight:notice-list")
    theirs = opened(sign_in(someone(Role.PROVIDER_LEAD, visit.organisation)), url)
    assert ("None was issued to you" in theirs, "/surveillance/" in theirs) == (True, False)
    ours = opened(sign_in(someone(Role.CONTRACT_MANAGER, visit.commissioner)), url)
    assert ("None was issued to a provider of yours" in ours, "/surveillance/" in ours) == (True, True)


def test_who_reads_only_final_reports_is_not_told_that_nobody_visited(sign_in: Any) -> None:
    visit = a_visit(state="done")
    url = reverse("oversight:profile", args=[visit.organisation.reference])
    manager = opened(sign_in(someone(Role.CONTRACT_MANAGER, visit.commissioner)), url)
    assert ("no visit has a final report" in manager, "o visit is recorded" in manager) == (True, False)
    nurse = opened(sign_in(someone(Role.DESIGNATED_PROFESSIONAL, visit.commissioner)), url)
    assert ("last visit " in nurse, "final report" in nurse) == (True, False)


def test_nothing_is_written_about_an_immediate_concern_that_nobody_found(sign_in: Any) -> None:
    visit = a_visit()
    a_finding(visit, "concern")
    letter = reverse("oversight:visit-letter", args=[visit.reference])
    client = sign_in(visit.lead)
    refused = [client.get(letter), client.post(letter, {"to_name": "Dr Sen", "text": "We found something."})]
    assert [answer.status_code for answer in refused] == [409, 409]
    assert ("no line of this visit" in refused[0].content.decode(), visit.letters.count()) == (True, 0)
    here = reverse("oversight:visit", args=[visit.reference])
    for came_from, led in (
        (f"http://testserver{here}", True),
        (f"https://elsewhere.example{here}", False),
        ("http://testserver//elsewhere.example/", False),
        ("", False),
    ):
        said = client.get(letter, headers={"referer": came_from}).content.decode()
        assert ("This cannot be done now" in said, f'href="{here}">Open the page again' in said) == (True, led)
        assert "elsewhere.example" not in said
    a_finding(visit, "immediate_concern", key=uuid4())
    assert client.get(letter).status_code == 200
