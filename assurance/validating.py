"""What a validator has before them: one strand of one return, its list, and the criterion that is open.

Reading only; the verbs are on ``StrandReview``. A fixed number of queries, whatever the number of criteria.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Concat, JSONObject

from accounts.capabilities import Can, Side
from accounts.models import Membership
from actions.models import Action
from assurance.models import (
    AnswerEvidence,
    AssurancePolicy,
    LevelResult,
    SelfAssessment,
    StrandReview,
    Submission,
)
from assurance.models.evidence_verdicts import Opinion, opinion_of
from assurance.models.exceptions import Line, grades_of, lines
from assurance.models.records import LastRecorded, all_last_recorded, recorded_of
from design.calendar import london_date
from evidence.models import EvidenceItem, EvidenceVersion
from framework.models import Grade

if TYPE_CHECKING:
    from accounts.models import User

State = SelfAssessment.State


@dataclass(frozen=True)
class Proof:
    """One piece of evidence as the validator sees it beside the answer."""

    use: Any
    version: EvidenceVersion | None
    opinion: Opinion
    expired: bool

    @property
    def item(self) -> EvidenceItem:
        """The item, whatever its kind."""
        found: EvidenceItem = self.use.item
        return found


@dataclass
class Desk:
    """One strand of a return on a validator's desk."""

    assessment: SelfAssessment
    review: Any
    others: list[Any]
    grades: Mapping[str, Grade]
    lines: list[Line]
    everything: bool = False
    current: Line | None = None
    proofs: list[Proof] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)

    @classmethod
    def laid(
        cls, assessment: SelfAssessment, strand: str, *, user: "User", on: date, ref: str = "", everything: bool = False
    ) -> Self | None:
        """Everything for the page, the criterion ``ref`` open or else the first that waits; None without the strand."""
        reviews = list(reviews_of(assessment, user=user, on=on))
        review = next((each for each in reviews if each.strand == strand), None)
        if review is None:
            return None
        review.self_assessment = assessment
        grades = grades_of(assessment)
        rows = lines(assessment, strand, on=on, sample=review.sample, grades=grades)
        others = [each for each in reviews if each is not review]
        desk = cls(assessment, review, others, grades, rows, everything)
        if not desk.open(ref):
            return None
        if desk.current is not None:
            desk.proofs = proofs_of([desk.current.answer], user=user, on=on).get(desk.current.answer.pk, [])
        desk.actions = list(
            Action.objects.permitted(user, Can.SEE_ACTIONS)
            .open()
            .filter(organisation=assessment.organisation_id, commissioner=assessment.commissioner_id)
            .select_related("owner", "criterion_link__criterion_version")
            .order_by("due_on")[:20]
        )
        return desk

    def open(self, ref: str) -> bool:
        """Put this criterion in front; without one the first that waits. False when it is not of the strand."""
        if ref:
            self.current = next((line for line in self.lines if line.ref == ref), None)
            return self.current is not None
        self.current = next(iter(self.waiting()), None)
        return True

    def waiting(self) -> list[Line]:
        """What has to be looked at before the strand can be signed off, in reading order."""
        return [line for line in self.lines if line.is_exception and not line.is_decided]

    def after(self, ref: str) -> str:
        """The next one that waits after this, or the first that waits, or nothing."""
        refs = [line.ref for line in self.lines]
        here = refs.index(ref)
        ahead = [line for line in self.waiting() if refs.index(line.ref) > here]
        found = next(iter(ahead or [line for line in self.waiting() if line.ref != ref]), None)
        return found.ref if found else ""

    @property
    def recorded(self) -> LastRecorded | None:
        """What the commissioner's records say of the criterion in front, of years later than its last validation."""
        if self.current is None:
            return None
        return recorded_of(self.review.records, self.current.answer, after=self.current.last_year)

    @property
    def last_level(self) -> str:
        """The words of the strand's last validated level; empty when there was none."""
        last = self.review.last_level
        return last["label"] or last["level"] if last else ""

    @property
    def last_level_on(self) -> date | None:
        """When that was decided."""
        last = self.review.last_level
        return london_date(datetime.fromisoformat(last["on"])) if last and last["on"] else None

    @property
    def listed(self) -> list[Line]:
        """What the list shows: the exceptions and what is judged, or everything."""
        if self.everything:
            return self.lines
        return [line for line in self.lines if line.is_exception or (line.now is not None and not line.is_accepted)]

    @property
    def rest(self) -> list[Line]:
        """What could be accepted as declared without a look."""
        return StrandReview.rest(self.lines)

    @property
    def counts(self) -> dict[str, int]:
        """Reviewed, accepted and waiting; they add up to what the strand asks."""
        accepted = sum(line.is_accepted for line in self.lines)
        decided = sum(line.is_decided for line in self.lines)
        return {
            "asked": len(self.lines),
            "reviewed": decided - accepted,
            "accepted": accepted,
            "waiting": len(self.waiting()),
            "rest": len(self.rest),
        }

    @property
    def may_write(self) -> bool:
        """The reader's own strand, begun, and not signed off."""
        open_ = self.assessment.state == State.UNDER_REVIEW and self.review.is_open
        return bool(self.review.mine and open_)

    @property
    def may_begin(self) -> bool:
        """The reader's own strand that nobody has begun."""
        received = self.assessment.state in (State.SUBMITTED, State.UNDER_REVIEW)
        return bool(self.review.mine and received and self.review.begun_at is None)

    @property
    def action_here(self) -> Action | None:
        """The open action of the criterion that is in front: a second one is not opened."""
        return action_for(self.current, self.actions) if self.current else None


