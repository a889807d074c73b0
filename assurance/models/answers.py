"""One answer per asked criterion, made when the round is issued and frozen once it is submitted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from accounts.tenancy import TenantQuerySet
from assurance.models.assessments import IllegalMove, SelfAssessment
from evidence.models import EvidenceItem
from framework.models import CriterionVersion, Grade
from framework.models.criteria import RefOrder

if TYPE_CHECKING:
    from accounts.models import User

CHANGED_AFTER_SUBMISSION = """
    OLD.submitted_before AND (OLD.value, OLD.narrative, OLD.not_applicable_reason)
    IS DISTINCT FROM (NEW.value, NEW.narrative, NEW.not_applicable_reason)
"""
# What a provider is writing now is its own, a return sent back for more as well: see ``Submission.document``.
WRITING = ["issued", "in_progress", "sent_back"]


@dataclass(frozen=True)
class Entry:
    """One answer to save: which, what, and which version the writer had in front of them.

    ``version`` None means "whatever is there" (a workbook that was compared first). ``seen`` is the fingerprint
    of what the page showed: text that the writer did not touch is not a save.
    """

    answer: int
    value: dict[str, str]
    narrative: str = ""
    not_applicable_reason: str = ""
    version: int | None = None
    seen: str = ""
    confirm: bool = False


def incomplete_when(grades: Iterable[Grade]) -> Q:
    """What still keeps a return from being submitted, as one condition on answers."""
    grades = list(grades)
    explain = [grade.code for grade in grades if grade.requires_comment and not grade.excludes]
    excused = [grade.code for grade in grades if grade.excludes]
    return (
        Q(grade__isnull=True)
        | Q(grade__in=explain, narrative="")
        | Q(grade__in=excused, not_applicable_reason="")
        | ~Q(grade__in=[grade.code for grade in grades])
    )


class AnswerQuerySet(TenantQuerySet):
    """Answers are seen like their return; what is not submitted is the provider's own."""

    circle_path = "self_assessment__circle"
    drafts = Q(self_assessment__state__in=WRITING)

    def in_order(self) -> "AnswerQuerySet":
        """As the framework lists them: 1.9 before 1.10."""
        return self.order_by(RefOrder(models.F("criterion_version__ref"), models.Value(".")))

    def unanswered(self) -> "AnswerQuerySet":
        """Without a grade."""
        return self.filter(grade__isnull=True)


# Drafts are covered by answered_by, answered_at and version; events begin with the first submission.
@pghistory.track(
    pghistory.UpdateEvent(
        condition=pgtrigger.Condition(CHANGED_AFTER_SUBMISSION),
        row=pghistory.New,
    ),
    append_only=True,
)
class Answer(models.Model):
    """What the provider says about one criterion: a value by kind, and its words."""

    # Without an index of its own stands what another index below begins with.
    commissioner = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(
        SelfAssessment, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    criterion_version = models.ForeignKey(
        CriterionVersion, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    value = models.JSONField(default=dict, help_text='By kind of criterion; for a grade: {"grade": code}')
    grade = models.GeneratedField(
        expression=KeyTextTransform("grade", "value"), output_field=models.CharField(max_length=20), db_persist=True
    )
    narrative = models.TextField(blank=True)
    not_applicable_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    carried_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    submitted_before = models.BooleanField(default=False, editable=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "criterion_version"], name="answer_once"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="answer_whose"),
        ]
        indexes = [
            models.Index(
                fields=["commissioner", "organisation", "criterion_version"], include=["grade"], name="answer_grades"
            ),
            models.Index(fields=["criterion_version", "commissioner"], name="answer_across"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_version_id}: {self.grade or 'unanswered'}"

    @property
    def fingerprint(self) -> str:
        """Of what is said, to tell a text that a writer left alone from one that was changed."""
        return fingerprint(self.value.get("grade", ""), self.narrative, self.not_applicable_reason)

    @transaction.atomic
    def use(self, item: EvidenceItem, *, by: "User", at: datetime) -> "AnswerEvidence":
        """Say that the item supports this answer; once, and only while the return may be written in."""
        self._hold_editable()
        made, _ = AnswerEvidence.objects.get_or_create(
            answer=self,
            item=item,
            defaults={
                "commissioner_id": self.commissioner_id,
                "organisation_id": self.organisation_id,
                "added_by": by,
                "added_at": at,
            },
        )
        return made

    @transaction.atomic
    def stop_using(self, use: "AnswerEvidence") -> None:
        """The item no longer supports this answer; history keeps that it did."""
        self._hold_editable()
        self.evidence.filter(pk=use.pk).delete()

    def _hold_editable(self) -> None:
        held = SelfAssessment.objects.select_for_update().get(pk=self.self_assessment_id)
        if not held.is_editable:
            raise IllegalMove(f"This return is “{held.get_state_display()}”, so its evidence can no longer be changed.")

    @property
    def is_confirmed(self) -> bool:
        """Said to be still true since last year."""
        return self.confirmed_at is not None


def fingerprint(*parts: str) -> str:
    """Sixteen characters that differ when any part does."""
    return sha256("\x1f".join(parts).encode()).hexdigest()[:16]


class AnswerEvidenceQuerySet(TenantQuerySet):
    """Uses of evidence are seen like their return."""

    circle_path = "answer__self_assessment__circle"
    drafts = Q(answer__self_assessment__state__in=WRITING)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)
class AnswerEvidence(models.Model):
    """An evidence item used for an answer, with the reviewer's verdict on the version that they read."""

    class Verdict(models.TextChoices):
        NOT_REVIEWED = "not_reviewed", "Not reviewed"
        SUPPORTS = "supports", "Supports the grade"
        NOT_ENOUGH = "not_enough", "Does not show it"
        OUT_OF_DATE = "out_of_date", "Out of date"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence")
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="uses")
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    verdict = models.CharField(max_length=12, choices=Verdict.choices, default=Verdict.NOT_REVIEWED)
    verdict_on = models.ForeignKey(
        "evidence.EvidenceVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    verdict_at = models.DateTimeField(null=True, blank=True)

    objects = AnswerEvidenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "item"], name="answer_evidence_once")]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.item_id}"
