"""The result of a validated return: levels with reasons, own grade beside validated grade, comments and actions.

Seen by the provider, its commissioner and associates, each as far as permitted. The same rows make page and PDF.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.template.loader import render_to_string

from accounts.capabilities import Can
from assurance.levels import STRAND_WORDS, STRANDS, State
from assurance.models import CriterionAction, InQuestion, LevelResult, Rating, SeenAtSite, SelfAssessment
from assurance.models.exceptions import GIVEN, asked, schemes_of
from assurance.models.seen import WORST_FIRST
from design import pdf
from design.several import ask_several
from framework.models import Grade, Standard
from providers.models import Site

if TYPE_CHECKING:
    from accounts.models import User

SELF = Rating.Basis.SELF_ASSESSED
TONES = {"significant": "good", "reasonable": "partly", "limited": "bad", "none": "bad"}
ORDER = (LevelResult.OVERALL, *STRANDS)


@dataclass
class ResultLine:
    """One criterion: the provider's own grade, the validated one, and what followed."""

    criterion: Any
    words: dict[str, Any]
    own: Grade | None = None
    grade: Grade | None = None
    rating: Rating | None = None
    action: Any = None
    in_question: InQuestion | None = None
    history: list[Rating] = field(default_factory=list)
    seen: list[SeenAtSite] = field(default_factory=list)

    @property
    def exception(self) -> SeenAtSite | None:
        """The site that is the worst of those where visits did not find it met: it stands beside the whole."""
        return self.seen[0] if self.seen and self.seen[0].state != State.MET else None

    @property
    def differs(self) -> bool:
        """Own rating v validated rating."""
        return self.own is not None and self.grade is not None and self.own.code != self.grade.code


@dataclass
class Result:
    """A validated return as it may be read by one person."""

    assessment: SelfAssessment
    levels: list[LevelResult]
    standards: list[tuple[Standard, list[ResultLine]]]
    words: dict[str, str] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)

    @property
    def level_rows(self) -> list[dict[str, Any]]:
        """The levels with the scheme's words and a tone: overall first."""
        return [level_row(row, self.words) for row in self.levels]

    @property
    def lines(self) -> list[ResultLine]:
        """All criteria in reading order."""
        return [line for _, lines in self.standards for line in lines]

    @property
    def counts(self) -> dict[str, int]:
        """Reviewed, accepted as declared and the whole; a reader sees at once on what it stands."""
        bases = [line.rating.basis for line in self.lines if line.rating]
        accepted = bases.count(Rating.Basis.ACCEPTED_AS_DECLARED)
        excluded = sum(bool(line.grade and line.grade.excludes) for line in self.lines)
        return {
            "asked": len(self.lines),
            "reviewed": len(bases) - accepted,
            "accepted": accepted,
            "not_applicable": excluded,
        }


def level_row(row: LevelResult, words: Mapping[str, str]) -> dict[str, Any]:
    """One level as pages show it."""
    return {
        "level": row, "label": words[row.level], "computed_label": words[row.computed], "tone": TONES[row.level],
    }  # fmt: skip


def result_of(reference: str, *, user: "User") -> Result | None:
    """The result if there is one for this person; None looks like "not there". Five queries."""
    seen = LevelResult.objects.permitted(user, Can.SEE_RESULT).filter(self_assessment__reference=reference)
    levels = sorted(
        seen.select_related(
            "self_assessment__round__framework_version__levels",
            "self_assessment__organisation",
            "self_assessment__commissioner",
            "decided_by",
        ),
        key=lambda row: ORDER.index(row.strand),
    )
    if not levels:
        return None
    assessment = levels[0].self_assessment
    ratings = list(_ratings(assessment, user))
    grades, words = schemes_of(assessment)
    in_force = [rating for rating in ratings if rating.current]
    own = {rating.criterion_version_id: rating for rating in in_force if rating.basis == SELF}
    given, lines = surest(in_force), []
    actions, at_sites = _followed_and_seen(assessment, user)
    for answer in asked(assessment.answers.in_order()).annotate(doubt=_doubt(user)):
        pk = answer.criterion_version_id
        mine, theirs = own.get(pk), given.get(pk)
        lines.append(
            ResultLine(
                answer.criterion_version, answer.words, grades.get(mine.grade) if mine else None,
                grades.get(theirs.grade) if theirs else None, theirs, actions.get(pk), _in_question(answer.doubt),
                [each for each in ratings if each.criterion_version_id == pk and each.basis in GIVEN],
                at_sites[answer.criterion_version.criterion_id],
            )
        )  # fmt: skip
    by_standard = [(one, list(rows)) for one, rows in groupby(lines, key=lambda line: line.criterion.standard)]
    return Result(assessment, levels, by_standard, words, grades)


