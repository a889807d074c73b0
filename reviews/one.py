"""What the page of one review shows, asked for at once: who may know, clocks, what happened, the log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models.functions import JSONObject

from accounts.capabilities import Can, roles_granting
from accounts.models import CircleMember, Cover
from design.statements import Rows, gather
from reviews.commissioning import STATE
from reviews.kinds import EVENTS, KINDS, STAGES
from reviews.models import (
    Clock,
    ClockMove,
    ClockRule,
    Contribution,
    EmergencyAccess,
    KindChange,
    Milestone,
    Recommendation,
    Review,
    StageMove,
)
from reviews.models.implications import STATES as STATES_OF_IMPLICATIONS
from reviews.plan import Waiting, with_overall

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class OneReview:
    """One review on one day, for one reader."""

    review: Review
    reader: "User"
    on: date
    # As what the reader acts for its commissioner.
    roles: frozenset[str] = frozenset()

    @cached_property
    def people(self) -> list[CircleMember]:
        """Who is on its list today, by name."""
        live = CircleMember.objects.live(on=self.on).filter(circle=self.review.circle_id)
        return list(live.select_related("user").order_by("user__name"))

    @cached_property
    def named(self) -> list[CircleMember]:
        """Those who see everything on it."""
        return [each for each in self.people if each.scope == CircleMember.Reach.WHOLE]

    @cached_property
    def authors(self) -> list[CircleMember]:
        """Those who see their own organisation's part only."""
        return [each for each in self.people if each.scope == CircleMember.Reach.OWN]

    @cached_property
    def covers(self) -> list[Cover]:
        """Who covers today for somebody who sees everything."""
        return list(self.review.circle.covers(on=self.on))

    @cached_property
    def is_listed(self) -> bool:
        """Is the reader named, in their own name?"""
        return self.reader.pk in {each.user_id for each in self.people}

    @cached_property
    def in_emergency(self) -> bool:
        """Is the reader here by way of an emergency: neither named nor by cover?"""
        return not self.is_listed and self.reader.pk not in {each.covered_by_id for each in self.covers}

    @cached_property
    def may(self) -> dict[str, bool]:
        """What the reader may do; somebody let in for an emergency only reads, and nobody changes a closed one."""
        if self.in_emergency or self.review.closed_at is not None:
            return {}
        asked = (Can.EDIT_REVIEW, Can.CLOSE_REVIEW, Can.ASK_CONTRIBUTION, Can.VERIFY_ACTIONS)
        return {can.value: not self.roles.isdisjoint(roles_granting(can)) for can in asked}

    @cached_property
    def clocks(self) -> list[Clock]:
        """Those that began, the next day first, each with its moves and its state in words and tone."""
        rows = list(self.review.clocks.moved().select_related("rule"))
        moves = [{**move, "kind_words": ClockMove.Kind(move["kind"]).label} for move in self._said["clock_moves"]]
        for row in rows:
            row.words, row.tone = row.state_in_words(self.on)  # type: ignore[attr-defined]
            row.moved_by = [move for move in moves if move["clock"] == row.pk]  # type: ignore[attr-defined]
        return rows

    @property
    def next(self) -> Clock | None:
        """The clock that runs out next; a paused one among them."""
        return next((row for row in self.clocks if row.met_on is None and row.ended_on is None), None)

    @property
    def stage_number(self) -> int:
        """Which of its kind's stages it is at, from one."""
        return self.review.stages.index(self.review.stage) + 1

    @cached_property
    def reports(self) -> list[Contribution]:
        """What organisations were asked for, what is due next first; each with its state and how late it is."""
        rows = list(Contribution.objects.filter(review=self.review).select_related("organisation", "author"))
        for row in rows:
            row.words, row.tone = row.state_in_words  # type: ignore[attr-defined]
            row.late_first, row.late_agreed = row.days_late(self.on)  # type: ignore[attr-defined]
        return sorted(rows, key=lambda row: (row.settled_at is not None, row.due_on, row.pk))

    @cached_property
    def recommendations(self) -> list[Recommendation]:
        """In the order of their numbers, each with how it stands over all."""
        rows = Recommendation.objects.filter(review=self.review).select_related("commissioning")
        return with_overall(rows.annotate(how_far=STATE).in_order(), on=self.on)

    @cached_property
    def impacts(self) -> list[Waiting]:
        """The impact reviews that wait, the next first."""
        found = [look for each in self.recommendations for look in each.impacts]  # type: ignore[attr-defined]
        return sorted(found, key=lambda look: (look.due, look.pk))

    @cached_property
    def waiting(self) -> list[ClockRule]:
        """Clocks that have not begun, because what they count from is not recorded."""
        begun = {(row.rule.kind, row.rule.step) for row in self.clocks}
        return [rule for rule in self.review.rules(self.on) if (rule.kind, rule.step) not in begun]

    @cached_property
    def _said(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that was said of it, by kind and in order. One statement."""
        return gather(("said of a review",), Review, COLUMNS, _part, self.review.pk)

    @property
    def happened(self) -> list[dict[str, Any]]:
        """The day that holds for each event, by day."""
        held = {row["event"]: row for row in self._said["milestones"]}
        return sorted(
            ({**row, "event_words": EVENTS[row["event"]]} for row in held.values()), key=lambda row: row["said_on"]
        )

    @cached_property
    def implications(self) -> list[Recommendation]:
        """The recommendations that mean something for commissioning, each with how far that is, by number."""
        marked = [row for row in self.recommendations if row.commissioning_implication and row.superseded_at is None]
        found: list[Any] = list(marked)
        for row in found:
            row.said, row.tone = STATES_OF_IMPLICATIONS[row.how_far]
        return found

    @cached_property
    def stages(self) -> list[tuple[str, str]]:
        """Each stage of its kind with ``past``, ``now`` or ``ahead``."""
        stages = self.review.stages
        here = stages.index(self.review.stage)
        where = ["past"] * here + ["now"] + ["ahead"] * (len(stages) - here - 1)
        return [(STAGES[stage], so) for stage, so in zip(stages, where, strict=True)]

    @cached_property
    def log(self) -> list[dict[str, Any]]:
        """Everything that was said and moved, the latest first."""
        found = []
        for kind, heading in SAID.items():
            rows = self._said[kind]
            found += [{**row, "at": datetime.fromisoformat(row["at"]), "heading": heading(row)} for row in rows]
        return sorted(found, key=lambda row: row["at"], reverse=True)


def _moved(row: dict[str, Any]) -> str:
    return f"From “{STAGES[row['before']]}” to “{STAGES[row['after']]}” on {row['said_on']:%-d %B %Y}"


# What hangs on a review, and how a row of it is headed in the log.
SAID: dict[str, Callable[[dict[str, Any]], str]] = {
    "milestones": lambda row: f"{EVENTS[row['event']]}: {row['said_on']:%-d %B %Y}",
    "stage_moves": _moved,
    "kind_changes": lambda row: f"{KINDS[row['before']].short} became {KINDS[row['after']].short}",
    "emergencies": lambda row: "Let in for an emergency",
}
COLUMNS: dict[str, tuple[Any, dict[str, str]]] = {
    "milestones": (Milestone, {"event": "event", "words": "note", "who": "by__name"}),
    "stage_moves": (StageMove, {"before": "before", "after": "after", "words": "reason", "who": "by__name"}),
    "kind_changes": (KindChange, {"before": "before", "after": "after", "words": "reason", "who": "by__name"}),
    "emergencies": (EmergencyAccess, {"words": "reason", "who": "user__name"}),
    "clock_moves": (
        ClockMove,
        {
            "clock": "clock",
            "kind": "kind",
            "before_on": "due_before",
            "after_on": "due_after",
            "words": "reason",
            "approved_by": "approved_by",
        },
    ),
}


def _part(name: str, pk: int) -> Rows:
    model, columns = COLUMNS[name]
    way = "clock__review" if model is ClockMove else "review"
    rows: Rows = model._default_manager.filter(**{way: pk}).order_by("pk")
    return rows.values(row=JSONObject(said_on="on", at="at", **columns))
