"""A figures return as it is written: its lines with their boxes, names, past and questions, in sections and tables.

For whoever writes it. What was submitted is read through ``Figure`` alone; the past beside a line comes from there, as
words: last time's figure never fills a box (hazard 9).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import F, Value

from training.arithmetic import Share, State, goal, state_of
from training.checks import FIGURES, Asking, Counted, Past, Question, Said, questions_of
from training.models import AskedLine, Cell, CollectingRule, Figure, FigureReturn, Group, Line, LineSet, Period, Subject

if TYPE_CHECKING:
    from providers.models import Organisation

# How far back a line is compared: further than that another framework was in force.
LONG_ENOUGH = timedelta(days=2 * 366)
ALL = "all"


@dataclass
class Row:
    """One line of the return: what is asked, what is written, what was submitted before, and what is odd."""

    asked: AskedLine
    section: str
    groups: list[tuple[str, str]]
    reasons: list[tuple[str, str]]
    before: list[Past] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def line(self) -> Line:
        """What is measured."""
        return self.asked.line

    @property
    def cells(self) -> dict[tuple[str, str], Cell]:
        """What is written, by kind and group."""
        return {(cell.kind, cell.group): cell for cell in self.asked.cells.all()}

    @property
    def boxes(self) -> tuple[str, ...]:
        """Which boxes a group has: in post, of how many, how many."""
        whole = ("denominator",) if self.line.has_denominator else ()
        return (*(("headcount",) if self.line.headcount else ()), *whole, "numerator")

    @property
    def is_milestone(self) -> bool:
        """Reached or not?"""
        return self.line.form == Line.Form.MILESTONE

    @property
    def in_table(self) -> bool:
        """Is it a row of boxes? A milestone and counts by host area are asked below the table."""
        return not self.is_milestone and not self.line.by_host

    @property
    def is_split(self) -> bool:
        """Is it asked by groups?"""
        return self.groups != [("", "")]

    @property
    def last_known(self) -> str:
        """ "Last known: 82 of 96, Q2 2017/18", as words only."""
        known = next((past for past in self.before if past.total.numerator is not None), None)
        return f"Last known: {known.total.words}, {known.label}" if known else ""

    @property
    def threshold(self) -> str:
        """ "90 %", or "100" in the line's own unit; nothing where there is none."""
        if self.asked.threshold is None:
            return ""
        return goal(self.asked.threshold, "%" if self.line.form == Line.Form.SHARE else "")

    @property
    def counted(self) -> dict[str, Counted]:
        """The boxes by group."""
        cells = self.cells
        there = ((code, cells.get((Cell.Kind.GROUP, code))) for code, _ in self.groups)
        return {code: Counted(c.headcount, c.denominator, c.numerator) if c else Counted() for code, c in there}

    @property
    def is_begun(self) -> bool:
        """Is there a figure, or an answer in its place?"""
        return self.asked.answer != FIGURES or any(not each.is_empty for each in self.counted.values())

    @property
    def total(self) -> Counted:
        """Everybody together, host areas added up."""
        if self.line.by_host and (hosts := list(self.asked.hosts.all())):
            return Counted(numerator=sum(each.count for each in hosts))
        return self.said.total

    @property
    def summary(self) -> str:
        """What the line comes to, in the words that grid.js uses as well; or what is said in place of figures."""
        if self.asked.answer != FIGURES:
            return str(self.asked.get_answer_display())
        return summary(self.line.form, self.total, self.asked.threshold, self.line.direction)

    @property
    def waiting(self) -> int:
        """How many questions nobody has answered."""
        return sum(question.waits for question in self.questions)

    @property
    def said(self) -> Said:
        """For the checks."""
        asked, line, cells = self.asked, self.line, self.cells
        reasons = {code: cells.get((Cell.Kind.REASON, code)) for code, _ in self.reasons}
        hosts = [each.count for each in asked.hosts.all()]
        return Said(
            asked.code, line.name, line.form, line.direction, line.subject, line.level, asked.answer, self.counted,
            dict(self.groups), {code: cell.numerator if cell else None for code, cell in reasons.items()} or None,
            hosts or None, asked.threshold, asked.amber, asked.narrative, self.before,
        )  # fmt: skip


