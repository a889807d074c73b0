"""A step of a commissioner about a provider: proposed, taken or declined, answered, closed. Its history is append-only.

The daily job proposes with grounds, a person decides. To add a way to propose, see ``oversight.triggers``.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from chasing.kinds import due_kinds
from oversight.models.escalation_rules import EscalationRule

if TYPE_CHECKING:
    from accounts.models import User


class AlreadyDecided(Refused):
    """Somebody else was first; the message says what it is by now."""


class EscalationQuerySet(TenantQuerySet):
    """Steps in the users' words."""

    circle_path = "circle"

    def proposed(self) -> Self:
        """Nobody has decided."""
        return self.filter(state=Escalation.State.PROPOSED)

    def waiting(self) -> Self:
        """Proposed, and at least one ground still stands (or a person proposed it)."""
        grounds = EscalationGround.objects.filter(escalation=OuterRef("pk"))
        return self.proposed().filter(~Exists(grounds) | Exists(grounds.standing()))

    def walked(self) -> Self:
        """Taken and not closed."""
        return self.filter(state__in=Escalation.WALKED)

    def of(self, organisation: Any) -> Self:
        """About one provider, newest first."""
        return self.filter(organisation=organisation).order_by("-proposed_on", "-pk")

    def with_why(self) -> Self:
        """Annotated with ``why``: the words of its grounds, the oldest first; in the same query."""
        return self.annotate(why=EscalationGround.objects.words_of("pk"))

    def in_full(self) -> Self:
        """With every name that its page shows, in the same query."""
        names = ("organisation", "commissioner", "proposed_by", "decided_by", "closed_by", "contact")
        return self.select_related("step", *names)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Escalation(models.Model):
    """One step about one provider. At most one proposal of a step at a time; new grounds join it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        DECLINED = "declined", "Declined"
        TAKEN = "taken", "Taken"
        ANSWERED = "answered", "Answered by the provider"
        CLOSED = "closed", "Closed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Outcome(models.TextChoices):
        RESOLVED = "resolved", "Put right"
        PLAN = "plan", "A plan is in place and followed as actions"
        HIGHER = "higher", "Went on to a higher step"
        ENDED = "ended", "The contract or service ended"

    WALKED: ClassVar[tuple[str, ...]] = (State.TAKEN, State.ANSWERED)
    TONES: ClassVar[dict[str, str]] = {
        "proposed": "waiting", "declined": "quiet", "taken": "info", "answered": "info", "closed": "good",
        "withdrawn": "quiet",
    }  # fmt: skip

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="escalations")
    circle = models.ForeignKey("accounts.Circle", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    step = models.ForeignKey(EscalationRule, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    proposed_on = models.DateField()
    proposed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was taken or declined.")
    contact = models.ForeignKey(
        "oversight.ContactEntry", null=True, on_delete=models.PROTECT, related_name="+", help_text="Who was spoken to."
    )
    response_due_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answer = models.TextField("plan or answer", blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    outcome_words = models.CharField("in a sentence", max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["proposed_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="escalation_whose"),
            models.UniqueConstraint(
                fields=["commissioner", "organisation", "step", "circle"], condition=Q(state="proposed"),
                nulls_distinct=False, name="escalation_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(decided_by__isnull=False, decided_on__isnull=False),
                name="escalation_decided_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_on__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
                name="escalation_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("decided_on")),
                name="escalation_closes_after_taken",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organisation", "-proposed_on"], name="escalation_of_organisation"),
            models.Index(fields=["commissioner", "state"], name="escalation_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.step}, {self.organisation}"

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the state."""
        return self.TONES[self.state]

    @property
    def is_proposed(self) -> bool:
        """Waits for a person."""
        return self.state == self.State.PROPOSED

    @property
    def is_walked(self) -> bool:
        """Taken and not closed."""
        return self.state in self.WALKED

    def answer_is_late(self, on: date) -> bool:
        """The answer was due before the day and has not come."""
        return self.state == self.State.TAKEN and self.response_due_on is not None and self.response_due_on < on

    def move(
        self, old: Iterable[str], *, kind: str, by: "User", on: date, at: datetime, words: str = "", **changes: Any
    ) -> None:
        """Change it when it is still in one of the ``old`` states, and say so in its history; else refuse."""
        same = Escalation.objects.filter(pk=self.pk, state__in=list(old))
        moved = same.update(version=F("version") + 1, **changes)
        self.refresh_from_db()
        if not moved:
            raise AlreadyDecided(f"This step is “{self.get_state_display()}” by now. Look at what was done first.")
        self.note(kind, words, by=by, on=on, at=at)

    def note(self, kind: str, words: str, *, by: "User | None", on: date, at: datetime) -> None:
        """One more line of its history."""
        EscalationEntry.objects.create(
            escalation=self, commissioner_id=self.commissioner_id, organisation_id=self.organisation_id, kind=kind,
            words=words, by=by, on=on, at=at,
        )  # fmt: skip


