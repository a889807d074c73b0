"""Draws one grade with how it is known: outlined while it is the provider's own word, solid once reviewed."""

from typing import Any

from django import template

from assurance.models import Rating
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


@register.filter
def of_code(grades: dict[str, Grade], code: str) -> Grade | None:
    """The grade of a scheme by its code: {{ grades|of_code:rating.grade }}."""
    return grades.get(code)


@register.filter
def capital(text: Any) -> str:
    """The first letter large, the rest as it is."""
    return str(text)[:1].upper() + str(text)[1:]
