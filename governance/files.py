"""The finished files of reports: kept by digest in a private folder, never overwritten, checked when read."""

import hashlib
import os
import uuid
from pathlib import Path

from django.conf import settings

from accounts.refusals import Refused

FOLDER_MODE = 0o750


class FileGone(Refused):
    """The stored file is not there, or is not what was stored."""


def path_of(sha256: str) -> Path:
    """Where the bytes of a digest are."""
    return Path(settings.REPORTS_DIR) / sha256[:2] / sha256


def keep(content: bytes) -> str:
    """Store the bytes so that they survive a crash, and return their sha256. The same bytes are stored once."""
    sha256 = hashlib.sha256(content).hexdigest()
    final = path_of(sha256)
    if final.exists():
        return sha256
    final.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    staged = final.with_name(f"{uuid.uuid4().hex}.part")
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    os.replace(staged, final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sha256


def read(sha256: str) -> bytes:
    """The bytes; FileGone when they are missing or differ from their digest."""
    try:
        content = path_of(sha256).read_bytes()
    except OSError as problem:
        raise FileGone("The stored paper cannot be read at the moment. Tell whoever runs the portal.") from problem
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileGone("The stored paper is damaged, so it is not handed out. Tell whoever runs the portal.")
    return content
