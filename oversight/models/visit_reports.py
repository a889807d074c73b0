"""The report of a visit, as it was sent: a draft that the provider comments on, and one final report.

A report is the whole text as data, made once and never changed by any role; page and PDF are made of it. What the
provider reads is a report, never the write-up behind it.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.refusals import Refused
from assurance.models.seen import Seen, record_seen
from design.calendar import london_date
from oversight.models.action_plans import ask_for_plan
from oversight.models.visit_clocks import VisitClock, due_after
from oversight.models.visit_told import tell
from oversight.models.visits import IllegalMove, Visit
from providers.tenancy import SharedQuerySet

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

State = Visit.State


class VisitReportQuerySet(SharedQuerySet):
    """Reports. A provider reads the draft while it is with it and the final one afterwards; an associate the final."""

    drafts = ~Q(kind="final")
    sees_drafts = frozenset({Can.SEE_VISIT_WORK, Can.DO_VISITS, Can.SIGN_VISIT_REPORT})
    shared_with_associates = Q(kind="final")
    shared_capabilities = frozenset({Can.SEE_VISIT_REPORTS})

    def _own_reach(self, user: "User", can: Can, on: "date") -> Q:
        theirs = Q(kind="final")
        if can == Can.ANSWER_VISIT_REPORT:
            theirs |= Q(kind="draft", visit__state="with_provider")
        return super()._own_reach(user, can, on) & theirs

    def final(self) -> Self:
        """The one that counts of each visit."""
        return self.filter(kind=VisitReport.Kind.FINAL)


class VisitReport(models.Model):
    """Append-only: the text of a report as it was sent or signed."""

    class Kind(models.TextChoices):
        DRAFT = "draft", "Draft"
        FINAL = "final", "Final"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    document = models.JSONField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = VisitReportQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "kind"], name="visit_report_one_of_a_kind"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="visit_report_whose"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} report of {self.at:%-d %B %Y}"


@transaction.atomic
def begin_draft(visit: Visit, *, by: "User", at: datetime) -> None:
    """Somebody begins to write the report of a visit that was done."""
    visit.move((State.DONE,), state=State.DRAFT)
    visit.note("drafted", by=by, at=at)


@transaction.atomic
def send_draft(visit: Visit, document: dict[str, Any], *, by: "User", at: datetime) -> VisitReport:
    """The provider gets the draft: its window for comments opens, and its people are told by mail."""
    due_on = due_after(VisitClock.What.ACCURACY, london_date(at), commissioner=visit.commissioner_id)
    visit.move((State.DRAFT,), state=State.WITH_PROVIDER, comments_until=due_on)
    report = _keep(visit, VisitReport.Kind.DRAFT, document, by=by, at=at)
    visit.note("sent", by=by, at=at, new=due_on)
    tell("visit_draft", visit, key=f"visit_draft:{visit.pk}", at=at, visit=visit.pk)
    return report


def open_before_final(visit: Visit, *, today: "date") -> list[str]:
    """What stands between a draft and its signature, in sentences."""
    comments = list(visit.comments.all())
    found = []
    if visit.takes_comments(today):
        found.append(f"The provider may comment until {visit.comments_until:%-d %B %Y}.")
    if unanswered := sum(not each.is_answered for each in comments):
        found.append(f"Answer {unanswered} comment{'s' if unanswered > 1 else ''} of the provider.")
    if disputed := sum(each.is_disputed for each in comments):
        found.append(f"A second person has to decide {disputed} dispute{'s' if disputed > 1 else ''}.")
    return found


@transaction.atomic
def sign_final(visit: Visit, document: dict[str, Any], seen: list[Seen], *, by: "User", at: datetime) -> VisitReport:
    """The executive signs: the one final report, frozen.

    In the same transaction what was seen becomes ratings "seen on visit" at its site, the provider owes an action
    plan when there is a concern, and its people are told by mail. A second final report is refused.
    """
    today = london_date(at)
    if visit.state == State.WITH_PROVIDER and (open_still := open_before_final(visit, today=today)):
        raise Refused(" ".join(open_still))
    if visit.state == State.FINAL:
        raise IllegalMove("This visit has its final report. It is signed once and does not change.")
    visit.move((State.WITH_PROVIDER,), state=State.FINAL)
    report = _keep(visit, VisitReport.Kind.FINAL, document, by=by, at=at)
    record_seen(visit.commissioner, visit.organisation, seen, by=by, at=at)
    concerns = set(visit.findings.concerns().values_list("judgement", flat=True))
    if concerns:
        clock = VisitClock.What.PLAN_URGENT if "immediate_concern" in concerns else VisitClock.What.PLAN
        ask_for_plan(visit, due_on=due_after(clock, today, commissioner=visit.commissioner_id))
    visit.note("signed", by=by, at=at)
    tell("visit_final", visit, key=f"visit_final:{visit.pk}", at=at, visit=visit.pk)
    return report


def _keep(visit: Visit, kind: str, document: dict[str, Any], *, by: "User", at: datetime) -> VisitReport:
    whose = {"commissioner_id": visit.commissioner_id, "organisation_id": visit.organisation_id}
    report: VisitReport = VisitReport.objects.create(visit=visit, kind=kind, document=document, by=by, at=at, **whose)
    return report
