"""What whoever holds a link sees of a return: its questions and last grades, and nothing older or wider.

Everything that does not belong to the holder is taken out here, before a template is near it (hazard 31): last
year's words and our comments on them, evidence that was not added by a link of this return, people's names.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from assurance.models import Answer, Rating, ReturnLink
from assurance.models.questions import REVIEWED, Question, StandardProgress, grades_of, progress_of, questions_of
from assurance.returns import MINUTES_EACH_BY_LINK, help_contact_of, minutes_for
from chasing.letters import doors_around
from framework.models import Grade

NOT_THEIRS = "A file that your organisation had sent before"


def questions_for(link: ReturnLink, *, standard: int | None = None, answer: int | None = None) -> list[Question]:
    """The questions that the link reaches, in order, or those of one standard, or one. At most seven queries."""
    if link.standard is not None:
        if standard not in (None, link.standard.number):
            return []
        standard = link.standard.number
    assessment = link.self_assessment
    found = questions_of(assessment, grades_of(assessment), standard=standard, answer=answer)
    validated = _last_validated([question.last for question in found if question.last is not None])
    bearers = bearers_of(link)
    for question in found:
        _keep_what_is_theirs(question, validated, bearers)
    return found


def bearers_of(link: ReturnLink) -> set[int]:
    """Whose evidence the holder may see: their own, and for a whole return that of every link to it. One query."""
    if link.standard_id is not None:
        return {link.bearer_id}
    return set(ReturnLink.objects.filter(self_assessment=link.self_assessment_id).values_list("bearer", flat=True))


def standards_for(link: ReturnLink) -> list[StandardProgress]:
    """How far each standard is that the link reaches. Two queries."""
    assessment = link.self_assessment
    rows = progress_of(assessment, grades_of(assessment))
    return [row for row in rows if link.standard is None or row.number == link.standard.number]


def overview_for(link: ReturnLink) -> dict[str, Any]:
    """How far the writing is, for the first page."""
    standards = standards_for(link)
    left = sum(each.asked - each.complete for each in standards)
    return {
        "standards": standards,
        "complete": sum(each.is_complete for each in standards),
        "left": left,
        "following": next((each for each in standards if not each.is_complete), None),
        "minutes": minutes_for(left, each=MINUTES_EACH_BY_LINK),
        "saved_at": max((each.saved_at for each in standards if each.saved_at), default=None),
    }


def around(link: ReturnLink) -> dict[str, Any]:
    """What every page of a link says: which return, whom to ring, where to go with a worry. Two queries."""
    assessment = link.self_assessment
    return {
        "link": link,
        "assessment": assessment,
        "help_contact": help_contact_of(assessment),
        "front_door": doors_around(link.commissioner_id),
    }


def _keep_what_is_theirs(question: Question, validated: dict[tuple[int, int], Rating], bearers: set[int]) -> None:
    last = question.last
    rating = validated.get((last.self_assessment_id, last.criterion_version_id)) if last is not None else None
    if rating is not None:
        question.last_grade = _grade(question.scheme, rating) or question.last_grade
        question.last_basis = rating.get_basis_display().lower()
    elif last is not None:
        question.last_basis = Rating.Basis.SELF_ASSESSED.label.lower()
    question.last, question.our_comment = None, ""
    question.evidence = [use for use in question.evidence if use.added_by_id in bearers]
    for use in question.evidence:
        # The same bytes as an item of the library: its title there is not for the holder. Never saved.
        if use.item.added_by_id not in bearers:
            use.item.title = NOT_THEIRS


def _last_validated(last: Iterable[Answer]) -> dict[tuple[int, int], Rating]:
    """The surest grade that somebody of ours gave each of last year's answers. One query, or none."""
    which = Q()
    for answer in last:
        which |= Q(self_assessment=answer.self_assessment_id, criterion_version=answer.criterion_version_id)
    if not which:
        return {}
    ratings = Rating.objects.current().filter(which, basis__in=REVIEWED).exclude(grade="")
    # Seen on a visit is surer than papers read.
    ordered = sorted(ratings, key=lambda rating: (rating.basis == Rating.Basis.SEEN_ON_VISIT, rating.at))
    return {(rating.self_assessment_id, rating.criterion_version_id): rating for rating in ordered}


def _grade(scheme: list[Grade], rating: Rating) -> Grade | None:
    return next((grade for grade in scheme if grade.code == rating.grade), None)
