"""A small framework for tests: rag grades, levels, two standards of a few criteria."""

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from framework import models

GRADES = (
    ("green", "M", "Met", True, False, 0),
    ("amber", "P", "Partly met", False, True, 1),
    ("red", "N", "Not met", False, True, 2),
)
LEVELS = (
    ("significant", "S", "Significant assurance", 0),
    ("reasonable", "R", "Reasonable assurance", 1),
    ("limited", "L", "Limited assurance", 2),
    ("none", "N", "No assurance", 3),
)


def rag_scheme() -> models.GradingScheme:
    """Green, amber, red and not applicable, under a key of its own."""
    scheme = models.GradingScheme.objects.create(
        key=f"rag-{models.GradingScheme.objects.count()}", name="RAG", use="criterion"
    )
    for position, (code, letter, label, met, action, severity) in enumerate(GRADES):
        models.Grade.objects.create(
            scheme=scheme, position=position, code=code, letter=letter, label=label, meaning=f"{label}.",
            counts_as_met=met, requires_action=action, requires_comment=action, severity=severity,
        )  # fmt: skip
    models.Grade.objects.create(
        scheme=scheme, position=9, code="not_applicable", letter="–", label="Not applicable", meaning="Does not apply.",
        excludes=True, requires_comment=True,
    )  # fmt: skip
    return scheme


def level_scheme() -> models.GradingScheme:
    """Significant, reasonable, limited, none."""
    scheme = models.GradingScheme.objects.create(
        key=f"level-{models.GradingScheme.objects.count()}", name="Levels", use="level"
    )
    for position, (code, letter, label, severity) in enumerate(LEVELS):
        models.Grade.objects.create(
            scheme=scheme, position=position, code=code, letter=letter, label=label, meaning=f"{label}.",
            severity=severity,
        )  # fmt: skip
    return scheme


class FrameworkFactory(DjangoModelFactory):
    class Meta:
        model = models.Framework

    key = factory.Sequence(lambda n: f"framework-{n}")
    name = factory.Sequence(lambda n: f"Framework {n}")


class VersionFactory(DjangoModelFactory):
    """A draft version; publish it with ``published``."""

    class Meta:
        model = models.FrameworkVersion

    framework = factory.SubFactory(FrameworkFactory)
    label = factory.Sequence(lambda n: f"v{n}")
    grading = factory.LazyFunction(rag_scheme)
    levels = factory.LazyFunction(level_scheme)
    valid_from = date(2020, 4, 1)


class StandardFactory(DjangoModelFactory):
    class Meta:
        model = models.Standard

    number = factory.Sequence(lambda n: n + 1)
    title = factory.LazyAttribute(lambda standard: f"Standard number {standard.number}")


def criterion(standard: models.Standard, ref: str, **fields: Any) -> models.CriterionVersion:
    """One criterion with words for every tier that it names."""
    fields = {"tiers": ["full", "small", "general_practice"], "strands": ["children", "adults"], **fields}
    made = models.CriterionVersion.objects.create(
        framework_version=standard.framework_version, standard=standard, criterion=models.Criterion.objects.create(),
        ref=ref, **fields,
    )  # fmt: skip
    for tier in [*made.tiers, *(["light"] if made.light else [])]:
        models.Wording.objects.create(
            criterion_version=made, tier=tier, text=f"Criterion {ref} for {tier}", why="Why",
            guidance="Good looks like", evidence=["Policy"], do_not_send="No names",
        )  # fmt: skip
    return made


def published(version: models.FrameworkVersion | None = None) -> models.FrameworkVersion:
    """A published version: two standards, 1.1 (critical), 1.2, 1.10 and 2.1 (critical), 2.2 for adults."""
    version = version or VersionFactory()
    one = StandardFactory(framework_version=version, number=1)
    two = StandardFactory(framework_version=version, number=2)
    criterion(one, "1.1", critical=True, light=True)
    criterion(one, "1.2")
    criterion(one, "1.10", strands=["looked_after"])
    criterion(two, "2.1", critical=True)
    criterion(two, "2.2", strands=["adults"])
    models.FrameworkVersion.objects.filter(pk=version.pk).update(
        state="published", published_at=datetime(2020, 4, 1, tzinfo=UTC)
    )
    version.refresh_from_db()
    return version
