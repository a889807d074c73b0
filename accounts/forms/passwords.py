"""Choosing a password: the same box for an invitation, a forgotten password and a first sign-in."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.forms.signing_in import PASSWORD_HINT
from accounts.models import User
from design.forms import NhsForm


class PasswordField(forms.CharField):
    """A new password, typed once: the page can show it."""

    def __init__(self) -> None:
        super().__init__(
            label="New password",
            strip=False,
            max_length=256,
            help_text=PASSWORD_HINT,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            error_messages={"required": "Choose a password"},
        )


class ForgottenForm(NhsForm):
    """Whose password was forgotten. The answer is the same whoever it is."""

    submit_label = "Send me a link"

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your e-mail address",
            "invalid": "Enter an e-mail address, like name@example.nhs.uk",
        },
    )

    def person(self) -> User | None:
        """Whose account it is, if there is one."""
        return User.objects.with_account(self.cleaned_data["email"]).first()


class ChoosePasswordForm(NhsForm):
    """A new password for somebody who proved their address by a link."""

    submit_label = "Save new password"

    password = PasswordField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Long enough, not common, not the person's own name."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class WakeForm(NhsForm):
    """One button."""

    submit_label = "Wake my account up"


class JoinForm(ChoosePasswordForm):
    """Name and password of somebody who accepts an invitation."""

    submit_label = "Create my account"

    field_order = ("name", "password")
    name = forms.CharField(label="Full name", max_length=150, error_messages={"required": "Enter your full name"})
