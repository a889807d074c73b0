"""Puts accepted rows into the register of reviews, each for its people and with its trace, and takes them back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F

from accounts.capabilities import Can
from accounts.door import Refused
from design.calendar import london_date
from design.workbooks.values import plain
from oversight.bringing import review_plans
from oversight.bringing.review_differences import named_on
from oversight.bringing.reviews import DAYS, day_of
from oversight.bringing.rows import Outcome
from oversight.models import Import, Trace
from reviews.forms.details import strands_of
from reviews.models import Review
from reviews.models.reviews import THEMES

if TYPE_CHECKING:
    from accounts.models import User

WHY, MISTAKE = "Brought in from a workbook", "Brought in by mistake: the file was undone"
KEYED = ("board", "designated", *THEMES)


def take(brought_in: Import, outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Make and change what the outcomes say; the caller holds the transaction. Nobody is told by letter."""
    plans = [each for each in outcomes if each.state == "new" and each.line.get(review_plans.PLAN)]
    wanted = [each.wanted for each in outcomes if each.state in ("new", "changed") and each not in plans]
    traces = [_made(brought_in, each) if each["review"] is None else _changed(brought_in, each) for each in wanted]
    made = {plain(trace.review.local_reference): trace.review for trace in traces if trace.review and trace.made}
    actions = review_plans.take(brought_in, plans, made)
    Trace.objects.bulk_create([*traces, *actions])
    new = sum(trace.made for trace in traces)
    return {"new": new, "changed": len(traces) - new, "actions": len(actions)}


def _made(brought_in: Import, wanted: dict[str, Any]) -> Trace:
    """The review, what happened in it, and its stage."""
    line, by, at = wanted["line"], brought_in.read_by, brought_in.read_at
    review = Review.objects.register(
        line.get("kind"), commissioner=brought_in.commissioner, people=[by, *wanted["people"]], reason=WHY, by=by,
        at=at, referred_on=date.fromisoformat(line.get("referred_on")), strands=strands_of(line.get("kind")),
        **wanted["fields"],
    )  # fmt: skip
    for event in DAYS:
        if day := day_of(line, event):
            review.record(event, on=day, by=by, at=at, note=WHY)
    stage, version = line.get("stage"), review.version
    if stage == "closed":
        review.close(expected=version, by=by, at=at, reason="Closed before it was brought in")
    elif stage != review.stage:
        review.move_to(stage, expected=version, on=london_date(at), by=by, at=at, reason=WHY)
    return Trace(brought_in=brought_in, review=review, made=True, version=review.version)


def _changed(brought_in: Import, wanted: dict[str, Any]) -> Trace:
    review: Review = wanted["review"]
    columns = {name: f"{name}_id" if name in KEYED else name for name in wanted["fields"]}
    before = {column: getattr(review, column) for column in columns.values()}
    review.correct(expected=review.version, **wanted["fields"])
    return Trace(brought_in=brought_in, review=review, made=False, before=before, version=review.version)


def take_back(brought_in: Import, *, by: "User", at: datetime) -> None:
    """Close what it made, not to be counted, and give back what it changed; all or nothing.

    A review is never deleted: its looks stay in the log of the Caldicott Guardian. Whoever is not on a list any more
    cannot take that review back.
    """
    traces = list(brought_in.traces.exclude(review=None).order_by("pk"))
    mine = named_on(by, Can.SEE_REVIEW, london_date(at)).in_bulk([trace.review_id for trace in traces])
    if len(mine) < len(traces):
        raise Refused("You are not named on every review of this file any more, so it cannot be undone as a whole.")
    review_plans.take_back(brought_in, why=MISTAKE, by=by, at=at)
    for trace in traces:
        review = mine[trace.review_id]
        if review.version != trace.version or review.closed_at is not None:
            raise Refused(f"{review} was changed or closed since, so this file cannot be undone as a whole.")
        if trace.made:
            review.close(expected=trace.version, by=by, at=at, reason=MISTAKE, taken_back=True)
        else:
            Review.objects.filter(pk=review.pk).update(version=F("version") + 1, **trace.before)
