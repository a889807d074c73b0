"""From the upload to the day it may be opened: quarantine, the scanner's word, waiting, looking again."""

import io
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Role
from assurance.models.questions import grades_of, questions_of
from assurance.validating import proofs_of
from chasing.letters import compose
from chasing.models import Letter
from evidence import scanning
from evidence.models import EvidenceDownload, EvidenceVersion
from evidence.storage import aside_of, path_of
from evidence.tasks import scan_again, scan_version, sweep_scans, sweep_stored_files
from providers.models import Arrangement
from tests.factories.accounts import CircleFactory, CircleMemberFactory, UserFactory, someone
from tests.factories.assurance import a_return
from tests.factories.evidence import THEN, a_file, pdf, upload
from tests.factories.providers import CommissionerFactory, provider_of
from tests.scanner import HARMFUL, SIGNATURE, Scanner

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
MINUTE = timedelta(minutes=1)


def harmful() -> bytes:
    return pdf("policy") + HARMFUL + b"\n%%EOF\n"


def later(minutes: float) -> str:
    return (THEN + minutes * MINUTE).isoformat()


def read(version: EvidenceVersion) -> EvidenceVersion:
    return EvidenceVersion.objects.select_related("item").get(pk=version.pk)


def state(version: EvidenceVersion) -> tuple[str, str, str]:
    row = read(version)
    return row.scan_state, row.scan_signature, row.scan_trouble


def address(version: EvidenceVersion) -> str:
    return f"/evidence/file/{version.reference}/"


def test_an_upload_waits_is_scanned_and_opens(sign_in: SignIn, scanner: Scanner) -> None:
    lead = someone(Role.PROVIDER_LEAD, provider_of(CommissionerFactory()))
    client, contract = sign_in(lead), Arrangement.objects.get(organisation__memberships__user=lead).reference
    sent = {"whose": contract, "title": "Policy", "file": upload("policy.pdf", pdf())}
    page = client.post("/evidence/add/file/", sent, follow=True).content.decode()
    version = EvidenceVersion.objects.get()
    assert "The virus scanner has not looked at this file yet" in page
    assert client.get(address(version)).status_code == 409
    assert (scan_version(version_id=version.pk), scan_version(version_id=version.pk)) == (True, False)
    assert (state(version), len(scanner.seen)) == (("clean", "", ""), 1)
    assert client.get(address(version)).status_code == 200
    assert "Scanned, nothing found" in client.get(f"/evidence/{version.item.reference}/").content.decode()


