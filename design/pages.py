"""Answers a request with a page: 422 when its form has errors, so that caches and scripts know."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(
    request: HttpRequest, template: str, form: BaseForm | None = None, *, status: int | None = None, **context: Any
) -> HttpResponse:
    """Render ``template`` with ``form`` and ``context``; an invalid bound form makes the status 422."""
    invalid = form is not None and form.is_bound and not form.is_valid()
    code = status or (422 if invalid else 200)
    return render(request, template, {"form": form, "form_invalid": invalid, **context}, status=code)
