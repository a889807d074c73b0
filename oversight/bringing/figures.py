"""Figures of past quarters: the workbook's columns, how rows are read, what taking them would do, and keeping them.

A row is one line of one provider for one period; the rows of a provider and period are one return, taken whole or not
at all, so that no line is dropped silently. They are kept "from records" (``training.records``), and nobody is told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from design.calendar import FinancialYear, Quarter
from design.workbooks import values
from design.workbooks.reading import Cell, Limits, Workbook
from design.workbooks.tables import Column, Table
from design.workbooks.values import NotUnderstood, plain
from oversight.bringing.organisation_differences import LEAVE
from oversight.bringing.rows import Candidate, Difference, Line, NotTaken, Outcome, lines_of, tables_of
from oversight.bringing.same import Register
from oversight.models import Import, Trace
from providers.models import Arrangement, Organisation
from training.measured import lines_in_force
from training.models import Figure, FigureReturn, Period, days_of
from training.models import Line as Measured
from training.models.missing import is_more_than_all
from training.numbers import MOST, NotACount, count_of
from training.records import Numbers, Recorded, may_hold, record, take_back

if TYPE_CHECKING:
    from accounts.models import User

SHEET, SHOWN = "Figures", 12
LIMITS = Limits(rows=40_000, columns=60, cells=400_000, elements=1_600_000)
NUMBERS = ("eligible", "compliant", "headcount")
COLUMNS = (
    Column("provider", "Provider", needed=True, width=34, aliases=("Organisation", "Name", "Practice")),
    Column("code", "ODS code", width=10, aliases=("ODS", "Provider code", "Practice code")),
    Column("period", "Period", needed=True, width=14, aliases=("Quarter", "As at", "Month", "Reporting period")),
    Column("line", "Line", needed=True, width=44, aliases=("Indicator", "KPI", "Training", "Measure", "Line code")),
    Column("eligible", "Eligible", "number", width=12, aliases=("Of how many", "Denominator", "Staff eligible",
           "Number eligible")),
    Column("compliant", "Compliant", "number", needed=True, width=12, aliases=("How many", "Numerator", "Count",
           "Staff compliant", "Number compliant")),
    Column("headcount", "Headcount in post", "number", width=12, aliases=("Headcount", "In post", "Staff in post")),
)  # fmt: skip
YEAR = "([0-9]{4} ?[/-] ?[0-9]{2,4})"
QUARTER = re.compile(rf"q(?:uarter)? ?([1-4]),?[ -]*{YEAR}|{YEAR}[ -]*q(?:uarter)? ?([1-4])", re.IGNORECASE | re.ASCII)
MONTH = re.compile(r"([a-z]{3,9})\.? ([0-9]{4})", re.IGNORECASE | re.ASCII)
TOTALS = re.compile(r"(?:grand |sub-?)?totals?(?: .*)?|all providers|overall", re.IGNORECASE)
WHICH = "is not a quarter or a month. Write it as Q1 2017-18, or as April 2017 for a line that is collected monthly."


def period(cell: Cell) -> str:
    """The timing and the last day: "quarter 2017-06-30". A day stands for the quarter that ends on it."""
    words = values.line(cell)
    if found := QUARTER.fullmatch(words):
        number, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        starting, ending = re.split("[/-]", year.replace(" ", ""))
        try:
            quarters = FinancialYear.parse(f"{starting}-{ending[-2:]}").quarters
        except ValueError:
            raise NotUnderstood(f"names a year that is none: {year}. Write it as Q1 2017-18.") from None
        return f"{Measured.Timing.QUARTER} {quarters[int(number) - 1].ends}"
    if not isinstance(cell.value, date) and (found := MONTH.fullmatch(words)):
        name = found[1].casefold()[:3]
        if name in values.MONTHS:
            first = date(int(found[2]), values.MONTHS.index(name) + 1, 1)
            return f"{Measured.Timing.MONTH} {days_of(Measured.Timing.MONTH, first)[1]}"
    try:
        day = values.day(cell)
    except NotUnderstood:
        day = None
    if day is None or Quarter.of(day).ends != day:
        raise NotUnderstood(WHICH if words else "is empty. Write the quarter, such as Q1 2017-18.")
    return f"{Measured.Timing.QUARTER} {day}"


def count(cell: Cell) -> int | None:
    """A count, strictly: no per cent, no share, no words."""
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        found = values.whole(cell)
        if found is not None and found > MOST:
            raise NotUnderstood(f"is more than {MOST:,}. Check the number.")
        return found
    try:
        return count_of(values.line(cell))
    except NotACount as problem:
        raise NotUnderstood(f"{problem}.") from problem


def read(workbook: Workbook, *, on: date) -> tuple[list[Line], list[str]]:
    """The rows of every sheet that holds figures, gathered by provider and period, and the columns left out."""
    understood: dict[str, Any] = {"period": period, **dict.fromkeys(NUMBERS, count)}
    understood["code"] = lambda cell: values.line(cell).replace(" ", "").upper()
    found: dict[tuple[str, ...], Line] = {}
    left_out: list[str] = []
    for table in tables_of(workbook, COLUMNS):
        left_out += table.unknown
        for row in lines_of(table, understood):
            _refuse_copies(row, table)
            _gather(found, _checked(row, on))
    if not found:
        raise NotTaken("There is no row below the headings. Fill in at least one, save, and choose the file again.")
    return list(found.values()), left_out


def _refuse_copies(row: Line, table: Table) -> None:
    """One number merged over several rows is the number of none of them; a provider or period may stand so."""
    for key in NUMBERS:
        if key in table.places and (row.number - 1, table.places[key]) in table.sheet.copies:
            row.values[key] = None
            row.refuse(COLUMNS, key, "is part of merged cells. Undo the merging and write every number in its own.")


def _checked(row: Line, on: date) -> Line:
    """What can be said of a row without asking anybody."""
    if TOTALS.fullmatch(row.get("provider")):
        row.refuse(COLUMNS, "provider", "is a row of totals. Take it out: the portal adds up itself.")
    for key in ("provider", "line"):
        if not row.get(key) and not row.is_refused(key):
            row.refuse(COLUMNS, key, "is empty. Fill it in.")
    if row.get("period") and date.fromisoformat(row.get("period").split()[1]) >= on:
        row.refuse(COLUMNS, "period", "has not ended yet. Its figures are collected with a return.")
    if row.values.get("compliant") is None and not row.is_refused("compliant"):
        row.refuse(COLUMNS, "compliant", "is empty. Write the number, or take the row out.")
    return row


def _gather(found: dict[tuple[str, ...], Line], row: Line) -> None:
    """Put a row to the others of its provider and period: one line of the file is then one return."""
    key = tuple(row.get(name) for name in ("provider", "code", "period"))
    line = found.get(key)
    if line is None:
        line = found[key] = Line(row.sheet, row.number, {**row.values, "figures": []}, dict(row.refs))
    there = f"{row.sheet}!" if row.sheet != line.sheet else ""  # a cell of another sheet is named with its sheet
    line.problems += [replace(each, ref=f"{there}{each.ref}") for each in row.problems]
    refs = {name: f"{there}{row.refs[name]}" for name in ("line", *NUMBERS) if name in row.refs}
    numbers = (row.values.get(name) for name in NUMBERS)
    line.values["figures"].append([row.get("line"), *numbers, f"{there}{row.number}", refs])


@dataclass
class Wanted:
    """One return to be kept."""

    organisation: Organisation
    timing: str
    ends_on: date
    numbers: dict[Measured, Numbers]


class Comparison:
    """The commissioner's providers, its lines and what is held: the same few queries for any number of rows."""

    def __init__(self, lines: Sequence[Line], commissioner: Organisation, user: "User", on: date) -> None:
        self.lines, self.commissioner, self.on = lines, commissioner, on
        theirs = Arrangement.objects.filter(commissioner=commissioner, organisation=OuterRef("pk"))
        ours = Q(Exists(theirs), kind=Organisation.Kind.PROVIDER) | Q(pk=commissioner.pk)
        self.register = Register(Organisation.objects.filter(ours).select_related("category").order_by("pk"))
        ends = {each.get("period").split()[1] for each in lines if each.get("period")}
        self.measured: dict[tuple[str, date], dict[str, Measured]] = {}
        held = FigureReturn.objects.filter(commissioner=commissioner, period__ends_on__in=ends)
        held = held.select_related("period").prefetch_related("submissions")
        self.held = {(row.organisation_id, row.period.timing, row.period.ends_on): row for row in held}
        known = Figure.objects.known().totals().filter(commissioner=commissioner, period__ends_on__in=ends)
        self.known: dict[int, dict[str, tuple[int | None, ...]]] = {}
        for pk, code, *numbers in known.values_list(
            "figure_return_id", "code", "numerator", "denominator", "headcount"
        ):
            self.known.setdefault(pk, {})[code] = tuple(numbers)

    def outcomes(self, choices: Mapping[str, str]) -> list[Outcome]:
        """One for each provider and period."""
        aimed: dict[tuple[int, str, date], str] = {}
        return [self._outcome(Line.of_json(each.as_json()), choices, aimed) for each in self.lines]

    def _outcome(self, line: Line, choices: Mapping[str, str], aimed: dict[tuple[int, str, date], str]) -> Outcome:
        title = f"{line.get('provider') or 'No provider'}, {_said(line)}"
        if line.problems:
            return Outcome(line, title, "rejected")
        question = f"provider:{line.get('provider')}:{line.get('code')}"
        same = self.register.find(name=line.get("provider"), code=line.get("code"), location="", postcode="")
        target, candidates = same.certain, [Candidate(each.reference, str(each), may_be_new=False)
                                            for each in same.likely]  # fmt: skip
        if target is None and candidates:
            choice = choices.get(question, "")
            target = next((each for each in same.likely if each.reference == choice), None)
            if target is None:
                state = "left" if choice == LEAVE else "asked"
                return Outcome(line, title, state, candidates=candidates, question=question)
        if target is None:
            line.refuse(COLUMNS, "provider", "is not one of your providers. Bring in the organisation first.")
            return Outcome(line, title, "rejected")
        return self._compared(line, target, aimed)

    def _compared(self, line: Line, target: Organisation, aimed: dict[tuple[int, str, date], str]) -> Outcome:
        timing, ends_on = line.get("period").split()[0], date.fromisoformat(line.get("period").split()[1])
        title, key = f"{target}, {_said(line)}", (target.pk, timing, ends_on)
        numbers = self._numbers(line, timing, ends_on)
        if first := aimed.get(key):
            line.refuse(COLUMNS, "provider", f"is the same provider and period as {first}.")
        aimed.setdefault(key, line.where)
        row = self.held.get(key)
        if row is not None and not line.problems and not may_hold(row):
            said = {each.code: (n.compliant, n.eligible, n.headcount) for each, n in numbers.items()}
            if said == self.known.get(row.pk):
                return Outcome(line, title, "unchanged")
            line.refuse(COLUMNS, "period", "has a return of this provider already. Correct or enter its figures there.")
        if line.problems:
            return Outcome(line, title, "rejected")
        shown = [Difference(each.name, "", _words(n)) for each, n in list(numbers.items())[:SHOWN]]
        if len(numbers) > SHOWN:
            shown.append(Difference("More", "", f"{len(numbers) - SHOWN} more lines"))
        return Outcome(line, title, "new", shown, wanted=Wanted(target, timing, ends_on, numbers))

    def _numbers(self, line: Line, timing: str, ends_on: date) -> dict[Measured, Numbers]:
        """Each row's line and numbers; what is wrong is said beside its cell."""
        known, found = self._lines(timing, ends_on), {}
        rows: dict[str, str] = {}
        for name, eligible, compliant, headcount, number, refs in line.values["figures"]:
            line.refs |= refs
            line.values |= {"line": name, "eligible": eligible, "compliant": compliant}
            measured = known.get(plain(name))
            if measured is None:
                every = "month" if timing == Measured.Timing.MONTH else "quarter"
                line.refuse(COLUMNS, "line", f"is not a line that is collected every {every}. Write its name or code.")
            elif measured.form == Measured.Form.MILESTONE:
                line.refuse(COLUMNS, "line", "is a milestone, not a number. Take the row out.")
            elif measured.code in rows:
                line.refuse(COLUMNS, "line", f"stands in row {rows[measured.code]} already. Take one of the two out.")
            elif measured.has_denominator != (eligible is not None):
                why = "is empty. Write of how many." if measured.has_denominator else "is filled in, but it is a count."
                line.refuse(COLUMNS, "eligible", why)
            elif is_more_than_all(measured, compliant, eligible):
                why = f"is more than {eligible:,} eligible for “{measured}”. Are the two columns the wrong way round?"
                line.refuse(COLUMNS, "compliant", why)
            else:
                rows[measured.code] = number
                found[measured] = Numbers(compliant, eligible, headcount)
        return found

    def _lines(self, timing: str, ends_on: date) -> dict[str, Measured]:
        """The lines of a period, by code, name and short name; a short name that two lines have means neither."""
        if (timing, ends_on) not in self.measured:
            rows = lines_in_force(self.commissioner, on=ends_on, timing=timing)
            shorts = [plain(row.short) for row in rows]
            found = {plain(row.short): row for row in rows if shorts.count(plain(row.short)) == 1}
            found |= {plain(row.name): row for row in rows} | {plain(row.code): row for row in rows}
            self.measured[timing, ends_on] = found
        return self.measured[timing, ends_on]


