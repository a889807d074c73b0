"""Takes an uploaded file in: size, content, same file already held, storage, row. All of it or nothing.

    version = take_in(upload, commissioner=…, organisation=…, title=…, valid_until=…, by=…, at=…)

raises ``NotAccepted`` whose text goes to the file's box and whose ``status`` is the page's. When the organisation
already holds the same file, that version comes back with ``already_held`` true and nothing new is stored.
"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from design import inspection
from evidence import child, scanner, scanning, storage
from evidence.file_types import TYPES, FileType, type_of
from evidence.guarding import look_through
from evidence.models import EvidenceItem, EvidenceVersion
from evidence.names import clean_name, ending_of
from evidence.refusals import NotAccepted, grown, no_room, refusal, renamed, too_large

if TYPE_CHECKING:
    from accounts.models import Circle, User
    from providers.models import Organisation

__all__ = ["NotAccepted", "take_in"]

INSPECTION = Path(inspection.__file__)
LONGEST_FINDING = 10_000
PICTURES = (TYPES["png"], TYPES["jpeg"])
REDRAWING = Path(__file__).with_name("pictures.py")
# The exit codes of pictures.py, which knows no Django and so cannot be imported for them.
NOT_DRAWN = {3: "damaged", 4: "too_many_pixels"}


def take_in(
    upload: UploadedFile,
    *,
    commissioner: "Organisation",
    organisation: "Organisation",
    title: str,
    valid_until: date | None,
    by: "User",
    at: datetime,
    item: EvidenceItem | None = None,
    circle: "Circle | None" = None,
) -> EvidenceVersion:
    """Keep the file as a new item, or as the next version of ``item``; older versions stay.

    With ``item`` the commissioner, organisation, circle and title are the item's own.
    """
    if not upload.size:
        raise refusal("empty")
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        raise too_large()
    try:
        staged = storage.stage(upload.chunks())
    except OSError as problem:
        raise no_room() from problem
    try:
        name, file_type = _recognised(staged.path, clean_name(upload.name or ""))
        if redrawn := file_type in PICTURES:
            staged = _redrawn(staged, file_type)
        words_read, doubt = look_through(staged.path, name, file_type, staged.sha256)
        target = item or EvidenceItem(
            commissioner=commissioner, organisation=organisation, circle=circle, kind=EvidenceItem.Kind.FILE,
            title=title.strip() or Path(name).stem, added_by=by, added_at=at,
        )  # fmt: skip
        target.valid_until = valid_until
        version = EvidenceVersion(
            file_name=name, media_type=file_type.media_type, size=staged.size, sha256=staged.sha256,
            redrawn=redrawn, words_read=words_read, uploaded_by=by, uploaded_at=at, **_scan(at),
        )  # fmt: skip
        kept = _record(target, version, staged)
        if doubt is not None and doubt.settle is not None:
            doubt.settle()
        return kept
    finally:
        storage.discard(staged.path)


def _scan(at: datetime) -> dict[str, Any]:
    """With a scanner nobody opens the file before it has looked; without one the page says that nobody has."""
    if not scanner.is_set_up():
        return {"scan_state": EvidenceVersion.Scan.NOT_SCANNED}
    return {"scan_state": EvidenceVersion.Scan.QUARANTINED, "scan_next_at": at}


def _recognised(path: Path, name: str) -> tuple[str, FileType]:
    """The file's name and its type by content; refused when the two disagree."""
    ending = ending_of(name)
    file_type = type_of(inspected(path), ending)
    if not ending:
        return f"{name}{file_type.endings[0]}", file_type
    if ending not in file_type.endings:
        raise renamed(name, file_type.words, file_type.endings[0])
    return name, file_type


def inspected(path: Path) -> str:
    """What the file is, found out by a process with bounded memory and time that knows nothing of the portal."""
    _, answer = child.answer_of(INSPECTION, path, limit=LONGEST_FINDING)
    try:
        found = json.loads(answer)
    except ValueError as problem:
        raise refusal("too_hard") from problem
    if "problem" in found:
        raise refusal(found["problem"], found["really"])
    return str(found["kind"])


def _redrawn(staged: storage.Staged, file_type: FileType) -> storage.Staged:
    """The picture without where and with what it was taken, in place of the staged one; its sha256 is the new one's."""
    limit = settings.EVIDENCE_MAX_BYTES
    code, content = child.answer_of(REDRAWING, staged.path, limit=limit, packages=True)
    if len(content) > limit:
        raise grown()
    if code:
        raise refusal(NOT_DRAWN.get(code, "too_hard"), file_type.words)
    try:
        redrawn = storage.stage([content])
    except OSError as problem:
        raise no_room() from problem
    storage.discard(staged.path)
    return redrawn


@transaction.atomic
def _record(item: EvidenceItem, version: EvidenceVersion, staged: storage.Staged) -> EvidenceVersion:
    """The bytes first, then the rows; of two at once with the same file the second finds the first's."""
    held = item.lock_for_upload(version.sha256)
    if held is not None:
        return held
    try:
        version.storage_name = storage.keep(staged)
    except OSError as problem:
        raise no_room() from problem
    try:
        item.add_version(version)
    except BaseException:
        storage.discard(storage.path_of(version.storage_name))
        raise
    if version.scan_state == EvidenceVersion.Scan.QUARANTINED:
        scanning.nudge(version)
    return version
