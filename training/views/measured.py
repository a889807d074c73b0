"""What is measured: read by those who see the reminder steps, set from a day on by those who change settings."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from providers.forms.from_a_day import FromADay
from providers.views.from_a_day import ours, set_from_a_day
from training.forms.lines import LineForm
from training.forms.rules import CollectingForm, GroupForm, GroupingForm, SetForm, SplitForm, SubjectForm
from training.forms.thresholds import ThresholdForm
from training.measured_shown import MeasuredFilter, lines_shown, one_line, splits_shown

LIST, SPLITS = "training:measured-list", "training:split-list"


@door(Can.SEE_STEPS, methods=("GET",))
def measured_list(request: SignedInRequest) -> HttpResponse:
    """Every line with what is counted, of whom, and its threshold."""
    on = timezone.localdate()
    form = MeasuredFilter(request.GET, commissioners=ours(request, Can.SEE_STEPS), on=on)
    may: dict[str, Any] = {"may_set": _may_set(request), "may_see": Can.SEE_FIGURES in held_capabilities(request)}
    return page(request, "training/measured_list.html", filter=form, rows=lines_shown(form), **may)


@door(Can.SEE_STEPS, methods=("GET",))
def measured_line(request: SignedInRequest) -> HttpResponse:
    """One line with what held before and will hold, and every threshold of it."""
    on, code = timezone.localdate(), _asked(request)
    found = one_line(ours(request, Can.SEE_STEPS), code, on=on)
    if not found:
        return redirect(LIST)
    return page(request, "training/measured_line.html", found=found, code=code, on=on, may_set=_may_set(request))


@door(Can.SEE_STEPS, methods=("GET",))
def split_list(request: SignedInRequest) -> HttpResponse:
    """Groups, sets, subjects, and when figures are collected."""
    on = timezone.localdate()
    found = splits_shown(ours(request, Can.SEE_STEPS), on=on)
    return page(request, "training/split_list.html", found=found, on=on, may_set=_may_set(request))


@door(Can.CHANGE_SETTINGS)
def line_change(request: SignedInRequest) -> HttpResponse:
    """Add, change or stop a line."""
    return _set(request, LineForm, "Add, change or stop a line", LIST)


@door(Can.CHANGE_SETTINGS)
def threshold_change(request: SignedInRequest) -> HttpResponse:
    """Set a threshold from a year on, or end one."""
    more = {"by": request.user, "at": timezone.now()}
    return _set(request, ThresholdForm, "Set a threshold", LIST, **more)


@door(Can.CHANGE_SETTINGS)
def set_change(request: SignedInRequest) -> HttpResponse:
    """A set of lines, also of one provider only."""
    return _set(request, SetForm, "Add, change or stop a set", SPLITS)


@door(Can.CHANGE_SETTINGS)
def subject_change(request: SignedInRequest) -> HttpResponse:
    """A subject of training."""
    return _set(request, SubjectForm, "Add or change a subject of training", SPLITS)


@door(Can.CHANGE_SETTINGS)
def grouping_change(request: SignedInRequest) -> HttpResponse:
    """A way of splitting figures."""
    return _set(request, GroupingForm, "Add or change a grouping", SPLITS)


@door(Can.CHANGE_SETTINGS)
def group_change(request: SignedInRequest) -> HttpResponse:
    """One row of a grouping."""
    return _set(request, GroupForm, "Add, change or stop a row of a grouping", SPLITS)


@door(Can.CHANGE_SETTINGS)
def split_change(request: SignedInRequest) -> HttpResponse:
    """By what the staff of one kind of provider are split."""
    return _set(request, SplitForm, "Say how staff are split", SPLITS)


@door(Can.CHANGE_SETTINGS)
def collecting_change(request: SignedInRequest) -> HttpResponse:
    """When figures are collected, and what is asked back."""
    return _set(request, CollectingForm, "Say when figures are collected", SPLITS)


def _asked(request: SignedInRequest) -> str:
    return request.GET.get("which", "").replace("\x00", "")[:80]


def _may_set(request: SignedInRequest) -> bool:
    return Can.CHANGE_SETTINGS in held_capabilities(request)


def _set(request: SignedInRequest, form_of: type[FromADay], heading: str, back: str, **more: Any) -> HttpResponse:
    template = "training/measured_form.html"
    return set_from_a_day(request, form_of, heading, template=template, back=back, asked=_asked(request), **more)
