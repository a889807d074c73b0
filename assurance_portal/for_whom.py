"""For which commissioner a form writes, said on the form to whoever works for two (screens.md, hazard 29).

``templates/base.html`` says it above every page that takes an answer. The thing that the page is about says whose it
is; the register is common to all, so its pages name those of the person's commissioners that the organisation works
with. Somebody of one commissioner is told nothing new and asked for nothing.
"""

from collections.abc import Collection
from operator import attrgetter
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import get_text_list

from accounts.acting import organisations
from providers.models import Arrangement, Organisation, Partnership

# Where a thing keeps its commissioner.
WHOSE = ("commissioner_id", "framework.commissioner_id", "circle.commissioner_id")


def takes_an_answer(request: HttpRequest) -> bool:
    """Does the page's own address take what somebody types there?"""
    door = getattr(request.resolver_match and request.resolver_match.func, "door", None)
    return door is not None and "POST" in door.methods


def for_whom(request: HttpRequest) -> str:
    """ "NHS Here CCG", for a person of several commissioners on a page about one thing; else nothing.

    Asked at most once a page, by the template: the context hands this over uncalled.
    """
    thing = getattr(request, "about", None)
    mine = {one.pk: one for one in organisations(request) if one.kind == Organisation.Kind.COMMISSIONER}
    if thing is None or len(mine) < 2:
        return ""
    names = sorted(mine[pk].name for pk in _commissioners(thing, mine))
    return str(get_text_list(names, "and"))


def _commissioners(thing: Any, mine: Collection[int]) -> set[int]:
    """Of the person's commissioners, by id, those for which something is written about the thing."""
    for path in WHOSE:
        try:
            whose = attrgetter(path)(thing)
        except AttributeError:
            continue
        if whose is not None:
            return {whose} & set(mine)
    place = thing.pk if isinstance(thing, Organisation) else getattr(thing, "organisation_id", None)
    if place is None:
        return set()
    if place in mine:
        return {place}
    contracts = Arrangement.objects.live(on=timezone.localdate()).filter(organisation=place)
    boards = Partnership.objects.filter(board=place, ended_on=None)
    near = contracts.values_list("commissioner").union(boards.values_list("commissioner"))
    return {pk for (pk,) in near} & set(mine)


__all__ = ["for_whom", "takes_an_answer"]
