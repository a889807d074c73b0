"""The guard's figures name the page in words that people know."""

import pytest
from django.urls import get_resolver
from django.utils import timezone

from accounts.capabilities import Role
from privacy.models import GuardRule, Override, Warned
from privacy.places import PLACES, place_named
from tests.factories.accounts import someone
from tests.factories.visits import a_visit


def test_every_page_that_takes_text_has_a_name() -> None:
    apps = {namespace for namespace in get_resolver().namespace_dict if namespace != "admin"}
    assert sorted(apps - set(PLACES)) == []
    assert place_named("oversight:contact-new") == "Contact log"
    assert place_named("assurance:link-save") == "Returns"
    assert place_named("", "actions.forms.progress_form") == "progress form"


@pytest.mark.django_db
def test_warnings_of_two_pages_about_one_thing_are_one_line(sign_in) -> None:
    visit = a_visit()
    rule = GuardRule.objects.filter(code="postcode").first()
    for n, route in enumerate(("oversight:visit-plan", "oversight:visit-told", "oversight:contact-new")):
        Warned.objects.create(
            commissioner=visit.commissioner, organisation=visit.organisation, rule=rule, code="postcode",
            route=route, form="f", field="g", key=str(n), at=timezone.now(),
        )  # fmt: skip
    heard = Warned.objects.create(
        commissioner=visit.commissioner, organisation=visit.organisation, rule=rule, code="postcode",
        route="oversight:intelligence-new", form="f", field="g", key="heard", at=timezone.now(),
    )  # fmt: skip
    Override.objects.create(warned=heard, reason="The postcode of the town hall", at=timezone.now(), by=visit.lead)
    page = sign_in(someone(Role.DIRECTOR_OF_NURSING, visit.commissioner)).get("/identifiable-data/")
    assert [(line.words, line.n, line.overridden) for line in page.context["forms"]] == [
        ("Visits and their reports", 2, 0), ("Contact log", 1, 0), ("Soft intelligence", 1, 1),
    ]  # fmt: skip
    for role in (Role.AUDITOR, Role.CALDICOTT_GUARDIAN):
        others = sign_in(someone(role, visit.commissioner)).get("/identifiable-data/")
        assert [line.words for line in others.context["forms"]] == [
            "Visits and their reports", "Contact log", "Oversight",
        ]  # fmt: skip
        assert ("town hall" in others.content.decode(), "intelligence" in others.content.decode()) == (True, False)
    assert "oversight" not in page.content.decode().partition("where it was typed")[2].partition("</table>")[0]
