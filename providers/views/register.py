"""The list of organisations, the page of one, and its history."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from providers.forms.filters import RegisterFilter
from providers.history import events_of, told
from providers.listings import register_shown
from providers.marks import marks_of
from providers.models import Organisation
from providers.register_page import about
from providers.views import reader

PAGE_SIZE = 25
LINES_OF_HISTORY = 50


@door(Can.SEE_PROVIDERS, methods=("GET",))
def organisation_list(request: HttpRequest) -> HttpResponse:
    """The register: search, filters in the address, and counts that add up."""
    on = timezone.localdate()
    filters = RegisterFilter(request.GET, user=reader(request), on=on)
    rows = filters.apply(Organisation.objects.permitted(reader(request), Can.SEE_PROVIDERS, on=on))
    listed = register_shown(filters, rows, filters.contracts(), request.GET.get("sort", ""))
    counted = rows.counted(on=on)
    pages = Paginator(listed, PAGE_SIZE)
    pages.count = counted[{"closed": "closed", "all": "total"}.get(filters.chosen("state"), "open")]  # already asked
    shown = pages.get_page(request.GET.get("page"))
    marks = marks_of(reader(request), [each.pk for each in shown], on=on)
    for each in shown:
        each.marks = marks.get(each.pk, [])
    return page(request, "providers/organisation_list.html", filters=filters, counted=counted, on=on, page=shown)


@door(Can.SEE_PROVIDERS, of=Organisation, methods=("GET",))
def organisation(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """What the register holds about one body."""
    on = timezone.localdate()
    found = about(organisation, reader(request), on=on)
    marks = marks_of(reader(request), [organisation.pk], on=on).get(organisation.pk, [])
    said: dict[str, Any] = {"about": found, "on": on, "profile_url": profile_of(organisation), "marks": marks}
    return page(request, "providers/organisation.html", **said)


def profile_of(organisation: Organisation) -> str:
    """The address of the provider profile, which lives above the register; nothing where there is none."""
    try:
        return reverse("oversight:profile", kwargs={"reference": organisation.reference})
    except NoReverseMatch:
        return ""


@door(Can.READ_HISTORY, of=Organisation, methods=("GET",))
def history(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Who changed what and when, latest first."""
    events: Any = events_of(organisation, reader(request), on=timezone.localdate())
    shown = Paginator(events, LINES_OF_HISTORY).get_page(request.GET.get("page"))
    return page(
        request, "providers/history.html", organisation=organisation, page=shown, changes=told(shown.object_list)
    )
