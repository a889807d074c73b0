"""Draws one grade with how it is known: outlined while it is the provider's own word, solid once reviewed."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from assurance.models import Rating
from assurance.overview import Cell, Row
from assurance.standing import BY_KEY
from design.components import tag_markup
from design.templatetags.design import grade_cell
from framework.models import Grade

register = template.Library()
GROUNDS = {
    Rating.Basis.SELF_ASSESSED: ("outlined", "self-assessed"),
    Rating.Basis.ACCEPTED_AS_DECLARED: ("dashed", "accepted as declared, not reviewed"),
    Rating.Basis.EVIDENCE_REVIEWED: ("solid", "evidence reviewed"),
    Rating.Basis.SEEN_ON_VISIT: ("solid", "seen on visit"),
}


def tone_of(grade: Grade) -> str:
    """The tone that a grade's flags amount to; colour always comes with its letter and word."""
    if grade.excludes:
        return "quiet"
    if grade.counts_as_met:
        return "good"
    return "partly" if grade.severity <= 1 else "bad"


@register.simple_tag
def grade_mark(grade: Grade | None, basis: str = "self_assessed", in_question: bool = False) -> str:
    """{% grade_mark line.grade %}, or with a basis: {% grade_mark grade "evidence_reviewed" %}."""
    if grade is None:
        return ""
    ground, word = GROUNDS[Rating.Basis(basis)]
    return grade_cell(grade.letter, grade.label, tone_of(grade), ground, word, in_question=in_question)


@register.simple_tag
def matrix_cells(row: Row) -> str:
    """The cells of a provider's row in the matrix, each leading to the criteria behind it.

    Drawn in one go: a page has hundreds of them, and the template engine would take longest over these.
    """
    first = reverse("assurance:standard-detail", args=[row.assessment.reference, 1])
    behind = first.removesuffix("1/")
    return SafeString("".join(["<td>" + _matrix_cell(cell, behind) + "</td>" for cell in row.cells]))


def _matrix_cell(cell: Cell, behind: str) -> str:
    """One cell; ``behind`` is the address of the row's standards without the number."""
    url = f"{behind}{cell.standard}/" if cell.standard and cell.letter != "–" else ""
    return grade_cell(
        cell.letter, cell.word, cell.tone, cell.ground, cell.ground_word, url, cell.out_of_date, cell.in_question
    )


@register.simple_tag
def standing_tag(key: str) -> str:
    """{% standing_tag "limited" %}: a state of the register as a tag in its words and tone."""
    return tag_markup(BY_KEY[key].words, BY_KEY[key].tone)


@register.filter
def of_code(grades: dict[str, Grade], code: str) -> Grade | None:
    """The grade of a scheme by its code: {{ grades|of_code:rating.grade }}."""
    return grades.get(code)


@register.filter
def capital(text: Any) -> str:
    """The first letter large, the rest as it is."""
    return str(text)[:1].upper() + str(text)[1:]
