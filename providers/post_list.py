"""The list of posts over all organisations: its filter, its rows, and the file of the same rows."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.capabilities import Can
from accounts.models import User
from exports.listings import Listing, Reach, Shown, register
from exports.table import Cell, Column, Kind
from providers.models import Category, Organisation
from providers.post_book import STATES, Line, lines_of

ATTENTION = ("vacant", "unknown", "stale", "leaving")
ORDER = list(STATES)


class PostFilter(forms.Form):
    """Which posts of which organisations; empty shows what wants attention."""

    q = forms.CharField(label="Organisation, post or person", required=False, max_length=100)
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("", "Wanting attention"), ("all", "All"), *((key, words) for key, (words, _) in STATES.items())],
    )  # fmt: skip
    category = forms.ChoiceField(label="Category", required=False)
    statutory = forms.BooleanField(label="Only posts that law or statutory guidance asks for", required=False)

    mark_optional = False

    def __init__(self, data: Any, *, user: User, on: date) -> None:
        super().__init__(data)
        self.on = on
        categories = Category.objects.filter(assured=True).values_list("code", "name")
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", "All"), ("commissioner", "The commissioner’s own"), *categories,
        ]  # fmt: skip
        self.is_valid()

    def chosen(self, name: str) -> Any:
        """A cleaned value, or nothing."""
        return self.cleaned_data.get(name) or ""

    def lines(self, allowed: Any) -> list[Line]:
        """Statutory and longest vacant first."""
        kinds = (Organisation.Kind.PROVIDER, Organisation.Kind.COMMISSIONER)
        bodies = allowed.filter(kind__in=kinds).open(on=self.on).select_related("category").order_by("name")
        bodies = bodies.only(*OF_A_BODY)
        if category := self.chosen("category"):
            own = category == "commissioner"
            bodies = bodies.filter(kind="commissioner") if own else bodies.filter(category__code=category)
        found = [line for line in lines_of(bodies, on=self.on, brief=True) if self._wanted(line)]
        return sorted(found, key=lambda line: (ORDER.index(line.state), not line.statutory, -(line.days or 0)))

    def _wanted(self, line: Line) -> bool:
        state = self.chosen("state")
        if state != "all" and line.state not in ((state,) if state else ATTENTION):
            return False
        if self.chosen("statutory") and not line.statutory:
            return False
        text = f"{line.organisation} {line.title} {line.holder.name if line.holder else ''}".casefold()
        return all(word in text for word in self.chosen("q").casefold().split())


def _since(line: Line) -> Cell:
    return line.vacant_since or (line.holder.starts_on if line.holder else "")


def _checked(line: Line) -> Cell:
    return (line.holder.verified_on or "Never checked") if line.holder else ""


# Of a thousand organisations no more than is shown of each.
OF_A_BODY = ("kind", "name", "reference", "category__code", "category__name")
COLUMNS = (
    Column("Organisation", lambda line: str(line.organisation), width=40),
    Column("Post", lambda line: line.title, width=44),
    Column("Law asks for it", lambda line: "Yes" if line.statutory else "No", width=14),
    Column("State", lambda line: line.in_words, width=18),
    Column("Since", _since, Kind.DATE, 14),
    Column("Days vacant", lambda line: line.days if line.days is not None else "", Kind.NUMBER, 12),
    Column("Holder", lambda line: line.holder.name if line.holder else "", width=28, personal=True),
    Column("Cover", lambda line: line.cover.name if line.cover else "", width=28, personal=True),
    Column("WTE", lambda line: str(line.post.wte if line.post and line.post.wte is not None else ""), width=8),
    Column("Checked", _checked, Kind.DATE, 14),
)


def _posts(request: HttpRequest, reach: Reach) -> Shown:
    filters = PostFilter(request.GET, user=reach.user, on=reach.on)
    allowed = Organisation.objects.permitted(reach.user, Can.SEE_PROVIDERS, on=reach.on)
    rows = allowed.permitted(reach.user, reach.can, on=reach.on)
    if reach.only is not None:
        rows = rows.kept_by(reach.only)
    return Shown(COLUMNS, filters.lines(rows), filters)


def register_posts() -> None:
    """Called once at start. Posts are nothing without names, so they are not frozen."""
    register(Listing("posts", "Posts", Can.SEE_PROVIDERS, "providers:post-list", _posts, freezes=False))
