"""Writes rows by the hundred thousand: COPY for new ones, one UPDATE for many known ones. All rules hold.

Constraints, keys and triggers are asked for every row as they are for a person's; what is saved is the text of huge
statements, and an object for each row.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from itertools import islice
from typing import Any

from django.db import connection, models

BATCH = 20_000
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copied(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """New rows of a model; fields that are not among ``columns`` get the model's own default."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    rest = [field for field in fields if field.attname not in columns]
    tail = "".join(f"\t{_text(field.get_default())}" for field in rest) + "\n"
    names = ", ".join(f'"{name}"' for name in [*columns, *(field.column for field in rest)])
    lines = ("\t".join([_text(value) for value in row]) + tail for row in rows)
    with connection.cursor() as cursor:
        for chunk in _chunks(lines):
            cursor.copy_expert(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', StringIO("".join(chunk)))


def updated(sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """An UPDATE from ``unnest`` arrays, one for each place of a row."""
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            cursor.execute(sql, [list(column) for column in zip(*chunk, strict=True)])


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, BATCH)):
        yield chunk


def _text(value: Any) -> str:
    """A value as COPY reads it."""
    if type(value) is int:
        return str(value)
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value).translate(SPECIAL) if value else ""
