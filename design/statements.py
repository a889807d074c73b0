"""A question of many parts that is asked again and again about another row: put together once, then only asked.

Putting such a statement together costs more than answering it. ``ask`` keeps the SQL that was made for a stand-in id,
under a key that holds everything else that it depends on (whose question, which day), and asks it about the real one.
``gather`` asks for several lists about one row that way.
"""

import json
import sys
from collections.abc import Callable, Collection, Hashable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet

from design.kept import Kept

# No row has this id, and nothing else in a statement is this number.
STAND_IN = -(2**61) - 20_261
Rows = QuerySet[Any, Any]

_kept: Kept[tuple[str, tuple[Any, ...]]] = Kept(64)


def ask(key: Hashable | None, make: Callable[[int], Rows], about: int) -> list[tuple[Any, ...]]:
    """The rows of ``make(about)`` as the database gives them, in the order of its ``values_list``.

    ``make`` has to use the id that it is given and nothing that ``key`` does not hold. Without a key nothing is kept.
    """
    sql, values = _statement(key, make)
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [about if value == STAND_IN else value for value in values])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def gather(
    key: Hashable | None, of: type[models.Model], names: Collection[str], part: Callable[[str, int], Rows], about: int
) -> dict[str, list[dict[str, Any]]]:
    """The lists of ``part(name, about)`` beside one row of the model, by name. One statement.

    Each part gives rows of one JSON object; in what comes back ``…_on`` and ``…_since`` are dates.
    """

    def question(pk: int) -> Rows:
        parts = {f"part_{name}": ArraySubquery(part(name, pk)) for name in names}
        return of._default_manager.filter(pk=pk).annotate(**parts).values_list(*parts)

    found = ask(key, question, about)[0]
    return {name: [_read(each) for each in rows or ()] for name, rows in zip(names, found, strict=True)}


def _read(text: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(text)
    return {
        name: date.fromisoformat(value) if value and name.endswith(("_on", "_since")) else value
        for name, value in row.items()
    }


def _statement(key: Hashable | None, make: Callable[[int], Rows]) -> tuple[str, tuple[Any, ...]]:
    """SQL and values; no SQL when the question can have no answer, because the person may see nothing of it."""
    made = _kept.get(key) if key is not None else None
    if made is None:
        try:
            sql, values = make(STAND_IN).query.sql_with_params()
            # Long, and the same for everybody with the same roles: kept once, however many people asked.
            made = (sys.intern(sql), values)
        except EmptyResultSet:
            made = ("", ())
        if key is not None:
            _kept.put(key, made)
    return made
