"""Reads an uploaded workbook into plain rows of a framework, and names every cell that cannot be taken.

``Content`` is kept until somebody decides (``DraftWorkbook.content``). Ids and references that are another
commissioner's are not known here, like those that do not exist: one answer for both.
"""

import re
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from django.db.models import Q

from design.workbooks import values
from design.workbooks.reading import Cell, Limits, Workbook
from design.workbooks.tables import Row, Table, find_in
from design.workbooks.values import NotUnderstood
from design.workbooks.writing import stamp_of
from framework.models import CriterionVersion, FrameworkVersion, Reference
from framework.spreadsheets import CHANGES, FORMAT, KINDS, SHEETS, STRANDS, TIERS, conditions

LIMITS = Limits(rows=3_000, columns=40, sheets=20, cells=60_000, elements=600_000, formulas=2_000)
REF = re.compile(r"([1-9][0-9]{0,2})\.([1-9][0-9]{0,2})")
LONGEST = {"text": 1_000, "why": 500, "guidance": 1_500, "do_not_send": 500}
ITEM = 300


class NotAFramework(Exception):
    """The workbook has not the sheets and columns of a framework; ``str()`` says which are missing."""


@dataclass
class Known:
    """What a workbook for this draft may name: criteria, references and conditions, and the draft itself."""

    reference: str
    criteria: Collection[str]
    references: Collection[str]
    questions: dict[str, str]


@dataclass
class Content:
    """What was understood. ``rejected`` are rows with what is wrong by sheet and cell; ``seen`` what they are about.
    ``questions`` are the conditions in words, as they were then."""

    standards: list[dict[str, Any]] = field(default_factory=list)
    criteria: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    questions: dict[str, str] = field(default_factory=dict)


def known_to(version: FrameworkVersion) -> Known:
    """The criteria of what ships and of the commissioner's own versions, the library, the profile. Three queries."""
    owner = version.framework.commissioner_id
    whose = Q(framework_version__framework__commissioner__isnull=True) | Q(
        framework_version__framework__commissioner=owner
    )
    criteria = CriterionVersion.objects.filter(whose).values_list("criterion_id", flat=True).distinct()
    library = Reference.objects.filter(Q(commissioner__isnull=True) | Q(commissioner=owner))
    return Known(
        version.reference, {str(key) for key in criteria}, set(library.values_list("key", flat=True)), conditions()
    )


def content_of(workbook: Workbook, version: FrameworkVersion) -> dict[str, Any]:
    """What is kept of an uploaded workbook. Three queries."""
    return asdict(read_framework(workbook, known_to(version)))


def read_framework(workbook: Workbook, known: Known) -> Content:
    """Every row of the four sheets. NotAFramework when a sheet or a needed column is missing. No query."""
    tables = _tables(workbook)
    found = stamp_of(workbook)
    if found.get("format", FORMAT) != FORMAT:
        raise NotAFramework(
            "This workbook was made by another version of the portal. Download it again and copy into it."
        )
    return Reading(tables, known, same=found.get("version") == known.reference).content()


def _tables(workbook: Workbook) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    problems = []
    for name, columns in SHEETS.items():
        sheet = workbook.sheet(name)
        table = find_in(sheet, columns) if sheet else None
        if sheet is None:
            problems.append(f"The sheet “{name}” is missing.")
        elif table is None:
            problems.append(f"The sheet “{name}” has no headings that are known here.")
        else:
            problems += table.problems
            tables[name] = table
    if problems:
        raise NotAFramework(f"{' '.join(problems)} Download the workbook of a version to see how it is laid out.")
    return tables


