"""What waits for somebody of a commissioner today, and what is coming: one question for the home page.

Every part gives its first rows as JSON with how many there are in all, as far as this person may see them and of those
commissioners that they act for. To add a part: a function in ``PARTS`` and its line in templates/home/.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Subquery, Window
from django.db.models.functions import JSONObject

from accounts.capabilities import Can
from accounts.models import User as Person
from accounts.models.memberships import asked_by
from chasing.models import Chase
from design.counting import counted
from design.statements import Rows, gather
from oversight.models import (
    ActionPlan,
    Concern,
    ContactEntry,
    ContractNotice,
    Escalation,
    EscalationGround,
    SeriousIncident,
    Visit,
    VisitFinding,
)
from providers.models import PostHolder, RegulatorRating
from reviews.models import Clock, Contribution, ImpactReview
from reviews.register import followed
from reviews.unattended import lapsing, somebody_here
from training.front_page import lines_beside
from training.models import Explanation, Figure, FigureQuery, FigureReturn, Period
from training.resolver.keeping import beside
from training.unplanned import unplanned

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 6
FIGURES = {"reference": "reference", "due_on": "due_on", "timing": "period__timing", "ends_on": "period__ends_on"}
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """Whose question it is, for which commissioners, on which day, and since when things are new to them."""

    user: "User"
    ours: tuple[int, ...]
    on: date
    since: date


def needs(asked: Asked) -> dict[str, list[dict[str, Any]]]:
    """Rows of every part by its name; each row holds ``total``, how many there are. One statement."""

    def part(name: str, pk: int) -> Rows:
        return PARTS[name](asked)

    key = asked_by(asked.user, "needs", asked.ours, asked.on, asked.since)
    return gather(key, Person, PARTS, part, asked.user.pk)


def _as(rows: Rows, **columns: Any) -> Rows:
    """The first of these, each as one JSON object with the number of all of them."""
    counted = rows.annotate(of_all=Window(Count("pk")))
    return counted.values(each=JSONObject(total="of_all", provider="organisation__name", **columns))[:SHOWN]


def _proposed(asked: Asked) -> Rows:
    """Reminder steps that a person has to take or decline; one that joined a step of the route is decided with it."""
    rows = Chase.objects.permitted(asked.user, Can.SEND_REMINDERS, on=asked.on).proposed()
    joined = EscalationGround.objects.filter(
        kind=OuterRef("kind"), thing=OuterRef("thing"), version=OuterRef("due_version")
    )
    rows = rows.filter(~Exists(joined))
    return _as(rows.filter(commissioner__in=asked.ours).order_by("planned_on", "pk"), since_on="planned_on")


def _steps(asked: Asked) -> Rows:
    """Steps of the escalation route that wait for a decision, the oldest first."""
    rows = Escalation.objects.permitted(asked.user, Can.ESCALATE, on=asked.on).waiting()
    return _as(
        rows.filter(commissioner__in=asked.ours).order_by("proposed_on", "pk"), reference="reference",
        step="step__name", since_on="proposed_on",
    )  # fmt: skip


def _immediate(asked: Asked) -> Rows:
    """Visits with an immediate concern whose report is not final."""
    serious = VisitFinding.objects.filter(visit=OuterRef("pk"), judgement="immediate_concern")
    rows = Visit.objects.permitted(asked.user, Can.SEE_VISIT_WORK, on=asked.on).exclude(
        state__in=["final", "cancelled"]
    )
    rows = rows.filter(Exists(serious), commissioner__in=asked.ours)
    return _as(rows.order_by("planned_on", "pk"), reference="reference", since_on="planned_on")


def _plans(asked: Asked) -> Rows:
    """Action plans after a visit that have not come."""
    rows = ActionPlan.objects.permitted(asked.user, Can.SEE_VISIT_WORK, on=asked.on).overdue(on=asked.on)
    return _as(
        rows.filter(commissioner__in=asked.ours).order_by("due_on", "pk"), reference="reference", due_on="due_on"
    )


def _answers(asked: Asked) -> Rows:
    """Answers to a step taken that have not come."""
    rows = Escalation.objects.permitted(asked.user, Can.SEE_SURVEILLANCE, on=asked.on)
    rows = rows.filter(state=Escalation.State.TAKEN, response_due_on__lt=asked.on, commissioner__in=asked.ours)
    return _as(
        rows.order_by("response_due_on", "pk"), reference="reference", step="step__name", due_on="response_due_on"
    )


def _notices(asked: Asked) -> Rows:
    """Open notices with a promise of their plan past its day."""
    rows = ContractNotice.objects.permitted(asked.user, Can.SEE_NOTICES, on=asked.on).open()
    rows = rows.with_milestones_missed(on=asked.on).filter(missed=True, commissioner__in=asked.ours)
    return _as(rows.order_by("issued_on", "pk"), reference="reference", number="number", since_on="issued_on")


def _requests(asked: Asked) -> Rows:
    """Requests of local authorities under section 27 that nobody has answered in time."""
    rows = ContactEntry.objects.permitted(asked.user, Can.SEE_CONTACT_LOG, on=asked.on).overdue_requests(on=asked.on)
    return _as(
        rows.filter(commissioner__in=asked.ours).order_by("due_on", "pk"), reference="reference", due_on="due_on"
    )


def _incidents(asked: Asked) -> Rows:
    """Serious incidents that nobody of the commissioner has looked at."""
    rows = SeriousIncident.objects.permitted(asked.user, Can.SEE_INCIDENTS, on=asked.on).unread()
    rows = rows.filter(commissioner__in=asked.ours)
    return _as(rows.order_by("reported_on", "pk"), reference="reference", since_on="reported_on")


def _concerns(asked: Asked) -> Rows:
    """Concerns whose review is overdue, as far as this person may know of them."""
    rows = Concern.objects.permitted(asked.user, Can.WEIGH_CONCERNS, on=asked.on).review_overdue(on=asked.on)
    rows = rows.filter(commissioner__in=asked.ours)
    return _as(rows.order_by("review_on", "pk"), reference="reference", due_on="review_on")


def _week(asked: Asked) -> Rows:
    """Visits of the next seven days."""
    rows = Visit.objects.permitted(asked.user, Can.SEE_VISIT_WORK, on=asked.on).coming()
    rows = rows.filter(commissioner__in=asked.ours, planned_on__range=(asked.on, asked.on + WEEK))
    return _as(rows.order_by("planned_on", "pk"), reference="reference", planned_on="planned_on", lead="lead__name")


def _vacated(asked: Asked) -> Rows:
    """Posts that somebody left since the person last looked, and that nobody holds."""
    held = PostHolder.objects.holding(on=asked.on).filter(post=OuterRef("post"))
    rows = PostHolder.objects.permitted(asked.user, Can.SEE_OVERVIEW, on=asked.on)
    rows = rows.filter(~Exists(held), part=PostHolder.Part.HOLDER, ends_on__gt=asked.since, ends_on__lte=asked.on)
    return _as(
        rows.order_by("ends_on", "pk"), post=F("post__title"), organisation=F("organisation__reference"),
        since_on="ends_on",
    )  # fmt: skip


def _rated(asked: Asked) -> Rows:
    """Ratings of the regulator that were brought in since."""
    rows = RegulatorRating.objects.permitted(asked.user, Can.SEE_OVERVIEW, on=asked.on)
    rows = rows.filter(imported_on__gt=asked.since, published_on__gt=asked.since - timedelta(days=90))
    return _as(
        rows.order_by("-published_on", "pk"), overall="overall", organisation=F("organisation__reference"),
        published_on="published_on",
    )  # fmt: skip


def _drafts(asked: Asked) -> Rows:
    """Drafts of reports that wait for the person's quality assurance, the oldest first; never their own."""
    rows = Contribution.objects.permitted(asked.user, Can.ASSURE_CONTRIBUTION, on=asked.on).to_assure()
    rows = rows.filter(commissioner__in=asked.ours).exclude(author=asked.user).select_related(None)
    return _as(rows.order_by("draft_on", "pk"), reference="reference", since_on="draft_on")


