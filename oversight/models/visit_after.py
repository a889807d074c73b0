"""After the final report: the actions that answer its concerns, and with whom the report was shared."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from accounts.refusals import Refused
from accounts.tenancy import TenantQuerySet
from actions.models import Action
from oversight.models.action_plans import ActionPlan
from oversight.models.visit_findings import FindingAction, VisitFinding
from oversight.models.visits import IllegalMove, Visit

if TYPE_CHECKING:
    from accounts.models import User

ORIGIN, ORIGIN_IN_WORDS = "visit", "Finding of a visit"


@transaction.atomic
def promise(
    finding: VisitFinding, text: str, *, due_on: date, owner_name: str, proof: str, by: "User", at: datetime,
    owner: "User | None" = None,
) -> Action:  # fmt: skip
    """An action that answers a concern of a final report. With the last concern answered the plan is there."""
    visit = Visit.objects.select_for_update(of=("self",)).get(pk=finding.visit_id)
    if visit.state != Visit.State.FINAL:
        raise IllegalMove("Actions follow from the final report.")
    if finding.judgement not in VisitFinding.ASKS_FOR_ACTION:
        raise Refused("This finding is no concern, so it needs no action.")
    action = Action.objects.open_for(
        finding.commissioner, finding.organisation, text, due_on=due_on, origin_kind=ORIGIN, owner=owner,
        owner_name=owner_name, evidence_required=proof, by=by, at=at,
    )  # fmt: skip
    whose = {"commissioner_id": visit.commissioner_id, "organisation_id": visit.organisation_id}
    FindingAction.objects.create(finding=finding, action=action, **whose)
    if not visit.findings.concerns().filter(actions__isnull=True).exists():
        plan = ActionPlan.objects.filter(visit=visit).first()
        if plan is not None and plan.settle(at=at):
            visit.note("plan_received", by=by, at=at)
    return action


class ReportShareQuerySet(TenantQuerySet):
    """With whom reports were shared."""


class ReportShare(models.Model):
    """Append-only: a final report went to another body, by whom, why, and what was asked before."""

    CHECKS: ClassVar[dict[str, str]] = {
        "necessary": "It is necessary for the purpose",
        "proportionate": "No more is shared than the purpose needs",
        "relevant": "What is shared is relevant to this body",
        "accurate": "It is the final report, and it is accurate",
        "timely": "It goes in time to be of use",
        "secure": "It goes by a secure way",
    }

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.PROTECT, related_name="shares")
    shared_with = models.CharField(max_length=200)
    shared_on = models.DateField()
    why = models.CharField(max_length=600)
    checks = ArrayField(models.CharField(max_length=12))
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ReportShareQuerySet.as_manager()

    class Meta:
        ordering = ["-shared_on", "-id"]

    def __str__(self) -> str:
        return f"Shared with {self.shared_with}"


@transaction.atomic
def share(
    visit: Visit, shared_with: str, *, on: date, why: str, checks: list[str], by: "User", at: datetime
) -> ReportShare:
    """Note that the final report was given to another body. A draft is shared with nobody."""
    if visit.state != Visit.State.FINAL:
        raise IllegalMove("Only a final report is shared.")
    whose = {"commissioner_id": visit.commissioner_id, "organisation_id": visit.organisation_id}
    made: ReportShare = visit.shares.create(
        shared_with=shared_with, shared_on=on, why=why, checks=checks, by=by, at=at, **whose
    )
    visit.note("shared", shared_with, by=by, at=at, new=on)
    return made


@transaction.atomic
def follow_up(visit: Visit, outcome: str, *, on: date, next_on: date | None, by: "User", at: datetime) -> None:
    """What became of a final report's concerns, and when somebody looks again."""
    visit.move((Visit.State.FINAL,), follow_up_on=next_on)
    visit.note("followed_up", outcome, by=by, at=at, new=on)
