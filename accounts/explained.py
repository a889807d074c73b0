"""What a person may do and why, in plain words, from the policy table and what the database holds about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.capabilities import GRANTS, INTEREST, Can, Grant, Role, Scope
from accounts.models import Cover, Membership

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class May:
    """One sentence: what, how far, and on which condition."""

    what: str
    how_far: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Because:
    """One reason and everything it allows."""

    heading: str
    reason: str
    allowed: list[May]


def explain(person: "User", organisations: QuerySet[Any] | list[int], *, on: date) -> list[Because]:
    """A reason for each live role in these organisations, own first, then those held while covering. One query."""
    cover = Cover.objects.live(on=on).filter(covered_by=person, absent=OuterRef("user")).order_by("ends_on")
    rows = Membership.objects.acting(person, on=on).filter(organisation__in=organisations)
    rows = rows.annotate(covered_until=Subquery(cover.values("ends_on")[:1]))
    rows = rows.select_related("organisation", "granted_by", "confirmed_by", "user")
    own = rows.order_by("starts_on", "pk")
    found = sorted(own, key=lambda row: (row.user_id != person.pk, "" if row.user_id == person.pk else str(row.user)))
    return [
        Because(_heading(row), _given(row) if row.user_id == person.pk else _covered(row), allowed(row))
        for row in found
    ]


def allowed(row: Membership) -> list[May]:
    """The sentences of one role, in the order of the policy table."""
    grants = GRANTS[Role(row.role)]
    return [sentence(can, grants[can], row) for can in Can if can in grants]


def sentence(can: Can, grant: Grant, row: Membership | None = None) -> May:
    """One cell of the table in words."""
    how_far = grant.scope.in_words
    if row is not None and grant.scope == Scope.STRAND:
        how_far = f"for {row.strands_in_words}"
    conditions = []
    if grant.fresh:
        conditions.append("after the second step, used again in the last five minutes")
    if grant.second:
        conditions.append("a second person confirms")
    if can in INTEREST:
        conditions.append("never where they have declared an interest")
    return May(can.label, how_far, tuple(conditions))


def table(roles: Iterable[Role] = Role) -> list[tuple[Can, list[str]]]:
    """The whole policy: each capability with a cell in words for each role; for the page that explains roles."""
    rows = [can for can in Can if any(can in GRANTS[role] for role in roles)]
    return [(can, [GRANTS[role][can].scope.in_words if can in GRANTS[role] else "" for role in roles]) for can in rows]


def _heading(row: Membership) -> str:
    strands = f" ({row.strands_in_words})" if row.strands else ""
    return f"{row.get_role_display()}{strands} at {row.organisation}"


def _given(row: Membership) -> str:
    words = f"Since {row.starts_on:%-d %B %Y}"
    if row.granted_by:
        words += f", given by {row.granted_by}"
    if row.confirmed_by and row.confirmed_by != row.granted_by:
        words += f", confirmed by {row.confirmed_by}"
    if row.ends_on:
        words += f", until {row.ends_on:%-d %B %Y}"
    return f"{words}."


def _covered(row: Any) -> str:
    return f"While covering for {row.user} until {row.covered_until:%-d %B %Y}."
