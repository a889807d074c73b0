"""The reset of a lost second step: one person opens it with a reason, another one confirms it (trust.md section 5).

To change how long a reset waits, change ``LIFETIME``. Who may open and confirm is a row of the policy table.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import F, Q

from accounts import post, reach
from accounts.capabilities import Can, Scope, roles_granting
from accounts.models.memberships import Membership
from accounts.models.receipts import SignInEvent
from accounts.references import new_reference
from accounts.refusals import Refused
from accounts.sessions import end_sessions
from design.calendar import london_date

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models.people import User

LIFETIME = timedelta(days=3)


class SecondStepResetQuerySet(models.QuerySet["SecondStepReset"]):
    """Resets, as those ask who look after the person, and the person."""

    def permitted(self, user: "User | AnonymousUser", can: Can) -> Self:
        """The person's own as part of their account; with a right over people, those of people who work there now."""
        if not user.is_authenticated:
            return self.none()
        if can == Can.OWN_ACCOUNT:
            return self.filter(user=user)
        return self.filter(user__in=Membership.objects.live().permitted(user, can).values("user"))

    def unanswered(self) -> Self:
        """Asked for or opened, and neither confirmed nor called off; they may have run out since."""
        return self.filter(confirmed_at__isnull=True, ended_at__isnull=True)

    def waiting(self, *, at: datetime) -> Self:
        """Those of them that can still be opened or confirmed."""
        return self.unanswered().filter(expires_at__gt=at)

    @transaction.atomic
    def ask(self, person: "User", *, at: datetime) -> "SecondStepReset":
        """The person says that the second step is lost; they, and those who may open a reset, hear of it once."""
        row = self._of(person, at)
        if row is None:
            row = self.create(user=person, asked_at=at, expires_at=at + LIFETIME)
            row.tell([person], "reset_opened", at=at, step="asked")
            row.tell(row.keepers(at), "reset_wanted", at=at, step="asked")
        return row

    @transaction.atomic
    def open(self, person: "User", *, reason: str, by: "User", at: datetime) -> "SecondStepReset":
        """Open a reset: nothing changes yet; the person and everybody who may confirm it are told.

        Refused for oneself, for somebody without a second step, and while another one is open.
        """
        if by.pk == person.pk:
            raise Refused("Somebody else has to reset your second step.")
        row = self._of(person, at)
        if row is not None and row.opened_at:
            raise Refused("A reset is open already: a second person confirms it, or somebody cancels it.")
        if person.state not in ("active", "asleep") or not Authenticator.objects.filter(user_id=person.pk).exists():
            raise Refused("This person has no second step to reset. They set one up when they sign in.")
        row = row or self.model(user=person)
        row.reason, row.opened_by, row.opened_at, row.expires_at = reason, by, at, at + LIFETIME
        row.save()
        row.tell([person], "reset_opened", at=at)
        row.tell([one for one in row.keepers(at) if one.pk != by.pk], "reset_wanted", at=at, step="opened")
        return row

    def _of(self, person: "User", at: datetime) -> "SecondStepReset | None":
        """The person's one unanswered reset, once it is this transaction's turn; what has run out is put away."""
        person._meta.model._base_manager.select_for_update().get(pk=person.pk)
        rows = self.unanswered().filter(user=person)
        rows.filter(expires_at__lte=at).update(ended_at=F("expires_at"))
        return rows.first()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class SecondStepReset(models.Model):
    """Somebody lost every way to give the second step. Two people, neither of them the person, take it away."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="resets")
    asked_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    opened_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    objects = SecondStepResetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed_at__isnull=True, ended_at__isnull=True), name="reset_once"
            ),
            models.CheckConstraint(
                condition=(Q(opened_by__isnull=True) | ~Q(opened_by=F("user")))
                & (Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("user"))),
                name="reset_not_by_the_person",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True)
                | Q(opened_by__isnull=False, confirmed_by__isnull=False, ended_at__isnull=True)
                & ~Q(confirmed_by=F("opened_by")),
                name="reset_second_person",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True, asked_at__isnull=False)
                | Q(opened_at__isnull=False, opened_by__isnull=False) & ~Q(reason=""),
                name="reset_opened_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Second step of {self.user_id}"

    def state(self, *, at: datetime) -> str:
        """asked, open, done, cancelled, or expired."""
        if self.confirmed_at:
            return "done"
        if self.ended_at:
            return "cancelled" if self.ended_by_id else "expired"
        if self.expires_at <= at:
            return "expired"
        return "open" if self.opened_at else "asked"

    def keepers(self, at: datetime) -> list["User"]:
        """Everybody who may open or confirm it."""
        return reach.keepers(self.user, Can.RESET_SECOND_STEP, on=london_date(at))

    @transaction.atomic
    def confirm(self, *, by: "User", at: datetime) -> None:
        """The second person's yes: every second step and recovery code goes and all sessions end.

        The account sleeps until the link that is now mailed to its address is used, so that the password alone is
        not enough to set a new second step up. Refused to whoever opened it or whose it is, when neither of the two
        is of the commissioner's side, and when somebody answered first.
        """
        row = self._waiting(at)
        if row.opened_by is None:
            raise Refused("Open the reset first, with a reason. A second person confirms it.")
        if by.pk in (row.opened_by_id, row.user_id):
            raise Refused("Another person than the one who opened it, or whose second step it is, has to confirm it.")
        if not _weighty(row.opened_by, by, at=at):
            raise Refused("One of the two has to be an administrator or Director of Nursing of a commissioner.")
        row.confirmed_by, row.confirmed_at = by, at
        row.save()
        Authenticator.objects.filter(user_id=row.user_id).delete()
        type(row.user)._base_manager.filter(pk=row.user_id, asleep_at__isnull=True).update(asleep_at=at)
        end_sessions(row.user)
        SignInEvent.objects.create(user=row.user, kind=SignInEvent.Kind.FACTOR_RESET, by=by, at=at)
        row.tell([row.user], "reset_done", at=at)
        row.tell([one for one in row.keepers(at) if one.pk != by.pk], "reset_ended", at=at)
        self.refresh_from_db()

    @transaction.atomic
    def cancel(self, *, by: "User", at: datetime) -> None:
        """Nothing changes for the person, who is told; so is everybody who may have been about to confirm it."""
        row = self._waiting(at)
        row.ended_by, row.ended_at = by, at
        row.save()
        told = [row.user, *row.keepers(at)]
        row.tell([one for one in told if one.pk != by.pk], "reset_ended", at=at)
        self.refresh_from_db()

    def tell(self, people: list["User"], kind: str, *, at: datetime, step: str = "") -> None:
        """One letter to each, with the number of this reset; the words are made when it is sent."""
        for one in people:
            key = f"{kind}:{self.pk}:{step}:{one.pk}"
            post.hand_in(kind, dedupe_key=key, at=at, user=one, about={"reset": self.pk})

    def _waiting(self, at: datetime) -> "SecondStepReset":
        """The locked row, still waiting for an answer."""
        rows = type(self).objects.select_for_update(of=("self",)).select_related("user", "opened_by")
        row = rows.filter(pk=self.pk).first()
        if row is None or row.state(at=at) not in ("asked", "open"):
            raise Refused("This reset has been answered, or it has run out. Open a new one if it is still needed.")
        return row


def _weighty(*people: "User", at: datetime) -> bool:
    """Is one of them more than a provider's own lead?"""
    roles: list[Any] = roles_granting(Can.RESET_SECOND_STEP, Scope.ALL)
    held = Membership.objects.live(on=london_date(at)).filter(role__in=roles, user__in=people)
    return held.exists()
