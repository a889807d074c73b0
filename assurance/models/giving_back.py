"""Giving an entry back: the commissioner began to type a return by mistake, and the provider answers it after all."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F

from accounts.tenancy import TenantQuerySet
from assurance.models.answers import Answer, AnswerEvidence
from assurance.models.assessments import IllegalMove, SelfAssessment
from assurance.models.submissions import EntryOnBehalf, Submission

if TYPE_CHECKING:
    from accounts.models import User

RESTORED = ("value", "narrative", "not_applicable_reason", "version", "answered_by", "answered_at", "confirmed_by",
            "confirmed_at")  # fmt: skip
USED = ("id", "answer_id", "item_id", "added_by_id", "added_at", "verdict", "verdict_on_id", "verdict_by_id",
        "verdict_at")  # fmt: skip


class EntryGivenBackQuerySet(TenantQuerySet):
    """Seen like the return."""

    circle_path = "self_assessment__circle"


class EntryGivenBack(models.Model):
    """Append-only: an entry for the provider was given back, by whom and why."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="entries_given_back")
    entry = models.OneToOneField(EntryOnBehalf, on_delete=models.PROTECT, related_name="given_back")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = EntryGivenBackQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="entry_given_back_with_a_reason")]

    def __str__(self) -> str:
        return f"given back: {self.entry_id}"


@transaction.atomic
def give_back(assessment: SelfAssessment, *, reason: str, by: "User", at: datetime) -> EntryGivenBack:
    """The provider may write again. What was typed for it is taken out: nobody's words stand as the provider's own.

    A return that the provider had submitted before has that submission's answers again, and every answer the evidence
    that it had when the entry began. Who gave it back, when and why stays in the return's history beside the entry.
    """
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    entry = locked.entries_on_behalf.first()
    if not locked.entering or not locked.is_editable or entry is None:
        raise IllegalMove("Nobody is entering this return for the provider any more. Look at it again.")
    last = locked.submissions.first()
    _restore(locked, last)
    _restore_evidence(locked, entry)
    state = locked.state if last else SelfAssessment.State.ISSUED
    SelfAssessment.objects.filter(pk=locked.pk).update(entering=False, state=state, version=F("version") + 1)
    assessment.refresh_from_db()
    return EntryGivenBack.objects.create(
        commissioner_id=locked.commissioner_id, organisation_id=locked.organisation_id, self_assessment=locked,
        entry=entry, reason=reason.strip(), by=by, at=at,
    )  # fmt: skip


def _restore(locked: SelfAssessment, last: Submission | None) -> None:
    """Every answer written since the provider last submitted becomes what it was then, or empty."""
    written = locked.answers.select_for_update(of=("self",)).select_related("criterion_version")
    rows = list(written.filter(answered_at__gt=last.submitted_at) if last else written.exclude(answered_at=None))
    said = {each["criterion"]: each for each in last.document["answers"]} if last else {}
    for answer in rows:
        was = said.get(str(answer.criterion_version.criterion_id), {})
        answer.value = {"grade": was["grade"]} if was.get("grade") else {}
        answer.narrative = was.get("narrative", "")
        answer.not_applicable_reason = was.get("not_applicable_reason", "")
        confirmed = last is not None and bool(was.get("still_true_since_last_year"))
        answer.version += 1
        answer.answered_by_id = last.submitted_by_id if last else None
        answer.answered_at = last.submitted_at if last else None
        answer.confirmed_by_id = answer.answered_by_id if confirmed else None
        answer.confirmed_at = answer.answered_at if confirmed else None
    Answer.objects.bulk_update(rows, RESTORED)


def evidence_now(assessment: SelfAssessment) -> list[dict[str, Any]]:
    """Which items support which answers, with what was said of them; in a form that a row can keep."""
    uses = AnswerEvidence.objects.filter(answer__self_assessment=assessment).order_by("pk").values(*USED)
    return [
        {key: said.isoformat() if isinstance(said, datetime) else said for key, said in use.items()} for use in uses
    ]


def _restore_evidence(locked: SelfAssessment, entry: EntryOnBehalf) -> None:
    """Take out what was added since the entry began, and put back what was taken out since."""
    here = AnswerEvidence.objects.filter(answer__self_assessment=locked)
    if entry.evidence_before is None:
        here.filter(added_at__gte=entry.at).delete()
        return
    before = {use["id"]: use for use in entry.evidence_before}
    here.exclude(pk__in=before).delete()
    gone = before.keys() - set(here.values_list("pk", flat=True))
    whose = {"commissioner_id": locked.commissioner_id, "organisation_id": locked.organisation_id}
    AnswerEvidence.objects.bulk_create([AnswerEvidence(**before[pk], **whose) for pk in sorted(gone)])
