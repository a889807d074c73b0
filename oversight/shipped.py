"""The defaults of oversight that ship with the portal, from the files in ``data``, a function for each part.

A default is added when it is not there yet and never changed afterwards: somebody may have decided by it. To change
one for the future, add a row with a later ``valid_from`` and end the old one.
"""

import tomllib
from pathlib import Path

from django.db import transaction

from oversight import shipped_escalation
from oversight.models import ConcernMatrix, IncidentRule, StaffQuestions, Term, VisitClock, VisitRule, VisitWeight
from providers.models.policy import add_missing

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load() -> None:
    """Bring every part up to what this release ships; safe to run again."""
    visits()
    visit_clocks()
    words()
    shipped_escalation.load()
    known()


def visits() -> None:
    """Who is due a visit, what each reason for one weighs, and what staff are asked."""
    shipped = tomllib.loads((DATA / "visits.toml").read_text())
    add_missing(VisitRule, shipped["rule"], "who", "from_points")
    add_missing(VisitWeight, shipped["weight"], "source")
    add_missing(StaffQuestions, shipped["staff"])


def visit_clocks() -> None:
    """How many working days each step after a visit may take."""
    shipped = tomllib.loads((DATA / "visit_clocks.toml").read_text())
    add_missing(VisitClock, shipped["clock"], "what")


def words() -> None:
    """What may be chosen from each list, in the order of the file."""
    shipped = tomllib.loads((DATA / "terms.toml").read_text())
    starts = shipped.pop("valid_from")
    rows = [
        {"kept_in": kept_in, "code": code, "label": label, "position": position, "valid_from": starts}
        for kept_in, of_list in shipped.items()
        for position, (code, label) in enumerate(of_list.items(), 1)
    ]
    add_missing(Term, rows, "kept_in", "code")


def known() -> None:
    """For how long an incident may be corrected, and which level a weighing comes to."""
    shipped = tomllib.loads((DATA / "known.toml").read_text())
    add_missing(IncidentRule, shipped["incident_rule"])
    names = ("vulnerability", "likelihood", "level")
    starts = {"valid_from": shipped["matrix"]["valid_from"]}
    cells = [dict(zip(names, cell, strict=True)) | starts for cell in shipped["matrix"]["cells"]]
    add_missing(ConcernMatrix, cells, *names[:2])
