"""The contact log: human contact, corrections within the history, requests of local authorities."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.door import Refused, Stale
from accounts.models import User
from oversight.models import ContactEntry
from tests.factories.known import a_contact
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner() -> Any:
    return CommissionerFactory()


@pytest.fixture
def provider(commissioner: Any) -> Any:
    return provider_of(commissioner)


def test_human_contact_is_a_conversation_with_the_provider_and_nothing_else(commissioner: Any, provider: Any) -> None:
    def logged(kind: str, day: int, **fields: Any) -> ContactEntry:
        return a_contact(commissioner, provider, kind=kind, happened_on=date(2026, 11, day), **fields)

    call, met = logged("call", 10), logged("performance", 12)
    logged("call", 14, spoke=False)
    logged("letter", 15)
    logged("board", 15)
    a_contact(commissioner, kind="call", happened_on=date(2026, 11, 15))
    gone = logged("call", 16)
    gone.withdraw(expected=1, by=gone.by, at=gone.logged_at, reason="It was another provider")
    assert list(ContactEntry.objects.human_contact(provider)) == [met, call]
    assert list(ContactEntry.objects.human_contact(provider, since=date(2026, 11, 12))) == [met]
    assert list(ContactEntry.objects.human_contact(provider, since=date(2026, 11, 13))) == []
    row = User.objects.annotate(last=ContactEntry.objects.filter(organisation=provider).last_human_on("pk")).first()
    assert row.last is None


def test_an_entry_is_corrected_within_its_history_and_never_silently(commissioner: Any, at: Any) -> None:
    entry = a_contact(commissioner)
    entry.correct({"happened_on": date(2026, 11, 15)}, expected=1, by=entry.by, at=at, reason="Wrong day")
    assert (entry.version, entry.corrected_because) == (2, "Wrong day")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT happened_on, corrected_because FROM oversight_contactentryevent WHERE pgh_obj_id = %s "
            "ORDER BY pgh_id", [entry.pk],
        )  # fmt: skip
        assert cursor.fetchall() == [(date(2026, 11, 16), ""), (date(2026, 11, 15), "Wrong day")]
    with pytest.raises(Stale):
        entry.correct({"points": "Theirs"}, expected=1, by=entry.by, at=at, reason="Again")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactEntry.objects.filter(pk=entry.pk).update(organisation=provider_of(commissioner))
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactEntry.objects.filter(pk=entry.pk).update(withdrawn_at=at)


def test_a_request_of_a_local_authority_is_open_until_its_answer_is_recorded_once(commissioner: Any) -> None:
    asked = {"kind": "local_authority", "happened_on": date(2026, 11, 2), "due_on": date(2026, 11, 13)}
    late, soon = a_contact(commissioner, **asked), a_contact(commissioner, **asked | {"due_on": date(2026, 11, 30)})
    on = date(2026, 11, 18)
    assert list(ContactEntry.objects.overdue_requests(on=on)) == [late]
    assert list(ContactEntry.objects.open_requests()) == [late, soon]
    late.settle(on=on, words="Chronology sent", by=late.by)
    assert list(ContactEntry.objects.requests()) == [soon, late]
    assert list(ContactEntry.objects.overdue_requests(on=on)) == []
    with pytest.raises(Refused):
        late.settle(on=on, words="Sent twice", by=late.by)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_contact(commissioner, **asked | {"due_on": None})


def test_the_year_is_counted_by_kind_without_what_was_withdrawn(commissioner: Any, provider: Any) -> None:
    for day in (date(2026, 3, 31), date(2026, 4, 1), date(2027, 3, 31), date(2027, 4, 1)):
        a_contact(commissioner, provider, happened_on=day)
    gone = a_contact(commissioner, provider, kind="letter")
    gone.withdraw(expected=1, by=gone.by, at=gone.logged_at, reason="Logged twice")
    year = (date(2026, 4, 1), date(2027, 3, 31))
    assert ContactEntry.objects.of(provider).counted_by_kind(*year) == {"committee": 2}
