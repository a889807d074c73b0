"""An envelope: to whom, which letter, ids only. The relay writes and sends it."""

from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from chasing import bell

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Contact, Organisation

LEASE = timedelta(minutes=2)
# After each failed attempt a letter waits this many minutes; after the last it is given up.
WAITS = (1, 5, 15, 30, 60, 180, 360)
ATTEMPTS = len(WAITS) + 1


def message_id_of(reference: str) -> str:
    """Fixed when the letter is written, so that a letter sent twice is seen as one by the reader's mail program."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{reference.lower()}@{address.rpartition('@')[2] or 'localhost'}>"


class LetterQuerySet(TenantQuerySet):
    """Letters in the users' words."""

    circle_path = "circle"

    def write(
        self,
        kind: str,
        *,
        dedupe_key: str,
        at: datetime,
        to_user: "User | None" = None,
        to_contact: "Contact | None" = None,
        to_organisation: "Organisation | None" = None,
        **fields: Any,
    ) -> "Letter | None":
        """Put an envelope in the box, once per ``dedupe_key``; None when it is already there.

        ``about`` holds ids only. The relay makes the words, and any token, when it sends. Rings the bell, so that
        the relay comes as soon as the transaction is committed.
        """
        reference = new_reference()
        letter = Letter(
            reference=reference,
            message_id=message_id_of(reference),
            kind=kind,
            dedupe_key=dedupe_key,
            not_before=at,
            to_user=to_user,
            to_contact=to_contact,
            to_organisation=to_organisation,
            **fields,
        )
        self.bulk_create([letter], ignore_conflicts=True)
        written: Letter | None = self.filter(dedupe_key=dedupe_key, reference=reference).first()
        if written:
            bell.ring()
        return written

    def account_mail(self) -> Self:
        """Letters without which somebody cannot sign in."""
        return self.filter(is_account_mail=True)

    def ready(self, at: datetime) -> Self:
        """Waiting, and their time has come."""
        return self.filter(state__in=[Letter.State.PENDING, Letter.State.FAILED], not_before__lte=at)

    def given_up(self) -> Self:
        """Tried as often as the rule says, or refused for good by the mail server."""
        return self.filter(state=Letter.State.DEAD)

    def lapsed(self, at: datetime) -> Self:
        """Taken by a relay that never came back."""
        return self.filter(state=Letter.State.LEASED, lease_until__lt=at)


class Letter(models.Model):
    """Exactly once per ``dedupe_key``. Holds ids, never words: the words are made when it is sent."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting to be sent"
        LEASED = "leased", "Being sent"
        SENT = "sent", "Accepted by the mail server"
        FAILED = "failed", "Will be tried again"
        DEAD = "dead", "Given up"
        DROPPED = "dropped", "Not sent: no longer due, or nobody to send it to"

    # How a list shows each state: a tone of the design system's tag.
    TONES: ClassVar[dict[str, str]] = {
        "pending": "waiting",
        "leased": "waiting",
        "sent": "info",
        "failed": "partly",
        "dead": "bad",
        "dropped": "quiet",
    }

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=40)
    dedupe_key = models.CharField(max_length=160, unique=True)
    commissioner = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey("accounts.Circle", null=True, on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    to_contact = models.ForeignKey("providers.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    about = models.JSONField(default=dict, help_text="Ids only")
    # Account letters go first and ignore the hold and quiet days.
    is_account_mail = models.BooleanField(default=False)
    not_before = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.PENDING)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="letter_sent_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="leased") | Q(lease_until__isnull=False), name="letter_leased_until"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-is_account_mail", "not_before", "id"],
                condition=Q(state__in=["pending", "failed", "leased"]),
                name="letter_to_send",
            ),
            models.Index(fields=["organisation", "-created_at"], name="letter_of_organisation"),
            models.Index(fields=["commissioner"], condition=Q(state="dead"), name="letter_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the state."""
        return self.TONES[self.state]

    def _leave(self, state: str, **changes: object) -> bool:
        """Give the lease back; False when the sweeper has taken it away in the meantime."""
        mine = type(self).objects.filter(pk=self.pk, state=self.State.LEASED, lease_until=self.lease_until)
        if not mine.update(state=state, lease_until=None, **changes):
            self.refresh_from_db()
            return False
        for name, value in {"state": state, "lease_until": None, **changes}.items():
            setattr(self, name, value)
        return True

    def sent(self, *, at: datetime) -> bool:
        """The mail server has answered 250."""
        return self._leave(self.State.SENT, sent_at=at, problem="")

    def drop(self, because: str) -> bool:
        """It is no longer so, or there is nobody to send it to."""
        return self._leave(self.State.DROPPED, problem=because[:300])

    def wait(self, *, until: datetime) -> bool:
        """Not now, through no fault of the letter: it does not count as an attempt."""
        return self._leave(self.State.PENDING, not_before=until, attempts=self.attempts - 1)

    def fail(self, problem: str, *, at: datetime, for_good: bool = False) -> bool:
        """Try again later, or give up after the last attempt or when the server refuses the address for good."""
        if for_good or self.attempts >= ATTEMPTS:
            return self._leave(self.State.DEAD, problem=problem[:300])
        again = at + timedelta(minutes=WAITS[self.attempts - 1])
        return self._leave(self.State.FAILED, problem=problem[:300], not_before=again)

    def retry(self, *, at: datetime) -> None:
        """A person has put right what was wrong: start again from the first attempt."""
        moved = (
            type(self)
            .objects.given_up()
            .filter(pk=self.pk)
            .update(state=self.State.PENDING, attempts=0, not_before=at, problem="")
        )
        self.refresh_from_db()
        if not moved:
            raise Refused("This letter is no longer given up, so there is nothing to try again.")
        bell.ring()
