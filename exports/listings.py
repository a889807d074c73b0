"""The lists that can be taken out, each registered by the app that shows it.

A list is declared once, in its app's ``listings.py``: its name, the right that opens its page, and how its rows are
chosen. The page asks the same function for its rows, so that page, file and frozen view cannot differ. To let another
list out, write its ``Listing`` there and register it in the AppConfig's ``ready``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.forms import BaseForm, ModelChoiceField
from django.http import Http404, HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

from accounts.capabilities import GRANTS, Can, Role
from exports.table import Column

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Reach:
    """Which rows of a list may leave it: those on which the person may do ``can`` as well as see them.

    ``on`` is today in London. ``only`` narrows to one commissioner, which is what a frozen view is of; then rows for
    named people stay out.
    """

    user: "User"
    can: Can
    on: date
    only: int | None = None

    def rows(self, found: Any) -> Any:
        """The part of a permitted queryset that may leave. It never holds more than the page."""
        return self.narrowed(found.permitted(self.user, self.can, on=self.on))

    def narrowed(self, found: Any) -> Any:
        """The same for rows of commissioners for whom the person is known to hold the right."""
        if self.only is None:
            return found
        found = found.filter(**{found.commissioner_path: self.only})
        return found.filter(**{f"{found.circle_path}__isnull": True}) if found.circle_path else found

    def commissioners(self, ids: Sequence[int]) -> list[int]:
        """Of these commissioners the one that it is narrowed to, or all of them."""
        return [each for each in ids if self.only in (None, each)]


@dataclass(frozen=True)
class Shown:
    """What a list shows for one address: columns, rows in the page's order, and the filter that was asked for.

    ``whose`` names the commissioners where the page is of some of the person's only. ``complete`` turns a handful of
    rows into those that the columns read, where the page does so too.
    """

    columns: Sequence[Column]
    rows: Any
    form: BaseForm
    complete: Callable[[list[Any]], list[Any]] = list
    title: str = ""
    said: tuple[tuple[str, str], ...] = ()
    whose: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """One list: ``route`` is its page, ``see`` the right that opens it. ``circled``: some rows are for named people.

    A list that is nothing without names is not frozen (``freezes``): a frozen view stays for ever and holds no name.
    A list of one thing has its page at ``one``, which takes the thing's code in its address; in the query of the file
    the code stands by the name ``of``.
    """

    name: str
    title: str
    see: Can
    route: str
    show: Callable[[HttpRequest, Reach], Shown]
    circled: bool = False
    freezes: bool = True
    one: str = ""
    of: str = ""

    def page(self, asked: QueryDict) -> str:
        """The page that this list was taken from, with its filter. Raises Http404 when there is none of that code."""
        rest = asked.copy()
        code = rest.pop(self.of, [""])[-1] if self.of else ""
        try:
            where = reverse(self.one, args=[code]) if code else reverse(self.route)
        except NoReverseMatch as problem:
            raise Http404 from problem
        return f"{where}?{rest.urlencode()}"


_listings: dict[str, Listing] = {}


def register(*listings: Listing) -> None:
    """Called once at start by the app that shows these lists."""
    _listings.update({each.name: each for each in listings})


def listings() -> Iterator[Listing]:
    """All of them, by name."""
    return iter(sorted(_listings.values(), key=lambda each: each.name))


def listing_for(roles: Sequence[str], name: str) -> Listing | None:
    """The list of that name, when one of the roles opens its page."""
    found = _listings.get(name)
    held = found is not None and any(found.see in GRANTS[Role(role)] for role in roles)
    return found if held else None


def filter_said(form: BaseForm) -> tuple[tuple[str, str], ...]:
    """The filter in the words of its form: label and choice of every box that narrows anything."""
    form.is_valid()
    given = getattr(form, "cleaned_data", {})
    said = []
    for name, box in form.fields.items():
        value = given.get(name)
        if value in (None, "", False):
            continue
        choices = {} if isinstance(box, ModelChoiceField) else dict(getattr(box, "choices", ()))
        words = "yes" if value is True else choices.get(value, str(value))
        said.append((str(box.label or name), " ".join(str(words).split())[:200]))
    return tuple(said)
