"""One form field in the design system's markup: ``draw`` lays out what field_parts.py worked out, by its kind.

In Python and not in templates: a page of a return has fifty boxes, and a template for each of their parts took half of
the time of the whole page. To draw a new kind of widget, add it to KINDS in field_parts.py and its form to DRAWN here.
"""

from collections.abc import Callable, Mapping

from django.forms import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from design.field_parts import NOTHING, FieldParts, Message, Option, parts_of
from design.markup import markup

OPTIONAL = SafeString(' <span class="portal-optional">(optional)</span>')
OR = '<div class="nhsuk-{}__divider">or</div>\n'
# 0 is radios or checkboxes, 1 radio or checkbox, 2 the "or" above it, 3 its id.
ITEM = (
    '{2}<div class="nhsuk-{0}__item">\n'
    '<input class="nhsuk-{0}__input" id="{3}" name="{4}" type="{1}" value="{5}"{6}{7}>\n'
    '<label class="nhsuk-label nhsuk-{0}__label" for="{3}">{8}</label>\n{9}</div>\n'
)
ITEM_HINT = '<div class="nhsuk-hint nhsuk-{}__hint" id="{}-item-hint">{}</div>\n'
LIMIT = '<div class="nhsuk-hint nhsuk-character-count__message" id="{}-info">You can enter up to {} characters</div>\n'
NO_OPTIONS = '<p id="{}" tabindex="-1">There is nothing to choose from.</p>\n'
SHOW_BUTTON = (
    '<button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small nhsuk-password-input__toggle'
    ' nhsuk-js-password-input-toggle" data-module="nhsuk-button" type="button" aria-label="Show password"'
    ' aria-controls="{}" hidden>Show</button>'
)


def draw(
    bound: BoundField, *, mark_optional: bool = True, wrapper_class: str = "", label_class: str = ""
) -> SafeString:
    """The whole group: label or legend, hint, errors and boxes; of a hidden field its box. The classes are crispy's.

    Raises TypeError for a widget that the pack cannot draw.
    """
    if bound.is_hidden:
        return SafeString(bound)
    parts = parts_of(bound, mark_optional=mark_optional)
    inside, classes, more = DRAWN[parts.kind](parts, label_class)
    wrong = "nhsuk-form-group--error" if parts.messages else ""
    named = " ".join(filter(None, ("nhsuk-form-group", *classes, wrong, wrapper_class)))
    return markup('<div class="{}" id="div_{}"{}>\n{}</div>\n', named, parts.id, more, inside)


# What is in the group, what else the group is called, and what else is said of it.
Drawn = tuple[SafeString, tuple[str, ...], SafeString]


def _one_box(parts: FieldParts, label_class: str) -> Drawn:
    """A text box with its unit, a file, a list to choose from."""
    widget, control = parts.bound.field.widget, parts.control
    prefix, suffix = getattr(widget, "prefix", ""), getattr(widget, "suffix", "")
    if prefix or suffix:
        before, after = _unit("prefix", prefix), _unit("suffix", suffix)
        control = markup('<div class="nhsuk-input-wrapper">{}{}{}</div>', before, control, after)
    return _under_label(parts, label_class, control), (), NOTHING


def _unit(where: str, words: str) -> SafeString:
    form = '<div class="nhsuk-input-wrapper__{}" aria-hidden="true">{}</div>'
    return markup(form, where, words) if words else NOTHING


def _textarea(parts: FieldParts, label_class: str) -> Drawn:
    if not parts.max_length:
        return _under_label(parts, label_class, parts.control), (), NOTHING
    inside = _under_label(parts, label_class, parts.control, markup(LIMIT, parts.id, parts.max_length))
    counting = ' data-module="nhsuk-character-count" data-maxlength="{}" data-threshold="50"'
    return inside, ("nhsuk-character-count",), markup(counting, parts.max_length)


def _password(parts: FieldParts, label_class: str) -> Drawn:
    control = markup('<div class="nhsuk-input-wrapper">\n{}\n{}\n</div>', parts.control, markup(SHOW_BUTTON, parts.id))
    module = SafeString(' data-module="nhsuk-password-input"')
    return _under_label(parts, label_class, control), ("nhsuk-password-input",), module


def _checkbox(parts: FieldParts, label_class: str) -> Drawn:
    form = (
        '{}<div class="nhsuk-checkboxes" data-module="nhsuk-checkboxes">\n<div class="nhsuk-checkboxes__item">\n{}\n'
        '<label class="nhsuk-label nhsuk-checkboxes__label" for="{}">{}</label>\n{}</div>\n</div>\n'
    )
    hint = _hint(parts, "nhsuk-hint nhsuk-checkboxes__hint")
    return markup(form, _errors(parts.messages), parts.control, parts.id, parts.label, hint), (), NOTHING


