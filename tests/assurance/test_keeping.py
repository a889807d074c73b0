"""The overview is drawn once and kept until something it is made of changes (decision 19)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from accounts.models import Membership, User
from assurance import keeping
from assurance.keeping import kept
from assurance.models import FiguresChange, RecordedGrade, RecordedSet, SelfAssessment
from assurance.models.figures_changes import WATCHED
from assurance.tasks import clear_changes
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.validation import submitted, validated

OVERVIEW = "/overview/"
# Who asks and where they may go; whatever is read of these is asked for every page anew.
OF_THE_READER = {
    "django_session", "accounts_user", "accounts_membership", "accounts_cover", "providers_organisation",
    "assurance_figureschange",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    keeping.forget()


def tables(statements: list[dict[str, str]]) -> set[str]:
    return {name for each in statements for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', each["sql"])}


def looked_at(client: Any, **asked: str) -> tuple[str, set[str]]:
    """The page, and the tables that were read for it."""
    with CaptureQueriesContext(connection) as statements:
        page = client.get(OVERVIEW, asked)
    assert page.status_code == 200
    changing = r'name="csrf[^>]*|data-session-[a-z-]+="\d+"'
    return re.sub(changing, "", page.content.decode()), tables(statements.captured_queries)


def a_year(now: datetime) -> Any:
    """A round with a validated return; its commissioner's analyst looks."""
    earlier = now - timedelta(days=40)
    return validated(now, assessment=submitted(now, round=RoundFactory(issued_at=earlier), issued_at=earlier))


def on_record(assessment: Any, now: datetime) -> str:
    """A grade from records about another provider, in the same year; its name."""
    ours, version = assessment.commissioner, assessment.round.framework_version
    by = someone(Role.QUALITY_ANALYST, ours)
    set_of = RecordedSet.objects.create(commissioner=ours, framework_version=version, recorded_by=by, recorded_at=now)
    other = provider_of(ours, name="Known From Records")
    RecordedGrade.objects.create(
        recorded_set=set_of, commissioner=ours, organisation=other, year=assessment.round.year,
        standard=version.standards.first(), grade="met", outcome="met", words="Met",
    )  # fmt: skip
    return str(other)