def _impacts(asked: Asked) -> Rows:
    """Impact reviews whose day has come, the oldest first; never of an action of the person's own."""
    rows = ImpactReview.objects.permitted(asked.user, Can.VERIFY_ACTIONS, on=asked.on).outstanding()
    rows = rows.filter(commissioner__in=asked.ours, due_on__lte=asked.on).select_related(None)
    rows = rows.exclude(part__action__owner=asked.user)
    return _as(rows.order_by("due_on", "pk"), impact="pk", due_on="due_on")


def _reviews(asked: Asked) -> Rows:
    """The next days of open reviews on whose list the person is: reference and clock, nothing else."""
    mine = Clock.objects.permitted(asked.user, Can.SEE_REVIEW, on=asked.on).running()
    return _clocks(mine.filter(review__closed_at__isnull=True, review__taken_back=False), asked)


def _lapsed(asked: Asked) -> Rows:
    """Clocks past their day of the reviews that the person follows and somebody attends to: reference and clock."""
    rows = followed(asked.user).filter(paused_on__isnull=True, due_on__lt=asked.on, review__closed_at__isnull=True)
    return _clocks(rows.filter(somebody_here(asked.on)), asked)


def _unattended(asked: Asked) -> Rows:
    """Clocks that ran out or soon do while nobody on the list of the review is here (hazard 19)."""
    return _clocks(lapsing(asked.user, asked.on), asked)


