"""Which criteria a version asks of a kind of provider, given what it said about its services.

A criterion may depend on one question of the service profile. Not known means asked; only a plain "no" takes a
criterion out, and then the reason can be said in words. ``services`` maps question keys to yes or no; a key that is
missing is not known. The words for "no" ship in ``data/conditions.toml``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from framework import catalogue
from framework.models import CriterionVersion, FrameworkVersion
from providers.models import ServiceQuestion

Services = Mapping[str, bool]


@dataclass(frozen=True)
class Applicability:
    """A version split for one provider: what is asked, and what is not with the reason."""

    asked: list[CriterionVersion]
    not_asked: list[tuple[CriterionVersion, str]]


def criteria_for(version: FrameworkVersion, tier: str, services: Services) -> list[CriterionVersion]:
    """The criteria asked, in reading order, with their condition and standard. One query."""
    return applicability(version, tier, services).asked


def applicability(version: FrameworkVersion, tier: str, services: Services) -> Applicability:
    """Asked and not asked together. One query."""
    return split(version.criteria.for_tier(tier).select_related("condition", "standard").in_order(), services)


def split(criteria: Iterable[CriterionVersion], services: Services) -> Applicability:
    """Sort criteria that are already loaded (with ``condition``); no query, so it can be used for many providers."""
    found = Applicability([], [])
    for criterion in criteria:
        if is_asked(criterion, services):
            found.asked.append(criterion)
        else:
            found.not_asked.append((criterion, why_not(criterion)))
    return found


def is_asked(criterion: CriterionVersion, services: Services) -> bool:
    """Asked unless the provider said plainly that it has no such service."""
    return criterion.condition is None or services.get(criterion.condition.key) is not False


def why_not(criterion: CriterionVersion) -> str:
    """The reason in words: "not asked: no maternity service"."""
    return f"not asked: {absence(criterion.condition)}" if criterion.condition else ""


def conditions_of(version: FrameworkVersion) -> list[ServiceQuestion]:
    """The questions of the service profile that the version depends on, in the profile's order. One query."""
    keys = version.criteria.exclude(condition=None).values("condition")
    return list(ServiceQuestion.objects.filter(pk__in=keys))


def absence(question: ServiceQuestion) -> str:
    """How to say that the service is not there; a question of a commissioner's own is quoted with its answer."""
    shipped = _absences().get(question.key)
    return shipped or f"the answer to “{question.question}” is no"


@cache
def _absences() -> dict[str, str]:
    return {key: row["absent"] for key, row in catalogue.conditions().items()}
