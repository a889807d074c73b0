"""The words of the lists, the matrix of concerns and the days for a correction: shown, and set from a day on."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.known.policy import CellForm, DaysForm, WordForm, lists_of
from providers.forms.from_a_day import FromADay
from providers.views.from_a_day import ours, set_from_a_day


@door(Can.CHANGE_SETTINGS, methods=("GET",))
def lists(request: SignedInRequest) -> HttpResponse:
    """What may be chosen today, and what held or will hold."""
    on = timezone.localdate()
    return page(request, "oversight/lists.html", found=lists_of(ours(request, Can.CHANGE_SETTINGS), on=on), on=on)


@door(Can.CHANGE_SETTINGS)
def word_set(request: SignedInRequest) -> HttpResponse:
    """Another word, other words for one, or one out of use."""
    return _set(request, WordForm, "Change a word of a list")


@door(Can.CHANGE_SETTINGS)
def cell_set(request: SignedInRequest) -> HttpResponse:
    """Which level a pair comes to."""
    return _set(request, CellForm, "Change the matrix of concerns")


@door(Can.CHANGE_SETTINGS)
def days_set(request: SignedInRequest) -> HttpResponse:
    """For how long a report may be corrected."""
    return _set(request, DaysForm, "Change the days for a correction")


def _set(request: SignedInRequest, form_of: type[FromADay], heading: str) -> HttpResponse:
    initial = {"word": request.GET.get("word", ""), "label": request.GET.get("label", "")}
    template, back = "oversight/list_form.html", "oversight:lists"
    return set_from_a_day(request, form_of, heading, template=template, back=back, initial=initial)
