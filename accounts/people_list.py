"""Which people a list of them shows, in which order: what the page and the file taken off it both ask."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from accounts.capabilities import Can
from accounts.forms.people import PersonSearchForm
from accounts.models import Membership, User

if TYPE_CHECKING:
    from accounts.models.people import UserQuerySet


def people_shown(
    query: Mapping[str, Any], user: User, *, on: date, also: Can | None = None
) -> "tuple[PersonSearchForm, UserQuerySet]":
    """The search, and the people that fit it, each with ``held``: their roles as far as this person looks after them.

    ``also`` is a second right that has to reach people and roles, such as taking the list out.
    """
    search = PersonSearchForm(query)
    wanted = search.cleaned_data if search.is_valid() else {}
    held: Any = Membership.objects.permitted(user, Can.SEE_ACCESS).not_over(on=on)
    people: Any = User.objects.permitted(user, Can.SEE_ACCESS)
    if also is not None:
        held, people = held.permitted(user, also), people.permitted(user, also)
    people = people.matching(wanted.get("q", "")).in_state(wanted.get("state", ""))
    for name in ("role", "side"):
        if wanted.get(name):
            people = people.filter(pk__in=held.filter(**{name: wanted[name]}).values("user"))
    shown = held.select_related("organisation").order_by("role", "organisation__name")
    return search, people.prefetch_related(Prefetch("memberships", shown, to_attr="held")).order_by("name", "pk")
