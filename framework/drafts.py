"""A commissioner's own framework: copied from a published version, changed on screen, put away or published.

Nothing here touches a published row: every change first takes hold of its version and finds it still a draft, so two
people never change what a third has just proposed. Copies keep the identity of each criterion, so that results can
be followed from one version to the next.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, QuerySet
from django.utils.text import slugify

from accounts.door import Refused, Stale
from accounts.references import new_reference
from framework.models import (
    Citation,
    Criterion,
    CriterionVersion,
    Framework,
    FrameworkVersion,
    Reference,
    Standard,
    Wording,
)
from providers.models import Organisation

Change = CriterionVersion.Change


class NotEditable(Refused):
    """The version is proposed or published: it cannot be changed."""


@transaction.atomic
def copy(
    source: FrameworkVersion,
    *,
    commissioner: Organisation,
    name: str,
    label: str,
    valid_from: date,
    empty: bool = False,
) -> FrameworkVersion:
    """A draft with every row of a published version. The commissioner's own framework gets a further version; any
    other becomes a new framework under ``name``. ``empty`` leaves the rows to a workbook: the draft is graded like the
    version and compared with it."""
    if not source.is_published:
        raise NotEditable("Only a published version can be copied.")
    version = _begun(source, commissioner, name, label, valid_from)
    if not empty:
        _copy_rows(source, version)
    return version


def _begun(
    source: FrameworkVersion, commissioner: Organisation, name: str, label: str, valid_from: date
) -> FrameworkVersion:
    framework = source.framework
    if framework.commissioner_id != commissioner.pk:
        key = f"{slugify(name)[:48]}-{new_reference().lower()}"
        framework = Framework.objects.create(
            key=key, name=name, description=framework.description, commissioner=commissioner
        )
    return FrameworkVersion.objects.create(
        framework=framework, label=label, valid_from=valid_from, follows=source, grading=source.grading,
        levels=source.levels,
    )  # fmt: skip


@transaction.atomic
def discard(version: FrameworkVersion) -> None:
    """Remove a draft with everything in it, and its framework when nothing is left of it."""
    held = hold(version)
    remove_all(held.criteria.all())
    held.standards.all().delete()
    held.workbooks.all().delete()
    held.delete()
    if not held.framework.versions.exists():
        held.framework.delete()


def hold(version: FrameworkVersion) -> FrameworkVersion:
    """Lock the version for this transaction; refused unless it is a draft still."""
    held = FrameworkVersion.objects.select_for_update(of=("self",)).select_related("framework").filter(pk=version.pk)
    found = held.first()
    if found is None:
        raise NotEditable("This draft has been discarded.")
    if found.state != FrameworkVersion.State.DRAFT:
        raise NotEditable("This version is not a draft any more, so it cannot be changed. Reload the page.")
    return found


def refuse_unless_draft(version: FrameworkVersion) -> None:
    """Say at once, before anything is typed, that the version cannot be changed."""
    if version.state != FrameworkVersion.State.DRAFT:
        raise NotEditable("This version is not a draft, so it cannot be changed.")


def standards_with_counts(version: FrameworkVersion) -> QuerySet[Standard]:
    """The standards in order, each with ``criteria_count``."""
    return version.standards.annotate(criteria_count=Count("criteria")).order_by("number")


def words_of(criterion: CriterionVersion, tier: str) -> dict[str, Any]:
    """The words as a form shows them, evidence one item a line, with the version that was seen."""
    found = next((words for words in criterion.wordings.all() if words.tier == tier), None)
    shown: dict[str, Any] = {"version": criterion.version}
    if found is not None:
        shown |= {name: getattr(found, name) for name in ("text", "why", "guidance", "do_not_send")}
        shown["evidence"] = "\n".join(found.evidence)
    return shown


@transaction.atomic
def save_criterion(criterion: CriterionVersion, *, seen: int, **changes: Any) -> None:
    """Change who is asked and how it counts. Refused as stale when somebody saved after ``seen``."""
    hold(criterion.framework_version)
    _bump(criterion, seen, **changes)


@transaction.atomic
def save_words(criterion: CriterionVersion, tier: str, *, seen: int, **words: Any) -> None:
    """Write the words for one kind of provider; a copied criterion counts as reworded from then on."""
    hold(criterion.framework_version)
    copied = criterion.supersedes_id is not None and criterion.change == Change.UNCHANGED
    _bump(criterion, seen, **({"change": Change.REWORDED} if copied else {}))
    Wording.objects.update_or_create(criterion_version=criterion, tier=tier, defaults=words)


def cites_of(criterion: CriterionVersion) -> dict[str, Any]:
    """What the criterion cites as a form shows it, with the version that was seen."""
    return {"cites": [citation.cited.key for citation in criterion.citations.all()], "version": criterion.version}


@transaction.atomic
def save_references(criterion: CriterionVersion, cited: list[Reference], *, seen: int) -> None:
    """Cite these and no others; a new law joins the laws. The words stay, so the criterion counts as unchanged."""
    hold(criterion.framework_version)
    _bump(criterion, seen)
    before = set(criterion.citations.values_list("cited", flat=True))
    ordered = [one for one in cited if one.pk in before]
    for one in (one for one in cited if one.pk not in before):
        laws = [n for n, other in enumerate(ordered, start=1) if other.kind == Reference.Kind.LAW]
        ordered.insert(max(laws, default=0) if one.kind == Reference.Kind.LAW else len(ordered), one)
    criterion.citations.all().delete()
    Citation.objects.bulk_create(
        Citation(criterion_version=criterion, cited=one, position=n) for n, one in enumerate(ordered)
    )


@transaction.atomic
def add_reference(criterion: CriterionVersion, **fields: Any) -> Reference:
    """A new entry in the own library of the draft's commissioner, which the criterion cites last."""
    held = hold(criterion.framework_version)
    key = f"{slugify(fields['title'])[:60]}-{new_reference().lower()}"
    made = Reference.objects.create(key=key, commissioner=held.framework.commissioner, **fields)
    last = criterion.citations.aggregate(last=Max("position"))["last"]
    Citation.objects.create(criterion_version=criterion, cited=made, position=0 if last is None else last + 1)
    CriterionVersion.objects.filter(pk=criterion.pk).update(version=F("version") + 1)
    return made


