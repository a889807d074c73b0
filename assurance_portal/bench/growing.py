"""Makes a register larger by copying its providers with everything about them, in one statement a table.

Every row that speaks of a provider is copied: its key and the keys that it holds of copied rows are moved by the
same distance, so that copies hang together as the originals do. Run as the owner, on a throwaway database only.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import User
from oversight.models import ContractNotice
from providers.models import Organisation
from training.models import LineSet

DISTANCE = 10_000_000


def grow(owner: BaseDatabaseWrapper, to: int, *, led_by: int | None = None) -> int:
    """Copy until the register holds ``to`` providers (of one commissioner: ``led_by``); returns how many it has."""
    with owner.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        originals = _originals(cursor, led_by)
        rebuild = _lay_bare(cursor)
        have, copy = len(originals), 0
        while have < to:
            copy += 1
            chosen = originals[: to - have]
            _copy(cursor, chosen, copy)
            have += len(chosen)
        for statement in rebuild:
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    return have


def _originals(cursor: Any, led_by: int | None) -> list[int]:
    """The providers with a live lead contract, as the register counts them."""
    cursor.execute(
        "SELECT DISTINCT organisation_id FROM providers_arrangement WHERE part = 'lead' AND ends_on IS NULL"
        " AND (%(by)s::bigint IS NULL OR commissioner_id = %(by)s) ORDER BY 1",
        {"by": led_by},
    )
    return [row[0] for row in cursor.fetchall()]


def _tables() -> list[type[models.Model]]:
    """Every table with rows about a provider: organisations, their people, and whatever names an organisation."""
    about = [
        model
        for model in apps.get_models()
        if model._meta.managed
        and not hasattr(model, "pgh_tracked_model")
        and any(field.name == "organisation" for field in model._meta.concrete_fields)
    ]
    return [Organisation, User, *about]


def _lay_bare(cursor: Any) -> list[str]:
    """Take off what costs time at every row; returns the statements that put it back.

    Triggers sleep, foreign keys and plain indexes go. Keys come back unlooked-at: copies are as right as originals.
    """
    names = [model._meta.db_table for model in _tables()]
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
        [names],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE NOT i.indisunique AND i.indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [names],
    )
    indexes = cursor.fetchall()
    for table, name, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    for table in names:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    back = [definition for _, definition in indexes]
    back += [f"ALTER TABLE {table} ADD CONSTRAINT {name} {what} NOT VALID" for table, name, what in keys]
    return back + [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in names]


def _copy(cursor: Any, organisations: list[int], copy: int) -> None:
    """One copy of these providers, in one transaction."""
    cursor.execute("BEGIN")
    theirs = _theirs(cursor, organisations)
    told = {"organisations": organisations, "people": theirs, "copy": copy, "distance": copy * DISTANCE}
    for model in _in_order(_tables()):
        columns = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
        names = ", ".join(f'"{field.column}"' for field in columns)
        values = ", ".join(_value(model, field) for field in columns)
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} FROM "{model._meta.db_table}"'
            f" WHERE {_which(model)}",
            told,
        )
    cursor.execute("COMMIT")


def _theirs(cursor: Any, organisations: list[int]) -> list[int]:
    """The people of these providers: whoever is a member, and whoever only one row about a provider may name."""
    alone = [
        (model._meta.db_table, field.column)
        for model in _tables()
        for field in model._meta.concrete_fields
        if field.unique and field.remote_field and field.remote_field.model is User and model is not User
    ]
    places = " UNION ".join(
        f'SELECT "{column}" FROM "{table}" WHERE organisation_id = ANY(%(organisations)s) AND "{column}" IS NOT NULL'
        for table, column in [("accounts_membership", "user_id"), *alone]
    )
    cursor.execute(places, {"organisations": organisations})
    return [row[0] for row in cursor.fetchall()]


def _which(model: type[models.Model]) -> str:
    if model is Organisation:
        return "id = ANY(%(organisations)s)"
    if model is User:
        return "id = ANY(%(people)s)"
    return "organisation_id = ANY(%(organisations)s)"


def _value(model: type[models.Model], field: Any) -> str:
    """What a copy holds in a column: its own key and address, moved links, and otherwise the same."""
    column = f'"{field.column}"'
    if field.primary_key or field.name == "thing":
        return f"{column} + %(distance)s"
    if field.remote_field and field.remote_field.model in _tables():
        return _moved(field, column)
    if field.unique and isinstance(field, models.CharField):
        return f"substr(md5({column} || %(copy)s), 1, 10)" if field.max_length == 10 else f"%(copy)s || {column}"
    if (model, field.name) == (LineSet, "code"):  # one row of a code at a time, whoever it is for
        return f"{column} || '-' || %(copy)s"
    if (model, field.name) in ((Organisation, "name"), (ContractNotice, "number")):
        return f"{column} || ' ' || %(copy)s"
    return "''" if model is Organisation and field.name == "code" else column


def _moved(field: Any, column: str) -> str:
    moved = f"{column} + %(distance)s"
    if field.remote_field.model is Organisation:
        return f"CASE WHEN {column} = ANY(%(organisations)s) THEN {moved} ELSE {column} END"
    if field.remote_field.model is User:
        return f"CASE WHEN {column} = ANY(%(people)s) THEN {moved} ELSE {column} END"
    return moved


def _in_order(tables: list[type[models.Model]]) -> Iterator[type[models.Model]]:
    """Whatever is pointed at before what points at it."""
    done: set[type[models.Model]] = set()

    def visit(model: type[models.Model]) -> Iterator[type[models.Model]]:
        if model in done:
            return
        done.add(model)
        for field in model._meta.concrete_fields:
            target = field.remote_field.model if field.remote_field else None
            if target in tables:
                yield from visit(target)
        yield model

    for model in tables:
        yield from visit(model)
