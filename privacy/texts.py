"""Every text from which something identifiable can be removed: each app registers its own, and where copies are kept.

    register(Text("actions.action", "Action", "actions.Action", {"text": "What will be done"}, url=…, read_by=Can.…))
    register_keepers(Keeper("exports.FrozenView", ("rows", "said")))

``rows(user)`` are those from which the person may remove: what the model's queryset permits for
``remove_identifiable``. What only the commissioner's side may know of is registered ``theirs=False``: a provider never
reaches it. ``also`` names copies of the same words that hang on the row; a ``Keeper`` holds words of many things
(a frozen list, a workbook that was read), and is searched within the commissioner.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.capabilities import Can

if TYPE_CHECKING:
    from accounts.models import User


class Copy(NamedTuple):
    """A table, a column and a row that hold the same words."""

    table: str
    column: str
    pk: int


class Seen(NamedTuple):
    """Somebody who had it in front of them: who, what they did, when."""

    who: str
    how: str
    at: datetime


def _none(*_: Any) -> Iterable[Any]:
    return ()


@dataclass(frozen=True)
class Text:
    """One model with its fields of free text, by the words that a person knows them by."""

    code: str
    label: str
    model_name: str
    fields: Mapping[str, str]
    url: Callable[[Any], str]
    # Who reads the page on which it stands.
    read_by: Can
    theirs: bool = True
    also: Callable[[Any], Iterable[Copy]] = _none
    seen: Callable[[Any], Iterable[Seen]] = _none
    # What hangs on the row and has texts of its own: words, code, row's number.
    parts: Callable[[Any], Iterable[tuple[str, str, int]]] = _none
    # The list that is taken out, as the export log calls it.
    listing: str = ""
    # What is destroyed is a file: done by its app, which records it.
    destroy: Callable[..., Any] | None = None

    @property
    def model(self) -> type[models.Model]:
        """The model's class."""
        return apps.get_model(self.model_name)

    def rows(self, user: "User") -> "QuerySet[Any]":
        """The rows from which the person may remove."""
        found: QuerySet[Any] = self.model._default_manager.permitted(user, Can.REMOVE_IDENTIFIABLE)  # type: ignore[attr-defined]
        return found if self.theirs else found.filter(Exists(_held(user, self.model)))

    def whose(self, row: Any) -> dict[str, int | None]:
        """Ids of its commissioner, organisation and access list, by the paths of the model's queryset."""
        rows: Any = self.model._default_manager.all()
        paths = {
            "commissioner": rows.commissioner_path, "organisation": rows.organisation_path, "circle": rows.circle_path,
        }  # fmt: skip
        return {name: _follow(row, path) if path else None for name, path in paths.items()}

    def copy_of(self, row: Any, field: str) -> Copy:
        """The place itself."""
        table, column = place_of(self.model_name, field)
        return Copy(table, column, row.pk)


@dataclass(frozen=True)
class Keeper:
    """A model that keeps words of many things; searched in the rows of the commissioner at ``whose``."""

    model_name: str
    fields: tuple[str, ...]
    whose: str = "commissioner"

    def holding(self, words: str, commissioner: int) -> Iterable[Copy]:
        """Where it holds the words. One query for each field."""
        rows = apps.get_model(self.model_name)._default_manager.filter(**{self.whose: commissioner}).order_by()
        in_json = json.dumps(words, ensure_ascii=False)[1:-1]
        for field in self.fields:
            table, column = place_of(self.model_name, field)
            kept_as = in_json if isinstance(rows.model._meta.get_field(field), models.JSONField) else words
            found = rows.annotate(as_words=Cast(field, TextField())).filter(as_words__contains=kept_as)
            yield from (Copy(table, column, pk) for pk in found.values_list("pk", flat=True))


def _follow(row: Any, path: str) -> int | None:
    *way, last = path.split("__")
    for name in way:
        row = getattr(row, name)
    found: int | None = row.pk if last == "pk" else getattr(row, f"{last}_id")
    return found


def place_of(label: str, name: str) -> tuple[str, str]:
    """Table and column of a field."""
    model = apps.get_model(label)
    return model._meta.db_table, str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _held(user: "User", model: type[models.Model]) -> "QuerySet[Any]":
    from accounts.models import Membership

    path = model._default_manager.all().commissioner_path  # type: ignore[attr-defined]
    return Membership.objects.acting(user).filter(organisation=OuterRef(path))


_registered: dict[str, Text] = {}
_keepers: dict[str, Keeper] = {}


def register(*texts: Text) -> None:
    """Called when an app is ready."""
    _registered.update({text.code: text for text in texts})


def register_keepers(*keepers: Keeper) -> None:
    """Called when an app is ready."""
    _keepers.update({keeper.model_name: keeper for keeper in keepers})


def all_texts() -> list[Text]:
    """Every registered text, by its label."""
    return sorted(_registered.values(), key=lambda text: text.label)


def all_keepers() -> list[Keeper]:
    """Every registered keeper."""
    return list(_keepers.values())


def text_of(code: str) -> Text | None:
    """The text of this code."""
    return _registered.get(code)


def places() -> set[tuple[str, str]]:
    """Table and column of everything from which the database lets words be removed."""
    found = {place_of(text.model_name, name) for text in all_texts() for name in text.fields}
    return found | {place_of(keeper.model_name, name) for keeper in all_keepers() for name in keeper.fields}
