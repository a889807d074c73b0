"""Issuing a period: everybody on the register asked or not, with lines, boxes and letters; once, and by itself."""

from datetime import date, timedelta

import pytest

from accounts.capabilities import Role
from chasing.models import Letter
from providers.models import Category, ServiceAnswer, ServiceQuestion
from tests.factories.accounts import someone
from tests.factories.providers import (
    LONG_AGO,
    ArrangementFactory,
    CommissionerFactory,
    ContactFactory,
    OrganisationFactory,
    provider_of,
)
from tests.factories.training import a_line, a_period, a_threshold
from training import issuing, opening
from training.models import AskedLine, Cell, CollectingRule, FigureReturn, Line, Period
from training.tasks import open_periods

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def register(beneath):
    """A trust, a practice, own people without a contract, an associate's, one ended, one closed, a kind never asked."""
    with beneath():
        ours, other = CommissionerFactory(), CommissionerFactory(name="Other")
        trust = provider_of(ours, category=Category.objects.get(code="ACUTE"), name="Trust")
        practice = provider_of(ours, category=Category.objects.get(code="GP"), name="Practice")
        shared = provider_of(other, name="Shared")
        ArrangementFactory(commissioner=ours, organisation=shared, part="associate")
        ended = OrganisationFactory(name="Ended")
        ArrangementFactory(commissioner=ours, organisation=ended, ends_on=date(2026, 6, 30))
        provider_of(ours, name="Closed", closed_on=date(2026, 9, 1))
        lead = someone(Role.PROVIDER_LEAD, trust)
        ContactFactory(organisation=trust, email="nurse@example.org", receives_reminders=True)
        yield {"ours": ours, "trust": trust, "practice": practice, "lead": lead}


def test_everybody_on_the_register_is_asked_or_not_with_the_reason_and_it_adds_up(register, on):
    found = issuing.preview(a_period(register["ours"], state="draft"), on=on)
    assert {each.organisation.name: (each.outcome, each.reason) for each in found.candidates} == {
        "Trust": ("asked", "Acute or general hospital trust"),
        "Practice": ("asked", "General practice"),
        register["ours"].name: ("asked", "Own people"),
        "Shared": ("collected by the lead", "Collected by Other"),
        "Ended": ("no contract", "No contract in force on 30 September 2026"),
        "Closed": ("closed", "It closed on 1 September 2026"),
    }
    assert sum(found.counts.values()) == 6 == len(found.asked) + len(found.not_asked)


def test_lines_boxes_thresholds_and_letters_come_of_it_once(register, at, on):
    ours, trust = register["ours"], register["trust"]
    a_line(ours, "own-line", tiers=["full"], split="staff", headcount=True)
    a_line(ours, "of-services", service="maternity")
    a_threshold(ours, "own-line", 90)
    a_threshold(ours, "own-line", 80, organisation=trust, reason="New contract")
    question = ServiceQuestion.objects.get(key="maternity")
    ServiceAnswer.objects.create(organisation=trust, question=question, holds=False, stated_on=on)
    period = a_period(ours, state="draft", issued_at=None)
    assert issuing.issue(period, by=someone(Role.QUALITY_ANALYST, ours), at=at, on=on) == 3
    assert (period.state, issuing.issue(period, by=None, at=at, on=on)) == ("open", 0)
    owed = FigureReturn.objects.get(organisation=trust)
    asked = owed.lines.get(code="own-line")
    assert (asked.threshold, asked.threshold_reason, owed.grouping) == (80, "New contract", "staff_groups")
    assert list(asked.cells.values_list("group", flat=True)) == asked.groups
    assert not owed.lines.filter(code="of-services").exists()
    practice = FigureReturn.objects.get(organisation=register["practice"])
    assert practice.roles_down
    assert not practice.lines.filter(code="own-line").exists()
    own = FigureReturn.objects.get(organisation=ours)
    assert (own.entering, own.lines.count() > 0) == (True, True)
    unsplit = AskedLine.objects.filter(figure_return__period=period, groups=[], reasons=[])
    assert set(Cell.objects.filter(asked__in=unsplit).values_list("group", flat=True)) == {""}
    to = Letter.objects.filter(kind="figures_asked").values_list("to_user", "to_contact__email")
    assert set(to) == {(None, "nurse@example.org"), (register["lead"].pk, None)}


