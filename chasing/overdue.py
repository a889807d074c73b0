"""What is overdue, as the reminders page shows it: one list over all kinds, and counts that lead back to it.

Everything outstanding past its date counts, whether or not mail about it is paused (hazard 7) and whether it waits
for the provider or for the commissioner. Rows are narrowed by what the person may see before anything is counted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest

from accounts.capabilities import Can
from accounts.models import Membership
from chasing.kinds import Kind, due_kinds
from chasing.models import Chase, DueChange

if TYPE_CHECKING:
    from accounts.models import User

# Calendar days past the date: the key in the address, the words, the first and the last day (None: no last).
BUCKETS: tuple[tuple[str, str, int, int | None], ...] = (
    ("1-5", "1 to 5 days", 1, 5),
    ("6-10", "6 to 10 days", 6, 10),
    ("11-20", "11 to 20 days", 11, 20),
    ("21", "More than 20 days", 21, None),
)
COLUMNS = (
    "kind", "pk", "reference", "title", "commissioner_id", "organisation_id", "organisation__name",
    "organisation__reference", "circle_id", "due_on", "original_due_on", "due_version", "paused_until", "waits_for_us",
    "pause_reason", "seen_at",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the filter asks for; empty means everything."""

    kind: str = ""
    days: str = ""
    category: str = ""
    words: str = ""
    paused: bool = False