class Reading:
    """One workbook being read: every row of every sheet, and what is wrong with it."""

    def __init__(self, tables: dict[str, Table], known: Known, *, same: bool) -> None:
        self.tables, self.known, self.same = tables, known, same
        self.found = Content(questions=known.questions)
        self.criteria: dict[str, dict[str, Any]] = {}
        self.bad: set[str] = set()

    def content(self) -> Content:
        """Sheet by sheet; afterwards the criteria that lack words. What has a rejected cell is left out."""
        self._standards()
        self._criteria()
        self._wordings()
        self._references()
        for ref, row in self.criteria.items():
            missing = [label for label, tier in TIERS.items() if tier in row["tiers"] and tier not in row["words"]]
            for label in missing if ref not in self.bad else []:
                self.reject("Criteria", row["cell"], ref, f"{ref} has no words for the {label} in the sheet Wordings.")
        self.found.criteria = [row for ref, row in self.criteria.items() if ref not in self.bad]
        self.found.seen = sorted({*self.found.seen, *(row["id"] for row in self.criteria.values() if row["id"])})
        if not self.found.standards:
            self.reject("Standards", "A1", "", "The sheet Standards holds no standard that can be taken.")
        return self.found

    def reject(self, sheet: str, cell: str, ref: str, words: str) -> None:
        """Name the cell, and leave the criterion out."""
        self.found.rejected.append({"sheet": sheet, "cell": cell, "ref": ref, "words": words})
        self.bad.add(ref)

    def take(self, sheet: str, cell: Cell, ref: str, reader: Callable[[Cell], Any], needed: str = "") -> Any:
        """What the cell means; None with a rejection when it is not understood, or empty although it is needed."""
        try:
            found = reader(cell)
        except NotUnderstood as problem:
            words = str(problem)
            self.reject(sheet, cell.ref, ref, words[0].upper() + words[1:])
            return None
        if needed and found in (None, "", []):
            self.reject(sheet, cell.ref, ref, needed)
            return None
        return found

    def _standards(self) -> None:
        numbers: set[int] = set()
        for row in self.tables["Standards"].rows():
            before = len(self.found.rejected)
            number = self.take("Standards", row["number"], "", _number, "Enter the number of the standard.")
            title = self.take(
                "Standards", row["title"], "", lambda cell: values.line(cell, most=200), "Enter the title."
            )
            purpose = self.take("Standards", row["purpose"], "", lambda cell: values.text(cell, most=800))
            if number in numbers:
                self.reject("Standards", row["number"].ref, "", f"Standard {number} stands twice. Keep one of them.")
            if number is not None:
                numbers.add(number)
            if len(self.found.rejected) == before:
                self.found.standards.append({"number": number, "title": title, "purpose": purpose})
        self.numbers = numbers

    def _criteria(self) -> None:
        ids: set[str] = set()
        for row in self.tables["Criteria"].rows():
            ref = self.take("Criteria", row["ref"], "", _ref, "Enter the number of the criterion, such as 1.4.")
            if ref is None:
                self._seen(row)
                continue
            if ref in self.criteria:
                words = f"{ref} stands twice. Keep one of them. Was 1.10 typed as a number? Write '1.10."
                self.reject("Criteria", row["ref"].ref, ref, words)
                self._seen(row)
                continue
            found = self._criterion(row, ref)
            if found["id"] and found["id"] in ids:
                self.reject("Criteria", row["id"].ref, ref, "This id stands twice. Leave it empty for a new criterion.")
            ids.add(found["id"] or "")
            self.criteria[ref] = {**found, "ref": ref, "words": {}, "cites": [], "cell": row["ref"].ref}

    def _seen(self, row: Row) -> None:
        """A row without a number is still about its criterion: that one is not shown as removed."""
        self.found.seen += [str(row["id"].value).strip().lower()] if row["id"].value else []

    def _criterion(self, row: Row, ref: str) -> dict[str, Any]:
        def of(key: str, reader: Callable[[Cell], Any], needed: str = "") -> Any:
            return self.take("Criteria", row[key], ref, reader, needed)

        number = of("standard", _number, "Enter the number of its standard.")
        if number is not None and number not in self.numbers:
            words = f"Standard {number} is not in the sheet Standards. Add it there, or choose another."
            self.reject("Criteria", row["standard"].ref, ref, words)
        elif number is not None and ref.partition(".")[0] != str(number):
            words = f"{ref} stands in standard {number}: its number has to begin with {number}."
            self.reject("Criteria", row["ref"].ref, ref, words)
        tiers = of("tiers", lambda cell: several(cell, TIERS), "Choose who is asked.")
        questions = {
            **{words: key for key, words in self.known.questions.items()},
            **{k: k for k in self.known.questions},
        }
        return {
            "id": of("id", self._id) or "",
            "standard": number,
            "kind": of("kind", lambda cell: values.choice(cell, KINDS)) or "grade",
            "critical": bool(of("critical", values.yes_no)),
            "strands": of("strands", lambda cell: several(cell, STRANDS), "Choose at least one strand.") or [],
            "tiers": tiers or [],
            "condition": of("condition", lambda cell: values.choice(cell, questions)) or "",
            "change": (of("change", lambda cell: values.choice(cell, CHANGES)) or "") if self.same else "",
            "change_note": (of("change_note", lambda cell: values.line(cell, most=400)) or "") if self.same else "",
        }

    def _id(self, cell: Cell) -> str:
        said = values.line(cell).lower()
        if not said:
            return ""
        try:
            found = str(uuid.UUID(said))
        except ValueError:
            found = ""
        if found not in self.known.criteria:
            raise NotUnderstood(
                "this is not the id of a criterion that is known here. Leave it empty for a new criterion."
            )
        return found

    def _wordings(self) -> None:
        for row, ref, asked in self._of_criteria("Wordings"):
            tier = self.take("Wordings", row["tier"], ref, lambda cell: values.choice(cell, TIERS), "Say who is asked.")
            if tier is None:
                continue
            label = next(words for words, code in TIERS.items() if code == tier)
            if tier in asked["words"]:
                self.reject("Wordings", row["tier"].ref, ref, f"{ref} has words for the {label} twice. Keep one row.")
            elif tier not in asked["tiers"] and ref not in self.bad:
                words = (
                    f"{ref} is not asked of the {label}. Add it under “Asked of” in the sheet Criteria, or remove it."
                )
                self.reject("Wordings", row["tier"].ref, ref, words)
            asked["words"][tier] = self._words(row, ref)

    def _words(self, row: Row, ref: str) -> dict[str, Any]:
        found = {}
        for key, most in LONGEST.items():
            needed = "Write what is asked." if key == "text" else ""
            found[key] = self.take("Wordings", row[key], ref, partial(values.text, most=most), needed)
        return {**found, "evidence": self.take("Wordings", row["evidence"], ref, items)}

    def _references(self) -> None:
        for row, ref, asked in self._of_criteria("References"):
            key = self.take("References", row["key"], ref, self._key, "Enter the key of the entry.")
            if key in asked["cites"]:
                self.reject("References", row["key"].ref, ref, f"{ref} names this entry twice. Keep one of them.")
            elif key is not None:
                asked["cites"].append(key)

    def _key(self, cell: Cell) -> str:
        said = values.line(cell)
        if said and said not in self.known.references:
            raise NotUnderstood(
                "this is not in your library. Add the entry on the criterion’s page first, or remove the row."
            )
        return said

    def _of_criteria(self, name: str) -> Iterator[tuple[Row, str, dict[str, Any]]]:
        """The rows of a sheet with the criterion that they name; those that name none are rejected."""
        for row in self.tables[name].rows():
            ref = self.take(name, row["ref"], "", _ref, "Enter the number of the criterion, such as 1.4.")
            if ref is None:
                continue
            if ref in self.criteria:
                yield row, ref, self.criteria[ref]
            elif ref not in self.bad:
                self.reject(
                    name, row["ref"].ref, ref, f"{ref} is not in the sheet Criteria. Add it there, or remove it."
                )


def several(cell: Cell, known: dict[str, str]) -> list[str]:
    """Words parted by commas, semicolons or lines, each one of the choices; in the order of the choices."""
    parts = [part for part in re.split(r"[,;\n]", values.text(cell)) if part.strip()]
    offered = {**known, **{code: code for code in known.values()}}
    found = {values.choice(Cell(part, cell.ref), offered) for part in parts}
    return [code for code in known.values() if code in found]


def items(cell: Cell) -> list[str]:
    """The lines that hold something, each short enough for a list."""
    found = [line.strip() for line in values.text(cell).splitlines() if line.strip()]
    if long := next((line for line in found if len(line) > ITEM), ""):
        raise NotUnderstood(f"has a line of {len(long)} characters; each thing to send has at most {ITEM}. Shorten it.")
    return found


def _number(cell: Cell) -> int | None:
    found = values.whole(cell, least=1)
    if found is not None and found > 999:
        raise NotUnderstood("this is more than 999. Check the number.")
    return found


def _ref(cell: Cell) -> str:
    said = values.line(cell).rstrip(".")
    if said and not REF.fullmatch(said):
        raise NotUnderstood("this is not the number of a criterion, such as 1.4.")
    return said
