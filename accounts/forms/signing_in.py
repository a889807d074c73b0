"""allauth's forms in our words. ACCOUNT_FORMS and MFA_FORMS in the settings name them.

A code is accepted once only: allauth remembers a used code for 30 seconds, while its neighbours are accepted
for 90, so ``OnceOnly`` remembers it for as long as it could be typed again.
"""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ConfirmForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache

LONGEST_LIFE_OF_A_CODE = 120
PASSWORD_HINT = "At least 12 characters. Three unconnected words make a good password."  # noqa: S105 - words on screen


def ask(field: forms.Field, label: str, missing: str, hint: str = "", width: int = 0) -> None:
    """Give a field of allauth its label, hint and message."""
    field.label, field.help_text = label, hint
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)
    if width:
        field.widget.width = width  # type: ignore[attr-defined]


class SignInForm(LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["login"], "E-mail address", "Enter your e-mail address")
        self.fields["login"].error_messages["invalid"] = "Enter an e-mail address, like name@example.nhs.uk"
        self.fields["login"].widget.attrs.update(autocomplete="username webauthn", spellcheck="false")
        ask(self.fields["password"], "Password", "Enter your password")


class ConfirmPasswordForm(ReauthenticateForm):
    """The password again, before a change to how somebody signs in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["password"], "Password", "Enter your password")


class NewPasswordForm(ChangePasswordForm):
    """The old password and the new one. The new one is typed once: the page can show it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["oldpassword"], "Current password", "Enter your current password")
        ask(self.fields["password1"], "New password", "Enter a new password", PASSWORD_HINT)
        ask(self.fields["password2"], "New password again", "Enter the new password again")


class OnceOnly(forms.Form):
    """Asks for a code, and takes the same code of an app once only."""

    hint = "From your authenticator app, or one of your recovery codes."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["code"], "Security code", "Enter the code", self.hint, width=10)
        self.fields["code"].widget.attrs.update(inputmode="numeric", autocomplete="one-time-code", spellcheck="false")

    def clean_code(self) -> str:
        """allauth's check first; then the code is used up."""
        code: str = super().clean_code()  # type: ignore[misc]
        used_by: Authenticator = self.authenticator  # type: ignore[attr-defined]
        key = f"totp-used:{used_by.pk}:{''.join(filter(str.isalnum, code))}"
        if used_by.type == Authenticator.Type.TOTP and not cache.add(key, "y", LONGEST_LIFE_OF_A_CODE):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondStepForm(OnceOnly, AuthenticateForm):
    """The second step of signing in."""


class FreshCodeForm(OnceOnly, ConfirmForm):
    """The second step again, before something that matters."""


class StartAppForm(ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["code"], "Code from the app", "Enter the code that the app shows", "Six numbers.", width=10)
        self.fields["code"].widget.attrs.update(inputmode="numeric", autocomplete="one-time-code")


class AddPasskeyForm(AddWebAuthnForm):
    """Name of a new passkey, and whether it is enough by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["name"], "Name of this passkey", "", "So that you know it again: “work laptop”, “blue key”.")
        self.fields["credential"].error_messages["required"] = "Your device did not answer. Try again."
        alone = self.fields["passwordless"]
        alone.label = "Let me sign in with this passkey alone, without my password"
        alone.help_text = "Your device then asks for your fingerprint, face or PIN."
        alone.initial = True


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["name"], "Name of this passkey", "Enter a name")