def test_monthly_lines_are_asked_in_a_month_and_quarterly_ones_are_not(register, on):
    a_line(register["ours"], "every-month", timing="month", tiers=["full"])
    found = issuing.preview(a_period(register["ours"], timing="month", state="draft"), on=on)
    assert {line.code for each in found.asked for line in each.lines} == {"every-month"}
    assert found.counts["nothing to ask"] == 2


def test_one_more_return_is_added_late_with_a_date_of_its_own(register, at, on):
    period = a_period(register["ours"])
    late = provider_of(register["ours"], name="Late")
    by = someone(Role.QUALITY_ANALYST, register["ours"])
    due = on + timedelta(days=20)
    assert late in [each.organisation for each in issuing.late_candidates(period, on=on)]
    assert issuing.add_late(period, late, due_on=due, by=by, at=at, on=on) == 1
    assert issuing.add_late(period, late, due_on=due, by=by, at=at, on=on) == 0
    assert FigureReturn.objects.get(organisation=late).due_on == due


@pytest.mark.parametrize(
    ("ends", "timing", "due"),
    [
        (date(2017, 6, 30), "quarter", date(2017, 7, 28)),
        (date(2017, 12, 31), "quarter", date(2018, 1, 29)),  # over New Year
        (date(2018, 3, 31), "quarter", date(2018, 4, 30)),  # over Easter Monday
        (date(2021, 3, 31), "quarter", date(2021, 4, 30)),  # over Good Friday and Easter Monday
        (date(2017, 4, 30), "month", date(2017, 5, 15)),  # over the early May bank holiday
    ],
)
def test_figures_are_due_so_many_working_days_after_the_period(ends, timing, due):
    assert opening.due_after(ends, timing, CollectingRule()) == due


def test_a_period_opens_by_itself_once_where_the_rule_says_so(register):
    ours = register["ours"]
    CollectingRule.objects.create(commissioner=ours, automatic=True, valid_from=LONG_AGO)
    assert open_periods(on="2026-10-01") == 3
    assert open_periods(on="2026-10-02") == 0
    period = Period.objects.get()
    assert (period.label, period.due_on, period.state) == ("Q2 2026-27", date(2026, 10, 28), "open")
    assert (period.by_schedule, period.issued_by, period.timing) == (True, None, Line.Timing.QUARTER)
    assert Period.objects.filter(commissioner=CommissionerFactory()).count() == 0


def test_a_period_whose_date_has_passed_does_not_open_by_itself(register):
    CollectingRule.objects.create(commissioner=register["ours"], automatic=True, valid_from=LONG_AGO)
    assert (open_periods(on="2026-12-01"), Period.objects.count()) == (0, 0)


def test_what_was_prepared_is_opened_as_prepared(register):
    ours = register["ours"]
    CollectingRule.objects.create(commissioner=ours, automatic=True, valid_from=LONG_AGO)
    draft = a_period(ours, state="draft", issued_at=None, due_on=date(2026, 11, 2))
    assert open_periods(on="2026-10-01") == 3
    draft.refresh_from_db()
    assert (draft.state, draft.due_on, draft.by_schedule, Period.objects.count()) == (
        "open",
        date(2026, 11, 2),
        False,
        1,
    )


def test_the_next_period_follows_the_latest(register, on):
    ours = register["ours"]
    first, other = (offer.period for offer in opening.offered([ours, CommissionerFactory()], on=on))
    assert (other.starts_on, other.ends_on) == (first.starts_on, first.ends_on)
    assert (first.starts_on, first.ends_on) == (date(2026, 7, 1), date(2026, 9, 30))
    a_period(ours)
    following = opening.offered([ours], on=on)[0].period
    assert (following.starts_on, following.ends_on, following.due_on) == (
        date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 29),
    )  # fmt: skip