def refuse_if_locked(reference: Reference) -> None:
    """An entry that a published version cites stays as it was read."""
    if reference.is_locked:
        raise NotEditable("A published version cites this entry, so it cannot be changed. Add a new one instead.")


@transaction.atomic
def save_reference(reference: Reference, *, seen: int, **changes: Any) -> None:
    """Correct an entry of the own library. Refused once a published version cites it."""
    Reference.objects.select_for_update().get(pk=reference.pk)
    refuse_if_locked(reference)
    _bump(reference, seen, **changes)


@transaction.atomic
def save_standard(standard: Standard, *, seen: int, **changes: Any) -> None:
    """Change the title and purpose of a standard."""
    hold(standard.framework_version)
    _bump(standard, seen, **changes)


@transaction.atomic
def add_standard(version: FrameworkVersion, *, title: str, purpose: str) -> Standard:
    """A further standard at the end."""
    held = hold(version)
    last = held.standards.aggregate(last=Max("number"))["last"] or 0
    return Standard.objects.create(framework_version=held, number=last + 1, title=title, purpose=purpose)


@transaction.atomic
def add_criterion(standard: Standard, **fields: Any) -> CriterionVersion:
    """A new criterion at the end of the standard, with an identity of its own."""
    held = hold(standard.framework_version)
    used = [int(ref.rpartition(".")[2]) for ref in standard.criteria.values_list("ref", flat=True)]
    ref = f"{standard.number}.{max(used, default=0) + 1}"
    return CriterionVersion.objects.create(
        framework_version=held, standard=standard, criterion=Criterion.objects.create(), ref=ref, **fields
    )


@transaction.atomic
def remove_criterion(criterion: CriterionVersion) -> None:
    """Take it out of the draft. The others keep their references, so a gap may stay."""
    hold(criterion.framework_version)
    remove_all([criterion])


@transaction.atomic
def remove_standard(standard: Standard) -> None:
    """Take the standard out of the draft together with its criteria."""
    hold(standard.framework_version)
    remove_all(standard.criteria.all())
    standard.delete()