@dataclass
class CategoryCount:
    """A line of the table above the list."""

    code: str
    name: str
    cells: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All days together."""
        return sum(n for _, n in self.cells)


def overdue_rows(user: "User", asked: Asked, *, on: date, within: Callable[[Any], Any] | None = None) -> QuerySet[Any]:
    """The overdue things that the person may see, oldest first, as dictionaries of ``COLUMNS``.

    ``within`` narrows the things of each kind further: to those that may be taken out.
    """
    found = ((kind, _narrowed(kind, user, asked, on)) for kind in _kinds(asked))
    parts = [_listed(within(things) if within else things, kind) for kind, things in found]
    return _together(parts).order_by("due_on", "kind", "pk")


@dataclass
class Pauses:
    """How many overdue things get no reminders, and until when at the latest: a pause hides nothing (hazard 7)."""

    n: int = 0
    longest: date | None = None

    def add(self, n: int, until: date | None) -> None:
        """More of them."""
        self.n += n
        self.longest = max((day for day in (self.longest, until) if day), default=None)


def overdue_counts(user: "User", asked: Asked, *, on: date) -> tuple[list[CategoryCount], int, Pauses]:
    """Counts by category and days late, how many proposals wait, and what is paused: all of what the filter leaves
    without its days. One query.
    """
    wide = Asked(kind=asked.kind, words=asked.words, paused=asked.paused)
    parts = [_counted(_narrowed(kind, user, wide, on), kind, on) for kind in _kinds(wide)]
    lines: dict[str, dict[str, Any]] = {}
    proposals, pauses = 0, Pauses()
    for row in _together(parts):
        pauses.add(row["paused"], row["longest"])
        line = lines.setdefault(row["code"], {"name": row["name"], "position": row["position"]})
        for key, *_ in BUCKETS:
            line[key] = line.get(key, 0) + row[f"b{key}"]
        proposals += row["proposals"]
    ordered = sorted(lines.items(), key=lambda one: (one[1]["position"], one[1]["name"]))
    counts = [CategoryCount(code, line["name"], [(key, line[key]) for key, *_ in BUCKETS]) for code, line in ordered]
    return counts, proposals, pauses


def how_many(counts: Iterable[CategoryCount], asked: Asked) -> int:
    """How many rows the list has, from the table: the two can never differ."""
    wanted = [line for line in counts if asked.category in ("", line.code)]
    return sum(n for line in wanted for key, n in line.cells if asked.days in ("", key))


def proposals(user: "User", can: Can, *, on: date) -> QuerySet[Any]:
    """Steps that wait for a person, oldest first: only of things that are still outstanding on that date."""
    parts = []
    for kind in due_kinds():
        same = {"kind": kind.code, "thing": OuterRef("pk"), "due_version": OuterRef("due_version")}
        newest = Chase.objects.proposed().filter(**same).order_by("-rung__offset")
        things = kind.titled(kind.wants_a_reminder().permitted(user, can, on=on)).filter(Exists(newest))
        things = things.annotate(
            planned_on=Subquery(newest.values("planned_on")[:1]),
            audience=Subquery(newest.values("rung__audience")[:1]),
            offset=Subquery(newest.values("rung__offset")[:1]),
        )
        wanted = ("kind", "pk", "reference", "title", "organisation__name", "due_on", "original_due_on")
        parts.append(things.order_by().values(*wanted, "planned_on", "audience", "offset"))
    return _together(parts).order_by("planned_on", "due_on", "pk")


def _kinds(asked: Asked) -> list[Kind]:
    return [kind for kind in due_kinds() if asked.kind in ("", kind.code)]


def _narrowed(kind: Kind, user: "User", asked: Asked, on: date) -> Any:
    things = kind.things.permitted(user, Can.SEE_REMINDERS, on=on).overdue(on=on)
    if asked.category:
        things = things.filter(organisation__category__code=asked.category)
    if asked.words:
        things = things.filter(organisation__name__icontains=asked.words)
    if asked.paused:
        things = things.filter(paused_until__gt=on)
    for key, _, first, last in BUCKETS:
        if asked.days == key:
            things = things.filter(_between(first, last, on))
    return things


def _between(first: int, last: int | None, on: date) -> Q:
    late = Q(due_on__lte=on - timedelta(days=first))
    return late & Q(due_on__gte=on - timedelta(days=last)) if last else late


def _listed(things: Any, kind: Kind) -> QuerySet[Any]:
    pauses = DueChange.objects.pauses().filter(kind=kind.code, thing=OuterRef("pk")).order_by("-at")
    # A condition without parts is true of every row; Django's Case wants it said in another way.
    waiting = Case(When(kind.waiting, then=Value(False)), default=Value(True)) if kind.waiting else Value(False)
    return (
        kind.titled(things)
        .order_by()
        .annotate(
            waits_for_us=Cast(waiting, BooleanField()),
            pause_reason=Coalesce(Subquery(pauses.values("reason")[:1]), Value(""), output_field=CharField()),
            seen_at=Subquery(last_seen(organisation=OuterRef("organisation_id")).values("seen")),
        )
        .values(*COLUMNS)
    )


def last_seen(**whose: Any) -> QuerySet[Any]:
    """When somebody of each organisation last used the portal, as ``organisation`` and ``seen``; None for never."""
    held = Membership.objects.filter(ends_on__isnull=True, **whose).order_by()
    return held.values("organisation").annotate(seen=Max(Greatest("user__last_seen_at", "user__last_login")))


def _counted(things: Any, kind: Kind, on: date) -> QuerySet[Any]:
    waiting = Chase.objects.proposed().filter(kind=kind.code, thing=OuterRef("pk"), due_version=OuterRef("due_version"))
    things = things.annotate(proposed=Exists(waiting)).order_by()
    if kind.waiting:
        things = things.annotate(open=Case(When(kind.waiting, then=Value(True)), default=Value(False)))
    else:
        things = things.annotate(open=Value(True, output_field=BooleanField()))
    named = things.annotate(
        code=Coalesce("organisation__category__code", Value("")),
        name=Coalesce("organisation__category__plural", Value("Without a category")),
        position=Coalesce(F("organisation__category__position"), Value(999), output_field=IntegerField()),
    )
    counts = {f"b{key}": Count("pk", filter=_between(first, last, on)) for key, _, first, last in BUCKETS}
    return named.values("code", "name", "position").annotate(
        **counts,
        proposals=Count("pk", filter=Q(proposed=True, open=True)),
        paused=Count("pk", filter=Q(paused_until__gt=on)),
        longest=Max("paused_until", filter=Q(paused_until__gt=on)),
    )


def _together(parts: list[Any]) -> QuerySet[Any]:
    first, *rest = parts
    together: QuerySet[Any] = first.union(*rest, all=True) if rest else first
    return together
