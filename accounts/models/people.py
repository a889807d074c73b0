"""A person who signs in. Personal data lives here only and never in history rows."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower

from accounts import post
from accounts.models.receipts import SignInEvent
from accounts.references import new_reference
from accounts.sessions import end_sessions

if TYPE_CHECKING:
    from accounts.models.tokens import AccountToken


class UserManager(BaseUserManager["User"]):
    """Makes people; an account without a password waits for its invitation."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person. Their access is a separate decision: see ``Membership``."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail address, whatever its capitals."""
        return self.get(email__iexact=username)


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
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @transaction.atomic
    def disable(self, *, by: "User", at: datetime) -> None:
        """End the account and, in the same transaction, every session and membership it holds."""
        self.is_active, self.disabled_at = False, at
        self.save(update_fields=["is_active", "disabled_at"])
        self.memberships.live(on=at.date()).end(by=by, at=at)
        end_sessions(self)

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