def _said(line: Line) -> str:
    if not line.get("period"):
        return "no period"
    timing, ends = line.get("period").split()
    return Period(timing=timing, ends_on=date.fromisoformat(ends)).label


def _words(numbers: Numbers) -> str:
    return f"{numbers.compliant:,}" if numbers.eligible is None else f"{numbers.compliant:,} of {numbers.eligible:,}"


def take(brought_in: Import, outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Keep the new ones as returns from records, each with its trace. No letter is written.

    They are known from the moment at which somebody accepts the file, not from when it was read.
    """
    wanted: list[Wanted] = [each.wanted for each in outcomes if each.state == "new"]
    assert brought_in.accepted_by is not None and brought_in.accepted_at is not None  # noqa: PT018
    rows = record(
        [Recorded(each.organisation, each.timing, each.ends_on, each.numbers) for each in wanted],
        commissioner=brought_in.commissioner, source=brought_in.file_name, by=brought_in.accepted_by,
        at=brought_in.accepted_at,
    )  # fmt: skip
    Trace.objects.bulk_create(
        Trace(brought_in=brought_in, figure_return=row, made=True, version=row.version) for row in rows
    )
    return {"returns": len(rows), "figures": sum(len(each.numbers) for each in wanted)}


def undo(brought_in: Import, *, by: "User", at: datetime) -> None:
    """None of it is known any more; the returns stay as withdrawn, so that their history can be read."""
    traces = brought_in.traces.select_related("figure_return")
    take_back([trace.figure_return for trace in traces if trace.figure_return], by=by, at=at)
    traces.delete()
