"""The data folder: everything that one installation keeps, and who is using it now.

portal.json    what was decided once: demonstration or empty, where the sockets are, what was migrated
secrets.json   the signing and encryption keys, made once, readable by the owner only
owner.lock     held by whoever runs the embedded servers, and by those servers until they are gone
users.lock     held, shared, by every command that needs them
running.json   written by the owner when the servers answer
"""

import base64
import contextlib
import fcntl
import json
import os
import pwd
import re
import secrets
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import Any

from launcher.messages import Problem

PLAIN_SHORT_PATH = re.compile(r"[A-Za-z0-9_./-]{1,80}")  # a socket's whole path must stay under 108 characters


class DataFolder:
    """One installation's files. Opening it makes it, private to its owner, if it was not there."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._refuse_other_folders()
            for name in ("logs", "mail"):
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
            for name in ("owner.lock", "users.lock"):
                (self.path / name).open("a").close()
            if not self.facts():
                self.remember(format=1)
        except (PermissionError, FileExistsError, NotADirectoryError) as problem:
            raise Problem(
                f"The data folder {self.path} cannot be used: {problem.strerror}.\n"
                "Run this as the folder's owner, or choose another folder with --data DIR."
            ) from problem

    def _refuse_other_folders(self) -> None:
        names = {entry.name for entry in self.path.iterdir()}
        if names and "portal.json" not in names and not names & {"owner.lock", "logs"}:
            raise Problem(
                f"{self.path} is not empty and is not a data folder of the portal.\n"
                "Choose another folder with --data DIR; it is made if it is not there."
            )

    # --- what was decided once ---

    def facts(self) -> dict[str, Any]:
        """What portal.json remembers."""
        return self._read("portal.json")

    def remember(self, **facts: object) -> None:
        """Add to portal.json, one writer at a time."""
        with (self.path / "portal.lock").open("a") as alone:
            fcntl.flock(alone, fcntl.LOCK_EX)
            self._write("portal.json", {**self.facts(), **facts})

    def decide_demonstration(self, *, empty: bool) -> bool:
        """Settle on first use whether this folder holds the demonstration, and hold to it afterwards."""
        decided = self.facts().get("demonstration")
        if decided is None:
            self.remember(demonstration=not empty)
            return not empty
        if decided and empty:
            raise Problem(
                f"{self.path} already holds the demonstration.\n"
                "Start without it in a folder of its own: ./portal run --empty --data DIR"
            )
        return bool(decided)

    def secrets(self) -> dict[str, str]:
        """The keys of this folder; whoever loses them loses the sessions and the stored second factors."""
        kept = self._read("secrets.json")
        if not kept:
            key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
            kept = {"SECRET_KEY": secrets.token_urlsafe(60), "FIELD_ENCRYPTION_KEY": key}
            self._write("secrets.json", kept, replace=False)
            kept = self._read("secrets.json")
        return kept

    def socket_folder(self) -> Path:
        """A private folder whose path is short and plain enough for sockets: here, or remembered under /tmp."""
        here = self.path / "run"
        if PLAIN_SHORT_PATH.fullmatch(str(here)):
            here.mkdir(mode=0o700, exist_ok=True)
            return here
        known = Path(self.facts().get("sockets", ""))
        if known.is_absolute() and _is_private(known):
            return known
        made = Path(tempfile.mkdtemp(prefix="portal-", dir="/tmp"))
        self.remember(sockets=str(made))
        return made

    # --- who is using it now ---

    def take_ownership(self, kind: str, patience: float = 0.0) -> int | None:
        """Lock the servers of this folder for this process; None when another holds them after waiting."""
        descriptor = os.open(self.path / "owner.lock", os.O_RDWR)
        deadline = time.monotonic() + patience
        while not lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(descriptor)
                return None
            time.sleep(0.05)
        self.forget_running()
        self.secrets()
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{kind} {os.getpid()}\n".encode(), 0)
        return descriptor

    def owner(self) -> tuple[str, int]:
        """Which kind of command owns the servers ("run" or "manage") and its process number."""
        kind, _, number = (self.path / "owner.lock").read_text().partition(" ")
        return kind, int(number or 0)

    def is_owned(self) -> bool:
        """Is somebody running the servers of this folder?"""
        descriptor = os.open(self.path / "owner.lock", os.O_RDWR)
        try:
            return not lock(descriptor, fcntl.LOCK_EX)
        finally:
            os.close(descriptor)

    def join_users(self) -> int:
        """Say that this process needs the servers; they stay up for as long as the result stays open."""
        descriptor = os.open(self.path / "users.lock", os.O_RDWR)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return descriptor

    def running(self) -> dict[str, Any]:
        """What the owner said when its servers answered; empty while they do not."""
        return self._read("running.json")

    def announce_running(self, **facts: object) -> None:
        """Say that the servers answer, and where."""
        self._write("running.json", facts)

    def forget_running(self) -> None:
        """Say that the servers no longer answer."""
        (self.path / "running.json").unlink(missing_ok=True)

    def destroy(self) -> None:
        """Remove a throwaway folder whole."""
        sockets = self.facts().get("sockets")
        if sockets:
            shutil.rmtree(sockets, ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return {}
        except ValueError as problem:
            raise Problem(f"{self.path / name} cannot be read: {problem}\nPut back a copy of it.") from problem
        return found

    def _write(self, name: str, content: dict[str, Any], *, replace: bool = True) -> None:
        """Write the file whole or not at all; without `replace` the first writer wins."""
        fresh = self.path / f".{name}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            fresh.replace(self.path / name)
            return
        with contextlib.suppress(FileExistsError):
            (self.path / name).hardlink_to(fresh)
        fresh.unlink()


def lock(descriptor: int, how: int) -> bool:
    """Take a file lock without waiting; False when somebody else holds it."""
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_private(folder: Path) -> bool:
    """Ours, and nobody else may enter: /tmp is everybody's."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    ours = {os.geteuid()}
    if os.geteuid() == 0:
        ours.add(pwd.getpwnam("nobody").pw_uid)  # who may run the embedded PostgreSQL for root
    return stat.S_ISDIR(found.st_mode) and found.st_uid in ours and not found.st_mode & 0o077
