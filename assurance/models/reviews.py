"""One strand's validation of one return, and its verbs: begin, judge, accept the rest, sign off, send back."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.capabilities import Can
from accounts.door import Refused, Stale
from accounts.models.memberships import Strand
from accounts.tenancy import TenantQuerySet
from assurance.models import deciding, exceptions, retesting, scoring
from assurance.models.answers import Answer
from assurance.models.assessments import SelfAssessment
from assurance.models.deciding import Override
from assurance.models.judging import (
    ActionTerms,
    CommentNeeded,
    fresh_ground,
    ground_of,
    new_rating,
    open_action,
    outcome_of,
    refuse_leaving_out,
)
from assurance.models.policy import AssurancePolicy
from assurance.models.ratings import Rating
from assurance.models.recipients import tell_provider
from assurance.models.submissions import SendBack
from design.calendar import london_date
from framework.models import Grade

if TYPE_CHECKING:
    from accounts.models import User

State, Basis, Outcome = SelfAssessment.State, Rating.Basis, Rating.Outcome
STRANDS = dict(Strand.choices)


class NotReady(Refused):
    """The strand cannot be signed off yet; the message says what is missing."""


class StrandReviewQuerySet(TenantQuerySet):
    """Who is validating which strand; writing is limited to the strand. Never the provider's to see."""

    circle_path = "self_assessment__circle"
    strands_path = "strands"

    def _own_reach(self, user: "User", can: Can, on: date) -> Q:
        return Q(pk__in=[])

    def awaiting(self, returns: "QuerySet[SelfAssessment]") -> Self:
        """Of these returns, the strands that nobody has signed off yet, oldest first."""
        received = returns.order_by().filter(state__in=[State.SUBMITTED, State.UNDER_REVIEW])
        mine = self.filter(self_assessment__in=received.values("pk"), signed_off_at__isnull=True)
        return mine.order_by("self_assessment__submitted_at", "self_assessment_id", "strand")

    def telling_mine(self, user: "User", can: Can) -> Self:
        """Adds ``mine`` to each: may this person do that here?"""
        return self.annotate(mine=Exists(StrandReview.objects.permitted(user, can).filter(pk=OuterRef("pk"))))


