"""The criteria that a visit may look at, each with what is known of it and why it should be looked at.

Reasons are in ``REASONS``, the weightiest first. Criteria that are not met or in question are proposed always, the
others up to ``PROPOSED`` lines altogether: a day on site is short.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Subquery

from accounts.capabilities import Can
from assurance.models import Answer, AssurancePolicy, InQuestion, Rating, SelfAssessment
from assurance.models.scoring import VALIDATED, state_of
from design.calendar import add_months
from design.several import ask_several
from framework.models import CriterionVersion, FrameworkVersion, Grade, Retest, Wording
from oversight.models import Visit
from providers.models import Arrangement
from providers.models.organisations import Tier

if TYPE_CHECKING:
    from accounts.models import User

PROPOSED = 12
ALWAYS = ("not_met", "in_question", "again")
REASONS: Mapping[str, str] = {
    "not_met": "not met",
    "in_question": "in question",
    "again": "re-test after learning from a review",
    "unseen": "critical, never seen on a visit",
    "stale": "check out of date",
    "partly": "partly met",
}


@dataclass(slots=True)
class Candidate:
    """One criterion with the provider's word, what a reviewer said, and the reasons to look at it."""

    criterion: Any  # a CriterionVersion with ``said`` and ``evidence``, the words for the tier
    own: str = ""
    narrative: str = ""
    checked: str = ""
    doubted: date | None = None
    reasons: list[str] = field(default_factory=list)

    @property
    def why(self) -> str:
        """The reasons in words."""
        said = [REASONS[each] for each in self.reasons]
        if self.doubted:
            said[said.index(REASONS["in_question"])] = f"in question since {self.doubted:%B %Y}"
        return ", ".join(said)

    @property
    def text(self) -> str:
        """Number and words."""
        return f"{self.criterion.ref} {self.criterion.said or ''}".strip()

    @property
    def rank(self) -> int:
        """0 is the weightiest reason; the number of reasons when there is none."""
        return min((list(REASONS).index(each) for each in self.reasons), default=len(REASONS))


