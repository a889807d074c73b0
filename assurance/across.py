"""One criterion of a round over all providers of a category: a page of lines, each judged like on its own page.

A fixed number of queries for any number of providers on the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from accounts.capabilities import Can
from actions.models import Action
from assurance.models import Answer, AssurancePolicy, CriterionAction, Round, SelfAssessment, StrandReview
from assurance.models.exceptions import Line, asked, lines_of
from assurance.models.records import LastRecorded, last_recorded, recorded_in
from assurance.validating import Person, Proof, people_beside, people_in, proofs_of
from framework.models import CriterionVersion, Grade, Standard

if TYPE_CHECKING:
    from accounts.models import User

State = SelfAssessment.State


@dataclass
class AcrossLine:
    """One provider's answer to the criterion, with what is needed to judge it here."""

    line: Line
    review: int | None
    action_open: bool
    action_days: int
    proofs: list[Proof] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    form: Any = None
    conflict: Any = None

    @property
    def assessment(self) -> SelfAssessment:
        """Whose answer it is."""
        found: SelfAssessment = self.line.answer.self_assessment
        return found

    @property
    def recorded(self) -> LastRecorded | None:
        """What the commissioner's records say of it, of years later than its last validation."""
        return recorded_in(self.line.answer.recorded, after=self.line.last_year)

    @property
    def may_write(self) -> bool:
        """The reader's own strand, and not signed off."""
        return self.review is not None


def answers_across(round: Round, criterion: CriterionVersion, category: str, *, user: "User", on: date) -> Any:
    """The answers to the criterion in the round's returns under validation, by provider's name."""
    returns = (
        SelfAssessment.objects.permitted(user, Can.VALIDATE)
        .order_by()
        .filter(round=round, state__in=[State.SUBMITTED, State.UNDER_REVIEW])
    )
    if category:
        returns = returns.filter(organisation__category__code=category)
    mine = (
        StrandReview.objects.permitted(user, Can.VALIDATE)
        .filter(self_assessment=OuterRef("self_assessment"), strand__in=criterion.strands, signed_off_at__isnull=True)
        .order_by("strand")
        .values("pk")[:1]
    )
    opened = CriterionAction.objects.filter(
        organisation=OuterRef("organisation"),
        criterion_version__criterion=criterion.criterion_id,
        action__state__in=Action.OPEN_STATES,
    )
    days = AssurancePolicy.objects.in_force(round.commissioner_id, on).values("action_days")[:1]
    return (
        asked(Answer.objects.filter(self_assessment__in=returns.values("pk"), criterion_version=criterion))
        .annotate(
            review=Subquery(mine),
            action_open=Exists(opened),
            action_days=Subquery(days),
            people=people_beside("organisation"),
            recorded=last_recorded(),
        )
        .select_related("self_assessment__organisation__category", "organisation", "criterion_version__standard")
        .order_by("organisation__name", "pk")
    )


def lines_across(answers: list[Any], grades: Mapping[str, Grade], *, user: "User", on: date) -> list[AcrossLine]:
    """The page's answers with what is known, the evidence and the people of each provider. Two queries."""
    returns = [answer.self_assessment for answer in answers]
    found = lines_of(answers, returns, grades, on=on)
    proofs = proofs_of(answers, user=user, on=on)
    return [
        AcrossLine(
            line, line.answer.review, line.answer.action_open, line.answer.action_days,
            proofs.get(line.answer.pk, []), people_in(line.answer.people),
        )
        for line in found
    ]  # fmt: skip


def rounds_across(user: "User", ref: str) -> Any:
    """Rounds with something under validation for this person; ``asked`` is what ``criterion_in`` reads."""
    returns = SelfAssessment.objects.permitted(user, Can.VALIDATE).order_by()
    open_ = returns.filter(state__in=[State.SUBMITTED, State.UNDER_REVIEW], round=OuterRef("pk"))
    criterion = CriterionVersion.objects.filter(framework_version=OuterRef("framework_version"), ref=ref.strip())
    columns = {"id": "id", "ref": "ref", "criterion_id": "criterion_id", "strands": "strands"}
    standard = JSONObject(number="standard__number", title="standard__title")
    found = Round.objects.filter(Exists(open_)).select_related("framework_version")
    asked_here = Subquery(criterion.values(json=JSONObject(**columns, standard=standard))[:1])
    return found.annotate(asked=asked_here).order_by("-opens_on", "name")


def criterion_in(round: Any) -> CriterionVersion | None:
    """The criterion that ``rounds_across`` found in the round; None when the round does not ask it."""
    if round.asked is None:
        return None
    found = dict(round.asked)
    return CriterionVersion(standard=Standard(**found.pop("standard")), **found)
