"""What every form of the register does alike: it saves by its record's verb, and lets the database judge.

Constraints are not asked twice: the save is tried, and ``providers.saving`` turns a refusal into words beside the box.
"""

from typing import Any, ClassVar

from django.db.models import Model

from accounts.models import User
from design.forms import NhsForm, NhsModelForm
from providers.models.versions import Versioned


class RegisterForm(NhsModelForm):
    """Over one versioned record. An edit saves only what the version it was shown still allows."""

    # What the "theirs and yours" page sets side by side; names of the record's attributes.
    compared: ClassVar[tuple[str, ...]] = ()
    conflict: dict[str, Any] | None = None
    refused = False

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def validate_unique(self) -> None:
        """The database decides, once, when the save is tried."""

    def values(self) -> dict[str, Any]:
        """What the save writes: the form's own fields as they were cleaned."""
        return {name: self.cleaned_data[name] for name in self.own_fields if name in self.cleaned_data}

    @property
    def own_fields(self) -> tuple[str, ...]:
        """The record's fields that this form is about."""
        return tuple(self._meta.fields or ())

    def save(self, commit: bool = True) -> Any:
        """Make the record, or change it if nobody was faster."""
        if self.instance.pk is None:
            self.instance.save(force_insert=True)
        else:
            type(self.instance)(pk=self.instance.pk).change(
                expected=self.cleaned_data.get("version") or 0, **self.values()
            )
        return self.instance


def typed(form: NhsForm | NhsModelForm, name: str, value: str) -> None:
    """Put a hidden value in place of the one that was sent, so that the form shows it when it comes back."""
    data: Any = form.data
    form.data = data.copy()
    form.data[name] = value  # type: ignore[index]


class VerbForm(NhsForm):
    """A few questions before one verb on a record: close, end, reopen."""

    conflict: dict[str, Any] | None = None
    refused = False

    def __init__(self, *args: Any, instance: Model, **kwargs: Any) -> None:
        self.instance = instance
        super().__init__(*args, **kwargs)

    @property
    def expected(self) -> int:
        """The version that the person saw; 0, which never is one, when the form did not say."""
        return self.cleaned_data.get("version") or 0

    @property
    def record(self) -> Versioned:
        """The record, known to count its saves."""
        assert isinstance(self.instance, Versioned)
        return self.instance
