"""What became of one record, read from its append-only events: who changed what, when, and why.

Whoever may read the record may read this; a field that is not named by the caller is not told.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.text import capfirst

from accounts.models import User
from design.components import written
from providers.history import Change, Line

WHY = ("withdrawn_because", "corrected_because")


def changes(record: Any, told: Sequence[str]) -> list[Change]:
    """The changes of the record's fields ``told``, latest first. A query for the events, one for people, one a key."""
    events = list(record.events.select_related("pgh_context").order_by("pgh_id"))
    fields = [record._meta.get_field(name) for name in told]
    names = {field.name: _names(field, events) for field in fields if field.is_relation}
    found = []
    for before, after in pairwise(events):
        lines = [
            Line(capfirst(str(field.verbose_name)), *pair)
            for field in fields
            if (pair := (_said(field, before, names), _said(field, after, names)))[0] != pair[1]
        ]
        if heading := _heading(before, after, lines):
            found.append(Change(after.pgh_created_at, str(_by(after)), heading, lines))
    people = dict(User.objects.filter(pk__in=[each.by for each in found if each.by]).values_list("pk", "name"))
    told_by = [Change(each.at, people.get(int(each.by or 0), ""), each.heading, each.lines) for each in found]
    return told_by[::-1]


def _by(event: Any) -> int | str:
    return (event.pgh_context.metadata if event.pgh_context else {}).get("user") or ""


def _heading(before: Any, after: Any, lines: list[Line]) -> str:
    for name, said in zip(WHY, ("Withdrawn", "Corrected"), strict=True):
        new = getattr(after, name, "")
        moment = name.replace("because", "at")
        if new and getattr(before, moment) != getattr(after, moment):
            return f"{said}: {new}"
    return "Changed" if lines else ""


def _names(field: Any, events: list[Any]) -> dict[int, str]:
    keys = {getattr(event, field.attname) for event in events} - {None}
    return {row.pk: str(row) for row in field.related_model._base_manager.filter(pk__in=keys)} if keys else {}


def _said(field: Any, event: Any, names: dict[str, dict[int, str]]) -> str:
    value = getattr(event, field.attname)
    if value is None or value == "":
        return ""
    if field.is_relation:
        return names[field.name].get(value, "")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(field, models.DateField):
        return written(value)
    return str(dict(field.flatchoices).get(value, value))
