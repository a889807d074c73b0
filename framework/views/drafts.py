"""A commissioner's own framework: copying, and a draft's way to publication."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from framework import drafts, reading
from framework.forms import ButtonForm, CopyForm
from framework.models import FrameworkVersion


@door(Can.DEFINE_STANDARDS)
def version_copy(request: HttpRequest) -> HttpResponse:
    """Copy a published version into a draft of the commissioner's own."""
    form = CopyForm(
        request.POST or None,
        initial={"source": request.GET.get("from", "")},
        versions=FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS).in_use(),
        commissioners=reading.commissioners_of(request.user, Can.DEFINE_STANDARDS, on=timezone.localdate()),  # type: ignore[arg-type]
    )
    if form.is_valid():
        asked = {key: form.cleaned_data[key] for key in ("source", "commissioner", "name", "label", "valid_from")}
        empty = form.cleaned_data["begin"] == "empty"
        version = drafts.copy(**asked, empty=empty)
        messages.success(request, f"{version.framework}, {version.label} is yours to change. Nobody else sees it yet.")
        return redirect(f"framework:draft-{'workbook' if empty else 'detail'}", version.reference)
    return page(request, "framework/version_copy.html", form)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion, methods=("GET",))
def draft_detail(request: HttpRequest, version: FrameworkVersion) -> HttpResponse:
    """The draft as a whole: its standards, what is missing, and the next step for this person."""
    standards = drafts.standards_with_counts(version)
    return page(
        request,
        "framework/draft_detail.html",
        edition=reading.whole(version),
        standards=standards,
        gaps=[] if version.is_published else version.gaps(),
        buttons={name: ButtonForm(auto_id=False) for name in ("propose", "publish", "take_back", "move")},
        mine=version.proposed_by_id == request.user.pk,
    )


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion, methods=("POST",))
def draft_propose(request: HttpRequest, version: FrameworkVersion) -> HttpResponse:
    """Put the draft before a second person."""
    version.propose(by=request.user)  # type: ignore[arg-type]
    messages.success(request, "Proposed. A second person can now publish it; until then nobody can change it.")
    return redirect("framework:draft-detail", version.reference)


@door(Can.PUBLISH_STANDARDS, of=FrameworkVersion, methods=("POST",))
def draft_publish(request: HttpRequest, version: FrameworkVersion) -> HttpResponse:
    """Publish what somebody else proposed."""
    version.publish(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, f"{version.framework}, {version.label} is published and locked.")
    return redirect("framework:version-detail", version.reference)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion, methods=("POST",))
def draft_take_back(request: HttpRequest, version: FrameworkVersion) -> HttpResponse:
    """Make a proposed version a draft again."""
    version.take_back()
    messages.success(request, "It is a draft again.")
    return redirect("framework:draft-detail", version.reference)


@door(Can.DEFINE_STANDARDS, of=FrameworkVersion)
def draft_discard(request: HttpRequest, version: FrameworkVersion) -> HttpResponse:
    """Ask once, then remove the draft with everything in it."""
    form = ButtonForm(request.POST if request.method == "POST" else None, label="Discard this draft", ends=True)
    if form.is_valid():
        drafts.discard(version)
        messages.success(request, f"The draft {version.label} is gone. Published versions are as they were.")
        return redirect("framework:version-list")
    return page(request, "framework/draft_discard.html", form, edition=version)