def test_a_worker_is_woken_when_the_upload_is_committed(
    scanner: Scanner, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(scanning.current_app, "send_task", lambda name, **how: sent.append((name, how["kwargs"])))
    with django_capture_on_commit_callbacks(execute=True):
        version = a_file()
    assert sent == [("evidence.tasks.scan_version", {"version_id": version.pk})]


@pytest.mark.slow
def test_a_broker_that_is_down_does_not_stop_an_upload(
    scanner: Scanner, monkeypatch: Any, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = scanning.current_app
    # In this order: the second falls back on the first, and after the test is what it was when it was replaced.
    for setting in ("broker_write_url", "broker_url"):
        monkeypatch.setattr(app.conf, setting, "redis://127.0.0.1:1/0")
    # Connections that earlier tests opened are not used.
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    began = monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        version = a_file()
    assert monotonic() - began < 4  # six seconds where the library may try as it likes
    assert "The job queue is down" in caplog.text
    assert state(version) == ("quarantined", "", "")
    assert sweep_scans(at=later(1)) == 1
    assert state(version) == ("clean", "", "")


def test_a_harmful_file_is_opened_by_nobody_and_put_out_of_reach(sign_in: SignIn, scanner: Scanner) -> None:
    version = a_file(harmful())
    assert sweep_scans(at=later(0)) == 1
    assert state(version) == ("infected", SIGNATURE, "")
    people = [
        someone(role, place)
        for role, place in (
            (Role.PROVIDER_LEAD, version.organisation), (Role.PROVIDER_CONTRIBUTOR, version.organisation),
            (Role.DESIGNATED_PROFESSIONAL, version.commissioner), (Role.QUALITY_ANALYST, version.commissioner),
            (Role.DIRECTOR_OF_NURSING, version.commissioner),
        )
    ]  # fmt: skip
    assert [sign_in(each).get(address(version)).status_code for each in people] == [409] * 5
    assert EvidenceDownload.objects.count() == 0
    kept = aside_of(version.storage_name)
    assert (path_of(version.storage_name).exists(), kept.stat().st_mode & 0o777) == (False, 0o400)
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    again = a_file(harmful(), commissioner=version.commissioner, organisation=version.organisation)
    assert (again.already_held, again.scan_state) == (False, "quarantined")


def test_while_the_scanner_is_down_everything_waits_with_words_and_heals_by_itself(
    sign_in: SignIn, scanner: Scanner
) -> None:
    scanner.down()
    first = a_file()
    second = a_file(harmful(), commissioner=first.commissioner, organisation=first.organisation)
    client = sign_in(someone(Role.PROVIDER_LEAD, first.organisation))
    assert sweep_scans(at=later(42)) == 0
    assert {state(first), state(second)} == {("quarantined", "", "no_answer")}
    assert [read(each).scan_tries for each in (first, second)] == [1, 1]
    page = client.get(f"/evidence/{first.item.reference}/").content.decode()
    assert "Waiting for the virus scanner: it did not answer at 10:42 on 5 October. Next try at 10:43." in page
    assert (sweep_scans(at=later(42.5)), read(first).scan_tries) == (0, 1)
    sweep_scans(at=later(43))
    assert (read(first).scan_tries, read(first).scan_next_at) == (2, THEN + 45 * MINUTE)
    scanner.up()
    assert sweep_scans(at=later(45)) == 2
    assert (state(first), state(second)) == (("clean", "", ""), ("infected", SIGNATURE, ""))
    assert sweep_scans(at=later(60)) == 0


def test_a_file_that_takes_too_long_does_not_hold_up_the_others(scanner: Scanner, settings: Any) -> None:
    settings.CLAMD_SECONDS = 0.2
    slow, quick = a_file(at=THEN), a_file(at=THEN + MINUTE)
    scanner.slow = 1
    assert not scan_version(version_id=slow.pk, at=later(0))
    scanner.slow = 0
    assert state(slow) == ("quarantined", "", "too_slow")
    assert sweep_scans(at=later(1)) == 2
    assert [state(each)[0] for each in (slow, quick)] == ["clean", "clean"]


def test_a_file_over_the_scanners_limit_says_what_to_do_and_is_not_tried_for_ever(
    sign_in: SignIn, scanner: Scanner
) -> None:
    scanner.limit = 10
    version = a_file()
    sweep_scans(at=later(0))
    assert (state(version), read(version).scan_next_at) == (("quarantined", "", "too_long"), None)
    assert (sweep_scans(at=later(60 * 24)), read(version).scan_tries) == (0, 1)
    client = sign_in(someone(Role.PROVIDER_LEAD, version.organisation))
    page = client.get(f"/evidence/{version.item.reference}/").content.decode()
    assert "The file is larger than the virus scanner takes, so nobody can open it. Send it in smaller parts" in page
    assert client.get(address(version)).status_code == 409
    scanner.limit = 10_000
    assert scan_again(at=later(60 * 24)) == 0
    assert state(version) == ("clean", "", "")


def test_a_worker_that_never_came_back_is_given_up_after_two_minutes(scanner: Scanner) -> None:
    version = a_file()
    assert version.claim_scan(at=THEN)
    assert not version.claim_scan(at=THEN + MINUTE)
    assert sweep_scans(at=later(1)) == 0
    assert sweep_scans(at=later(2)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_file_show_it_to_the_scanner_once(scanner: Scanner) -> None:
    version, start, done = a_file(harmful()), threading.Barrier(2), []

    def work() -> None:
        start.wait()
        done.append(scan_version(version_id=version.pk, at=later(0)))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(done), len(scanner.seen), state(version)[0]) == ([False, True], 1, "infected")


def test_a_slower_answer_never_opens_what_was_found_infected(scanner: Scanner) -> None:
    """Two workers asked, an old scanner and a new one; whoever comes last, the file stays closed."""
    version = a_file()
    assert version.found_infected("New.Signature", at=THEN)
    assert not version.found_clean(at=THEN + MINUTE)
    assert not version.found_infected("Other.Signature", at=THEN + MINUTE)
    assert state(version) == ("infected", "New.Signature", "")
    with pytest.raises(IntegrityError, match="opened only by another scan"), transaction.atomic():
        EvidenceVersion.objects.filter(pk=version.pk).update(scan_state="clean", scan_signature="")


def test_a_file_found_infected_later_is_closed_at_once(sign_in: SignIn, scanner: Scanner) -> None:
    version = a_file(pdf("the words of tomorrow"))
    sweep_scans(at=later(0))
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, version.commissioner))
    assert client.get(address(version)).status_code == 200
    scanner.harmful = b"the words of tomorrow"
    assert (scan_again(at=later(60)), scan_again(at=later(24 * 60)), scan_again(at=later(25 * 60))) == (0, 1, 0)
    assert state(version) == ("infected", SIGNATURE, "")
    assert client.get(address(version)).status_code == 409
    assert SIGNATURE in client.get(f"/evidence/{version.item.reference}/").content.decode()


