"""What each figure of a report is called, what it means, and which facts it counts.

To add a figure: a line in ``COUNTS`` or ``SUMS``. ``where`` names attributes of facts and the value, or the values,
that they must have; "strands.children" looks inside. ``of`` finds the whole in the same way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.models import AGES
from assurance.levels import STRAND_WORDS
from assurance.standing import BY_KEY, LEVELS, NO_RETURN, STANDINGS
from governance.facts.fact import ACTION, ASSOCIATE, LATE, LEFT, PROVIDER

Where = Mapping[str, Any]
NOT_VALIDATED = ("awaiting", "sent_back")
VALIDATED = {"validated": True}
OPEN = {"open": True}
# Providers of whom anything of the year before is known, and how.
KNOWN_BEFORE = {"before": ["validated", "records"]}


@dataclass(frozen=True)
class Count:
    """How many facts of a kind fit ``where``, of those that fit ``of``."""

    key: str
    label: str
    meaning: str
    kind: str = PROVIDER
    where: Where | None = None
    of: Where | None = None


@dataclass(frozen=True)
class Sum:
    """The sum of one number over facts, of the sum of another."""

    key: str
    label: str
    meaning: str
    what: str
    of: str
    where: Where


def _states() -> list[Count]:
    meaning = "All states add up to the register."
    return [Count(f"state.{s.key}", s.words, meaning, where={"standing": s.key}, of={}) for s in STANDINGS]


def _strands() -> list[Count]:
    meaning = "Of those with a level that are asked about it."
    return [
        Count(
            f"strand.{strand}.{level}", f"{BY_KEY[level].words}: {words}", meaning,
            where={f"strands.{strand}": level}, of={f"strands.{strand}": list(LEVELS)},
        )
        for strand, words in STRAND_WORDS.items()
        for level in LEVELS
    ]  # fmt: skip


def _ages() -> list[Count]:
    meaning = "Days past the date first agreed, whatever moved."
    return [
        Count(f"actions.age.{code}", f"Actions open, {_age(words)}", meaning, ACTION, {"age": code}, OPEN)
        for code, words, *_ in AGES
    ]


def _age(words: str) -> str:
    """An age within a sentence; each names the date that it is counted from."""
    within = words[:1].lower() + words[1:]
    return within if "original date" in within else f"{within} the original date"


def _changes() -> list[Count]:
    meaning = "Validated levels compared with what was reported a year ago."
    words = {
        "better": "Better than last year",
        "worse": "Worse than last year",
        "same": "The same as last year",
        "new": "No level last year",
    }
    return [Count(key, label, meaning, where={"change": key}, of=VALIDATED) for key, label in words.items()]


COUNTS: tuple[Count, ...] = (
    Count("register", "Providers on the register", "Led by this commissioner at the cut-off; associates not counted."),
    Count("asked", "Asked for a return", "Issued by the cut-off, also if withdrawn.", where={"asked": True}, of={}),
    Count(
        "returned", "Returns received", "Arrived by the end of the cut-off day and not withdrawn.",
        where={"received": True}, of={},
    ),
    Count(
        "no_return", "No return received", "Asked for, not withdrawn, and nothing has arrived. Not a level.",
        where={"standing": list(NO_RETURN)}, of={},
    ),
    Count(
        "on_time.original", "On time by the original date",
        "Received by the date first set, of the returns whose original date had come or that had arrived.",
        where={"due": True, "on_time_original": True}, of={"due": True},
    ),
    Count(
        "on_time.agreed", "On time by the agreed date",
        "The same with extensions agreed before the return arrived.",
        where={"due": True, "on_time_agreed": True}, of={"due": True},
    ),
    Count(
        "extended", "Extension running", "No return yet, and a later date agreed that had not passed.",
        where={"extended": True}, of={},
    ),
    Count("validated", "With a validated level", "A reviewer has decided.", where={"validated": True}, of={}),
    Count(
        "assured", "Significant or reasonable assurance", "Validated levels only.",
        where={"standing": ["significant", "reasonable"]}, of={},
    ),
    Count(
        "not_validated", "Received, not yet validated", "The provider's own rating; it is in no level figure.",
        where={"standing": list(NOT_VALIDATED)}, of={},
    ),
    Count(
        "nothing_reviewed", "Validated without any evidence reviewed",
        "Everything accepted as declared: the level rests on the provider's own word.",
        where={"validated": True, "nothing_reviewed": True}, of=VALIDATED,
    ),
    Count(
        "overridden", "Level decided by judgement", "A person gave another level than the rules, with a reason.",
        where={"validated": True, "overridden": True}, of=VALIDATED,
    ),
    *_changes(),
    Count(
        "records.before", "Year before known from records only",
        "Entered from the commissioner's records, not validated here, and in no comparison; of the providers of whom "
        "any grade of the year before is known.",
        where={"before": "records"}, of=KNOWN_BEFORE,
    ),
    Count(
        "records.now", "Not asked, known from records only",
        "No return was asked for, and grades of the year were entered from the commissioner's records. They were not "
        "validated here and are in no figure of levels.",
        where={"recorded": True}, of={"recorded": [True, False]},
    ),
    Count("actions.open", "Actions open", "Not verified; “complete, awaiting verification” is open.", ACTION, OPEN),
    Count(
        "actions.overdue", "Actions overdue", "Open, and the agreed date has passed.",
        ACTION, {"overdue": True}, OPEN,
    ),
    Count(
        "actions.awaiting", "Complete, awaiting verification", "The provider says so; nobody has checked.",
        ACTION, {"state": "Complete, awaiting verification"}, OPEN,
    ),
    Count(
        "actions.verified", "Actions verified in the year", "Checked by a person other than the owner.",
        ACTION, {"state": ["Implemented (verified)", "Embedded"]},
    ),
    Count(
        "actions.moved", "Open actions whose date was moved", "At least once; the original date stays.",
        ACTION, {"moved": True}, OPEN,
    ),
    Count(
        "actions.restricted", "Restricted actions", "For named people only: counted, and no provider is named.",
        ACTION, {"open": True, "restricted": True}, OPEN,
    ),
    Count(
        "reviews.actions.open", "Actions of reviews open", "For named people only: counted, and no provider is named.",
        ACTION, {"open": True, "of_review": True}, OPEN,
    ),
    Count(
        "reviews.actions.overdue", "Actions of reviews overdue", "Open, and the agreed date has passed.",
        ACTION, {"overdue": True, "of_review": True}, {"open": True, "of_review": True},
    ),
    Count(
        "reviews.actions.verified", "Actions of reviews verified in the year",
        "Complete is what a person other than the owner has checked.",
        ACTION, {"state": ["Implemented (verified)", "Embedded"], "of_review": True},
    ),
    *_ages(),
    *_states(),
    *_strands(),
    Count("late", "Returns that arrived after the cut-off", "Not counted anywhere else in this report.", LATE),
    Count("left", "Left the register in the year", "On it during the year, and not at the cut-off.", LEFT),
    Count("associates", "Led by another commissioner", "Shown, never counted.", ASSOCIATE),
)  # fmt: skip

SUMS: tuple[Sum, ...] = (
    Sum("criteria.reviewed", "Criteria with evidence reviewed or seen", "Of the criteria of providers with a level.",
        "reviewed", "criteria", VALIDATED),
    Sum("criteria.seen", "Criteria seen on a visit", "Part of those reviewed.", "seen", "criteria", VALIDATED),
    Sum("criteria.accepted", "Criteria accepted as declared", "The provider's own word, not reviewed.",
        "accepted", "criteria", VALIDATED),
    Sum("records.grades", "Grades of the year before from records",
        "Entered from the commissioner's records, not validated here; of all grades of the year before that are known. "
        "The others were validated, and the two are added up nowhere else.",
        "recorded_before", "grades_before", KNOWN_BEFORE),
    Sum("in_question", "Grades in question", "Validated grades whose ground has gone since.", "in_question", "criteria",
        VALIDATED),
)  # fmt: skip