@dataclass
class Criteria:
    """What the provider was last asked, as far as ``user`` may read it on the day, for the strands of the visit."""

    visit: Visit
    user: "User"
    on: date
    # Whatever else the page says, asked in the same statement.
    more: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def newest(self) -> Any:
        """The newest return that was received and not withdrawn, to be asked within a statement."""
        allowed = SelfAssessment.objects.permitted(self.user, Can.READ_ASSESSMENT, on=self.on).returned()
        mine = allowed.filter(commissioner=self.visit.commissioner_id, organisation=self.visit.organisation_id)
        return mine.order_by("-first_submitted_at", "-pk")[:1]

    @cached_property
    def known(self) -> Mapping[str, list[Any]]:
        """The return with what was validated of it, the policy, and ``more``. One query."""
        rated = Rating.objects.permitted(self.user, Can.SEE_RESULT, on=self.on).current()
        policy = AssurancePolicy.objects.in_force(self.visit.commissioner_id, self.on)
        return ask_several(
            {
                "returned": self.newest.select_related("round__framework_version"),
                "ratings": rated.filter(self_assessment__in=self.newest.values("pk"), basis__in=VALIDATED),
                "grades": Grade.objects.filter(scheme__in=self.newest.values("round__framework_version__grading")),
                "policy": policy[:1],
                **self.more,
            }
        )

    @property
    def returned(self) -> SelfAssessment | None:
        """That return."""
        return next(iter(self.known["returned"]), None)

    @cached_property
    def version(self) -> FrameworkVersion | None:
        """The standards of that return; without one, the newest that the commissioner may ask."""
        if self.returned:
            return self.returned.round.framework_version
        usable = FrameworkVersion.objects.usable_by(self.visit.commissioner).filter(valid_from__lte=self.on)
        found: FrameworkVersion | None = usable.order_by("-valid_from", "-pk").first()
        return found

    @cached_property
    def tier(self) -> str:
        """Of that return; without one, of the contract."""
        if self.returned:
            return self.returned.tier
        mine = Arrangement.objects.live(on=self.on).filter(commissioner=self.visit.commissioner_id)
        contract = mine.filter(organisation=self.visit.organisation_id).select_related("organisation__category").first()
        return contract.standards_tier if contract else Tier.SMALL.value

    @cached_property
    def all(self) -> Sequence[Candidate]:
        """In reading order."""
        if self.version is None:
            return []
        found = {each.pk: Candidate(each, doubted=each.doubted) for each in self._asked(self.version)}
        if self.returned is not None:
            self._ratings(found)
        else:
            for each in found.values():
                each.reasons = ["again"] if each.criterion.again else []
        return list(found.values())

    def _asked(self, version: FrameworkVersion) -> Iterable[Any]:
        """The criteria of the tier and of the strands of the visit, with their words, and since when in question."""
        words = Wording.objects.filter(criterion_version=OuterRef("pk"), tier=self.tier)
        whose = {"commissioner": self.visit.commissioner_id, "organisation": self.visit.organisation_id}
        again = Retest.objects.open().filter(criterion=OuterRef("criterion"), **whose)
        here = {"self_assessment": self.returned, "criterion_version": OuterRef("pk")}
        asked = CriterionVersion.objects.filter(framework_version=version, strands__overlap=self.visit.strands)
        return (
            asked.for_tier(self.tier)
            .select_related("standard")
            .annotate(said=Subquery(words.values("text")[:1]), evidence=Subquery(words.values("evidence")[:1]))
            .annotate(doubted=InQuestion.objects.since_when(**here), again=Exists(again))
            .in_order()
        )

    @cached_property
    def grades(self) -> Mapping[str, Grade]:
        """The grades of the return's standards, by code."""
        return {each.code: each for each in self.known["grades"]}

    def answers(self) -> Any:
        """What the provider said of itself, to be asked with ``more``."""
        mine = Answer.objects.permitted(self.user, Can.READ_ASSESSMENT, on=self.on)
        return mine.filter(self_assessment__in=self.newest.values("pk"))

    def with_answers(self) -> Sequence[Candidate]:
        """All of them with the provider's own grades and words, for the paper, which asked for ``answers``."""
        found = {each.criterion.pk: each for each in self.all}
        for answer in self.known["answers"]:
            if each := found.get(answer.criterion_version_id):
                grade = self.grades.get(answer.value.get("grade", "") if answer.value else "")
                each.own, each.narrative = grade.label if grade else "", answer.narrative
        return self.all

    def _ratings(self, found: Mapping[int, Candidate]) -> None:
        """The surest validated rating of each, and what follows from it."""
        by_criterion: dict[int, dict[str, Rating]] = {}
        for rating in self.known["ratings"]:
            by_criterion.setdefault(rating.criterion_version_id, {})[rating.basis] = rating
        oldest = self._oldest
        for pk, each in found.items():
            bases = by_criterion.get(pk, {})
            surest = next((bases[basis] for basis in VALIDATED if basis in bases), None)
            grade = self.grades.get(surest.grade) if surest else None
            if surest and grade:
                day = f"{surest.on:%-d %B %Y}"
                each.checked = f"{grade.label}, {surest.get_basis_display().lower()}, {day}"
            each.reasons = _reasons(each, surest, grade, oldest)

    @property
    def _oldest(self) -> date:
        policy = next(iter(self.known["policy"]), None)
        return add_months(self.on, -policy.rating_stale_months) if policy else date.min

    @property
    def proposed(self) -> set[int]:
        """The criteria proposed for this visit, by their ids."""
        always = [each for each in self.all if set(each.reasons) & set(ALWAYS)]
        others = sorted((each for each in self.all if each.reasons and each not in always), key=lambda it: it.rank)
        return {each.criterion.pk for each in (*always, *others[: max(0, PROPOSED - len(always))])}


def _reasons(each: Candidate, surest: Rating | None, grade: Grade | None, oldest: date) -> list[str]:
    state = state_of(grade)
    held = {
        "not_met": state == "not_met",
        "in_question": each.doubted is not None,
        "again": each.criterion.again,
        "unseen": each.criterion.critical and (surest is None or surest.basis != Rating.Basis.SEEN_ON_VISIT),
        "stale": surest is not None and surest.on < oldest,
        "partly": state == "partly",
    }
    return [code for code in REASONS if held.get(code)]
