"""Quarterly figures of the demonstration: quarters issued by the product's own verb, filled set-based.

One trust is larger than all others together, some are below a threshold for long, one return is missing and one was
late, one was corrected, questions were asked, and the last quarter is partly still owed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from assurance_portal.locality.behaviour import chance
from assurance_portal.locality.figure_numbers import DATA, QUARTERS, Counted, counted, who
from assurance_portal.locality.loading import copied, updated
from assurance_portal.locality.people import People
from assurance_portal.locality.places import Locality, Place
from assurance_portal.locality.years import past
from chasing.models import Letter
from design.calendar import FinancialYear, Quarter, add_months, add_working_days
from training import issuing
from training.models import (
    AskedLine,
    Cell,
    Figure,
    FigureQuery,
    FigureReturn,
    FigureSubmission,
    HostCount,
    Line,
    LineSet,
    Period,
    Signature,
    Threshold,
    Trajectory,
    TrajectoryPoint,
)
from training.models.documents import digest, document_of
from training.models.submitting import DECLARATION, figures_of

MANY, FEW = 150, 2  # with more providers, or of a short history, fewer quarters: loading stays quick
COURSES = {(each["place"], each["ago"]): each["end"] for each in DATA["course"]}
SET, CODE = "asked-advisers", "advisers_asked"


@dataclass
class Course:
    """What becomes of one return: how it stands, when it came, and until when it may still come."""

    end: str  # submitted, in_progress, issued, extended, withdrawn
    submitted: date | None = None


class Quarters:
    """What all quarters need: who there is, who acts, and the day."""

    def __init__(self, locality: Locality, people: People, *, on: date) -> None:
        self.locality, self.people, self.on = locality, people, on
        self.keys = {each.pk: key for key, each in locality.commissioners.items()}

    def place(self, figure_return: FigureReturn) -> Place | None:
        """The provider's place; nothing for a commissioner's own people."""
        return None if figure_return.is_own else self.locality.place_of(figure_return.organisation_id)

    def key(self, figure_return: FigureReturn) -> str:
        """The key of the place, or of the commissioner."""
        place = self.place(figure_return)
        return place.key if place else self.keys[figure_return.commissioner_id]

    def by(self, figure_return: FigureReturn) -> Any:
        """Who submits."""
        return self.people["analyst"] if figure_return.is_own else self.people.leads[figure_return.organisation_id]

    def at(self, day: date, hour: int = 15) -> Any:
        """A moment of the day, and nothing of today."""
        return past(day, hour, on=self.on)


def load(locality: Locality, people: People, *, years: int, on: date) -> None:
    """Every quarter of every commissioner, the oldest first, then what happened to single ones."""
    about = Quarters(locality, people, on=on)
    _rules(about)
    wanted = QUARTERS if years > 2 and len(locality.places) <= MANY else FEW
    quarter = Quarter.of(on).previous
    quarters = [quarter]
    while len(quarters) < wanted:
        quarters.append(quarters[-1].previous)
    for ago, each in reversed(list(enumerate(quarters))):
        for commissioner in locality.commissioners.values():
            _quarter(about, commissioner, each, ago)
    _correct(about, quarters)
    _questions(about, quarters)
    _plans(about)
    Letter.objects.filter(state=Letter.State.PENDING, kind__startswith="figure").update(
        state=Letter.State.DROPPED, problem="Loaded with the demonstration: never sent"
    )


def _rules(about: Quarters) -> None:
    """Thresholds of the commissioners' own, and a scheme of one trust's contract; since last year."""
    starts = FinancialYear.of(about.on).previous.starts
    said = {"valid_from": starts, "set_by": about.people["analyst"], "set_at": about.at(starts - timedelta(days=30))}
    for row in DATA["threshold"]:
        place = about.locality.providers.get(row.get("place", ""))
        if place is None and "place" in row:
            continue
        Threshold.objects.create(
            commissioner=about.locality.commissioners[row["of"]], code=row["line"], category=row.get("category", ""),
            organisation=place, value=row["value"], reason=row["reason"], **said,
        )  # fmt: skip
    royal = about.locality.providers.get("royal")
    if royal is not None:
        whose = {"commissioner": about.locality.commissioners["westmarch"], "valid_from": starts}
        LineSet.objects.create(
            **whose, code=SET, name="CQUIN 5: domestic abuse advisers", kind="cquin", organisation=royal, position=90,
            contract_reference="Schedule 4, part E",
        )  # fmt: skip
        Line.objects.create(
            **whose, code=CODE, name="Asked the domestic abuse adviser", short="Advisers asked", family="indicator",
            set_code=SET, form="count", direction="none", numerator="times that a ward asked the adviser", position=900,
        )  # fmt: skip


def _quarter(about: Quarters, commissioner: Any, quarter: Quarter, ago: int) -> None:
    due, opened = add_working_days(quarter.ends, 20), quarter.ends + timedelta(days=1)
    analyst = about.people["analyst"]
    period = Period.objects.create(
        commissioner=commissioner, starts_on=quarter.starts, ends_on=quarter.ends, due_on=due
    )
    issuing.issue(period, by=analyst, at=about.at(opened, 9), on=opened)
    if ago > 1:
        Period.objects.filter(pk=period.pk).update(state=Period.State.CLOSED)
    returns = list(period.returns.select_related("period", "commissioner", "organisation").order_by("pk"))
    courses = {each.pk: _course(about, each, ago, due=due, opened=opened) for each in returns}
    _write(about, period, returns, courses, ago)
    submitted = [each for each in returns if courses[each.pk].submitted]
    _submit(about, period, submitted, courses)
    _place(about, returns, courses)


def _course(about: Quarters, row: FigureReturn, ago: int, *, due: date, opened: date) -> Course:
    key = about.key(row)
    told, rolled = COURSES.get((key, ago), ""), chance("figures course", key, ago)
    if told == "missing" or (not told and ago and rolled > 0.985):
        return Course("issued" if ago == 1 else "withdrawn")
    if ago:
        late = told == "late" or rolled > 0.93
        days = 2 + int(9 * chance("late days", key, ago)) if late else -1 - int(12 * chance("days", key, ago))
        return Course("submitted", min(due + timedelta(days=days), about.on - timedelta(days=2)))
    if told in ("in_progress", "extended") or (not told and not row.is_own and rolled > 0.68):
        return Course(told or ("extended" if rolled > 0.97 else "in_progress" if rolled > 0.86 else "issued"))
    last = min(due, about.on - timedelta(days=2))
    span = (last - opened).days
    if span < 2:
        return Course("issued")
    return Course("submitted", opened + timedelta(days=1 + int((span - 1) * chance("day", key))))


CELLS = """
    UPDATE training_cell c
    SET headcount = said.head, denominator = said.of, numerator = said.n, reached_on = said.reached, version = 2,
        written_at = said.at, written_by_id = said.by
    FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::date[], %s::timestamptz[], %s::bigint[])
        AS said (id, head, of, n, reached, at, by)
    WHERE c.id = said.id
