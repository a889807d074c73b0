"""One thing done to many returns at once: what was asked for, and what became of each. The rows are the truth.

A batch does not do anything of its own: each row is the return's own verb, in a transaction of its own, with the same
refusals as on its page. What was done stays done when a later row is refused or the machine stops.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import User
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from assurance.kinds import RETURN
from assurance.models.assessments import SelfAssessment
from assurance.models.assigning import assign
from assurance.models.reviews import StrandReview
from chasing import planner
from chasing.by_hand import remind

if TYPE_CHECKING:
    from collections.abc import Sequence

# Done while the person waits; more than that by a worker, with the page showing how far it is.
AT_ONCE = 40
# After so long without anything happening, what is left of a batch is taken up by a worker.
LEFT_BEHIND = timedelta(minutes=2)


class BatchQuerySet(TenantQuerySet):
    """Batches of a commissioner: never the provider's to see, and only by whoever made them."""

    organisation_path = ""

    def permitted(self, user: Any, can: Can, *, on: date | None = None) -> Self:
        """The person's own: what became of each return is said to whoever asked for it."""
        return super().permitted(user, can, on=on).filter(by=user.pk)

    @transaction.atomic
    def ask_for(
        self, what: str, rows: "Sequence[tuple[SelfAssessment, int | None]]", *, terms: dict[str, Any], token: UUID,
        by: User, at: datetime,
    ) -> "Batch":  # fmt: skip
        """Note what is to be done to which returns, with what was seen of each. Nothing is done yet."""
        made: Batch = self.create(
            commissioner_id=rows[0][0].commissioner_id, what=what, terms=terms, token=token, by=by, at=at
        )
        BatchRow.objects.bulk_create(
            BatchRow(
                batch=made, commissioner_id=each.commissioner_id, organisation_id=each.organisation_id,
                self_assessment=each, seen=seen,
            )
            for each, seen in rows
        )  # fmt: skip
        return made

    def left_behind(self, *, at: datetime) -> Self:
        """With something left to do, and nobody doing it."""
        waiting = Q(rows__state="waiting")
        return self.filter(waiting, at__lt=at - LEFT_BEHIND).distinct()


class Batch(models.Model):
    """What was asked for; ``terms`` holds dates, ids and the reason."""

    class What(models.TextChoices):
        EXTEND = "extend", "Agree a later date"
        REMIND = "remind", "Send a reminder now"
        ASSIGN = "assign", "Assign a strand to a validator"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=6, choices=What.choices)
    terms = models.JSONField(default=dict)
    token = models.UUIDField(unique=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id", "commissioner"], name="batch_whose")]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.reference}"

    def counts(self) -> dict[str, int]:
        """How many rows are done, refused and still waiting. One query."""
        found = dict(self.rows.order_by().values_list("state").annotate(Count("pk")))
        return {state: found.get(state, 0) for state in BatchRow.State.values}

    def go_on(self, *, at: datetime, on: date, most: int | None = None) -> int:
        """Do what is left, row by row; returns how many were taken up. Two at once share the rows between them."""
        done = 0
        while (most is None or done < most) and self._next(at=at, on=on):
            done += 1
        if done and self.what == Batch.What.REMIND:
            # One letter for a person with several returns. What a crash leaves loose goes out with the next plan.
            planner.gather(at=at)
        return done

    @transaction.atomic
    def _next(self, *, at: datetime, on: date) -> bool:
        """Do the next row that nobody else is doing; False when there is none."""
        row = self.rows.waiting().select_for_update(skip_locked=True, of=("self",)).first()
        if row is not None:
            row.settle(self, at=at, on=on)
        return row is not None


class BatchRowQuerySet(TenantQuerySet):
    """Rows of batches, seen with the batch."""

    circle_path = "self_assessment__circle"

    def _own_reach(self, user: Any, can: Can, on: date) -> Q:
        return Q(pk__in=[])

    def waiting(self) -> Self:
        """Nothing has happened to them yet, in their order."""
        return self.filter(state="waiting").order_by("pk")


class BatchRow(models.Model):
    """One return of a batch. ``seen`` is what the preview saw of it: the date's version, or who held the strand."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        REFUSED = "refused", "Not done"

    TONES = {"waiting": "waiting", "done": "good", "refused": "bad"}

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="+")
    seen = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    words = models.CharField(max_length=300, blank=True)

    objects = BatchRowQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "self_assessment"], name="batch_row_once"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(words=""), name="batch_row_refused_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.state}"

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the state."""
        return self.TONES[self.state]

    def settle(self, batch: Batch, *, at: datetime, on: date) -> None:
        """Do it to this return, or note why not. A refusal takes back this row's own changes and no other's."""
        try:
            with transaction.atomic():
                words = DOING[Batch.What(batch.what)](self, batch, at=at, on=on)
        except Refused as problem:
            self.state, self.words = self.State.REFUSED, str(problem)[:300]
        else:
            self.state, self.words = self.State.DONE, words
        self.save(update_fields=["state", "words"])


def _permitted(row: BatchRow, batch: Batch, can: Can, *, on: date) -> SelfAssessment:
    """The return, while whoever asked may still do this to it."""
    allowed = SelfAssessment.objects.permitted(batch.by, can, on=on).filter(pk=row.self_assessment_id)
    found: SelfAssessment | None = allowed.first()
    if found is None:
        raise Refused("You may no longer do this to the return.")
    return found


def _extend(row: BatchRow, batch: Batch, *, at: datetime, on: date) -> str:
    found, to = _permitted(row, batch, Can.RUN_ROUNDS, on=on), date.fromisoformat(batch.terms["due_on"])
    agreed_by = User.objects.get(pk=batch.terms["agreed_by"])
    found.extend(to, by=batch.by, at=at, reason=batch.terms["reason"], agreed_by=agreed_by, seen=row.seen)
    return f"Due on {to:%-d %B %Y}. First due on {found.original_due_on:%-d %B %Y}."


def _remind(row: BatchRow, batch: Batch, *, at: datetime, on: date) -> str:
    found = _permitted(row, batch, Can.SEND_REMINDERS, on=on)
    people = remind(RETURN, found, token=batch.token, by=batch.by, on=on, at=at, enclose=False)
    return f"Reminder written to {people} {'person' if people == 1 else 'people'}."


def _assign(row: BatchRow, batch: Batch, *, at: datetime, on: date) -> str:
    allowed = StrandReview.objects.permitted(batch.by, Can.VALIDATE, on=on)
    of_it = allowed.filter(self_assessment=row.self_assessment_id, strand=batch.terms["strand"])
    review = of_it.select_related("assigned_to").first()
    if review is None:
        raise Refused("This strand of the return is not yours to assign, or does not wait for validation.")
    to = User.objects.filter(pk=batch.terms["to"]).first()
    assign(review, to, seen=row.seen, by=batch.by, at=at)
    return f"With {to or 'nobody'} now."


DOING = {Batch.What.EXTEND: _extend, Batch.What.REMIND: _remind, Batch.What.ASSIGN: _assign}
