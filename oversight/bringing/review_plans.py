"""Open action plans of reviews: the second sheet of the workbook. One row for each organisation's action.

A row names its review by the local reference; it may be one of the same file. A reference that is nobody's and one of
somebody else's review are answered in the same words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from actions.models import Action
from design.workbooks import values
from design.workbooks.reading import Cell, Workbook
from design.workbooks.tables import Column, find_in
from design.workbooks.values import plain
from oversight.bringing.actions import CLOSED, SAID, STATES
from oversight.bringing.rows import Difference, Line, Outcome, lines_of
from oversight.bringing.same import Register
from oversight.models import Import, Trace
from providers.models import Arrangement, Organisation
from reviews.models import Recommendation, RecommendationAction, Review

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

SHEET = "Action plans"
PLAN = "plan"  # under this key a line says that it is of this sheet
TO = {str(choice.label): choice.value for choice in Recommendation.To}
ANSWERS = {str(choice.label): choice.value for choice in Recommendation.Answer}
LEVELS = {str(choice.label): choice.value for choice in Action.Level}
COLUMNS = (
    Column("review", "Local reference", needed=True, width=18, aliases=("Review", "Reference")),
    Column("number", "Recommendation number", needed=True, width=12, aliases=("Number", "No", "No.")),
    Column("recommendation", "Recommendation", "long", needed=True, width=50),
    Column("addressed_to", "Addressed to", width=22, choices=tuple(TO)),
    Column("answer", "Accepted", width=18, choices=tuple(ANSWERS)),
    Column("provider", "Provider", needed=True, width=34, aliases=("Organisation", "Agency")),
    Column("code", "ODS code", width=10, aliases=("ODS", "Code")),
    Column("action", "Action", "long", needed=True, width=50, aliases=("Action to take", "Actions required")),
    Column("level", "Level", width=16, choices=tuple(LEVELS)),
    Column("owner", "Owner", width=24, aliases=("Lead", "Identified lead", "Responsible")),
    Column("due_on", "Target date", "day", needed=True, width=14, aliases=("By when", "Due", "Due date", "Deadline")),
    Column("state", "How far", width=16, aliases=("Status", "Progress"), choices=SAID),
    Column("proof", "What will prove it", width=28, aliases=("Evidence", "Evidence required")),
    Column("milestones", "Key milestones", "long", width=28, aliases=("Milestones",)),
)


def read(workbook: Workbook) -> tuple[list[Line], list[str]]:
    """The rows of every sheet that holds plans, and the columns that nobody knows; nothing when there is no such."""
    found, left_out = [], []
    for sheet in workbook.shown():
        table = find_in(sheet, COLUMNS)
        if table is None or table.missing:
            continue
        left_out += table.unknown
        for line in lines_of(table, _understood()):
            line.values[PLAN] = "yes"
            for column in COLUMNS:
                if column.needed and not line.get(column.key) and not line.is_refused(column.key):
                    line.refuse(COLUMNS, column.key, "is empty. Fill it in.")
            found.append(line)
    return found, left_out


def _understood() -> dict[str, Callable[[Cell], object]]:
    return {
        "review": lambda cell: values.line(cell, most=60), "number": _number,
        "recommendation": lambda cell: values.text(cell, most=4000),
        "addressed_to": lambda cell: values.choice(cell, TO), "answer": lambda cell: values.choice(cell, ANSWERS),
        "action": lambda cell: values.text(cell, most=4000), "level": lambda cell: values.choice(cell, LEVELS),
        "owner": lambda cell: values.line(cell, most=150), "due_on": _iso_day, "state": _state,
        "proof": lambda cell: values.line(cell, most=300), "milestones": lambda cell: values.text(cell, most=2000),
    }  # fmt: skip


def _number(cell: Cell) -> str:
    """4.2 or 4: a spreadsheet makes 4.0 of it."""
    return values.line(cell, most=20).removesuffix(".0")


def _iso_day(cell: Cell) -> str | None:
    day = values.day(cell)
    return day.isoformat() if day else None


def _state(cell: Cell) -> str:
    if values.line(cell).casefold() in CLOSED:
        raise values.NotUnderstood("is closed. Only open actions are brought in.")
    return str(values.choice(cell, STATES) or Action.State.OPEN)


@dataclass
class Wanted:
    """One action for a recommendation, which may be new; ``review`` is None when the same file makes it."""

    review: Review | None
    line: Line
    organisation: Organisation


class Comparison:
    """The commissioner's providers and what the person's reviews hold; ``new`` are references of the first sheet."""

    def __init__(
        self, lines: Sequence[Line], commissioner: Organisation, on: date, *, mine: Mapping[Any, Review], new: set[str]
    ) -> None:
        self.lines, self.new = lines, new
        self.mine = {key[0]: review for key, review in mine.items() if len(key) == 1}
        if not lines:
            return
        theirs = Arrangement.objects.live(on=on).filter(commissioner=commissioner, organisation=OuterRef("pk"))
        held = Organisation.objects.filter(Exists(theirs), kind=Organisation.Kind.PROVIDER)
        self.register = Register([*held.select_related("category").order_by("pk"), commissioner])
        reviews = {review.pk for review in self.mine.values()}
        known = Recommendation.objects.filter(review__in=reviews)
        self.known = {(each.review_id, each.number): each for each in known}
        parts = RecommendationAction.objects.filter(recommendation__review__in=reviews).select_related("action")
        self.held = {(each.recommendation_id, each.organisation_id, plain(each.action.text)): each for each in parts}

    def outcomes(self) -> list[Outcome]:
        """One for each row."""
        self.seen: dict[tuple[Any, ...], str] = {}
        self.said: dict[tuple[str, str], str] = {}
        return [self._outcome(Line.of_json(line.as_json())) for line in self.lines]

    def _outcome(self, line: Line) -> Outcome:
        title = f"{line.get('review')} {line.get('number')}: {line.get('action')[:80]}"
        if line.problems:
            return Outcome(line, title, "rejected")
        review = self.mine.get(plain(line.get("review")))
        if review is None and plain(line.get("review")) not in self.new:
            line.refuse(COLUMNS, "review", "is no review that you are named on, and none that this file would make.")
        elif review is not None and review.closed_at is not None:
            line.refuse(COLUMNS, "review", "is closed. Nothing is added to it.")
        code = line.get("code").replace(" ", "").upper()
        organisation = self.register.find(name=line.get("provider"), code=code, location="", postcode="").certain
        if organisation is None:
            why = "is not one of your providers. Write the name as it stands in the register, or bring it in first."
            line.refuse(COLUMNS, "provider", why)
        if line.problems or organisation is None:
            return Outcome(line, title, "rejected")
        return self._compared(line, title, review, organisation)

    def _compared(self, line: Line, title: str, review: Review | None, organisation: Organisation) -> Outcome:
        number, reference = line.get("number"), plain(line.get("review"))
        known = self.known.get((review.pk, number)) if review else None
        text = known.text if known else self.said.setdefault((reference, number), line.get("recommendation"))
        if plain(text) != plain(line.get("recommendation")):
            line.refuse(COLUMNS, "recommendation", f"is not what recommendation {number} says elsewhere. Correct it.")
        key = (reference, number, organisation.pk, plain(line.get("action")))
        if key in self.seen:
            line.refuse(COLUMNS, "action", f"stands in {self.seen[key]} already. Take one of the two rows out.")
        self.seen.setdefault(key, line.where)
        held = self.held.get((known.pk, organisation.pk, key[3])) if known else None
        if held is not None and held.action.original_due_on.isoformat() != line.get("due_on"):
            why = f"is {held.action.original_due_on:%-d %B %Y} here. Change the date on the page of the action."
            line.refuse(COLUMNS, "due_on", why)
        if line.problems:
            return Outcome(line, title, "rejected")
        if held is not None:
            return Outcome(line, title, "unchanged")
        due = date.fromisoformat(line.get("due_on"))
        state = Action.State(line.get("state") or Action.State.OPEN)
        said = [
            Difference("Recommendation", "", f"{number}{'' if known else ', new'}"),
            Difference("Whose", "", str(organisation)), Difference("Target date", "", f"{due:%-d %B %Y}"),
            Difference("How far", "", str(state.label)),
        ]  # fmt: skip
        return Outcome(line, title, "new", said, wanted=Wanted(review, line, organisation))


def take(brought_in: Import, outcomes: Sequence[Outcome], made: Mapping[str, Review]) -> list[Trace]:
    """Keep the actions, each with its trace; ``made`` are the new reviews by their local reference. No letter."""
    by, at = brought_in.read_by, brought_in.read_at
    traces = []
    for each in outcomes:
        wanted: Wanted = each.wanted
        review = wanted.review or made[plain(wanted.line.get("review"))]
        recommendation = _recommendation(review, wanted.line, by=by, at=at)
        action = _action(review, wanted, by=by, at=at)
        RecommendationAction.objects.create(
            commissioner=review.commissioner, organisation=wanted.organisation, recommendation=recommendation,
            action=action, milestones=wanted.line.get("milestones"),
        )  # fmt: skip
        traces.append(Trace(brought_in=brought_in, action=action, made=True, version=1))
    return traces


def _recommendation(review: Review, line: Line, *, by: "User", at: "datetime") -> Recommendation:
    held = Recommendation.objects.filter(review=review, number=line.get("number")).first()
    if held is not None:
        return held
    made = Recommendation.objects.add(
        review, number=line.get("number"), text=line.get("recommendation"), by=by, at=at,
        addressed_to=line.get("addressed_to") or Recommendation.To.MULTI_AGENCY,
    )  # fmt: skip
    if line.get("answer") == Recommendation.Answer.ACCEPTED:
        made.give_answer(Recommendation.Answer.ACCEPTED, expected=made.version, by=by, at=at)
    return made


def _action(review: Review, wanted: Wanted, *, by: "User", at: "datetime") -> Action:
    line, due_on = wanted.line, date.fromisoformat(wanted.line.get("due_on"))
    made: Action = Action.objects.create(
        commissioner=review.commissioner, organisation=wanted.organisation, circle=review.circle, origin_kind="review",
        text=line.get("action"), due_on=due_on, original_due_on=due_on, owner_name=line.get("owner"),
        state=line.get("state") or Action.State.OPEN, level=line.get("level") or Action.Level.ORGANISATION,
        evidence_required=line.get("proof"), opened_by=by, opened_at=at,
    )  # fmt: skip
    return made


def take_back(brought_in: Import, *, why: str, by: "User", at: "datetime") -> None:
    """Close the actions that the import made, and take its recommendations out of use, as long as nobody has worked."""
    parts = RecommendationAction.objects.filter(action__in=brought_in.traces.exclude(action=None).values("action"))
    for part in parts.select_related("action", "recommendation__review"):
        part.action.close(Action.State.SUPERSEDED, why, by=by, at=at)
    ours = Recommendation.objects.filter(
        parts__in=parts, recorded_by=brought_in.read_by, recorded_at=brought_in.read_at, superseded_at=None
    )
    for each in ours.distinct().select_related("review"):
        each.supersede(why, expected=each.version, by=by, at=at)
