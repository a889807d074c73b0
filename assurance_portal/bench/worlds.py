"""The databases that are measured on: made before, thrown away after, never the portal's own.

Each part runs in a child process that finds one of them in its environment, and files of its own.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from assurance_portal.database import address_of, drop_database, make_database

# What the portal around us said about itself is not so of a throwaway database.
NOT_PASSED_ON = ("PORTAL_EMBEDDED", "PORTAL_DEMONSTRATION", "PORTAL_MAIL_DIR", "EMAIL_URL")
MANAGE = Path(settings.BASE_DIR) / "manage.py"


class Broken(Exception):
    """A child process failed; what it said is on the error stream."""


@dataclass
class Worlds:
    """The throwaway databases of one run, by name, and the folder for files."""

    prefix: str
    files: Path
    there: set[str] = field(default_factory=set)

    def name(self, short: str) -> str:
        """The database's whole name."""
        return f"{self.prefix}_{short}"

    def make(self, short: str, *, like: str | None = None) -> str:
        """Make a database, empty or as a copy; returns its whole name."""
        make_database(self.name(short), template=self.name(like) if like else None)
        self.there.add(short)
        return self.name(short)

    def drop(self, short: str) -> None:
        """Away with one before the end, to save room."""
        drop_database(self.name(short))
        self.there.discard(short)

    def run(self, short: str, *arguments: str, show: bool = False) -> None:
        """A management command on one of the databases, in a process of its own."""
        command = [sys.executable, str(MANAGE), *arguments]
        out = None if show else subprocess.DEVNULL
        if subprocess.run(command, env=self.environment(short), stdout=out, check=False).returncode:
            raise Broken(" ".join(arguments))

    def environment(self, short: str) -> dict[str, str]:
        """What a child finds around it."""
        ours = {
            "DATABASE_URL": address_of(self.name(short), os.environ["DATABASE_URL"]),
            "MIGRATE_DATABASE_URL": address_of(self.name(short), settings.MIGRATE_DATABASE_URL),
            "PORTAL_DATA": str(self.files),
            "PORTAL_SEED_ANYWHERE": "1",
        }
        kept = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        return kept | ours


@contextmanager
def worlds() -> Iterator[Worlds]:
    """Databases and files for one run; all gone afterwards."""
    made = Worlds(f"portal_bench_{os.getpid()}", Path(tempfile.mkdtemp(prefix="portal-bench-")))
    try:
        yield made
    finally:
        _clear(made)


def _clear(made: Worlds) -> None:
    for short in tuple(made.there):
        made.drop(short)
    shutil.rmtree(made.files, ignore_errors=True)


def link(name: str) -> BaseDatabaseWrapper:
    """A connection of its own to another database, as the web role."""
    wrapper: BaseDatabaseWrapper = connections.create_connection("default")
    wrapper.settings_dict = copy(wrapper.settings_dict) | {"NAME": name}
    return wrapper


@contextmanager
def standing_in(wrapper: BaseDatabaseWrapper) -> Iterator[None]:
    """Within the block the whole portal reads and writes through this connection."""
    before = connections["default"]
    connections["default"] = wrapper
    try:
        yield
    finally:
        connections["default"] = before


def sizes(given: Sequence[str]) -> Mapping[int, str]:
    """Registers by size from ``80=name`` pairs."""
    return {int(size): name for size, name in (each.split("=", 1) for each in given)}
