"""Inviting people, and what somebody sees who follows the link of an invitation."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts import tokens
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from accounts.forms.passwords import JoinForm
from accounts.forms.people import ConfirmForm, InvitationForm
from accounts.models import Invitation, User
from accounts.models.invitations import InvitedAlready
from accounts.refusals import Refused
from design.pages import page


@door(Can.MANAGE_PEOPLE, methods=("GET",))
def invitation_list(request: SignedInRequest) -> HttpResponse:
    """Invitations that nobody has accepted yet, expired ones too, oldest first."""
    rows = Invitation.objects.permitted(request.user, Can.MANAGE_PEOPLE).unanswered()
    rows = rows.select_related("organisation", "invited_by").order_by("expires_at", "pk")
    shown = Paginator(rows, 25).get_page(request.GET.get("page"))
    return page(request, "accounts/invitation_list.html", invitations=shown, now=timezone.now())


@door(Can.MANAGE_PEOPLE)
def invitation_new(request: SignedInRequest) -> HttpResponse:
    """Invite somebody to a role."""
    form = InvitationForm(request.POST or None, giver=request.user)
    if form.is_valid():
        try:
            made = form.send(by=request.user, at=timezone.now())
        except InvitedAlready as problem:
            form.add_error("email", str(problem))
        else:
            messages.success(request, f"An invitation is on its way to {made.email}.")
            return redirect("accounts:invitation-list")
    return page(request, "accounts/invitation_new.html", form)


@door(Can.MANAGE_PEOPLE, of=Invitation, methods=("POST",))
def invitation_again(request: SignedInRequest, invitation: Invitation) -> HttpResponse:
    """Send it again with a new link."""
    invitation.send_again(at=timezone.now())
    messages.success(request, f"Sent again to {invitation.email}. The old link no longer works.")
    return redirect("accounts:invitation-list")


@door(Can.MANAGE_PEOPLE, of=Invitation)
def invitation_withdraw(request: SignedInRequest, invitation: Invitation) -> HttpResponse:
    """Withdraw it: the link stops working."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, label="Withdraw the invitation")
    if form.is_valid():
        invitation.withdraw(by=request.user, at=timezone.now())
        messages.success(request, "The invitation is withdrawn.")
        return redirect("accounts:invitation-list")
    return page(request, "accounts/invitation_withdraw.html", form, invitation=invitation)


@door(Can.SIGN_IN)
def invitation_accept(request: SignedInRequest, token: str) -> HttpResponse:
    """Follow an invitation: join with a name and a password, or accept with the account one has."""
    if throttled := ratelimit.consume_or_429(request, action="reset_password_from_key"):
        return throttled
    invitation = tokens.read_invitation(token)
    if invitation is None or invitation.state(at=timezone.now()) != "open":
        return _no_invitation(request, 404 if invitation is None else 410)
    account = invitation.account()
    try:
        return _accept_as(request, invitation, account) if account else _join(request, invitation)
    except Refused:
        return _no_invitation(request, 410)


def _join(request: SignedInRequest, invitation: Invitation) -> HttpResponse:
    """Somebody new, or back again: name and password, then the second step."""
    person = User(email=invitation.email, name=invitation.name)
    person.invited_role = invitation.role
    form = JoinForm(request.POST or None, user=person, initial={"name": invitation.name})
    if not form.is_valid():
        return page(request, "accounts/invitation_accept.html", form, invitation=invitation)
    given = form.cleaned_data
    joined = invitation.take_up(name=given["name"], password=given["password"], at=timezone.now())
    record_authentication(request, joined, method="password", email=joined.email)
    return perform_login(request, Login(user=joined, email=joined.email))


def _accept_as(request: SignedInRequest, invitation: Invitation, account: User) -> HttpResponse:
    """Somebody with an account: signed in as the invited person, one button."""
    if not request.user.is_authenticated or request.user.pk != account.pk:
        return page(request, "accounts/invitation_sign_in.html", invitation=invitation)
    form = ConfirmForm(request.POST if request.method == "POST" else None, label="Accept")
    if not form.is_valid():
        return page(request, "accounts/invitation_accept.html", form, invitation=invitation, account=account)
    given = invitation.accept(account, at=timezone.now())
    waits = given is not None and given.confirmed_at is None
    messages.success(request, "Accepted. A second person now confirms it." if waits else "Accepted.")
    return redirect("accounts:own-account")


def _no_invitation(request: SignedInRequest, status: int) -> HttpResponse:
    return render(request, "accounts/invitation_gone.html", status=status)
