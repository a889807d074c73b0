"""The provider's comments on a draft, the answer to each, and the second reviewer when they do not agree."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.refusals import Refused
from accounts.tenancy import TenantQuerySet
from oversight.models.visits import Visit

if TYPE_CHECKING:
    from accounts.models import User


class WindowClosed(Refused):
    """The time for comments is over; the message says what to do."""


class ReportCommentQuerySet(TenantQuerySet):
    """Comments: the provider reads its own."""

    def permitted_to_answer(self, user: "User") -> "ReportCommentQuerySet":
        """Those that the person may answer for the commissioner."""
        return self.permitted(user, Can.DO_VISITS)


class ReportComment(models.Model):
    """One comment on one paragraph of a draft."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Accepted, the report is changed"
        NOT_ACCEPTED = "not_accepted", "Not accepted"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.PROTECT, related_name="comments")
    about = models.CharField(max_length=60)
    heading = models.CharField(max_length=400)
    text = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    answer_text = models.TextField(blank=True)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    dispute = models.TextField(blank=True)
    disputed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    disputed_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    decision_text = models.TextField(blank=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ReportCommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="") | (~Q(answer_text="") & Q(answered_by__isnull=False)),
                name="report_comment_answered_with_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("answered_by")),
                name="report_comment_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_answered(self) -> bool:
        """The visiting team has said what becomes of it."""
        return bool(self.answer)

    @property
    def is_disputed(self) -> bool:
        """The provider does not agree with the answer, and nobody has decided."""
        return bool(self.dispute) and not self.decision

    @property
    def may_dispute(self) -> bool:
        """Not accepted, and not disputed yet."""
        return self.answer == self.Answer.NOT_ACCEPTED and not self.dispute

    @transaction.atomic
    def reply(self, answer: str, why: str, *, by: "User", at: datetime) -> None:
        """Accepted or not, and why. What is accepted is changed in the findings before the final report."""
        self._while_with_provider()
        self._once({"answer": ""}, answer=answer, answer_text=why, answered_by=by, answered_at=at)

    @transaction.atomic
    def contest(self, why: str, *, by: "User", at: datetime) -> None:
        """The provider does not agree: a second person looks at it."""
        self._while_with_provider()
        same = {"answer": self.Answer.NOT_ACCEPTED, "dispute": ""}
        self._once(same, dispute=why, disputed_by=by, disputed_at=at)

    @transaction.atomic
    def decide(self, decision: str, why: str, *, by: "User", at: datetime) -> None:
        """A second person decides, who neither answered the comment nor was on the visit."""
        self._while_with_provider()
        if by.pk == self.answered_by_id or self.visit.was_attended_by(by):
            raise Refused("You answered this comment or were on the visit, so another person has to decide.")
        self._once({"decision": ""}, decision=decision, decision_text=why, decided_by=by, decided_at=at)

    def _while_with_provider(self) -> None:
        if Visit.objects.select_for_update(of=("self",)).get(pk=self.visit_id).state != Visit.State.WITH_PROVIDER:
            raise Refused("The report is final, so nothing can be added to its comments.")

    def _once(self, same: dict[str, str], **changes: object) -> None:
        done = ReportComment.objects.filter(pk=self.pk, **same).update(**changes)
        self.refresh_from_db()
        if not done:
            raise Refused("Somebody has done this already. Look at the comment as it stands.")


@transaction.atomic
def comment(
    visit: Visit, about: str, heading: str, text: str, *, by: "User", at: datetime, today: date
) -> ReportComment:
    """The provider comments on a paragraph of its draft, in its window."""
    _refuse_unless_open(visit, today=today)
    whose = {"commissioner_id": visit.commissioner_id, "organisation_id": visit.organisation_id}
    made: ReportComment = visit.comments.create(about=about, heading=heading[:400], text=text, by=by, at=at, **whose)
    return made


@transaction.atomic
def no_more_comments(visit: Visit, *, by: "User", at: datetime, today: date) -> None:
    """The provider has said all that it wanted to say; the window closes before its day."""
    _refuse_unless_open(visit, today=today)
    Visit.objects.filter(pk=visit.pk).update(comments_closed_at=at)
    visit.note("comments_closed", by=by, at=at)


def _refuse_unless_open(visit: Visit, *, today: date) -> None:
    held = Visit.objects.select_for_update(of=("self",)).select_related("lead", "commissioner").get(pk=visit.pk)
    if held.takes_comments(today):
        return
    if held.state != Visit.State.WITH_PROVIDER or held.comments_until is None:
        raise WindowClosed("This draft is no longer open for comments.")
    if held.comments_closed_at is not None:
        raise WindowClosed(f"Your organisation has said that it has no more comments. Ring {held.lead} to add one.")
    raise WindowClosed(
        f"The time for comments ended on {held.comments_until:%-d %B %Y}. Copy what you wrote, ring {held.lead} at "
        f"{held.commissioner} and ask for more time; you can then send it here."
    )
