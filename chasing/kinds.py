"""The kinds of due thing that are chased, each registered by the app that owns it.

An app above writes its ``kinds.py``, and its AppConfig's ``ready`` registers it; nothing here changes. What a kind
says is enough for the planner (which rows wait for whom), the relay (is it still so?) and the screens.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

# Rows of any kind: a ``chasing.models.DueQuerySet``, which kinds may not import because they lie below models.
Things = Any


@dataclass(frozen=True)
class Kind:
    """One kind of due thing, over a model that subclasses ``Due``.

    ``title`` is the path of the field that names one thing in a list or a mail; it must never hold case words.
    ``waiting`` narrows the outstanding ones to those that wait for the provider. ``owner`` names the column of
    the one person who promised it, where there is one. ``audiences`` are the steps that make sense for it. ``beside``
    finds, for things by id at a moment, what a letter says under the address: the words are in
    ``templates/letters/_beside_<code>``.
    """

    code: str
    model: str
    name: str
    plural: str
    title: str
    route: str
    audiences: tuple[str, ...]
    waiting: Q = field(default_factory=Q)
    owner: str = ""
    title_prefix: str = ""
    # The field that tells one from another on a page; never in a mail, as it may hold anything.
    words: str = ""
    beside: Callable[[Iterable[int], datetime], Mapping[int, Any]] | None = None

    @property
    def things(self) -> Things:
        """Every row of the kind, not narrowed to anybody."""
        return apps.get_model(self.model)._default_manager.all()

    @property
    def table(self) -> str:
        """The database table, for the planner."""
        return apps.get_model(self.model)._meta.db_table

    def titled(self, things: Things) -> Things:
        """The rows with ``title`` and ``kind`` beside them."""
        words = Concat(Value(self.title_prefix), Cast(F(self.title), CharField()), output_field=CharField())
        return things.annotate(title=words, kind=Value(self.code, output_field=CharField()))

    def wants_a_reminder(self) -> Things:
        """Outstanding, and waiting for the provider rather than for the commissioner."""
        return self.things.outstanding().filter(self.waiting)

    def url(self, reference: str) -> str:
        """The page where the thing is done, without the host."""
        return reverse(self.route, kwargs={"reference": reference})

    def absolute(self, reference: str) -> str:
        """The same page with the host, for letters."""
        return urljoin(settings.PORTAL_BASE_URL, self.url(reference))


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called once at start by the app that owns the model; a second registration replaces the first."""
    _kinds[kind.code] = kind


def due_kinds() -> Iterator[Kind]:
    """All kinds, in the order of their codes."""
    return iter(sorted(_kinds.values(), key=lambda kind: kind.code))


def kind_of(code: str) -> Kind:
    """One kind; an unknown code is a ``KeyError``."""
    return _kinds[code]


def kind_or_none(code: str) -> Kind | None:
    """One kind, or None for a code that came from an address."""
    return _kinds.get(code)


def choices() -> list[tuple[str, str]]:
    """Codes and names, for a filter."""
    return [(kind.code, kind.plural) for kind in due_kinds()]