def test_each_recent_file_is_looked_at_once_a_day_and_what_was_never_scanned_as_well(
    scanner: Scanner, settings: Any
) -> None:
    url, settings.CLAMD_URL = settings.CLAMD_URL, ""
    unscanned = a_file(at=THEN - timedelta(days=400))
    settings.CLAMD_URL, settings.CLAMD_RESCAN_DAYS = url, 30
    recent, old = a_file(at=THEN), a_file(at=THEN - timedelta(days=29))
    sweep_scans(at=later(1))
    assert state(unscanned)[0] == "not_scanned"
    seen = []
    for day in (0, 1, 1, 2):
        scan_again(at=later(60 * 24 * day))
        seen.append(len(scanner.seen))
    assert seen == [3, 5, 5, 6]
    assert [state(each)[0] for each in (unscanned, recent, old)] == ["clean"] * 3
    assert [event.scan_state for event in recent.events.order_by("pk")] == ["quarantined", "clean"]


def test_looking_again_with_a_scanner_that_is_down_changes_nothing(scanner: Scanner) -> None:
    version = a_file()
    sweep_scans(at=later(0))
    scanner.down()
    assert scan_again(at=later(60 * 24)) == 0
    assert state(version) == ("clean", "", "")
    scanner.up()
    scan_again(at=later(60 * 24 + 10))
    assert len(scanner.seen) == 2


def test_a_refused_file_is_looked_at_again_when_somebody_asks_and_opens_when_it_is_clean(scanner: Scanner) -> None:
    version = a_file(harmful())
    sweep_scans(at=later(0))
    assert (scanning.look_again(version, at=THEN), scanning.look_again(version, at=THEN)) == (True, False)
    assert state(version) == ("quarantined", "", "")
    sweep_scans(at=later(1))
    assert (state(version)[0], aside_of(version.storage_name).exists()) == ("infected", True)
    scanner.harmful = b"something else"
    scanning.look_again(version, at=THEN)
    sweep_scans(at=later(2))
    assert (state(version)[0], path_of(version.storage_name).read_bytes()) == ("clean", harmful())


def test_a_refused_file_is_removed_after_thirty_days_and_one_left_in_its_place_is_moved(scanner: Scanner) -> None:
    version, left = a_file(harmful()), a_file()
    sweep_scans(at=later(0))
    left.found_infected("Test.Signature", at=THEN)
    now = timezone.now()
    assert sweep_stored_files(at=now.isoformat()) == 0
    assert (path_of(left.storage_name).exists(), aside_of(left.storage_name).exists()) == (False, True)
    month_ago = (now - timedelta(days=31)).timestamp()
    os.utime(aside_of(version.storage_name), (month_ago, month_ago))
    assert (sweep_stored_files(at=now.isoformat()), sweep_stored_files(at=now.isoformat())) == (1, 0)
    assert (aside_of(version.storage_name).exists(), aside_of(left.storage_name).exists()) == (False, True)
    assert (scanning.look_again(version, at=now), state(version)[0]) == (False, "infected")


def test_without_a_scanner_files_are_not_scanned_and_nothing_waits() -> None:
    version = a_file(by=UserFactory())
    assert state(version) == ("not_scanned", "", "")
    assert (sweep_scans(), scan_again()) == (0, 0)


# --- Who is told, and where it stands ------------------------------------------------------------


def test_the_uploader_and_the_leads_are_written_to_once_without_words_of_the_file(
    scanner: Scanner,
) -> None:
    commissioner = CommissionerFactory()
    place = provider_of(commissioner)
    someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    uploader, lead = someone(Role.PROVIDER_CONTRIBUTOR, place), someone(Role.PROVIDER_LEAD, place)
    version = a_file(
        harmful(), "secret.pdf", title="Canary", commissioner=commissioner, organisation=place, by=uploader
    )
    sweep_scans(at=later(0))
    version.found_infected(SIGNATURE, at=THEN)
    letters = Letter.objects.filter(kind="file_refused")
    assert {letter.to_user for letter in letters} == {uploader, lead}
    texts = [compose(letter, THEN).body for letter in letters.order_by("to_user_id")]  # type: ignore[union-attr]
    assert [f"/evidence/{version.item.reference}/" in text for text in texts] == [True, True]
    assert sorted("you uploaded the file" in text for text in texts) == [False, True]
    assert [word for word in ("Canary", "secret", SIGNATURE) if word in "".join(texts)] == []
    version.item.withdraw("It was the wrong one", by=lead, at=THEN)
    assert [compose(letter, THEN) for letter in letters] == ["It is no longer so."] * 2


