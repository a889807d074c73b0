"""Form widgets in the NHS design system's markup that Django has no equivalent for.

Every plain Django widget also renders through the `nhsuk` pack; use these where the NHS pattern asks for more:
a date in three boxes, options with hints, a unit beside a box. How each is drawn is in field_markup.py.
Any widget, ours or Django's, may be given three attributes that the pack reads: `label_size` ("s", "m", "l", "xl"
or "" for plain), `label_hidden` (for boxes in a table) and `page_heading` (the label is the page's only h1).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms


class DateInput(forms.MultiWidget):
    """Day, month and year in three boxes. Shows again exactly what was typed, right or wrong."""

    parts = ("day", "month", "year")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput(attrs={"inputmode": "numeric"}) for part in self.parts}, attrs)

    def decompress(self, value: date | str | None) -> list[Any]:
        """Three values from a date; what was typed never comes through here."""
        if isinstance(value, str) and value:
            value = date.fromisoformat(value)
        return [value.day, value.month, value.year] if isinstance(value, date) else ["", "", ""]


class _Options:
    """What radios and checkboxes share: a hint under an option, a row instead of a column, small boxes."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Iterable[Any] = (),
        *,
        hints: Mapping[str, str] | None = None,
        inline: bool = False,
        small: bool = False,
        divider_before: str | None = None,
    ) -> None:
        super().__init__(attrs, choices)  # type: ignore[call-arg]
        self.hints = hints or {}
        self.inline, self.small, self.divider_before = inline, small, divider_before


class Radios(_Options, forms.RadioSelect):
    """One of a few. `hints` maps an option's value to the line under it; `divider_before` puts "or" above one."""


class Checkboxes(_Options, forms.CheckboxSelectMultiple):
    """Any of a few, with the same extras as Radios."""


class TextInput(forms.TextInput):
    """A box with a width in characters (2, 3, 4, 5, 10, 20 or 30) and a unit before or after it."""

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, width: int | None = None, prefix: str = "", suffix: str = ""
    ) -> None:
        super().__init__(attrs)
        if width not in (None, 2, 3, 4, 5, 10, 20, 30):
            raise ValueError(f"The design system has no box {width} characters wide")
        self.width, self.prefix, self.suffix = width, prefix, suffix


class NumberInput(TextInput):
    """Whole numbers typed into a text box: spinners change a figure when somebody scrolls over it."""

    def __init__(self, attrs: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__({"inputmode": "numeric", **(attrs or {})}, **options)


class Textarea(forms.Textarea):
    """Several lines. A field with `max_length` shows how much room is left."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, rows: int = 5) -> None:
        super().__init__({"rows": rows, **(attrs or {})})
