"""Open actions: the columns of the workbook, how rows are read, what taking them would do, and how they are kept.

They become actions with the origin "from your records". Nobody is told by letter: reminders begin when sending does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from accounts.models import Membership
from actions.models import Action
from design.workbooks import values
from design.workbooks.reading import Cell, Workbook
from design.workbooks.tables import Column
from design.workbooks.values import NotUnderstood, plain
from oversight.bringing.organisation_differences import LEAVE
from oversight.bringing.rows import Candidate, Difference, Line, NotTaken, Outcome, lines_of, tables_of
from oversight.bringing.same import Register
from oversight.models import Import, Trace
from providers.models import Arrangement, Organisation

if TYPE_CHECKING:
    from accounts.models import User

SHEET = "Actions"
ORIGIN, ORIGIN_IN_WORDS = "records", "From your records"
STATES = {"Not started": Action.State.OPEN, "Open": Action.State.OPEN, "In progress": Action.State.IN_PROGRESS,
          "Ongoing": Action.State.IN_PROGRESS, "On track": Action.State.IN_PROGRESS,
          "Overdue": Action.State.IN_PROGRESS, "Started": Action.State.IN_PROGRESS}  # fmt: skip
CLOSED = {"closed", "complete", "completed", "done", "implemented", "embedded", "superseded"}
SAID = ("Not started", "In progress")
COLUMNS = (
    Column("provider", "Provider", needed=True, width=34, aliases=("Organisation", "Name", "Practice")),
    Column("code", "ODS code", width=10, aliases=("ODS", "Code")),
    Column("text", "What will be done", "long", needed=True, width=60, aliases=("Action", "Description", "Text")),
    Column("due_on", "By when", "day", needed=True, width=14, aliases=("Due", "Due date", "Deadline", "Target date")),
    Column("owner", "Owner", width=24, aliases=("Lead", "Responsible", "By whom", "Who")),
    Column("origin", "Where it came from", width=28, aliases=("Origin", "Source", "Standard or criterion", "Standard")),
    Column("state", "How far", width=16, aliases=("Status", "State", "Progress"), choices=SAID),
    Column("proof", "What will prove it", width=28, aliases=("Evidence", "Evidence required")),
)


def read(workbook: Workbook) -> tuple[list[Line], list[str]]:
    """The rows of every sheet that holds actions, and the columns that nobody knows."""
    understood = {
        "text": lambda cell: values.text(cell, most=4000),
        "due_on": _iso_day,
        "owner": lambda cell: values.line(cell, most=150),
        "origin": lambda cell: values.line(cell, most=200),
        "proof": lambda cell: values.line(cell, most=300),
        "state": _state,
    }
    found, left_out = [], []
    for table in tables_of(workbook, COLUMNS):
        left_out += table.unknown
        for line in lines_of(table, understood):
            for key in ("provider", "text", "due_on"):
                if not line.values.get(key) and not line.is_refused(key):
                    line.refuse(COLUMNS, key, "is empty. Fill it in.")
            found.append(line)
    if not found:
        raise NotTaken("There is no row below the headings. Fill in at least one, save, and choose the file again.")
    return found, left_out


def _iso_day(cell: Cell) -> str | None:
    day = values.day(cell)
    return day.isoformat() if day else None


def _state(cell: Cell) -> str:
    if values.line(cell).casefold() in CLOSED:
        raise NotUnderstood("is closed. Only open actions are brought in.")
    return str(values.choice(cell, STATES) or Action.State.OPEN)


@dataclass
class Wanted:
    """One action to be kept."""

    organisation: Organisation
    fields: dict[str, Any]


class Comparison:
    """The commissioner's providers, their open actions and people: three queries for any number of rows."""

    def __init__(self, lines: Sequence[Line], commissioner: Organisation, user: "User", on: date) -> None:
        self.lines = lines
        theirs = Arrangement.objects.live(on=on).filter(commissioner=commissioner, organisation=OuterRef("pk"))
        held = Organisation.objects.filter(Exists(theirs), kind=Organisation.Kind.PROVIDER)
        self.register = Register(held.select_related("category").order_by("pk"))
        known = [each.pk for each in self.register.known]
        open_ = Action.objects.open().filter(commissioner=commissioner, organisation__in=known, circle=None)
        self.held = {(pk, plain(text)) for pk, text in open_.values_list("organisation_id", "text")}
        people = Membership.objects.live(on=on).filter(organisation__in=known).select_related("user")
        self.people = {(each.organisation_id, plain(each.user.name)): each.user for each in people}

    def outcomes(self, choices: Mapping[str, str]) -> list[Outcome]:
        """One for each row; the same action twice in a file is taken once."""
        seen: dict[tuple[int, str], str] = {}
        return [self._outcome(line, choices, seen) for line in self.lines]

    def _outcome(self, line: Line, choices: Mapping[str, str], seen: dict[tuple[int, str], str]) -> Outcome:
        line = Line.of_json(line.as_json())
        title = f"{line.get('provider') or 'No provider'}: {line.get('text')[:80] or 'nothing'}"
        if line.problems:
            return Outcome(line, title, "rejected")
        question = f"provider:{line.get('provider')}:{line.get('code')}"
        code = line.get("code").replace(" ", "").upper()
        same = self.register.find(name=line.get("provider"), code=code, location="", postcode="")
        target = same.certain
        candidates = [Candidate(each.reference, str(each), may_be_new=False) for each in same.likely]
        if target is None and candidates:
            choice = choices.get(question, "")
            target = next((each for each in same.likely if each.reference == choice), None)
            if target is None:
                state = "left" if choice == LEAVE else "asked"
                return Outcome(line, title, state, candidates=candidates, question=question)
        if target is None:
            line.refuse(COLUMNS, "provider", "is not one of your providers. Bring in the organisation first.")
            return Outcome(line, title, "rejected")
        return self._compared(line, title, target, seen)

    def _compared(self, line: Line, title: str, target: Organisation, seen: dict[tuple[int, str], str]) -> Outcome:
        text = line.get("text")
        if line.get("origin"):
            text = f"{text}\n\nFrom: {line.get('origin')}"
        key = (target.pk, plain(text))
        if key in self.held:
            return Outcome(line, title, "unchanged")
        if key in seen:
            line.refuse(COLUMNS, "text", f"stands in {seen[key]} already. Take one of the two rows out.")
            return Outcome(line, title, "rejected")
        seen[key] = line.where
        owner = self.people.get((target.pk, plain(line.get("owner")))) if line.get("owner") else None
        due_on, state = date.fromisoformat(line.get("due_on")), line.get("state") or Action.State.OPEN
        fields = {
            "text": text, "due_on": due_on, "original_due_on": due_on, "owner": owner, "state": state,
            "owner_name": "" if owner else line.get("owner"), "evidence_required": line.get("proof"),
        }  # fmt: skip
        said = [Difference("By when", "", f"{due_on:%-d %B %Y}"), Difference("How far", "", Action.State(state).label)]
        if line.get("owner"):
            account = " (has an account)" if owner else " (no account)"
            said.append(Difference("Owner", "", f"{line.get('owner')}{account}"))
        return Outcome(line, f"{target}: {line.get('text')[:80]}", "new", said, wanted=Wanted(target, fields))


def take(brought_in: Import, outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Keep the new actions, each with its trace. No letter is written."""
    wanted: list[Wanted] = [each.wanted for each in outcomes if each.state == "new"]
    made = Action.objects.bulk_create(
        Action(
            commissioner=brought_in.commissioner, organisation=each.organisation, origin_kind=ORIGIN,
            opened_by=brought_in.read_by, opened_at=brought_in.read_at, **each.fields,
        )
        for each in wanted
    )  # fmt: skip
    Trace.objects.bulk_create(Trace(brought_in=brought_in, action=each, made=True, version=1) for each in made)
    return {"new": len(made)}
