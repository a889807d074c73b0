"""Opening a file: who may, what the browser is told, and one line in the reading log."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.capabilities import Role
from evidence.models import EvidenceDownload, EvidenceItem, EvidenceVersion
from evidence.storage import path_of
from tests.factories.accounts import CircleFactory, CircleMemberFactory, UserFactory, someone
from tests.factories.evidence import THEN, a_file, office, pdf

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
OPENED_HEADERS = (
    "Content-Type", "Content-Disposition", "Content-Length", "Content-Security-Policy", "X-Content-Type-Options",
    "Cache-Control", "Cross-Origin-Resource-Policy", "X-Frame-Options",
)  # fmt: skip


def address(version: EvidenceVersion) -> str:
    """Where the file is."""
    return f"/evidence/file/{version.reference}/"


def test_a_provider_opens_its_own_file_as_an_attachment(sign_in: SignIn) -> None:
    content = pdf("café")
    version = a_file(content, "Café “policy”; v2.pdf")
    lead = someone(Role.PROVIDER_LEAD, version.organisation)
    response = sign_in(lead).get(address(version))
    assert b"".join(response.streaming_content) == content
    assert {name: response.headers[name] for name in OPENED_HEADERS} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="Caf_ _policy_; v2.pdf"; '
        "filename*=UTF-8''Caf%C3%A9%20%E2%80%9Cpolicy%E2%80%9D%3B%20v2.pdf",
        "Content-Length": str(len(content)),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    assert [(row.version, row.by) for row in EvidenceDownload.objects.all()] == [(version, lead)]


def test_the_type_is_ours_and_never_what_the_browser_claimed(sign_in: SignIn) -> None:
    version = a_file(office("xlsx"), "staff.xlsx")
    response = sign_in(someone(Role.QUALITY_ANALYST, version.commissioner)).get(address(version))
    assert response.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_asking_for_the_headers_only_is_not_reading(sign_in: SignIn) -> None:
    version = a_file()
    response = sign_in(someone(Role.PROVIDER_LEAD, version.organisation)).head(address(version))
    assert (response.status_code, EvidenceDownload.objects.count()) == (200, 0)


def test_each_opening_is_one_line(sign_in: SignIn) -> None:
    version = a_file()
    client = sign_in(someone(Role.PROVIDER_CONTRIBUTOR, version.organisation))
    for _ in range(3):
        client.get(address(version))
    assert EvidenceDownload.objects.count() == 3


def test_another_organisation_and_another_commissioner_find_nothing(sign_in: SignIn) -> None:
    version, theirs = a_file(), a_file()
    strangers = [
        someone(Role.PROVIDER_LEAD, theirs.organisation),
        someone(Role.DESIGNATED_PROFESSIONAL, theirs.commissioner),
        someone(Role.SYSTEM_ADMINISTRATOR, version.commissioner),
        someone(Role.AUDITOR, version.commissioner),
    ]
    assert [sign_in(each).get(address(version)).status_code for each in strangers] == [404] * 4
    assert sign_in(strangers[0]).get(address(theirs)).status_code == 200
    assert EvidenceDownload.objects.get().version == theirs


def test_nobody_signed_in_is_sent_to_sign_in() -> None:
    assert Client().get(address(a_file())).status_code == 302


def test_a_file_in_a_circle_is_open_to_named_people_only(sign_in: SignIn) -> None:
    open_version = a_file()
    commissioner = open_version.commissioner
    circle = CircleFactory(commissioner=commissioner)
    version = a_file(commissioner=commissioner, organisation=open_version.organisation, circle=circle)
    named, other = (someone(Role.DESIGNATED_PROFESSIONAL, commissioner) for _ in range(2))
    CircleMemberFactory(circle=circle, user=named, added_by=named)
    assert sign_in(named).get(address(version)).status_code == 200
    assert sign_in(other).get(address(version)).status_code == 404
    assert sign_in(other).get(address(open_version)).status_code == 200


@pytest.mark.parametrize(
    ("state", "setting", "status", "words"),
    [
        ("not_scanned", True, 200, None),
        ("not_scanned", False, 409, "has not been scanned for viruses"),
        ("quarantined", True, 409, "has not looked at this file yet"),
        ("infected", True, 409, "virus scanner refused this file"),
        ("clean", False, 200, None),
    ],
)
def test_the_scan_decides_what_may_be_opened(
    sign_in: SignIn, settings: Any, state: str, setting: bool, status: int, words: str | None
) -> None:
    settings.EVIDENCE_OPEN_UNSCANNED = setting
    version = a_file()
    said = {"scanned_at": THEN} if state in ("clean", "infected") else {}
    found = "Test.Signature" if state == "infected" else ""
    EvidenceVersion.objects.filter(pk=version.pk).update(scan_state=state, scan_signature=found, **said)
    client = sign_in(someone(Role.PROVIDER_LEAD, version.organisation))
    response = client.get(address(version))
    assert (response.status_code, EvidenceDownload.objects.count()) == (status, int(status == 200))
    detail = client.get(f"/evidence/{version.item.reference}/").content.decode()
    assert (address(version) in detail) == (status == 200)
    assert version.get_scan_state_display() != state
    if words:
        assert words in response.content.decode()
        assert words in detail


def test_a_file_with_case_detail_in_it_is_opened_by_nobody(sign_in: SignIn) -> None:
    version = a_file()
    version.item.withdraw("It names a child.", holds_case_detail=True, by=UserFactory(), at=THEN)
    response = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, version.commissioner)).get(address(version))
    assert response.status_code == 409
    assert "holds details of a person or a case" in response.content.decode()


def test_a_file_withdrawn_for_another_reason_is_still_read_by_those_who_judged_it(sign_in: SignIn) -> None:
    version = a_file()
    version.item.withdraw("Replaced by the new policy.", by=UserFactory(), at=THEN)
    assert sign_in(someone(Role.DESIGNATED_PROFESSIONAL, version.commissioner)).get(address(version)).status_code == 200


def test_a_file_that_is_missing_from_the_disk_is_said_plainly_and_not_logged(sign_in: SignIn) -> None:
    version = a_file()
    path_of(version.storage_name).unlink()
    response = sign_in(someone(Role.PROVIDER_LEAD, version.organisation)).get(address(version))
    assert (response.status_code, EvidenceDownload.objects.count()) == (409, 0)
    assert "cannot be read from the portal" in response.content.decode()


def test_the_log_is_shown_to_those_who_read_history_only(sign_in: SignIn) -> None:
    version = a_file()
    reader = someone(Role.PROVIDER_CONTRIBUTOR, version.organisation, name="Rea Der")
    sign_in(reader).get(address(version))
    item = EvidenceItem.objects.get()
    pages = {
        role: sign_in(someone(role, where)).get(f"/evidence/{item.reference}/").content.decode()
        for role, where in (
            (Role.DESIGNATED_PROFESSIONAL, version.commissioner),
            (Role.PROVIDER_LEAD, version.organisation),
            (Role.PROVIDER_CONTRIBUTOR, version.organisation),
        )
    }
    assert {role: "Rea Der" in text for role, text in pages.items()} == {
        Role.DESIGNATED_PROFESSIONAL: True, Role.PROVIDER_LEAD: True, Role.PROVIDER_CONTRIBUTOR: False,
    }  # fmt: skip
