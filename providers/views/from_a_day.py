"""One page that sets something dated: whose, from when, and what; what held before is kept."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest
from design.pages import page
from providers.forms.from_a_day import FromADay
from providers.models import Organisation


def ours(request: SignedInRequest, can: Can) -> Any:
    """The commissioners that the person does this for."""
    on = timezone.localdate()
    return Organisation.objects.permitted(request.user, can, on=on).acted_for(request.user, can, on=on)


def set_from_a_day(
    request: SignedInRequest, form_of: type[FromADay], heading: str, *, template: str, back: str, **more: Any
) -> HttpResponse:
    """Let it hold and go back, or show the form again with why not."""
    commissioners = ours(request, Can.CHANGE_SETTINGS)
    form = form_of(request.POST or None, commissioners=commissioners, on=timezone.localdate(), **more)
    if form.is_valid() and form.save():
        messages.success(request, "Saved. What held before is kept with its dates.")
        return redirect(back)
    return page(request, template, form, heading=heading)
