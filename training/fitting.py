"""What of a file does not fit together within its line, with what is online: rejected beside its cell.

The same rules stand on the page of the grid (``training.forms.writing``): an answer in place of figures has its reason
and no figures, and a host area is whole.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from design.workbooks.compared import Outcome
from training.boxes import Box
from training.compared import Compared, host_then
from training.models import AskedLine, HostCount
from training.remarks import HOST, SAID, Place, said_now
from training.spreadsheets import BOXES

FIGURES = AskedLine.Answer.FIGURES


def refuse_what_does_not_fit(rows: Sequence[Compared], places: Iterable[Place]) -> None:
    """Look at every line of which a row would change something."""
    held = {place.asked.pk for place in places if isinstance(place, Box) and _holds(place.now)}
    lines: dict[int, list[Compared]] = {}
    for row in rows:
        if row.box is not None and row.changes:
            lines.setdefault(row.box.asked.pk, []).append(row)
    for some in lines.values():
        asked: AskedLine = some[0].box.asked  # type: ignore[union-attr]
        _refuse_hosts([row for row in some if row.row["kind"] == HOST], asked)
        _refuse_answer(some, asked, held)


def _holds(now: Any) -> bool:
    return any(now[name] is not None for name in BOXES)


def _refuse_answer(rows: Sequence[Compared], asked: AskedLine, held: set[int]) -> None:
    """An answer in place of figures has its reason, and there are no figures."""
    said = next((row for row in rows if row.row["kind"] == SAID), None)
    figures = [row for row in rows if row is not said and row.changes and row.outcome != Outcome.REJECTED]
    then = said.then if said else said_now(asked)
    if then["answer"] == FIGURES:
        if said is not None and said.row["values"].get("reason"):
            words = (
                "Says why there are no figures, and the answer is “Figures”. Choose another answer, or empty the cell."
            )
            said.reject(words, said.row["cells"]["reason"])
        return
    called = AskedLine.Answer(then["answer"]).label
    if said is not None and not then["reason"].strip():
        said.reject(f"It says “{called}”. Say why as well.", said.row["cells"]["reason"])
    elif said is not None and (asked.pk in held or (asked.line.by_host and asked.hosts.all())):
        said.reject(f"It says “{called}”, and there are figures online. Take them away there first.")
    elif figures and said is not None:
        said.reject(f"It says “{called}”, and the file has figures for this line. Remove one of the two.")
    for row in figures:
        row.reject(f"The line says “{called}”. Change that first, or take the figures out.")


def _refuse_hosts(rows: Sequence[Compared], asked: AskedLine) -> None:
    """A host area has its count and whether there is assurance, with its day where there is; none stands twice."""
    online = {each.area.casefold() for each in asked.hosts.all()} if rows else set()
    for row in rows:
        then, cells = host_then(row), row.row["cells"]
        if not then["area"]:
            row.reject("Enter the host area.", cells["area"])
        elif then["count"] is None:
            row.reject("Enter how many children.", cells["count"])
        elif not then["assurance"]:
            row.reject("Choose whether the host area has given assurance.", cells["assurance"])
        elif (then["assurance"] == HostCount.Assurance.HELD) != bool(then["held_on"]):
            row.reject("Enter the day where assurance was received, and only there.", cells["held_on"])
        elif _stands_twice(row, rows, online):
            row.reject(f"{then['area']} is there twice.", cells["area"])


def _stands_twice(row: Compared, rows: Sequence[Compared], online: set[str]) -> bool:
    """Does another row, or an area online that no row renames, have this name?"""
    renamed = {_area(each) for each in rows if "area" in each.row["values"]}
    others = (each.then["area"].casefold() for each in rows if each is not row and each.then["area"])
    return row.then["area"].casefold() in chain(online - {_area(row)} - renamed, others)


def _area(row: Compared) -> str:
    """The area that the row was written with."""
    return str(row.row["key"].split("/", 2)[2])
