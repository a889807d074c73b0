"""Connecting as the migrator: the web role's grants after every migration, and throwaway databases to measure on."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import environ
import psycopg2
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

from assurance_portal.database_grants import GRANTS

WEB_ROLE = "portal_web"
LETTERS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}


@contextmanager
def as_migrator(name: str | None = None) -> Iterator[BaseDatabaseWrapper]:
    """Within the block the default connection signs in as portal_migrate and acts as portal_owner.

    ``name`` is another database on the same server (the tests' template). The old settings come back after.
    """
    before = deepcopy(connection.settings_dict)
    address = environ.Env.db_url_config(settings.MIGRATE_DATABASE_URL)
    connection.close()
    for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
        connection.settings_dict[key] = address.get(key, "")
    if name:
        connection.settings_dict["NAME"] = name
    connection.settings_dict["OPTIONS"] = {**before.get("OPTIONS", {}), "options": "-c role=portal_owner"}
    try:
        yield connection
    finally:
        connection.close()
        connections["default"].settings_dict.update(before)
        connection.settings_dict["OPTIONS"] = before.get("OPTIONS", {})


def on_server(*statements: str, name: str = "postgres") -> list[tuple[Any, ...]]:
    """Run statements as the migrator beside any database, or on one; returns the rows of the last that gives rows."""
    address = environ.Env.db_url_config(settings.MIGRATE_DATABASE_URL)
    found: list[tuple[Any, ...]] = []
    server = psycopg2.connect(
        host=address["HOST"], port=address["PORT"] or None, user=address["USER"],
        password=address["PASSWORD"] or None, dbname=name,
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


def count_again() -> None:
    """What PostgreSQL believes about the size of the tables is so again, after much was loaded at once.

    Only the owner of a table may ask for it: from the web role the same statement does nothing but warn. Without the
    migrator's address the database does it by itself within some minutes.
    """
    if settings.MIGRATE_DATABASE_URL:
        on_server("SET ROLE portal_owner", "ANALYZE (SKIP_LOCKED)", name=connection.settings_dict["NAME"])


def make_database(name: str, *, template: str | None = None) -> None:
    """An empty database of the owner's, or a copy of another one that nobody is connected to."""
    drop_database(name)
    like = f' TEMPLATE "{template}"' if template else ""
    on_server(f'CREATE DATABASE "{name}"{like} OWNER portal_owner')


def drop_database(name: str) -> None:
    """Away with it. Waits some seconds for whoever is still connected; the migrator may not end their sessions."""
    on_server(f'DROP DATABASE IF EXISTS "{name}"')


def address_of(name: str, address: str) -> str:
    """The address of another database on the same server."""
    return f"{address.rsplit('/', 1)[0]}/{name}"


def assert_grants(owner: BaseDatabaseWrapper) -> None:
    """Make the web role's rights exactly those of ``GRANTS``: nothing more survives a migration."""
    with owner.cursor() as cursor:
        there = set(owner.introspection.table_names(cursor))
        role = sql.Identifier(WEB_ROLE)
        cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role))
        cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
        for table, letters in GRANTS.items():
            if table in there:
                rights = sql.SQL(", ").join(sql.SQL(LETTERS[letter]) for letter in letters)
                cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(rights, sql.Identifier(table), role))


def web_grants() -> dict[str, str]:
    """What the web role may really do now, in the letters of ``GRANTS``; asked of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = %s AND table_schema = 'public'",
            [WEB_ROLE],
        )
        found: dict[str, set[str]] = {}
        for table, right in cursor.fetchall():
            found.setdefault(table, set()).add(right[0])
    return {table: "".join(letter for letter in "SIUD" if letter in held) for table, held in found.items()}
