"""The private folder of uploaded files: names are random, bytes are on disk before any row speaks of them.

A file lives at ``EVIDENCE_DIR/ab/abcdef…``. While a request runs, what it stored is noted, so that a request that
is rolled back leaves nothing behind (``middleware.py``); what a crash leaves behind is swept daily (``tasks.py``).
What the scanner refused is moved to ``EVIDENCE_DIR/set-aside``, from where nothing is ever served.
"""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

INCOMING, SET_ASIDE = "incoming", "set-aside"
FOLDER_MODE = 0o750

_stored_now: ContextVar[list[str] | None] = ContextVar("stored_now", default=None)


@dataclass(frozen=True)
class Staged:
    """A copy of an upload that nothing refers to yet."""

    path: Path
    sha256: str
    size: int


def path_of(name: str) -> Path:
    """Where the bytes of a stored name are."""
    return Path(settings.EVIDENCE_DIR) / name[:2] / name


def stage(chunks: Iterable[bytes]) -> Staged:
    """Write an upload into the private folder, computing its sha256; raises OSError when it cannot be written."""
    folder = Path(settings.EVIDENCE_DIR) / INCOMING
    folder.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    path, digest, size = folder / uuid.uuid4().hex, hashlib.sha256(), 0
    try:
        with _new(path) as target:
            for chunk in chunks:
                digest.update(chunk)
                size += target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    except OSError:
        discard(path)
        raise
    return Staged(path, digest.hexdigest(), size)


def keep(staged: Staged) -> str:
    """Move a staged file to its final place and make the move durable; returns the storage name."""
    final = path_of(staged.path.name)
    final.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    os.replace(staged.path, final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    if (noted := _stored_now.get()) is not None:
        noted.append(final.name)
    return final.name


def discard(path: Path) -> None:
    """Remove a file if it is there."""
    path.unlink(missing_ok=True)


def destroy(name: str) -> None:
    """Nothing is left of a stored file, wherever it lies."""
    discard(path_of(name))
    discard(aside_of(name))


def set_aside(name: str) -> None:
    """Move a stored file out of reach; its age is counted from here. Nothing when it is there already."""
    aside = aside_of(name)
    aside.parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileNotFoundError):
        os.replace(path_of(name), aside)
        os.chmod(aside, 0o400)
        os.utime(aside)


def bring_back(name: str) -> None:
    """Undo ``set_aside``. Nothing when the file is in its place already."""
    with suppress(FileNotFoundError):
        os.replace(aside_of(name), path_of(name))
        os.chmod(path_of(name), 0o640)


def aside_of(name: str) -> Path:
    """Where a refused file is kept out of reach."""
    return Path(settings.EVIDENCE_DIR) / SET_ASIDE / name


@contextmanager
def noting_what_is_stored() -> Iterator[list[str]]:
    """Within the block every kept file's name is added to the list."""
    noted: list[str] = []
    token = _stored_now.set(noted)
    try:
        yield noted
    finally:
        _stored_now.reset(token)


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb")
