"""Puts the shipped catalogue into the database; run after every migrate and safe to run again.

References follow the file. Grading schemes and framework versions are only ever added: a scheme by its key and
number, a version by its label. What is already there, published and perhaps answered, is left as it is, so a release
that changes words brings a new version (``versions.toml``), never other words under an old label.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django.db import transaction

from framework import catalogue
from framework.models import (
    Citation,
    Criterion,
    CriterionVersion,
    Framework,
    FrameworkVersion,
    Grade,
    GradingScheme,
    Reference,
    Standard,
    Wording,
)
from providers.models import ServiceQuestion


@transaction.atomic
def load() -> None:
    """Bring references, schemes and versions up to what this release ships."""
    _references()
    add_versions(catalogue.versions())


def add_versions(texts: Iterable[catalogue.VersionText]) -> None:
    """Publish those whose label is not there yet, oldest first; leave the others alone."""
    schemes = _schemes()
    family = catalogue.family()
    framework, _ = Framework.objects.get_or_create(
        key=family["key"], defaults={"name": family["name"], "description": family["description"]}
    )
    there = {version.label: version for version in framework.versions.all()}
    for text in texts:
        if text.label not in there:
            there[text.label] = _publish(
                FrameworkVersion(
                    framework=framework, label=text.label, valid_from=text.valid_from,
                    follows=there.get(text.follows), grading=schemes[family["grading"]],
                    levels=schemes[family["levels"]],
                ),
                catalogue.standards(text.words),
                published=text.published,
            )  # fmt: skip


def _references() -> None:
    """Add and correct the library; rows that left the file stay, because old versions cite them."""
    fields = ("title", "issuer", "year", "kind", "address", "note")
    rows = {row["key"]: row for row in catalogue.references()}
    there = Reference.objects.in_bulk(list(rows), field_name="key")
    Reference.objects.bulk_create(
        Reference(key=key, **{field: row[field] for field in fields}) for key, row in rows.items() if key not in there
    )
    there = Reference.objects.in_bulk(list(rows), field_name="key")
    changed = []
    for key, row in rows.items():
        said: dict[str, str | int | None] = {field: row[field] for field in fields}
        said["superseded_by_id"] = there[row["superseded_by"]].pk if row["superseded_by"] else None
        if any(getattr(there[key], field) != value for field, value in said.items()):
            vars(there[key]).update(said)
            changed.append(there[key])
    Reference.objects.bulk_update(changed, [*fields, "superseded_by"])


def _schemes() -> dict[str, GradingScheme]:
    """The schemes by key, in the newest version that ships."""
    there = {(scheme.key, scheme.version): scheme for scheme in GradingScheme.objects.all()}
    shipped = {}
    for row in catalogue.schemes():
        about = {field: value for field, value in row.items() if field != "grade"}
        scheme = there.get((row["key"], row["version"]))
        if scheme is None:
            scheme = GradingScheme.objects.create(**about)
            Grade.objects.bulk_create(Grade(scheme=scheme, **grade) for grade in row["grade"])
        shipped[row["key"]] = scheme
    return shipped


def _publish(
    version: FrameworkVersion, standards: list[catalogue.StandardText], *, published: date
) -> FrameworkVersion:
    """Write a whole version and lock it. Nobody proposed it: it came with the release."""
    version.save()
    asked = [(text.number, each) for text in standards for each in text.criteria]
    numbered = {
        row.number: row
        for row in Standard.objects.bulk_create(
            Standard(framework_version=version, number=text.number, title=text.title, purpose=text.purpose)
            for text in standards
        )
    }
    Criterion.objects.bulk_create((Criterion(id=each.id) for _, each in asked), ignore_conflicts=True)
    before = {row.criterion_id: row for row in version.follows.criteria.all()} if version.follows else {}
    questions = _questions(each.condition for _, each in asked)
    rows = CriterionVersion.objects.bulk_create(
        CriterionVersion(
            framework_version=version, standard=numbered[number], criterion_id=each.id, ref=each.ref,
            tiers=list(each.tiers), strands=list(each.strands), critical=each.critical, light=each.light,
            condition=questions.get(each.condition), change=each.change, change_note=each.change_note,
            supersedes=before.get(each.id),
        )
        for number, each in asked
    )  # fmt: skip
    _words(zip(rows, (each for _, each in asked), strict=True))
    version.state = FrameworkVersion.State.PUBLISHED
    version.published_at = datetime.combine(published, time(9), UTC)
    version.save(update_fields=["state", "published_at"])
    return version


def _words(pairs: Iterable[tuple[CriterionVersion, catalogue.Asked]]) -> None:
    library = dict(Reference.objects.values_list("key", "pk"))
    words: list[Wording] = []
    citations: list[Citation] = []
    for row, each in pairs:
        words += (
            Wording(
                criterion_version=row, tier=tier, text=said.text, why=said.why, guidance=said.guidance,
                evidence=list(said.evidence), do_not_send=said.do_not_send,
            )
            for tier, said in each.words.items()
        )  # fmt: skip
        citations += (
            Citation(criterion_version=row, cited_id=library[key], position=position)
            for position, key in enumerate(each.cites)
        )
    Wording.objects.bulk_create(words)
    Citation.objects.bulk_create(citations)


def _questions(keys: Iterable[str]) -> dict[str, ServiceQuestion]:
    """The profile's questions that criteria depend on; the register ships them first."""
    wanted = {key for key in keys if key}
    there = ServiceQuestion.objects.in_bulk(list(wanted), field_name="key")
    if missing := wanted - set(there):
        raise LookupError(f"Criteria depend on service questions that the register lacks: {', '.join(sorted(missing))}")
    return there