def _clocks(rows: Rows, asked: Asked) -> Rows:
    """The first of them; what is said of each is worked out for no others."""
    rows = rows.filter(commissioner__in=asked.ours)
    first = Clock.objects.filter(pk__in=Subquery(rows.order_by("due_on", "pk").values("pk")[:SHOWN])).moved()
    return first.order_by("due_on", "pk").values(
        each=JSONObject(
            total=counted(rows), reference="review__reference", kind="review__kind", words="rule__words",
            first_on="original_due_on", due_on="due_on", paused_on="paused_on", moves="moved",
        )
    )  # fmt: skip


def _figures_late(asked: Asked) -> Rows:
    """Figures that have not come, the longest overdue first; not those of the commissioner's own staff."""
    rows = FigureReturn.objects.permitted(asked.user, Can.SEND_REMINDERS, on=asked.on).late(on=asked.on)
    rows = rows.filter(commissioner__in=asked.ours).exclude(organisation=F("commissioner")).select_related(None)
    return _as(rows.order_by("due_on", "organisation__name"), **FIGURES)


def _figures_own(asked: Asked) -> Rows:
    """Figures of the commissioner's own staff that it owes itself."""
    rows = FigureReturn.objects.permitted(asked.user, Can.RECORD_RECEIVED, on=asked.on).late(on=asked.on)
    rows = rows.filter(commissioner__in=asked.ours, organisation=F("commissioner")).select_related(None)
    return _as(rows.order_by("due_on", "pk"), **FIGURES)


def _figures_answered(asked: Asked) -> Rows:
    """Questions about figures that the provider has answered."""
    rows = FigureQuery.objects.permitted(asked.user, Can.QUERY_FIGURES, on=asked.on).waiting_for_us()
    rows = rows.filter(commissioner__in=asked.ours)
    return _as(rows.order_by("answered_at", "pk"), reference="reference", line="asked__line__name")


def _figures_unplanned(asked: Asked) -> Rows:
    """Lines for which a recovery plan is asked and none is given, by provider."""
    rows = unplanned(Figure.objects.permitted(asked.user, Can.QUERY_FIGURES, on=asked.on), asked.ours, on=asked.on)
    return _as(rows, code="code", reference="figure_return__reference", line="asked__line__name")


def _figures_odd(asked: Asked) -> Rows:
    """Figures that the checks asked about and the provider explained, since the person last looked."""
    rows = Explanation.objects.permitted(asked.user, Can.QUERY_FIGURES, on=asked.on)
    rows = rows.filter(commissioner__in=asked.ours, asked__figure_return__submitted_at__date__gt=asked.since)
    return _as(
        rows.order_by("organisation__name", "pk"), reference="asked__figure_return__reference",
        line="asked__line__name",
    )  # fmt: skip


def _quarters(asked: Asked) -> Rows:
    """The newest quarter of figures whose date has passed, of each commissioner, with how many have returned."""
    past = Period.objects.permitted(asked.user, Can.SEE_FIGURES, on=asked.on).collected().quarters()
    past = past.filter(due_on__lt=asked.on, commissioner__in=asked.ours)
    later = past.filter(commissioner=OuterRef("commissioner"), ends_on__gt=OuterRef("ends_on"))
    returns = FigureReturn.objects.permitted(asked.user, Can.SEE_FIGURES, on=asked.on).select_related(None)
    returns = returns.issued().filter(period=OuterRef("pk")).exclude(organisation=F("commissioner"))
    silent = returns.not_returned().order_by("organisation__name", "pk")
    return past.filter(~Exists(later)).order_by("commissioner").values(
        each=JSONObject(
            period="pk", reference="reference", commissioner="commissioner", whose="commissioner__name",
            starts_on="starts_on", ends_on="ends_on", asked=counted(returns), returned=counted(returns.returned()),
            stamp=beside(), lines=lines_beside(), missing=ArraySubquery(silent.values("organisation__name")[:SHOWN]),
        )
    )[:SHOWN]  # fmt: skip


PARTS: Mapping[str, Callable[[Asked], Rows]] = MappingProxyType(
    {
        "immediate": _immediate,
        "steps": _steps,
        "proposed": _proposed,
        "incidents": _incidents,
        "plans": _plans,
        "answers": _answers,
        "notices": _notices,
        "requests": _requests,
        "concerns": _concerns,
        "week": _week,
        "vacated": _vacated,
        "rated": _rated,
        "quarters": _quarters,
        "figures_late": _figures_late,
        "figures_own": _figures_own,
        "figures_answered": _figures_answered,
        "figures_unplanned": _figures_unplanned,
        "figures_odd": _figures_odd,
        "drafts": _drafts,
        "impacts": _impacts,
        "reviews": _reviews,
        "lapsed": _lapsed,
        "unattended": _unattended,
    }
)


# Of these the page has panels of their own.
SAID_ELSEWHERE = ("quarters", "week", "vacated", "rated", "reviews", "lapsed", "unattended")


def parts_of(found: Mapping[str, Sequence[Any]]) -> bool:
    """Is there anything that waits for a decision or has run out of time?"""
    return any(found[name] for name in PARTS if name not in SAID_ELSEWHERE)
