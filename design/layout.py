"""Crispy layout objects in NHS markup: a submit button that is a real button."""

from typing import Any

from crispy_forms.layout import BaseInput
from django.template.loader import render_to_string

VARIANTS = ("", "secondary", "warning", "reverse", "brand")


class SubmitButton(BaseInput):
    """`SubmitButton("Save and continue")`, or with `name` and `value` when a form has more than one.

    Crispy's own Submit renders its label as a template; this one never does, so a label may hold a name typed by
    a person.
    """

    input_type = "submit"
    field_classes = ""

    def __init__(self, text: str, *, name: str = "", value: str = "", variant: str = "", **attributes: Any) -> None:
        if variant not in VARIANTS:
            raise ValueError(f"No button variant {variant!r}")
        super().__init__(name or "submit", value, **attributes)
        self.name, self.text, self.variant = name, text, variant

    def render(self, form: Any, context: Any, template_pack: Any = "nhsuk", **_: Any) -> str:
        """A <button>, not an <input>."""
        return render_to_string("nhsuk/layout/button.html", {"input": self})