def surest(ratings: Iterable[Rating]) -> dict[int, Rating]:
    """The surest of a validator's current ratings by criterion version."""
    given = [rating for rating in ratings if rating.basis in GIVEN]
    return {
        rating.criterion_version_id: rating
        for rating in sorted(given, key=lambda rating: GIVEN.index(Rating.Basis(rating.basis)))
    }


def _followed_and_seen(
    assessment: SelfAssessment, user: "User"
) -> tuple[dict[int, Any], Mapping[Any, list[SeenAtSite]]]:
    """Actions by criterion version; by criterion what visits saw last at each site, the worst first. One query."""
    links = CriterionAction.objects.permitted(user, Can.SEE_ACTIONS).filter(self_assessment=assessment)
    seen = SeenAtSite.objects.permitted(user, Can.SEE_VISIT_REPORTS).current().of(assessment.organisation_id)
    seen = seen.filter(commissioner=assessment.commissioner_id)
    asked = {"links": links.select_related("action__owner"), "seen": seen.select_related("site")}
    found, order = ask_several(asked), [state.value for state in WORST_FIRST]
    at_sites: dict[Any, list[SeenAtSite]] = defaultdict(list)
    for row in sorted(found["seen"], key=lambda row: order.index(row.state)):
        at_sites[row.criterion_id].append(row)
    return {link.criterion_version_id: link.action for link in found["links"]}, at_sites


def _ratings(assessment: SelfAssessment, user: "User") -> Any:
    """Every rating that the person may see, latest first."""
    seen = Rating.objects.permitted(user, Can.SEE_RESULT).filter(self_assessment=assessment)
    return seen.select_related("by", "evidence").order_by("-at", "-id")


def unseen_sites(result: Result, line: ResultLine) -> Sequence[Site]:
    """The open sites at which no visit has looked at the criterion; nothing where none has anywhere."""
    if not line.seen:
        return []
    sites = Site.objects.filter(organisation=result.assessment.organisation_id, closed_on__isnull=True)
    return list(sites.exclude(pk__in=[row.site_id for row in line.seen if row.site_id]))


def _doubt(user: "User") -> Subquery:
    here = {"self_assessment": OuterRef("self_assessment"), "criterion_version": OuterRef("criterion_version")}
    open_ = InQuestion.objects.permitted(user, Can.SEE_RESULT).open().filter(**here).order_by()
    return Subquery(open_.values(json=JSONObject(id="id", since="since", reason="reason"))[:1])


def _in_question(doubt: dict[str, Any] | None) -> InQuestion | None:
    if doubt is None:
        return None
    return InQuestion(id=doubt["id"], since=date.fromisoformat(doubt["since"]), reason=doubt["reason"])


def history_of(result: Result, line: ResultLine, *, inside: bool) -> list[Rating]:
    """What validators said of one criterion, latest first. Outside readers see it from the validation on."""
    if inside:
        return line.history
    validated = result.assessment.validated_at
    after = [rating for rating in line.history if validated is not None and rating.at > validated]
    return [*after, *[rating for rating in line.history if rating not in after][:1]]


def result_pdf(result: Result, *, at: datetime, demonstration: bool) -> bytes:
    """The result as a tagged PDF."""
    assessment = result.assessment
    title = f"Result of {assessment.round.name}: {assessment.organisation.name}"
    context = {"result": result, "title": title, "demonstration": demonstration, "at": at, "strands": STRAND_WORDS}
    return pdf.render(render_to_string("reports/result.html", context), title=title, at=at)