"""
LINES = """
    UPDATE training_askedline a
    SET answer = said.answer, answer_reason = said.reason, narrative = said.narrative, source = said.source, version = 2
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS said (id, answer, reason, narrative, source)
    WHERE a.id = said.id
"""


def _write(
    about: Quarters, period: Period, returns: Sequence[FigureReturn], courses: dict[int, Course], ago: int
) -> None:
    """Numbers and words of all returns that are begun, in a few large statements."""
    begun = {each.pk: each for each in returns if courses[each.pk].submitted or courses[each.pk].end == "in_progress"}
    cells: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    asked_of = list(AskedLine.objects.filter(figure_return__in=list(begun)).select_related("line"))
    held = Cell.objects.filter(asked__in=[each.pk for each in asked_of])
    for pk, asked, kind, group in held.values_list("pk", "asked", "kind", "group"):
        cells[asked][kind, group] = pk
    lines, boxes, hosts = [], [], []
    for asked in asked_of:
        row = begun[asked.figure_return_id]
        if courses[row.pk].end == "in_progress" and chance("filled", row.organisation_id, asked.code) < 0.5:
            continue
        whose = who(about.place(row), about.keys[row.commissioner_id], row.tier)
        said = counted(whose, asked, asked.line, ago=ago, ends=period.ends_on)
        at, by = about.at(courses[row.pk].submitted or period.ends_on + timedelta(days=6), 11), about.by(row).pk
        source = "esr" if row.tier == "full" and whose.category else "own"
        lines.append((asked.pk, str(said.answer), said.reason, said.narrative, source))
        boxes += [(cells[asked.pk][key], *numbers, at, by) for key, numbers in said.boxes.items()
                  if key in cells[asked.pk]]  # fmt: skip
        hosts += _host_rows(asked, said, period.ends_on, at=at, by=by)
    updated(LINES, lines)
    updated(CELLS, boxes)
    HostCount.objects.bulk_create(hosts)


def _host_rows(asked: AskedLine, said: Counted, ends: date, *, at: Any, by: int) -> list[HostCount]:
    found = []
    for area, n in said.hosts:
        rolled = chance("assurance", area, asked.code)
        kind = "held" if rolled < 0.5 else "asked" if rolled < 0.8 else "not_asked"
        found.append(
            HostCount(
                commissioner_id=asked.commissioner_id, organisation_id=asked.organisation_id, asked=asked, area=area,
                count=n, assurance=kind, held_on=ends - timedelta(days=30) if kind == "held" else None,
                written_at=at, written_by_id=by,
            )
        )  # fmt: skip
    return found


def _submit(about: Quarters, period: Period, returns: Sequence[FigureReturn], courses: dict[int, Course]) -> None:
    """The documents and the figures, as the verb makes them, in bulk."""
    lines: dict[int, list[AskedLine]] = defaultdict(list)
    asked = AskedLine.objects.filter(figure_return__in=returns).select_related("line").order_by("position", "pk")
    for each in asked.prefetch_related("cells", "hosts", "explanations"):
        lines[each.figure_return_id].append(each)
    made = [_submission(about, each, lines[each.pk], courses[each.pk]) for each in returns]
    figures = (
        figure
        for submission, row in zip(FigureSubmission.objects.bulk_create(made), returns, strict=True)
        for figure in figures_of(submission, row, lines[row.pk], at=submission.submitted_at)
    )
    columns = [each.attname for each in Figure._meta.concrete_fields if not each.primary_key]
    copied(Figure, columns, ([_plain(getattr(figure, name)) for name in columns] for figure in figures))


def _plain(value: Any) -> Any:
    """A decimal in its digits, also nought."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def _submission(about: Quarters, row: FigureReturn, lines: Sequence[AskedLine], course: Course) -> FigureSubmission:
    sent = course.submitted or row.due_on
    at, by = about.at(sent, 16), about.by(row)
    name = by.name if row.is_own else about.people.executives.get(row.organisation_id, by.name)
    document = document_of(row, lines) | {
        "number": 1, "reason": "", "declaration": DECLARATION, "channel": "online", "received_from": "",
        "received_on": "", "correct_until": "", "submitted_at": at.isoformat(timespec="seconds"),
        "signed_by": {"name": name, "role": "Executive lead", "on": sent.isoformat()},
    }  # fmt: skip
    return FigureSubmission(
        commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, figure_return=row, number=1,
        document=document, sha256=digest(document), signed_by_name=name, signed_by_role="Executive lead",
        signed_on=sent, submitted_by=by, submitted_at=at,
    )  # fmt: skip


