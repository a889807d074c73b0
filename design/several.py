"""Rows of several models with one question: each list as its own question would give it, with names and annotations.

What a question selects beside its own columns (``select_related``, annotations) comes along; ``prefetch_related`` does
not. The database gives every row as JSON, and the model's fields read it as they read any text.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.functions import JSONObject

NOTHING = "SELECT NULL::jsonb WHERE false"


def ask_several(asked: Mapping[str, QuerySet[Any, Any]]) -> dict[str, list[Any]]:
    """The instances of each question, by name. One query, or none when no question can have an answer."""
    texts: list[str] = []
    values: list[Any] = []
    for rows in asked.values():
        try:
            sql, params = _as_json(rows).query.sql_with_params()
        except EmptyResultSet:
            sql, params = NOTHING, ()
        texts.append(f"ARRAY({sql})")
        values += params
    if all(text == f"ARRAY({NOTHING})" for text in texts):
        return {name: [] for name in asked}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(texts)}", values)
        found = cursor.fetchone()
    return {
        name: [_made(rows, json.loads(each) if isinstance(each, str) else each) for each in lists]
        for (name, rows), lists in zip(asked.items(), found, strict=True)
    }


def _as_json(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    columns = [f"{prefix}{field.attname}" for prefix, model in _models(rows) for field in model._meta.concrete_fields]
    columns += list(rows.query.annotation_select)
    return rows.values_list(JSONObject(**{column: column for column in columns}))


def _models(rows: QuerySet[Any, Any]) -> Iterator[tuple[str, type[models.Model]]]:
    """The model, and those that come along by ``select_related``, each with the way to its columns."""
    yield "", rows.model
    wanted = rows.query.select_related
    yield from _related("", rows.model, wanted if isinstance(wanted, dict) else {})


def _related(
    prefix: str, model: type[models.Model], wanted: Mapping[str, Any]
) -> Iterator[tuple[str, type[models.Model]]]:
    for name, further in wanted.items():
        other: Any = model._meta.get_field(name).related_model
        yield f"{prefix}{name}__", other
        yield from _related(f"{prefix}{name}__", other, further)


def _made(rows: QuerySet[Any, Any], row: Mapping[str, Any]) -> Any:
    made = {prefix: _instance(model, prefix, row) for prefix, model in _models(rows)}
    for prefix, instance in made.items():
        if prefix:
            owner, _, name = prefix.removesuffix("__").rpartition("__")
            holder = made[f"{owner}__" if owner else ""]
            if holder is not None:
                setattr(holder, name, instance)
    for name, annotation in rows.query.annotation_select.items():
        value = row[name]
        setattr(made[""], name, None if value is None else annotation.output_field.to_python(value))
    return made[""]


def _instance(model: type[models.Model], prefix: str, row: Mapping[str, Any]) -> Any:
    """One row as the model's own question would make it; None where the way to it ended."""
    fields = model._meta.concrete_fields
    if row[f"{prefix}{model._meta.pk.attname}"] is None:
        return None
    values = [None if row[f"{prefix}{each.attname}"] is None else each.to_python(row[f"{prefix}{each.attname}"])
              for each in fields]  # fmt: skip
    return model.from_db(connection.alias, [each.attname for each in fields], values)
