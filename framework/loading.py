"""What an uploaded workbook would change in a draft, worked out against the draft of this moment, and saving it.

A row is new, changed, removed (in the draft and not in the workbook), unchanged or rejected (with its cell). While
anything is rejected nothing can be accepted: a framework is taken whole. The digest differs as soon as anybody changes
the draft, so what is saved is what was looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.door import Stale
from accounts.models import User
from framework import drafts
from framework.models import (
    Citation,
    Criterion,
    CriterionVersion,
    DraftWorkbook,
    FrameworkVersion,
    Reference,
    Standard,
    Wording,
)
from framework.spreadsheets import CHANGES, KINDS, STRANDS, TIERS, digest_of, labels, rows_of
from providers.models import ServiceQuestion

Change = CriterionVersion.Change
RULES = ("ref", "kind", "critical", "strands", "tiers", "condition", "change", "change_note", "cites")
NAMES = {
    "ref": "Number", "kind": "Answered by", "critical": "Critical", "strands": "Strands", "tiers": "Asked of",
    "condition": "Asked only where", "change": "Since the version before", "change_note": "What changed",
    "cites": "References", "text": "What we ask", "why": "Why it is asked", "guidance": "What good looks like",
    "evidence": "What to send", "do_not_send": "What not to send", "title": "Title", "purpose": "Purpose",
}  # fmt: skip
SUBSTANCE = {"What we ask", "Critical", "Asked only where"}


@dataclass(frozen=True)
class Part:
    """One thing that differs: what is in the draft now, and what the workbook says."""

    what: str
    now: str
    then: str


@dataclass
class Line:
    """A standard or criterion that is in the draft, in the workbook, or in both."""

    name: str
    title: str
    now: dict[str, Any] | None
    then: dict[str, Any] | None
    parts: list[Part] = field(default_factory=list)

    @property
    def wanted(self) -> dict[str, Any]:
        """What the workbook says; empty for what it removes."""
        return self.then or {}

    @property
    def outcome(self) -> str:
        """new, removed, changed or unchanged."""
        if self.now is None or self.then is None:
            return "new" if self.now is None else "removed"
        return "changed" if self.parts else "unchanged"


@dataclass
class Difference:
    """The whole comparison; standards come before criteria."""

    standards: list[Line]
    criteria: list[Line]
    rejected: list[dict[str, str]]
    digest: str

    def of(self, outcome: str) -> list[Line]:
        """Everything of one kind."""
        return [line for line in (*self.standards, *self.criteria) if line.outcome == outcome]

    @property
    def new(self) -> list[Line]:
        """Only in the workbook."""
        return self.of("new")

    @property
    def changed(self) -> list[Line]:
        """In both, and not the same."""
        return self.of("changed")

    @property
    def removed(self) -> list[Line]:
        """Only in the draft."""
        return self.of("removed")

    @property
    def unchanged(self) -> list[Line]:
        """The same in both."""
        return self.of("unchanged")

    @property
    def can_be_accepted(self) -> bool:
        """Something changes and every cell was understood."""
        return not self.rejected and bool(self.new or self.changed or self.removed)

    def counts(self) -> dict[str, int]:
        """How many are what."""
        kinds = ("new", "changed", "removed", "unchanged", "rejected")
        return {kind: len(getattr(self, kind)) for kind in kinds}


def difference_of(workbook: DraftWorkbook, version: FrameworkVersion) -> Difference:
    """Compare what was read with the draft as it is now. Four queries."""
    now, then = rows_of(version), workbook.content
    digest = sha256(f"{workbook.reference}:{version.state}:{digest_of(now)}".encode()).hexdigest()[:16]
    return Difference(_standards(now, then), _criteria(now, then, then["questions"]), then["rejected"], digest)


@transaction.atomic
def accept(workbook: DraftWorkbook, version: FrameworkVersion, *, seen: str, by: User, at: datetime) -> Difference:
    """Write all of it into the draft, once. Stale when the draft is not as it was shown (``seen``); nothing is saved
    then. NotEditable when it is a draft no more."""
    held = drafts.hold(version)
    found = difference_of(workbook, held)
    if found.digest != seen or not found.can_be_accepted:
        raise Stale("Somebody changed the draft in between. Nothing was saved.")
    workbook.decide(workbook.State.ACCEPTED, by=by, at=at, outcome=found.counts())
    Saving(held, found).save()
    return found


def _standards(now: dict[str, Any], then: dict[str, Any]) -> list[Line]:
    before = {row["number"]: row for row in now["standards"]}
    after = {row["number"]: row for row in then["standards"]}
    found = []
    for number in sorted({*before, *after}):
        old, new = before.get(number), after.get(number)
        if new is None and any(each["sheet"] == "Standards" for each in then["rejected"]):
            continue
        title = (new or old or {})["title"]
        both = ((NAMES[key], old[key], new[key]) for key in ("title", "purpose")) if old and new else ()
        found.append(Line(f"Standard {number}", title, old, new, [Part(*each) for each in both if each[1] != each[2]]))
    return found


def _criteria(now: dict[str, Any], then: dict[str, Any], questions: dict[str, str]) -> list[Line]:
    before = {row["id"]: row for row in now["criteria"]}
    wrong = {each["ref"] for each in then["rejected"]}
    named = {*then["seen"], *(row["id"] for row in before.values() if row["ref"] in wrong)}
    # A criterion that only this draft has is known by its number, so a workbook can be corrected and loaded again.
    only_here = {row["ref"]: key for key, row in before.items() if not row["change"] and key not in then["seen"]}
    found = []
    for read in then["criteria"]:
        row = {**read, "id": read["id"] or only_here.get(read["ref"], "")}
        old = before.pop(row["id"], None)
        parts = list(_parts(old, row, questions)) if old else []
        found.append(Line(row["ref"], _title(row), old, row, parts))
    return found + [Line(row["ref"], _title(row), row, None) for key, row in before.items() if key not in named]


def _title(row: dict[str, Any]) -> str:
    return str(next((words["text"] for words in row["words"].values()), ""))


def _parts(old: dict[str, Any], new: dict[str, Any], questions: dict[str, str]) -> Iterator[Part]:
    for key in RULES:
        ignored = key in ("change", "change_note") and not new[key]
        if old[key] != new[key] and not ignored:
            yield Part(NAMES[key], _shown(key, old[key], questions), _shown(key, new[key], questions))
    for label, tier in TIERS.items():
        was, will = old["words"].get(tier, {}), new["words"].get(tier, {})
        for key in ("text", "why", "guidance", "evidence", "do_not_send"):
            if (was.get(key) or "") != (will.get(key) or ""):
                yield Part(
                    f"{NAMES[key]}, {label}",
                    _shown(key, was.get(key), questions),
                    _shown(key, will.get(key), questions),
                )


def _shown(key: str, value: Any, questions: dict[str, str]) -> str:
    if key in ("strands", "tiers"):
        return labels(value, STRANDS if key == "strands" else TIERS)
    if key == "condition":
        return questions.get(value, "Always asked")
    if key in ("kind", "change"):
        return labels([value], KINDS if key == "kind" else CHANGES) if value else ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "\n".join(value) if isinstance(value, list) else str(value or "")


class Saving:
    """Writes a difference into a draft that is held: a few statements, and two for each criterion changed."""

    def __init__(self, version: FrameworkVersion, found: Difference) -> None:
        self.version, self.found = version, found
        self.questions = ServiceQuestion.objects.in_bulk(field_name="key")
        self.before = {str(row.criterion_id): row for row in version.follows.criteria.all()} if version.follows else {}
        # What the version before says, to tell a new criterion here from one that goes on.
        self.old = {row["id"]: row for row in rows_of(version.follows)["criteria"]} if version.follows else {}

    def save(self) -> None:
        """Removed first, so that numbers are free; then standards, criteria, words and references."""
        removed = [line.now["id"] for line in self.found.criteria if line.outcome == "removed" and line.now]
        drafts.remove_all(self.version.criteria.filter(criterion__in=removed))
        self._standards()
        standards = {row.number: row for row in self.version.standards.all()}
        rows = {str(row.criterion_id): row for row in self.version.criteria.all()}
        changed = [line for line in self.found.criteria if line.outcome == "changed"]
        for line in changed:
            self._free(rows[line.wanted["id"]])
        written = [(self._change(rows[line.wanted["id"]], line, standards), line.wanted) for line in changed]
        new = [line.wanted for line in self.found.criteria if line.outcome == "new"]
        written += [(self._new(then, standards), then) for then in new]
        # A standard goes after the criteria that stood in it have found their new one.
        gone = [line.now["number"] for line in self.found.standards if line.outcome == "removed" and line.now]
        self.version.standards.filter(number__in=gone).delete()
        self._words(written)

    def _standards(self) -> None:
        for line in self.found.standards:
            if line.outcome == "changed" and line.then:
                said = {key: line.then[key] for key in ("title", "purpose")}
                self.version.standards.filter(number=line.then["number"]).update(version=F("version") + 1, **said)
        Standard.objects.bulk_create(
            Standard(framework_version=self.version, **line.then)
            for line in self.found.standards
            if line.outcome == "new" and line.then
        )

    def _free(self, row: CriterionVersion) -> None:
        """A number is used once at every moment, so those that change stand aside first."""
        CriterionVersion.objects.filter(pk=row.pk).update(ref=f"{row.ref}~")

    def _rules(self, then: dict[str, Any], standards: dict[int, Standard]) -> dict[str, Any]:
        return {
            "standard": standards[then["standard"]], "ref": then["ref"], "kind": then["kind"],
            "critical": then["critical"], "strands": then["strands"], "light": "light" in then["tiers"],
            "tiers": [tier for tier in then["tiers"] if tier != "light"],
            "condition": self.questions.get(then["condition"]),
        }  # fmt: skip

    def _change(self, row: CriterionVersion, line: Line, standards: dict[int, Standard]) -> CriterionVersion:
        then = line.wanted
        kind = row.change
        if row.supersedes_id and then["change"] not in ("", Change.NEW):
            kind = then["change"]
        if row.supersedes_id and kind == Change.UNCHANGED:
            kind = self._kind(then, line.parts)
        changes = {
            "change": kind,
            "change_note": then["change_note"] or row.change_note,
            **self._rules(then, standards),
        }
        CriterionVersion.objects.filter(pk=row.pk).update(version=F("version") + 1, **changes)
        return row

    def _new(self, then: dict[str, Any], standards: dict[int, Standard]) -> CriterionVersion:
        criterion = Criterion(id=then["id"]) if then["id"] else Criterion.objects.create()
        before = self.before.get(then["id"])
        parts = list(_parts(self.old[then["id"]], {**then, "change": "", "change_note": ""}, {})) if before else []
        kind = self._kind(then, parts) if before else Change.NEW
        return CriterionVersion.objects.create(
            framework_version=self.version, criterion=criterion, supersedes=before, change=kind,
            change_note=then["change_note"], **self._rules(then, standards),
        )  # fmt: skip

    def _kind(self, then: dict[str, Any], parts: Iterable[Part]) -> str:
        names = {part.what.partition(", ")[0] for part in parts} - {"References", "Number", "Since the version before"}
        if names & SUBSTANCE:
            return str(Change.CHANGED)
        return str(Change.REWORDED if names else Change.UNCHANGED)

    def _words(self, written: list[tuple[CriterionVersion, dict[str, Any]]]) -> None:
        """The words of every kind of provider that is asked, and the references in their order, in four statements."""
        library = dict(Reference.objects.values_list("key", "pk"))
        rows = [row.pk for row, _ in written]
        Wording.objects.filter(criterion_version__in=rows).delete()
        Citation.objects.filter(criterion_version__in=rows).delete()
        Wording.objects.bulk_create(
            Wording(criterion_version=row, tier=tier, **words)
            for row, then in written
            for tier, words in then["words"].items()
        )
        Citation.objects.bulk_create(
            Citation(criterion_version=row, cited_id=library[key], position=position)
            for row, then in written
            for position, key in enumerate(then["cites"])
        )