def _place(about: Quarters, returns: Iterable[FigureReturn], courses: dict[int, Course]) -> None:
    """Move the returns to where they stand; a later date is agreed by the verb."""
    moved = []
    for row in returns:
        course = courses[row.pk]
        if course.submitted:
            row.state, row.version = FigureReturn.State.SUBMITTED, 3
            row.first_submitted_at = row.submitted_at = row.settled_at = about.at(course.submitted, 16)
        elif course.end == "in_progress":
            row.state, row.version = FigureReturn.State.IN_PROGRESS, 2
        elif course.end == "withdrawn":
            row.state, row.withdrawn_reason = FigureReturn.State.WITHDRAWN, DATA["withdrawn"]
            row.withdrawn_at = row.settled_at = about.at(row.due_on + timedelta(days=40), 11)
            row.withdrawn_by = about.people["analyst"]
        elif course.end == "extended":
            until = add_working_days(max(row.due_on, about.on), 12)
            row.extend(until, by=about.people["analyst"], at=about.at(row.due_on - timedelta(days=4)),
                       reason=DATA["extended"], agreed_by=about.people["nurse"])  # fmt: skip
            continue
        else:
            continue
        moved.append(row)
    names = ["state", "version", "first_submitted_at", "submitted_at", "settled_at", "withdrawn_at", "withdrawn_by",
             "withdrawn_reason"]  # fmt: skip
    FigureReturn.objects.bulk_update(moved, names, batch_size=500)


