"""What stands beside each overdue thing: the last reminder and what became of it, and the next step."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from chasing import spoken
from chasing.delivery import Delivery, delivery
from chasing.kinds import kind_of
from chasing.models import Chase, Notice, Rung
from chasing.steps import EVERYBODY, NextStep, next_step

if TYPE_CHECKING:
    from accounts.models import User

Key = tuple[str, int]


@dataclass(frozen=True)
class Told:
    """One line of the last reminder: who, why them, and what became of it."""

    who: str
    why: str
    delivery: Delivery


@dataclass
class LastStep:
    """The newest decision about a thing, and the highest step decided for its present date."""

    on: date
    offset: int
    outcome: str
    words: str
    tone: str
    told: list[Told] = field(default_factory=list)


@dataclass
class Row:
    """One overdue thing with everything that the page says of it."""

    facts: dict[str, Any]
    days_late: int
    url: str
    paused: bool
    last: LastStep | None = None
    next: NextStep | None = None
    spoken_on: date | None = None

    @property
    def was_moved(self) -> bool:
        """Has another date been agreed?"""
        return bool(self.facts["due_on"] != self.facts["original_due_on"])


def with_conversations(rows: list[Row], reader: "User") -> list[Row]:
    """When somebody last spoke with each provider, as far as the reader may know. One query."""
    days = spoken.last_days(reader, {row.facts["organisation_id"] for row in rows})
    for row in rows:
        row.spoken_on = days.get(row.facts["organisation_id"])
    return rows


def rows_with_steps(found: Iterable[dict[str, Any]], *, on: date) -> list[Row]:
    """The rows of one page, completed in two queries however many they are."""
    facts = list(found)
    last, done = last_steps(facts)
    ladders = _ladders(facts, on)
    rows = []
    for one in facts:
        key = (one["kind"], one["pk"])
        rungs = ladders.get((one["kind"], one["commissioner_id"])) or ladders.get((one["kind"], EVERYBODY), [])
        paused = bool(one["paused_until"] and one["paused_until"] > on)
        ahead = next_step(
            rungs, due_on=one["due_on"], done=done.get(key), paused_until=one["paused_until"] if paused else None, on=on
        )
        rows.append(
            Row(
                facts=one,
                days_late=(on - one["due_on"]).days,
                url=kind_of(one["kind"]).url(one["reference"]),
                paused=paused,
                last=last.get(key),
                next=None if one["waits_for_us"] else ahead,
            )
        )
    return rows


def last_steps(facts: list[dict[str, Any]]) -> tuple[dict[Key, LastStep], dict[Key, int]]:
    """The newest decision about each thing with its lines, and the highest offset decided for its present date."""
    wanted = Q(pk__in=[])
    for code in {one["kind"] for one in facts}:
        wanted |= Q(kind=code, thing__in=[one["pk"] for one in facts if one["kind"] == code])
    about = {(one["kind"], one["pk"]): one for one in facts}
    last: dict[Key, LastStep] = {}
    newest: dict[Key, int] = {}
    done: dict[Key, int] = {}
    for row in Chase.objects.filter(wanted).order_by("-planned_on", "-pk", "notices__why").values(*_COLUMNS):
        key = (row["kind"], row["thing"])
        if row["due_version"] == about[key]["due_version"] and row["by_hand"] is None:
            done[key] = max(row["rung__offset"], done.get(key, -999))
        if newest.setdefault(key, row["pk"]) == row["pk"]:
            step = last.setdefault(key, _step(row))
            if row["notices__why"]:
                step.told.append(_told(row, about[key].get("seen_at")))
    return last, done


_WHO = ("to_user__name", "to_contact__name", "to_organisation__name")
_COLUMNS = (
    "pk", "kind", "thing", "due_version", "by_hand", "outcome", "planned_on", "rung__offset", "notices__why",
    "notices__dropped_because", "notices__letter__state", "notices__letter__sent_at", "notices__letter__attempts",
    "notices__letter__problem", "notices__instead_of__name", *(f"notices__{who}" for who in _WHO),
)  # fmt: skip


def _step(row: dict[str, Any]) -> LastStep:
    outcome = Chase.Outcome(row["outcome"])
    return LastStep(row["planned_on"], row["rung__offset"], outcome, outcome.label, Chase.TONES[outcome])


def _told(row: dict[str, Any], seen_at: datetime | None) -> Told:
    person, contact, mailbox = (row[f"notices__{who}"] for who in _WHO)
    became = delivery(
        row["notices__letter__state"],
        sent_at=row["notices__letter__sent_at"],
        attempts=row["notices__letter__attempts"] or 0,
        problem=row["notices__letter__problem"] or "",
        dropped=row["notices__dropped_because"],
        seen_at=seen_at,
    )
    role = Notice.role(row["notices__why"], row["notices__instead_of__name"])
    return Told(person or contact or f"{mailbox} (mailbox)", role, became)


def _ladders(facts: list[dict[str, Any]], on: date) -> dict[tuple[str, int], list[Rung]]:
    """The steps in force for the commissioners on the page, in one query."""
    commissioners = {one["commissioner_id"] for one in facts}
    whose = Q(ladder__commissioner__in=commissioners) | Q(ladder__commissioner__isnull=True)
    ends = Q(ladder__valid_to__isnull=True) | Q(ladder__valid_to__gt=on)
    rungs = Rung.objects.filter(whose, ends, ladder__valid_from__lte=on).select_related("ladder").order_by("offset")
    found: dict[tuple[str, int], list[Rung]] = {}
    for rung in rungs if facts else []:
        found.setdefault((rung.ladder.kind, rung.ladder.commissioner_id or EVERYBODY), []).append(rung)
    return found
