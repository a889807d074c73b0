"""A person's own account: the second step, sessions, the time-out, whom they act for, cover and interests."""

from typing import Any

from allauth.account.internal.flows.logout import logout
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import acting, explained, second_step, sessions
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from accounts.forms.access import CoverForm, InterestForm
from accounts.models import Cover
from design.pages import page


@door(Can.OWN_ACCOUNT, methods=("GET",))
def own_account(request: SignedInRequest) -> HttpResponse:
    """What I may do and why, my sessions, cover and interests, with what I may change."""
    person, today = request.user, timezone.localdate()
    organisations = [organisation.pk for organisation in acting.organisations(request)]
    context: dict[str, Any] = {
        "step": second_step.of(person),
        "reasons": explained.explain(person, organisations, on=today),
        "sessions": sessions.live_sessions(person),
        "may_see_circles": person.may(Can.SEE_CIRCLES),
        "user_side": request.session.get("side", ""),
        "current": request.session.session_key,
        "reset": person.resets.waiting(at=timezone.now()).select_related("opened_by").first(),
        "covers": person.cover_given.not_over(on=today).select_related("covered_by"),
        "interests": person.interests.not_over(on=today).select_related("organisation"),
    }
    return page(request, "accounts/own_account.html", **context)


@door(Can.OWN_ACCOUNT, methods=("GET",), second_step=False)
def second_factor(request: SignedInRequest) -> HttpResponse:
    """Set up, add and remove second steps. Everybody is sent here until there is one."""
    return page(request, "accounts/second_factor.html", step=second_step.of(request.user))


@door(Can.OWN_ACCOUNT, methods=("POST",))
def sessions_end(request: SignedInRequest) -> HttpResponse:
    """Sign out everywhere: all sessions but this one, or with ``all`` this one too."""
    keep = None if "all" in request.POST else request.session.session_key
    ended = request.user.end_sessions_by(request.user, at=timezone.now(), keep=keep)
    if keep is None:
        logout(request)
        return redirect("account_login")
    messages.success(request, f"Signed out of {ended} other session{'' if ended == 1 else 's'}.")
    return redirect("accounts:own-account")


@door(Can.OWN_ACCOUNT, methods=("POST",), second_step=False)
def extend(request: SignedInRequest) -> JsonResponse:
    """The person is still here. Answers how long from now, and whether that is the end whatever one does."""
    now = timezone.now()
    sessions.still_here(request, at=now, every=0)
    clocks = sessions.clocks(request, at=now)
    seconds = min(clocks["session_seconds"], clocks["session_ends_in"])
    return JsonResponse({"seconds": seconds, "final": clocks["session_ends_in"] <= clocks["session_seconds"]})


@door(Can.OWN_ACCOUNT)
def act_for(request: SignedInRequest) -> HttpResponse:
    """Choose one of my organisations, or all of them."""
    if request.method == "POST":
        if not acting.choose(request, request.POST.get("organisation", "")):
            messages.error(request, "Choose one of your own organisations.")
        return redirect("home")
    return page(
        request,
        "accounts/act_for.html",
        organisations=acting.organisations(request),
        chosen=acting.acting_for(request),
    )


@door(Can.OWN_ACCOUNT)
def cover_add(request: SignedInRequest) -> HttpResponse:
    """Say who covers for me, and when."""
    form = CoverForm(request.POST or None, absent=request.user, on=timezone.localdate())
    if form.is_valid():
        form.arrange(by=request.user)
        messages.success(request, "Cover is arranged.")
        return redirect("accounts:own-account")
    return page(request, "accounts/cover_add.html", form)


@door(Can.OWN_ACCOUNT, of=Cover)
def cover_end(request: SignedInRequest, cover: Cover) -> HttpResponse:
    """I am back, or the cover is called off."""
    if request.method == "POST":
        cover.end(at=timezone.now())
        messages.success(request, "The cover has ended.")
        return redirect("accounts:own-account")
    return page(request, "accounts/cover_end.html", cover=cover, back="accounts:own-account")


@door(Can.OWN_ACCOUNT)
def interest_add(request: SignedInRequest) -> HttpResponse:
    """Declare an interest of mine. It holds at once."""
    form = InterestForm(request.POST or None, reader=request.user, on=timezone.localdate())
    if form.is_valid():
        form.declare(request.user, by=request.user)
        messages.success(request, "Your interest is declared. Somebody else validates this organisation from now on.")
        return redirect("accounts:own-account")
    return page(request, "accounts/interest_add.html", form)


@door(Can.OWN_ACCOUNT, methods=("POST",))
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End one of my sessions."""
    session = next((one for one in sessions.live_sessions(request.user) if one.pk == pk), None)
    if session is None:
        raise Http404
    session.end()
    messages.success(request, "That session has ended.")
    return redirect("accounts:own-account")
