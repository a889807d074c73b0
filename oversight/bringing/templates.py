"""The empty workbooks: the same columns that read them back, drop-downs, and what to write where."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from design.calendar import FinancialYear, Quarter
from design.workbooks.tables import Column
from design.workbooks.writing import Book, Notes, Table, workbook_bytes
from oversight.bringing import actions, figures, grades, organisations, review_plans, reviews
from oversight.bringing.process import About, stamp
from oversight.models import Import
from providers.models import Organisation
from reviews.kinds import KINDS
from reviews.models import ReviewTheme
from reviews.models.reviews import THEMES
from training.measured import lines_in_force
from training.models import Line as Measured

ROWS, QUARTERS = 300, 4
KEEP = "Nothing is saved before you have seen what the file would do, and nobody gets a mail."
NOTES = {
    Import.Kind.ORGANISATIONS: (
        "Organisations and contacts",
        "One row for each organisation. Name and category are needed; everything else may be left empty.",
        "Your own spreadsheet will do as well: columns may stand in any order, and titles above the headings are fine. "
        "Columns that are not known here are named and left out.",
        "Without a contract the usual one of the category is taken, with you as lead, since 1 April of this year.",
        "Several sites go into one cell with ; between them.",
        KEEP,
    ),
    Import.Kind.GRADES: (
        "Grades of past years",
        "One row for each provider and year, with a column for each standard. Columns for criteria (1.1, 1.2 …) may "
        "stand beside them or instead. For another year copy the rows and change it, or name a sheet after the year.",
        "A row for each grade is understood as well: Provider, Year, Standard or criterion, Grade.",
        "Grades in the words of the standards, as letters or as traffic lights (green, amber, red).",
        "They are shown as entered from your records, not validated here.",
        KEEP,
    ),
    Import.Kind.ACTIONS: (
        "Open actions",
        "One row for each action that is open: provider, what will be done, and by when are needed.",
        "An owner who has an account here under the same name gets the action; another name is kept as it is written.",
        "Only open actions are brought in. A date that has passed stays as it is and counts as overdue.",
        KEEP,
    ),
    Import.Kind.FIGURES: (
        "Figures of past quarters",
        "One row for each provider, period and line: who, which quarter (Q1 2017-18), which line, of how many, and how "
        "many. For your own staff write your own name.",
        "Counts only, never per cents: 85 of 100, not 85 % and not 0.85. A line that is a count has no Eligible.",
        "Take rows of totals out: everything here adds up by itself.",
        "All rows of a provider and a quarter are taken together or not at all, so that no line is lost.",
        "They are shown as from your records. A return that was submitted is never written over.",
        KEEP,
    ),
    Import.Kind.REVIEWS: (
        "Reviews",
        "One row for each review. Basic case details (the pseudonym that the board uses, never a name), date added and "
        "type of review are needed, and for a new review the e-mail of a second person: you and they are on its list.",
        "Several people go into one cell with ; between them. Each has an account here and a role that reads reviews.",
        "Days of what happened begin the clocks. Kind, stage and days of a review that is here already are changed on "
        "its page, never by a file.",
        "An empty cell says nothing: what is held stays.",
        "Open plans go into the second sheet, a row for each organisation’s action, with the local reference of a "
        "review of the first sheet or of one that you are named on.",
        KEEP,
    ),
}


def empty(about: About, *, at: datetime) -> bytes:
    """The workbook to fill in, known by its stamp when it comes back."""
    lines = NOTES[Import.Kind(about.kind)]
    sheets: list[Table | Notes] = [SHEETS[about.kind](about), Notes("How to fill it in", lines)]
    if about.kind == Import.Kind.REVIEWS:
        sheets.insert(1, _plans(about))
    book = Book(lines[0], sheets, at, stamp=stamp(about))
    return workbook_bytes(book)


def _organisations(about: About) -> Table:
    return Table(organisations.SHEET, organisations.columns(), [{}] * ROWS)


def _grades(about: About) -> Table:
    """A row for each provider, for the last complete year."""
    scheme = about.scheme
    labels = tuple(grade.label for grade in scheme.grades.grades)
    levels = tuple(grade.label for grade in scheme.levels.grades)
    fixed = [replace(each, choices=levels) if each.key == "level" else each for each in grades.COLUMNS[:5]]
    standards = [Column(number, number, width=16, choices=labels) for number in scheme.standards]
    year = FinancialYear.last_complete(about.on).slug
    rows = [
        {"provider": each.name, "code": each.code, "reference": each.reference, "year": year}
        for each in Organisation.objects.commissioned_by(about.commissioner, on=about.on).order_by("name")
    ]
    return Table(grades.SHEET, [*fixed, *standards], rows or [{}] * ROWS)


def _actions(about: About) -> Table:
    names = tuple(Organisation.objects.commissioned_by(about.commissioner, on=about.on).values_list("name", flat=True))
    columns = [replace(each, choices=names) if each.key == "provider" else each for each in actions.COLUMNS]
    return Table(actions.SHEET, columns, [{}] * ROWS)


def _figures(about: About) -> Table:
    """With the providers, the last four quarters and the lines to choose from."""
    last, periods = Quarter.last_complete(about.on), []
    for _ in range(QUARTERS):
        periods.append(last.label)
        last = last.previous
    held = Organisation.objects.commissioned_by(about.commissioner, on=about.on).order_by("name")
    lines = lines_in_force(about.commissioner, on=about.on, timing=Measured.Timing.QUARTER)
    offered = {
        "provider": (*held.values_list("name", flat=True), about.commissioner.name),
        "period": tuple(periods[::-1]),
        "line": tuple(line.name for line in lines if line.form != Measured.Form.MILESTONE),
    }
    columns = [replace(each, choices=offered.get(each.key, each.choices)) for each in figures.COLUMNS]
    return Table(figures.SHEET, columns, [{}] * ROWS)


def _reviews(about: About) -> Table:
    boards = Organisation.objects.filter(kind=Organisation.Kind.BOARD, partnerships__commissioner=about.commissioner)
    themes = tuple(theme.label for theme in ReviewTheme.objects.worded_for(about.commissioner, about.on))
    offered = {
        "board": tuple(boards.order_by("name").distinct().values_list("name", flat=True)),
        "kind": tuple(kind.label for kind in KINDS.values()),
        **dict.fromkeys(THEMES, themes),
    }
    columns = [replace(each, choices=offered.get(each.key, each.choices)) for each in reviews.COLUMNS]
    return Table(reviews.SHEET, columns, [{}] * ROWS)


def _plans(about: About) -> Table:
    """The second sheet of the workbook of reviews."""
    names = tuple(Organisation.objects.commissioned_by(about.commissioner, on=about.on).values_list("name", flat=True))
    columns = [replace(each, choices=names) if each.key == "provider" else each for each in review_plans.COLUMNS]
    return Table(review_plans.SHEET, columns, [{}] * ROWS)


SHEETS: dict[str, Callable[[About], Table]] = {
    Import.Kind.ORGANISATIONS: _organisations,
    Import.Kind.GRADES: _grades,
    Import.Kind.ACTIONS: _actions,
    Import.Kind.REVIEWS: _reviews,
    Import.Kind.FIGURES: _figures,
}
