"""The profile's timeline: newest first, and what happened at one moment in one line."""

from datetime import UTC, date, datetime

from oversight.timeline import Event, latest

TEN = datetime(2026, 10, 23, 10, 0, tzinfo=UTC)


def opened(text, when=TEN):
    return Event(when, "Action opened", text, many="actions opened")


def test_several_of_one_moment_are_one_line_with_their_number():
    validated = Event(TEN, "Return validated", "Annual return")
    found = latest(iter([opened("Recruit."), validated, opened("Audit ten records."), opened("Recruit.")]))
    assert [(each.heading, each.text) for each in found] == [
        ("3 actions opened", "Audit ten records; Recruit"),
        ("Return validated", "Annual return"),
    ]


def test_one_keeps_its_own_words_and_other_moments_stay_apart():
    later = TEN.replace(hour=11)
    found = latest(iter([opened("Recruit."), opened("Audit.", later), Event(date(2026, 10, 23), "Reminder: sent")]))
    assert [(each.when, each.heading, each.text) for each in found] == [
        (date(2026, 10, 23), "Reminder: sent", ""),
        (later, "Action opened", "Audit."),
        (TEN, "Action opened", "Recruit."),
    ]


def test_thirty_lines_are_shown():
    events = [Event(TEN.replace(minute=minute), "Date moved") for minute in range(40)]
    assert [each.when.minute for each in latest(iter(events))] == list(range(39, 9, -1))
