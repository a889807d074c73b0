"""What the pages of escalation show of one provider and one step; the lists are in ``oversight.escalation_lists``."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse

from accounts.capabilities import Can
from assurance.models import InQuestion
from chasing import proposals
from chasing.daily import GRACE
from chasing.models import Chase, JobRun
from design.calendar import DAY, LONDON, london_date
from oversight import escalation_lists, notice_files, papers, triggers
from oversight.models import ContractNotice, Escalation, PlacementSuspension, SurveillanceLevel
from oversight.triggers import PROPOSE

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation


def about_provider(organisation: "Organisation", user: "User", *, on: date) -> dict[str, Any]:
    """Levels, steps, notices and suspensions of one provider as the person may see them; rights beside them."""
    surveillance = Can.SEE_SURVEILLANCE
    levels = list(SurveillanceLevel.objects.permitted(user, surveillance, on=on).of(organisation))
    steps = Escalation.objects.permitted(user, surveillance, on=on).of(organisation).select_related("step")
    notices = ContractNotice.objects.permitted(user, Can.SEE_NOTICES, on=on).of(organisation)
    suspensions = PlacementSuspension.objects.permitted(user, surveillance, on=on).of(organisation)
    rights = type(organisation).objects.filter(pk=organisation.pk)
    rights = rights.with_rights(user, Can.ESCALATE, Can.SET_SURVEILLANCE, Can.RECORD_NOTICES, on=on)
    return {
        "levels": levels,
        "level": next((each for each in levels if each.is_live), None),
        "steps": list(steps.with_why()),
        "notices": list(notices.select_related("rule")),
        "suspensions": list(suspensions.select_related("site")),
        "doubts": _doubts(organisation, user, on),
        "may": rights.get(),
    }


def in_full(row: Any, user: "User", can: Can, *, on: date) -> Any:
    """The step or notice with every name that its page shows, and ``may``: this person may do more than read it."""
    objects = type(row).objects
    allowed = objects.permitted(user, can, on=on).filter(pk=OuterRef("pk"))
    return objects.in_full().annotate(may=Exists(allowed)).get(pk=row.pk)


@dataclass(frozen=True)
class Looked:
    """The newest run of the daily job that proposes; ``late`` when a morning has been missed (hazard 18)."""

    run: JobRun | None
    late: bool


def last_looked(*, at: datetime) -> Looked:
    """Never a quiet green: after 07:15 today's run must be there and have finished, before it yesterday's."""
    run = next(iter(JobRun.objects.newest(PROPOSE, days=1)), None)
    today = london_date(at)
    expected = today if at.astimezone(LONDON).time() >= GRACE else today - DAY
    done = run is not None and run.finished_at is not None and not run.problem
    return Looked(run, run is None or not done or run.on < expected)


def _doubts(organisation: "Organisation", user: "User", on: date) -> dict[str, Any]:
    """How many validated grades are in question, and since when (hazard 15)."""
    open_ = InQuestion.objects.permitted(user, Can.SEE_RESULT, on=on).open().filter(organisation=organisation)
    return open_.aggregate(n=Count("pk"), since=Min("since"))


def register() -> None:
    """Called when the app is ready. A reminder step that joined a step of the route is decided there."""
    triggers.register_sources()
    papers.register_letters()
    notice_files.register_uses()
    escalation_lists.register_lists()
    proposals.decide_elsewhere(_decided_at)


def _decided_at(chase: Chase) -> str:
    grounds = {"kind": chase.kind, "thing": chase.thing, "version": chase.due_version}
    found = Escalation.objects.proposed().filter(
        commissioner=chase.commissioner_id, **{f"grounds__{name}": value for name, value in grounds.items()}
    )
    newest = found.order_by("-step__position").first()
    return reverse("oversight:escalation-detail", args=[newest.reference]) if newest else ""
