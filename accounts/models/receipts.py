"""What a repeated form did the first time, and who signed in when."""

import uuid

from django.db import models


class FormReceipt(models.Model):
    """A form sent twice shows the first result: one row per person and form token."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    token = models.UUIDField(default=uuid.uuid4)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token"], name="form_once")]

    def __str__(self) -> str:
        return str(self.token)


class SignInEvent(models.Model):
    """Append-only: a sign-in, a refusal, a new factor. The address is kept, never a password."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        REFUSED = "refused", "Sign-in refused"
        SIGNED_OUT = "signed_out", "Signed out"
        WOKEN = "woken", "Account woken up"
        FACTOR_ADDED = "factor_added", "Second factor added"
        FACTOR_REMOVED = "factor_removed", "Second factor removed"
        FACTOR_RESET = "factor_reset", "Second step reset"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        SESSIONS_ENDED = "sessions_ended", "Sessions ended"

    user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="sign_ins")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="sign_in_by_user")]

    def __str__(self) -> str:
        return self.get_kind_display()
