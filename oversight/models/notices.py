"""Contract notices as they were served outside the portal: recorded here, never served from here."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from oversight.models.escalation_rules import NoticeRule
from oversight.models.escalations import Escalation

if TYPE_CHECKING:
    from accounts.models import User


class NoticeQuerySet(TenantQuerySet):
    """Notices, open and closed."""

    def open(self) -> Self:
        """Not closed."""
        return self.filter(closed_on__isnull=True)

    def of(self, organisation: Any) -> Self:
        """About one provider, newest first."""
        return self.filter(organisation=organisation).order_by("-issued_on", "-pk")

    def open_first(self) -> Self:
        """Open ones first, then by when they ended, the newest first."""
        return self.order_by(F("closed_on").desc(nulls_first=True), "-issued_on", "-pk")

    def in_full(self) -> Self:
        """With every name that its page shows, in the same query."""
        return self.select_related("rule", "organisation", "commissioner", "contract", "escalation")

    def between(self, first: date, last: date) -> Self:
        """Issued or closed in the period, or open through it."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=first), issued_on__lte=last)

    def with_milestones_missed(self, *, on: date) -> Self:
        """Annotated with ``missed``: a milestone is past its day and not met."""
        late = NoticeMilestone.objects.filter(notice=OuterRef("pk"), met_on__isnull=True, due_on__lt=on)
        return self.annotate(missed=Exists(late))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class ContractNotice(models.Model):
    """A notice under a contract: grounds, meeting, plan, milestones, outcome. The real paper is uploaded beside it."""

    class Outcome(models.TextChoices):
        WITHDRAWN = "withdrawn", "Notice withdrawn"
        IMMEDIATE = "immediate", "Immediate action plan"
        JOINT = "joint", "Joint investigation"
        REMEDIAL = "remedial", "Remedial action plan"

    class Closing(models.TextChoices):
        MET = "met", "Plan met"
        WITHDRAWN = "withdrawn", "Notice withdrawn"
        HIGHER = "higher", "Went on to a further notice"
        ENDED = "ended", "The contract ended"

    PLANS: ClassVar[tuple[str, ...]] = (Outcome.IMMEDIATE, Outcome.JOINT, Outcome.REMEDIAL)

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="notices")
    contract = models.ForeignKey("providers.Arrangement", on_delete=models.PROTECT, related_name="+")
    escalation = models.ForeignKey(Escalation, null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    rule = models.ForeignKey(NoticeRule, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("number of the notice", max_length=40)
    clause = models.CharField(max_length=60)
    words = models.TextField("what the notice says")
    issued_on = models.DateField()
    issued_by = models.CharField("issued by (name and role)", max_length=150)
    meeting_due_on = models.DateField(null=True, blank=True)
    meeting_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    outcome_on = models.DateField(null=True, blank=True)
    plan = models.TextField(blank=True)
    plan_due_on = models.DateField(null=True, blank=True)
    plan_agreed_on = models.DateField(null=True, blank=True)
    remedy_due_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closing = models.CharField("how it ended", max_length=9, choices=Closing.choices, blank=True)
    closing_words = models.CharField("in a sentence", max_length=500, blank=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="notice_whose"),
            models.UniqueConstraint(fields=["commissioner", "number"], name="notice_number_once"),
            models.CheckConstraint(
                condition=Q(meeting_on__isnull=True) | Q(meeting_on__gte=F("issued_on")),
                name="notice_meeting_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_on__isnull=True) | (~Q(outcome="") & Q(outcome_on__isnull=False)),
                name="notice_outcome_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_by__isnull=True, closing="")
                | (Q(closed_on__gte=F("issued_on"), closed_by__isnull=False) & ~Q(closing="")),
                name="notice_closed_with_outcome",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-issued_on"], name="notice_of_organisation")]

    def __str__(self) -> str:
        return f"{self.rule} {self.number}"

    @property
    def is_open(self) -> bool:
        """Not closed."""
        return self.closed_on is None

    @property
    def has_plan(self) -> bool:
        """Its outcome is one that has milestones."""
        return self.outcome in self.PLANS

    def change(self, expected: int, **changes: Any) -> None:
        """Write to an open notice that nobody changed in the meantime."""
        same = ContractNotice.objects.filter(pk=self.pk, version=expected, closed_on__isnull=True)
        moved = same.update(version=F("version") + 1, **changes)
        self.refresh_from_db()
        if not moved and not self.is_open:
            raise Refused(f"This notice was closed on {self.closed_on:%-d %B %Y}. Nothing of it changes any more.")
        if not moved:
            raise Refused("Somebody else has just changed this notice. Look at theirs first.")


class OfNoticeQuerySet(TenantQuerySet):
    """Seen with the notice they belong to."""


class NoticeGround(models.Model):
    """What a notice rests on: a criterion, a visit's finding, an overdue action, or a return that did not come."""

    notice = models.ForeignKey(ContractNotice, on_delete=models.PROTECT, related_name="grounds")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    criterion = models.ForeignKey("framework.CriterionVersion", null=True, on_delete=models.PROTECT, related_name="+")
    finding = models.ForeignKey("oversight.VisitFinding", null=True, on_delete=models.PROTECT, related_name="+")
    action = models.ForeignKey("actions.Action", null=True, on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(
        "assurance.SelfAssessment", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "criterion", "finding", "action", "self_assessment"], nulls_distinct=False,
                name="notice_ground_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """What it is, without case words."""
        if self.criterion:
            said = next(iter(self.criterion.wordings.all()), "")
            return f"Criterion {self.criterion.ref}: {said}"
        if self.finding:
            visit = self.finding.visit
            return f"Finding of the visit of {visit.ended_on or visit.planned_on:%-d %B %Y}"
        if self.action:
            return f"Action {self.action.reference}, due {self.action.due_on:%-d %B %Y}"
        owed = self.self_assessment
        return f"{owed.round}, due {owed.due_on:%-d %B %Y}" if owed else "Nothing named"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class NoticeMilestone(models.Model):
    """One promise of the plan, due on a day, met on a day."""

    notice = models.ForeignKey(ContractNotice, on_delete=models.PROTECT, related_name="milestones")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text = models.CharField("what is promised", max_length=300)
    due_on = models.DateField()
    met_on = models.DateField(null=True, blank=True)
    met_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = OfNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="notice_milestone_number_once"),
            models.CheckConstraint(
                condition=Q(met_on__isnull=True, met_by__isnull=True) | Q(met_on__isnull=False, met_by__isnull=False),
                name="notice_milestone_met_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def meet(self, *, by: "User", on: date) -> None:
        """It was met on the day. Of two at once the second is told."""
        if not NoticeMilestone.objects.filter(pk=self.pk, met_on__isnull=True).update(met_on=on, met_by=by):
            raise Refused("Somebody else has just noted that this milestone was met.")
        self.refresh_from_db()


class NoticeFile(models.Model):
    """The real notice, kept as a file of the commissioner."""

    notice = models.ForeignKey(ContractNotice, on_delete=models.PROTECT, related_name="files")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = OfNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["added_at"]
        constraints = [models.UniqueConstraint(fields=["notice", "item"], name="notice_file_once")]

    def __str__(self) -> str:
        return str(self.item)
