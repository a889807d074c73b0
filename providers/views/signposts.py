"""Other services on the public contacts page: what stands there, and a line of the commissioner's own."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from providers.forms.signposts import SignpostForm, signposts_now
from providers.views.post_rules import commissioners


@door(Can.CHANGE_SETTINGS, methods=("GET",))
def signpost_list(request: HttpRequest) -> HttpResponse:
    """For each commissioner the lines of its public page."""
    on = timezone.localdate()
    shown = [(each, signposts_now(each, on=on)) for each in commissioners(request)]
    return page(request, "providers/signpost_list.html", shown=shown)


@door(Can.CHANGE_SETTINGS)
def signpost_set(request: HttpRequest, signpost: str = "") -> HttpResponse:
    """Another line, or a line of the commissioner's own in place of a shipped one."""
    on, ours = timezone.localdate(), commissioners(request)
    now = next((each for each in signposts_now(ours.first(), on=on) if each.key == signpost), None)
    if signpost and now is None:
        raise Http404
    form = SignpostForm(request.POST or None, now=now, commissioners=ours, on=on)
    if form.is_valid():
        form.save()
        messages.success(request, f"Saved: {form.instance.name}")
        return redirect("providers:signpost-list")
    return page(request, "providers/signpost.html", form, now=now)
