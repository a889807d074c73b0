"""What the sheets of a year hold, column by column: key, heading, meaning, unit, allowed values and where it is from.

To add a column, add a line here and its value to the row in ``rows``; the data dictionary follows by itself.
"""

from dataclasses import dataclass

from accounts.models.memberships import Strand
from actions.models import Action
from assurance.models import LevelResult, Rating, SelfAssessment, StandardResult
from assurance.standing import LEVELS, STANDINGS
from chasing.models import Chase
from design.workbooks.tables import Column
from evidence.models import EvidenceItem
from training.arithmetic import State
from training.models import AskedLine, FigureSubmission, Line

YES_NO = "Yes or No"
DAY = "a day, London time"


@dataclass(frozen=True)
class Field(Column):
    """A column with everything that its reader has to know. ``meaning`` comes from the column itself."""

    unit: str = ""
    allowed: str = ""
    source: str = ""


@dataclass(frozen=True)
class Sheet:
    """One kind of row: ``of`` says what a row is, ``within`` which rows there are."""

    key: str
    name: str
    of: str
    fields: tuple[Field, ...]


def words(*labels: object) -> str:
    """Allowed values, one after the other."""
    return "; ".join(str(label) for label in labels)


def _reference(key: str, heading: str, of: str) -> Field:
    return Field(key, heading, width=14, meaning=f"The reference of {of}. It never changes.", unit="text",
                 allowed="Ten letters and digits", source="The portal")  # fmt: skip


def _count(key: str, heading: str, meaning: str, unit: str = "criteria") -> Field:
    return Field(key, heading, kind="number", width=12, meaning=meaning, unit=unit, allowed="0 or more",
                 source="Counted by the portal")  # fmt: skip


def _day(key: str, heading: str, meaning: str, source: str = "The portal") -> Field:
    return Field(key, heading, kind="day", width=14, meaning=meaning, unit=DAY, allowed="A day, or empty",
                 source=source)  # fmt: skip


def _word(
    key: str, heading: str, meaning: str, allowed: str = "", source: str = "The portal", width: int = 24
) -> Field:
    return Field(key, heading, width=width, meaning=meaning, unit="text", allowed=allowed or "Any words", source=source)


ORGANISATION = _reference("organisation", "Organisation", "the organisation")
RETURN = _reference("return", "Return", "the return")

ORGANISATIONS = Sheet("organisations", "Organisations", "one provider that was on the register or was asked", (
    ORGANISATION,
    _word("name", "Name", "Its name today.", source="The register", width=40),
    _word("category", "Category", "The kind of provider.", source="The register"),
    _word("code", "ODS code", "The organisation code, where it has one.", "Three to nine letters and digits, or empty",
          "The register"),
    _word("postcode", "Postcode", "Of its main address.", source="The register"),
    _word("contract", "Contract", "The form of the commissioner's running lead contract.", source="The register"),
    _word("registered", "On the register", "Led by this commissioner on the day of the export.", YES_NO),
    _word("closed", "Closed", "Closed on the day of the export.", YES_NO, "The register"),
))  # fmt: skip

RETURNS = Sheet("returns", "Returns", "one return that was asked for in the year", (
    RETURN, ORGANISATION,
    _word("round", "Round", "The round in which it was asked for.", width=40),
    _word("tier", "Standards", "Which set of standards it was asked.", source="The round"),
    _word("counts", "Counts", "Is it the one that counts for its provider in the overview?", YES_NO),
    _word("standing", "Where it stands", "As in the overview on the day of the export.",
          words(*(each.words for each in STANDINGS)), width=32),
    _word("state", "State", "The state of the return itself.", words(*SelfAssessment.State.labels)),
    _day("first_due", "First due", "The date that it was asked for by; nothing moves it.", "The round"),
    _day("due", "Due", "The date that holds after extensions."),
    _count("moves", "Times moved", "How often its date was agreed anew.", "times"),
    _day("received", "Received", "When it first came. Empty: no return received.", "The provider"),
    _word("on_time_first", "On time, first date", "Did it come by the date first set? Empty while it has not come.",
          f"{YES_NO}, or empty"),
    _word("on_time_agreed", "On time, agreed date", "Did it come by the date agreed before it came?",
          f"{YES_NO}, or empty"),
    _day("validated", "Validated", "When the last strand was signed off."),
))  # fmt: skip

