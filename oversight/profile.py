"""The provider profile: everything that the commissioner knows about one provider, and what it does not know.

Every source is asked through ``permitted``, so an associate commissioner reads the shared part and nothing else.
To add a source: a property here, a section in the template, and its line in ``unknowns`` for when it is empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.capabilities import Can
from accounts.models import Membership
from actions.models import Action
from assurance import overview, records, standing
from assurance.models import InQuestion, LevelResult, Rating, SelfAssessment
from assurance.models.policy import SHIPPED_DAYS
from assurance.overview import Cell
from assurance.standing import BY_KEY, Standing
from design.counting import counted
from framework.models import Grade, Standard
from oversight.beside import Source, known
from oversight.profile_words import many, unknowns_of, warnings_of
from oversight.timeline import Event, events, latest
from providers.models import Arrangement, Contact, Organisation, RegulatorRating, ServiceAnswer, ServiceQuestion
from training.known import Known, read

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Category

STRANDS = {"overall": "Overall", "children": "Children", "adults": "Adults", "looked_after": "Looked after children"}


@dataclass
class Profile:
    """The profile of ``organisation`` as ``user`` may see it on the day."""

    organisation: Organisation
    user: "User"
    on: date
    # Does the person know of a visit only when its report is final?
    finals_only: bool = False
    # Sources beside the profile's own, for a paper that says more; they are among ``known``.
    more: Mapping[str, Source] = field(default_factory=dict)

    @cached_property
    def arrangements(self) -> list[Arrangement]:
        """Contracts in force, the lead first."""
        live = Arrangement.objects.live(on=self.on).filter(organisation=self.organisation)
        live = live.annotate(**_beside(self.organisation, self.on))
        return sorted(
            live.select_related("commissioner", "organisation__category"),
            key=lambda each: each.part != Arrangement.Part.LEAD,
        )

    @property
    def lead(self) -> Arrangement | None:
        """The contract of the commissioner that collects the return."""
        return next((each for each in self.arrangements if each.part == Arrangement.Part.LEAD), None)

    @cached_property
    def returns(self) -> list[Any]:
        """The provider's returns, newest first, as far as this person may know of them."""
        allowed = SelfAssessment.objects.permitted(self.user, Can.SEE_OVERVIEW, on=self.on)
        mine = allowed.filter(organisation=self.organisation).select_related("round__framework_version")
        open_ = InQuestion.objects.open().filter(self_assessment=OuterRef("pk"))
        since = InQuestion.objects.since_when(self_assessment=OuterRef("pk"))
        mine = mine.annotate(doubts=counted(open_), doubted_since=since, standards=_standards())
        return list(standing.with_standing(mine, as_at=self.on).order_by("-round__year", "-issued_at")[:8])

    @property
    def latest(self) -> Any:
        """The return that counts now: the newest that was not withdrawn."""
        return next((each for each in self.returns if each.standing != "withdrawn"), None)

    @property
    def standing(self) -> Standing:
        """Where the provider stands."""
        return BY_KEY[self.latest.standing] if self.latest else BY_KEY["not_asked"]

    @cached_property
    def levels(self) -> list[LevelResult]:
        """Levels of the newest validated return, strand by strand, with their reasons."""
        allowed = LevelResult.objects.permitted(self.user, Can.SEE_RESULT, on=self.on)
        mine = allowed.filter(organisation=self.organisation, self_assessment__state="validated")
        declared = Rating.objects.permitted(self.user, Can.SEE_RESULT, on=self.on).filter(
            self_assessment=OuterRef("self_assessment"), current=True, basis=Rating.Basis.ACCEPTED_AS_DECLARED
        )
        scheme = OuterRef("self_assessment__round__framework_version__levels")
        words = Grade.objects.filter(scheme=scheme, code=OuterRef("level")).values("label")[:1]
        mine = mine.annotate(declared=counted(declared), label=Coalesce(Subquery(words), F("level")))
        by_return = mine.select_related("self_assessment__round", "decided_by")
        newest = list(by_return.order_by("-self_assessment__validated_at")[:8])
        first = [each for each in newest if each.self_assessment_id == newest[0].self_assessment_id] if newest else []
        return sorted(first, key=lambda each: list(STRANDS).index(each.strand))

    @property
    def sentence(self) -> str:
        """Level, who decided, when and on what, in one sentence."""
        overall = next((each for each in self.levels if each.strand == LevelResult.OVERALL), None)
        if overall is None:
            return f"{self.standing.words}. No level has been given; {self._visited}."
        day = f"{overall.decided_at:%-d %B %Y}"
        label = overall.label  # type: ignore[attr-defined]
        worst = [
            STRANDS[each.strand].lower()
            for each in self.levels
            if each.strand != "overall" and each.level == overall.level
        ]
        where = f" ({', '.join(worst)})" if worst and len(worst) < len(self.levels) - 1 else ""
        by = f" by {overall.decided_by.name}" if overall.decided_by else ""
        return (
            f"{label}{where}, decided{by} on {day} on the return of {overall.self_assessment.round.year}; "
            f"evidence reviewed for {overall.reviewed} of {overall.asked} criteria; {self._visited}."
        )

    @property
    def _visited(self) -> str:
        if self.last_visit is None:
            return "no visit has a final report" if self.finals_only else "no visit is recorded"
        day: date = self.last_visit["ended_on"]
        months = (self.on.year - day.year) * 12 + self.on.month - day.month - (self.on.day < day.day)
        ago = "this month" if months < 1 else f"{many(months, 'month')} ago"
        which = "last visit with a final report" if self.finals_only else "last visit"
        return f"{which} {day:%-d %B %Y}, {ago}"

    @cached_property
    def strip(self) -> Sequence[tuple[dict[str, Any], Cell]]:
        """The standards of the latest return, number and title, one cell each."""
        if self.latest is None:
            return []
        standards = self.latest.standards
        rows = overview.matrix([self.latest], [each["number"] for each in standards], as_at=self.on)
        return list(zip(standards, rows[0].cells, strict=True))

    @cached_property
    def records(self) -> list[records.Record]:
        """What the commissioner's records say of past years, newest first; never a ground for a level. One query."""
        return records.of_provider(self.organisation, self.user, on=self.on)

    @cached_property
    def contacts(self) -> list[Contact]:
        """People and desks of the provider."""
        return [Contact(**each) for each in self.known["people"]]

    @property
    def last_signed_in(self) -> datetime | None:
        """When anybody of the provider last signed in."""
        found: datetime | None = self._facts.last_signed_in
        return found

    @property
    def _facts(self) -> Any:
        """What is said of the provider beside its contracts; it came with them, unless there is none."""
        return self.arrangements[0] if self.arrangements else self._without_contract

    @cached_property
    def _without_contract(self) -> Any:
        known = Organisation.objects.select_related("category").annotate(**_beside(self.organisation, self.on))
        return known.get(pk=self.organisation.pk)

    @property
    def category(self) -> "Category | None":
        """What kind of provider it is."""
        return (self.arrangements[0].organisation if self.arrangements else self._without_contract).category

    @cached_property
    def actions(self) -> list[Action]:
        """Open actions, the longest overdue first."""
        allowed = Action.objects.permitted(self.user, Can.SEE_ACTIONS, on=self.on).open()
        return list(
            allowed.filter(organisation=self.organisation).select_related("owner").order_by("due_on", "pk")[:25]
        )

    @property
    def declared_only(self) -> int:
        """Criteria of the latest validated return that were accepted as declared, not reviewed."""
        return self.levels[0].declared if self.levels else 0  # type: ignore[attr-defined]

    @cached_property
    def known(self) -> dict[str, list[dict[str, Any]]]:
        """Visits, contacts, incidents, intelligence, posts, steps and notices, as far as this person sees them."""
        found = known(self.organisation, self.user, on=self.on, more=self.more)
        for each in found["ratings"]:  # hazard 16: a file that is too old says nothing about today
            rating = RegulatorRating(imported_on=each["imported_on"], regulator_id=each["regulator"])
            each["old"] = rating.must_be_checked(self.on, after_days=each["check_after"] or SHIPPED_DAYS)
            each["page"] = rating.page
        return found

    @cached_property
    def figures(self) -> Known:
        """What training figures and key indicators say: the last period, since when below, plans and questions."""
        return read(self.known, on=self.on)

    @property
    def last_visit(self) -> dict[str, Any] | None:
        """The last visit that took place."""
        return next((each for each in self.known["visits"] if each["ended_on"]), None)

    @property
    def last_spoken(self) -> dict[str, Any] | None:
        """The last time that somebody of the provider's was spoken to."""
        return next(iter(self.known["spoken"]), None)

    @property
    def vacancies(self) -> list[dict[str, Any]]:
        """Posts that nobody holds, the longest vacant first."""
        return [each for each in self.known["posts"] if each["vacant_since"]]

    @property
    def held_posts(self) -> list[dict[str, Any]]:
        """Posts with somebody in them."""
        return [each for each in self.known["posts"] if not each["vacant_since"]]

    @property
    def themes(self) -> list[tuple[str, int, list[str]]]:
        """Intelligence of twelve months: theme, how many items, and from which sources; most sources first."""
        by_theme: dict[str, list[dict[str, Any]]] = {}
        for each in self.known["intelligence"]:
            by_theme.setdefault(each["theme"], []).append(each)
        found = [
            (theme, sum(row["n"] for row in rows), [_from(row) for row in rows]) for theme, rows in by_theme.items()
        ]
        return sorted(found, key=lambda each: (-len(each[2]), -each[1], each[0]))

    @property
    def warnings(self) -> list[str]:
        """What must be seen first."""
        return warnings_of(self)

    @property
    def unknowns(self) -> list[str]:
        """What we do not know, in words."""
        return unknowns_of(self)

    @property
    def questions(self) -> tuple[int, int]:
        """How many questions about services are answered, of how many."""
        return self._facts.answered, self._facts.asked

    @cached_property
    def timeline(self) -> list[Event]:
        """What happened, latest first. One query, the returns are known."""
        validated = [
            Event(each.validated_at, "Return validated", each.round.name) for each in self.returns if each.validated_at
        ]
        return latest(iter([*events(self.organisation, self.user, on=self.on), *validated]))


def _from(row: dict[str, Any]) -> str:
    return f"{row['source']} ({row['n']})" if row["n"] > 1 else str(row["source"])


def _standards() -> ArraySubquery:
    """The standards of a return's framework in order, number and title, with the question for the return."""
    of_version = Standard.objects.filter(framework_version=OuterRef("round__framework_version"))
    return ArraySubquery(of_version.order_by("number").values(each=JSONObject(number="number", title="title")))


def _beside(organisation: Organisation, on: date) -> dict[str, Any]:
    """When anybody last signed in, and how many questions of the service profile are answered, of how many."""
    people = Membership.objects.live(on=on).filter(organisation=organisation).order_by()
    last = people.values("organisation").annotate(last=Max("user__last_login")).values("last")
    return {
        "last_signed_in": Subquery(last),
        "answered": counted(ServiceAnswer.objects.filter(organisation=organisation)),
        "asked": counted(ServiceQuestion.objects.all()),
    }
