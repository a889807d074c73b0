"""Links to returns for tests: sent by the verb, followed as whoever gets the letter follows them."""

import re
from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from assurance.models import ReturnLink, SelfAssessment
from assurance.models.links import send_link
from chasing import letters
from chasing.models import Letter
from tests.factories.accounts import someone
from tests.factories.assurance import a_return
from tests.factories.providers import ContactFactory

ADDRESS = re.compile(r"https?://[^/\s]+(/link/[\w-]+/)")


def small_return(**fields: Any) -> SelfAssessment:
    """A return in the words of small providers, of an organisation with a registered contact and a mailbox."""
    made = a_return(**{"tier": "small", **fields})
    ContactFactory(
        organisation=made.organisation, kind="registered_manager", name="Sam Manager", email="manager@home.example"
    )
    type(made.organisation).objects.filter(pk=made.organisation_id).update(mailbox="office@home.example")
    return made


def sent(assessment: SelfAssessment, *, at: datetime | None = None, **to: str) -> ReturnLink:
    """A link sent by the quality team."""
    at, by = at or timezone.now(), someone("QA", assessment.commissioner)
    return send_link(assessment, **{"name": "Sam Manager", "email": "manager@home.example", **to}, by=by, at=at)


def letter_of(link: ReturnLink, kind: str = "return_link") -> Letter:
    """The letter that holds the link."""
    return Letter.objects.get(kind=kind, about__link=link.pk)


def address_of(link: ReturnLink, *, at: datetime | None = None, kind: str = "return_link") -> str:
    """The path that stands in the letter, made as the relay makes it."""
    message = letters.compose(letter_of(link, kind), at or timezone.now())
    assert not isinstance(message, str), message
    found = ADDRESS.search(str(message.body))
    assert found is not None
    link.refresh_from_db()
    return found[1]


def holder(link: ReturnLink, *, at: datetime | None = None, kind: str = "return_link") -> Client:
    """A browser in which the link was followed."""
    client = Client()
    response = client.get(address_of(link, at=at, kind=kind))
    assert response.status_code == 302, response.status_code
    return client
