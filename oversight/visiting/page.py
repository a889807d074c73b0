"""What the write-up page shows: lines, counts, staff questions, the whole judgement, notes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from framework.models import CriterionVersion
from oversight.models import StaffQuestions, Visit, VisitFinding, VisitPart
from oversight.models.visit_writing import NOTES
from oversight.visiting.lines import Line, criteria_for, lines_of, sites_of
from oversight.visiting.writing import KNOWN, CountsForm, OverallForm
from providers.models import Site


@dataclass
class Asked:
    """One question to staff, and what they answered."""

    part: str
    question: str
    known: str
    comment: str
    version: int


@dataclass
class WriteUp:
    """Everything of the page."""

    lines: list[Line]
    spare: list[Line]
    criteria: list[CriterionVersion]
    sites: list[Site]
    counts: CountsForm
    counts_version: int
    asked: list[Asked]
    overall: OverallForm
    overall_version: int
    notes: str
    notes_version: int
    judgements: list[tuple[str, str]]
    known: list[tuple[str, str]]


def write_up_of(visit: Visit, *, today: date) -> WriteUp:
    """The page of one visit. The same number of statements however many lines it has."""
    parts = {each.part: each for each in visit.parts.all()}
    criteria = criteria_for(visit)
    lines = lines_of(visit, criteria)
    counts, overall, notes = (parts.get(name) for name in ("counts", "overall", NOTES))
    return WriteUp(
        lines=[line for line in lines if not line.spare],
        spare=[line for line in lines if line.spare],
        criteria=criteria,
        sites=sites_of(visit),
        counts=CountsForm(initial=_value(counts), auto_id="counts_%s"),
        counts_version=_version(counts),
        asked=_asked(visit, parts, today),
        overall=OverallForm(initial=_value(overall), auto_id="overall_%s"),
        overall_version=_version(overall),
        notes=_value(notes).get("text", ""),
        notes_version=_version(notes),
        judgements=list(VisitFinding.Judgement.choices),
        known=KNOWN,
    )


def _asked(visit: Visit, parts: dict[str, VisitPart], today: date) -> list[Asked]:
    """The questions in force on the day of the visit; one that was answered keeps the words it was asked in."""
    rule = StaffQuestions.objects.in_force(visit.commissioner_id, min(visit.planned_on, today)).first()
    found = []
    for n, question in enumerate(rule.questions if rule else [], 1):
        part = parts.get(f"staff-{n}")
        value = _value(part)
        found.append(
            Asked(
                f"staff-{n}", value.get("question") or question, value.get("known", ""), value.get("comment", ""),
                _version(part),
            )
        )  # fmt: skip
    return found


def _value(part: VisitPart | None) -> dict[str, Any]:
    return part.value if part else {}


def _version(part: VisitPart | None) -> int:
    return part.version if part else 0
