"""The provider profile: everything that the commissioner knows about one provider, and what it does not know.

Every source is asked through ``permitted``, so an associate commissioner reads the shared part and nothing else.
To add a source: a property here, a section in the template, and its line in ``unknowns`` for when it is empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q

from accounts.capabilities import Can
from accounts.models import Membership
from actions.models import Action
from assurance import overview, standing
from assurance.models import LevelResult, Rating, SelfAssessment, SendBack, Submission
from assurance.overview import Cell
from assurance.standing import BY_KEY, Standing
from chasing.models import Chase, DueChange
from design.calendar import add_months
from framework.models import GradingScheme, Standard
from providers.models import Arrangement, Contact, Organisation, ServiceAnswer, ServiceQuestion

if TYPE_CHECKING:
    from accounts.models import User

STRANDS = {"overall": "Overall", "children": "Children", "adults": "Adults", "looked_after": "Looked after children"}
VERIFIED_MONTHS = 12
TIMELINE = 30


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    when: date | datetime
    heading: str
    text: str = ""
    by: str = ""


@dataclass
class Profile:
    """The profile of ``organisation`` as ``user`` may see it on the day."""

    organisation: Organisation
    user: "User"
    on: date

    @cached_property
    def arrangements(self) -> list[Arrangement]:
        """Contracts in force, the lead first."""
        live = Arrangement.objects.live(on=self.on).filter(organisation=self.organisation)
        return sorted(live.select_related("commissioner"), key=lambda each: each.part != Arrangement.Part.LEAD)

    @property
    def lead(self) -> Arrangement | None:
        """The contract of the commissioner that collects the return."""
        return next((each for each in self.arrangements if each.part == Arrangement.Part.LEAD), None)

    @cached_property
    def returns(self) -> list[Any]:
        """The provider's returns, newest first, as far as this person may know of them."""
        allowed = SelfAssessment.objects.permitted(self.user, Can.SEE_OVERVIEW, on=self.on)
        mine = allowed.filter(organisation=self.organisation).select_related("round__framework_version")
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
        newest = list(
            mine.select_related("self_assessment__round", "decided_by").order_by("-self_assessment__validated_at")[:8]
        )
        first = [each for each in newest if each.self_assessment_id == newest[0].self_assessment_id] if newest else []
        return sorted(first, key=lambda each: list(STRANDS).index(each.strand))

    @cached_property
    def level_words(self) -> dict[str, str]:
        """Labels of the level scheme by code."""
        return {
            grade.code: grade.label
            for scheme in GradingScheme.objects.filter(use="level").prefetch_related("grades")
            for grade in scheme.grades.all()
        }

    @property
    def sentence(self) -> str:
        """Level, who decided, when and on what, in one sentence."""
        overall = next((each for each in self.levels if each.strand == LevelResult.OVERALL), None)
        if overall is None:
            return f"{self.standing.words}. No level has been given."
        day = f"{overall.decided_at:%-d %B %Y}"
        label = self.level_words.get(overall.level, overall.level)
        worst = [
            STRANDS[each.strand].lower()
            for each in self.levels
            if each.strand != "overall" and each.level == overall.level
        ]
        where = f" ({', '.join(worst)})" if worst and len(worst) < len(self.levels) - 1 else ""
        by = f" by {overall.decided_by.name}" if overall.decided_by else ""
        return (
            f"{label}{where}, decided{by} on {day} on the return of {overall.self_assessment.round.year}; "
            f"evidence reviewed for {overall.reviewed} of {overall.asked} criteria."
        )

    @cached_property
    def strip(self) -> Sequence[tuple[Standard, Cell]]:
        """The standards of the latest return, one cell each."""
        if self.latest is None:
            return []
        standards = list(Standard.objects.filter(framework_version=self.latest.round.framework_version_id))
        rows = overview.matrix([self.latest], [each.number for each in standards], as_at=self.on)
        return list(zip(standards, rows[0].cells, strict=True))

    @cached_property
    def contacts(self) -> list[Contact]:
        """People and desks of the provider."""
        return list(
            Contact.objects.permitted(self.user, Can.SEE_PROVIDERS).filter(organisation=self.organisation).current()
        )

    @cached_property
    def last_signed_in(self) -> datetime | None:
        """When anybody of the provider last signed in."""
        people = Membership.objects.live(on=self.on).filter(organisation=self.organisation)
        found: datetime | None = people.aggregate(last=Max("user__last_login"))["last"]
        return found

    @cached_property
    def actions(self) -> list[Action]:
        """Open actions, the longest overdue first."""
        allowed = Action.objects.permitted(self.user, Can.SEE_ACTIONS, on=self.on).open()
        return list(
            allowed.filter(organisation=self.organisation).select_related("owner").order_by("due_on", "pk")[:25]
        )

    @cached_property
    def reminders(self) -> list[Chase]:
        """The latest decisions to remind."""
        allowed = Chase.objects.permitted(self.user, Can.SEE_REMINDERS, on=self.on)
        mine = allowed.filter(organisation=self.organisation).exclude(outcome=Chase.Outcome.SKIPPED)
        return list(mine.select_related("rung").order_by("-planned_on", "-pk")[:10])

    @cached_property
    def declared_only(self) -> int:
        """Criteria of the latest validated return that were accepted as declared, not reviewed."""
        if not self.levels:
            return 0
        ratings = Rating.objects.permitted(self.user, Can.SEE_RESULT).filter(
            self_assessment=self.levels[0].self_assessment_id, current=True
        )
        found = ratings.filter(basis=Rating.Basis.ACCEPTED_AS_DECLARED).aggregate(n=Count("pk"))
        return int(found["n"])

    @cached_property
    def services(self) -> tuple[int, int]:
        """How many questions of the service profile are answered, of how many."""
        answered = ServiceAnswer.objects.filter(organisation=self.organisation).count()
        return answered, ServiceQuestion.objects.count()

    @property
    def warnings(self) -> list[str]:
        """What must be seen first."""
        found = []
        if self.latest is not None and self.latest.standing == "overdue":
            found.append(f"No return received: {(self.on - self.latest.due_on).days} days overdue.")
        if self.latest is None:
            found.append("No return has been asked for.")
        if late := [each for each in self.actions if each.is_overdue(self.on)]:
            found.append(f"{_many(len(late), 'action')} overdue, the oldest since {late[0].due_on:%-d %B %Y}.")
        if not any(each.receives_reminders and each.email for each in self.contacts) and not self.organisation.mailbox:
            found.append("Nobody receives reminders: there is no working address.")
        if self.organisation.closed_on:
            found.append(f"Closed on {self.organisation.closed_on:%-d %B %Y}: {self.organisation.closed_reason}")
        return found

    @property
    def unknowns(self) -> list[str]:
        """What we do not know, in words."""
        answered, asked = self.services
        unverified = [
            each
            for each in self.contacts
            if not each.verified_on or each.verified_on < add_months(self.on, -VERIFIED_MONTHS)
        ]
        found = ["No visit is recorded: nothing here was seen on site."]
        if not self.levels:
            found.append("No return has been validated: what is shown is the provider's own word, if anything.")
        if self.declared_only:
            found.append(f"{self.declared_only} criteria were accepted as declared: their evidence was not read.")
        if answered < asked:
            found.append(
                f"{asked - answered} of {asked} questions about services unanswered: their criteria are asked."
            )
        if unverified:
            found.append(
                f"{len(unverified)} of {len(self.contacts)} contacts not verified in the last {VERIFIED_MONTHS} months."
            )
        if not self.contacts:
            found.append("No contact is recorded.")
        return found

    @cached_property
    def timeline(self) -> list[Event]:
        """What happened, latest first."""
        events = [*self._received(), *self._changes(), *self._actions_closed()]
        events += [Event(each.planned_on, f"Reminder: {each.get_outcome_display().lower()}") for each in self.reminders]
        return sorted(events, key=_moment, reverse=True)[:TIMELINE]

    def _received(self) -> list[Event]:
        mine = {"organisation": self.organisation}
        allowed = Submission.objects.permitted(self.user, Can.READ_ASSESSMENT, on=self.on).filter(**mine)
        back = SendBack.objects.permitted(self.user, Can.READ_ASSESSMENT, on=self.on).filter(**mine)
        events = [
            Event(
                each.submitted_at, "Return received", f"{each.get_channel_display()}, signed by {each.signed_by_role}"
            )
            for each in allowed.order_by("-submitted_at").defer("document")[:TIMELINE]
        ]
        events += [Event(each.at, f"Sent back until {each.due_on:%-d %B %Y}") for each in back[:TIMELINE]]
        events += [
            Event(each.validated_at, "Return validated", each.round.name) for each in self.returns if each.validated_at
        ]
        return events

    def _changes(self) -> list[Event]:
        allowed = DueChange.objects.permitted(self.user, Can.SEE_REMINDERS, on=self.on)
        changes = allowed.filter(organisation=self.organisation).order_by("-at")[:TIMELINE]
        return [
            Event(
                each.at,
                f"Reminders paused until {each.paused_until:%-d %B %Y}"
                if each.paused_until
                else f"Date moved from {each.old:%-d %B %Y} to {each.new:%-d %B %Y}",
                each.reason,
            )
            for each in changes
        ]

    def _actions_closed(self) -> list[Event]:
        allowed = Action.objects.permitted(self.user, Can.SEE_ACTIONS, on=self.on)
        since = self.on - timedelta(days=730)
        mine = allowed.filter(organisation=self.organisation).filter(
            Q(verified_at__isnull=False) | Q(opened_at__date__gte=since)
        )
        events = []
        for each in mine.order_by("-opened_at")[:TIMELINE]:
            events.append(Event(each.opened_at, "Action opened", each.text))
            if each.verified_at:
                events.append(Event(each.verified_at, "Action verified complete", each.text))
        return events


def _many(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _moment(event: Event) -> float:
    """Days and moments on one line."""
    when = event.when
    moment = when if isinstance(when, datetime) else standing.end_of(when)
    return moment.timestamp()
