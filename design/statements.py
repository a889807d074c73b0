"""A question of many parts that is asked again and again about another row: put together once, then only asked.

Putting such a statement together costs more than answering it. ``ask`` keeps the SQL that was made for a stand-in id,
under a key that holds everything else that it depends on (whose question, which day), and asks it about the real one.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

# No row has this id, and nothing else in a statement is this number.
STAND_IN = -(2**61) - 20_261
KEPT = 64

_kept: OrderedDict[Hashable, tuple[str, tuple[Any, ...]] | None] = OrderedDict()
_lock = Lock()


def ask(key: Hashable | None, make: Callable[[int], QuerySet[Any, Any]], about: int) -> list[tuple[Any, ...]]:
    """The rows of ``make(about)`` as the database gives them, in the order of its ``values_list``.

    ``make`` has to use the id that it is given and nothing that ``key`` does not hold. Without a key nothing is kept.
    """
    made = _statement(key, make)
    if made is None:
        return []
    sql, values = made
    with connection.cursor() as cursor:
        cursor.execute(sql, [about if value == STAND_IN else value for value in values])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _statement(key: Hashable | None, make: Callable[[int], QuerySet[Any, Any]]) -> tuple[str, tuple[Any, ...]] | None:
    """SQL and values; None when the question can have no answer, because the person may see nothing of it."""
    with _lock:
        if key is not None and key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    try:
        made: tuple[str, tuple[Any, ...]] | None = make(STAND_IN).query.sql_with_params()
    except EmptyResultSet:
        made = None
    if key is not None:
        with _lock:
            _kept[key] = made
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return made
