"""What is known of one provider beside its return: visits, contacts, incidents, intelligence, posts, steps, notices.

All of it is one statement: each source gives its rows as JSON, as far as this person may see them, newest or most
urgent first and cut to what a page shows. To add a source: a function in ``SOURCES``, an entry of ``LABELS`` for its
coded columns, whose words then stand beside them as ``…_words``, and its section in templates/oversight/_seen.html.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.capabilities import Can
from accounts.models.memberships import asked_by
from actions.models import Action
from assurance.models.policy import regulator_days_of_leads
from design.calendar import FinancialYear
from design.statements import Rows, gather
from oversight.contact_kinds import BY_CODE
from oversight.models import (
    AuthorityConcern,
    Concern,
    ContactEntry,
    ContractNotice,
    Escalation,
    Indicator,
    IntelligenceItem,
    Mobilisation,
    NoticeMilestone,
    PlacementSuspension,
    SeriousIncident,
    SurveillanceLevel,
    Visit,
    VisitFinding,
)
from providers.models import Contact, Organisation, Post, RegulatorRating
from reviews.models import Contribution
from reviews.roles import PARTS
from training.known import SOURCES as FIGURES

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 5
LOOK_BACK = timedelta(days=365)
Source = Callable[[Organisation, "User", date], Rows]
NOTHING_MORE: Mapping[str, Source] = MappingProxyType({})


def known(
    organisation: Organisation, user: "User", *, on: date, more: Mapping[str, Source] = NOTHING_MORE
) -> dict[str, list[dict[str, Any]]]:
    """Every source's rows by its name, dates as dates and codes with their words beside them. One statement.

    ``more``: what one page needs beside it, by names that are not among ``SOURCES``.
    """
    sources = {**SOURCES, **more}

    def part(name: str, pk: int) -> Rows:
        return sources[name](Organisation(pk=pk), user, on)

    found = gather(asked_by(user, "known", on, *more), Organisation, sources, part, organisation.pk)
    for (name, coded), words in LABELS.items():
        for row in found[name]:
            row[f"{coded}_words"] = words(row[coded])
    return found


def _as(rows: Rows, *, shown: int = SHOWN, **columns: Any) -> Rows:
    """The first of these rows, each as one JSON object."""
    return rows.values(each=JSONObject(**columns))[:shown]


def _surveillance(organisation: Organisation, user: "User", on: date) -> Rows:
    """The level that each commissioner of this person holds the provider at."""
    rows = SurveillanceLevel.objects.permitted(user, Can.SEE_SURVEILLANCE, on=on).live(on=on)
    return _as(
        rows.filter(organisation=organisation).order_by("-label__position", "pk"), reference="reference",
        label="label__name", heightened="label__heightened", starts_on="starts_on", reason="reason",
        whose="commissioner__name",
    )  # fmt: skip


def _suspensions(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = PlacementSuspension.objects.permitted(user, Can.SEE_SURVEILLANCE, on=on).live(on=on)
    return _as(
        rows.filter(organisation=organisation).order_by("starts_on", "pk"), reference="reference",
        authority="authority", name="authority_name", starts_on="starts_on", reason="reason", site="site__name",
    )  # fmt: skip


def _notices(organisation: Organisation, user: "User", on: date) -> Rows:
    """Open contract notices, with the next promise of their plan."""
    promised = NoticeMilestone.objects.filter(notice=OuterRef("pk"), met_on__isnull=True).order_by("due_on", "number")
    rows = ContractNotice.objects.permitted(user, Can.SEE_NOTICES, on=on).open().filter(organisation=organisation)
    return _as(
        rows.order_by("issued_on", "pk"), reference="reference", number="number", rule="rule__name",
        issued_on="issued_on", meeting_due_on="meeting_due_on", meeting_on="meeting_on", outcome="outcome",
        next=Subquery(promised.values("text")[:1]), next_on=Subquery(promised.values("due_on")[:1]),
    )  # fmt: skip


def _steps(organisation: Organisation, user: "User", on: date) -> Rows:
    """Steps of the escalation route that wait for a decision or are being walked."""
    rows = Escalation.objects.permitted(user, Can.SEE_SURVEILLANCE, on=on).filter(organisation=organisation)
    rows = rows.filter(Q(pk__in=rows.waiting().values("pk")) | Q(state__in=Escalation.WALKED))
    return _as(
        rows.order_by("proposed_on", "pk"), reference="reference", number="step__number", step="step__name",
        state="state", proposed_on="proposed_on", decided_on="decided_on", response_due_on="response_due_on",
    )  # fmt: skip


def _visits(organisation: Organisation, user: "User", on: date) -> Rows:
    """Visits that took place and those to come, as far as their state is this person's to know."""
    rows = Visit.objects.known_to(user, on=on).filter(organisation=organisation).exclude(state="cancelled")
    serious = VisitFinding.objects.filter(visit=OuterRef("pk"), judgement__in=VisitFinding.ASKS_FOR_ACTION)
    counted = serious.order_by().values("visit").annotate(n=Count("pk")).values("n")
    return _as(
        rows.order_by(Coalesce("ended_on", "planned_on").desc(), "-pk"), reference="reference", kind="kind",
        state="state", planned_on="planned_on", ended_on="ended_on", site="site__name", concerns=Coalesce(
            Subquery(counted), 0
        ),
    )  # fmt: skip


