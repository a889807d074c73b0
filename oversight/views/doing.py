"""One verb on one page: do it and go on, or show the form again with why not and everything that was typed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.door import Refused
from design.pages import page
from oversight.escalation_forms import VerbForm

Doing = Callable[[dict[str, Any]], Any]


def doing(
    request: HttpRequest, form: VerbForm, template: str, do: Doing, *, done: str, to: str, of: Any = None,
    **context: Any,
) -> HttpResponse:  # fmt: skip
    """Do the verb with what was typed; ``to`` is the route of the page afterwards and ``of`` whose page it is.

    A verb raises ``Refused`` (409) for a state, and ``ValueError`` (422) for something that can be put right. The verb
    may return what it made, whose page is then shown instead.
    """
    if form.is_valid():
        try:
            made = do(form.cleaned_data)
        except (Refused, ValueError) as problem:
            form.refuse(problem)
            context["problem"] = problem
        else:
            messages.success(request, done)
            return redirect(to, reference=(made or of).reference)
    return page(request, template, form, status=form.status, **context)
