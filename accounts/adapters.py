"""How allauth is bent to this house: no sign-up, mail by letters, secrets encrypted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are kept encrypted with a key from the environment."""

    def encrypt(self, text: str) -> str:
        """Fernet; the key is FIELD_ENCRYPTION_KEY."""
        return Fernet(settings.FIELD_ENCRYPTION_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The other way; a wrong key raises ``InvalidToken``."""
        return Fernet(settings.FIELD_ENCRYPTION_KEY).decrypt(encrypted_text.encode()).decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mail about factors goes out as letters, from the verbs that change them."""
