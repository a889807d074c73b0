"""Evidence for an answer: each of the four ways, refused files beside their box, removing, and whose it is."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.capabilities import Role
from assurance.models import AnswerEvidence, SelfAssessment
from evidence.models import EvidenceItem
from tests.assurance.test_return_standard import answer, writer
from tests.factories.accounts import THEN, someone
from tests.factories.assurance import a_return
from tests.factories.providers import provider_of

pytestmark = pytest.mark.django_db


def evidence_url(assessment: SelfAssessment, ref: str = "1.1") -> str:
    kwargs = {"reference": assessment.reference, "answer": answer(assessment, ref).pk}
    return reverse("assurance:return-evidence", kwargs=kwargs)


def an_item(assessment: SelfAssessment, **fields: Any) -> EvidenceItem:
    by = someone(Role.PROVIDER_LEAD, assessment.organisation)
    return EvidenceItem.objects.create(
        commissioner=assessment.commissioner, organisation=assessment.organisation, kind="seen", added_by=by,
        added_at=THEN, **{"title": "Policy", "seen_where": "Office", **fields},
    )  # fmt: skip


def test_a_file_supports_the_answer(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    file = SimpleUploadedFile("policy.txt", b"Our safeguarding policy, approved in May 2026.", "text/plain")
    done = client.post(evidence_url(assessment), {"kind": "file", "file": file, "title": "Policy"})
    assert done.status_code == 302
    use = answer(assessment, "1.1").evidence.get()
    assert (use.item.title, use.item.kind, use.item.organisation) == ("Policy", "file", assessment.organisation)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"kind": "link", "address": "https://example.org/policy", "title": "Policy"}, "link"),
        ({"kind": "seen", "seen_where": "Ward office, shown to A. Nurse in May", "title": "Log"}, "seen"),
    ],
)
def test_a_link_or_something_seen_supports_the_answer(sign_in: Any, said: dict[str, str], kind: str) -> None:
    assessment = a_return()
    assert writer(assessment, sign_in).post(evidence_url(assessment), said).status_code == 302
    assert answer(assessment, "1.1").evidence.get().item.kind == kind


def test_what_is_here_already_is_chosen_and_only_ones_own(sign_in: Any) -> None:
    assessment = a_return()
    mine = an_item(assessment)
    theirs = an_item(a_return(assessment.round, provider_of(assessment.commissioner)), title="Theirs")
    client = writer(assessment, sign_in)
    foreign = client.post(evidence_url(assessment), {"kind": "existing", "item": theirs.reference})
    assert foreign.status_code == 422
    assert "Theirs" not in foreign.content.decode()
    chosen = {"kind": "existing", "item": mine.reference}
    assert client.post(evidence_url(assessment), chosen).status_code == 302
    assert [use.item for use in AnswerEvidence.objects.all()] == [mine]


def test_a_refused_file_says_why_beside_its_box_and_keeps_the_title(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    renamed = SimpleUploadedFile("report.pdf", b"MZ\x90\x00 this is a program", "application/pdf")
    page = client.post(evidence_url(assessment), {"kind": "file", "file": renamed, "title": "Kept title"})
    assert page.status_code in (415, 422)
    assert "Kept title" in page.content.decode()
    empty = SimpleUploadedFile("empty.pdf", b"", "application/pdf")
    page = client.post(evidence_url(assessment), {"kind": "file", "file": empty, "title": "Kept title"})
    assert page.status_code == 422
    assert EvidenceItem.objects.count() == 0


def test_a_wrong_address_is_no_problem_once_something_else_is_chosen(sign_in: Any) -> None:
    assessment = a_return()
    said = {"kind": "seen", "seen_where": "Ward office in May", "title": "Log", "address": "not an address"}
    assert writer(assessment, sign_in).post(evidence_url(assessment), said).status_code == 302
    assert answer(assessment, "1.1").evidence.get().item.address == ""


def test_a_file_too_large_is_413(sign_in: Any, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 1000
    assessment = a_return()
    file = SimpleUploadedFile("policy.txt", b"x" * 5000, "text/plain")
    page = writer(assessment, sign_in).post(evidence_url(assessment), {"kind": "file", "file": file, "title": "Kept"})
    assert page.status_code == 413
    assert "The file is larger than" in page.content.decode()
    assert "Kept" in page.content.decode()


def test_removing_takes_the_use_away_and_keeps_the_item(sign_in: Any) -> None:
    assessment = a_return()
    item = an_item(assessment)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    use = answer(assessment, "1.1").use(item, by=lead, at=THEN)
    kwargs = {"reference": assessment.reference, "answer": answer(assessment, "1.1").pk, "use": use.pk}
    done = sign_in(lead).post(reverse("assurance:return-evidence-remove", kwargs=kwargs), {"submit": ""})
    assert done.status_code == 302
    assert (AnswerEvidence.objects.count(), EvidenceItem.objects.count()) == (0, 1)
    assert AnswerEvidence.pgh_event_model.objects.filter(pgh_label="delete").count() == 1  # type: ignore[attr-defined]


def test_evidence_of_a_submitted_return_is_refused_with_409(sign_in: Any) -> None:
    assessment = a_return()
    item = an_item(assessment)
    client = writer(assessment, sign_in)
    SelfAssessment.objects.filter(pk=assessment.pk).update(
        state="submitted", submitted_at=THEN, first_submitted_at=THEN, settled_at=THEN
    )
    assert client.post(evidence_url(assessment), {"kind": "existing", "item": item.reference}).status_code == 409
    assert AnswerEvidence.objects.count() == 0


def test_the_same_file_twice_is_said_and_nothing_is_added_twice(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)

    def send(ref: str) -> str:
        file = SimpleUploadedFile("policy.txt", b"Our safeguarding policy, approved in May 2026.", "text/plain")
        asked = {"kind": "file", "file": file, "title": "Policy"}
        return client.post(evidence_url(assessment, ref), asked, follow=True).content.decode()

    assert "“Policy” now supports 1.1." in send("1.1")
    assert "You hold this file already, as “Policy”. It now supports 1.2" in send("1.2")
    assert "it supports 1.2 already. Nothing was added." in send("1.2")
    assert EvidenceItem.objects.filter(organisation=assessment.organisation).count() == 1
    assert AnswerEvidence.objects.count() == 2


def test_an_oversized_file_is_refused_beside_its_box_and_what_was_typed_stays(sign_in: Any, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 1_000
    assessment = a_return()
    client = writer(assessment, sign_in)
    file = SimpleUploadedFile("policy.txt", b"x" * 5_000, "text/plain")
    refused = client.post(evidence_url(assessment), {"kind": "file", "file": file, "title": "Typed title"})
    assert (refused.status_code, "file" in refused.context["form"].errors) == (413, True)
    assert "Typed title" in refused.content.decode()
    assert AnswerEvidence.objects.count() == 0
