"""One strand's validation of one return, and its verbs: begin, judge, accept the rest, sign off, send back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from accounts.door import Refused, Stale
from accounts.models.memberships import Strand
from accounts.tenancy import TenantQuerySet
from actions.models import Action
from assurance.models import exceptions, scoring
from assurance.models.answers import Answer
from assurance.models.assessments import SelfAssessment
from assurance.models.policy import AssurancePolicy
from assurance.models.ratings import CriterionAction, Rating
from assurance.models.submissions import SendBack
from chasing.models import Letter
from design.calendar import london_date
from framework.models import Grade

if TYPE_CHECKING:
    from accounts.models import User
    from evidence.models import EvidenceItem

State, Basis, Outcome = SelfAssessment.State, Rating.Basis, Rating.Outcome


class NotReady(Refused):
    """The strand cannot be signed off yet; the message says what is missing."""


class CommentNeeded(ValueError):
    """Every outcome but "agreed" needs a comment that the provider can act on."""


class Unchanged(ValueError):
    """Nothing would change."""


@dataclass(frozen=True)
class ActionTerms:
    """Who does what by when for a grade that opens an action; empty fields take the defaults."""

    text: str = ""
    owner: "User | None" = None
    owner_name: str = ""
    due_on: date | None = None
    evidence_required: str = ""


class StrandReviewQuerySet(TenantQuerySet):
    """Who is validating which strand; writing is limited to the strand."""

    circle_path = "self_assessment__circle"
    strands_path = "strands"


class StrandReview(models.Model):
    """One strand's validation of one return: begun by, signed off by."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="strand_reviews")
    strand = models.CharField(max_length=12, choices=Strand.choices)
    strands = models.GeneratedField(
        expression=models.Func("strand", function="", template="ARRAY[%(expressions)s]"),
        output_field=ArrayField(models.CharField(max_length=12)),
        db_persist=True,
    )
    sample = ArrayField(models.BigIntegerField(), default=list, help_text="Criterion versions drawn at random")
    begun_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    signed_off_at = models.DateTimeField(null=True, blank=True)

    objects = StrandReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "strand"], name="strand_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.strand} of {self.self_assessment_id}"

    @classmethod
    def prepare(cls, assessment: SelfAssessment) -> None:
        """Called when a return is submitted: one row per strand that it asks about; begun ones start again."""
        asked = {strand for strands in assessment.answers.values_list("criterion_version__strands", flat=True)
                 for strand in strands}  # fmt: skip
        whose = {"commissioner_id": assessment.commissioner_id, "organisation_id": assessment.organisation_id}
        rows = [cls(self_assessment=assessment, strand=strand, **whose) for strand in Strand.values if strand in asked]
        cls.objects.bulk_create(rows, ignore_conflicts=True)
        assessment.strand_reviews.update(signed_off_by=None, signed_off_at=None)

    @transaction.atomic
    def begin(self, *, by: "User", at: datetime) -> None:
        """Start validating: the return is under review, and the random part of the list is drawn once."""
        if self.begun_at is None:
            policy = AssurancePolicy.objects.in_force(self.commissioner_id, london_date(at)).first()
            listed = self.lines(on=london_date(at))
            rest = [line.answer.criterion_version_id for line in listed if not line.is_exception]
            seed = f"{self.self_assessment.reference}:{self.strand}"
            self.sample = exceptions.draw(rest, size=policy.sample_size, seed=seed)
            self.begun_by, self.begun_at = by, at
            self.save(update_fields=["sample", "begun_by", "begun_at"])
        if self.self_assessment.state == State.SUBMITTED:
            self.self_assessment._move((State.SUBMITTED,), State.UNDER_REVIEW)

    def lines(self, *, on: date) -> list[exceptions.Line]:
        """The validation list of this strand, exceptions with their reasons."""
        return exceptions.lines(self.self_assessment, self.strand, on=on, sample=self.sample)

    @transaction.atomic
    def judge(
        self,
        answer: Answer,
        *,
        grade: Grade | None,
        comment: str,
        by: "User",
        at: datetime,
        seen: int | None,
        terms: ActionTerms | None = None,
    ) -> Rating:
        """The validator's grade of one criterion; without a grade, a request for more evidence.

        ``seen`` is the id of the rating that the validator had in front of them, if any: when somebody else
        has judged it since, nothing is saved and both are shown. A grade that requires action opens one.
        """
        self._still_open()
        declared = Grade.objects.get(scheme=self._scheme_id, code=answer.grade)
        outcome = _outcome(declared, grade)
        if outcome != Outcome.AGREED and not comment.strip():
            raise CommentNeeded("Write a comment: the provider reads why the grade is not simply agreed.")
        rating = self._give(answer, grade or declared, outcome, comment.strip(), by=by, at=at, seen=seen)
        if grade is not None and grade.requires_action:
            self._open_action(rating, answer, terms or ActionTerms(), by=by, at=at)
        return rating

    @transaction.atomic
    def accept_rest(self, *, by: "User", at: datetime) -> int:
        """Accept everything that is neither listed nor judged as declared; returns how many.

        These stay self-assessed in every figure (hazard 3): accepting is not reviewing.
        """
        self._still_open()
        rest = [line for line in self.lines(on=london_date(at)) if not line.is_exception and not line.is_decided]
        Rating.objects.bulk_create(
            [
                self._rating(line.answer, line.answer.grade, Basis.ACCEPTED_AS_DECLARED, Outcome.DECLARED, by=by, at=at)
                for line in rest
            ]
        )
        return len(rest)

    @transaction.atomic
    def sign_off(self, *, by: "User", at: datetime) -> bool:
        """End this strand's validation; True when it was the last, so that the return is now validated.

        Then levels and result rows are written and the result letter goes to the executive lead.
        """
        assessment = SelfAssessment.objects.select_for_update().get(pk=self.self_assessment_id)
        self._still_open()
        if open_lines := [
            line.answer.criterion_version.ref for line in self.lines(on=london_date(at)) if not line.is_decided
        ]:
            raise NotReady(f"{len(open_lines)} criteria are not decided yet: {', '.join(open_lines[:8])}")
        signed = type(self).objects.filter(pk=self.pk, signed_off_at__isnull=True)
        if not signed.update(signed_off_by=by, signed_off_at=at):
            raise Refused("Somebody else has just signed this strand off.")
        self.refresh_from_db()
        if assessment.strand_reviews.filter(signed_off_at__isnull=True).exists():
            return False
        assessment._move((State.UNDER_REVIEW,), State.VALIDATED, validated_at=at)
        scoring.write_results(assessment, at=at, by=by)
        write_result_letters(assessment, at=at)
        return True

    @transaction.atomic
    def send_back(self, *, notes: str, due_on: date, by: "User", at: datetime) -> None:
        """Back to the provider with notes and a new date: they may write again, reminders start afresh."""
        assessment = self.self_assessment
        assessment._move((State.SUBMITTED, State.UNDER_REVIEW), State.SENT_BACK, settled_at=None)
        assessment.move_due(due_on, by=by, at=at, reason="Sent back for more")
        whose = {"commissioner_id": self.commissioner_id, "organisation_id": self.organisation_id}
        back = SendBack.objects.create(self_assessment=assessment, notes=notes, due_on=due_on, by=by, at=at, **whose)
        Letter.objects.write(
            "sent_back",
            dedupe_key=f"sent_back:{back.pk}",
            at=at,
            to_organisation=self.organisation,
            about={"self_assessment": assessment.pk, "send_back": back.pk},
            commissioner_id=self.commissioner_id,
            organisation_id=self.organisation_id,
            circle=assessment.circle,
        )

    @property
    def _scheme_id(self) -> int:
        return self.self_assessment.round.framework_version.grading_id

    def _still_open(self) -> None:
        state = SelfAssessment.objects.values_list("state", flat=True).get(pk=self.self_assessment_id)
        if state != State.UNDER_REVIEW or self.signed_off_at is not None:
            raise Refused("This strand is not open for validation any more. Go back to the queue.")

    def _give(
        self, answer: Answer, grade: Grade, outcome: str, comment: str, *, by: "User", at: datetime, seen: int | None
    ) -> Rating:
        Answer.objects.select_for_update().get(pk=answer.pk)
        current = Rating.objects.filter(
            self_assessment=self.self_assessment_id,
            criterion_version=answer.criterion_version_id,
            basis=Basis.EVIDENCE_REVIEWED,
            current=True,
        )
        theirs = current.select_related("by").first()
        if (theirs.pk if theirs else None) != seen:
            raise Stale("Somebody else has judged this criterion while you had it open.", theirs=theirs, yours=comment)
        current.update(current=False)
        rating = self._rating(answer, grade.code, Basis.EVIDENCE_REVIEWED, outcome, by=by, at=at, comment=comment)
        rating.save()
        return rating

    def _rating(
        self, answer: Answer, grade: str, basis: str, outcome: str, *, by: "User", at: datetime, comment: str = ""
    ) -> Rating:
        return Rating(
            commissioner_id=self.commissioner_id,
            organisation_id=self.organisation_id,
            self_assessment_id=self.self_assessment_id,
            criterion_version_id=answer.criterion_version_id,
            basis=basis,
            grade=grade,
            outcome=outcome,
            comment=comment,
            by=by,
            at=at,
            on=london_date(at),
        )

    def _open_action(
        self, rating: Rating, answer: Answer, terms: ActionTerms, *, by: "User", at: datetime
    ) -> Action | None:
        """One open action a criterion: an earlier one for the same criterion stays the one."""
        same = CriterionAction.objects.filter(
            organisation_id=self.organisation_id,
            criterion_version__criterion=answer.criterion_version.criterion_id,
            action__state__in=Action.OPEN_STATES,
        )
        if same.exists():
            return None
        policy = AssurancePolicy.objects.in_force(self.commissioner_id, london_date(at)).first()
        action = Action.objects.open_for(
            commissioner=self.commissioner,
            organisation=self.organisation,
            text=terms.text or f"Meet criterion {answer.criterion_version.ref} and show the evidence.",
            owner=terms.owner,
            owner_name=terms.owner_name,
            due_on=terms.due_on or london_date(at) + timedelta(days=policy.action_days),
            origin_kind="validation",
            evidence_required=terms.evidence_required,
            by=by,
            at=at,
            circle=self.self_assessment.circle,
        )
        CriterionAction.objects.create(
            commissioner_id=self.commissioner_id,
            organisation_id=self.organisation_id,
            action=action,
            self_assessment_id=self.self_assessment_id,
            criterion_version_id=answer.criterion_version_id,
            rating=rating,
        )
        return action


