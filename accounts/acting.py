"""For whom a person with several organisations acts just now: all of them, or those they chose.

Lists and create forms ask ``acting_for(request)``; it never widens what a person may see, it only narrows what is
shown. The choice lives in the session.
"""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import get_text_list

from accounts.capabilities import GRANTS, Can, Role
from accounts.models import Membership

KEY = "acting_for"


def memberships(request: HttpRequest) -> list[Membership]:
    """The live roles of the person who asks, own and covered, each with its organisation; asked once per request.

    The door, the navigation and the header all read these, so a page spends one query on who the person is. What it
    found is noted on the person, so that ``permitted`` asks nothing of roles that they do not hold.
    """
    known = getattr(request, "_memberships", None)
    if known is None or known[0] != request.user.pk:
        known = (request.user.pk, Membership.objects.noted(request.user))  # type: ignore[arg-type]
        request._memberships = known  # type: ignore[attr-defined]
    found: list[Membership] = known[1]
    return found


def organisations(request: HttpRequest) -> list[Any]:
    """The organisations in which the person holds a live role, own or covered, by name."""
    mine = {row.organisation_id: row.organisation for row in memberships(request)}
    return sorted(mine.values(), key=lambda one: one.name)


def as_what(request: HttpRequest) -> list[str]:
    """In which own roles, and where, the person is here: "Designated professional: NHS Here and NHS There"."""
    held: dict[str, set[str]] = {}
    for row in memberships(request):
        if row.user_id == request.user.pk and row.organisation_id in acting_for(request):
            held.setdefault(row.get_role_display(), set()).add(str(row.organisation))
    return [f"{role}: {get_text_list(sorted(places), 'and')}" for role, places in held.items()]


def acting_for(request: HttpRequest) -> list[int]:
    """Ids of the organisations that the person acts for: the chosen one, else all of theirs."""
    mine = [one.pk for one in organisations(request)]
    chosen = request.session.get(KEY)
    return [chosen] if chosen is not None and chosen in mine else mine


def acting_with(request: HttpRequest, can: Can) -> list[Any]:
    """Of the organisations that the person acts for, by name, those where a role of theirs holds the capability."""
    held = {row.organisation_id for row in memberships(request) if can in GRANTS[Role(row.role)]}
    chosen = held.intersection(acting_for(request))
    return [one for one in organisations(request) if one.pk in chosen]


def choose(request: HttpRequest, reference: str) -> bool:
    """Act for one of mine, or with an empty reference for all. False when it is not one of mine."""
    if not reference:
        request.session.pop(KEY, None)
        return True
    found = next((one.pk for one in organisations(request) if one.reference == reference), None)
    if found is not None:
        request.session[KEY] = found
    return found is not None


def held_capabilities(request: HttpRequest) -> set[Can]:
    """Everything that the person's live memberships grant."""
    return {can for row in memberships(request) for can in GRANTS[Role(row.role)]} | {Can.OWN_ACCOUNT}


def covered(request: HttpRequest) -> list[str]:
    """The people for whom the person covers today, by name."""
    return sorted({str(row.user) for row in memberships(request) if row.user_id != request.user.pk})


def banner(request: HttpRequest) -> dict[str, str] | None:
    """What the header says, for people with more than one organisation and for those who cover for somebody."""
    mine, away = organisations(request), covered(request)
    chosen = acting_for(request)
    place = next((one.name for one in mine if chosen == [one.pk]), "") or f"all {len(mine)} organisations"
    if len(mine) > 1:
        said = f"{place}, covering for {' and '.join(away)}" if away else place
        return {"label": said, "url": reverse("accounts:act-for")}
    return {"label": f"{' and '.join(away)}, by cover", "url": ""} if away else None
