"""The navigation and the front door's telephone numbers, by what the person may do."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts import clock
from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.models import Membership
from design.statements import ask
from providers.models import Contact, Organisation

# Label, route, the capability that shows it. Order is the order on screen.
ITEMS: tuple[tuple[str, str, Can], ...] = (
    ("Home", "home", Can.OWN_ACCOUNT),
    ("Overview", "assurance:overview", Can.SEE_OVERVIEW),
    ("Organisations", "providers:organisation-list", Can.SEE_PROVIDERS),
    ("Returns", "assurance:assessment-list", Can.SEE_RETURN_STATUS),
    ("Training and KPIs", "training:overview", Can.SEE_FIGURES),
    ("Figures", "training:own", Can.READ_FIGURES),
    ("Oversight", "oversight:desk", Can.SEE_OVERVIEW),
    ("Validation", "assurance:validation-queue", Can.VALIDATE),
    ("Reviews", "reviews:review-list", Can.COUNT_REVIEWS),
    ("Actions", "actions:action-list", Can.SEE_ACTIONS),
    ("Inquiries", "reviews:position-list", Can.STATE_POSITION),
    ("Evidence", "evidence:item-list", Can.DOWNLOAD_EVIDENCE),
    ("Reminders", "chasing:reminder-list", Can.SEE_REMINDERS),
    ("Standards", "framework:version-list", Can.READ_STANDARDS),
    ("Annual report", "governance:report-list", Can.READ_REPORT),
    ("People", "accounts:person-list", Can.SEE_ACCESS),
)
# What a commissioner's people reach by another item.
UNLESS = {"training:own": Can.SEE_FIGURES}
# An item that stands for everything under another address: a provider's returns, questions and plans are its figures.
AROUND = {"training:own": "training:overview"}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The items that this person may open, the current one marked."""
    held = held_capabilities(request)
    items = []
    for label, route, can in ITEMS:
        if can not in held or UNLESS.get(route) in held:
            continue
        try:
            url = reverse(route)
        except NoReverseMatch:
            continue
        area = reverse(AROUND.get(route, route))
        # A provider's home has an address of its own, and "Home" leads there.
        at_home = route == "home" and request.path == reverse("assurance:provider-home")
        current = request.path == url or at_home or (url != "/" and request.path.startswith(area))
        items.append({"label": label, "url": url, "current": current})
    return items


def front_door(request: HttpRequest) -> list[dict[str, str]]:
    """Telephone numbers of the local authorities' front doors around the person's organisations.

    Asked only by pages that take text, and once there: the context hands this over uncalled.
    """
    if not hasattr(request, "_front_door"):
        rows = ask(("front door", clock.today()), _doors_around, request.user.pk or 0)
        request._front_door = [  # type: ignore[attr-defined]
            {"name": name, "phone": phone, "out_of_hours_phone": late} for name, phone, late in rows
        ]
    return request._front_door  # type: ignore[attr-defined]


def _doors_around(person: int) -> QuerySet[Any, Any]:
    mine = Membership.objects.live().filter(user=person).values("organisation")
    near = Organisation.objects.filter(Q(pk__in=mine) | Q(arrangements_held__organisation__in=mine))
    contacts = Contact.objects.front_doors_around(near.values("pk"))
    return contacts.values_list("name", "telephone", "out_of_hours_telephone")
