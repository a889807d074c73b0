"""Clocks of reviews: counted by dated rules from what happened, moved with a reason, their days shown for ever."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.door import Refused, Stale
from design.calendar import add_working_days, is_working_day
from reviews.kinds import EVENTS, KINDS, STAGES
from reviews.models import ClockMove, ClockRule, IllegalMove, Unit, counted
from tests.factories.reviews import AT, a_review

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2006, 1, 1), date(2060, 12, 31))


# --- counting ---


@pytest.mark.parametrize(
    ("anchor", "amount", "unit", "due"),
    [
        (date(2024, 8, 31), 6, Unit.MONTHS, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, Unit.MONTHS, date(2024, 2, 29)),  # a leap year
        (date(2024, 2, 29), 12, Unit.MONTHS, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, Unit.MONTHS, date(2026, 2, 28)),
        (date(2026, 12, 23), 5, Unit.WORKING_DAYS, date(2027, 1, 4)),  # Christmas, a substitute day and New Year
        (date(2026, 4, 2), 1, Unit.WORKING_DAYS, date(2026, 4, 7)),  # Good Friday and Easter Monday
        (date(2026, 4, 7), -1, Unit.WORKING_DAYS, date(2026, 4, 2)),
        (date(2024, 2, 28), 2, Unit.CALENDAR_DAYS, date(2024, 3, 1)),
        (date(2026, 3, 3), -7, Unit.CALENDAR_DAYS, date(2026, 2, 24)),
    ],
)
def test_a_clock_is_counted_over_month_ends_leap_years_and_bank_holidays(
    anchor: date, amount: int, unit: str, due: date
) -> None:
    assert counted(anchor, amount, unit) == due


@given(anchor=DAYS, amount=st.integers(1, 24))
@settings(max_examples=150, deadline=None)
def test_months_keep_the_day_or_take_the_months_last(anchor: date, amount: int) -> None:
    due = counted(anchor, amount, Unit.MONTHS)
    assert (due.year * 12 + due.month) - (anchor.year * 12 + anchor.month) == amount
    assert due.day == anchor.day or (due + timedelta(days=1)).day == 1
    assert counted(anchor + timedelta(days=1), amount, Unit.MONTHS) >= due


@given(anchor=DAYS, amount=st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_working_days_end_on_one_and_count_back_to_where_they_began(anchor: date, amount: int) -> None:
    due = counted(anchor, amount, Unit.WORKING_DAYS)
    assert is_working_day(due)
    between = [anchor + timedelta(days=n) for n in range(1, (due - anchor).days + 1)]
    assert sum(map(is_working_day, between)) == amount
    if is_working_day(anchor):
        assert add_working_days(due, -amount) == anchor
    assert counted(anchor, amount, Unit.CALENDAR_DAYS) <= due


def test_every_shipped_clock_is_of_a_kind_and_between_two_events_and_those_of_the_law_are_there() -> None:
    found = {(rule.kind, rule.step): (rule.amount, rule.unit) for rule in ClockRule.objects.filter(commissioner=None)}
    assert {
        ("scr", "decide"): (1, "months"), ("scr", "complete"): (6, "months"),
        ("scr", "tell_ofsted"): (5, "working_days"),
        ("rapid", "complete"): (15, "working_days"), ("lcspr", "complete"): (6, "months"),
        ("lcspr", "send_in_advance"): (-7, "working_days"), ("sar", "complete"): (6, "months"),
        ("dhr", "decide"): (1, "months"), ("dhr", "complete"): (6, "months"),
    }.items() <= found.items()  # fmt: skip
    for rule in ClockRule.objects.all():
        assert (rule.kind in KINDS, rule.anchor in EVENTS, rule.until in EVENTS, rule.anchor != rule.until) == (
            True,
        ) * 4


def test_the_stages_of_every_kind_are_in_the_order_of_the_table() -> None:
    order = list(STAGES)
    for kind in KINDS.values():
        assert [order.index(stage) for stage in kind.stages] == sorted(order.index(stage) for stage in kind.stages)
        assert kind.stages[-1] == "closed"
        assert set(kind.becomes) <= KINDS.keys() - {kind.code}
    assert "home_office" in KINDS["dhr"].stages
    assert "home_office" not in KINDS["sar"].stages


# --- running in a review ---


def clocks_of(review: Any) -> dict[str, tuple[date, date, date | None]]:
    return {
        row.rule.step: (row.original_due_on, row.due_on, row.met_on) for row in review.clocks.select_related("rule")
    }


def test_what_happened_begins_a_clock_and_what_happened_later_meets_it(commissioner: Any) -> None:
    review = a_review(commissioner, kind="dhr")
    by = review.registered_by
    review.record("incident", on=date(2026, 1, 10), by=by, at=AT)
    assert clocks_of(review) == {}
    review.record("notified", on=date(2026, 1, 31), by=by, at=AT)
    assert clocks_of(review) == {"decide": (date(2026, 2, 28), date(2026, 2, 28), None)}
    review.record("decided", on=date(2026, 3, 3), by=by, at=AT)
    assert clocks_of(review) == {
        "decide": (date(2026, 2, 28), date(2026, 2, 28), date(2026, 3, 3)),
        "complete": (date(2026, 9, 3), date(2026, 9, 3), None),
    }
    decide, complete = review.clocks.all()
    assert (decide.state(AT.date()), decide.days_late(AT.date())) == ("done_late", 3)
    assert (complete.state(date(2026, 9, 3)), complete.state(AT.date()), complete.days_late(AT.date())) == (
        "running", "late", 76,
    )  # fmt: skip


def test_a_corrected_day_counts_anew_and_what_was_granted_stays_granted(commissioner: Any) -> None:
    review = a_review(commissioner)
    by = review.registered_by
    review.record("decided", on=date(2026, 3, 31), by=by, at=AT)
    clock = review.clocks.get()
    clock.extend(date(2026, 10, 10), expected=1, reason="The inquest", approved_by="The board's chair", by=by, at=AT)
    review.record("decided", on=date(2026, 3, 30), by=by, at=AT)
    clock.refresh_from_db()
    assert (clock.anchor_on, clock.original_due_on, clock.due_on) == (
        date(2026, 3, 30), date(2026, 9, 30), date(2026, 10, 10),
    )  # fmt: skip
    assert [(move.kind, move.due_before, move.due_after) for move in clock.moves.all()] == [
        ("extended", date(2026, 9, 30), date(2026, 10, 10)), ("recounted", date(2026, 10, 10), date(2026, 10, 10)),
    ]  # fmt: skip


def test_a_paused_clock_is_not_late_and_is_due_as_many_days_later_as_it_stood(commissioner: Any) -> None:
    review = a_review(commissioner)
    by = review.registered_by
    review.record("decided", on=date(2026, 1, 15), by=by, at=AT)
    clock = review.clocks.get()
    why = {"reason": "Criminal proceedings", "approved_by": "The board's chair", "by": by, "at": AT}
    with pytest.raises(Refused, match="Choose a day from 15 January 2026 to today"):
        clock.pause(date(2026, 1, 14), expected=1, **why)
    with pytest.raises(Refused, match="not paused"):
        clock.resume(date(2026, 9, 1), expected=1, **why)
    clock.pause(date(2026, 6, 1), expected=1, **why)
    assert (clock.state(AT.date()), clock.days_late(AT.date())) == ("paused", 0)
    with pytest.raises(Refused, match="paused already"):
        clock.pause(date(2026, 6, 2), expected=2, **why)
    with pytest.raises(Stale):
        clock.resume(date(2026, 9, 9), expected=1, **why)
    clock.resume(date(2026, 9, 9), expected=2, **why)
    assert (clock.original_due_on, clock.due_on, clock.paused_on) == (date(2026, 7, 15), date(2026, 10, 23), None)
    assert [move.kind for move in clock.moves.all()] == ["paused", "resumed"]
    with pytest.raises(Refused, match="Choose a day after 23 October 2026"):
        clock.extend(date(2026, 10, 23), expected=3, **why)
    review.record("report_complete", on=date(2026, 10, 23), by=by, at=AT)
    clock.refresh_from_db()
    assert (clock.state(AT.date()), clock.days_late(AT.date())) == ("done", 0)
    with pytest.raises(Refused, match="has been met"):
        clock.extend(date(2026, 12, 1), expected=clock.version, **why)


def test_a_commissioners_own_rule_is_counted_by_where_it_held_on_the_day_of_the_anchor(commissioner: Any) -> None:
    shipped = ClockRule.objects.get(commissioner=None, kind="sar", step="complete")
    own = {"kind": "sar", "step": "complete", "words": shipped.words, "unit": "months", "law": True}
    ClockRule.objects.create(
        commissioner=commissioner,
        amount=4,
        anchor="decided",
        until="report_complete",
        valid_from=date(2026, 2, 1),
        **own,
    )
    found = []
    for day in (date(2026, 1, 31), date(2026, 2, 1)):
        review = a_review(commissioner)
        review.record("decided", on=day, by=review.registered_by, at=AT)
        found.append(clocks_of(review)["complete"][0])
    assert found == [date(2026, 7, 31), date(2026, 6, 1)]


def test_days_out_of_order_and_days_to_come_are_refused(commissioner: Any) -> None:
    review = a_review(commissioner)
    by = review.registered_by
    review.record("incident", on=date(2026, 2, 1), by=by, at=AT)
    with pytest.raises(Refused, match="This is before the incident on 1 February 2026"):
        review.record("notified", on=date(2026, 1, 31), by=by, at=AT)
    with pytest.raises(Refused, match="a day that has not come"):
        review.record("decided", on=AT.date() + timedelta(days=1), by=by, at=AT)
    review.record("notified", on=date(2026, 2, 2), by=by, at=AT)
    with pytest.raises(Refused, match="recorded for an earlier day"):
        review.record("incident", on=date(2026, 2, 3), by=by, at=AT)
    review.record("publication_planned", on=date(2027, 5, 1), by=by, at=AT)
    assert review.milestones.count() == 3


# --- one history ---


def test_a_rapid_review_becomes_a_practice_review_with_one_history(commissioner: Any) -> None:
    review = a_review(commissioner, kind="rapid", strands=["children"])
    by = review.registered_by
    review.record("notified", on=date(2026, 10, 30), by=by, at=AT)
    review.record("decided", on=date(2026, 11, 10), by=by, at=AT)
    review.move_to("contributions", expected=1, on=date(2026, 11, 2), by=by, at=AT)
    with pytest.raises(IllegalMove, match="does not become"):
        review.convert("dhr", expected=2, on=date(2026, 11, 10), by=by, at=AT, reason="A mistake")
    review.convert("lcspr", expected=2, on=date(2026, 11, 10), by=by, at=AT, reason="The panel advised it")
    assert (review.kind, review.stage) == ("lcspr", "contributions")
    assert [str(change) for change in review.kind_changes.all()] == ["RR became LCSPR"]
    states = {(row.rule.kind, row.rule.step): row.state(AT.date()) for row in review.clocks.select_related("rule")}
    assert states == {("rapid", "complete"): "ended", ("lcspr", "complete"): "running"}
    assert review.clocks.get(rule__kind="lcspr").due_on == date(2027, 5, 10)


def test_two_kinds_held_together_have_the_clocks_and_stages_of_both(commissioner: Any) -> None:
    review = a_review(commissioner, kind="sar", joint_with="dhr")
    review.record("decided", on=date(2026, 5, 5), by=review.registered_by, at=AT)
    kinds = sorted(review.clocks.values_list("rule__kind", flat=True))
    assert (kinds, "home_office" in review.stages) == (["dhr", "sar"], True)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_review(commissioner, kind="sar", joint_with="sar")


def test_a_stage_goes_on_goes_back_with_a_reason_and_a_closed_review_stays(commissioner: Any) -> None:
    review = a_review(commissioner)
    by, day = review.registered_by, date(2026, 6, 1)
    review.move_to("commissioned", expected=1, on=day, by=by, at=AT)
    for stage, said in (("commissioned", "already"), ("home_office", "no such stage"), ("scoping", "needs a reason"),
                        ("closed", "no such stage")):  # fmt: skip
        with pytest.raises(IllegalMove, match=said):
            review.move_to(stage, expected=2, on=day, by=by, at=AT)
    with pytest.raises(Stale):
        review.move_to("draft", expected=1, on=day, by=by, at=AT)
    review.move_to("scoping", expected=2, on=day, by=by, at=AT, reason="New facts")
    with pytest.raises(IllegalMove, match="Say why"):
        review.close(expected=3, by=by, at=AT, reason=" ")
    review.close(expected=3, by=by, at=AT, reason="Criteria not met")
    assert [(move.before, move.after) for move in review.stage_moves.all()] == [
        ("referred", "commissioned"), ("commissioned", "scoping"), ("scoping", "closed"),
    ]  # fmt: skip
    with pytest.raises(IllegalMove, match="closed"):
        review.record("decided", on=day, by=by, at=AT)


# --- the walls below ---


def test_what_was_said_and_moved_is_never_rewritten_and_a_review_never_deleted(commissioner: Any) -> None:
    review = a_review(commissioner)
    by = review.registered_by
    review.record("decided", on=date(2026, 1, 15), by=by, at=AT)
    clock = review.clocks.get()
    clock.extend(date(2026, 12, 1), expected=1, reason="Inquest", approved_by="Chair", by=by, at=AT)
    for rows in (review.milestones.all(), ClockMove.objects.all()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows.update(at=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        review.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(review).objects.filter(pk=review.pk).update(reference="R-OTHER")
    review.close(expected=1, by=by, at=AT, reason="Criteria not met")
    with pytest.raises(IntegrityError), transaction.atomic():
        type(review).objects.filter(pk=review.pk).update(closed_because="Another reason")
