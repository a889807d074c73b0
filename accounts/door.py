"""The one decorator of every view. It decides, in this order: not signed in 302, not permitted 404,
second factor not fresh 302, stale or refused state 409; views answer 422 for an invalid form.

    @door(Can.SUBMIT_ASSESSMENT, of=SelfAssessment)
    def assessment_submit(request, assessment): ...

``of`` is a model whose ``objects.permitted(user, can)`` finds the object by the URL's ``reference``; the view
gets the object in its place, and finds it as ``request.about`` too; a view that looks its object up itself says so
there. Not permitted and not there look the same: 404.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from time import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts import second_step as steps
from accounts.acting import memberships
from accounts.capabilities import GRANTS, OPEN, UNASKED, Can, Role
from accounts.models import FormReceipt, User
from accounts.models.memberships import asked_by
from accounts.refusals import Refused, Stale
from design.kept import Kept

__all__ = ["Door", "Refused", "SignedInRequest", "Stale", "door", "is_fresh", "needs_fresh", "once"]

View = Callable[..., HttpResponse]
FRESH_SECONDS = 300
# Questions and never answers: putting one together takes longer than asking it.
_kept: Kept[models.QuerySet[Any]] = Kept(64)


class SignedInRequest(HttpRequest):
    """What a view behind the door receives, for annotations: somebody is signed in."""

    user: User  # type: ignore[assignment]
    about: models.Model


@dataclass(frozen=True)
class Door:
    """What a route declares about itself: read by the route list and the permission tests."""

    can: Can
    of: type[models.Model] | None
    methods: tuple[str, ...]
    by: str


def door(
    can: Can,
    *,
    of: type[models.Model] | None = None,
    by: str = "reference",
    methods: tuple[str, ...] = ("GET", "POST"),
    second_step: bool = True,
) -> Callable[[View], View]:
    """Declare the capability of a view and guard it with the order above.

    ``second_step=False`` is for the pages on which a person sets their second step up, and for nothing else.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if can in UNASKED:
                return _methods(request, methods) or view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            memberships(request)
            if of is not None:
                thing = get_object_or_404(_permitted(request.user, of, can), **{by: kwargs.pop(by)})
                request.about, args = thing, (thing, *args)
            elif can not in OPEN and not _holds(request, can):
                raise Http404
            if refused := _methods(request, methods) or (second_step and _second_factor(request, can)):
                return refused
            return once(request, request.user, lambda: view(request, *args, **kwargs))

        guarded.door = Door(can, of, methods, by)  # type: ignore[attr-defined]
        return guarded

    return wrap


def _permitted(person: User, of: type[models.Model], can: Can) -> models.QuerySet[Any]:
    """What the person may do this with, today: put together once for all they open while they hold what they hold."""
    key = asked_by(person, of, can)
    allowed = _kept.get(key)
    if allowed is None:
        allowed = of._default_manager.permitted(person, can)  # type: ignore[attr-defined]
        if key is not None:
            _kept.put(key, allowed)
    return allowed


def _methods(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse | None:
    if request.method in methods or (request.method == "HEAD" and "GET" in methods):
        return None
    return HttpResponseNotAllowed(methods)


def _holds(request: SignedInRequest, can: Can) -> bool:
    """Does any live membership of the person grant the capability?"""
    return any(can in GRANTS[Role(row.role)] for row in memberships(request))


def _second_factor(request: SignedInRequest, can: Can) -> HttpResponse | None:
    """Everybody has a second factor; some rights need it used in the last five minutes."""
    if not request.session.get("second_factor"):
        if not steps.is_set_up(request.user):
            messages.warning(request, "Set up your second step first: it takes a minute and keeps everybody safe.")
            return redirect("accounts:second-factor")
        request.session["second_factor"] = True
    if needs_fresh(request, can) and not is_fresh(request):
        return suspend_request(request, reverse("mfa_reauthenticate"))
    return None


def needs_fresh(request: SignedInRequest, can: Can) -> bool:
    """Does every grant that this person holds the capability by ask for a fresh second factor?"""
    if not any(grants[can].fresh for grants in GRANTS.values() if can in grants):
        return False
    held = [GRANTS[Role(row.role)] for row in memberships(request)]
    return all(grants[can].fresh for grants in held if can in grants)


def is_fresh(request: HttpRequest) -> bool:
    """Was a second factor used in this session within the last five minutes?"""
    since = time() - FRESH_SECONDS
    return any(
        record.get("at", 0) >= since
        for record in get_authentication_records(request, request.user)
        if record["method"] == "mfa"
    )


def once(request: HttpRequest, person: User, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Run the view for the person; a form sent twice shows the first result; a refusal is a 409 page."""
    token = request.POST.get("form_token", "") if request.method == "POST" else ""
    try:
        return _with_receipt(request, person, token, answer) if _is_uuid(token) else answer()
    except Refused as problem:
        context = {"reason": str(problem), "theirs": getattr(problem, "theirs", None), "yours": request.POST}
        context |= {"refused": not isinstance(problem, Stale), "back": _page_before(request)}
        return render(request, "errors/409.html", context, status=409)


def _page_before(request: HttpRequest) -> str:
    """The address of ours from which the person came here; empty when the browser does not say."""
    before = urlsplit(request.headers.get("referer", ""))
    if before.netloc != request.get_host() or not before.path.startswith("/") or before.path.startswith("//"):
        return ""
    return before.path + (f"?{before.query}" if before.query else "")


def _is_uuid(text: str) -> bool:
    try:
        return bool(text) and str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _with_receipt(request: HttpRequest, person: User, token: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Keep where the form led. Two at once: the second waits for the first, then follows it."""
    try:
        with transaction.atomic():
            receipt = FormReceipt.objects.create(user=person, token=token)
            response = answer()
            if 300 <= response.status_code < 400:
                FormReceipt.objects.filter(pk=receipt.pk).update(location=response["Location"][:500])
            else:
                receipt.delete()
            return response
    except IntegrityError:
        first = FormReceipt.objects.filter(user=person, token=token).exclude(location="").first()
        if first is None:
            raise
        messages.info(request, "This form had already arrived. Here is what it did the first time.")
        return redirect(first.location)