class StrandReview(models.Model):
    """One strand's validation of one return: begun by, signed off by, and at which level."""

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
    assigned_to = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    begun_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    signed_off_at = models.DateTimeField(null=True, blank=True)
    # The judgement of whoever signed off, where it differs from the floor rules; overall with the last strand.
    level = models.CharField(max_length=20, blank=True)
    level_reason = models.TextField(blank=True)

    objects = StrandReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "strand"], name="strand_review_once"),
            models.CheckConstraint(
                condition=Q(level="") | ~Q(level_reason=""), name="strand_review_level_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strand} of {self.self_assessment_id}"

    @classmethod
    def prepare(cls, assessment: SelfAssessment) -> None:
        """Called when a return is submitted: one row per strand that it asks about; signed ones are open again."""
        asked = {strand for strands in assessment.answers.values_list("criterion_version__strands", flat=True)
                 for strand in strands}  # fmt: skip
        whose = {"commissioner_id": assessment.commissioner_id, "organisation_id": assessment.organisation_id}
        rows = [cls(self_assessment=assessment, strand=strand, **whose) for strand in Strand.values if strand in asked]
        StrandReview.objects.bulk_create(rows, ignore_conflicts=True)
        assessment.strand_reviews.update(signed_off_by=None, signed_off_at=None, level="", level_reason="")

    @property
    def is_open(self) -> bool:
        """Begun and not signed off."""
        return self.begun_at is not None and self.signed_off_at is None

    @transaction.atomic
    def begin(self, *, by: "User", at: datetime) -> None:
        """Start validating: the return is under review, and the random part of the list is drawn once.

        Of two at once the first is the one who began it; the second goes on with the same list.
        """
        assessment = self._lock()
        if assessment.state not in (State.SUBMITTED, State.UNDER_REVIEW):
            raise Refused(f"This return is “{assessment.get_state_display()}”, so it cannot be validated.")
        if self.begun_at is None:
            policy = AssurancePolicy.objects.in_force(self.commissioner_id, london_date(at)).first()
            rest = [
                line.answer.criterion_version_id for line in self.lines(on=london_date(at)) if not line.is_exception
            ]
            seed = f"{assessment.reference}:{self.strand}"
            # One at least, whatever the setting: a strand in which nothing was looked at has no level.
            self.sample = exceptions.draw(rest, size=max(policy.sample_size, 1), seed=seed)
            self.begun_by, self.begun_at = by, at
            self.save(update_fields=["sample", "begun_by", "begun_at"])
        if assessment.state == State.SUBMITTED:
            assessment._move((State.SUBMITTED,), State.UNDER_REVIEW)
        self.self_assessment = assessment

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
        self.hold_open()
        self._refuse_other_strands(answer)
        declared = Grade.objects.get(scheme=self._scheme_id, code=answer.grade)
        refuse_leaving_out(answer.criterion_version, declared, grade)
        outcome = outcome_of(declared, grade)
        if outcome != Outcome.AGREED and not comment.strip():
            raise CommentNeeded("Write a comment: the provider reads why the grade is not simply agreed.")
        rating = self._give(answer, grade or declared, outcome, comment.strip(), by=by, at=at, seen=seen)
        if grade is not None and grade.requires_action:
            open_action(rating, terms or ActionTerms(), by=by, at=at)
        return rating

    @transaction.atomic
    def accept_rest(self, *, by: "User", at: datetime) -> int:
        """Accept everything that is neither listed nor judged as declared; returns how many.

        These stay self-assessed in every figure (hazard 3): accepting is not reviewing.
        """
        self.hold_open()
        rest = self.rest(self.lines(on=london_date(at)))
        Rating.objects.bulk_create(
            new_rating(
                self, line.answer.criterion_version_id, at=at, by=by, strand=self.strand, grade=line.answer.grade,
                basis=Basis.ACCEPTED_AS_DECLARED, outcome=Outcome.DECLARED, ground=ground_of(line.answer),
            )
            for line in rest
        )  # fmt: skip
        return len(rest)

    @staticmethod
    def rest(lines: list[exceptions.Line]) -> list[exceptions.Line]:
        """What accepting the rest would accept: neither listed nor decided."""
        return [line for line in lines if not line.is_exception and not line.is_decided]

    @transaction.atomic
    def undo_accept(self) -> int:
        """Take back what was accepted in this strand; returns how many are open again.

        The ratings stay in the history. Those that another strand has been signed off on stay accepted.
        """
        self.hold_open()
        signed = self._signed_elsewhere()
        accepted = Rating.objects.current().filter(
            self_assessment=self.self_assessment_id, basis=Basis.ACCEPTED_AS_DECLARED, strand=self.strand
        )
        return accepted.exclude(criterion_version__strands__overlap=signed).update(current=False)

    @transaction.atomic
    def sign_off(
        self, *, by: "User", at: datetime, level: Override | None = None, overall: Override | None = None
    ) -> bool:
        """End this strand's validation; True when it was the last, so that the return is now validated.

        Then levels and result rows are written, judgements that differ from the floor rules are laid over them,
        and the result letter goes to the executive lead. ``overall`` belongs to the last strand. NotReady while
        anything is undecided, or when all of it was accepted as declared (hazard 3).
        """
        assessment = self.hold_open()
        lines = self.lines(on=london_date(at))
        self.refuse_undecided(lines)
        self.refuse_unreviewed(lines)
        self.signed_off_by, self.signed_off_at = by, at
        self.level, self.level_reason = (level.level, level.reason) if level else ("", "")
        self.save(update_fields=["signed_off_by", "signed_off_at", "level", "level_reason"])
        if assessment.strand_reviews.filter(signed_off_at__isnull=True).exists():
            return False
        assessment._move((State.UNDER_REVIEW,), State.VALIDATED, validated_at=at)
        scoring.write_results(assessment, at=at, by=by)
        for review in assessment.strand_reviews.exclude(level="").select_related("signed_off_by"):
            judged = Override(review.level, review.level_reason)
            deciding.decide(assessment, review.strand, judged, by=review.signed_off_by or by, at=at)
        if overall:
            deciding.decide(assessment, deciding.OVERALL, overall, by=by, at=at)
        retesting.settle(assessment, at=at)
        write_result_letter(assessment, at=at)
        return True

    @transaction.atomic
    def send_back(self, *, notes: str, due_on: date, by: "User", at: datetime) -> None:
        """Back to the provider with notes and a new date: they may write again, reminders start afresh.

        What was judged stays; what the provider then changes is listed again as "changed since we asked".
        """
        assessment = self.self_assessment
        assessment._move((State.SUBMITTED, State.UNDER_REVIEW), State.SENT_BACK, settled_at=None)
        assessment.move_due(due_on, by=by, at=at, reason="Sent back for more")
        whose = {"commissioner_id": self.commissioner_id, "organisation_id": self.organisation_id}
        back = SendBack.objects.create(self_assessment=assessment, notes=notes, due_on=due_on, by=by, at=at, **whose)
        tell_provider("sent_back", assessment, key=str(back.pk), at=at, send_back=back.pk)

    def hold_open(self) -> SelfAssessment:
        """Lock the return until the transaction ends; refused when this strand is not open for validation."""
        assessment = self._lock()
        if self.begun_at is None:
            raise Refused("Nobody has begun to validate this strand yet. Begin, then decide.")
        if assessment.state != State.UNDER_REVIEW or self.signed_off_at is not None:
            raise Refused("This strand is not open for validation any more. Go back to the queue.")
        return assessment

    @staticmethod
    def refuse_undecided(lines: list[exceptions.Line]) -> None:
        """NotReady with the references while anything waits for a decision."""
        if undecided := [line.ref for line in lines if not line.is_decided]:
            some = "criterion is" if len(undecided) == 1 else "criteria are"
            more = f" and {len(undecided) - 8} more" if len(undecided) > 8 else ""
            raise NotReady(f"{len(undecided)} {some} not decided yet: {', '.join(undecided[:8])}{more}")

    @staticmethod
    def nothing_reviewed(lines: list[exceptions.Line]) -> bool:
        """Is everything of the strand only the provider's own word?"""
        return not any(line.is_decided and not line.is_accepted for line in lines)

    @staticmethod
    def refuse_unreviewed(lines: list[exceptions.Line]) -> None:
        """NotReady when nobody looked at anything: a level is never signed on a declaration alone."""
        if StrandReview.nothing_reviewed(lines):
            raise NotReady("Nothing in this strand has been reviewed. Judge one criterion at least, then sign it off.")

    @property
    def _scheme_id(self) -> int:
        return self.self_assessment.round.framework_version.grading_id

    def _lock(self) -> SelfAssessment:
        locked = SelfAssessment.objects.select_for_update().get(pk=self.self_assessment_id)
        self.refresh_from_db(fields=["begun_at", "begun_by", "sample", "signed_off_at", "signed_off_by"])
        return locked

    def _signed_elsewhere(self) -> list[str]:
        others = StrandReview.objects.filter(self_assessment=self.self_assessment_id, signed_off_at__isnull=False)
        return list(others.values_list("strand", flat=True))

    def _refuse_other_strands(self, answer: Answer) -> None:
        ours = answer.self_assessment_id == self.self_assessment_id
        if not ours or self.strand not in answer.criterion_version.strands:
            raise Refused("This criterion is not part of the strand. Go back to the queue.")

    def _give(
        self, answer: Answer, grade: Grade, outcome: str, comment: str, *, by: "User", at: datetime, seen: int | None
    ) -> Rating:
        current = Rating.objects.current().filter(
            self_assessment=self.self_assessment_id,
            criterion_version=answer.criterion_version_id,
            basis=Basis.EVIDENCE_REVIEWED,
        )
        theirs = current.select_related("by").first()
        if (theirs.pk if theirs else None) != seen:
            raise Stale("Somebody else has judged this criterion while you had it open.", theirs=theirs, yours=comment)
        self._refuse_change_under_a_signature(answer, grade, outcome)
        current.update(current=False)
        rating = new_rating(
            self, answer.criterion_version_id, at=at, by=by, basis=Basis.EVIDENCE_REVIEWED, grade=grade.code,
            outcome=outcome, comment=comment, strand=self.strand, ground=fresh_ground(answer),
        )  # fmt: skip
        rating.save()
        return rating

    def _refuse_change_under_a_signature(self, answer: Answer, grade: Grade, outcome: str) -> None:
        """A criterion of several strands: what one was signed off on is not changed by another's validation."""
        signed = sorted(set(answer.criterion_version.strands) & set(self._signed_elsewhere()))
        if not signed:
            return
        given = exceptions.known([self.self_assessment], {answer.criterion_version.criterion_id})[0]
        now = exceptions.surest(given.get((self.self_assessment_id, answer.criterion_version_id), []))
        if now is not None and (outcome == Outcome.MORE_EVIDENCE or now.grade != grade.code):
            words = " and ".join(STRANDS[strand].lower() for strand in signed)
            raise Refused(
                f"The validation of {words} has been signed off with this grade. Agree with it here, and re-grade it "
                "when the return is validated."
            )


def write_result_letter(assessment: SelfAssessment, *, at: datetime) -> None:
    """The result letter to the organisation; the relay addresses the executive lead and the mailbox."""
    tell_provider("result", assessment, key=f"{assessment.pk}:{assessment.version}", at=at)
