"""Between a valid form and the database: a refused constraint becomes words beside the box, a save that came second
becomes "theirs and yours", and nothing typed is lost either way.

A new constraint of the register gets a line in ``BESIDE``: the field it belongs to and what to do.
"""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from accounts.door import Refused, Stale
from design.pages import page
from providers.forms.base import RegisterForm, VerbForm, typed
from providers.history import last_change
from providers.record_form import in_words

BESIDE: dict[str, tuple[str, str]] = {
    "organisation_code_once": (
        "code",
        "This code is on the register already. Check it. If it is right, ask your system administrator to add your "
        "contract to the organisation that has it.",
    ),
    "organisation_closes_after_opening": ("opened_on", "The opening date must not be after the closing date."),
    "site_name_once": ("name", "This organisation has a site of this name already. Give this one another name."),
    "site_closes_after_opening": ("day", "The site must not close before it opened."),
    "arrangement_one_lead": (
        "part",
        "Another contract already leads this provider between these dates. Choose associate commissioner, or end the "
        "other contract first.",
    ),
    "arrangement_once": (
        "starts_on",
        "This commissioner has a contract with this provider between these dates already. Change that one, or choose "
        "other dates.",
    ),
    "arrangement_ends_after_start": ("last_day", "The last day must not be before the first day."),
    "arrangement_own_is_lead": ("part", "A commissioner leads the arrangement with itself. Choose lead commissioner."),
    "partnership_running_once": ("kind", "The two are linked in this way already. Choose another kind of link."),
    "post_once": (
        "part",
        "There is such a post here already. Change that one, or say which of several this is, for example a job share.",
    ),
    "post_ends_after_start": ("last_day", "The last day must not be before the post began."),
    "post_wte_is_possible": ("wte", "Enter a WTE between 0 and 20."),
    "post_hours_are_possible": ("hours", "Enter hours a week between 0 and 168."),
    "post_holder_wte_is_possible": ("wte", "Enter a WTE between 0 and 20."),
    "post_holder_ends_after_start": ("last_day", "The last day must not be before the first day."),
    "post_holder_one_at_a_time": (
        "starts_on",
        "Somebody else is in this post, or covers it, on one of these days. Give them a last day first, or enter a "
        "later first day. A job share is two posts: add the second.",
    ),
    "succession_once": ("successor", "This succession is recorded already. Choose another organisation."),
    "succession_to_another": ("successor", "Choose another organisation than this one."),
}


def saved(form: RegisterForm | VerbForm, save: Callable[[], Any]) -> bool:
    """Try ``save`` with a valid form. False, with the reason on the form, when it was not to be."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            save()
    except Stale as problem:
        _show_both(form) if isinstance(form, RegisterForm) else _refuse(form, problem)
        _show_current_version(form)
        return False
    except Refused as problem:
        _refuse(form, problem)
        return False
    except IntegrityError as problem:
        _say_beside(form, problem)
        return False
    return True


def answer(request: HttpRequest, template: str, form: RegisterForm | VerbForm, **context: Any) -> HttpResponse:
    """The form's page: 409 when somebody was faster or the state of things forbids it, 422 when a box is wrong."""
    status = 409 if form.conflict or form.refused else None
    if form.conflict:
        form.conflict["url"] = request.path
    return page(request, template, form, status=status, conflict=form.conflict, **context)


def _refuse(form: RegisterForm | VerbForm, problem: Refused) -> None:
    form.refused = True
    form.add_error(None, str(problem))


def _say_beside(form: RegisterForm | VerbForm, problem: IntegrityError) -> None:
    name = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None)
    if name not in BESIDE:
        raise problem
    field, words = BESIDE[name]
    form.add_error(field if field in form.fields else None, words)


def _show_current_version(form: RegisterForm | VerbForm) -> None:
    """So that saving again, now knowingly, keeps what the person typed."""
    now = type(form.instance)._default_manager.values_list("version", flat=True).get(pk=form.instance.pk)
    typed(form, "version", str(now))


def _show_both(form: RegisterForm) -> None:
    """Theirs as saved, yours as typed, where they differ."""
    theirs = type(form.instance)._default_manager.get(pk=form.instance.pk)
    pairs = [
        {"label": form.fields[name].label, "theirs": in_words(theirs, name), "yours": in_words(form.instance, name)}
        for name in form.compared or form.own_fields
        if name in form.fields
    ]
    by, at = last_change(theirs)
    form.conflict = {"by": by, "at": at, "rows": [pair for pair in pairs if pair["theirs"] != pair["yours"]]}
