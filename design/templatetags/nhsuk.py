"""Tags used inside the `nhsuk` form templates. Page authors want `design` instead, except for error_summary."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, Textarea
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.template.loader import render_to_string

from design.field_markup import draw
from design.field_parts import parts_of

register = template.Library()


@dataclass(frozen=True)
class Problem:
    """A line of the error summary; without a target it is about the form as a whole."""

    text: str
    target: str = ""


@register.simple_tag(takes_context=True)
def drawn_field(context: Context, field: BoundField) -> str:
    """One field with all that belongs to it. Filters are all optional: a form sent by GET does not say so."""
    method = context.get("form_method") or context.get("formset_method")
    named = {name: context.get(name) or "" for name in ("wrapper_class", "label_class")}
    return draw(field, mark_optional=method != "get", **named)


@register.simple_tag
def error_summary(form: "BaseForm | BaseFormSet[Any] | None" = None) -> str:
    """The box "There is a problem" with a link to every wrong field, drawn once for each form.

    base.html asks for it above the h1, and a crispy form asks for it again above itself: whoever comes first draws
    it. Nothing for no form, a form without errors, or a second time.
    """
    if not form or not form.is_bound or getattr(form, "summary_drawn", False):
        return ""
    problems = _formset_problems(form) if isinstance(form, BaseFormSet) else _form_problems(form)
    if not problems:
        return ""
    form.summary_drawn = True  # type: ignore[union-attr]
    return render_to_string("nhsuk/error_summary.html", {"problems": problems})


@register.filter
def has_errors(form: "BaseForm | BaseFormSet[Any] | None") -> bool:
    """Whether to put "Error: " before the page's title."""
    if not form or not form.is_bound:
        return False
    return bool(form.total_error_count() if isinstance(form, BaseFormSet) else form.errors)


@register.filter
def extra_classes(classes: str) -> str:
    """Crispy's own Submit calls itself "btn btn-primary"; other classes are somebody's wish and stay."""
    return "".join(f" {name}" for name in classes.split() if not name.startswith("btn") and name != "nhsuk-button")


def _form_problems(form: BaseForm) -> list[Problem]:
    whole = [Problem(str(text)) for text in form.non_field_errors()]
    hidden = [Problem(str(text)) for field in form.hidden_fields() for text in field.errors]
    shown = [Problem(str(text), parts_of(field).focus_id) for field in form.visible_fields() for text in field.errors]
    return whole + hidden + shown


def _formset_problems(formset: "BaseFormSet[Any]") -> list[Problem]:
    whole = [Problem(str(text)) for text in formset.non_form_errors()]
    return whole + [problem for form in formset.forms for problem in _form_problems(form)]


@register.filter
def takes_text(form: "BaseForm | BaseFormSet[Any] | None") -> bool:
    """Whether somebody could write at length here, so that the line "Worried about someone now?" must stand above."""
    forms = form.forms if isinstance(form, BaseFormSet) else [form] if form else []
    return any(isinstance(field.widget, Textarea) for one in forms for field in one.fields.values())
