"""Access lists: who is on them, since when and why."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from accounts.forms.access import CircleForm, CircleMemberForm
from accounts.forms.people import ConfirmForm
from accounts.models import Circle, CircleMember
from accounts.refusals import Refused
from design.pages import page


@door(Can.SEE_CIRCLES, methods=("GET",))
def circle_list(request: SignedInRequest) -> HttpResponse:
    """The lists that I may see, by name."""
    words = request.GET.get("q", "").strip()
    live = Q(members__ends_on__isnull=True) | Q(members__ends_on__gt=timezone.localdate())
    circles = Circle.objects.permitted(request.user, Can.SEE_CIRCLES).filter(name__icontains=words)
    circles = circles.select_related("commissioner").annotate(people=Count("members", filter=live)).order_by("name")
    shown = Paginator(circles, 25).get_page(request.GET.get("page"))
    may_make = request.user.may(Can.KEEP_CIRCLES)
    return page(request, "accounts/circle_list.html", circles=shown, q=words, may_make=may_make)


@door(Can.KEEP_CIRCLES)
def circle_new(request: SignedInRequest) -> HttpResponse:
    """Make a list; whoever makes it is its first member."""
    form = CircleForm(request.POST or None, keeper=request.user)
    if form.is_valid():
        circle = form.save()
        circle.add(
            request.user, scope=CircleMember.Reach.WHOLE, reason="Made the list", by=request.user, at=timezone.now()
        )
        messages.success(request, "The list is made. Add a second person who sees everything on it.")
        return redirect("accounts:circle-page", circle.reference)
    return page(request, "accounts/circle_new.html", form)


@door(Can.SEE_CIRCLES, of=Circle, methods=("GET",))
def circle_page(request: SignedInRequest, circle: Circle) -> HttpResponse:
    """Who is on the list and why, and who was."""
    members = circle.members.select_related("user", "added_by").order_by("ends_on", "starts_on")
    may_keep = Circle.objects.permitted(request.user, Can.KEEP_CIRCLES).filter(pk=circle.pk).exists()
    today = timezone.localdate()
    context: dict[str, Any] = {"circle": circle, "members": members, "may_keep": may_keep, "today": today}
    return page(request, "accounts/circle_page.html", **context, covers=circle.covers(on=today))


@door(Can.KEEP_CIRCLES, of=Circle)
def circle_add(request: SignedInRequest, circle: Circle) -> HttpResponse:
    """Put somebody on the list, with the reason."""
    form = CircleMemberForm(request.POST or None, circle=circle)
    if form.is_valid():
        given = form.cleaned_data
        try:
            circle.add(given["email"], scope=given["scope"], reason=given["reason"], by=request.user, at=timezone.now())
        except Refused as problem:
            form.add_error("email", str(problem))
        else:
            messages.success(request, f"{given['email']} is on the list.")
            return redirect("accounts:circle-page", circle.reference)
    return page(request, "accounts/circle_add.html", form, circle=circle)


@door(Can.KEEP_CIRCLES, of=CircleMember, by="pk")
def circle_remove(request: SignedInRequest, member: CircleMember) -> HttpResponse:
    """Take somebody off the list."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, label="Take off the list")
    if form.is_valid():
        member.end(at=timezone.now())
        messages.success(request, f"{member.user} is no longer on the list.")
        return redirect("accounts:circle-page", member.circle.reference)
    return page(request, "accounts/circle_remove.html", form, member=member)
