"""How the database finds what the pages ask for: no page reads through the large tables from end to end.

A register grown to hundreds of providers is committed to a database of its own and counted (ANALYZE), as it is after a
year's work. Each page is asked for as somebody who may see it, and every statement that it really made is explained:
a sequential scan of a large table, or an index read without a condition, fails and is named with its statement.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from accounts.models import User
from assurance.models import Answer, SelfAssessment
from assurance_portal.bench.growing import grow
from assurance_portal.database import as_migrator
from chasing.models import Letter
from tests import databases

pytestmark = pytest.mark.slow
PROVIDERS = 600
# The tables that grow with every round, and why a page is never in need of all their rows.
LARGE = {
    "assurance_answer": "98 a return: a page shows one return, one standard, or one criterion of one commissioner",
    "assurance_rating": "up to 200 a return: read by return (rating_now), never counted: counts are written down",
    "assurance_levelresult": "four a return: read by commissioner and round, or by provider",
    "chasing_letter": "grows every morning for ever: read by state (partial indexes), by provider, by what it is about",
}
READING = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan")
PAGES = {
    "overview": ("helen.ashworth", "assurance:overview", {}),
    "matrix of a strand, by name": ("helen.ashworth", "assurance:overview", {"strand": "adults", "sort": "name"}),
    "providers of the register": ("helen.ashworth", "providers:organisation-list", {}),
    "returns": ("helen.ashworth", "assurance:assessment-list", {}),
    "validation queue": ("helen.ashworth", "assurance:validation-queue", {}),
    "across providers": ("helen.ashworth", "assurance:validation-across", {}),
    "reminders": ("helen.ashworth", "chasing:reminder-list", {}),
    "actions": ("helen.ashworth", "actions:action-list", {}),
    "home of a commissioner": ("helen.ashworth", "home", {}),
    "home of a provider": ("yvonne.mbeki", "assurance:provider-home", {}),
}
# Growing copies letters and not their lines, which name no provider: against so few lines PostgreSQL reads the letters'
# key in order as far as the last of them, and stops there.
MERGED = {
    "reminders": "Index Scan on chasing_letter",
    # The overall level of every return of the round is wanted: while few years are kept that is most of this table.
    **dict.fromkeys(
        ("overview", "matrix of a strand, by name", "home of a commissioner"), "Seq Scan on assurance_levelresult"
    ),
}


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any) -> Iterator[str]:
    """A register of hundreds of providers with a year's return each, in a database of its own."""
    name = f"{connection.settings_dict['NAME']}_plans"
    files = tmp_path_factory.mktemp("plans")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as around:
        around.setenv("PORTAL_SEED_ANYWHERE", "1")
        databases.clone(name)
        with databases.looking_at(name), override_settings(DATA_DIR=files, PORTAL_DEMONSTRATION=True):
            call_command("seed_demo", "--providers", "20", "--years", "1", verbosity=0)
            with as_migrator(name) as owner:
                grow(owner, PROVIDERS)
    yield name
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.fixture
def looking(large: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One test looks at it; what the test adds is gone afterwards."""
    with django_db_blocker.unblock(), databases.looking_at(large), transaction.atomic():
        yield
        transaction.set_rollback(True)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def explained(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        found = cursor.fetchone()[0]
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def reads_through(plan: dict[str, Any], large: set[str]) -> list[str]:
    """Nodes that read a large table or a whole index of it."""
    return [
        f"{node['Node Type']} on {node['Relation Name']}"
        for node in nodes(plan)
        if node.get("Relation Name") in large and node["Node Type"] in READING and "Index Cond" not in node
    ]


def asked_of(get: Callable[[], Any]) -> list[str]:
    """The statements of one page that read."""
    with CaptureQueriesContext(connection) as seen:
        assert get().status_code == 200
    return [each["sql"] for each in seen if each["sql"].lstrip().startswith(("SELECT", "WITH", "(SELECT"))]


def found_in(statements: list[str]) -> list[str]:
    named = {sql: {table for table in LARGE if f'"{table}"' in sql or f" {table} " in sql} for sql in statements}
    return [
        f"{what}: {sql[:600]}"
        for sql, tables in named.items()
        if tables
        for what in reads_through(explained(sql), tables)
    ]


def person(email: str) -> User:
    return User.objects.get(email__startswith=email)


def test_the_register_is_large_enough_to_say_anything(looking: None) -> None:
    assert Answer.objects.count() > 20_000
    assert Letter.objects.count() > PROVIDERS
    assert reads_through(explained("SELECT max(narrative) FROM assurance_answer"), {"assurance_answer"})


@pytest.mark.parametrize("name", PAGES)
def test_the_page_reads_no_large_table_from_end_to_end(looking: None, sign_in: Any, name: str) -> None:
    email, route, query = PAGES[name]
    client = sign_in(person(email))
    statements = asked_of(lambda: client.get(reverse(route), query))
    assert len(statements) > 2
    assert [each for each in found_in(statements) if not each.startswith(MERGED.get(name, "-"))] == []


@pytest.mark.parametrize("route", ["assurance:return-standard", "assurance:assessment-detail", "oversight:profile"])
def test_the_page_of_one_reads_the_rows_of_one(looking: None, sign_in: Any, route: str) -> None:
    """The index by return (answer_once) and by provider (answer_grades) decide what is read, not the table's size."""
    mine = SelfAssessment.objects.filter(organisation__memberships__user=person("yvonne.mbeki")).latest("issued_at")
    who, words = "helen.ashworth", {"reference": mine.reference}
    if route == "assurance:return-standard":
        mine = SelfAssessment.objects.filter(state="in_progress").earliest("pk")
        lead = mine.organisation.memberships.filter(role="PL").get().user
        who, words = lead.email, {"reference": mine.reference, "number": 1}
    elif route == "oversight:profile":
        words = {"reference": mine.organisation.reference}
    client = sign_in(person(who))
    statements = asked_of(lambda: client.get(reverse(route, kwargs=words)))
    assert found_in(statements) == []