def _outcome(declared: Grade, grade: Grade | None) -> str:
    """Agreed, higher or lower than the provider's own grade; no grade asks for more evidence."""
    if grade is None:
        return Outcome.MORE_EVIDENCE
    if grade.code == declared.code:
        return Outcome.AGREED
    return Outcome.HIGHER if grade.severity < declared.severity else Outcome.LOWER


def write_result_letters(assessment: SelfAssessment, *, at: datetime) -> None:
    """The result letter to the organisation; the relay addresses the executive lead and the mailbox."""
    Letter.objects.write(
        "result",
        dedupe_key=f"result:{assessment.pk}:{assessment.version}",
        at=at,
        to_organisation=assessment.organisation,
        about={"self_assessment": assessment.pk},
        commissioner_id=assessment.commissioner_id,
        organisation_id=assessment.organisation_id,
        circle=assessment.circle,
    )


@transaction.atomic
def regrade(
    assessment: SelfAssessment,
    criterion_version_id: int,
    *,
    grade: Grade,
    reason: str,
    evidence: "EvidenceItem | None",
    by: "User",
    at: datetime,
) -> Rating:
    """Re-grade one criterion of a validated return in the year, with the reason and the evidence.

    The old rating stays in the history; counts and levels are written again in the same transaction.
    """
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.state != State.VALIDATED:
        raise Refused("Only a validated return can be re-graded. This one is still being worked on.")
    if not reason.strip():
        raise CommentNeeded("Write the reason for the new grade.")
    current = locked.ratings.filter(criterion_version=criterion_version_id, basis=Basis.EVIDENCE_REVIEWED, current=True)
    if current.filter(grade=grade.code).exists():
        raise Unchanged(f"The grade is already “{grade.label}”. Choose another one.")
    current.update(current=False)
    rating = Rating.objects.create(
        commissioner_id=locked.commissioner_id,
        organisation_id=locked.organisation_id,
        self_assessment=locked,
        criterion_version_id=criterion_version_id,
        basis=Basis.EVIDENCE_REVIEWED,
        grade=grade.code,
        outcome=Outcome.REGRADED,
        comment=reason.strip(),
        evidence=evidence,
        by=by,
        at=at,
        on=london_date(at),
    )
    scoring.write_results(locked, at=at, by=by)
    return rating