def _one(about: Quarters, row: dict[str, Any], quarters: Sequence[Quarter]) -> FigureReturn | None:
    """The submitted return that a row of the data is about, where the locality is large enough to have it."""
    whose = about.locality.providers.get(row["place"])
    if whose is None or row["ago"] >= len(quarters):
        return None
    found = FigureReturn.objects.filter(organisation=whose, period__ends_on=quarters[row["ago"]].ends)
    return found.exclude(first_submitted_at=None).first()


def _correct(about: Quarters, quarters: Sequence[Quarter]) -> None:
    """A trust found people whom it had not counted, nine days later."""
    told = DATA["correction"]
    row = _one(about, told, quarters)
    asked = AskedLine.objects.filter(figure_return=row, code=told["line"]).first()
    if row is None or row.submitted_at is None or asked is None:
        return
    cell = asked.cells.get(group=told["group"])
    day, by = row.submitted_at.date() + timedelta(days=9), about.by(row)
    row.begin_correction(told["reason"], by=by, at=about.at(day, 10))
    Cell.objects.filter(pk=cell.pk).update(
        numerator=min((cell.numerator or 0) + told["more"], cell.denominator or 0), version=3
    )
    row.submit(Signature(by.name, "Named nurse", day), by=by, at=about.at(day, 14))


def _questions(about: Quarters, quarters: Sequence[Quarter]) -> None:
    """One is waiting for the provider, one is answered, one is settled."""
    nurse = about.people["nurse"]
    for told in DATA["question"]:
        row = _one(about, told, quarters)
        asked = AskedLine.objects.filter(figure_return=row, code=told["line"]).first()
        if row is None or asked is None or row.submitted_at is None:
            continue
        day = min(row.submitted_at.date() + timedelta(days=5), about.on - timedelta(days=3))
        # One that is settled was due when it was asked; one that is open is not late yet.
        due = add_working_days(day if "resolution" in told else max(day, about.on - timedelta(days=9)), 10)
        query = FigureQuery.objects.create(
            commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, figure_return=row, asked=asked,
            question=told["question"], asked_by=nurse, asked_at=about.at(day, 10), due_on=due, original_due_on=due,
        )  # fmt: skip
        if "answer" in told:
            query.reply(told["answer"], by=about.by(row), at=about.at(day + timedelta(days=1), 12))
        if "resolution" in told:
            query.resolve(told["resolution"], by=nurse, at=about.at(day + timedelta(days=2), 9))


def _plans(about: Quarters) -> None:
    """How two trusts mean to come back, month by month."""
    for told in DATA["plan"]:
        organisation = about.locality.providers.get(told["place"])
        if organisation is None:
            continue
        whose = {
            "commissioner": about.locality.commissioners[about.locality.place_of(organisation.pk).lead],
            "organisation": organisation,
        }
        day = about.on - timedelta(days=80)
        plan = Trajectory.objects.create(
            **whose, code=told["line"], why_below=told["why_below"], what_is_done=told["what_is_done"],
            made_by=about.people.leads[organisation.pk], made_at=about.at(day),
        )  # fmt: skip
        first = day.replace(day=1)
        TrajectoryPoint.objects.bulk_create(
            TrajectoryPoint(
                **whose, trajectory=plan, by_day=add_months(first, n + 1) - timedelta(days=1), planned=planned
            )
            for n, planned in enumerate(told["points"], 1)
        )
