"""How passwords are kept and which are refused (trust.md sections 1 and 5)."""

from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError

KEY_ROLES = {"SA", "DN"}
LONGER = 15
CONTEXT_WORDS = ("safeguarding", "assurance", "nhs", "nurse", "carehome", "practice", "governing")


class Argon2id46(Argon2PasswordHasher):
    """argon2id at 46 MiB, one pass, one lane: about 90 ms on two cores, so a login storm stays a queue."""

    memory_cost = 47_104
    time_cost = 1
    parallelism = 1


class LongerForKeysValidator:
    """Fifteen characters for those who let people in or confirm them."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise for an administrator or Director of Nursing, now or by the invitation being accepted."""
        roles = {getattr(user, "invited_role", "")}
        if user is not None and user.pk:
            roles |= set(user.memberships.filter(ends_on__isnull=True).values_list("role", flat=True))
        if roles & KEY_ROLES and len(password) < LONGER:
            raise ValidationError(
                f"Your role needs a password of at least {LONGER} characters.", code="password_too_short_for_role"
            )

    def get_help_text(self) -> str:
        """Said beside the box."""
        return f"Administrators and Directors of Nursing need at least {LONGER} characters."


class ContextWordsValidator:
    """Refuses a password that is mostly a word of this trade."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise when, without a trade word, fewer than eight characters are left."""
        plain = password.lower()
        for word in CONTEXT_WORDS:
            if word in plain and len(plain.replace(word, "")) < 8:
                raise ValidationError(
                    f"Choose a password that does not lean on the word “{word}”.", code="password_context_word"
                )

    def get_help_text(self) -> str:
        """Said beside the box."""
        return "Three unconnected words make a good password. Do not build it from the name of this service."
