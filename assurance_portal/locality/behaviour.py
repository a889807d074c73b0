"""How providers answer and validators judge. The same seed gives the same locality again."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from assurance_portal.locality.places import Place, read
from design.calendar import add_working_days

WORDS = read("words")
STANDARDS = WORDS["standard"]
LEAD_WORDS = {"GP": "lead GP", "CHN": "registered manager", "CHR": "registered manager", "DOM": "registered manager"}


def chance(*key: object) -> float:
    """A number between 0 and 1 that is always the same for the same key."""
    digest = hashlib.blake2b("|".join(map(str, key)).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


def pick(options: list[Any], *key: object) -> Any:
    """One of the options, always the same for the same key."""
    return options[int(chance(*key) * len(options))]


@dataclass(frozen=True)
class Said:
    """A provider's answer to one criterion."""

    grade: str
    narrative: str
    reason: str = ""


def answer(place: Place, criterion: Any, *, years_ago: int, seed: int) -> Said:
    """The provider's own grade: stable from year to year, better or worse with its drift."""
    key = (seed, place.key, criterion.criterion_id)
    quality = min(max(place.quality - place.drift * years_ago, 0.2), 0.97)
    sure = 0.72 + 0.27 * quality
    if criterion.critical:
        sure += (1 - sure) * 0.4
    if not criterion.critical and chance("na", *key) < 0.02:
        return Said("not_applicable", "", "We do not provide a service that this applies to.")
    rolled = chance("grade", *key)
    red_from = sure + (1 - sure) * (0.82 - max(0.0, 0.6 - quality) * 0.5)
    grade = "green" if rolled < sure else "amber" if rolled < red_from else "red"
    return Said(grade, narrative(place, criterion, grade, years_ago=years_ago, seed=seed))


def narrative(place: Place, criterion: Any, grade: str, *, years_ago: int, seed: int) -> str:
    """What the provider writes under the grade."""
    options = STANDARDS[str(criterion.standard.number)][grade]
    words: str = pick(options, "words", seed, place.key, criterion.criterion_id, years_ago)
    return words.replace("{lead}", LEAD_WORDS.get(place.category, "named nurse"))


def validated(place: Place, criterion: Any, own: str, *, year: str, seed: int) -> str:
    """The validator's grade: mostly agreed, sometimes lower, seldom higher."""
    rolled = chance("validated", seed, place.key, criterion.criterion_id, year)
    if own == "green" and rolled < 0.08 - 0.06 * place.quality:
        return "amber"
    if own == "amber" and rolled < 0.07:
        return "red"
    if own == "amber" and rolled > 0.96:
        return "green"
    return own


@dataclass(frozen=True)
class Course:
    """What becomes of one return: when it is submitted (None: never), until when extended, how far it got."""

    submitted: date | None
    extended_to: date | None
    end: str  # issued, in_progress, submitted, under_review, sent_back, validated, withdrawn
    validated: date | None = None
    sent_back: date | None = None

    @property
    def asked_again_by(self) -> date | None:
        """The new date of a return that was sent back."""
        return add_working_days(self.sent_back, 15) if self.sent_back else None


def past_course(place: Place, *, year: str, years_ago: int, due: date, seed: int) -> Course:
    """A year that is over: most on time, some late or extended, a few never."""
    rolled = chance("course", seed, place.key, year) + (0.5 - place.quality) * 0.12
    days = 1 + int(chance("days", seed, place.key, year) * 18)
    wait = 5 + int(chance("wait", seed, place.key, year) * 30)
    if rolled < 0.76:
        sent = due - timedelta(days=days)
        return Course(sent, None, "validated", add_working_days(sent, wait))
    if rolled < 0.87:
        sent = due + timedelta(days=2 + days * 2)
        return Course(sent, None, "validated", add_working_days(sent, wait))
    if rolled < 0.94:
        until = add_working_days(due, 20)
        sent = until - timedelta(days=days // 4)
        return Course(sent, until, "validated", add_working_days(sent, wait))
    return Course(None, None, "in_progress" if years_ago == 1 else "withdrawn")


# Accounts of the demonstration find something to do: who is where in the running year.
FIXED = {
    "royal": "submitted",
    "oakfield": "in_progress",
    "Abbey Road Surgery": "extended",
    "kingsley": "validated",
    "community": "validated",
    "ardengeneral": "validated",
    "mind": "under_review",
    "yourway": "sent_back",
}


def running_course(place: Place, *, year: str, opened: date, due: date, on: date, seed: int) -> Course:
    """The running year as it stands on the day: some validated, some waiting, some overdue."""
    rolled = chance("running", seed, place.key, year)
    end = FIXED.get(place.key) or _running_end(rolled + (0.6 - place.quality) * 0.15)
    if end == "extended":
        return Course(None, add_working_days(max(due, on), 12), "issued")
    span = max((min(on, due) - opened).days - 7, 1)
    sent = opened + timedelta(days=min(7 + int(chance("day", seed, place.key, year) * span), (on - opened).days))
    if end in ("issued", "in_progress", "withdrawn") or sent >= on:
        return Course(None, None, end if end in ("in_progress", "withdrawn") else "issued")
    validated_on = add_working_days(sent, 5)
    if end == "validated" and validated_on >= on:
        end = "submitted"
    back = max(sent, on - timedelta(days=2 + int(chance("back", seed, place.key, year) * 7)))
    return Course(
        sent, None, end, validated_on if end == "validated" else None, sent_back=back if end == "sent_back" else None
    )


def _running_end(rolled: float) -> str:
    ladder = (
        (0.46, "validated"), (0.66, "submitted"), (0.71, "under_review"), (0.75, "sent_back"), (0.83, "in_progress"),
        (0.93, "issued"), (0.98, "extended"),
    )  # fmt: skip
    return next((end for limit, end in ladder if rolled < limit), "withdrawn")
