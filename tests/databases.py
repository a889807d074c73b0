"""The test databases: one migrated template per set of migrations, cloned for each worker.

Tests run as the web role. A transactional test gets a fresh clone afterwards instead of TRUNCATE, which
the web role may not do.
"""

import fcntl
import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import django
import environ
import psycopg2
import psycopg2.errors
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(settings.BASE_DIR)
DATA = ("migrations/*.py", "data/**/*.toml", "data/**/*.csv", "shipped.py", "texts.py", "beneath.py")
# Connections of ``looking_at``, by database.
_kept: dict[str, BaseDatabaseWrapper] = {}


def _digest() -> str:
    files = [path for pattern in DATA for path in sorted(ROOT.glob(f"*/{pattern}"))]
    files += [ROOT / "assurance_portal" / "database_grants.py", ROOT / "accounts" / "guards.py"]
    total = hashlib.sha256()
    for path in files:
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def drop(name: str) -> None:
    """Remove a clone, with what of us is still connected to it: a browser's loop hides connections from the rest."""
    if looked_at := _kept.pop(name, None):
        looked_at.close()
    for wait in (0.0, 0.2, 0.5, 1.0, 2.0):
        time.sleep(wait)
        try:
            _as_migrator(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            return
        except psycopg2.errors.InsufficientPrivilege:
            _end_ours(name)
    raise RuntimeError(f"The database {name} is still in use by the server itself.")


def _end_ours(name: str) -> None:
    """End the web role's connections to a clone; only that role may, and not the one that drops it."""
    ours = connection.settings_dict
    server = psycopg2.connect(
        host=ours["HOST"], port=ours["PORT"] or None, user=ours["USER"], password=ours["PASSWORD"] or None, dbname=name
    )
    try:
        with server.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )
    finally:
        server.close()


def _as_migrator(*statements: str) -> list[Any]:
    address = environ.Env.db_url_config(settings.MIGRATE_DATABASE_URL)
    found: list[Any] = []
    server = psycopg2.connect(
        host=address["HOST"], port=address["PORT"] or None, user=address["USER"],
        password=address["PASSWORD"] or None, dbname="postgres",
    )  # fmt: skip
    try:
        server.autocommit = True
        with server.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                if cursor.description:
                    found = cursor.fetchall()
    finally:
        server.close()
    return found


@cache
def template() -> str:
    """Build the template once; other workers wait for it. Its name."""
    name = f"portal_template_{_digest()}"
    server = hashlib.sha256(settings.MIGRATE_DATABASE_URL.encode()).hexdigest()[:8]
    with open(Path(tempfile.gettempdir()) / f"{name}_{server}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _as_migrator(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            building = f"{name}_building"
            _as_migrator(
                f'DROP DATABASE IF EXISTS "{building}" WITH (FORCE)', f'CREATE DATABASE "{building}" OWNER portal_owner'
            )
            before = connection.settings_dict["NAME"]
            address = settings.MIGRATE_DATABASE_URL
            settings.MIGRATE_DATABASE_URL = address.rsplit("/", 1)[0] + f"/{building}"
            try:
                call_command("migrate", verbosity=0)
            finally:
                settings.MIGRATE_DATABASE_URL = address
                connection.settings_dict["NAME"] = before
            _as_migrator(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    return name


def clone(name: str) -> None:
    """A fresh copy of the template under this name."""
    drop(name)
    _as_migrator(f'CREATE DATABASE "{name}" TEMPLATE "{template()}" OWNER portal_owner')


def use(name: str) -> None:
    """Point the default connection at the clone."""
    for conn in connections.all(initialized_only=True):
        conn.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextmanager
def looking_at(name: str) -> Iterator[None]:
    """For a while the default connection is to this database, and afterwards the one before, as it was left.

    The connection is kept for the next look: a new one would have to learn what tables there are, every time.
    """
    before, address = connections["default"], connections.settings["default"]
    here = address["NAME"]
    if name not in _kept:
        _kept[name] = connections.create_connection("default")
        _kept[name].settings_dict = {**address, "NAME": name}
    connections["default"], address["NAME"] = _kept[name], name
    try:
        yield
    finally:
        connections["default"], address["NAME"] = before, here


if __name__ == "__main__":
    # Before the workers start: the first of them would build it while the others wait.
    django.setup()
    template()