@pytest.mark.django_db
def test_every_watched_table_has_its_trigger_and_no_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, coalesce(array_agg(attname ORDER BY attname) FILTER (WHERE attname IS NOT"
            " NULL), '{}') FROM pg_trigger LEFT JOIN pg_attribute ON attrelid = tgrelid AND attnum = ANY(tgattr)"
            " WHERE tgname = 'figures_changed' AND tgenabled = 'O' AND tgtype = 28 GROUP BY 1"
        )
        assert {table: tuple(columns) for table, columns in cursor.fetchall()} == WATCHED


@pytest.mark.django_db(transaction=True)
def test_every_table_that_the_overview_reads_is_watched(sign_in: Any, now: datetime) -> None:
    assessment = a_year(now)
    name = on_record(assessment, now)
    reader = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    read: set[str] = set()
    for asked in ({}, {"strand": "children"}, {"q": "a", "category": assessment.organisation.category.code}):
        page, tables_read = looked_at(sign_in(reader), **asked)
        read |= tables_read
        assert name in page or asked
    assert {
        "assurance_recordedgrade",
        "assurance_standardresult",
        "providers_arrangement",
        "framework_standard",
    } <= read
    assert read - set(WATCHED) - OF_THE_READER == set()


@pytest.mark.django_db(transaction=True)
def test_the_overview_is_drawn_again_only_when_something_changed(sign_in: Any, now: datetime) -> None:
    assessment = a_year(now)
    client = sign_in(someone(Role.QUALITY_ANALYST, assessment.commissioner))
    first, read = looked_at(client)
    again, read_again = looked_at(client)
    assert (again == first, "assurance_selfassessment" in read, read_again) == (True, True, OF_THE_READER)
    organisation, name = Organisation.objects.filter(pk=assessment.organisation_id), assessment.organisation.name
    organisation.update(name="Called Otherwise")
    changed, read_then = looked_at(client)
    assert "assurance_selfassessment" in read_then
    assert (name in first, name in changed, "Called Otherwise" in changed) == (True, False, True)
    organisation.update(name=name)
    assert looked_at(client)[0] == first


@pytest.mark.django_db(transaction=True)
def test_nobody_gets_what_was_kept_for_somebody_else(sign_in: Any, now: datetime) -> None:
    assessment = a_year(now)
    neighbour = CommissionerFactory()
    a_return(RoundFactory(commissioner=neighbour), provider_of(neighbour, name="Neighbour Surgery"))
    ours, theirs = (someone(Role.QUALITY_ANALYST, each) for each in (assessment.commissioner, neighbour))
    mine, yours = looked_at(sign_in(ours))[0], looked_at(sign_in(theirs))[0]
    name = assessment.organisation.name
    assert [(name in page, "Neighbour Surgery" in page) for page in (mine, yours)] == [(True, False), (False, True)]
    Membership.objects.filter(user=ours).update(ends_on=now.date() - timedelta(days=1))
    assert sign_in(ours).get(OVERVIEW).status_code == 404


CHANGES: dict[str, Callable[[], Any]] = {
    "assurance_selfassessment": lambda: SelfAssessment.objects.update(version=F("version") + 1),
    "providers_organisation": lambda: Organisation.objects.filter(kind="provider").update(name=F("name")),
    "accounts_user": lambda: User.objects.update(is_active=True),
}


@pytest.mark.django_db(transaction=True)
def test_a_change_in_a_watched_table_makes_a_new_stamp_once_it_is_committed(now: datetime) -> None:
    someone(Role.QUALITY_ANALYST, a_return().commissioner)
    for table, change in CHANGES.items():
        before = FiguresChange.objects.stamp()
        assert before is not None, table
        with transaction.atomic():
            change()
            change()
            assert FiguresChange.objects.stamp() is None, table
        n, first, last, newest = FiguresChange.objects.stamp() or before
        assert (n, first, last > before[2], newest > before[3]) == (before[0] + 1, before[1], True, True), table
        assert FiguresChange.objects.stamp() == (n, first, last, newest), table
    before = FiguresChange.objects.stamp()
    assert User.objects.update(last_login=now) == 1  # signing in changes no figure
    assert FiguresChange.objects.stamp() == before


@pytest.mark.django_db(transaction=True)
def test_what_was_asked_for_is_kept_apart_and_only_so_much_of_it(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    a_return()
    monkeypatch.setattr(keeping._pages, "most", 2)
    drawn: list[str] = []

    def ask(question: str) -> str:
        return str(kept(question, lambda: drawn.append(question) or f"<b>{question} £</b>"))

    assert [ask("a"), ask("b"), ask("a")] == ["<b>a £</b>", "<b>b £</b>", "<b>a £</b>"]
    assert drawn == ["a", "b"]
    ask("c")
    assert (ask("a"), ask("b"), drawn) == ("<b>a £</b>", "<b>b £</b>", ["a", "b", "c", "b"])
    # What is noted of the days before is cleared away at night; nothing old is shown for it.
    assert clear_changes(at=(now + timedelta(days=2)).isoformat()) > 0
    assert (FiguresChange.objects.count(), FiguresChange.objects.stamp()) == (0, None)
    assert (ask("b"), drawn) == ("<b>b £</b>", ["a", "b", "c", "b", "b"])
    a_return()
    assert clear_changes(at=now.isoformat()) == 0


@pytest.mark.django_db
def test_within_a_transaction_that_has_changed_something_nothing_is_kept() -> None:
    a_return()
    drawn = [kept("question", lambda n=n: str(n)) for n in range(2)]
    assert drawn == ["0", "1"]
