"""A version as one kind of provider reads it: sections, criteria, the words for that kind, and what is not asked.

``reader`` says who reads: a provider starts with the standards of its own kind and sees which criteria its service
profile leaves out; everybody else starts with the full standards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.capabilities import Can, Side
from accounts.models import Membership, User
from framework import applicability
from framework.models import Citation, CriterionVersion, FrameworkVersion, Standard, Wording
from providers.models import Organisation, ServiceAnswer
from providers.models.organisations import Tier


@dataclass(frozen=True)
class Reader:
    """Whose eyes: the tier read first and, for a provider, its name and what it said about its services."""

    tier: str = Tier.FULL.value
    organisation: Organisation | None = None
    services: Mapping[str, bool] = field(default_factory=dict)

    @property
    def tiers(self) -> list[Tier]:
        """Every kind of standards, the reader's own first."""
        return sorted(Tier, key=lambda tier: tier.value != self.tier)


@dataclass(frozen=True)
class Line:
    """One criterion with the words of one tier."""

    criterion: CriterionVersion
    words: Wording
    not_asked: str = ""


@dataclass(frozen=True)
class Section:
    """A standard and those of its criteria that the tier is asked."""

    standard: Standard
    lines: list[Line]


def reader(user: User, *, on: date) -> Reader:
    """The person's own provider, if they work for one: two queries, or one for everybody else."""
    own = Membership.objects.live(on=on).filter(user=user, side=Side.PROVIDER, organisation__category__isnull=False)
    mine = own.select_related("organisation__category").order_by("organisation__name").first()
    if mine is None or mine.organisation.category is None:
        return Reader()
    answers = ServiceAnswer.objects.filter(organisation=mine.organisation).values_list("question__key", "holds")
    return Reader(mine.organisation.category.tier, mine.organisation, dict(answers))


def chosen_tier(asked: str, who: Reader) -> Tier:
    """The tier in the address when it is one, else the reader's own."""
    return Tier(asked) if asked in Tier.values else Tier(who.tier)


def sections(version: FrameworkVersion, tier: str, services: Mapping[str, bool] | None = None) -> list[Section]:
    """The version in reading order for one tier; three queries."""
    grouped: dict[int, Section] = {}
    for criterion in worded(tier, version):
        section = grouped.setdefault(criterion.standard_id, Section(criterion.standard, []))
        asked = applicability.is_asked(criterion, services or {})
        reason = "" if asked else applicability.why_not(criterion)
        section.lines.extend(Line(criterion, words, reason) for words in criterion.words)
    return list(grouped.values())


def worded(tier: str, *versions: FrameworkVersion) -> QuerySet[Any]:
    """Criteria that the versions ask of the tier, each with ``words`` (a list of one) and its references in order."""
    return (
        CriterionVersion.objects.filter(framework_version__in=versions)
        .for_tier(tier)
        .select_related("standard", "condition")
        .prefetch_related(
            Prefetch("wordings", Wording.objects.filter(tier=tier), to_attr="words"),
            Prefetch("citations", Citation.objects.select_related("cited__superseded_by").order_by("position")),
        )
        .in_order()
    )


def whole(version: FrameworkVersion) -> FrameworkVersion:
    """The same version with its framework, grades, levels, its two people and the version before it. One query."""
    near = ("framework__commissioner", "grading", "levels", "follows__framework", "proposed_by", "published_by")
    return FrameworkVersion.objects.select_related(*near).get(pk=version.pk)


def commissioners_of(user: User, can: Can, *, on: date) -> QuerySet[Organisation]:
    """The commissioners for which the person holds the capability."""
    held = Membership.objects.acting(user, on=on).granting(can).values("organisation")
    return Organisation.objects.filter(pk__in=held, kind=Organisation.Kind.COMMISSIONER).order_by("name")


def counts(versions: Iterable[FrameworkVersion]) -> dict[int, dict[str, int]]:
    """How many criteria each version asks of each tier, by version id. One query."""
    found: dict[int, dict[str, int]] = {version.pk: dict.fromkeys(Tier.values, 0) for version in versions}
    rows = CriterionVersion.objects.filter(framework_version__in=list(found))
    for version, tiers, light in rows.values_list("framework_version", "tiers", "light"):
        for tier in [*tiers, *([Tier.LIGHT.value] if light else [])]:
            found[version][tier] += 1
    return found
