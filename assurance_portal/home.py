"""The first page: a home for each role, made of panels that the person's capabilities show.

A panel is a function from the reader to its context, or None when there is nothing it could say. To add one: a
function here, a line in ``PANELS`` and a partial in templates/home/.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Q, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import acting_for, as_what, held_capabilities
from accounts.capabilities import Can
from accounts.door import door
from accounts.models import Membership, SignInEvent, User
from actions.models import Action
from assurance.models import SelfAssessment, StrandReview
from assurance.reading import Reading, commissioners_of, newest_year
from assurance.standing import BY_KEY, LEVELS
from chasing.daily import reminders_last_ran
from design.calendar import FinancialYear, london_date
from design.counting import counted, first_of
from design.pages import page
from evidence.models import EvidenceVersion
from evidence.scanner import is_set_up
from evidence.waiting import Trouble
from governance.models import AnnualReport
from oversight.models import SettingUp
from oversight.needs import Asked, needs, parts_of
from reviews.kinds import KINDS
from training.front_page import below

SHOWN = 6


@dataclass(frozen=True)
class Reader:
    """Who reads, for whom they act, and when."""

    request: HttpRequest
    can: set[Can]
    ours: list[int]
    on: date
    at: datetime

    @property
    def user(self) -> Any:
        """The person."""
        return self.request.user

    @cached_property
    def commissioners(self) -> list[int]:
        """Those whose overview the person sees, of whom they act for."""
        return [each.pk for each in commissioners_of(self.request)]

    @cached_property
    def figures(self) -> dict[str, Any]:
        """What the panels need that is one figure each, asked together. One query."""
        verify = Action.objects.permitted(self.user, Can.VERIFY_ACTIONS, on=self.on).awaiting_verification()
        confirm = Membership.objects.awaiting_confirmation().filter(organisation__in=self.ours)
        confirm = confirm.exclude(granted_by=self.user)
        sign_ins = SignInEvent.objects.filter(user=self.user, kind=SignInEvent.Kind.SIGNED_IN).order_by("-at")
        found = User.objects.filter(pk=self.user.pk).annotate(
            to_verify=counted(verify.filter(commissioner__in=self.ours)),
            to_confirm=counted(confirm),
            last_looked=Subquery(sign_ins.values("at")[1:2]),
            year=newest_year(self.commissioners),
        )
        return found.values("to_verify", "to_confirm", "last_looked", "year").get()

    @cached_property
    def looked(self) -> datetime | None:
        """When the person last came, before this time."""
        found: datetime | None = self.figures["last_looked"] or self.user.joined_at
        return found

    @cached_property
    def needs(self) -> dict[str, list[dict[str, Any]]]:
        """What waits and what is coming in oversight. One query."""
        since = london_date(self.looked) if self.looked else self.on
        return needs(Asked(self.user, tuple(self.ours), self.on, since))


Panel = Callable[[Reader], dict[str, Any] | None]


def needs_you(reader: Reader) -> dict[str, Any] | None:
    """Immediate concerns, steps proposed to a person, clocks that ran out; access waiting for a second person."""
    confirm = reader.figures["to_confirm"] if Can.CONFIRM_COMMISSIONER_ROLE in reader.can else 0
    verify = reader.figures["to_verify"]
    return {
        "needs": reader.needs,
        "confirm_count": confirm,
        "verify_count": verify,
        "any": parts_of(reader.needs) or confirm or verify,
    }


def week(reader: Reader) -> dict[str, Any] | None:
    """Visits of the next seven days, and one button for what was just said or seen."""
    return {"week": reader.needs["week"], "can": {each.value: True for each in reader.can}}


def to_validate(reader: Reader) -> dict[str, Any] | None:
    """Waiting for my validation: what is assigned to me, then the others, oldest first, by strand, with days."""
    mine = (
        StrandReview.objects.permitted(reader.user, Can.VALIDATE, on=reader.on)
        .filter(commissioner__in=reader.ours, signed_off_at__isnull=True)
        .filter(self_assessment__state__in=["submitted", "under_review"])
    )
    to_me = Case(When(assigned_to=reader.user, then=0), When(assigned_to=None, then=1), default=2)
    mine = mine.select_related("self_assessment__organisation", "assigned_to")
    mine = mine.order_by(to_me, "self_assessment__submitted_at", "pk")
    rows, count = first_of(mine, SHOWN)
    for row in rows:
        row.days = (reader.on - london_date(row.self_assessment.submitted_at)).days
    return {"rows": rows, "count": count}


def changed(reader: Reader) -> dict[str, Any] | None:
    """What came in since the person last signed in, before this time."""
    moment = reader.looked
    if moment is None:
        return None
    came = SelfAssessment.objects.permitted(reader.user, Can.SEE_RETURN_STATUS, on=reader.on)
    came = came.filter(commissioner__in=reader.ours, submitted_at__gt=moment)
    rows, count = first_of(came.order_by("-submitted_at", "pk"), SHOWN)
    news = {"vacated": reader.needs["vacated"], "rated": reader.needs["rated"]}
    return {"since": moment, "rows": rows, "count": count, **news}


def not_returned(reader: Reader) -> dict[str, Any] | None:
    """Who owes a return, the longest first."""
    late = SelfAssessment.objects.permitted(reader.user, Can.SEE_RETURN_STATUS, on=reader.on).not_returned()
    late = late.filter(commissioner__in=reader.ours, due_on__lt=reader.on, round__state="open")
    rows, count = first_of(late.order_by("due_on", "pk"), SHOWN)
    for row in rows:
        row.days = row.days_overdue(reader.on)
    return {"rows": rows, "count": count}


def reviews(reader: Reader) -> dict[str, Any] | None:
    """My reviews by their next day, only mine; and for the director every clock past its day, by reference."""
    found = {name: reader.needs[name] for name in ("reviews", "lapsed")}
    for row in found["reviews"]:
        row["short"] = KINDS[row["kind"]].short
    return {**found, "today": reader.on} if any(found.values()) else None


def setting_up(reader: Reader) -> dict[str, Any] | None:
    """What is left to do in a place that is being set up; nothing once it is done or hidden."""
    places = SettingUp.objects.filter(commissioner__in=reader.ours).shown().with_facts(on=reader.on)
    lists = [(place, place.steps(reader.can)) for place in places]
    undone = [(place, steps) for place, steps in lists if not all(each.done or each.optional for each in steps)]
    return {"places": undone} if undone else None


def unattended(reader: Reader) -> dict[str, Any] | None:
    """Reviews whose clock runs out while nobody on their list is here: reference and day only (hazard 19)."""
    rows = reader.needs["unattended"]
    return {"rows": rows, "count": rows[0]["total"], "on": reader.on} if rows else None


def totals(reader: Reader) -> dict[str, Any] | None:
    """Returned, late, extended, withdrawn: the sentence of the overview."""
    if not reader.commissioners:
        return None
    year = reader.figures["year"] or FinancialYear.of(reader.on).slug
    reading = Reading(reader.user, reader.commissioners, year, reader.on)
    levels = [{"standing": BY_KEY[key], "n": reading.counts.of(key)} for key in LEVELS]
    return {"reading": reading, "levels": levels, "query": f"year={reading.year}"}


def figures(reader: Reader) -> dict[str, Any] | None:
    """Lines of training and key indicators below their threshold, with n of d and as at; none before the first.

    Whoever validates is told above what waits for them, and has the lines one step away.
    """
    if Can.VALIDATE in reader.can:
        return None
    found = below(reader.user, reader.needs["quarters"], on=reader.on)
    return {"rows": found} if found else None


def reminders(reader: Reader) -> dict[str, Any] | None:
    """When reminders last ran: never a quiet green."""
    return {"ran": reminders_last_ran(at=reader.at)}


def scans(reader: Reader) -> dict[str, Any] | None:
    """What the virus scanner holds back. One query; the scanner itself is asked on its own page."""
    held = EvidenceVersion.objects.permitted(reader.user, Can.SEE_JOBS, on=reader.on)
    silent = Count("pk", filter=Q(scan_state="quarantined", scan_trouble=Trouble.NO_ANSWER))
    waiting, refused = Count("pk", filter=Q(scan_state="quarantined")), Count("pk", filter=Q(scan_state="infected"))
    return {"is_set_up": is_set_up(), **held.aggregate(waiting=waiting, silent=silent, refused=refused)}


def reports(reader: Reader) -> dict[str, Any] | None:
    """Published annual reports, newest first."""
    published = AnnualReport.objects.permitted(reader.user, Can.READ_REPORT, on=reader.on)
    rows = published.filter(state=AnnualReport.State.PUBLISHED).select_related("commissioner")
    return {"rows": list(rows.order_by("-year", "-number")[:SHOWN])}


# Name of the partial, the capabilities of which one shows it, and what fills it. Order is the order on screen.
PANELS: tuple[tuple[str, set[Can], Panel], ...] = (
    ("setting_up", {Can.BRING_IN_ORGANISATIONS, Can.BRING_IN_RECORDS, Can.CONFIRM_COMMISSIONER_ROLE}, setting_up),
    ("needs_you", {Can.SEND_REMINDERS, Can.ESCALATE, Can.SEE_VISIT_WORK}, needs_you),
    ("unattended", {Can.FOLLOW_REVIEWS}, unattended),
    ("to_validate", {Can.VALIDATE}, to_validate),
    ("totals", {Can.SEE_OVERVIEW}, totals),
    ("figures", {Can.SEE_FIGURES}, figures),
    ("changed", {Can.VALIDATE}, changed),
    ("reviews", {Can.SEE_REVIEW, Can.FOLLOW_REVIEWS}, reviews),
    ("week", {Can.SEE_VISIT_WORK, Can.LOG_CONTACT}, week),
    ("not_returned", {Can.SEE_OVERVIEW}, not_returned),
    ("reminders", {Can.SEND_REMINDERS, Can.SEE_JOBS}, reminders),
    ("scans", {Can.SEE_JOBS}, scans),
    ("reports", {Can.READ_REPORT}, reports),
)


@door(Can.OWN_ACCOUNT, methods=("GET",))
def home(request: HttpRequest) -> HttpResponse:
    """Providers get what is asked of them; everybody else the panels that they may see."""
    can = held_capabilities(request)
    if can & {Can.FILL_ASSESSMENT, Can.SUBMIT_ASSESSMENT}:
        return redirect("assurance:provider-home")
    reader = Reader(request, can, acting_for(request), timezone.localdate(), timezone.now())
    panels = [
        {"template": f"home/_{name}.html", "panel": found}
        for name, needed, panel in PANELS
        if needed & can and (found := panel(reader)) is not None
    ]
    known = {each.value: True for each in can}
    return page(request, "home/home.html", panels=panels, can=known, roles=as_what(request))
