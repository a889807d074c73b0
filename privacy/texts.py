"""Every text from which something identifiable can be removed: each app registers its own.

    register(Text("actions.action", "Action", "actions.Action", {"text": "What will be done"}, url=…))

``rows(user)`` are those from which the person may remove: by default what the model's queryset permits for
``remove_identifiable``. ``also`` names copies of the same words elsewhere, ``seen`` who opened or received them.
What only the commissioner's side may know of is registered ``theirs=False``: a provider never reaches it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from accounts.capabilities import Can

if TYPE_CHECKING:
    from accounts.models import User


class Copy(NamedTuple):
    """Another row and column that holds the same words."""

    row: models.Model
    field: str


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
    also: Callable[[Any, str], Iterable[Copy]] = _none
    seen: Callable[[Any], Iterable[Seen]] = _none
    theirs: bool = True
    allowed: "Callable[[User], QuerySet[Any]] | None" = None
    # From the row to what carries commissioner, organisation and circle: "action" for a report on an action.
    owner: str = ""
    copied_to: tuple[tuple[str, str], ...] = field(default=())

    @property
    def model(self) -> type[models.Model]:
        """The model's class."""
        return apps.get_model(self.model_name)

    def rows(self, user: "User") -> "QuerySet[Any]":
        """The rows from which the person may remove."""
        if self.allowed is not None:
            return self.allowed(user)
        found: QuerySet[Any] = self.model._default_manager.permitted(user, Can.REMOVE_IDENTIFIABLE)  # type: ignore[attr-defined]
        return found if self.theirs else found.filter(Exists(_held(user, f"{self._prefix}commissioner")))

    @property
    def _prefix(self) -> str:
        return f"{self.owner}__" if self.owner else ""

    def owner_of(self, row: Any) -> Any:
        """What says whose the row is."""
        for name in filter(None, self.owner.split("__")):
            row = getattr(row, name)
        return row

    def columns(self) -> Iterable[tuple[str, str]]:
        """Table and column of every place that the database lets words be removed from."""
        for label, name in ((self.model_name, name) for name in self.fields):
            yield _place(label, name)
        for label, name in self.copied_to:
            yield _place(label, name)


def _place(label: str, name: str) -> tuple[str, str]:
    model = apps.get_model(label)
    return model._meta.db_table, str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _held(user: "User", path: str) -> "QuerySet[Any]":
    from accounts.models import Membership

    return Membership.objects.acting(user).filter(organisation=OuterRef(path))


_registered: dict[str, Text] = {}


def register(*texts: Text) -> None:
    """Called when an app is ready."""
    _registered.update({text.code: text for text in texts})


def all_texts() -> list[Text]:
    """Every registered text, by its label."""
    return sorted(_registered.values(), key=lambda text: text.label)


def text_of(code: str) -> Text | None:
    """The text of this code."""
    return _registered.get(code)
