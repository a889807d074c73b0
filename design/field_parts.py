"""Everything that must be known about one form field to draw it, worked out once.

`parts_of` looks at the widget and says which kind it is, what its hint and errors are called, and which box the error
summary should lead to; field_markup.py draws that. To draw a new kind of widget, add it to KINDS here and to DRAWN
there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from design.text_checks import Doubt
from design.widgets import DateInput

NOTHING = SafeString("")

# The first line that matches wins, so the narrower class stands above the wider one.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (DateInput, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
    (forms.TextInput, "input"),
)
CLASSES = {
    "select": "nhsuk-select",
    "checkbox": "nhsuk-checkboxes__input",
    "textarea": "nhsuk-textarea",
    "file": "nhsuk-file-upload__input",
    "password": "nhsuk-input nhsuk-password-input__input nhsuk-js-password-input-input",
    "input": "nhsuk-input",
}
MARKED_WHEN_WRONG = {
    "select": "nhsuk-select",
    "textarea": "nhsuk-textarea",
    "password": "nhsuk-input",
    "input": "nhsuk-input",
}
GROUPED = {"date", "checkboxes", "radios"}
# Marked in words by us, or advised against by the design system.
DROPPED = {"required", "placeholder", "aria-invalid"}


@dataclass(frozen=True)
class Message:
    """One error under its own id, so that the box can be described by each."""

    id: str
    text: str


@dataclass(frozen=True)
class Option:
    """One radio, one checkbox, or one box of a date."""

    id: str
    name: str
    value: str
    label: str
    attrs: SafeString
    hint: str = ""
    divider: bool = False
    wrong: bool = False


@dataclass(frozen=True)
class FieldParts:
    """What field_markup.py draws. `focus_id` is where a link in the error summary goes."""

    bound: BoundField
    kind: str
    id: str
    label: str
    optional: bool
    hint_id: str
    messages: list[Message]
    described_by: str
    focus_id: str
    control: SafeString
    options: list[Option] = field(default_factory=list)
    max_length: int | None = None
    doubt: Doubt | None = None

    @property
    def label_size(self) -> str:
        """As the widget asks; bold text size if it does not."""
        size: str = getattr(self.bound.field.widget, "label_size", "s")
        return size


def parts_of(bound: BoundField, *, mark_optional: bool = True) -> FieldParts:
    """What to draw; a form that sets ``mark_optional`` to False never says "(optional)".

    Raises TypeError for a widget that the pack cannot draw.
    """
    mark_optional = mark_optional and getattr(bound.form, "mark_optional", True)
    kind = kind_of(bound.field.widget)
    own_id = _id(bound)
    hint_id = f"{own_id}-hint" if bound.help_text else ""
    messages = [
        Message(f"{own_id}-error" if n == 0 else f"{own_id}-error-{n + 1}", str(text))
        for n, text in enumerate(bound.errors)
    ]
    counted = bound.field.max_length if kind == "textarea" and isinstance(bound.field, forms.CharField) else None
    described_by = " ".join(filter(None, (f"{own_id}-info" if counted else "", hint_id, *(m.id for m in messages))))
    options = list(_date_boxes(bound) if kind == "date" else _options(bound)) if kind in GROUPED else []
    return FieldParts(
        bound=bound,
        kind=kind,
        id=own_id,
        label=str(bound.label),
        hint_id=hint_id,
        messages=messages,
        described_by=described_by,
        focus_id=_focus_id(bound, options),
        options=options,
        max_length=counted,
        doubt=getattr(bound.form, "doubts", {}).get(bound.name),
        optional=mark_optional and not bound.field.required and kind != "checkbox",
        control=NOTHING if kind in GROUPED else _control(bound, kind, described_by, counted),
    )


def kind_of(widget: forms.Widget) -> str:
    """What kind of widget it is, one of those in field_markup.py, or TypeError."""
    # NumberInput, EmailInput and their kin are Inputs but not TextInputs.
    for known, kind in KINDS:
        if isinstance(widget, known):
            return kind
    if isinstance(widget, forms.widgets.Input):
        return "input"
    raise TypeError(f"The nhsuk pack cannot draw a {type(widget).__name__}")


def _control(bound: BoundField, kind: str, described_by: str, counted: int | None) -> SafeString:
    """The box itself, drawn by Django with the design system's classes and without what we drop."""
    widget = bound.field.widget
    classes = [CLASSES[kind], str(widget.attrs.get("class", ""))]
    if bound.errors and kind in MARKED_WHEN_WRONG:
        classes.append(f"{MARKED_WHEN_WRONG[kind]}--error")
    if counted:
        classes.append("nhsuk-js-character-count")
    if width := getattr(widget, "width", None):
        classes.append(f"nhsuk-input--width-{width}")
    attrs: dict[str, Any] = {
        **dict.fromkeys(DROPPED, False),
        "id": _id(bound),
        "class": " ".join(filter(None, classes)),
    }
    if described_by:
        attrs["aria-describedby"] = described_by
    if bound.field.disabled:
        attrs["disabled"] = True
    if kind == "textarea":
        attrs["maxlength"] = False  # the counter lets people paste and then cut, instead of cutting it for them
    if kind == "password":
        attrs |= {
            "spellcheck": "false",
            "autocapitalize": "none",
            "autocomplete": widget.attrs.get("autocomplete", "current-password"),
        }
    if kind == "file":
        # Django's own "currently / clear" line is left to the page, which says it in its own words.
        widget = forms.FileInput(attrs=widget.attrs)
    return widget.render(bound.html_name, bound.value(), attrs=attrs, renderer=bound.form.renderer)


def _id(bound: BoundField) -> str:
    return str(bound.field.widget.attrs.get("id") or bound.auto_id or bound.html_name)


def _options(bound: BoundField) -> Iterator[Option]:
    widget = bound.field.widget
    hints = getattr(widget, "hints", {})
    before = getattr(widget, "divider_before", None)
    for one in bound.subwidgets:
        value = str(one.data["value"])
        attrs = {key: found for key, found in one.data["attrs"].items() if key not in DROPPED | {"id"}}
        yield Option(
            id=one.data["attrs"].get("id", ""),
            name=one.data["name"],
            value=value,
            label=one.data["label"],
            attrs=flatatt(attrs),
            hint=hints.get(value, ""),
            divider=before is not None and value == before,
        )


def _date_boxes(bound: BoundField) -> Iterator[Option]:
    wrong = {part for error in bound.errors.as_data() for part in (error.params or {}).get("parts", DateInput.parts)}
    context = bound.field.widget.get_context(bound.html_name, bound.value(), {"id": _id(bound)})
    for part, box in zip(DateInput.parts, context["widget"]["subwidgets"], strict=True):
        attrs = {key: found for key, found in box["attrs"].items() if key not in DROPPED | {"id", "class"}}
        if bound.field.disabled:
            attrs["disabled"] = True
        yield Option(
            id=f"{_id(bound)}_{part}",
            name=box["name"],
            value="" if box["value"] is None else str(box["value"]),
            label=part.capitalize(),
            attrs=flatatt(attrs),
            wrong=part in wrong,
        )


def _focus_id(bound: BoundField, options: list[Option]) -> str:
    if not options:
        return _id(bound)
    return next((option.id for option in options if option.wrong), options[0].id)
