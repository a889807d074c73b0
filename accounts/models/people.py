"""A person who signs in. Personal data lives here only and never in history rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Lower

from accounts import post
from accounts.capabilities import Can, roles_granting
from accounts.models.memberships import Acts, Membership, acts_of
from accounts.models.receipts import SignInEvent
from accounts.references import new_reference
from accounts.refusals import Refused
from accounts.sessions import end_sessions
from design.calendar import london_date

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models.tokens import AccountToken

# The end of an address that nobody can have (RFC 2606): it marks who wrote by a link.
BEARER = "@link.invalid"


class UserQuerySet(models.QuerySet["User"]):
    """People, as somebody who looks after them asks."""

    def permitted(self, user: "User | AnonymousUser", can: Can) -> Self:
        """People with a role, now or before, in an organisation that the capability reaches."""
        held = Membership.objects.permitted(user, can).filter(user=OuterRef("pk"))
        if can == Can.RESET_SECOND_STEP:
            held = held.live()  # whoever has left may hold the sign-in for somebody else
        return self.filter(Exists(held))

    def matching(self, words: str) -> Self:
        """Every word is part of the name or of the address."""
        for word in words.split():
            self = self.filter(Q(name__icontains=word) | Q(email__icontains=word))
        return self

    def in_state(self, state: str) -> Self:
        """One of the states of ``User.state``."""
        joined = self.filter(joined_at__isnull=False)
        return {
            "ended": self.filter(is_active=False),
            "asleep": joined.filter(is_active=True, asleep_at__isnull=False),
            "waiting": self.filter(is_active=True, joined_at__isnull=True),
            "active": joined.filter(is_active=True, asleep_at__isnull=True),
        }.get(state, self)

    def with_account(self, email: str) -> Self:
        """Whoever joined with this address and may sign in, awake or asleep."""
        return self.filter(email__iexact=email, is_active=True, joined_at__isnull=False)

    def unused_since(self, moment: datetime) -> Self:
        """Active, awake, and not signed in since the moment; who never joined is not meant."""
        used = Coalesce("last_seen_at", "joined_at")
        return self.in_state("active").annotate(used=used).filter(used__lt=moment)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people; an account without a password waits for its invitation."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person. Their access is a separate decision: see ``Membership``."""
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def make_bearers(self, names: Iterable[str], *, at: datetime) -> "list[User]":
        """People who write by a link that was sent to them: a name for the record, and no way to sign in, ever.

        Their address leads nowhere and the database refuses to let one of them join (docs/decisions/0014). Two
        statements, however many.
        """
        rows = []
        for name in names:
            reference = new_reference()
            row = self.model(
                reference=reference, email=f"{reference.lower()}{BEARER}", name=f"By link, sent to {name}"[:150],
                is_active=False, disabled_at=at,
            )  # fmt: skip
            row.set_unusable_password()
            rows.append(row)
        return list(self.bulk_create(rows))

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail address, whatever its capitals."""
        found: User = self.get(email__iexact=username)
        return found


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["password", "email", "name", "job_title", "phone", "last_login"],
    append_only=True,
)
class User(AbstractBaseUser):
    """One sign-in for one person; memberships say where and as what."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField("full name", max_length=150)
    job_title = models.CharField(max_length=150, blank=True)
    phone = models.CharField("telephone", max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    asleep_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()
    # The role of the invitation that is being accepted: some roles need a longer password.
    invited_role = ""
    acts: Acts | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=models.Q(is_active=True, disabled_at__isnull=True)
                | models.Q(is_active=False, disabled_at__isnull=False),
                name="user_disabled_has_a_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(email__endswith=BEARER) | models.Q(is_active=False, joined_at__isnull=True),
                name="user_of_a_link_never_joins",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def may(self, can: Can) -> bool:
        """Does any role that the person holds or covers grant this, at whatever scope?"""
        if (acts := acts_of(self)) is not None:
            return not acts.roles.isdisjoint(roles_granting(can))
        return Membership.objects.acting(self).granting(can).exists()

    def may_be_treated_by(self, reader: "User", *cans: Can) -> dict[str, bool]:
        """Which of these the reader may do for this person, in one query."""
        people = type(self).objects
        asked = {can.value: Exists(people.permitted(reader, can).filter(pk=OuterRef("pk"))) for can in cans}
        found: dict[str, bool] = people.filter(pk=self.pk).values(**asked).get()
        return found

    @property
    def state(self) -> str:
        """active, asleep, ended, or waiting for the invitation to be accepted."""
        if not self.is_active:
            return "ended"
        if self.joined_at is None:
            return "waiting"
        return "asleep" if self.asleep_at else "active"

    @transaction.atomic
    def disable(self, *, by: "User | None", at: datetime) -> None:
        """End the account and, in the same transaction, every session, membership and cover it holds.

        Nobody ends their own account: somebody has to be left who can.
        """
        if by is not None and by.pk == self.pk:
            raise Refused("You cannot end your own account. Ask another administrator.")
        type(self).objects.select_for_update().get(pk=self.pk)
        self.is_active, self.disabled_at = False, self.disabled_at or at
        self.save(update_fields=["is_active", "disabled_at"])
        self.memberships.all().end(by=by, at=at)
        for cover in self.cover_held.not_over(on=london_date(at)):
            cover.end(at=at)
        end_sessions(self)

    @transaction.atomic
    def fall_asleep(self, *, at: datetime) -> bool:
        """After long disuse: the account waits for a link to its address. Roles stay. False when it is used again."""
        moved = type(self).objects.in_state("active").filter(pk=self.pk).update(asleep_at=at)
        if moved:
            end_sessions(self)
        return bool(moved)

    def end_sessions_by(self, by: "User", *, at: datetime, keep: str | None = None) -> int:
        """Sign the person out everywhere, and keep who did it; returns how many sessions ended."""
        ended = end_sessions(self, keep=keep)
        SignInEvent.objects.create(user=self, kind=SignInEvent.Kind.SESSIONS_ENDED, by=by, at=at)
        return ended

    @transaction.atomic
    def reset_password(self, password: str, *, link: "AccountToken", at: datetime) -> bool:
        """Use the link and the new password: every session ends, wrong tries are forgotten, the owner is told.

        False when the link was used a moment ago; then nothing happens. The second step is not touched.
        """
        if not link.use(at=at):
            return False
        self.set_password(password)
        self.save(update_fields=["password"])
        end_sessions(self)
        SignInEvent.objects.create(user=self, kind=SignInEvent.Kind.PASSWORD_CHANGED, by=self, at=at)
        post.hand_in("factor_changed", dedupe_key=f"factor_changed:{self.pk}:reset:{link.pk}", at=at, user=self)
        return True

    @transaction.atomic
    def wake(self, *, link: "AccountToken", at: datetime) -> bool:
        """Use the link and let the person sign in again. False when the link was used a moment ago."""
        if not link.use(at=at):
            return False
        type(self).objects.filter(pk=self.pk).update(asleep_at=None, last_seen_at=at)
        SignInEvent.objects.create(user=self, kind=SignInEvent.Kind.WOKEN, by=self, at=at)
        return True
