"""Issuing returns of any kind: who of the register is asked or not and why, and batches that no bad one holds up.

What is asked, and the rows that come of it, are the business of the app that issues.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from providers.models import Arrangement, Organisation

logger = logging.getLogger(__name__)

# Classes of SQLSTATE that speak of single rows, in words for whoever issues.
OF_A_ROW = {
    "22": "something that is kept about it is too long, too large or of the wrong kind",
    "23": "something that is kept about it breaks a rule of the register",
    "40": "somebody else was changing the same things at that moment",
    "55": "somebody else was changing it at that moment",
}


@dataclass(frozen=True)
class Candidate:
    """One organisation of the register: asked or not, with the reason in words."""

    organisation: Organisation
    tier: str
    asked: bool
    outcome: str
    reason: str


C = TypeVar("C", bound=Candidate)


@dataclass(frozen=True)
class Preview(Generic[C]):
    """Everybody on the commissioner's register, asked and not; the counts add up to the register."""

    candidates: list[C]

    @property
    def asked(self) -> list[C]:
        """Those who get a return when it is issued."""
        return [each for each in self.candidates if each.asked]

    @property
    def not_asked(self) -> list[C]:
        """Those who do not, each with why."""
        return [each for each in self.candidates if not each.asked]

    @property
    def counts(self) -> dict[str, int]:
        """How many by outcome; the values add up to the register."""
        return dict(Counter(each.outcome for each in self.candidates))


@dataclass
class Issued:
    """How many returns were made, and why there is none for whom there could be none, by organisation."""

    made: int = 0
    left_out: dict[int, str] = field(default_factory=dict)


def why_not(
    organisation: Organisation, live: Sequence[Arrangement], *, on: date, leads: Mapping[int, str]
) -> tuple[str, str] | None:
    """Outcome and reason when its contracts or its category keep it from being asked; the first that speaks decides."""
    if not live:
        return "no contract", f"No contract in force on {on:%-d %B %Y}"
    if live[0].part != Arrangement.Part.LEAD:
        lead = leads.get(organisation.pk)
        return "collected by the lead", f"Collected by {lead}" if lead else "Its lead commissioner collects"
    category = organisation.category
    if category is not None and not category.assured:
        return "category not asked", f"{category.plural} are not asked for returns"
    return None


def in_force(contracts: Iterable[Arrangement], on: date) -> list[Arrangement]:
    """Those of them that run on the day."""
    return [each for each in contracts if each.starts_on <= on and (each.ends_on is None or each.ends_on > on)]


def leads_of(organisations: Iterable[Organisation], *, on: date) -> dict[int, str]:
    """Who collects from each organisation on the day. One query."""
    leading = Arrangement.objects.live(on=on).leading().filter(organisation__in=list(organisations))
    return dict(leading.values_list("organisation", "commissioner__name"))


def may_join(commissioner: int, *, on: date, had: QuerySet[Any, Any]) -> QuerySet[Arrangement]:
    """The live lead contracts of those who have no return yet and are not closed, by name: who could be added now."""
    live = Arrangement.objects.live(on=on).leading().filter(commissioner=commissioner).exclude(organisation__in=had)
    still_there = Q(organisation__closed_on=None) | Q(organisation__closed_on__gt=on)
    return live.filter(still_there).select_related("organisation__category").order_by("organisation__name")


def in_batches(asked: Sequence[C], make: Callable[[Sequence[C]], int], *, size: int) -> Issued:
    """``make`` for everybody in batches, each in a transaction of its own; a long run shows its progress.

    What cannot be made now holds up nobody else: a batch that the database refuses for what single rows hold is halved
    until the bad one is alone. It is left out, and named with the reason. Any other trouble is raised: the run broke
    off, and is simply run again.
    """
    issued = Issued()
    for start in range(0, len(asked), size):
        _halved(asked[start : start + size], make, issued)
    return issued


def _halved(batch: Sequence[C], make: Callable[[Sequence[C]], int], issued: Issued) -> None:
    try:
        issued.made += make(batch)
    except DatabaseError as problem:
        why = _about_a_row(problem)
        if not why:
            raise
        if len(batch) > 1:
            half = len(batch) // 2
            _halved(batch[:half], make, issued)
            _halved(batch[half:], make, issued)
            return
        logger.exception("No return could be issued to organisation %s", batch[0].organisation.reference)
        issued.left_out[batch[0].organisation.pk] = why


def _about_a_row(problem: DatabaseError) -> str:
    """In words, why one row was refused, with the rule's name where there is one; empty for any other trouble."""
    why = OF_A_ROW.get(str(getattr(problem.__cause__, "pgcode", None) or "")[:2], "")
    rule = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None)
    return f"{why} ({rule})" if why and rule else why
