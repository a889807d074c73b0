"""Facts about actions: open or closed, original and present date, moves, age. Never what they say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from actions.models import AGES, Action
from assurance.standing import end_of
from chasing.models import DueChange
from design.calendar import DAY
from governance.facts.fact import ACTION, Fact
from providers.models import Organisation


def action_facts(commissioner: Organisation, since: date, cut_off: date) -> Iterator[Fact]:
    """Every action open at the cut-off, and those closed between ``since`` and then. No action's text.

    An action that is for named people only counts in the totals and names no provider.
    """
    end, start = end_of(cut_off), end_of(since - DAY)
    rows = Action.objects.filter(commissioner=commissioner, opened_at__lt=end).exclude(settled_at__lt=start)
    actions = list(rows.select_related("organisation").order_by("original_due_on", "pk"))
    dues, moves = _action_dates([each.pk for each in actions], end)
    for action in actions:
        due = dues.get(action.pk, action.due_on)
        is_open = action.settled_at is None or action.settled_at >= end
        past = (cut_off - action.original_due_on).days
        hidden = action.circle_id is not None
        yield Fact(
            ACTION,
            "Restricted: named people only" if hidden else action.organisation.name,
            {
                "action": "" if hidden else action.reference,
                "provider": "" if hidden else action.organisation.reference,
                "restricted": hidden,
                "of_review": action.origin_kind == "review",
                "state": _state_at(action, is_open, end),
                "open": is_open,
                "overdue": is_open and due < cut_off,
                "original_due": action.original_due_on.isoformat(),
                "due": due.isoformat(),
                "moves": moves[action.pk],
                "moved": is_open and moves[action.pk] > 0,
                "days_past": max(past, 0) if is_open else 0,
                "age": _age(past) if is_open else "",
            },
        )


def _action_dates(actions: Sequence[int], end: datetime) -> tuple[dict[int, date], Counter[int]]:
    """Due dates as they were, and how often they had been moved."""
    dues: dict[int, date] = {}
    moves: Counter[int] = Counter()
    changes = DueChange.objects.filter(kind=Action.kind_code, thing__in=actions)
    for change in changes.order_by("at", "pk"):
        if change.new == change.old:
            continue
        if change.at >= end:
            dues.setdefault(change.thing, change.old)
        else:
            moves[change.thing] += 1
    return dues, moves


def _state_at(action: Action, is_open: bool, end: datetime) -> str:
    """In words. Complete and awaiting verification is still open; only verified is complete."""
    if not is_open:
        return str(action.get_state_display())
    if action.completed_at is not None and action.completed_at < end:
        return str(Action.State.AWAITING.label)
    return "Open"


def _age(past: int) -> str:
    """The code of ``actions.models.AGES``: days past the original date, whatever was agreed later (hazard 21)."""
    return next(code for code, _, first, last in AGES if past >= first and (last is None or past <= last))
