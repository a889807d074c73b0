"""The pages of validation: what is on them, who may open them, and how many questions they ask of the database."""

import pytest
from django.urls import reverse

from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory
from tests.factories.providers import provider_of
from tests.factories.validation import decide_all, nurse_of, review, submitted, validated

pytestmark = pytest.mark.django_db


def url(name, assessment, *more):
    return reverse(f"assurance:{name}", args=[assessment.reference, *more])


def queries(client, address, counter):
    client.get(address)
    with counter() as found:
        assert client.get(address).status_code == 200
    return [each["sql"] for each in found.captured_queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "SET"))]


@pytest.fixture
def counter(django_assert_max_num_queries):
    return lambda: django_assert_max_num_queries(200)


def test_every_page_opens(at, sign_in):
    assessment = submitted(at, r1_2="amber")
    nurse = nurse_of(assessment)
    client = sign_in(nurse)
    pages = [
        reverse("assurance:validation-queue"),
        reverse("assurance:validation-across"),
        reverse("assurance:validation-sign-offs"),
        url("validation-strand", assessment, "children"),
        url("validation-criterion", assessment, "children", "1.2"),
        url("validation-accept", assessment, "children"),
        url("validation-send-back", assessment, "children"),
        url("validation-sign-off", assessment, "children"),
        reverse("assurance:validation-across") + f"?round={assessment.round.reference}&criterion=1.2",
    ]
    for page in pages:
        answer = client.get(page)
        assert (page, answer.status_code) == (page, 200)
        assert answer.content.count(b"<h1") == 1
    review(assessment, "children", by=nurse, at=at)
    for page in pages:
        assert (page, client.get(page).status_code) == (page, 200)
