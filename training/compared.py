"""One row of a figures file beside what is there: what would change, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from design.workbooks.compared import Change, Outcome
from design.workbooks.values import same_words
from training.boxes import EVERYBODY
from training.remarks import Place
from training.spreadsheets import CHOICES, NUMBERS
from training.spreadsheets_read import place_of

WORDS = {
    "headcount": "In post", "denominator": "Of how many", "numerator": "How many", "reached_on": "Reached on",
    "answer": "What you have", "reason": "Why", "source": "Where the figures come from", "narrative": "Comment",
    "area": "Host area", "count": "Children", "assurance": "Assurance from the host area",
    "held_on": "Assurance dated",
}  # fmt: skip


@dataclass
class Compared:
    """One row of the file beside its box."""

    number: int
    row: dict[str, Any]
    box: Place | None
    outcome: Outcome
    words: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where the row stands, as a person finds it."""
        return place_of(self.row)

    @property
    def name(self) -> str:
        """The line, and the group where there is one."""
        group = self.row["group"]
        return self.row["line"] + (f", {group}" if group and group != EVERYBODY else "")

    @property
    def then(self) -> dict[str, Any]:
        """What would be there once the row is taken: an empty cell leaves what is."""
        return {**(self.box.now if self.box else {}), **self.row["values"]}

    @property
    def shown(self) -> list[Change]:
        """The changes as a page lists them: the numbers of one box in one piece."""
        numbers = [change for change in self.changes if change.key in NUMBERS]
        if len(numbers) < 2 or self.box is None:
            return self.changes
        cells = ", ".join(change.cell for change in numbers)
        whole = Change("Figures", cells, counted(self.box.now), counted(self.then))
        return [whole, *(change for change in self.changes if change not in numbers)]

    @property
    def cell(self) -> str:
        """Where something is said about the row as a whole."""
        return next((change.cell for change in self.changes if change.cell), self.place)

    def reject(self, words: str, cell: str = "") -> None:
        """It cannot be taken after all."""
        self.outcome, self.words = Outcome.REJECTED, f"{cell or self.cell}: {words}"

    @property
    def key(self) -> str:
        """How a tick box names it."""
        return str(self.number)


def counted(values: Mapping[str, Any]) -> str:
    """ "4 of 5, 12 in post"; a number that is not there yet is a gap."""
    post, of, count = (shown_as(name, values.get(name)) for name in NUMBERS)
    said = f"{count or '…'} of {of or '…'}" if count or of else ""
    return ", ".join(part for part in (said, f"{post} in post" if post else "") if part)


def shown_as(name: str, value: Any) -> str:
    """A value of a place as the page shows it; days of a file are text."""
    if name in CHOICES:
        return CHOICES[name].get(value, "")
    if isinstance(value, int):
        return f"{value:,}"
    if name in ("reached_on", "held_on") and value:
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return f"{day:%-d %B %Y}"
    return same_words(value) if value else ""


def day_of(value: Any) -> date | None:
    """A day; of a file it is text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def host_then(row: Compared) -> dict[str, Any]:
    """A host area once its row is taken. Assurance that is no longer held has no day."""
    then = row.then
    if "assurance" in row.row["values"] and "held_on" not in row.row["values"] and then["assurance"] != "held":
        then["held_on"] = None
    return then | {"held_on": day_of(then["held_on"])}
