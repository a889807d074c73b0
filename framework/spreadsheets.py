"""A version of a framework as a workbook: standards, criteria, words and references, each on a sheet of its own.

``STANDARDS``, ``CRITERIA``, ``WORDINGS`` and ``REFERENCES`` write the sheets and read them back (``taking_in``). A
criterion is known by its id, its words and references by its number. ``rows_of`` is the version as plain rows: what a
workbook holds, and what an uploaded one is compared with.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Prefetch

from accounts.models.memberships import Strand
from design.workbooks.tables import Column
from design.workbooks.writing import Book, Notes, Table, workbook_bytes
from framework.models import Citation, CriterionVersion, FrameworkVersion, Grade, Wording
from providers.models import ServiceQuestion
from providers.models.organisations import Tier

FORMAT = "1"
Change = CriterionVersion.Change
KINDS = {str(kind.label): kind.value for kind in CriterionVersion.Kind}
TIERS = {str(tier.label): tier.value for tier in Tier}
STRANDS = {str(strand.label): strand.value for strand in Strand}
CHANGES = {str(change.label): change.value for change in Change}
YES_NO = ("Yes", "No")
WORDS = ("text", "why", "guidance", "evidence", "do_not_send")

STANDARDS = (
    Column("number", "Standard", kind="number", needed=True, width=10, aliases=("Number", "No.")),
    Column("title", "Title", needed=True, width=50),
    Column("purpose", "Purpose", kind="long", needed=True, width=100),
)
CRITERIA = (
    Column("id", "Id", needed=True, width=38, meaning="Known for ever; empty for a new criterion"),
    Column("ref", "Criterion", needed=True, width=10, aliases=("Ref", "Reference", "No.")),
    Column("standard", "Standard", kind="number", needed=True, width=10),
    Column("kind", "Answered by", width=22, choices=tuple(KINDS)),
    Column("critical", "Critical", needed=True, width=10, choices=YES_NO),
    Column("strands", "Strands", kind="long", needed=True, width=24),
    Column("tiers", "Asked of", kind="long", needed=True, width=30),
    Column("condition", "Asked only where", kind="long", needed=True, width=40),
    Column("change", "Since the version before", width=22, choices=tuple(CHANGES)),
    Column("change_note", "What changed", kind="long", width=40),
)
WORDINGS = (
    Column("ref", "Criterion", needed=True, width=10, aliases=("Ref", "Reference", "No.")),
    Column("tier", "Asked of", needed=True, width=26, choices=tuple(TIERS)),
    Column("text", "What we ask", kind="long", needed=True, width=60),
    Column("why", "Why it is asked", kind="long", needed=True, width=40),
    Column("guidance", "What good looks like", kind="long", needed=True, width=60),
    Column("evidence", "What to send", kind="long", needed=True, width=50, meaning="One thing a line"),
    Column("do_not_send", "What not to send", kind="long", needed=True, width=40),
)
REFERENCES = (
    Column("ref", "Criterion", needed=True, width=10, aliases=("Ref", "No.")),
    Column("key", "Key of the entry", needed=True, width=50, aliases=("Key",)),
    Column("title", "Title, for reading only", kind="long", width=80),
)
SHEETS = {"Standards": STANDARDS, "Criteria": CRITERIA, "Wordings": WORDINGS, "References": REFERENCES}
GRADES = (
    Column("scheme", "Scheme", width=36),
    Column("letter", "Letter", width=8),
    Column("label", "Grade", width=26),
    Column("meaning", "What it means", kind="long", width=90),
    Column("counts_as_met", "Counts as met", width=14),
    Column("excludes", "Left out of the count", width=16),
)


def rows_of(version: FrameworkVersion) -> dict[str, list[dict[str, Any]]]:
    """The version as plain rows: its standards, and its criteria with words by tier and the keys they cite.

    Four queries at any size. Words of kinds of provider that are not asked any more are left out.
    """
    criteria = version.criteria.in_order().select_related("standard", "condition")
    criteria = criteria.prefetch_related(
        "wordings", Prefetch("citations", Citation.objects.select_related("cited").order_by("position"))
    )
    return {
        "standards": [
            {"number": row.number, "title": " ".join(row.title.split()), "purpose": settled(row.purpose)}
            for row in version.standards.order_by("number")
        ],
        "criteria": [_criterion(row) for row in criteria],
    }


def digest_of(rows: dict[str, Any]) -> str:
    """SHA-256 of the rows: the same words, rules and references give the same digest."""
    return sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def framework_workbook(version: FrameworkVersion, *, by: str, at: datetime, demonstration: bool = False) -> bytes:
    """The workbook, stamped with the digest of what it holds. Seven queries."""
    rows = rows_of(version)
    digest = digest_of(rows)
    titles = dict(
        Citation.objects.filter(criterion_version__framework_version=version).values_list("cited__key", "cited__title")
    )
    questions = conditions()
    sheets: list[Table | Notes] = [
        Notes("About", _about(version, digest, demonstration)),
        Table("Standards", STANDARDS, rows["standards"]),
        Table("Criteria", _criteria_columns(questions), [_criterion_row(row, questions) for row in rows["criteria"]]),
        Table("Wordings", WORDINGS, _wording_rows(rows["criteria"])),
        Table("References", REFERENCES, _reference_rows(rows["criteria"], titles)),
        Table("Grades", GRADES, _grades(version)),
    ]
    stamp = {"format": FORMAT, "version": version.reference, "digest": digest, "written": at.isoformat("T", "seconds")}
    return workbook_bytes(Book(f"{version.framework}, {version.label}", sheets, at, author=by, stamp=stamp))


def _criterion(row: CriterionVersion) -> dict[str, Any]:
    """One criterion as plain data."""
    asked = row.asked_of
    return {
        "id": str(row.criterion_id),
        "ref": row.ref,
        "standard": row.standard.number,
        "kind": row.kind,
        "critical": row.critical,
        "strands": [strand.value for strand in Strand if strand in row.strands],
        "tiers": [tier.value for tier in Tier if tier in asked],
        "condition": row.condition.key if row.condition else "",
        "change": row.change if row.supersedes_id else "",
        "change_note": " ".join(row.change_note.split()),
        "words": {each.tier: _words(each) for each in row.wordings.all() if each.tier in asked},
        "cites": [citation.cited.key for citation in row.citations.all()],
    }


def _words(row: Wording) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in WORDS if name != "evidence"}
    return {
        **{name: settled(words) for name, words in found.items()},
        "evidence": [settled(item) for item in row.evidence],
    }


def settled(words: str) -> str:
    """Words as they come back from a workbook."""
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip()


def labels(codes: Iterable[str], known: dict[str, str]) -> str:
    """The codes in words: "Children, Adults"."""
    words = {code: label for label, code in known.items()}
    return ", ".join(words[code] for code in codes)


def conditions() -> dict[str, str]:
    """The questions of the service profile that a criterion may depend on: words by key."""
    return dict(ServiceQuestion.objects.values_list("key", "question"))


def _criteria_columns(questions: dict[str, str]) -> list[Column]:
    offered = tuple(questions.values())
    return [replace(each, choices=offered) if each.key == "condition" else each for each in CRITERIA]


def _criterion_row(row: dict[str, Any], questions: dict[str, str]) -> dict[str, Any]:
    change = labels([row["change"]], CHANGES) if row["change"] else ""
    shown = {"kind": labels([row["kind"]], KINDS), "change": change, "condition": questions.get(row["condition"], "")}
    return {**row, **shown, "strands": labels(row["strands"], STRANDS), "tiers": labels(row["tiers"], TIERS)}


def _wording_rows(criteria: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"ref": row["ref"], "tier": label, **said, "evidence": "\n".join(said["evidence"])}
        for row in criteria
        for label, tier in TIERS.items()
        if (said := row["words"].get(tier))
    ]


def _reference_rows(criteria: Iterable[dict[str, Any]], titles: dict[str, str]) -> list[dict[str, Any]]:
    return [{"ref": row["ref"], "key": key, "title": titles[key]} for row in criteria for key in row["cites"]]


def _grades(version: FrameworkVersion) -> list[dict[str, Any]]:
    grades = Grade.objects.filter(scheme__in=[version.grading_id, version.levels_id]).select_related("scheme")
    keys = [column.key for column in GRADES if column.key != "scheme"]
    return [
        {"scheme": grade.scheme.name, **{key: getattr(grade, key) for key in keys}}
        for grade in grades.order_by("scheme__use", "position")
    ]


def _about(version: FrameworkVersion, digest: str, demonstration: bool) -> list[str]:
    published = f"{version.published_at:%-d %B %Y}" if version.published_at else "not yet"
    lines = [
        f"{version.framework}, {version.label}",
        f"State: {version.get_state_display()}. Published: {published}. Valid from: {version.valid_from:%-d %B %Y}.",
        f"Grades: {version.grading}. Levels: {version.levels}. What they mean stands on the sheet Grades.",
        f"Version {version.reference}. Digest of the content (SHA-256): {digest}",
        "",
        "To make standards of your own: change the sheets Standards, Criteria, Wordings and References, and upload the "
        "workbook to a draft in the portal. You see what changes before anything is saved.",
        "Keep the id of a criterion that goes on, so that results can be followed from year to year; leave the id of a "
        "new criterion empty. A criterion whose row you remove is removed from the draft.",
        "Write the number of a criterion as text (1.10 typed as a number becomes 1.1).",
        f"Strands: {', '.join(STRANDS)}. Asked of: {', '.join(TIERS)}. Several are parted by commas.",
        "What to send: one thing a line. References are named by their key in the portal’s library, the law first.",
        "The sheets About and Grades are for reading only.",
    ]
    return [*lines, "Demonstration: invented people and organisations."] if demonstration else lines
