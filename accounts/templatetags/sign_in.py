"""Draws allauth's forms in the house's markup, and hands data to our scripts without an inline script."""

import json
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BaseForm
from django.template.context import Context

from design.layout import SubmitButton

register = template.Library()


@register.simple_tag(takes_context=True)
def nhs_form(
    context: Context, form: BaseForm, button: str, action: str = "", variant: str = "", form_id: str = ""
) -> str:
    """A form that is not one of ours, posted to ``action`` or to this page, with one button."""
    helper = FormHelper()
    helper.form_method = "post"
    helper.form_action = action
    helper.attrs = {"novalidate": "novalidate"}
    if form_id:
        helper.form_id = form_id
    helper.add_input(SubmitButton(button, variant=variant))
    drawn: str = render_crispy_form(form, helper=helper, context=context)
    return drawn


@register.filter
def as_json(value: Any) -> str:
    """For a ``data-`` attribute; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def in_fours(text: str) -> str:
    """A secret in groups of four, as people copy it."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
