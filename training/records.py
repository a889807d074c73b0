"""Figures of periods that were collected before the portal: kept as returns "from records", and taken back again.

A period that is not held is made closed, so nobody is reminded of it. What is kept looks like what was submitted, with
the channel "from records" on it for ever; totals only, because records seldom say more. It is known from the moment at
which it was brought in. A return that holds figures already is never written over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from accounts.door import Refused
from design.calendar import add_working_days, london_date
from providers.models.organisations import Tier
from training.measured import Thresholds, rule_in_force, thresholds
from training.models import AskedLine, Cell, Figure, FigureReturn, FigureSubmission, Line, Period, days_of
from training.models.documents import digest, document_of
from training.models.missing import is_more_than_all, more_than_all

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

WHY, MISTAKE = "From your records", "Brought in by mistake: the file was undone"
AGAIN = "Brought in again from your records"
UNSIGNED = "not signed"
RECORDS = FigureSubmission.Channel.RECORDS
State = FigureReturn.State


class HeldAlready(Refused):
    """Somebody has submitted or brought in figures of this provider and period in the meantime."""


@dataclass(frozen=True)
class Numbers:
    """How many, of how many, and how many in post; a count has the first only."""

    compliant: int
    eligible: int | None = None
    headcount: int | None = None


@dataclass
class Recorded:
    """The figures of one organisation for one period, by line."""

    organisation: "Organisation"
    timing: str
    ends_on: date
    numbers: Mapping[Line, Numbers] = field(default_factory=dict)

    def of(self, asked: AskedLine) -> Numbers:
        """What is said of a line."""
        return next(numbers for line, numbers in self.numbers.items() if line.code == asked.code)


@transaction.atomic
def record(
    found: Sequence[Recorded], *, commissioner: "Organisation", source: str, by: "User", at: datetime
) -> list[FigureReturn]:
    """Keep them, one return each, in their order. ``source`` says where they stood.

    Raises HeldAlready, and Refused for more counted than there were; then nothing is kept.
    """
    for each in found:
        for line, numbers in each.numbers.items():
            if is_more_than_all(line, numbers.compliant, numbers.eligible):
                words = more_than_all(numbers.compliant, numbers.eligible or 0)
                raise Refused(f"{each.organisation}, {line}: {words}.")
    periods = _periods(found, commissioner, at)
    rows = _returns(found, periods, at)
    asked = _lines(found, rows, commissioner)
    AskedLine.objects.bulk_create(line for lines in asked for line in lines if line.pk is None)
    _boxes(found, asked, by=by, at=at)
    submissions = [_submission(row, lines, source, by, at) for row, lines in zip(rows, asked, strict=True)]
    FigureSubmission.objects.bulk_create(submissions)
    Figure.objects.bulk_create(
        _figure(line, each.of(line), submission, row, at)
        for each, lines, submission, row in zip(found, asked, submissions, rows, strict=True)
        for line in lines
    )
    done = {"state": State.SUBMITTED, "submitted_at": at, "correcting_because": "", "settled_at": at}
    FigureReturn.objects.filter(pk__in=[row.pk for row in rows], state=State.CORRECTING).update(**done)
    return rows


@transaction.atomic
def take_back(rows: Sequence[FigureReturn], *, by: "User", at: datetime) -> None:
    """Nothing of these is known any more; that they were brought in stays in their history.

    Refused when something was submitted or asked about one of them since.
    """
    held = FigureReturn.objects.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in rows])
    held = held.select_related("organisation", "period").prefetch_related("submissions", "queries")
    for row in held:
        last = row.submissions.all()[0]
        if row.state != State.SUBMITTED or last.channel != RECORDS or row.queries.all():
            raise Refused(f"{row.organisation}, {row.period}: something was corrected, withdrawn or asked about since.")
    Figure.objects.known().filter(figure_return__in=held).update(known_to=at)
    gone = {"state": State.WITHDRAWN, "withdrawn_at": at, "withdrawn_by": by, "withdrawn_reason": MISTAKE}
    FigureReturn.objects.filter(pk__in=[row.pk for row in held]).update(**gone, version=F("version") + 1)


def may_hold(row: FigureReturn) -> bool:
    """May figures from records be kept in a return that is there already? Only where earlier ones were taken back.

    The submissions have to be prefetched.
    """
    return row.state == State.WITHDRAWN and all(each.channel == RECORDS for each in row.submissions.all())


def _periods(found: Iterable[Recorded], commissioner: "Organisation", at: datetime) -> dict[tuple[str, date], Period]:
    """The periods that are needed, by timing and last day; those that are missing are made closed."""
    wanted = {(each.timing, each.ends_on) for each in found}
    rows = Period.objects.filter(commissioner=commissioner, ends_on__in={ends for _, ends in wanted})
    held = {(row.timing, row.ends_on): row for row in rows}
    rule = rule_in_force(commissioner, on=london_date(at))
    days = {Line.Timing.QUARTER: rule.quarter_working_days, Line.Timing.MONTH: rule.month_working_days}
    new = [
        Period(
            commissioner=commissioner, timing=timing, starts_on=days_of(timing, ends)[0], ends_on=ends,
            due_on=add_working_days(ends, days[Line.Timing(timing)]), state=Period.State.CLOSED,
        )
        for timing, ends in sorted(wanted - set(held), key=str)
    ]  # fmt: skip
    Period.objects.bulk_create(new)
    return held | {(row.timing, row.ends_on): row for row in new}


def _returns(found: Sequence[Recorded], periods: Mapping[tuple[str, date], Period], at: datetime) -> list[FigureReturn]:
    """New ones, and those from which figures were taken back, opened again."""
    wanted = [(periods[each.timing, each.ends_on], each.organisation) for each in found]
    there = FigureReturn.objects.filter(period__in=periods.values()).select_related("period", "commissioner")
    there = there.filter(organisation__in=[each.organisation for each in found])
    held = {(row.period_id, row.organisation_id): row for row in there.prefetch_related("submissions")}
    again = [row for key in ((period.pk, whose.pk) for period, whose in wanted) if (row := held.get(key))]
    if taken := [row for row in again if not may_hold(row)]:
        raise HeldAlready(f"{len(taken)} of these returns hold figures already. Look at the comparison again.")
    opened = {"state": State.CORRECTING, "correcting_because": AGAIN, "withdrawn_at": None, "withdrawn_by": None}
    FigureReturn.objects.filter(pk__in=[row.pk for row in again]).update(
        **opened, withdrawn_reason="", version=F("version") + 1
    )
    new = {(period.pk, whose.pk): _return(whose, period, at) for period, whose in wanted
           if (period.pk, whose.pk) not in held}  # fmt: skip
    FigureReturn.objects.bulk_create(new.values())
    return [(held | new)[period.pk, whose.pk] for period, whose in wanted]


def _return(organisation: "Organisation", period: Period, at: datetime) -> FigureReturn:
    category = organisation.category
    return FigureReturn(
        commissioner=period.commissioner, organisation=organisation, period=period,
        tier=category.tier if category else Tier.FULL, category=category.code if category else "",
        due_on=period.due_on, original_due_on=period.due_on, state=State.SUBMITTED, why_issued=WHY, issued_at=at,
        first_submitted_at=at, submitted_at=at, settled_at=at,
    )  # fmt: skip


def _lines(
    found: Sequence[Recorded], rows: Sequence[FigureReturn], commissioner: "Organisation"
) -> list[list[AskedLine]]:
    """Each with the threshold that held on the as-at date; one that was asked before stays as it was asked."""
    there = AskedLine.objects.filter(figure_return__in=rows).select_related("line")
    held = {(line.figure_return_id, line.code): line for line in there}
    limits = {ends: thresholds(commissioner, on=ends) for ends in {each.ends_on for each in found}}
    return [
        [held.get((row.pk, line.code)) or _line(line, row, limits[each.ends_on]) for line in each.numbers]
        for each, row in zip(found, rows, strict=True)
    ]


def _line(line: Line, row: FigureReturn, limits: Thresholds) -> AskedLine:
    limit = limits.of(line.code, category=row.category, organisation=row.organisation_id)
    return AskedLine(
        commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, figure_return=row, line=line,
        code=line.code, position=line.position, source=AskedLine.Source.OWN,
        threshold=limit.value if limit else None, amber=limit.amber if limit else None,
        threshold_reason=limit.reason if limit else "",
    )  # fmt: skip


def _boxes(found: Sequence[Recorded], asked: Sequence[list[AskedLine]], *, by: "User", at: datetime) -> None:
    """One box for everybody; what the document is made from stands on the lines."""
    lines = [line for each in asked for line in each]
    held = {cell.asked_id: cell for cell in Cell.objects.filter(asked__in=lines, kind=Cell.Kind.GROUP, group="")}
    new = []
    for each, of_return in zip(found, asked, strict=True):
        for line in of_return:
            said, cell = each.of(line), held.get(line.pk)
            if cell is None:
                cell = Cell(commissioner_id=line.commissioner_id, organisation_id=line.organisation_id, asked=line)
                new.append(cell)
            cell.headcount, cell.denominator, cell.numerator = said.headcount, said.eligible, said.compliant
            cell.written_by, cell.written_at = by, at
            line._prefetched_objects_cache = {"cells": [cell], "hosts": [], "explanations": []}  # type: ignore[attr-defined]
    Cell.objects.bulk_create(new)
    Cell.objects.bulk_update(held.values(), ["headcount", "denominator", "numerator", "written_by", "written_at"])


def _submission(
    row: FigureReturn, lines: Sequence[AskedLine], source: str, by: "User", at: datetime
) -> FigureSubmission:
    on = london_date(at)
    # A row made just now has none, and one that is opened again has them at hand.
    number = 1 + len(getattr(row, "_prefetched_objects_cache", {}).get("submissions", ()))
    reason = AGAIN if number > 1 else ""
    document: dict[str, Any] = document_of(row, lines) | {
        "number": number,
        "reason": reason,
        "declaration": "",
        "signed_by": {"name": WHY, "role": UNSIGNED, "on": on.isoformat()},
        "submitted_at": at.isoformat(timespec="seconds"),
        "channel": str(RECORDS),
        "received_from": source,
        "received_on": on.isoformat(),
        "correct_until": "",
    }
    return FigureSubmission(
        commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, figure_return=row, number=number,
        reason=reason, document=document, sha256=digest(document), signed_by_name=WHY, signed_by_role=UNSIGNED,
        signed_on=on, channel=RECORDS, received_from=source[:150], received_on=on, submitted_by=by, submitted_at=at,
    )  # fmt: skip


def _figure(asked: AskedLine, said: Numbers, submission: FigureSubmission, row: FigureReturn, at: datetime) -> Figure:
    return Figure(
        commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, period_id=row.period_id,
        figure_return=row, submission=submission, asked=asked, code=asked.code, headcount=said.headcount,
        denominator=said.eligible, numerator=said.compliant, threshold=asked.threshold, amber=asked.amber,
        direction=asked.line.direction, known_from=at,
    )  # fmt: skip