def action_for(line: Line, actions: Iterable[Action]) -> Action | None:
    """The open action that an earlier judgement of the same lasting criterion opened."""
    lasting = line.answer.criterion_version.criterion_id
    for action in actions:
        link = getattr(action, "criterion_link", None)
        if link is not None and link.criterion_version.criterion_id == lasting:
            return action
    return None


def reviews_of(assessment: SelfAssessment, *, user: "User", on: date) -> Any:
    """Its strands, with whether they are the reader's own, the action days in force, the last level, what records say,
    and who sent the return when it came by link. One query.
    """
    by_link = (
        Submission.objects.filter(self_assessment=assessment, channel=Submission.Channel.LINK)
        .filter(submitted_at=assessment.submitted_at)
        .annotate(words=Concat("signed_by_name", Value(", "), "signed_by_role"))
        .values("words")
    )
    labels = Grade.objects.filter(
        scheme=OuterRef("self_assessment__round__framework_version__levels"), code=OuterRef("level")
    ).values("label")[:1]
    last = (
        LevelResult.objects.filter(
            organisation=assessment.organisation_id, commissioner=assessment.commissioner_id, strand=OuterRef("strand"),
            self_assessment__state=State.VALIDATED, self_assessment__issued_at__lt=assessment.issued_at,
        )
        .order_by("-self_assessment__issued_at")
        .annotate(label=Subquery(labels))
        .values(json=JSONObject(level="level", label="label", on="self_assessment__validated_at"))
    )  # fmt: skip
    return (
        for_actions(StrandReview.objects.filter(self_assessment=assessment), assessment, on=on)
        .telling_mine(user, Can.VALIDATE)
        .annotate(last_level=Subquery(last[:1]), by_link=Subquery(by_link[:1]), records=all_last_recorded(assessment))
        .select_related("begun_by", "signed_off_by", "assigned_to")
        .order_by("strand")
    )


def for_actions(reviews: Any, assessment: SelfAssessment, *, on: date) -> Any:
    """Adds to strands of a return what a new action needs: the days it is given, and who could own it."""
    days = AssurancePolicy.objects.in_force(assessment.commissioner_id, on).values("action_days")[:1]
    return reviews.annotate(action_days=Subquery(days), people=people_beside("organisation"))


def proofs_of(answers: Iterable[Any], *, user: "User", on: date) -> dict[int, list[Proof]]:
    """The evidence of these answers by answer, each with its newest version and what was said of it. One query."""
    newest = EvidenceVersion.objects.filter(item=OuterRef("item")).order_by("-number")
    allowed = EvidenceItem.objects.permitted(user, Can.DOWNLOAD_EVIDENCE).filter(pk=OuterRef("item"))
    uses = (
        AnswerEvidence.objects.filter(answer__in=list(answers))
        .annotate(
            newest=Subquery(newest.values(json=JSONObject(**{name: name for name in EvidenceVersion.SHOWN}))[:1]),
            may_open=Exists(allowed),
        )
        .select_related("item", "verdict_by")
        .order_by("added_at", "pk")
    )
    found: dict[int, list[Proof]] = {}
    for use in uses:
        version = EvidenceVersion.of_columns(use.item, use.newest) if use.newest else None
        found.setdefault(use.answer_id, []).append(
            Proof(use, version, opinion_of(use, version), use.item.is_expired(on))
        )
    return found


class Person(NamedTuple):
    """Somebody of the provider who could own an action."""

    pk: int
    reference: str
    name: str


def people_beside(organisation: str) -> ArraySubquery:
    """An annotation: the people of the organisation in this column, leads first. Read with ``people_in``."""
    held = Membership.objects.live().filter(side=Side.PROVIDER, organisation=OuterRef(organisation))
    row = JSONObject(pk="user_id", reference="user__reference", name="user__name")
    return ArraySubquery(held.order_by("-role", "user__name").values(json=row))


def people_in(rows: Iterable[Mapping[str, Any]]) -> list[Person]:
    """What ``people_beside`` found, everybody once."""
    return list(dict.fromkeys(Person(**row) for row in rows))
