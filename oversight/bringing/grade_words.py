"""What people call grades, levels, standards and years in their own spreadsheets. Pure.

A grade is known by its words, letter or code in the scheme, by the traffic lights, and by a number only where somebody
said which end of the numbers is best.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from assurance.models.scoring import state_of
from design.calendar import FinancialYear
from design.workbooks.reading import Cell, Value
from design.workbooks.values import NotUnderstood, line, plain
from framework.models import Grade

CALLED: Mapping[str, tuple[str, ...]] = {
    "met": ("green", "g", "met", "fully met", "fully compliant", "compliant", "yes", "y", "full"),
    "partly": ("amber", "a", "yellow", "partly met", "partly", "partially met", "partial", "partially compliant", "p"),
    "not_met": ("red", "r", "not met", "not", "no", "n", "non compliant", "not compliant", "nm"),
    "not_applicable": ("n/a", "na", "not applicable", "grey", "gray", "–", "-"),
}
LEVELS_CALLED = (
    ("significant", "full", "substantial", "significant assurance", "full assurance", "substantial assurance"),
    ("reasonable", "moderate", "reasonable assurance", "moderate assurance", "adequate"),
    ("limited", "limited assurance"),
    ("none", "no assurance", "no", "nil"),
)
REF = re.compile(r"(?:standard|std|criterion|crit|section|s|no)?[.:]?\s*"
                 r"(\d{1,2}(?:\.\d{1,2})?)(?![\d])\.?(?:\s*[\s:–-].*)?",
                 re.IGNORECASE | re.DOTALL)  # fmt: skip
LONG_YEAR = re.compile(r"(?:fy)?\s*(20)?(\d\d)\s*[-/–]\s*(20)?(\d\d)", re.IGNORECASE)
BEST_LOW, BEST_HIGH = "low", "high"


class Grades:
    """The grades of a scheme by everything that they are called."""

    def __init__(self, grades: Iterable[Grade], *, numbers: str = "") -> None:
        self.grades = list(grades)
        self.by_code = {grade.code: grade for grade in self.grades}
        self.known: dict[str, Grade] = {}
        for grade in self.grades:
            for words in (grade.label, re.sub(r"\(.*?\)", "", grade.label), grade.code.replace("_", " "), grade.letter):
                self._know(words, grade)
        for state, called in CALLED.items():
            of_state = [grade for grade in self.grades if state_of(grade).value == state]
            if len(of_state) == 1:
                for words in called:
                    self._know(words, of_state[0])
        graded = sorted((grade for grade in self.grades if not grade.excludes), key=lambda grade: grade.severity)
        ordered = graded if numbers == BEST_LOW else graded[::-1] if numbers == BEST_HIGH else []
        self.numbers = {str(n): grade for n, grade in enumerate(ordered, 1)}

    def _know(self, words: str, grade: Grade) -> None:
        self.known.setdefault(plain(words) or words.strip(), grade)

    def of(self, cell: Cell) -> Grade | None:
        """The grade of a cell; None for an empty one."""
        said = line(cell)
        if not said:
            return None
        bare = said.removesuffix(".0")
        if bare in self.numbers:
            return self.numbers[bare]
        if grade := self.known.get(plain(said) or said):
            return grade
        if bare.isdigit() and not self.numbers:
            raise NotUnderstood(f"“{bare}” is a number. Say beside the file what numbers mean, or write the grade.")
        words = ", ".join(grade.label for grade in self.grades)
        raise NotUnderstood(f"“{said[:40]}” is not one of the grades. Write one of: {words}.")


class Levels:
    """The levels of a scheme by everything that they are called."""

    def __init__(self, grades: Iterable[Grade]) -> None:
        self.grades = list(grades)
        self.known: dict[str, Grade] = {}
        for grade in self.grades:
            for words in (grade.label, grade.code, grade.letter):
                self.known.setdefault(plain(words), grade)
        for grade, called in zip(sorted(self.grades, key=lambda grade: grade.severity), LEVELS_CALLED, strict=False):
            for words in called:
                self.known.setdefault(plain(words), grade)

    def of(self, cell: Cell) -> Grade | None:
        """The level of a cell; None for an empty one."""
        said = line(cell)
        if not said:
            return None
        if grade := self.known.get(plain(said)):
            return grade
        words = ", ".join(grade.label for grade in self.grades)
        raise NotUnderstood(f"“{said[:40]}” is not one of the levels. Write one of: {words}.")


def year_of(cell: Cell) -> str | None:
    """2024-25, 2024/25, 2024/2025 and FY24/25 are one year; None for an empty cell."""
    if isinstance(cell.value, date | datetime):
        raise NotUnderstood("is a date. Write the financial year, such as 2024-25.")
    said = line(cell)
    if not said:
        return None
    if found := LONG_YEAR.fullmatch(said.strip()):
        first, last = int(found[2]), int(found[4])
        if (first + 1) % 100 == last:
            return FinancialYear(2000 + first).slug
    raise NotUnderstood(f"“{said[:20]}” is not a financial year. Write it as 2024-25.")


def refs_of(headings: Sequence[Value], known: Iterable[str]) -> dict[int, str]:
    """Which columns stand for a standard or criterion, by place. A spreadsheet's number 1.1 after 1.9 is 1.10."""
    refs, before = set(known), ""
    found: dict[int, str] = {}
    for place, heading in enumerate(headings):
        ref = ref_of(heading)
        if isinstance(heading, float) and ref in found.values() and before:
            start, _, last = before.rpartition(".")
            ref = f"{start}.{int(last) + 1}" if start and last.isdigit() else ref
        if ref in refs:
            found[place] = before = ref
    return found


def ref_of(heading: Value) -> str:
    """ "Standard 3", "3", 3 and "3. Training" are standard 3; "1.10 Policy" is criterion 1.10; else empty."""
    if isinstance(heading, bool) or heading is None or isinstance(heading, date):
        return ""
    if isinstance(heading, float) and heading.is_integer():
        heading = int(heading)
    found = REF.fullmatch(str(heading).strip())
    return found[1] if found else ""