def summary(form: str, total: Counted, threshold: Decimal | None, direction: str) -> str:
    """ "82 of 96, 85.4 %: 5 short of 90 %"; nothing while a number is missing."""
    n, d = total.numerator, total.denominator
    if form not in (Line.Form.SHARE, Line.Form.RATE):
        return "" if n is None else f"{n:,}"
    if n is None or d is None:
        return ""
    share = Share(n, d)
    if form == Line.Form.SHARE and n > d:
        return share.counted
    said = f"{share.counted}, {share.shown}" if form == Line.Form.SHARE else share.counted
    state = state_of(share.percent, threshold, None, direction)
    if form != Line.Form.SHARE or threshold is None or state in (State.NO_THRESHOLD, State.NOTHING_TO_MEASURE):
        return said
    wanted = goal(threshold, "%")
    if state == State.MET:
        return f"{said}: meets {wanted}"
    if direction == Line.Direction.DOWN:
        return f"{said}: {n - int(threshold * d / 100):,} too many for {wanted}"
    return f"{said}: {share.short_of(threshold):,} short of {wanted}"


@dataclass
class Table:
    """Lines that are asked by the same groups. Without groups it is one box, or two, a line."""

    rows: list[Row]
    roles_down: bool = False

    @property
    def groups(self) -> list[tuple[str, str]]:
        """Code and name; one without a name is everybody together."""
        return self.rows[0].groups

    @property
    def is_split(self) -> bool:
        """By groups?"""
        return self.rows[0].is_split

    @property
    def boxes(self) -> list[str]:
        """The columns under a group: those that any of the lines asks."""
        every = {box for row in self.rows for box in row.boxes}
        return [box for box in ("headcount", "denominator", "numerator") if box in every]


@dataclass
class Section:
    """Lines of one subject or one set, saved together."""

    code: str
    heading: str
    rows: list[Row]
    roles_down: bool = False

    @property
    def tables(self) -> list[Table]:
        """By the groups that the lines are asked by, in order."""
        found: dict[tuple[tuple[str, str], ...], Table] = {}
        for row in self.rows:
            if row.in_table:
                found.setdefault(tuple(row.groups), Table([], self.roles_down)).rows.append(row)
        return list(found.values())

    @property
    def beside(self) -> list[Row]:
        """Milestones and counts by host area."""
        return [row for row in self.rows if not row.in_table]

    @property
    def waiting(self) -> int:
        """How many questions nobody has answered."""
        return sum(row.waiting for row in self.rows)


@dataclass
class Sheet:
    """The whole return."""

    figure_return: FigureReturn
    sections: list[Section]

    @property
    def rows(self) -> list[Row]:
        """Every line."""
        return [row for section in self.sections for row in section.rows]

    @property
    def questions(self) -> list[Question]:
        """Every question in order."""
        return [question for row in self.rows for question in row.questions]

    def section(self, code: str) -> Section | None:
        """The one of that code."""
        return next((each for each in self.sections if each.code == code), None)


def sheet_of(figure_return: FigureReturn) -> Sheet:
    """The return with everything that its pages need. Seven queries, whatever it asks."""
    on, commissioner = figure_return.period.ends_on, figure_return.commissioner
    asked = list(
        figure_return.lines.select_related("line").order_by("position", "id")
        .prefetch_related("cells", "hosts", "explanations")
    )  # fmt: skip
    names, before = names_in_force(commissioner, on), past_of(figure_return)
    rows = [_row(figure_return, each, names, before.get(each.code, [])) for each in asked]
    _ask(rows, asking_of(commissioner, on))
    return Sheet(figure_return, _sections(rows, names.headings))


def _row(figure_return: FigureReturn, asked: AskedLine, names: "Names", before: list[Past]) -> Row:
    line = asked.line
    split = figure_return.grouping if line.split == Line.STAFF else line.split
    groups = [(code, names.groups.get((split, code), code)) for code in asked.groups] or [("", "")]
    reasons = [(code, names.groups.get((line.reasons, code), code)) for code in asked.reasons]
    section = line.subject if line.subject in names.headings else line.set_code
    if figure_return.roles_down and line.split == Line.STAFF and asked.groups:
        section = ALL
    return Row(asked, section, groups, reasons, before)


