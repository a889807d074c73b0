"""The list of people and one person's page: what they may do and why. Both need only the right to see access."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import explained, reach
from accounts.acting import memberships
from accounts.capabilities import Can, Role, Side
from accounts.door import SignedInRequest, door
from accounts.forms.access import CoverForm, InterestForm
from accounts.forms.people import ConfirmForm
from accounts.models import CircleMember, Cover, DeclaredInterest, Membership, User
from accounts.people_list import people_shown
from accounts.refusals import Refused
from design.pages import page

PER_PAGE = 25


@door(Can.SEE_ACCESS, methods=("GET",))
def person_list(request: SignedInRequest) -> HttpResponse:
    """Everybody I look after, by name; search and filters are in the address."""
    search, people = people_shown(request.GET, request.user, on=timezone.localdate())
    return page(
        request,
        "accounts/person_list.html",
        search=search,
        people=Paginator(people, PER_PAGE).get_page(request.GET.get("page")),
        may_manage=request.user.may(Can.MANAGE_PEOPLE),
        may_confirm=request.user.may(Can.CONFIRM_COMMISSIONER_ROLE),
        may_see_circles=request.user.may(Can.SEE_CIRCLES),
        may_reset=request.user.may(Can.RESET_SECOND_STEP),
    )


@door(Can.SEE_ACCESS, of=User, methods=("GET",))
def person_page(request: SignedInRequest, person: User) -> HttpResponse:
    """What this person may do and why, as far as I look after the organisations concerned."""
    reader, today = request.user, timezone.localdate()
    managed = Membership.objects.permitted(reader, Can.MANAGE_PEOPLE).filter(pk=OuterRef("pk"))
    mine = Membership.objects.permitted(reader, Can.SEE_ACCESS).filter(user=person).select_related("organisation")
    roles = list(mine.annotate(managed=Exists(managed)).order_by("ends_on", "starts_on"))
    lists = CircleMember.objects.permitted(reader, Can.SEE_CIRCLES).live(on=today).filter(user=person)
    context: dict[str, Any] = {
        "reasons": explained.explain(person, reach.organisations(reader, Can.SEE_ACCESS), on=today),
        "roles": roles,
        "managed": any(each.managed for each in roles),  # type: ignore[attr-defined]
        "interests": DeclaredInterest.objects.permitted(reader, Can.SEE_ACCESS)
        .filter(user=person)
        .select_related("organisation"),
        "covers": person.cover_given.not_over(on=today).select_related("covered_by", "absent"),
        "circles": lists.select_related("circle"),
        "today": today,
        "user_side": request.session.get("side", ""),
        "may": person.may_be_treated_by(reader, Can.END_SESSIONS, Can.RESET_SECOND_STEP),
        "reset": person.resets.waiting(at=timezone.now()).select_related("opened_by").first(),
    }
    return page(request, "accounts/person_page.html", person=person, **context)


@door(Can.SEE_ACCESS, of=User, methods=("GET",))
def person_history(request: SignedInRequest, person: User) -> HttpResponse:
    """Signing in, and resets of the second step with both names and the reason, latest first."""
    signed = Paginator(person.sign_ins.select_related("by").order_by("-at", "-pk"), 50)
    resets = person.resets.select_related("opened_by", "confirmed_by", "ended_by").order_by("-pk")
    shown = signed.get_page(request.GET.get("page"))
    return page(request, "accounts/person_history.html", person=person, events=shown, resets=resets, now=timezone.now())


@door(Can.SEE_ACCESS, methods=("GET",))
def role_list(request: SignedInRequest) -> HttpResponse:
    """The policy in words, made from the table that the portal itself asks.

    A provider reads what its own side may do: what a commissioner keeps about it is not named to it.
    """
    apart = {Role(row.role).side for row in memberships(request)} == {Side.PROVIDER}
    side = Side.PROVIDER if apart else request.GET.get("side", "")
    roles = [role for role in Role if not side or role.side == side]
    sides = () if apart else Side
    return page(request, "accounts/role_list.html", roles=roles, rows=explained.table(roles), sides=sides, side=side)


@door(Can.MANAGE_PEOPLE, of=User)
def person_disable(request: SignedInRequest, person: User) -> HttpResponse:
    """End an account with all its roles; every session ends at once."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, label="End this account")
    if not _wholly_mine(request, person):
        raise Refused("This person also works for others. End the roles in your own organisations instead.")
    if form.is_valid():
        person.disable(by=request.user, at=timezone.now())
        messages.success(request, f"{person}’s account has ended.")
        return redirect("accounts:person-page", person.reference)
    return page(request, "accounts/person_disable.html", form, person=person)


@door(Can.END_SESSIONS, of=User, methods=("POST",))
def person_sign_out(request: SignedInRequest, person: User) -> HttpResponse:
    """Sign the person out everywhere."""
    ended = person.end_sessions_by(request.user, at=timezone.now())
    messages.success(request, f"{ended} session{'' if ended == 1 else 's'} of {person} ended.")
    return redirect("accounts:person-page", person.reference)


@door(Can.MANAGE_PEOPLE, of=User)
def person_cover(request: SignedInRequest, person: User) -> HttpResponse:
    """Arrange cover for somebody who cannot do it."""
    form = CoverForm(request.POST or None, absent=person, on=timezone.localdate())
    if form.is_valid():
        form.arrange(by=request.user)
        messages.success(request, "Cover is arranged.")
        return redirect("accounts:person-page", person.reference)
    return page(request, "accounts/cover_add.html", form, person=person)


@door(Can.MANAGE_PEOPLE, of=Cover)
def person_cover_end(request: SignedInRequest, cover: Cover) -> HttpResponse:
    """End cover for somebody I look after."""
    if request.method == "POST":
        cover.end(at=timezone.now())
        messages.success(request, "The cover has ended.")
        return redirect("accounts:person-page", cover.absent.reference)
    return page(request, "accounts/cover_end.html", cover=cover)


@door(Can.MANAGE_PEOPLE, of=User)
def person_interest(request: SignedInRequest, person: User) -> HttpResponse:
    """Record an interest that somebody has declared another way."""
    form = InterestForm(request.POST or None, reader=request.user, on=timezone.localdate())
    if form.is_valid():
        form.declare(person, by=request.user)
        messages.success(request, "The interest is recorded and holds at once.")
        return redirect("accounts:person-page", person.reference)
    return page(request, "accounts/interest_add.html", form, person=person)


@door(Can.MANAGE_PEOPLE, of=DeclaredInterest)
def interest_end(request: SignedInRequest, interest: DeclaredInterest) -> HttpResponse:
    """The interest is over: the person may validate the organisation again."""
    if request.method == "POST":
        interest.end(by=request.user, at=timezone.now())
        messages.success(request, "The interest has ended.")
        return redirect("accounts:person-page", interest.user.reference)
    return page(request, "accounts/interest_end.html", interest=interest)


def _wholly_mine(request: SignedInRequest, person: User) -> bool:
    """Do I look after every organisation in which the person holds a role?"""
    held = person.memberships.not_over(on=timezone.localdate())
    return held.count() == held.permitted(request.user, Can.MANAGE_PEOPLE).count()
