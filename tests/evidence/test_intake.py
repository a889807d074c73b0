"""Taking a file in: all of it or nothing."""

import hashlib
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.door import Refused
from evidence.intake import NotAccepted, take_in
from evidence.middleware import StoredFilesMiddleware
from evidence.models import EvidenceItem, EvidenceVersion, Withdrawn
from evidence.storage import path_of
from evidence.tasks import sweep_stored_files
from tests.factories.accounts import CircleFactory, UserFactory
from tests.factories.evidence import THEN, EvidenceItemFactory, a_file, office, pdf, png, upload
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@contextmanager
def full_disk() -> Iterator[None]:
    """The kernel refuses every write of this process beyond so many bytes, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_file_is_kept_privately_under_a_random_name_by_its_hash() -> None:
    content = pdf("kept")
    version = a_file(content, "Policy 2026.pdf", valid_until=date(2027, 3, 31))
    path = path_of(version.storage_name)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o640
    assert "Policy" not in str(path)
    assert version.sha256 == hashlib.sha256(content).hexdigest()
    row = EvidenceVersion.objects.get(pk=version.pk)
    assert (row.number, row.file_name, row.media_type, row.size, row.scan_state, row.item.valid_until) == (
        1, "Policy 2026.pdf", "application/pdf", len(content), "not_scanned", date(2027, 3, 31),
    )  # fmt: skip


REFUSED: dict[str, tuple[str, bytes, int, str]] = {
    "renamed picture": ("scan.pdf", png(), 415, "really a PNG picture"),
    "renamed document": ("policy.docx", pdf(), 415, "really a PDF"),
    "turned round": ("annexe\u202efdp.exe", pdf(), 415, "really a PDF"),
    "text under another name": ("run.bat", b"del *", 415, "really plain text"),
    "macro document renamed": ("policy.docx", office("docx", {"word/vbaProject.bin": b"x"}), 415, "macros"),
    "empty": ("policy.pdf", b"", 422, "is empty"),
    "above": ("policy.docx", office("docx", {"../x": b"x"}), 422, "unsafe names"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_leaves_nothing(name: str, stored: Callable[[], list[Path]]) -> None:
    file_name, content, status, words = REFUSED[name]
    with pytest.raises(NotAccepted, match=words) as refused:
        a_file(content, file_name)
    assert refused.value.status == status
    assert (stored(), EvidenceItem.objects.count(), EvidenceVersion.objects.count()) == ([], 0, 0)


def test_a_file_over_the_limit_is_refused_before_it_is_copied(settings: Any, stored: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 1_048_576
    with pytest.raises(NotAccepted, match="larger than 1 MB") as refused:
        a_file(pdf("x" * 1_048_576))
    assert (refused.value.status, stored()) == (413, [])


def test_a_full_disk_is_said_plainly_and_nothing_is_half_saved(stored: Any) -> None:
    commissioner = CommissionerFactory()
    content = pdf("x" * 5_000)
    with full_disk(), pytest.raises(NotAccepted, match="no room to keep the file") as refused:
        a_file(content, commissioner=commissioner)
    assert (refused.value.status, stored(), EvidenceItem.objects.count()) == (503, [], 0)
    assert a_file(content, commissioner=commissioner).number == 1


def test_text_is_csv_when_its_name_says_so_and_a_missing_ending_is_added() -> None:
    assert a_file(b"name,trained\n", "staff.csv").media_type == "text/csv; charset=utf-8"
    assert a_file(b"name trained\n", "staff.txt").media_type == "text/plain; charset=utf-8"
    assert a_file(png(), "IMG_0042").file_name == "IMG_0042.png"
    assert a_file(png(3, 3), "IMG_0042.PNG").file_name == "IMG_0042.PNG"


def test_the_same_file_is_linked_and_not_kept_twice(stored: Any) -> None:
    first = a_file(pdf("same"))
    item = first.item
    again = a_file(pdf("same"), "other name.pdf", commissioner=item.commissioner, organisation=item.organisation)
    assert (again.pk, again.already_held, first.already_held) == (first.pk, True, False)
    assert (len(stored()), EvidenceItem.objects.count()) == (1, 1)


def test_the_same_file_of_another_organisation_is_a_file_of_its_own() -> None:
    first = a_file(pdf("same"))
    other = a_file(pdf("same"), commissioner=first.commissioner)
    assert (other.pk == first.pk, other.already_held) == (False, False)


def test_a_file_in_a_circle_tells_nobody_outside_that_it_is_held() -> None:
    commissioner = CommissionerFactory()
    first = a_file(pdf("same"), commissioner=commissioner, circle=CircleFactory(commissioner=commissioner))
    item = first.item
    other = a_file(pdf("same"), commissioner=item.commissioner, organisation=item.organisation)
    assert (other.pk == first.pk, other.already_held) == (False, False)


def test_a_withdrawn_file_is_not_held() -> None:
    first = a_file(pdf("same"))
    first.item.withdraw("Replaced", by=UserFactory(), at=THEN)
    item = first.item
    assert not a_file(pdf("same"), commissioner=item.commissioner, organisation=item.organisation).already_held


def test_a_new_version_follows_the_old_one_and_carries_its_own_date() -> None:
    first = a_file(pdf("one"), valid_until=date(2026, 3, 31))
    second = a_file(pdf("two"), item=first.item, valid_until=date(2027, 3, 31))
    item = EvidenceItem.objects.get(pk=first.item_id)
    assert [version.number for version in item.versions.all()] == [2, 1]
    assert (item.newest, item.valid_until, path_of(first.storage_name).exists()) == (second, date(2027, 3, 31), True)


def test_going_back_to_an_older_file_makes_another_version() -> None:
    first = a_file(pdf("one"))
    a_file(pdf("two"), item=first.item)
    assert a_file(pdf("one"), item=first.item).number == 3


def test_a_withdrawn_item_or_a_link_takes_no_version(stored: Any) -> None:
    first = a_file()
    first.item.withdraw("Out of date", by=UserFactory(), at=THEN)
    with pytest.raises(Withdrawn, match="has been withdrawn"):
        a_file(item=EvidenceItem.objects.get(pk=first.item_id))
    with pytest.raises(Refused, match="Only an item that is a file"):
        a_file(item=EvidenceItemFactory())
    assert len(stored()) == 1


def test_a_request_that_is_rolled_back_leaves_no_file(stored: Any) -> None:
    seen: list[int] = []

    def request_that_fails(_: Any) -> str:
        with transaction.atomic():
            a_file()
            seen.append(len(stored()))
            transaction.set_rollback(True)
        a_file(pdf("kept"))
        return "answer"

    assert StoredFilesMiddleware(request_that_fails)(None) == "answer"  # type: ignore[arg-type]
    assert seen == [1]
    assert [path.name for path in stored()] == [EvidenceVersion.objects.get().storage_name]


def test_the_database_keeps_a_version_as_it_was_uploaded() -> None:
    version = a_file()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        EvidenceVersion.objects.filter(pk=version.pk).update(sha256="0" * 64)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        version.delete()
    assert EvidenceVersion.objects.get().sha256 == version.sha256


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_file_keep_one(stored: Any) -> None:
    commissioner = CommissionerFactory()
    where = {"commissioner": commissioner, "organisation": provider_of(commissioner), "by": UserFactory()}
    start, found = threading.Barrier(2), []

    def add() -> None:
        start.wait()
        found.append(take_in(upload("a.pdf", pdf("same")), title="A", valid_until=None, at=THEN, **where).already_held)
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, True]
    assert (EvidenceVersion.objects.count(), len(stored())) == (1, 1)


def test_what_a_crash_left_behind_is_swept_after_a_day_and_nothing_else(stored: Any, evidence_folder: Path) -> None:
    version = a_file()
    left, fresh = evidence_folder / "ab" / "abcdef", evidence_folder / "incoming" / "fresh"
    left.parent.mkdir(exist_ok=True)
    for path in (left, fresh):
        path.write_bytes(b"left over")
    two_days_ago = timezone.now().timestamp() - 2 * 86_400
    for path in (left, path_of(version.storage_name)):
        os.utime(path, (two_days_ago, two_days_ago))
    assert (sweep_stored_files(), sweep_stored_files()) == (1, 0)
    assert {path.name for path in stored()} == {version.storage_name, "fresh"}
