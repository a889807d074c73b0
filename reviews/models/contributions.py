"""What an organisation was asked for in a review: its status, never the paper.

Asked, draft in, quality-assured, signed, submitted: days and names. The paper itself stays where ``held_in`` says. A
provider reaches its own, when it is named on the review's list with the reach "own", and nothing else of the review.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.door import Refused
from accounts.references import new_reference
from chasing.models.due import Due, due_indexes
from design.calendar import london_date
from providers.models.versions import Versioned
from reviews.models.asking import ContributionQuerySet, OfContributionQuerySet, name_author, tell_author
from reviews.roles import PART_CHOICES, PARTS, Part

if TYPE_CHECKING:
    from accounts.models import User


class OutOfOrder(Refused):
    """It is not at the step before this one; the message says what comes first."""


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Contribution(Due, Versioned):
    """One part of one organisation in one review. Settled when it is submitted or withdrawn."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        WITH_CHANGES = "with_changes", "Accepted with changes"
        SENT_BACK = "sent_back", "Sent back"

    kind_code = "review_report"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="contributions")
    part = models.CharField("what was asked for", max_length=16, choices=PART_CHOICES)
    author = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField("author", max_length=150, blank=True, help_text="When the author has no account.")
    hours = models.DecimalField("estimated hours", max_digits=5, decimal_places=1, null=True, blank=True)
    asked_on = models.DateField()
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    draft_on = models.DateField("draft received on", null=True, blank=True)
    outcome = models.CharField("quality assurance", max_length=12, choices=Outcome.choices, blank=True)
    assured_on = models.DateField(null=True, blank=True)
    assured_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True, blank=True)
    signed_name = models.CharField("signed by", max_length=150, blank=True)
    signed_role = models.CharField("as what", max_length=150, blank=True)
    same_person_because = models.CharField("why author and signatory are the same", max_length=300, blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    held_in = models.CharField("where the paper is kept", max_length=200, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="contribution_whose"),
            models.UniqueConstraint(
                fields=["review", "organisation", "part"],
                condition=Q(withdrawn_on__isnull=True),
                name="contribution_asked_once",
            ),
            models.CheckConstraint(condition=Q(circle__isnull=False), name="contribution_for_named_people"),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(author_name=""), name="contribution_of_one_author"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, submitted_on__isnull=True, withdrawn_on__isnull=True)
                | Q(settled_at__isnull=False) & ~Q(submitted_on__isnull=True, withdrawn_on__isnull=True),
                name="contribution_settled_by_a_day",
            ),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True) | Q(draft_on__isnull=True) | Q(signed_on__gte=F("draft_on")),
                name="contribution_signed_after_the_draft",
            ),
            models.CheckConstraint(
                condition=Q(submitted_on__isnull=True)
                | Q(submitted_on__gte=Coalesce("signed_on", "draft_on", "asked_on")),
                name="contribution_submitted_last",
            ),
            models.CheckConstraint(
                condition=Q(assured_by__isnull=True) | Q(author__isnull=True) | ~Q(assured_by=F("author")),
                name="contribution_assured_by_another",
            ),
        ]
        indexes = [
            *due_indexes("contribution"), models.Index(fields=["organisation", "settled_at"], name="contribution_of"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{PARTS[self.part].label} {self.reference}"

    @property
    def of_part(self) -> Part:
        """The entry of the table of parts."""
        return PARTS[self.part]

    @property
    def author_in_words(self) -> str:
        """Who writes it."""
        return str(self.author) if self.author_id else self.author_name or "Nobody named yet"

    @property
    def moves(self) -> int:
        """How often its date was moved."""
        return self.due_version - 1

    @property
    def state(self) -> str:
        """asked, draft, sent_back, assured, signed, submitted or withdrawn."""
        if self.withdrawn_on is not None:
            return "withdrawn"
        if self.submitted_on is not None:
            return "submitted"
        if self.signed_on is not None:
            return "signed"
        if self.outcome == self.Outcome.SENT_BACK:
            return "sent_back"
        return "assured" if self.outcome else "draft" if self.draft_on else "asked"

    @property
    def state_in_words(self) -> tuple[str, str]:
        """The state as a page says it, with its tone."""
        return STATES[self.state]

    @property
    def waits_for_us(self) -> bool:
        """Does it wait to be quality-assured?"""
        return self.state == "draft"

    def days_late(self, on: date) -> tuple[int, int]:
        """Calendar days past the date asked for first, and past the date agreed now; none once withdrawn."""
        until = self.submitted_on or on
        if self.withdrawn_on is not None:
            return 0, 0
        return max(0, (until - self.original_due_on).days), max(0, (until - self.due_on).days)

    @transaction.atomic
    def draft_in(self, on: date, *, expected: int, by: "User", at: datetime, words: str = "") -> None:
        """The draft has been sent; after one that was sent back this is the next. It waits to be quality-assured."""
        self._need(
            "asked", "sent_back", otherwise="A draft is in already. It has to be sent back before another comes."
        )
        if not self.of_part.written:
            raise OutOfOrder("Nothing is written for this. Say that it is done instead.")
        self._on_or_after(on, self.asked_on, "it was asked for", at)
        if self.draft_on:
            self._on_or_after(on, self.draft_on, "the draft before", at)
        self.change(expected=expected, draft_on=on, outcome="", assured_on=None, assured_by=None)
        self._note("draft", on, words, by=by, at=at)

    @transaction.atomic
    def assure(
        self, outcome: str, on: date, *, expected: int, by: "User", at: datetime, words: str = ""
    ) -> None:  # fmt: skip
        """A designated professional who is not the author has looked at its quality. Sent back says what for."""
        self._need("draft", otherwise="There is no draft that waits to be quality-assured.")
        if by.pk == self.author_id:
            raise Refused("You wrote this report, so another designated professional has to quality-assure it.")
        if outcome != self.Outcome.ACCEPTED and not words.strip():
            raise Refused("Say what has to change: the author reads it.")
        self._on_or_after(on, self.draft_on, "the draft", at)
        self.change(expected=expected, outcome=outcome, assured_on=on, assured_by=by)
        self._note(outcome, on, words, by=by, at=at)

    @transaction.atomic
    def sign_off(
        self, on: date, name: str, role: str, *, expected: int, by: "User", at: datetime, same_person_because: str = ""
    ) -> None:  # fmt: skip
        """An executive has signed it; not the author, unless the reason is said."""
        self._need("assured", otherwise="It has to be quality-assured before it is signed.")
        self._on_or_after(on, self.assured_on, "it was quality-assured", at)
        same = name.strip().casefold() == self.author_in_words.strip().casefold()
        if same and not same_person_because.strip():
            raise Refused("The author does not sign alone. Name another executive, or say why it is the same person.")
        why = same_person_because if same else ""
        self.change(expected=expected, signed_on=on, signed_name=name, signed_role=role, same_person_because=why)
        self._note("signed", on, f"{name}, {role}" + (f". Also the author: {why}" if why else ""), by=by, at=at)

    @transaction.atomic
    def submit(self, on: date, held_in: str, *, expected: int, by: "User", at: datetime) -> None:
        """It is with the board. The portal keeps where the paper is, not the paper; reminders end."""
        if self.of_part.written:
            self._need("signed", otherwise="It has to be signed by an executive before it is submitted.")
            self._on_or_after(on, self.signed_on, "it was signed", at)
        else:
            self._need("asked", otherwise="This is done already.")
            self._on_or_after(on, self.asked_on, "it was asked for", at)
        self.change(expected=expected, submitted_on=on, held_in=held_in, settled_at=at)
        self._note("submitted", on, "", by=by, at=at)

    @transaction.atomic
    def extend(
        self, to: date, *, expected: int, reason: str, agreed_by: "User", by: "User", at: datetime
    ) -> None:  # fmt: skip
        """Agree a later date; the first one and every move stay (hazard 6). Reminders start afresh."""
        self._outstanding()
        if to <= self.due_on:
            raise Refused(f"Choose a day after {self.due_on:%-d %B %Y}.")
        self.change(expected=expected)
        before = self.due_on
        self.move_due(to, by=by, reason=reason, at=at, agreed_by=agreed_by)
        said = f"From {before:%-d %B %Y} to {to:%-d %B %Y}, agreed by {agreed_by}: {reason}"
        self._note("extended", london_date(at), said, by=by, at=at)

    @transaction.atomic
    def hand_over(
        self, author: "User | None", author_name: str, *, expected: int, by: "User", at: datetime
    ) -> None:  # fmt: skip
        """Somebody else writes it; with an account they are named on the list and told. Who wrote it before stays named
        until they are taken off."""
        self._outstanding()
        if author is not None:
            name_author(author, self.organisation, self.review, by=by, at=at)
        before = self.author_in_words
        self.change(expected=expected, author=author, author_name="" if author else author_name)
        self._note("author", london_date(at), f"From {before} to {self.author_in_words}", by=by, at=at)
        tell_author(self, by=by, at=at)

    @transaction.atomic
    def withdraw(self, reason: str, *, expected: int, by: "User", at: datetime) -> None:
        """It is not asked for any more. It stays to be seen, and counts nowhere."""
        self._outstanding()
        self.change(expected=expected, withdrawn_on=london_date(at), withdrawn_because=reason, settled_at=at)
        self._note("withdrawn", london_date(at), reason, by=by, at=at)

    @transaction.atomic
    def challenge(self, words: str, *, by: "User", at: datetime) -> None:
        """Something about its quality is said or answered, without a decision. Only added to."""
        if self.withdrawn_on is not None:
            raise Refused("This is not asked for any more.")
        self._note("said", london_date(at), words, by=by, at=at)

    def _outstanding(self) -> None:
        if self.settled_at is not None:
            raise OutOfOrder("This has been submitted or withdrawn, so nothing is due any more.")

    def _need(self, *states: str, otherwise: str) -> None:
        self._outstanding()
        if self.state not in states:
            raise OutOfOrder(otherwise)

    def _on_or_after(self, on: date, first: date | None, words: str, at: datetime) -> None:
        if on > london_date(at):
            raise Refused("Enter today or a day that has passed.")
        if first is not None and on < first:
            raise Refused(f"This is before {words}, on {first:%-d %B %Y}. Check both days.")

    def _note(self, kind: str, on: date, words: str, *, by: "User", at: datetime) -> None:
        self.notes.create(kind=kind, on=on, words=words, by=by, at=at)


STATES: dict[str, tuple[str, str]] = {
    "asked": ("Asked for", "info"),
    "draft": ("Draft in, to be quality-assured", "waiting"),
    "sent_back": ("Sent back to the author", "partly"),
    "assured": ("Quality-assured, to be signed", "info"),
    "signed": ("Signed, to be submitted", "info"),
    "submitted": ("Submitted", "good"),
    "withdrawn": ("Withdrawn", "quiet"),
}


class ContributionNote(models.Model):
    """Append-only: a step of one contribution, or what was said about its quality. No case text."""

    class Kind(models.TextChoices):
        ASKED = "asked", "Asked for"
        DRAFT = "draft", "Draft sent"
        ACCEPTED = "accepted", "Quality-assured: accepted"
        WITH_CHANGES = "with_changes", "Quality-assured: accepted with changes"
        SENT_BACK = "sent_back", "Quality-assured: sent back"
        SAID = "said", "Said about the quality"
        SIGNED = "signed", "Signed"
        SUBMITTED = "submitted", "Submitted"
        AUTHOR = "author", "Another author"
        EXTENDED = "extended", "Later date agreed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    words = models.CharField(max_length=600, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[Any] = OfContributionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.on:%-d %B %Y}"
