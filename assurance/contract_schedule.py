"""A version of the standards as a schedule of a contract: what is asked of one kind of provider, and what follows.

``schedule_of`` gathers everything once; the page, the PDF and the Word document say only what stands in it. The floors
are those of ``assurance.levels`` in words, with the numbers that hold for the commissioner on the day.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import Q, QuerySet

from accounts.capabilities import Can
from accounts.models import Membership, User
from assurance.models import Round
from assurance.models.policy import policies_of
from framework.models import FrameworkVersion, Grade
from framework.reading import sections
from providers.models import Arrangement, Organisation
from providers.models.organisations import Tier

# One sentence a level, in the order of the scale (assurance/levels.py). ``most`` is the commissioner's number.
FLOORS = (
    "{significant}: every critical criterion that applies is met with its evidence reviewed, something is met with "
    "evidence reviewed, and no standard has more than one criterion not met.",
    "{reasonable}: no critical criterion is not met, at most {most} criteria are not met, and every standard is at "
    "least half met.",
    "{limited}: a critical criterion is not met, or more than {most} criteria are not met, or a standard is less than "
    "half met. In a standard of one or two criteria one that is partly met counts as half.",
    "{none}: never worked out; judged by a person, with the reason in writing.",
)
RULES = (
    "A criterion that is not answered, or said not to apply without the commissioner’s agreement, counts as not met.",
    "The level is worked out for each strand by itself; the level over all is that of the lowest strand.",
    "A return that is not received has no level.",
)


@dataclass(frozen=True)
class Asked:
    """One criterion in the words of the tier."""

    ref: str
    text: str
    critical: bool
    condition: str
    evidence: tuple[str, ...]
    do_not_send: str

    @property
    def marks(self) -> str:
        """What is special about it, in words."""
        said = ["Critical criterion."] if self.critical else []
        return " ".join([*said, *([f"Asked only where: {self.condition}"] if self.condition else [])])


@dataclass(frozen=True)
class Part:
    """One standard with what it asks."""

    number: int
    title: str
    purpose: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Meaning:
    """One grade or level and what it means."""

    label: str
    letter: str
    meaning: str


@dataclass(frozen=True)
class Schedule:
    """Everything that the schedule says; ``stamp`` names the version on each page."""

    framework: str
    label: str
    tier: str
    commissioner: str
    state: str
    published: str
    valid_from: str
    as_of: str
    parts: tuple[Part, ...]
    grades: tuple[Meaning, ...]
    levels: tuple[Meaning, ...]
    floors: tuple[str, ...]
    rules: tuple[str, ...]
    dates: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """The heading of the document."""
        return f"Safeguarding standards: {self.tier}"

    @property
    def digest(self) -> str:
        """SHA-256 of everything it says, but for the day on which it was made."""
        said = {name: value for name, value in asdict(self).items() if name != "as_of"}
        return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def stamp(self) -> str:
        """Framework, version, publication and digest, for the foot of each page."""
        return f"{self.framework}, {self.label}. {self.published}. SHA-256 {self.digest}"

    @property
    def count(self) -> int:
        """How many criteria it asks."""
        return sum(len(part.asked) for part in self.parts)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What it is, for the table at its beginning."""
        return (
            ("Commissioner", self.commissioner or "Shipped with the portal"),
            ("Framework", f"{self.framework}, {self.label}"),
            ("State", self.state),
            ("Publication", self.published),
            ("Valid from", self.valid_from),
            ("Asked", f"{self.count} criteria in {len(self.parts)} standards: {self.tier}"),
            ("Levels as they hold on", self.as_of),
            ("Digest (SHA-256)", self.digest),
        )


def commissioners_for(user: User, version: FrameworkVersion, *, on: date) -> list[Organisation]:
    """Whose numbers and dates may stand in it: the version's own commissioner, else the person's, else those that
    commission the person's provider. One query."""
    if version.framework.commissioner is not None:
        return [version.framework.commissioner]
    held = Membership.objects.acting(user, on=on).granting(Can.READ_STANDARDS).values("organisation")
    ours = Arrangement.objects.live(on=on).filter(organisation__in=held).values("commissioner")
    found: QuerySet[Organisation] = Organisation.objects.filter(kind=Organisation.Kind.COMMISSIONER)
    return list(found.filter(Q(pk__in=held) | Q(pk__in=ours)).order_by("name"))


def schedule_of(version: FrameworkVersion, tier: Tier, commissioner: Organisation | None, *, on: date) -> Schedule:
    """Gather it. ``version`` comes with its framework and publisher (``framework.reading.whole``). Eight queries."""
    grades = list(Grade.objects.filter(scheme__in=[version.grading_id, version.levels_id]).order_by("position"))
    levels = [grade for grade in grades if grade.scheme_id == version.levels_id]
    return Schedule(
        framework=str(version.framework),
        label=version.label,
        tier=str(tier.label),
        commissioner=str(commissioner or ""),
        state=str(version.get_state_display()),
        published=_published(version),
        valid_from=_day(version.valid_from),
        as_of=_day(on),
        parts=_parts(version, tier),
        grades=_meanings(grade for grade in grades if grade.scheme_id == version.grading_id),
        levels=_meanings(levels),
        floors=_floors(levels, commissioner, on),
        rules=RULES,
        dates=_dates(version, commissioner),
    )


def _published(version: FrameworkVersion) -> str:
    if version.published_at is None:
        return "Not published yet"
    by = f" by {version.published_by.name}" if version.published_by else ", shipped with the portal"
    return f"Published {_day(version.published_at.date())}{by}"


def _parts(version: FrameworkVersion, tier: Tier) -> tuple[Part, ...]:
    found = []
    for section in sections(version, tier):
        asked = (
            Asked(
                line.criterion.ref, line.words.text, line.criterion.critical, str(line.criterion.condition or ""),
                tuple(line.words.evidence), line.words.do_not_send,
            )
            for line in section.lines
        )  # fmt: skip
        found.append(Part(section.standard.number, section.standard.title, section.standard.purpose, tuple(asked)))
    return tuple(found)


def _meanings(grades: Any) -> tuple[Meaning, ...]:
    return tuple(Meaning(grade.label, grade.letter, grade.meaning) for grade in grades)


def _floors(levels: Sequence[Grade], commissioner: Organisation | None, on: date) -> tuple[str, ...]:
    """The floors in the words of the version's own scale; none while no numbers hold."""
    known = {"significant": "Significant", "reasonable": "Reasonable", "limited": "Limited", "none": "None"}
    words = {**known, **{grade.code: grade.label for grade in levels}}
    policy = policies_of([commissioner], on=on)[0].in_force if commissioner else None
    return tuple(floor.format(**words, most=policy.reds_for_limited) for floor in FLOORS) if policy else ()


def _dates(version: FrameworkVersion, commissioner: Organisation | None) -> tuple[tuple[str, str], ...]:
    """When returns of the latest issued round of this version open and are due."""
    if commissioner is None:
        return ()
    rounds = Round.objects.filter(commissioner=commissioner, framework_version=version)
    latest = rounds.exclude(state=Round.State.DRAFT).order_by("-opens_on", "-pk").first()
    if latest is None:
        return ()
    return (
        ("Year", latest.year),
        ("Returns open on", _day(latest.opens_on)),
        ("Returns are due on", _day(latest.due_on)),
    )


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
