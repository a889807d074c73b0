"""Judging one criterion: the grade against the provider's own, what was judged, and the action that it opens.

Used by the validation of a strand and by re-grading in the year, so that both open actions in the same way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.door import Refused
from actions.models import Action
from assurance.models.answers import Answer, AnswerEvidence, fingerprint
from assurance.models.policy import AssurancePolicy
from assurance.models.ratings import CriterionAction, Rating
from design.calendar import london_date
from evidence.models import EvidenceVersion
from framework.models import Grade

if TYPE_CHECKING:
    from accounts.models import User

Outcome = Rating.Outcome


class CommentNeeded(ValueError):
    """Every outcome but "agreed" needs a comment that the provider can act on."""


class Unchanged(ValueError):
    """Nothing would change."""


@dataclass(frozen=True)
class ActionTerms:
    """Who does what by when for a grade that opens an action; empty fields take the defaults."""

    text: str = ""
    owner: "User | None" = None
    owner_name: str = ""
    due_on: date | None = None
    evidence_required: str = ""


def outcome_of(declared: Grade, grade: Grade | None) -> str:
    """Agreed, higher or lower than the provider's own grade; no grade asks for more evidence."""
    if grade is None:
        return Outcome.MORE_EVIDENCE
    if grade.code == declared.code:
        return Outcome.AGREED
    return Outcome.HIGHER if grade.severity < declared.severity else Outcome.LOWER


def may_be_given(criterion: Any, declared: Grade | None, grades: Mapping[str, Grade]) -> dict[str, Grade]:
    """The grades of a scheme for one criterion: a critical one is "not applicable" only when the provider, whom its
    service profile allowed to, said so (hazard 2).
    """
    allowed = not criterion.critical or (declared is not None and declared.excludes)
    return {code: grade for code, grade in grades.items() if allowed or not grade.excludes}


def refuse_leaving_out(criterion: Any, declared: Grade | None, grade: Grade | None) -> None:
    """The same rule for whoever does not come through a form."""
    if grade is not None and grade.code not in may_be_given(criterion, declared, {grade.code: grade}):
        raise Refused("A critical criterion is “not applicable” only when the service profile says so.")


def with_uses(answers: "QuerySet[Any]") -> "QuerySet[Any]":
    """Adds ``uses`` to each answer: item, newest version, held until and withdrawn, in the same query."""
    newest = EvidenceVersion.objects.filter(item=OuterRef("item")).order_by("-number").values("pk")[:1]
    uses = (
        AnswerEvidence.objects.filter(answer=OuterRef("pk"))
        .order_by("item")
        .annotate(newest=Subquery(newest))
        .values(
            use=JSONObject(
                item=F("item"), version=F("newest"), until=F("item__valid_until"), withdrawn=F("item__withdrawn_at")
            )
        )
    )
    return answers.annotate(uses=ArraySubquery(uses))


def ground_of(answer: Any) -> str:
    """A mark of what a judgement stands on: the answer's words and the evidence versions. Needs ``with_uses``."""
    return fingerprint(answer.fingerprint, *(f"{use['item']}:{use['version']}" for use in answer.uses))


def fresh_ground(answer: Answer) -> str:
    """The mark as it is now. One query."""
    return ground_of(with_uses(Answer.objects.filter(pk=answer.pk)).get())


def new_rating(whose: Any, criterion_version_id: int, *, at: datetime, **fields: Any) -> Rating:
    """An unsaved rating of a return: ``whose`` names the commissioner, the organisation and the return."""
    return Rating(
        commissioner_id=whose.commissioner_id,
        organisation_id=whose.organisation_id,
        self_assessment_id=getattr(whose, "self_assessment_id", None) or whose.pk,
        criterion_version_id=criterion_version_id,
        at=at,
        on=london_date(at),
        **fields,
    )


def open_action(rating: Rating, terms: ActionTerms, *, by: "User", at: datetime) -> Action | None:
    """One open action a criterion: while an earlier one for the same criterion is open, that stays the one."""
    criterion = rating.criterion_version
    same = CriterionAction.objects.filter(
        organisation_id=rating.organisation_id,
        criterion_version__criterion=criterion.criterion_id,
        action__state__in=Action.OPEN_STATES,
    )
    if same.exists():
        return None
    policy = AssurancePolicy.objects.in_force(rating.commissioner_id, london_date(at)).first()
    action = Action.objects.open_for(
        commissioner=rating.commissioner,
        organisation=rating.organisation,
        text=terms.text or f"Meet criterion {criterion.ref} and show the evidence.",
        owner=terms.owner,
        owner_name=terms.owner_name,
        due_on=terms.due_on or london_date(at) + timedelta(days=policy.action_days),
        origin_kind="validation",
        evidence_required=terms.evidence_required,
        by=by,
        at=at,
        circle=rating.self_assessment.circle,
    )
    CriterionAction.objects.create(
        commissioner_id=rating.commissioner_id,
        organisation_id=rating.organisation_id,
        action=action,
        self_assessment_id=rating.self_assessment_id,
        criterion_version=criterion,
        rating=rating,
    )
    return action
