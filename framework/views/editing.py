"""Changing a draft: standards, criteria and their words. Nobody overwrites what somebody else saved meanwhile."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.capabilities import Can
from accounts.door import Stale, door
from design.pages import page
from framework import drafts
from framework.forms import ButtonForm, CriterionForm, StandardForm, WordsForm, given, seen
from framework.models import CriterionVersion, FrameworkVersion
from framework.stale import both_sides
from providers.models.organisations import Tier

EDIT = "framework/draft_form.html"
CRITERION = "framework/criterion_edit.html"
WORDS = "framework/words_edit.html"


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion, methods=("GET",))
def standard_detail(request: HttpRequest, version: FrameworkVersion, number: int) -> HttpResponse:
    """One standard of the draft with its criteria in order."""
    standard = get_object_or_404(version.standards, number=number)
    criteria = standard.criteria.in_order().select_related("condition").prefetch_related("wordings")
    return page(
        request,
        "framework/standard_detail.html",
        edition=version,
        standard=standard,
        criteria=criteria,
        button=ButtonForm(auto_id=False),
    )


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def standard_edit(request: HttpRequest, version: FrameworkVersion, number: int) -> HttpResponse:
    """Title and purpose."""
    drafts.refuse_unless_draft(version)
    standard = get_object_or_404(version.standards, number=number)
    form = StandardForm(request.POST or None, instance=standard)
    context: dict[str, Any] = {"edition": version, "standard": standard, "heading": f"Standard {number}"}
    if form.is_valid():
        try:
            drafts.save_standard(standard, seen=seen(form), **given(form))
        except Stale:
            fresh = version.standards.get(pk=standard.pk)
            return page(request, EDIT, form, status=409, **both_sides(form, StandardForm(instance=fresh)), **context)
        messages.success(request, f"Standard {number} saved")
        return redirect("framework:standard-detail", version.reference, number)
    return page(request, EDIT, form, **context)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def standard_add(request: HttpRequest, version: FrameworkVersion) -> HttpResponse:
    """A further standard at the end."""
    drafts.refuse_unless_draft(version)
    form = StandardForm(request.POST or None)
    if form.is_valid():
        standard = drafts.add_standard(version, **given(form))
        messages.success(request, f"Standard {standard.number} added")
        return redirect("framework:standard-detail", version.reference, standard.number)
    return page(request, EDIT, form, edition=version, heading="Add a standard")


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def standard_remove(request: HttpRequest, version: FrameworkVersion, number: int) -> HttpResponse:
    """Ask once, then remove the standard with its criteria."""
    drafts.refuse_unless_draft(version)
    standard = get_object_or_404(version.standards, number=number)
    form = ButtonForm(request.POST if request.method == "POST" else None, label="Remove the standard", ends=True)
    if form.is_valid():
        drafts.remove_standard(standard)
        messages.success(request, f"Standard {number} removed")
        return redirect("framework:draft-detail", version.reference)
    context: dict[str, Any] = {"edition": version, "standard": standard, "criteria": standard.criteria.in_order()}
    return page(request, "framework/standard_remove.html", form, **context)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion, methods=("POST",))
def standard_move(request: HttpRequest, version: FrameworkVersion, number: int, way: str) -> HttpResponse:
    """One place up or down."""
    drafts.move_standard(get_object_or_404(version.standards, number=number), up=way == "up")
    messages.success(request, f"Standard {number} moved {way}")
    return redirect("framework:draft-detail", version.reference)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def criterion_add(request: HttpRequest, version: FrameworkVersion, number: int) -> HttpResponse:
    """A new criterion at the end of a standard; its words come next."""
    drafts.refuse_unless_draft(version)
    standard = get_object_or_404(version.standards, number=number)
    form = CriterionForm(request.POST or None)
    if form.is_valid():
        criterion = drafts.add_criterion(standard, **given(form))
        messages.success(request, f"{criterion.ref} added. Now write its words for each kind of provider.")
        return redirect("framework:criterion-edit", version.reference, criterion.ref)
    return page(
        request, EDIT, form, edition=version, standard=standard, heading=f"Add a criterion to standard {number}"
    )


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def criterion_edit(request: HttpRequest, version: FrameworkVersion, ref: str) -> HttpResponse:
    """Who is asked and how it counts, with the way to the words for each kind of provider."""
    drafts.refuse_unless_draft(version)
    criterion = criterion_of(version, ref)
    worded = {words.tier: words for words in criterion.wordings.all()}
    words = [(tier, worded.get(tier.value)) for tier in Tier if tier in criterion.asked_of]
    context: dict[str, Any] = {"edition": version, "standard": criterion.standard, "criterion": criterion}
    form = CriterionForm(request.POST or None, instance=criterion)
    if form.is_valid():
        try:
            drafts.save_criterion(criterion, seen=seen(form), **given(form))
        except Stale:
            fresh = CriterionForm(instance=criterion_of(version, ref))
            return page(request, CRITERION, form, status=409, words=words, **both_sides(form, fresh), **context)
        messages.success(request, f"{ref} saved")
        return redirect("framework:criterion-edit", version.reference, ref)
    return page(request, CRITERION, form, words=words, **context)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def words_edit(request: HttpRequest, version: FrameworkVersion, ref: str, tier: str) -> HttpResponse:
    """The words of a criterion for one kind of provider."""
    drafts.refuse_unless_draft(version)
    criterion = criterion_of(version, ref)
    if tier not in criterion.asked_of:
        raise Http404
    form = WordsForm(request.POST or None, initial=drafts.words_of(criterion, tier))
    context: dict[str, Any] = {"edition": version, "standard": criterion.standard}
    context |= {"criterion": criterion, "tier": Tier(tier)}
    if form.is_valid():
        try:
            drafts.save_words(criterion, tier, seen=seen(form), **given(form))
        except Stale:
            fresh = WordsForm(initial=drafts.words_of(criterion_of(version, ref), tier))
            return page(request, WORDS, form, status=409, **both_sides(form, fresh), **context)
        messages.success(request, f"Words of {ref} for the {Tier(tier).label} saved")
        return redirect("framework:criterion-edit", version.reference, ref)
    return page(request, WORDS, form, **context)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def criterion_remove(request: HttpRequest, version: FrameworkVersion, ref: str) -> HttpResponse:
    """Ask once, then take the criterion out of the draft."""
    drafts.refuse_unless_draft(version)
    criterion = criterion_of(version, ref)
    form = ButtonForm(request.POST if request.method == "POST" else None, label="Remove the criterion", ends=True)
    if form.is_valid():
        drafts.remove_criterion(criterion)
        messages.success(request, f"{ref} removed")
        return redirect("framework:standard-detail", version.reference, criterion.standard.number)
    return page(request, "framework/criterion_remove.html", form, edition=version, criterion=criterion)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion, methods=("POST",))
def criterion_move(request: HttpRequest, version: FrameworkVersion, ref: str, way: str) -> HttpResponse:
    """One place up or down in its standard, changing references with its neighbour."""
    criterion = criterion_of(version, ref)
    drafts.move_criterion(criterion, up=way == "up")
    messages.success(request, f"{ref} moved {way}")
    return redirect("framework:standard-detail", version.reference, criterion.standard.number)


def criterion_of(version: FrameworkVersion, ref: str) -> CriterionVersion:
    """The criterion of the draft with its words and references, or 404."""
    rows = version.criteria.select_related("standard", "framework_version__framework", "condition")
    rows = rows.prefetch_related("wordings", "citations__cited")
    return get_object_or_404(rows, ref=ref)
