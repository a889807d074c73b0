"""The base of every form: NHS markup through crispy, one token against sending twice, a version against
overwriting somebody else's save.

Subclass ``NhsForm`` or ``NhsModelForm``; name the button in ``submit_label``. A view renders with
``design.pages.page`` so that an invalid form answers 422 and its title begins with "Error:".
"""

import uuid
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from design.text_checks import Doubt, doubts_about, is_written


class NhsFormMethods:
    """What both bases share; kept apart because Django has two form classes."""

    submit_label: ClassVar[str] = "Save"
    ends_something: bool = False  # its button is red: it closes, withdraws or removes what others rely on
    enctype: ClassVar[str] = ""
    fields: dict[str, forms.Field]
    data: Any
    # What was found in a text that somebody must look at before it is saved, by field (design/text_checks.py).
    doubts: dict[str, Doubt]

    def _prepare(self) -> None:
        """Add the token, and the version when the form edits a versioned record."""
        self.fields["form_token"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
        instance = getattr(self, "instance", None)
        if instance is not None and instance.pk and hasattr(instance, "version"):
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=instance.version
            )

    @property
    def helper(self) -> FormHelper:
        """The crispy helper: NHS pack, our button, errors in the summary."""
        helper = FormHelper()
        helper.form_method = "post"
        helper.attrs = {"novalidate": "novalidate"}
        if self.enctype:
            helper.attrs["enctype"] = self.enctype
        look = "nhsuk-button nhsuk-button--warning" if self.ends_something else "nhsuk-button"
        helper.add_input(Submit("submit", self.submit_label, css_class=look))
        return helper

    def full_clean(self) -> None:
        """The form's own checks, then the question about what somebody wrote at length."""
        super().full_clean()  # type: ignore[misc]
        self.doubts = {}
        if not self.is_bound:  # type: ignore[attr-defined]
            return
        found = getattr(self, "cleaned_data", {})
        texts = {name: found.get(name) for name, box in self.fields.items() if is_written(name, box)}
        self.doubts = doubts_about(self, {name: text for name, text in texts.items() if isinstance(text, str) and text})
        for name, doubt in self.doubts.items():
            if doubt.settle is None:
                self.add_error(name, doubt.message)  # type: ignore[attr-defined]
        if not self.errors:  # type: ignore[attr-defined]
            for doubt in self.doubts.values():
                if doubt.settle is not None:
                    doubt.settle()

    @property
    def refusal(self) -> dict[str, Any]:
        """For a form that saves itself: what is wrong by field, and what is to be drawn beside which box."""
        drawn = {doubt.name: doubt.drawn() for doubt in self.doubts.values()}
        return {"errors": self.errors, "doubts": drawn}  # type: ignore[attr-defined]

    def is_stale(self) -> bool:
        """Was the record saved by somebody else since this form was shown?"""
        if "version" not in self.fields:
            return False
        given = self.data.get(self.add_prefix("version"))  # type: ignore[attr-defined]
        return bool(given) and str(given) != str(self.instance.version)  # type: ignore[attr-defined]

    def show_again(self, **changed: str) -> None:
        """Keep everything that was typed, with these boxes replaced and a token of its own for the next save."""
        data: Any = self.data.copy()
        data.update({**changed, "form_token": str(uuid.uuid4())})
        self.data = data


class NhsForm(NhsFormMethods, forms.Form):
    """A plain form in the house's manner."""

    template_name = "nhsuk/plain_form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare()


class UploadForm(NhsForm):
    """A plain form with a file in the box ``file``."""

    enctype = "multipart/form-data"

    def say_of_the_file(self, problem: str | Exception) -> None:
        """Why the file was not taken, beside its box and in place of anything else about it."""
        self.errors.pop("file", None)
        self.add_error("file", str(problem))
        if (doubt := getattr(problem, "doubt", None)) is not None:
            self.doubts["file"] = doubt


class NhsModelForm(NhsFormMethods, forms.ModelForm):
    """A form over one record in the house's manner."""

    template_name = "nhsuk/plain_form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare()
