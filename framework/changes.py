"""What changed from one version to the next, for one kind of provider: words before and after, side by side.

Criteria are matched by their identity, not by their reference, so one that moved is still the same criterion. The
kind of change is the author's when the newer row supersedes the older one; between other versions it is worked out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from framework.models import CriterionVersion, FrameworkVersion
from framework.reading import worded

Change = CriterionVersion.Change
PARTS = (
    ("text", "Criterion"),
    ("why", "Why it is asked"),
    ("guidance", "What good looks like"),
    ("evidence", "What to send"),
    ("do_not_send", "What not to send"),
)


@dataclass(frozen=True)
class Part:
    """One part of a criterion that reads differently now."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """A criterion of the newer version and what is different about it."""

    criterion: CriterionVersion
    kind: str
    parts: list[Part]
    moved_from: str = ""


@dataclass(frozen=True)
class Difference:
    """The whole comparison. ``unchanged`` counts criteria that read word for word as before.

    A criterion is in one list, and in ``moved`` besides when it has another reference now.
    """

    new: list[Changed]
    changed: list[Changed]
    reworded: list[Changed]
    references: list[Changed]
    moved: list[Changed]
    removed: list[CriterionVersion]
    unchanged: int


def difference(old: FrameworkVersion, new: FrameworkVersion, tier: str) -> Difference:
    """Compare what the tier is asked in both versions; three queries at any size."""
    before: dict[UUID, CriterionVersion] = {}
    after: dict[UUID, CriterionVersion] = {}
    for row in worded(tier, old, new):
        (after if row.framework_version_id == new.pk else before)[row.criterion_id] = row
    found = [_compared(before.get(key), row) for key, row in after.items()]

    def of(kind: str) -> list[Changed]:
        return [each for each in found if each.kind == kind]

    same = of(Change.UNCHANGED)
    return Difference(
        new=of(Change.NEW), changed=of(Change.CHANGED), reworded=of(Change.REWORDED),
        references=[each for each in same if each.parts], moved=[each for each in found if each.moved_from],
        removed=[row for key, row in before.items() if key not in after],
        unchanged=sum(not each.parts for each in same),
    )  # fmt: skip


def _compared(old: CriterionVersion | None, new: CriterionVersion) -> Changed:
    if old is None:
        return Changed(new, Change.NEW, [])
    parts = [*_words(old, new), *_rules(old, new)]
    kind = new.change if new.supersedes_id == old.pk else _kind(parts)
    words = [part for part in parts if part.name != "References"]
    if kind != Change.UNCHANGED and not words:
        kind = Change.UNCHANGED  # other kinds of provider read something new; this one does not
    elif kind == Change.UNCHANGED and words:
        kind = _kind(parts)
    return Changed(new, kind, parts, old.ref if old.ref != new.ref else "")


def _kind(parts: list[Part]) -> str:
    names = {part.name for part in parts}
    if names & {"Criterion", "Critical", "Asked only where"}:
        return str(Change.CHANGED)
    return str(Change.REWORDED if names - {"References"} else Change.UNCHANGED)


def _words(old: CriterionVersion, new: CriterionVersion) -> Iterator[Part]:
    for before, after in zip(old.words, new.words, strict=False):  # type: ignore[attr-defined]
        for field, name in PARTS:
            was, now = _as_text(getattr(before, field)), _as_text(getattr(after, field))
            if was != now:
                yield Part(name, was, now)


def _rules(old: CriterionVersion, new: CriterionVersion) -> Iterator[Part]:
    for name, was, now in (
        ("Critical", "Critical" if old.critical else "Not critical", "Critical" if new.critical else "Not critical"),
        ("Asked only where", str(old.condition or "Always asked"), str(new.condition or "Always asked")),
        ("Strands", old.strands_in_words, new.strands_in_words),
        ("References", _references(old), _references(new)),
    ):
        if was != now:
            yield Part(name, was, now)


def _references(row: CriterionVersion) -> str:
    return "\n".join(str(citation.cited) for citation in row.citations.all())


def _as_text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "\n".join(value)