GRADES = Sheet("grades", "Grades", "one grade of one criterion of one return on one basis", (
    RETURN, ORGANISATION,
    Field("standard", "Standard", kind="number", width=10, meaning="The number of the standard.", unit="number",
          allowed="1 and up", source="The framework"),
    _word("criterion", "Criterion", "Its number in the framework, as text.", "For example 1.10", "The framework", 12),
    _word("critical", "Critical", "Does a level depend on this criterion alone?", YES_NO, "The framework"),
    _word("basis", "Basis", "How the grade is known. Own grades are of what was submitted; the others are of "
          "validated returns only.", words(*Rating.Basis.labels), width=32),
    _word("grade", "Grade", "The grade in the words of the grading scheme.", "The grades of the round's scheme"),
    _day("on", "On", "The day of the grade."),
))  # fmt: skip

STANDARDS = Sheet("standards", "Standards", "one standard of one return on one basis, counted", (
    RETURN, ORGANISATION,
    Field("standard", "Standard", kind="number", width=10, meaning="The number of the standard.", unit="number",
          allowed="1 and up", source="The framework"),
    _word("title", "Title", "The title of the standard.", source="The framework", width=40),
    _word("basis", "Basis", "The provider's own word, or after validation.", words(*StandardResult.Basis.labels)),
    _count("met", "Met", "Criteria met."), _count("partly", "Partly met", "Criteria partly met."),
    _count("not_met", "Not met", "Criteria not met."),
    _count("not_applicable", "Not applicable", "Criteria that do not apply; they are in no share."),
    _count("unanswered", "Unanswered", "Criteria without an answer; they count as not met in the share."),
    _count("applicable", "Applicable", "Met, partly, not met and unanswered together: what the share is of."),
    Field("share", "Share met", kind="percent", width=12, meaning="Met divided by applicable. Empty when none applies.",
          unit="share of 1", allowed="0 to 1, or empty", source="Counted by the portal"),
    _count("reviewed", "Evidence reviewed", "Criteria of which evidence was reviewed or seen on a visit."),
))  # fmt: skip

LEVEL_ROWS = Sheet("levels", "Levels", "one level of one validated return, overall or of a strand", (
    RETURN, ORGANISATION,
    _word("strand", "Strand", "Whose level it is.", words("Overall", *Strand.labels)),
    _word("level", "Level", "The level that holds.", words(*LEVELS)),
    _word("computed", "By the rules", "What the floor rules gave; it differs where a person judged otherwise.",
          words(*LEVELS)),
    _word("judged", "Judged otherwise", "Did a person decide another level than the rules gave?", YES_NO),
    _word("reasons", "Reasons", "Why the rules gave this level, as printed.", source="The floor rules", width=60),
    _count("reviewed", "Evidence reviewed", "Criteria of which evidence was reviewed."),
    _count("asked", "Asked", "Criteria that were asked."),
    _day("decided", "Since", "Since when the level is what it is."),
))  # fmt: skip

ACTIONS = Sheet("actions", "Actions", "one action that was open at some time of the year", (
    _reference("action", "Action", "the action"), ORGANISATION,
    _word("origin", "Where it arose", "What it was opened for."),
    _word("level", "Level", "Whom it concerns.", words(*Action.Level.labels)),
    _word("state", "State", "On the day of the export. Implemented means verified by another person than its owner.",
          words(*Action.State.labels), width=32),
    _day("opened", "Opened", "When it was opened."),
    _day("first_due", "First due", "The date that was promised first; nothing moves it."),
    _day("due", "Due", "The date that holds."),
    _count("moves", "Times moved", "How often its date was moved.", "times"),
    _day("settled", "Closed", "When it was verified or closed otherwise. Empty while it is open."),
))  # fmt: skip

