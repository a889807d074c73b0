"""What the portal says to a scanner, and what it makes of the answers."""

import io
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clamd as clamd_client
import pytest
from django.test import Client

from accounts.capabilities import Role
from assurance_portal.checks import the_scanner_is_named_by_an_address
from evidence.models import EvidenceVersion
from evidence.scanner import NotLookedAt, look_at, ping
from evidence.tasks import sweep_scans
from evidence.waiting import Trouble, next_try, words
from providers.models import Arrangement
from tests.factories.accounts import someone
from tests.factories.evidence import THEN, office, pdf, upload, zipped
from tests.factories.providers import CommissionerFactory, provider_of
from tests.scanner import HARMFUL, SIGNATURE, Scanner


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(pdf())
    return path


def trouble_of(path: Path) -> Trouble:
    with pytest.raises(NotLookedAt) as said:
        look_at(path)
    return said.value.trouble


def test_a_file_is_streamed_whole_and_what_was_found_is_said(scanner: Scanner, file: Path) -> None:
    assert look_at(file) == ""
    file.write_bytes(bytes(3_000_000) + HARMFUL)
    assert look_at(file) == SIGNATURE
    assert scanner.seen == [len(pdf()), 3_000_000 + len(HARMFUL)]


def test_the_scanner_of_these_tests_speaks_as_clamd_does_to_another_client(scanner: Scanner) -> None:
    """The clamd package was written for the real one."""
    other = clamd_client.ClamdNetworkSocket("127.0.0.1", scanner.port, timeout=2)
    assert other.ping() == "PONG"
    assert other.instream(io.BytesIO(pdf())) == {"stream": ("OK", None)}
    assert other.instream(io.BytesIO(HARMFUL)) == {"stream": ("FOUND", SIGNATURE)}


def test_a_scanner_that_is_not_there_does_not_answer(scanner: Scanner, file: Path) -> None:
    scanner.down()
    assert trouble_of(file) == Trouble.NO_ANSWER
    with pytest.raises(ConnectionError):
        ping()
    scanner.up()
    assert look_at(file) == ""
    ping()


def test_a_scanner_on_a_socket_of_this_machine_that_is_not_there_does_not_answer(settings: Any, file: Path) -> None:
    settings.CLAMD_URL = f"unix://{file.parent}/clamd.ctl"
    assert trouble_of(file) == Trouble.NO_ANSWER


def test_a_slow_scanner_is_given_up_after_its_time(scanner: Scanner, settings: Any, file: Path) -> None:
    settings.CLAMD_SECONDS, scanner.slow = 0.3, 5
    began = time.monotonic()
    assert trouble_of(file) == Trouble.TOO_SLOW
    assert time.monotonic() - began < 1


def test_a_file_over_the_stream_limit_is_said_to_be_too_long(scanner: Scanner, file: Path) -> None:
    scanner.limit = 1_000_000
    file.write_bytes(bytes(20_000_000))
    assert trouble_of(file) == Trouble.TOO_LONG


@pytest.mark.parametrize(
    ("says", "trouble"),
    [
        ("stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND", Trouble.TOO_MUCH),
        ("INSTREAM: Can't create temporary file. ERROR", Trouble.FAILED),
        ("something else", Trouble.FAILED),
    ],
)
def test_an_answer_that_says_nothing_of_the_file_is_no_clean_file(
    scanner: Scanner, file: Path, says: str, trouble: Trouble
) -> None:
    scanner.says = says
    assert trouble_of(file) == trouble


