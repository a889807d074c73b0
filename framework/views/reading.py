"""Reading: the versions there are, one version in the words of one kind of provider, and what changed."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from framework import changes, reading
from framework.forms import VersionFilter
from framework.models import FrameworkVersion

PER_PAGE = 25


@door(Can.READ_STANDARDS, methods=("GET",))
def version_list(request: HttpRequest) -> HttpResponse:
    """Every version that the person may read, newest first, with how much each kind of provider is asked."""
    today = timezone.localdate()
    form = VersionFilter(request.GET or None)
    sought = form.cleaned_data if form.is_valid() else {}
    allowed = FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS)
    found = allowed.filter(
        Q(framework__name__icontains=sought.get("q", "")) | Q(label__icontains=sought.get("q", "")),
        **({"state": sought["state"]} if sought.get("state") else {}),
    ).select_related("framework__commissioner")
    rows = Paginator(found.order_by("-valid_from", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    who = reading.reader(request.user, on=today)  # type: ignore[arg-type]
    asked = reading.counts(rows.object_list)
    for row in rows.object_list:
        row.asked = [(tier, asked[row.pk][tier.value]) for tier in who.tiers]
    may_copy = reading.commissioners_of(request.user, Can.DEFINE_STANDARDS, on=today).exists()  # type: ignore[arg-type]
    return page(request, "framework/version_list.html", filter=form, rows=rows, who=who, may_copy=may_copy)


@door(Can.READ_STANDARDS, of=FrameworkVersion, methods=("GET",))
def version_detail(request: HttpRequest, version: FrameworkVersion) -> HttpResponse:
    """The version as one kind of provider reads it; a provider reads its own kind first."""
    who = reading.reader(request.user, on=timezone.localdate())  # type: ignore[arg-type]
    tier = reading.chosen_tier(request.GET.get("tier", ""), who)
    sections = reading.sections(version, tier, who.services if tier == who.tier else {})
    return page(
        request,
        "framework/version_detail.html",
        edition=reading.whole(version),
        tier=tier,
        who=who,
        sections=sections,
        asked=sum(len(section.lines) for section in sections),
    )


@door(Can.READ_STANDARDS, of=FrameworkVersion, methods=("GET",))
def version_changes(request: HttpRequest, version: FrameworkVersion) -> HttpResponse:
    """What changed since the version before it, or since any other that the person may read."""
    allowed = FrameworkVersion.objects.permitted(request.user, Can.READ_STANDARDS).select_related("framework")
    readable = list(allowed.order_by("-valid_from", "-pk"))
    version, others = (next(r for r in readable if r == version), [r for r in readable if r != version])
    wanted = request.GET.get("since", "")
    matching = [row for row in others if (row.reference == wanted if wanted else row.pk == version.follows_id)]
    if wanted and not matching:
        raise Http404
    old = matching[0] if matching else None
    who = reading.reader(request.user, on=timezone.localdate())  # type: ignore[arg-type]
    tier = reading.chosen_tier(request.GET.get("tier", ""), who)
    return page(
        request,
        "framework/version_changes.html",
        edition=version,
        old=old,
        others=others,
        tier=tier,
        who=who,
        difference=changes.difference(old, version, tier) if old else None,
    )
