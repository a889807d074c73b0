"""The web role, its rights, and the walls that raw SQL meets."""

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from django.db.utils import DatabaseError, ProgrammingError

from assurance_portal.database import count_again, web_grants
from assurance_portal.database_grants import GRANTS
from providers.models import Organisation

pytestmark = pytest.mark.django_db


def ask(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_tests_run_as_the_web_role_and_not_as_a_superuser():
    assert ask("SELECT current_user, usesuper FROM pg_user WHERE usename = current_user") == [("portal_web", False)]


def test_the_driver_is_psycopg2():
    assert is_psycopg3 is False


def test_the_web_role_may_do_exactly_what_the_list_says():
    assert web_grants() == GRANTS


def test_every_table_is_in_the_list():
    tables = {row[0] for row in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    without = {"auth_group", "auth_group_permissions"}
    assert tables - without == set(GRANTS)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_after_much_was_loaded_the_database_counts_again():
    Organisation.objects.bulk_create(Organisation(kind="place", name=f"Place {n}") for n in range(700))
    believed = "SELECT reltuples::int FROM pg_class WHERE relname = 'providers_organisation'"
    before = ask(believed)
    count_again()
    assert (before == [(700,)], ask(believed)) == (False, [(700,)])


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE mine (id int)", "SET ROLE portal_owner", "DROP TABLE accounts_user"]
)
def test_the_web_role_cannot_change_the_schema(statement):
    with pytest.raises(ProgrammingError), transaction.atomic():
        ask(statement)


HISTORY = sorted(table for table, rights in GRANTS.items() if rights == "SI")


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {0} SET id = id"])
def test_history_cannot_be_rewritten_by_the_web_role(table, statement):
    with pytest.raises(DatabaseError, match=r"permission denied|does not exist"), transaction.atomic():
        ask(statement.format(table))


def test_every_history_table_has_triggers_that_stop_even_the_owner():
    guarded = ask(
        "SELECT c.relname, bool_or(t.tgtype & 32 > 0), bool_or(t.tgtype & 8 > 0), bool_or(t.tgtype & 16 > 0) "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgtype & 2 > 0 "
        "GROUP BY 1"
    )
    stopped = {name for name, truncate, delete, update in guarded if truncate and delete and update}
    assert set(HISTORY) - stopped == set()