REMINDERS = Sheet("reminders", "Reminders", "a count of decisions about reminders in the year", (
    ORGANISATION,
    _word("kind", "About", "What kind of thing was due."),
    _word("outcome", "Outcome", "What was decided.", words(*Chase.Outcome.labels), width=28),
    _word("by_hand", "By hand", "Sent by a person, outside the steps.", YES_NO),
    _count("n", "Number", "How many.", "decisions"),
))  # fmt: skip

EVIDENCE = Sheet("evidence", "Evidence", "one item of the library, without its title or file", (
    _reference("item", "Item", "the item of evidence"), ORGANISATION,
    _word("kind", "Kind", "What is kept.", words(*EvidenceItem.Kind.labels)),
    _word("type", "Type", "The type of the newest file.", "A type of file, or empty"),
    _count("versions", "Versions", "How many versions there are of the file.", "versions"),
    _day("added", "Added", "When it was added."),
    _day("valid_until", "Holds until", "Until when it holds. Empty: nobody has said.", "The provider"),
    _word("scan", "Virus scan", "Of the newest file.", "A state of the scanner, or empty"),
    _day("withdrawn", "Withdrawn", "When it was taken back."),
))  # fmt: skip

FIGURES = Sheet("figures", "Figures", "one line of training or indicators of one organisation for one period", (
    _reference("return", "Figures return", "the figures return"), ORGANISATION,
    _word("period", "Period", "The quarter or month.", "For example Q1 2017-18, or April 2017", "The period", 14),
    _day("as_at", "As at", "The last day of the period.", "The period"),
    _word("code", "Line", "The code of the line. It never changes.", "Letters, digits and dashes", "What is measured"),
    _word("line", "Name", "The name of the line as it was asked.", source="What is measured", width=40),
    _word("form", "Form", "What kind of number it is.", words(*Line.Form.labels), "What is measured"),
    _word("answer", "Answer", "Figures, nothing to declare, or does not apply.", words(*AskedLine.Answer.labels),
          "The organisation"),
    _count("n", "Counted", "How many were counted; of a milestone 1 when it is reached.", "as the line says"),
    _count("d", "Of", "Of how many. Empty for a count and a milestone; 0 means that there was nobody.",
           "as the line says"),
    Field("threshold", "Threshold", kind="number", width=12, meaning="What it was held to, of the day of issue.",
          unit="per cent of a share, else the line's own", allowed="0 or more, or empty", source="What is measured"),
    _word("state", "State", "How it stands to the threshold, compared unrounded.",
          words(*(state.words for state in State)), "Counted by the portal"),
    _day("known", "Known since", "When it was submitted, or corrected last."),
    _word("how", "Arrived", "How it arrived.", words(*FigureSubmission.Channel.labels)),
))  # fmt: skip

SHEETS = (ORGANISATIONS, RETURNS, GRADES, STANDARDS, LEVEL_ROWS, ACTIONS, REMINDERS, EVIDENCE, FIGURES)
OVERALL = {LevelResult.OVERALL: "Overall", **dict(Strand.choices)}

DICTIONARY = (
    Column("sheet", "Sheet", width=16), Column("column", "Column", width=22), Column("meaning", "Meaning", width=60),
    Column("unit", "Unit", width=18), Column("allowed", "Allowed values", width=60),
    Column("source", "Source", width=24),
)  # fmt: skip


def dictionary() -> list[dict[str, str]]:
    """One row for each column of each sheet, and a first one that says what a row of the sheet is."""
    found = []
    for sheet in SHEETS:
        found.append({"sheet": sheet.name, "column": "(one row)", "meaning": f"Each row is {sheet.of}."})
        found += [
            {
                "sheet": sheet.name, "column": each.heading, "meaning": each.meaning, "unit": each.unit,
                "allowed": each.allowed, "source": each.source,
            }
            for each in sheet.fields
        ]  # fmt: skip
    return found
