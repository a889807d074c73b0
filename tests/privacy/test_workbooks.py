"""A workbook that is brought in: its difference lists the cells that may identify a person, and nothing is saved."""

from typing import Any

import pytest
from django.test import Client

from accounts.capabilities import Role
from actions.models import Action
from assurance.models import Answer
from oversight.models import Import
from privacy.models import Override, Warned
from tests.assurance.test_return_standard import answer, writer
from tests.assurance.test_return_workbook import ANSWER, GRADE, accept, downloaded, place, sent, url
from tests.factories.accounts import someone
from tests.factories.assurance import a_return
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.workbooks import saved_again
from tests.oversight.files import send, workbook
from tests.privacy.test_forms import choice

pytestmark = pytest.mark.django_db
SLIP = "The girl aged 15 told the school nurse."


def test_a_return_in_a_workbook_is_saved_only_after_an_answer_about_its_cells(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    content = downloaded(client, assessment)
    cells = {place(content, "1.1", GRADE): "met", place(content, "1.1", ANSWER): SLIP}
    kept = sent(client, assessment, saved_again(content, cells))
    page = client.get(url(assessment, "difference", upload=kept.reference)).content.decode()
    assert "<mark>aged 15</mark>" in page
    assert place(content, "1.1", ANSWER).split("!")[1] in page
    assert Warned.objects.count() == 0
    refused = accept(client, kept)
    assert (refused.status_code, answer(assessment, "1.1").narrative) == (422, "")
    assert Warned.objects.get().form == "assurance.forms.workbooks.AcceptWorkbookForm"
    said = choice(refused.content.decode())
    digest = refused.context["difference"].digest
    done = client.post(url(assessment, "difference", upload=kept.reference), {"digest": digest, **said})
    assert done.status_code == 302
    assert Answer.objects.get(pk=answer(assessment, "1.1").pk).narrative == SLIP
    assert Override.objects.get().reason == said["not-a-person-why-cells"]


def test_actions_that_are_brought_in_are_asked_about_too(sign_in: Any) -> None:
    ours = CommissionerFactory(name="NHS Here")
    provider_of(ours, name="Oak Surgery", code="E82001")
    client: Client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, ours))
    head = ["Provider", "Action", "Due date"]
    page = send(client, "/bring-in/actions/", workbook(head, ["Oak Surgery", SLIP, "1 June 2026"]))
    assert "<mark>aged 15</mark>" in page.content.decode()
    assert "B2" in page.content.decode()
    where = page.redirect_chain[-1][0]
    refused = client.post(where, {"seen": page.context["form"].fields["seen"].initial})
    assert (refused.status_code, Action.objects.count(), Import.objects.get().state) == (422, 0, "read")