def test_a_scanner_that_hangs_up_has_not_answered(settings: Any, file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        hanging_up = threading.Thread(target=lambda: listening.accept()[0].close())
        hanging_up.start()
        assert trouble_of(file) == Trouble.NO_ANSWER
        hanging_up.join()


def test_a_file_that_is_gone_is_said_to_be_unreadable(scanner: Scanner, tmp_path: Path) -> None:
    assert trouble_of(tmp_path / "gone") == Trouble.UNREADABLE
    assert scanner.seen == []


def test_the_waits_grow_and_stay_at_a_quarter_of_an_hour() -> None:
    waits = [next_try(Trouble.NO_ANSWER, tries, at=THEN) for tries in range(1, 8)]
    assert [(each - THEN).seconds // 60 for each in waits if each] == [1, 2, 5, 10, 15, 15, 15]
    assert next_try(Trouble.TOO_LONG, 1, at=THEN) is None


def test_the_words_name_london_times() -> None:
    """Five past ten in October is five past nine for the server."""
    assert words(Trouble.NO_ANSWER, THEN, next_try(Trouble.NO_ANSWER, 3, at=THEN)) == (
        "Waiting for the virus scanner: it did not answer at 10:00 on 5 October. Next try at 10:05."
    )


def test_readyz_names_the_scanner_only_where_there_is_one(scanner: Scanner, settings: Any, db: Any) -> None:
    assert Client().get("/readyz").json()["parts"]["virus scanner"] == "up"
    scanner.down()
    answer = Client().get("/readyz")
    assert (answer.status_code, "virus scanner" in answer.json()["down"]) == (200, True)
    settings.CLAMD_URL = ""
    assert "virus scanner" not in Client().get("/readyz").json()["parts"]


@pytest.mark.parametrize(
    ("url", "problems"),
    [
        ("", []), ("tcp://clamav:3310", []), ("unix:///run/clamav/clamd.ctl", []),
        ("clamav:3310", ["portal.E003"]), ("tcp://", ["portal.E003"]),
    ],
)  # fmt: skip
def test_an_address_that_names_no_scanner_is_refused_at_the_start(settings: Any, url: str, problems: list[str]) -> None:
    settings.CLAMD_URL = url
    assert [problem.id for problem in the_scanner_is_named_by_an_address(None)] == problems


# --- The real one --------------------------------------------------------------------------------

# The harmless file that every scanner knows, in two halves so that no scanner stumbles over this one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CONFIGURATION = """
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
LogFile {folder}/clamd.log
Foreground yes
StreamMaxLength 1M
AlertExceedsMax yes
MaxScanSize 500K
MaxFileSize 500K
"""


@pytest.fixture
def clamd(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Debian's clamd with one signature made by hand; the folder's path is short, as socket paths must be."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        pytest.skip("clamd is not installed (apt-get install clamav-daemon)")
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "own.ndb").write_text(f"Own.Eicar:0:*:{EICAR.hex()}\n")
    (tmp_path / "clamd.conf").write_text(CONFIGURATION.format(folder=tmp_path))
    running = subprocess.Popen(
        [program, "--config-file", str(tmp_path / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    settings.CLAMD_URL = f"unix://{tmp_path}/clamd.ctl"
    try:
        _until_it_answers(running, tmp_path)
        yield tmp_path
    finally:
        running.terminate()
        running.wait(20)


def _until_it_answers(running: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(300):
        assert running.poll() is None, (folder / "clamd.log").read_text()
        try:
            return ping()
        except OSError:
            time.sleep(0.1)
    raise AssertionError((folder / "clamd.log").read_text())


@pytest.mark.slow
def test_the_real_scanner_finds_eicar_plain_zipped_and_in_a_document(clamd: Path) -> None:
    shown = {
        "clean": (pdf(), ""),
        "plain": (EICAR, "Own.Eicar.UNOFFICIAL"),
        "zipped": (zipped({"readme.txt": EICAR}), "Own.Eicar.UNOFFICIAL"),
        "in a document": (office("docx", {"word/media/notes.txt": EICAR}), "Own.Eicar.UNOFFICIAL"),
    }
    path, found = clamd / "shown", {}
    for name, (content, _) in shown.items():
        path.write_bytes(content)
        found[name] = look_at(path)
    assert found == {name: signature for name, (_, signature) in shown.items()}
    path.write_bytes(b"policy " * 300_000)
    assert trouble_of(path) == Trouble.TOO_LONG
    path.write_bytes(b"policy " * 100_000)
    assert trouble_of(path) == Trouble.TOO_MUCH


@pytest.mark.slow
@pytest.mark.django_db
def test_eicar_from_the_upload_to_the_closed_door_with_the_real_scanner(clamd: Path, sign_in: Any) -> None:
    commissioner = CommissionerFactory()
    provider = provider_of(commissioner)
    client = sign_in(someone(Role.PROVIDER_LEAD, provider))
    contract = Arrangement.objects.get(organisation=provider).reference
    for title, content in (("Clean", office()), ("Harmful", office("docx", {"word/media/notes.txt": EICAR}))):
        sent = {"whose": contract, "title": title, "file": upload("policy.docx", content)}
        assert client.post("/evidence/add/file/", sent).status_code == 302
    assert sweep_scans() == 2
    clean, harmful = (EvidenceVersion.objects.get(item__title=title) for title in ("Clean", "Harmful"))
    assert (clean.scan_state, harmful.scan_state) == ("clean", "infected")
    readers = [client, sign_in(someone(Role.DESIGNATED_PROFESSIONAL, commissioner))]
    assert [each.get(f"/evidence/file/{clean.reference}/").status_code for each in readers] == [200, 200]
    assert [each.get(f"/evidence/file/{harmful.reference}/").status_code for each in readers] == [409, 409]
    assert "Own.Eicar.UNOFFICIAL" in readers[1].get(f"/evidence/{harmful.item.reference}/").content.decode()
