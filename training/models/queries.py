"""A question of the commissioner about one line of a submitted return: due, answered, resolved."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.references import new_reference
from chasing.models import Letter
from chasing.models.due import Due, DueQuerySet, due_indexes
from design.calendar import add_working_days, london_date
from training.models.asked import AskedLine
from training.models.policy import CollectingRule
from training.models.returns import FigureReturn

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

ASKED_LETTER, ANSWERED_LETTER = "figure_query_asked", "figure_query_answered"
USUAL_WORKING_DAYS = 10


class FigureQueryQuerySet(DueQuerySet):
    """Questions in the users' words."""

    circle_path = "circle"

    def permitted(self, user: "User | AnonymousUser", can: Can, *, on: date | None = None) -> Self:
        """As everywhere, with what every page says of a question beside it."""
        beside = ("organisation", "commissioner", "asked__line", "figure_return__period", "asked_by", "answered_by")
        return super().permitted(user, can, on=on).select_related(*beside, "resolved_by")

    def open(self) -> Self:
        """Not resolved and not taken back: waiting for the provider or for the commissioner."""
        return self.filter(state__in=[FigureQuery.State.ASKED, FigureQuery.State.ANSWERED])

    def waiting_for_us(self) -> Self:
        """Answered by the provider, and nobody has said whether that settles it."""
        return self.filter(state=FigureQuery.State.ANSWERED)

    @transaction.atomic
    def ask(self, asked: AskedLine, question: str, *, by: "User", at: datetime) -> "FigureQuery":
        """Ask the organisation about a line that it has submitted. It gets a letter, without the question's words.

        Due by the commissioner's rule. Refused while nothing is submitted, of one's own people, and when the same
        waits for an answer already; of two at once the second waits and is told.
        """
        owed = FigureReturn.objects.select_for_update().get(pk=asked.figure_return_id)
        if not owed.is_received:
            raise Refused("Nothing is submitted here, so there is nothing to ask about yet.")
        if owed.is_own:
            raise Refused("These are your own figures: nobody but you could answer.")
        if self.model.objects.filter(asked=asked, state=FigureQuery.State.ASKED, question=question).exists():
            raise Refused("Exactly this was asked about the line already, and waits for an answer.")
        on = london_date(at)
        rule = CollectingRule.objects.in_force(owed.commissioner_id, on).first()
        due = add_working_days(on, rule.query_working_days if rule else USUAL_WORKING_DAYS)
        made: FigureQuery = self.model.objects.create(
            commissioner_id=owed.commissioner_id, organisation_id=owed.organisation_id, circle_id=owed.circle_id,
            figure_return=owed, asked=asked, question=question, asked_by=by, asked_at=at, due_on=due,
            original_due_on=due,
        )  # fmt: skip
        made.tell(ASKED_LETTER, at=at, to_organisation=made.organisation)
        return made


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class FigureQuery(Due):
    """Asked of the provider about one line; chased until it is answered."""

    class State(models.TextChoices):
        ASKED = "asked", "Waiting for the provider"
        ANSWERED = "answered", "Answered"
        RESOLVED = "resolved", "Resolved"
        TAKEN_BACK = "taken_back", "Taken back"

    kind_code = "figure_query"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    figure_return = models.ForeignKey(FigureReturn, on_delete=models.PROTECT, related_name="queries")
    asked = models.ForeignKey(AskedLine, on_delete=models.PROTECT, related_name="queries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    question = models.CharField(max_length=600)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=600, blank=True)
    resolved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    objects = FigureQueryQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name_plural = "figure queries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", settled_at=None) | ~Q(state="asked") & Q(settled_at__isnull=False),
                name="figure_query_settled_when_answered",
            ),
            models.CheckConstraint(condition=~Q(state="answered") | ~Q(answer=""), name="figure_query_answer_in_words"),
            models.CheckConstraint(
                condition=~Q(state__in=["resolved", "taken_back"]) | ~Q(resolution=""),
                name="figure_query_resolution_in_words",
            ),
        ]
        indexes = due_indexes("figure_query")

    def __str__(self) -> str:
        return self.reference

    @transaction.atomic
    def reply(self, words: str, *, by: "User", at: datetime) -> None:
        """The provider's answer; it settles the date, and the commissioner says whether that is enough.

        Whoever asked gets a letter, without the answer's words.
        """
        self._move(("asked",), "answered", answer=words, answered_by=by, answered_at=at, settled_at=at)
        self.tell(ANSWERED_LETTER, at=at, to_user=self.asked_by)

    def tell(self, kind: str, *, at: datetime, **to: Any) -> None:
        """One letter about it: ids only, once."""
        Letter.objects.write(
            kind, dedupe_key=f"{kind}:{self.pk}", at=at, about={"query": self.pk}, circle_id=self.circle_id,
            commissioner_id=self.commissioner_id, organisation_id=self.organisation_id, **to,
        )  # fmt: skip

    @transaction.atomic
    def resolve(self, words: str, *, by: "User", at: datetime) -> None:
        """The commissioner is content, and says why. An answer is not needed: a correction may have come instead."""
        done = {} if self.settled_at else {"settled_at": at}
        self._move(("asked", "answered"), "resolved", resolution=words, resolved_by=by, resolved_at=at, **done)

    @transaction.atomic
    def take_back(self, reason: str, *, by: "User", at: datetime) -> None:
        """It was asked by mistake."""
        done = {} if self.settled_at else {"settled_at": at}
        self._move(("asked", "answered"), "taken_back", resolution=reason, resolved_by=by, resolved_at=at, **done)

    def _move(self, old: tuple[str, ...], new: str, **changes: object) -> None:
        moved = type(self).objects.filter(pk=self.pk, state__in=old).update(state=new, **changes)
        self.refresh_from_db()
        if not moved:
            raise Refused(f"This question is now “{self.get_state_display()}”. Look at it again.")
