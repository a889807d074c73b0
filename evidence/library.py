"""The library as one person sees it: the filter's choice, and what uses an item."""

from datetime import date
from typing import TYPE_CHECKING

from accounts.capabilities import Can
from evidence.models.items import EvidenceItem, EvidenceItemQuerySet
from evidence.uses import Use, all_uses
from providers.models import Arrangement

if TYPE_CHECKING:
    from accounts.models import User
    from evidence.forms import LibraryFilter


def chosen(items: EvidenceItemQuerySet, form: "LibraryFilter", *, user: "User", on: date) -> EvidenceItemQuerySet:
    """The items that the filter asks for; a filter that cannot be read shows what is in use."""
    asked = form.cleaned_data if form.is_valid() else {}
    states = {
        "expired": lambda: items.current().expired(on=on),
        "no-date": lambda: items.current().without_date(),
        "withdrawn": items.withdrawn,
        "all": items.all,
    }
    found = states.get(asked.get("state", ""), items.current)()
    if asked.get("organisation"):
        found = found.filter(organisation=asked["organisation"])
    if asked.get("used"):
        found = found.used(user) if asked["used"] == "yes" else found.unused(user)
    return found.matching(asked.get("q", ""))


def may_add(user: "User") -> bool:
    """Is there any contract on which the person may add evidence?"""
    return Arrangement.objects.permitted(user, Can.UPLOAD_EVIDENCE).exists()


def in_full(item: EvidenceItem) -> EvidenceItem:
    """The same item with every name that its page shows: one query instead of one a name."""
    return EvidenceItem.objects.select_related("organisation", "commissioner", "added_by", "withdrawn_by").get(
        pk=item.pk
    )


def uses_of(item: EvidenceItem, *, user: "User") -> list[Use]:
    """Everything that uses the item and that the person may see."""
    return [use for uses in all_uses() for use in uses.lines(uses.rows(user).filter(item=item))]
