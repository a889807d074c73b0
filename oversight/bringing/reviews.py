"""The register of reviews as staff keep it: columns in the order of the national tracker, and how its rows are read."""

from collections.abc import Callable, Mapping
from datetime import date

from design.workbooks import values
from design.workbooks.reading import Cell, Workbook
from design.workbooks.tables import Column, Table
from oversight.bringing import review_plans
from oversight.bringing.rows import Line, NotTaken, lines_of, tables_of
from reviews.kinds import KINDS, STAGES

SHEET = "Reviews"
YES_NO = ("yes", "no")
COLUMNS = (
    Column("pseudonym", "Basic case details", needed=True, width=24, aliases=("Pseudonym",)),
    Column("steis_number", "StEIS number", width=14, aliases=("StEIS",)),
    Column("local_reference", "Local reference", width=18, aliases=("Reference",)),
    Column("status", "Status", width=10, choices=("Open", "Closed")),
    Column("referred_on", "Date added", "day", needed=True, width=14, aliases=("Date of referral", "Referred on")),
    Column("designated", "Designated professional", width=26),
    Column("board", "Safeguarding partnership or board", width=40, aliases=("Board", "Partnership")),
    Column("identifier", "Identifier type", width=16),
    *(Column(f"theme_{n}", f"Theme {n}", width=30) for n in (1, 2, 3)),
    Column("kind", "Type of review", needed=True, width=40, aliases=("Kind of review", "Type", "Kind")),
    Column("converted", "Converted", width=10, choices=YES_NO),
    Column("stage", "Stage", width=24, choices=tuple(STAGES.values())),
    Column("locality", "Locality", width=20),
    Column("published", "Published on", "day", width=14),
    Column("link", "Link to the report", width=40, aliases=("Link",)),
    Column("embargo_until", "Embargo until", "day", width=14),
    Column("people", "Second person (e-mail)", width=34, aliases=("Second person", "Who else may know")),
    Column("board_name", "Board outside the area", width=30),
    Column("incident", "Incident on", "day", width=14, aliases=("Date of incident", "Date of death")),
    Column("notified", "Notified on", "day", width=14, aliases=("Date notified",)),
    Column("decided", "Decided on", "day", width=14, aliases=("Date of decision",)),
    Column("commissioned", "Commissioned on", "day", width=14),
    Column("report_complete", "Report complete on", "day", width=14),
)
# In the order in which they happen; each is an event of the review.
DAYS = ("incident", "notified", "decided", "commissioned", "report_complete", "published")
HEADINGS = {column.key: column.heading for column in COLUMNS}


def read(workbook: Workbook, *, on: date) -> tuple[list[Line], list[str]]:
    """The rows of every sheet that holds reviews or plans, and the columns that nobody knows."""
    found, left_out = review_plans.read(workbook)
    for table in _tables(workbook, needed=not found):
        left_out += table.unknown
        found += [_checked(line, on) for line in lines_of(table, _understood())]
    if not found:
        raise NotTaken("There is no row below the headings. Fill in at least one, save, and choose the file again.")
    return found, left_out


def _tables(workbook: Workbook, *, needed: bool) -> list[Table]:
    """The sheets of reviews; there need not be one in a workbook of plans."""
    try:
        return tables_of(workbook, COLUMNS)
    except NotTaken:
        if needed:
            raise
        return []


def _understood() -> dict[str, Callable[[Cell], object]]:
    kinds = {kind.short: code for code, kind in KINDS.items()} | {kind.label: code for code, kind in KINDS.items()}
    stages = {words: code for code, words in STAGES.items()}
    longest = {"pseudonym": 60, "local_reference": 60, "locality": 100, "board_name": 150, "steis_number": 12}
    return {
        **{key: _line(most) for key, most in longest.items()},
        **dict.fromkeys(("referred_on", "embargo_until", *DAYS), _iso_day),
        "kind": _choice(kinds), "stage": _choice(stages), "status": _choice({"Open": "open", "Closed": "closed"}),
        "link": _line(200),
    }  # fmt: skip


def _line(most: int) -> Callable[[Cell], str]:
    return lambda cell: values.line(cell, most=most)


def _choice(options: Mapping[str, str]) -> Callable[[Cell], object]:
    return lambda cell: values.choice(cell, options)


def _iso_day(cell: Cell) -> str | None:
    day = values.day(cell)
    return day.isoformat() if day else None


def day_of(line: Line, key: str) -> date | None:
    """A day of the row."""
    return date.fromisoformat(line.get(key)) if line.get(key) else None


def _checked(line: Line, on: date) -> Line:
    """What needs nothing but the row: what is empty, a kind that there was not, days out of order, the stage."""
    for column in COLUMNS:
        if column.needed and not line.get(column.key) and not line.is_refused(column.key):
            line.refuse(COLUMNS, column.key, "is empty. Fill it in.")
    if line.problems:
        return line
    kind, referred = KINDS[line.get("kind")], day_of(line, "referred_on")
    if referred and not kind.may_begin(referred):
        line.refuse(COLUMNS, "kind", f"did not exist on {referred:%-d %B %Y}. Check the kind, or the date added.")
    _days(line, on)
    if not line.get("stage"):
        line.values["stage"] = _reached(line)
    _stage(line)
    return line


def _days(line: Line, on: date) -> None:
    """None ahead, and none before what happens earlier."""
    before: tuple[str, date] | None = None
    for key in ("referred_on", *DAYS):
        day = day_of(line, key)
        if day is not None and day > on:
            line.refuse(COLUMNS, key, f"is {day:%-d %B %Y}, which has not come.")
        elif day is not None and key != "referred_on":
            if before is not None and day < before[1]:
                why = f"is before “{HEADINGS[before[0]]}” on {before[1]:%-d %B %Y}. Check both days."
                line.refuse(COLUMNS, key, why)
            before = key, day
    began, referred = day_of(line, "incident"), day_of(line, "referred_on")
    if began and referred and referred < began:
        line.refuse(COLUMNS, "referred_on", f"is before “Incident on” on {began:%-d %B %Y}. Check both days.")


def _reached(line: Line) -> str:
    """The stage of a row that names none, from its days."""
    stages = KINDS[line.get("kind")].stages
    if line.get("status") == "closed" or line.get("published"):
        return "published" if "published" in stages else "closed"
    reached = {"report_complete": "board", "commissioned": "commissioned", "decided": "decided", "notified": "scoping"}
    return next((stage for key, stage in reached.items() if line.get(key) and stage in stages), stages[0])


def _stage(line: Line) -> None:
    """A stage of its kind, that the status and the day of publication do not contradict."""
    kind, stage = KINDS[line.get("kind")], line.get("stage")
    if stage not in kind.stages:
        line.refuse(COLUMNS, "stage", f"is no stage of a {kind.label}. Choose one of: {_stages(kind.stages)}.")
        return
    order = list(STAGES)
    past = order.index(stage) >= order.index("published")
    if line.get("status") and past is not (line.get("status") == "closed"):
        why = f"contradicts the stage “{STAGES[stage]}”: closed is what is published, embargoed or signed off."
        line.refuse(COLUMNS, "status", why)
    if line.get("published") and not past:
        why = f"is filled in, though the stage is “{STAGES[stage]}”. Correct one of the two."
        line.refuse(COLUMNS, "published", why)


def _stages(stages: tuple[str, ...]) -> str:
    return ", ".join(STAGES[stage] for stage in stages)
