"""Before a form saves: what identifies a person is marked, nothing typed is lost, and an answer is asked for once."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.capabilities import Role
from actions.models import Action, ActionUpdate
from privacy.models import GuardRule, Override, Warned
from tests.assurance.test_return_autosave import save_url, typed
from tests.assurance.test_return_standard import answer, writer
from tests.factories.accounts import someone
from tests.factories.actions import an_action
from tests.factories.assurance import a_return
from tests.factories.links import holder, sent, small_return
from tests.factories.providers import SiteFactory

pytestmark = pytest.mark.django_db
NUMBER = "943 476 5919"
TEXT = f"The nurse saw the child with NHS number {NUMBER} on Monday."


def progress(action: Action) -> str:
    return reverse("actions:action-report", args=[action.reference])


def lead_of(action: Action, sign_in: Any) -> Any:
    return sign_in(someone(Role.PROVIDER_LEAD, action.organisation))


def choice(page: str) -> dict[str, str]:
    """The two boxes of the choice, ticked and with a reason, as the page names them."""
    found = re.search(r'name="(not-a-person-[^"]+)"(?: type="checkbox")? value="([0-9a-f]{16})"', page)
    assert found
    return {found[1]: found[2], found[1].replace("not-a-person-", "not-a-person-why-"): "A made-up number for training"}


def test_a_text_with_an_nhs_number_is_not_saved_and_the_place_is_marked(sign_in: Any) -> None:
    action = an_action()
    response = lead_of(action, sign_in).post(progress(action), {"text": TEXT})
    page = response.content.decode()
    assert response.status_code == 422
    assert f"<mark>{NUMBER}</mark>" in page
    assert "looks like an NHS number" in page
    assert f"{TEXT}</textarea>" in page
    assert ActionUpdate.objects.filter(action=action, text=TEXT).count() == 0
    warned = Warned.objects.get()
    assert (warned.code, warned.commissioner, warned.organisation) == (
        "nhs_number",
        action.commissioner,
        action.organisation,
    )
    assert (warned.route, warned.field, warned.form) == ("actions:action-report", "text", "actions.forms.ReportForm")


def test_whoever_says_that_it_is_not_about_a_person_saves_it_and_that_is_recorded_once(sign_in: Any) -> None:
    action = an_action()
    client = lead_of(action, sign_in)
    said = choice(client.post(progress(action), {"text": TEXT}).content.decode())
    assert client.post(progress(action), {"text": TEXT, **said}).status_code == 302
    assert ActionUpdate.objects.filter(action=action, text=TEXT).count() == 1
    override = Override.objects.get()
    assert (override.reason, override.warned) == ("A made-up number for training", Warned.objects.get())
    # The same words in the same box by the same person: nobody is asked twice.
    assert client.post(progress(action), {"text": f"Again: {TEXT}"}).status_code == 302
    assert (Warned.objects.count(), Override.objects.count()) == (1, 1)
    # Another number is another question.
    assert client.post(progress(action), {"text": "NHS number 401 023 2137"}).status_code == 422


@pytest.mark.parametrize("reason", ["", "no", f"It is {NUMBER}"])
def test_a_tick_without_a_reason_or_with_the_number_in_it_saves_nothing(reason: str, sign_in: Any) -> None:
    action = an_action()
    client = lead_of(action, sign_in)
    said = choice(client.post(progress(action), {"text": TEXT}).content.decode())
    said = {name: reason if "why" in name else value for name, value in said.items()}
    response = client.post(progress(action), {"text": TEXT, **said})
    assert response.status_code == 422
    assert "Say " in response.content.decode()
    assert Override.objects.count() == 0


def test_a_tick_for_one_number_does_not_pass_another(sign_in: Any) -> None:
    action = an_action()
    client = lead_of(action, sign_in)
    said = choice(client.post(progress(action), {"text": TEXT}).content.decode())
    response = client.post(progress(action), {"text": f"{TEXT} And NHS number 401 023 2137.", **said})
    assert response.status_code == 422
    assert Override.objects.count() == 0


def test_no_words_of_what_was_found_are_kept(sign_in: Any) -> None:
    action = an_action()
    client = lead_of(action, sign_in)
    said = choice(client.post(progress(action), {"text": TEXT}).content.decode())
    client.post(progress(action), {"text": TEXT, **said})
    kept = str([list(model.objects.values_list()) for model in (Warned, Override)])
    assert "A made-up number for training" in kept
    assert [each for each in ("943 476", "9434765919", "476 5919", "the child") if each in kept] == []


def test_a_postcode_of_the_register_is_nobodys_and_another_is_asked_about(sign_in: Any) -> None:
    action = an_action()
    SiteFactory(organisation=action.organisation, postcode="AL8 6JL")
    client = lead_of(action, sign_in)
    assert client.post(progress(action), {"text": "The clinic moved to AL8 6JL in May."}).status_code == 302
    assert client.post(progress(action), {"text": "The family lives at AL8 6JB now."}).status_code == 422


def test_rules_of_the_commissioner_are_used_and_can_be_put_off(sign_in: Any) -> None:
    action = an_action()
    shipped = GuardRule.objects.get(code="nhs_number")
    GuardRule.objects.create(
        commissioner=action.commissioner, code="nhs_number", on=False, words=shipped.words, distance=20,
        valid_from="2017-04-01",
    )  # fmt: skip
    assert lead_of(action, sign_in).post(progress(action), {"text": TEXT}).status_code == 302
    other = an_action()
    assert lead_of(other, sign_in).post(progress(other), {"text": TEXT}).status_code == 422


def test_autosave_answers_422_with_the_place_and_the_choice_and_keeps_what_was_there(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    box = f"narrative-{answer(assessment, '1.1').pk}"
    refused = client.post(save_url(assessment), typed(assessment, narrative=TEXT))
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == [box]
    assert f"<mark>{NUMBER}</mark>" in refused.json()["doubts"][box]
    assert answer(assessment, "1.1").narrative == ""
    # Every key saves again: one person's one slip is one warning.
    client.post(save_url(assessment), typed(assessment, narrative=TEXT + " More words."))
    assert Warned.objects.count() == 1
    said = choice(refused.json()["doubts"][box])
    assert client.post(save_url(assessment), typed(assessment, narrative=TEXT, **{}) | said).status_code == 200
    assert answer(assessment, "1.1").narrative == TEXT
    assert Override.objects.get().warned.organisation == assessment.organisation


def test_a_holder_of_a_link_is_asked_too() -> None:
    link = sent(small_return())
    client = holder(link)
    pk = link.self_assessment.answers.order_by("pk").first().pk
    url = reverse("assurance:link-save", kwargs={"reference": link.reference, "answer": pk})
    found = client.post(url, {f"narrative-{pk}": TEXT, f"version-{pk}": "1", f"seen-{pk}": ""})
    assert (found.status_code, list(found.json()["doubts"])) == (422, [f"narrative-{pk}"])
    assert (Warned.objects.get().by, Warned.objects.get().commissioner) == (link.bearer, link.commissioner)


def test_a_text_without_digits_costs_no_query_and_a_filter_is_not_asked_about(sign_in: Any) -> None:
    action = an_action()
    client = lead_of(action, sign_in)
    with CaptureQueriesContext(
        connection,
    ) as plain:
        client.post(progress(action), {"text": "All the staff of the ward are trained."})
    assert [each["sql"] for each in plain if "privacy_" in each["sql"]] == []
    assert client.get(reverse("actions:action-list"), {"q": TEXT}).status_code == 200
    assert Warned.objects.count() == 0
