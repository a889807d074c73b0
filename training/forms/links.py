"""Whom the holder of a link to figures asks to write one part of them."""

from collections.abc import Iterable
from typing import Any

from django import forms

from chasing.link_forms import AskByLinkForm
from design.widgets import Radios


class AskForPartForm(AskByLinkForm):
    """Which part, and who."""

    part = forms.ChoiceField(
        label="Which part?", widget=Radios, error_messages={"required": "Choose which part they are asked for"}
    )
    field_order = ("part", "name", "email")

    def __init__(self, *args: Any, parts: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["part"].choices = list(parts)  # type: ignore[attr-defined]