def _sections(rows: Iterable[Row], headings: Mapping[str, str]) -> list[Section]:
    """In the order of their first lines."""
    found: dict[str, Section] = {}
    for row in rows:
        heading = "Training by role" if row.section == ALL else headings.get(row.section, "Figures")
        section = found.setdefault(row.section, Section(row.section, heading, [], row.section == ALL))
        section.rows.append(row)
    return list(found.values())


def _ask(rows: Sequence[Row], asking: Asking) -> None:
    """Put the questions beside the lines, with what was said to them."""
    explained = {
        (each.check_code, row.asked.code, each.group): (each.question, each.words)
        for row in rows
        for each in row.asked.explanations.all()
    }
    by_code = {row.asked.code: row for row in rows}
    for question in questions_of([row.said for row in rows], asking, explained):
        row = by_code[question.line]
        # What nobody has filled in yet cannot be submitted so, and is not asked about while somebody writes.
        if question.code != "dropped" or row.is_begun:
            row.questions.append(question)


def asking_of(commissioner: "Organisation | int", on: date) -> Asking:
    """What the commissioner asks back, as its rule of the day says."""
    rule = CollectingRule.objects.in_force(commissioner, on).first()
    return Asking(rule.jump, rule.same_periods, rule.fewest_moved, rule.fewest_alike) if rule else Asking()


@dataclass
class Names:
    """What is in force on a day: names of groups by grouping and code, and headings by the code of a subject or set."""

    groups: dict[tuple[str, str], str]
    headings: dict[str, str]


def names_in_force(commissioner: "Organisation | int", on: date) -> Names:
    """The commissioner's own before the shipped, and a subject's before a set's of the same code. One query."""
    kinds: list[tuple[Any, Any]] = [(LineSet, Value("")), (Subject, Value("")), (Group, F("grouping"))]
    parts = [
        model.objects.in_force(commissioner, on).order_by()
        .values_list(Value(kind), grouping, "code", "name", "commissioner")
        for kind, (model, grouping) in enumerate(kinds)
    ]  # fmt: skip
    found: tuple[dict[tuple[str, str], str], ...] = ({}, {}, {})
    for kind, grouping, code, name, _ in sorted(parts[0].union(*parts[1:], all=True), key=lambda row: row[4] is None):
        found[kind].setdefault((grouping, code), name)
    headings = {code: name for (_, code), name in (found[0] | found[1]).items()}
    return Names(found[2], headings)


def past_of(figure_return: FigureReturn) -> dict[str, list[Past]]:
    """What the organisation submitted for the periods before, by line, the latest first. One query."""
    period = figure_return.period
    known = Figure.objects.known().filter(
        commissioner=figure_return.commissioner_id, organisation=figure_return.organisation_id,
        period__timing=period.timing, period__ends_on__lt=period.ends_on,
        period__ends_on__gte=period.ends_on - LONG_ENOUGH, kind__in=[Figure.Kind.TOTAL, Figure.Kind.GROUP],
    )  # fmt: skip
    columns = ("code", "period__ends_on", "kind", "group", "headcount", "denominator", "numerator")
    return pasts(known.order_by("code", "-period__ends_on").values(*columns), period.timing)


def pasts(figures: Iterable[Mapping[str, Any]], timing: str) -> dict[str, list[Past]]:
    """Figures, ordered by line and with the latest period first, as what the checks compare with."""
    found: dict[str, list[Past]] = {}
    for (code, ends_on), some in groupby(figures, key=lambda each: (each["code"], each["period__ends_on"])):
        past = Past(Period(timing=timing, ends_on=ends_on).label, Counted())
        for each in some:
            counted = Counted(each["headcount"], each["denominator"], each["numerator"])
            if each["kind"] == Figure.Kind.TOTAL:
                past = replace(past, total=counted)
            else:
                past = replace(past, groups={**past.groups, each["group"]: counted})
        found.setdefault(code, []).append(past)
    return found