def _contacts(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = ContactEntry.objects.permitted(user, Can.SEE_CONTACT_LOG, on=on).standing().filter(organisation=organisation)
    return _as(
        rows.order_by("-happened_on", "-pk"), reference="reference", kind="kind", happened_on="happened_on",
        forum="forum", whom="with_whom", taken="taken__label", by="by__name",
    )  # fmt: skip


def _spoken(organisation: Organisation, user: "User", on: date) -> Rows:
    """The last time that somebody of the provider's was spoken to."""
    rows = ContactEntry.objects.permitted(user, Can.SEE_CONTACT_LOG, on=on).human_contact(organisation)
    return _as(rows, shown=1, happened_on="happened_on", kind="kind", whom="with_whom", by="by__name")


def _counts(organisation: Organisation, user: "User", on: date) -> Rows:
    """Contacts of the running financial year by kind."""
    rows = ContactEntry.objects.permitted(user, Can.SEE_CONTACT_LOG, on=on).standing().filter(organisation=organisation)
    rows = rows.filter(happened_on__range=(FinancialYear.of(on).starts, on)).order_by()
    return _as(rows.values("kind").annotate(n=Count("pk")).order_by("-n", "kind"), shown=20, kind="kind", n="n")


def _incidents(organisation: Organisation, user: "User", on: date) -> Rows:
    """Serious incidents of the last twelve months by category, with how many nobody has looked at."""
    rows = (
        SeriousIncident.objects.permitted(user, Can.SEE_INCIDENTS, on=on).standing().filter(organisation=organisation)
    )
    rows = rows.filter(happened_on__gt=on - LOOK_BACK, happened_on__lte=on).order_by()
    unread = Count("pk", filter=Q(looked_at__isnull=True))
    counted = rows.values("category__label").annotate(n=Count("pk"), unread=unread).order_by("-n", "category__label")
    return _as(counted, shown=20, category="category__label", n="n", unread="unread")


def _indicators(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = Indicator.objects.permitted(user, Can.SEE_OVERVIEW, on=on).filter(organisation=organisation)
    return _as(
        rows.newest_of_each(), shown=20, reference="reference", kind="kind__label", n="n", d="d", as_at_on="on",
        source="source",
    )  # fmt: skip


def _intelligence(organisation: Organisation, user: "User", on: date) -> Rows:
    """Items of the last twelve months by theme and source: what several sources say stands out."""
    rows = IntelligenceItem.objects.permitted(user, Can.SEE_INTELLIGENCE, on=on).standing()
    rows = rows.filter(organisation=organisation, received_on__gt=on - LOOK_BACK).order_by()
    counted = rows.values("theme__label", "source__label").annotate(n=Count("pk"))
    return _as(
        counted.order_by("theme__label", "source__label"), shown=40, theme="theme__label", source="source__label", n="n"
    )


def _concerns(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = Concern.objects.permitted(user, Can.SEE_INTELLIGENCE, on=on).open().filter(organisation=organisation)
    return _as(
        rows.with_levels().order_by("review_on", "pk"), reference="reference", title="title", theme="theme__label",
        level_now="level_now", place_now="place_now", place_before="place_before", review_on="review_on",
    )  # fmt: skip


def _people(organisation: Organisation, user: "User", on: date) -> Rows:
    """The provider's current contacts, with whether reminders reach them."""
    rows = Contact.objects.permitted(user, Can.SEE_PROVIDERS, on=on).filter(organisation=organisation).current()
    return _as(
        rows.order_by("kind", "name", "pk"), shown=60, kind="kind", name="name", telephone="telephone", email="email",
        receives_reminders="receives_reminders", verified_on="verified_on",
    )  # fmt: skip


def _posts(organisation: Organisation, user: "User", on: date) -> Rows:
    """Who holds which post, vacancies first, the longest vacant at the top."""
    rows = Post.objects.permitted(user, Can.SEE_PROVIDERS, on=on).of(organisation).as_on(on)
    return _as(
        rows.order_by(F("vacant_since").asc(nulls_last=True), "title", "part"), shown=40, reference="reference",
        title="title", part="part", holder="holder_name", cover="cover_name", vacant_since="vacant_since",
        checked_on="checked_on", leaves_on="leaves_on",
    )  # fmt: skip


def _ratings(organisation: Organisation, user: "User", on: date) -> Rows:
    """The regulator's newest rating of the whole and of each site, and after how many days it must be looked up."""
    days = regulator_days_of_leads([organisation], on=on).values("days")[:1]
    rows = RegulatorRating.objects.permitted(user, Can.SEE_PROVIDERS, on=on).filter(organisation=organisation)
    return _as(
        rows.newest().order_by(F("site__name").asc(nulls_first=True)), shown=20, overall="overall", site="site__name",
        published_on="published_on", imported_on="imported_on", regulator="regulator_id", source="source",
        check_after=Subquery(days),
    )  # fmt: skip


def _authority(organisation: Organisation, user: "User", on: date) -> Rows:
    """What the local authority says about the home."""
    rows = AuthorityConcern.objects.permitted(user, Can.SEE_OVERVIEW, on=on).holding(on=on)
    return _as(
        rows.filter(organisation=organisation).order_by("starts_on", "pk"), status="status__label",
        starts_on="starts_on", source="source",
    )  # fmt: skip


def _mobilising(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = Mobilisation.objects.permitted(user, Can.SEE_OVERVIEW, on=on).running().filter(organisation=organisation)
    return _as(
        rows.order_by("go_live_on", "pk"), reference="reference", service="service", stage="stage",
        go_live_on="go_live_on", signed_at="signed_at",
    )  # fmt: skip


def _review_actions(organisation: Organisation, user: "User", on: date) -> Rows:
    """How many actions of reviews are open and overdue, of the reviews that this person may know of."""
    rows = Action.objects.permitted(user, Can.SEE_ACTIONS, on=on).open().filter(organisation=organisation)
    rows = rows.filter(circle__review__isnull=False).order_by()
    counted = rows.values("organisation").annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=on)))
    return _as(counted, n="n", late="late")


def _contributions(organisation: Organisation, user: "User", on: date) -> Rows:
    """Reports that were asked for in reviews and have not come, of the reviews that this person may know of."""
    rows = Contribution.objects.permitted(user, Can.SEE_CONTRIBUTION, on=on).filter(settled_at__isnull=True)
    return _as(
        rows.filter(organisation=organisation).order_by("due_on", "pk"), reference="reference", part="part",
        due_on="due_on", first_on="original_due_on",
    )  # fmt: skip


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "surveillance": _surveillance,
        "suspensions": _suspensions,
        "notices": _notices,
        "steps": _steps,
        "visits": _visits,
        "contacts": _contacts,
        "spoken": _spoken,
        "counts": _counts,
        "incidents": _incidents,
        "indicators": _indicators,
        "intelligence": _intelligence,
        "concerns": _concerns,
        "people": _people,
        "posts": _posts,
        "ratings": _ratings,
        "authority": _authority,
        "mobilising": _mobilising,
        "review_actions": _review_actions,
        "contributions": _contributions,
        **FIGURES,
    }
)

LABELS: Mapping[tuple[str, str], Callable[[Any], str]] = MappingProxyType(
    {
        ("suspensions", "authority"): lambda code: str(PlacementSuspension.Authority(code).label),
        ("notices", "outcome"): lambda code: str(ContractNotice.Outcome(code).label) if code else "",
        ("steps", "state"): lambda code: str(Escalation.State(code).label),
        ("visits", "kind"): lambda code: str(Visit.Kind(code).label),
        ("visits", "state"): lambda code: str(Visit.State(code).label),
        ("contacts", "kind"): lambda code: BY_CODE[code].label,
        ("spoken", "kind"): lambda code: BY_CODE[code].label,
        ("counts", "kind"): lambda code: BY_CODE[code].label,
        ("ratings", "overall"): lambda code: str(RegulatorRating.Overall(code).label),
        ("contributions", "part"): lambda code: PARTS[code].label,
        ("mobilising", "stage"): lambda code: str(Mobilisation.Stage(code).label),
    }
)
