"""Working days, financial years and the planner's cut-off date, against brute force and known calendars."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from design.calendar import (
    FinancialYear,
    Quarter,
    add_months,
    add_working_days,
    bank_holidays,
    is_working_day,
    latest_due_reaching,
    london_date,
    working_days_between,
)

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2050, 12, 31))
OFFSETS = st.integers(min_value=-45, max_value=45)
DAY = timedelta(days=1)


def test_bank_holidays_of_2017_are_those_of_england() -> None:
    weekdays = {day for day in bank_holidays(2017) if day.weekday() < 5}
    assert weekdays == {
        date(2017, 1, 2),
        date(2017, 4, 14),
        date(2017, 4, 17),
        date(2017, 5, 1),
        date(2017, 5, 29),
        date(2017, 8, 28),
        date(2017, 12, 25),
        date(2017, 12, 26),
    }


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2020, 5, 8), "May Day moved to the anniversary of VE Day"),
        (date(2022, 6, 3), "Platinum Jubilee"),
        (date(2022, 9, 19), "State funeral of Queen Elizabeth II"),
        (date(2023, 5, 8), "Coronation of King Charles III"),
        (date(2016, 12, 27), "Christmas Day fell on a Sunday"),
        (date(2021, 12, 28), "Boxing Day fell on a Sunday"),
    ],
)
def test_one_off_and_substitute_holidays_are_not_worked(day: date, why: str) -> None:
    assert not is_working_day(day), why


@pytest.mark.parametrize("day", [date(2020, 5, 4), date(2018, 1, 2), date(2018, 11, 30), date(2018, 3, 29)])
def test_days_free_only_elsewhere_are_worked_in_england(day: date) -> None:
    assert is_working_day(day)


def test_bank_holidays_cannot_be_changed_by_a_caller() -> None:
    with pytest.raises(TypeError):
        bank_holidays(2017)[date(2017, 7, 7)] = "Our day out"  # type: ignore[index]


def test_five_working_days_from_the_thursday_before_easter_skip_good_friday_and_easter_monday() -> None:
    assert add_working_days(date(2018, 3, 29), 5) == date(2018, 4, 9)


def test_third_quarter_due_date_crosses_new_year() -> None:
    assert add_working_days(Quarter(FinancialYear(2017), 3).ends, 20) == date(2018, 1, 29)


def test_fourth_quarter_due_date_crosses_easter_monday() -> None:
    assert add_working_days(Quarter(FinancialYear(2017), 4).ends, 20) == date(2018, 4, 30)


def test_adding_nothing_keeps_a_saturday_a_saturday() -> None:
    assert add_working_days(date(2018, 6, 9), 0) == date(2018, 6, 9)


def test_one_working_day_either_side_of_a_saturday() -> None:
    assert add_working_days(date(2018, 6, 9), 1) == date(2018, 6, 11)
    assert add_working_days(date(2018, 6, 9), -1) == date(2018, 6, 8)


@given(DAYS, OFFSETS)
def test_adding_working_days_is_counting_them_one_by_one(day: date, n: int) -> None:
    found = add_working_days(day, n)
    low, high = (day + DAY, found) if n >= 0 else (found, day - DAY)
    walked = [low + timedelta(days=i) for i in range((high - low).days + 1)]
    assert sum(map(is_working_day, walked)) == abs(n)
    assert n == 0 or is_working_day(found)


@given(DAYS, OFFSETS)
def test_between_undoes_add(day: date, n: int) -> None:
    assert working_days_between(day, add_working_days(day, n)) == n


@given(DAYS, st.integers(min_value=-400, max_value=4000))
def test_between_is_the_plain_count(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    low, high = (start + DAY, end) if days >= 0 else (end, start - DAY)
    plain = sum(is_working_day(low + timedelta(days=i)) for i in range((high - low).days + 1))
    assert working_days_between(start, end) == (plain if days >= 0 else -plain)


@given(DAYS, OFFSETS)
def test_latest_due_reaching_is_the_brute_force_answer(on: date, offset: int) -> None:
    reach = timedelta(days=3 * abs(offset) + 30)
    latest = on + reach
    while add_working_days(latest, offset) > on:
        latest -= DAY
    assert latest_due_reaching(offset, on) == latest


@given(DAYS, OFFSETS, st.integers(min_value=-120, max_value=120))
def test_one_comparison_decides_whether_a_step_is_reached(on: date, offset: int, distance: int) -> None:
    due = on + timedelta(days=distance)
    assert (due <= latest_due_reaching(offset, on)) == (add_working_days(due, offset) <= on)


def test_a_step_a_week_before_is_reached_on_the_day_it_falls() -> None:
    due = date(2018, 4, 9)
    step = add_working_days(due, -5)
    assert step == date(2018, 3, 29)
    assert latest_due_reaching(-5, step) == due
    assert latest_due_reaching(-5, step - DAY) < due


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2018, 1, 31), 1, date(2018, 2, 28)),
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2018, 3, 31), -1, date(2018, 2, 28)),
        (date(2017, 10, 31), 4, date(2018, 2, 28)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2018, 5, 15), 0, date(2018, 5, 15)),
        (date(2018, 1, 10), -13, date(2016, 12, 10)),
    ],
)
def test_add_months_stops_at_the_end_of_a_short_month(day: date, n: int, expected: date) -> None:
    assert add_months(day, n) == expected


@given(DAYS, st.integers(min_value=-240, max_value=240))
def test_add_months_moves_exactly_that_many_months(day: date, n: int) -> None:
    moved = add_months(day, n)
    assert (moved.year - day.year) * 12 + moved.month - day.month == n
    assert moved.day == day.day or (moved.day < day.day and (moved + DAY).day == 1)


def test_financial_year_2017_18() -> None:
    year = FinancialYear(2017)
    assert (year.label, year.slug, str(year)) == ("2017-18", "2017-18", "2017-18")
    assert (year.starts, year.ends) == (date(2017, 4, 1), date(2018, 3, 31))
    assert (year.previous, year.next) == (FinancialYear(2016), FinancialYear(2018))


def test_the_turn_of_the_century_keeps_two_digits() -> None:
    assert FinancialYear(1999).label == "1999-00"
    assert FinancialYear.parse("1999-00") == FinancialYear(1999)


@given(DAYS)
def test_every_day_is_in_its_year_and_in_exactly_one_of_its_quarters(day: date) -> None:
    year = FinancialYear.of(day)
    assert day in year
    assert day not in year.previous
    assert day not in year.next
    assert [quarter for quarter in year.quarters if day in quarter] == [Quarter.of(day)]


@given(st.integers(min_value=1900, max_value=2100))
def test_quarters_tile_the_year(starting: int) -> None:
    year = FinancialYear(starting)
    first, *_, last = year.quarters
    assert (first.starts, last.ends) == (year.starts, year.ends)
    assert all(quarter.next.starts == quarter.ends + DAY for quarter in year.quarters)
    assert all(quarter.next.previous == quarter for quarter in year.quarters)


@given(st.integers(min_value=1900, max_value=2100))
def test_both_labels_are_read_back(starting: int) -> None:
    year = FinancialYear(starting)
    assert FinancialYear.parse(year.label) == FinancialYear.parse(year.slug) == year


@pytest.mark.parametrize("label", ["2017", "2017/19", "2017/2018", "17/18", "", "2017/18x", "２０１７/18"])
def test_what_is_no_financial_year_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is not a financial year"):
        FinancialYear.parse(label)


@pytest.mark.parametrize(
    ("on", "year", "quarter"),
    [
        (date(2018, 3, 31), FinancialYear(2016), Quarter(FinancialYear(2017), 3)),
        (date(2018, 4, 1), FinancialYear(2017), Quarter(FinancialYear(2017), 4)),
        (date(2018, 12, 1), FinancialYear(2017), Quarter(FinancialYear(2018), 2)),
    ],
)
def test_last_complete_year_and_quarter(on: date, year: FinancialYear, quarter: Quarter) -> None:
    assert FinancialYear.last_complete(on) == year
    assert Quarter.last_complete(on) == quarter


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2017, 6, 30), "Q1 2017-18"),
        (date(2017, 7, 1), "Q2 2017-18"),
        (date(2017, 12, 31), "Q3 2017-18"),
        (date(2018, 3, 31), "Q4 2017-18"),
        (date(2018, 4, 1), "Q1 2018-19"),
    ],
)
def test_quarter_of_a_day(day: date, label: str) -> None:
    assert Quarter.of(day).label == label


def test_there_is_no_fifth_quarter() -> None:
    with pytest.raises(ValueError, match="quarters 1 to 4"):
        Quarter(FinancialYear(2017), 5)


def test_quarters_sort_through_time() -> None:
    assert Quarter(FinancialYear(2017), 4) < Quarter(FinancialYear(2018), 1)


def test_london_date_follows_british_summer_time() -> None:
    assert london_date(datetime(2018, 6, 30, 23, 30, tzinfo=UTC)) == date(2018, 7, 1)
    assert london_date(datetime(2018, 1, 31, 23, 30, tzinfo=UTC)) == date(2018, 1, 31)


def test_a_moment_without_a_time_zone_has_no_london_date() -> None:
    with pytest.raises(ValueError, match="time zone"):
        london_date(datetime(2018, 6, 30, 23, 30))  # noqa: DTZ001