def _options(kind: str, box: str) -> Callable[[FieldParts, str], Drawn]:
    """Radios or checkboxes, in a column or a row."""
    divider = markup(OR, kind)

    def one(each: Option) -> SafeString:
        before = divider if each.divider else NOTHING
        told, below = NOTHING, NOTHING
        if each.hint:
            told = markup(' aria-describedby="{}-item-hint"', each.id)
            below = markup(ITEM_HINT, kind, each.id, conditional_escape(each.hint))
        label = conditional_escape(each.label)
        return markup(ITEM, kind, box, before, each.id, each.name, each.value, each.attrs, told, label, below)

    def drawn(parts: FieldParts, label_class: str) -> Drawn:
        widget = parts.bound.field.widget
        looks = [f" nhsuk-{kind}--{look}" for look in ("small", "inline") if getattr(widget, look, False)]
        items = SafeString("".join(map(one, parts.options))) or markup(NO_OPTIONS, parts.id)
        form = '<div class="nhsuk-{}{}" data-module="nhsuk-{}">\n{}</div>\n'
        return _fieldset(parts, markup(form, kind, "".join(looks), kind, items)), (), NOTHING

    return drawn


def _date(parts: FieldParts, label_class: str) -> Drawn:
    form = (
        '<div class="nhsuk-date-input__item">\n<div class="nhsuk-form-group{}">\n'
        '<label class="nhsuk-label nhsuk-date-input__label" for="{}">{}</label>\n'
        '<input class="nhsuk-input{} nhsuk-input--width-{} nhsuk-date-input__input" id="{}" name="{}" type="text"'
        ' value="{}"{}>\n</div>\n</div>\n'
    )
    boxes = [
        markup(
            form, " nhsuk-form-group--error" if each.wrong else "", each.id, each.label,
            " nhsuk-input--error" if each.wrong else "", 4 if each is parts.options[-1] else 2, each.id, each.name,
            each.value, each.attrs,
        )
        for each in parts.options
    ]  # fmt: skip
    all_three = markup('<div class="nhsuk-date-input" id="{}">\n{}</div>\n', parts.id, SafeString("".join(boxes)))
    return _fieldset(parts, all_three, SafeString(' role="group"')), (), NOTHING


# --- What several kinds have ---


def _under_label(parts: FieldParts, label_class: str, *below: SafeString) -> SafeString:
    """Label, hint and errors, what is given, and what was found wrong in the words that were typed."""
    doubt = parts.doubt.drawn() if parts.doubt else ""
    lines = (_label(parts, label_class), _hint(parts), _errors(parts.messages), *below, doubt)
    return SafeString("\n".join(filter(None, lines)) + "\n")


def _label(parts: FieldParts, label_class: str) -> SafeString:
    widget = parts.bound.field.widget
    size = f"nhsuk-label--{parts.label_size}" if parts.label_size else ""
    hidden = "nhsuk-u-visually-hidden" if getattr(widget, "label_hidden", False) else ""
    named = " ".join(filter(None, ("nhsuk-label", size, label_class, hidden)))
    optional = OPTIONAL if parts.optional else NOTHING
    label = markup('<label class="{}" for="{}">{}{}</label>', named, parts.id, parts.label, optional)
    return markup('<h1 class="nhsuk-label-wrapper">{}</h1>', label) if getattr(widget, "page_heading", False) else label


def _fieldset(parts: FieldParts, boxes: SafeString, more: SafeString = NOTHING) -> SafeString:
    told = markup(' aria-describedby="{}"', parts.described_by) if parts.described_by else NOTHING
    form = '<fieldset class="nhsuk-fieldset"{}{}>\n{}{}{}{}</fieldset>\n'
    return markup(form, more, told, _legend(parts), _hint(parts), _errors(parts.messages), boxes)


def _legend(parts: FieldParts) -> SafeString:
    widget = parts.bound.field.widget
    size = f" nhsuk-fieldset__legend--{parts.label_size}" if parts.label_size else ""
    hidden = " nhsuk-u-visually-hidden" if getattr(widget, "label_hidden", False) else ""
    label = parts.label
    if getattr(widget, "page_heading", False):
        label = markup('<h1 class="nhsuk-fieldset__heading">{}</h1>', label)
    optional = OPTIONAL if parts.optional else NOTHING
    return markup('<legend class="nhsuk-fieldset__legend{}{}">{}{}</legend>\n', size, hidden, label, optional)


def _hint(parts: FieldParts, classes: str = "nhsuk-hint") -> SafeString:
    if not parts.hint_id:
        return NOTHING
    return markup(
        '<div class="{}" id="{}">{}</div>\n', classes, parts.hint_id, conditional_escape(parts.bound.help_text)
    )


def _errors(messages: list[Message]) -> SafeString:
    form = '<span class="nhsuk-error-message" id="{}"><span class="nhsuk-u-visually-hidden">Error: </span>{}</span>\n'
    return SafeString("".join(markup(form, each.id, each.text) for each in messages))


DRAWN: Mapping[str, Callable[[FieldParts, str], Drawn]] = {
    "checkbox": _checkbox,
    "checkboxes": _options("checkboxes", "checkbox"),
    "date": _date,
    "file": _one_box,
    "input": _one_box,
    "password": _password,
    "radios": _options("radios", "radio"),
    "select": _one_box,
    "textarea": _textarea,
}