@transaction.atomic
def move_criterion(criterion: CriterionVersion, *, up: bool) -> None:
    """Change places, and so references, with its neighbour in the standard; nothing happens at the end."""
    held = hold(criterion.framework_version)
    rows = list(held.criteria.filter(standard=criterion.standard_id).in_order())
    other = _neighbour(rows, criterion, up=up)
    if other is not None:
        _swap_refs([(rows[rows.index(criterion)], other.ref), (other, rows[rows.index(criterion)].ref)])


@transaction.atomic
def move_standard(standard: Standard, *, up: bool) -> None:
    """Change places with its neighbour; the criteria of both take the new numbers."""
    held = hold(standard.framework_version)
    rows = list(held.standards.order_by("number"))
    other = _neighbour(rows, standard, up=up)
    if other is None:
        return
    mine = rows[rows.index(standard)]
    wanted = []
    for criterion in held.criteria.filter(standard__in=[mine, other]):
        number = other.number if criterion.standard_id == mine.pk else mine.number
        wanted.append((criterion, f"{number}.{criterion.ref.partition('.')[2]}"))
    for number, row in ((0, mine), (mine.number, other), (other.number, mine)):
        Standard.objects.filter(pk=row.pk).update(number=number, version=F("version") + 1)
    _swap_refs(wanted)


def _neighbour(rows: list[Any], row: Any, *, up: bool) -> Any | None:
    place = rows.index(row) + (-1 if up else 1)
    return rows[place] if 0 <= place < len(rows) else None


def _swap_refs(wanted: list[tuple[CriterionVersion, str]]) -> None:
    """Two passes, because a reference is used once in a version at every moment."""
    for suffix in ("~", ""):
        for row, ref in wanted:
            CriterionVersion.objects.filter(pk=row.pk).update(ref=ref + suffix, version=F("version") + 1)


def _bump(row: CriterionVersion | Standard | Reference, seen: int, **changes: Any) -> None:
    """Save only over what the person saw."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    if not rows.filter(version=seen).update(version=F("version") + 1, **changes):
        raise Stale("Somebody else saved this in between. Nothing of theirs was overwritten.")


def remove_all(criteria: Iterable[CriterionVersion]) -> None:
    """Take criteria of a draft that is held away, with their words and references."""
    rows = CriterionVersion.objects.filter(pk__in=[row.pk for row in criteria])
    Wording.objects.filter(criterion_version__in=rows).delete()
    Citation.objects.filter(criterion_version__in=rows).delete()
    rows.delete()


def _copy_rows(source: FrameworkVersion, version: FrameworkVersion) -> None:
    """Standards, criteria, words and references in four inserts."""
    standards = {row.pk: row for row in source.standards.all()}
    fresh = Standard.objects.bulk_create(
        Standard(framework_version=version, number=row.number, title=row.title, purpose=row.purpose)
        for row in standards.values()
    )
    standing = dict(zip(standards, fresh, strict=True))
    old = list(source.criteria.in_order())
    rows = CriterionVersion.objects.bulk_create(
        CriterionVersion(
            framework_version=version, standard=standing[row.standard_id], criterion_id=row.criterion_id, ref=row.ref,
            kind=row.kind, tiers=row.tiers, strands=row.strands, critical=row.critical, light=row.light,
            condition_id=row.condition_id, change=Change.UNCHANGED, supersedes=row,
        )
        for row in old
    )  # fmt: skip
    copied = {before.pk: after for before, after in zip(old, rows, strict=True)}
    Wording.objects.bulk_create(
        Wording(
            criterion_version=copied[row.criterion_version_id], tier=row.tier, text=row.text, why=row.why,
            guidance=row.guidance, evidence=row.evidence, do_not_send=row.do_not_send,
        )
        for row in Wording.objects.filter(criterion_version__in=old)
    )  # fmt: skip
    Citation.objects.bulk_create(
        Citation(criterion_version=copied[row.criterion_version_id], cited_id=row.cited_id, position=row.position)
        for row in Citation.objects.filter(criterion_version__in=old)
    )
