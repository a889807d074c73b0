"""What the programme keeps: nothing longer than it is true, and for nobody else (decision 20)."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from assurance.models.figures_changes import WATCHED as OF_THE_OVERVIEW
from oversight.models import ProgrammeMark
from oversight.programme import keeping
from providers.models import Arrangement
from tests.factories.accounts import someone
from tests.factories.actions import an_action
from tests.factories.assurance import RoundFactory
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.validation import submitted, validated

# Asked for each reader, each time: who they are, the stamp, and the marks; what stands still once a return is
# validated; the framework's own frozen rows; and by which line a submitted figure was asked, which never changes.
NOT_KEPT = {
    "accounts_user", "assurance_figureschange", "oversight_programmemark", "assurance_rating", "training_askedline",
}  # fmt: skip


@pytest.mark.django_db
def test_every_further_table_has_its_trigger_and_no_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'programme_changed' AND tgenabled = 'O'"
        )
        assert sorted(table for (table,) in cursor.fetchall()) == sorted(keeping.WATCHED)


@pytest.mark.django_db(transaction=True)
def test_it_is_worked_out_once_and_again_when_something_changes(at: Any, on: date) -> None:
    ours = CommissionerFactory()
    provider, nurse, other = provider_of(ours), *(someone(Role.DESIGNATED_PROFESSIONAL, ours) for _ in range(2))
    validated(at, assessment=submitted(at, round=RoundFactory(commissioner=ours), organisation=provider))
    keeping.forget()

    def asked(reader: Any) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as queries:
            (line,) = keeping.programme_of(reader, (ours.pk,), on=on)
        tables.update(table for each in queries for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', each["sql"]))
        return len(queries), line.sentence

    tables: set[str] = set()
    first, again, theirs = asked(nurse), asked(nurse), asked(other)
    assert (first[1], again[1], again[0], theirs[0]) == (first[1], first[1], 2, first[0])
    assert tables - set(OF_THE_OVERVIEW) - set(keeping.WATCHED) - NOT_KEPT == set()
    an_action(ours, provider, due_on=date(2026, 11, 1))
    assert "one action overdue since November" in asked(nurse)[1]
    put = {"reason": "Board", "by": nurse, "at": at, "on": on}
    ProgrammeMark.objects.put(Arrangement.objects.get(organisation=provider), "pin", **put)
    (line,) = keeping.programme_of(nurse, (ours.pk,), on=on)
    assert line.pinned