def test_of_a_file_on_an_access_list_only_those_on_it_are_told(scanner: Scanner) -> None:
    commissioner = CommissionerFactory()
    place, circle = provider_of(commissioner), CircleFactory(commissioner=commissioner)
    named, other = (someone(Role.PROVIDER_LEAD, place) for _ in range(2))
    CircleMemberFactory(circle=circle, user=named, added_by=named)
    a_file(harmful(), commissioner=commissioner, organisation=place, by=named, circle=circle)
    sweep_scans(at=later(0))
    told = {letter.to_user: compose(letter, THEN) for letter in Letter.objects.filter(kind="file_refused")}
    assert not isinstance(told[named], str)
    assert told[other] == "There is nobody to send it to any more."


def test_those_who_keep_the_service_see_what_is_held_back_and_no_word_of_it(sign_in: SignIn, scanner: Scanner) -> None:
    version = a_file(harmful(), "secret name.pdf", title="Secret title")
    foreign = a_file(harmful())
    sweep_scans(at=later(0))
    scanner.down()
    waiting = a_file(title="Secret too", commissioner=version.commissioner, organisation=version.organisation)
    sweep_scans(at=later(0))
    client = sign_in(someone(Role.SYSTEM_ADMINISTRATOR, version.commissioner))
    page = client.get("/evidence/scanner/").content.decode()
    shown = (version.reference, SIGNATURE, waiting.reference, "it did not answer at 10:00", "does not answer")
    assert [words for words in shown if words not in page] == []
    assert [words for words in ("Secret", "secret", foreign.reference) if words in page] == []
    refused = client.get("/evidence/scanner/?state=refused").content.decode()
    assert (version.reference in refused, waiting.reference in refused) == (True, False)
    home = client.get("/").content.decode()
    assert "It does not answer" in home
    assert "1 file waits for it. It refused 1 file." in " ".join(home.split())
    assert client.get(f"/evidence/{version.item.reference}/").status_code == 404
    assert client.get(address(version)).status_code == 404
    assert sign_in(someone(Role.PROVIDER_LEAD, version.organisation)).get("/evidence/scanner/").status_code == 404


def test_the_scanners_page_asks_as_often_for_many_files_as_for_one(sign_in: SignIn, scanner: Scanner) -> None:
    version = a_file()
    client = sign_in(someone(Role.QUALITY_ANALYST, version.commissioner))
    client.get("/evidence/scanner/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get("/evidence/scanner/")
        counts.append(len(asked))
        for _ in range(4):
            a_file(commissioner=version.commissioner, organisation=version.organisation)
    assert counts[0] == counts[1] <= 12


def test_a_validator_reads_beside_the_answer_why_a_file_is_closed(scanner: Scanner) -> None:
    assessment = a_return()
    answer = assessment.answers.in_order()[0]
    where = {"commissioner": assessment.commissioner, "organisation": assessment.organisation}
    scanner.down()
    waiting = a_file(**where)
    sweep_scans(at=later(0))
    refused = a_file(harmful(), **where)
    refused.found_infected(SIGNATURE, at=THEN)
    for version in (waiting, refused):
        answer.use(version.item, by=version.uploaded_by, at=THEN)
    reader = someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner)
    proofs = proofs_of([answer], user=reader, on=THEN.date())[answer.pk]
    assert [proof.version.why_closed for proof in proofs if proof.version] == [
        read(waiting).why_closed, read(refused).why_closed,
    ]  # fmt: skip
    assert "it did not answer at 10:00 on 5 October. Next try at 10:01." in read(waiting).why_closed
    asked = questions_of(assessment, grades_of(assessment), answer=answer.pk)[0]
    assert [use.newest_scan for use in asked.evidence] == ["quarantined", "infected"]


def test_a_refused_file_is_shown_to_a_better_scanner_by_command(scanner: Scanner, settings: Any) -> None:
    wrong, right = a_file(harmful()), a_file(pdf("really") + b"second word\n%%EOF\n")
    right.found_infected("Other", at=THEN)
    sweep_scans(at=later(0))
    scanner.harmful = b"second word"
    said = io.StringIO()
    call_command("scan_again", since=THEN.date(), stdout=said)
    assert {state(wrong)[0], state(right)[0]} == {"clean", "infected"}
    assert f"{wrong.reference}: Scanned, nothing found" in said.getvalue()
    assert f"{right.reference}: Refused by the scanner {SIGNATURE}" in said.getvalue()
    with pytest.raises(CommandError, match="Name the files"):
        call_command("scan_again")
    settings.CLAMD_URL = ""
    with pytest.raises(CommandError, match="No virus scanner is set up"):
        call_command("scan_again", wrong.reference)
