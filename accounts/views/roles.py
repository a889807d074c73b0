"""Giving, confirming and ending roles."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can, Side
from accounts.door import SignedInRequest, door
from accounts.forms.people import ConfirmForm, GiveRoleForm, StrandsForm
from accounts.models import Membership, User
from accounts.models.memberships import HeldAlready, WrongSide
from design.pages import page


@door(Can.MANAGE_PEOPLE, of=User)
def role_give(request: SignedInRequest, person: User) -> HttpResponse:
    """Give somebody a further role; a commissioner role waits for a second person."""
    form = GiveRoleForm(request.POST or None, giver=request.user)
    if form.is_valid():
        try:
            given = person.memberships.give(person, **form.given(), by=request.user, at=timezone.now())
        except (WrongSide, HeldAlready) as problem:
            form.add_error("role", str(problem))
        else:
            waits = given.side == Side.COMMISSIONER
            messages.success(request, "The role waits for a second person." if waits else "The role is given.")
            return redirect("accounts:person-page", person.reference)
    return page(request, "accounts/role_give.html", form, person=person, user_side=request.session.get("side", ""))


@door(Can.MANAGE_PEOPLE, of=Membership)
def role_end(request: SignedInRequest, membership: Membership) -> HttpResponse:
    """End a role. The person is signed out everywhere at once."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, label="End this role")
    if form.is_valid():
        membership.end(by=request.user, at=timezone.now())
        messages.success(request, "The role has ended.")
        return redirect("accounts:person-page", membership.user.reference)
    return page(request, "accounts/role_end.html", form, membership=membership)


@door(Can.GRANT_COMMISSIONER_ROLE, of=Membership)
def role_strands(request: SignedInRequest, membership: Membership) -> HttpResponse:
    """Change the strands of a designated professional."""
    form = StrandsForm(request.POST or None, initial={"strands": membership.strands})
    if form.is_valid():
        waits = membership.change_strands(form.cleaned_data["strands"], by=request.user, at=timezone.now())
        messages.success(request, "The added strand waits for a second person." if waits else "The strands are saved.")
        return redirect("accounts:person-page", membership.user.reference)
    return page(request, "accounts/role_strands.html", form, membership=membership)


@door(Can.CONFIRM_COMMISSIONER_ROLE, methods=("GET",))
def role_pending(request: SignedInRequest) -> HttpResponse:
    """Commissioner roles that wait for my yes or no."""
    waiting = Membership.objects.permitted(request.user, Can.CONFIRM_COMMISSIONER_ROLE).awaiting_confirmation()
    waiting = waiting.select_related("user", "organisation", "granted_by", "proposed_by").order_by("starts_on", "pk")
    return page(request, "accounts/role_pending.html", waiting=waiting)


@door(Can.CONFIRM_COMMISSIONER_ROLE, of=Membership)
def role_confirm(request: SignedInRequest, membership: Membership) -> HttpResponse:
    """The second person's yes or no."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        verb = membership.decline if "decline" in request.POST else membership.confirm
        verb(by=request.user, at=timezone.now())
        messages.success(request, "Declined: nothing has changed." if "decline" in request.POST else "Confirmed.")
        return redirect("accounts:role-pending")
    return page(request, "accounts/role_confirm.html", form, membership=membership)