class OfEscalationQuerySet(TenantQuerySet):
    """Seen with the step they belong to."""

    circle_path = "escalation__circle"


class GroundQuerySet(OfEscalationQuerySet):
    """Why a step was proposed."""

    def standing(self) -> Self:
        """Still so: what was late still is, at the same date. Other grounds stand for good."""
        return self.filter(self._still())

    def with_standing(self) -> Self:
        """All of them, each with ``stands``."""
        return self.annotate(stands=models.ExpressionWrapper(self._still(), output_field=models.BooleanField()))

    def words_of(self, escalation: str) -> ArraySubquery:
        """The words of one step's grounds, the oldest first; ``escalation`` is the path to it."""
        return ArraySubquery(self.filter(escalation=OuterRef(escalation)).order_by("since", "pk").values("words"))

    def _still(self) -> Q:
        kinds = {kind.code: kind for kind in due_kinds()}
        still = ~Q(kind__in=list(kinds))
        for code, kind in kinds.items():
            here = kind.wants_a_reminder().filter(pk=OuterRef("thing"), due_version=OuterRef("version"))
            still |= Q(kind=code) & Q(Exists(here))
        return still


class EscalationGround(models.Model):
    """One thing for which a step was proposed: exactly once per step, thing and version of its date."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="grounds")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    step_code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=40)
    thing = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    words = models.CharField(max_length=300)
    since = models.DateField()
    noted_on = models.DateField()

    objects = GroundQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["step_code", "kind", "thing", "version"], name="escalation_ground_once")
        ]

    def __str__(self) -> str:
        return self.words


class EscalationEntry(models.Model):
    """Append-only: what happened to a step, by whom and when."""

    class Kind(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        GROUND = "ground", "Another ground"
        TAKEN = "taken", "Taken"
        DECLINED = "declined", "Declined"
        DRAFTED = "drafted", "Drafted"
        EDITED = "edited", "Draft changed"
        SENT = "sent", "Sent"
        ANSWERED = "answered", "Answer of the provider"
        CLOSED = "closed", "Closed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        UNDONE = "undone", "Decision undone"

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="entries")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    words = models.TextField(blank=True)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    objects = OfEscalationQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class EscalationPaper(models.Model):
    """What a taken step drafted: a formal letter, or the entry for the quality meeting. Sent by a person only."""

    class Kind(models.TextChoices):
        LETTER = "letter", "Formal letter"
        EXCEPTION = "exception", "Entry for the exception report"

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="papers")
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    sent_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OfEscalationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "kind"], name="escalation_paper_once"),
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="escalation_paper_whose"),
            models.CheckConstraint(
                condition=Q(sent_by__isnull=True, sent_at__isnull=True)
                | Q(sent_by__isnull=False, sent_at__isnull=False),
                name="escalation_paper_sent_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
