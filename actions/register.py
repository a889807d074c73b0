"""The list of actions as one person sees it: the filter's choice, the order, the figures above it."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef

from accounts.capabilities import Can
from actions.models import AGES, STATUSES, Action, ActionQuerySet
from evidence.models import EvidenceItem

if TYPE_CHECKING:
    from accounts.models import User
    from actions.forms import ActionFilter

# ?sort= keys and the columns that they stand for.
SORTS = {
    "due": "due_on",
    "original": "original_due_on",
    "moves": "due_version",
    "organisation": "organisation__name",
    "state": "state",
    "opened": "opened_at",
}


def chosen(actions: ActionQuerySet, form: "ActionFilter", *, user: "User", on: date) -> ActionQuerySet:
    """The actions that the filter asks for; what cannot be read is not a filter."""
    form.is_valid()
    asked: dict[str, Any] = form.cleaned_data
    actions = actions.with_status(on=on)
    found = actions.mine(user) if asked.get("whose") == "mine" else actions
    if asked.get("state") == "to-close":
        found = found.open()
    elif asked.get("state") in STATUSES:
        found = found.filter(status_code=asked["state"])
    elif asked.get("state"):
        found = found.filter(state=asked["state"])
    found = _by_date(found, asked.get("when", ""), on=on)
    if asked.get("organisation"):
        found = found.filter(organisation=asked["organisation"])
    if asked.get("category"):
        found = found.filter(organisation__category=asked["category"])
    return found.filter(origin_kind=asked["origin"]) if asked.get("origin") else found


def _by_date(found: ActionQuerySet, when: str, *, on: date) -> ActionQuerySet:
    if when == "overdue":
        return found.overdue(on=on)
    if when == "moved":
        return found.moved()
    return found.aged(when, on=on) if when else found


def in_order(actions: ActionQuerySet, asked: str) -> ActionQuerySet:
    """Sorted as the heading asks; otherwise what is open first, the longest past its original date on top."""
    column = SORTS.get(asked.removeprefix("-"))
    open_first = [F("settled_at").desc(nulls_first=True), "original_due_on", "id"]
    order = [f"-{column}" if asked.startswith("-") else column, "id"] if column else open_first
    return actions.select_related("organisation", "commissioner", "owner").order_by(*order)


def openable(proofs: Iterable[Any], user: "User") -> set[int]:
    """Ids of the evidence items that the reader may open: who sees an action need not see its evidence."""
    items = EvidenceItem.objects.permitted(user, Can.DOWNLOAD_EVIDENCE)
    return set(items.filter(pk__in=[proof.item_id for proof in proofs]).values_list("pk", flat=True))


def figures(actions: ActionQuerySet, *, on: date) -> list[dict[str, Any]]:
    """The figures above the list, each with the filter that shows what it counts. One query."""
    counts = actions.counted(on=on)
    cards = (
        ("Open, all that is not verified", "open", "state=to-close"),
        ("Overdue", "overdue", "when=overdue"),
        ("Complete, awaiting verification", "awaiting", f"state={Action.State.AWAITING}"),
        ("Implemented (verified)", "complete", f"state={Action.State.IMPLEMENTED}"),
    )
    return [{"label": label, "n": counts[key], "d": counts["all"], "query": query} for label, key, query in cards] + [
        {"label": words, "n": counts[code], "age": True, "query": f"when={code}"} for code, words, _, _ in AGES
    ]


def in_full(action: Action, user: "User", *, on: date) -> Action:
    """The same action with every name that its page shows, how it stands and what the person may do with it: one query.

    ``may_update``, ``may_verify`` and ``may_prove`` are true or false.
    """

    def may(can: Can) -> Exists:
        return Exists(Action.objects.permitted(user, can).filter(pk=OuterRef("pk")))

    allowed = Action.objects.annotate(
        may_update=may(Can.UPDATE_ACTIONS), may_verify=may(Can.VERIFY_ACTIONS), may_prove=may(Can.UPLOAD_EVIDENCE)
    )
    names = ("organisation", "commissioner", "owner", "opened_by", "verified_by")
    return allowed.with_status(on=on).select_related(*names).get(pk=action.pk)
