"""Keeps the sums of a period until one of its returns moves: what is kept is what ``sums`` gave, and nothing else.

The stamp of a period says how many returns it has, how far they have moved and when the last one came; every
submission, correction and withdrawal changes it. It is read before the sums, so that what is kept is never older than
its stamp. Kept for one reader, one day and one question; where a return is for named people nothing is kept.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models import Sum as Total
from django.db.models.functions import JSONObject

from design.kept import Kept
from training.models import FigureReturn

Stamp = tuple[Any, ...]
_sums: Kept[Any] = Kept(512)


def beside(period: str = "pk") -> Subquery:
    """The stamp of each row's period as JSON, for another question; ``of_json`` makes of it what ``kept`` takes."""
    rows = FigureReturn.objects.filter(period=OuterRef(period)).order_by().values("period")
    told = JSONObject(
        n=Count("pk"), last=Max("pk"), moves=Total("version"), at=Max("submitted_at"), circled=Count("circle")
    )
    return Subquery(rows.annotate(stamp=told).values("stamp"))


def of_json(told: dict[str, Any] | None) -> Stamp | None:
    """The stamp that ``beside`` found."""
    return None if told is None or told["circled"] else tuple(sorted(told.items()))


def kept(question: Hashable, stamp: Stamp | None, ask: Callable[[], Any]) -> Any:
    """What was answered to the same question under the same stamp, else what is answered now."""
    if stamp is None:
        return ask()
    key = (question, stamp)
    found = _sums.get(key)
    if found is None:
        found = ask()
        _sums.put(key, found)
    return found


def kept_of(
    questions: Mapping[int, tuple[Hashable, Stamp | None]], ask: Callable[[list[int]], dict[int, Any]]
) -> dict[int, Any]:
    """For each key its question under its stamp: what is kept, and all the others asked together."""
    found = {key: _sums.get((question, stamp)) for key, (question, stamp) in questions.items() if stamp is not None}
    missing = [key for key in questions if found.get(key) is None]
    for key, answer in ask(missing).items() if missing else ():
        question, stamp = questions[key]
        found[key] = answer
        if stamp is not None:
            _sums.put((question, stamp), answer)
    return found


def forget() -> None:
    """Keep nothing: for a measurement of what asking costs."""
    _sums.clear()
