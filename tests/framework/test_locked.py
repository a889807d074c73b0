"""A published version does not change: what raw SQL as the web role meets in the database."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from framework import drafts
from framework.models import FrameworkVersion
from tests.framework.conftest import Place

pytestmark = pytest.mark.django_db

OF_CRITERIA = "criterion_version_id IN (SELECT id FROM framework_criterionversion WHERE framework_version_id = %s)"
ROW = {
    "framework_standard": "framework_version_id = %s",
    "framework_criterionversion": "framework_version_id = %s",
    "framework_wording": OF_CRITERIA,
    "framework_citation": OF_CRITERIA,
    "framework_frameworkversion": "id = %s",
}
A_COLUMN = {
    "framework_standard": "title = 'x'",
    "framework_criterionversion": "critical = NOT critical",
    "framework_wording": "text = 'x'",
    "framework_citation": "position = 99",
    "framework_frameworkversion": "label = 'x'",
}


def refused(sql: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("table", ROW)
def test_a_published_row_is_not_updated(table: str, latest: FrameworkVersion) -> None:
    refused(f"UPDATE {table} SET {A_COLUMN[table]} WHERE {ROW[table]}", latest.pk)


@pytest.mark.parametrize("table", ROW)
def test_a_published_row_is_not_deleted(table: str, latest: FrameworkVersion) -> None:
    refused(f"DELETE FROM {table} WHERE {ROW[table]}", latest.pk)


COPY = {
    "framework_standard": (
        "(framework_version_id, number, title, purpose, version) SELECT framework_version_id, 99, 'x', '', 1"
    ),
    "framework_criterionversion": (
        "(framework_version_id, standard_id, criterion_id, ref, kind, tiers, strands, critical, light, change,"
        " change_note, version) SELECT framework_version_id, standard_id, criterion_id, '99.1', kind, tiers, strands,"
        " critical, light, change, change_note, 1"
    ),
    "framework_wording": (
        "(criterion_version_id, tier, text, why, guidance, evidence, do_not_send)"
        " SELECT criterion_version_id, 'other', text, why, guidance, evidence, do_not_send"
    ),
    "framework_citation": "(criterion_version_id, cited_id, position) SELECT criterion_version_id, cited_id, 98",
}


@pytest.mark.parametrize("table", COPY)
def test_nothing_is_added_to_a_published_version(table: str, latest: FrameworkVersion) -> None:
    refused(f"INSERT INTO {table} {COPY[table]} FROM {table} WHERE {ROW[table]} LIMIT 1", latest.pk)


def test_a_row_is_not_moved_into_or_out_of_a_published_version(
    latest: FrameworkVersion, a_draft: Callable[[], FrameworkVersion]
) -> None:
    draft = a_draft()
    refused(
        "UPDATE framework_standard SET framework_version_id = %s WHERE framework_version_id = %s", draft.pk, latest.pk
    )
    refused(
        "UPDATE framework_standard SET framework_version_id = %s, number = number + 50 WHERE framework_version_id = %s",
        latest.pk, draft.pk,
    )  # fmt: skip


@pytest.mark.parametrize("column", ["grading_id", "levels_id"])
def test_the_grades_of_a_published_version_stand_still(column: str, latest: FrameworkVersion) -> None:
    scheme = getattr(latest, column)
    refused("UPDATE framework_grade SET meaning = 'x' WHERE scheme_id = %s", scheme)
    refused("DELETE FROM framework_grade WHERE scheme_id = %s", scheme)
    refused(
        "INSERT INTO framework_grade (scheme_id, position, code, letter, label, meaning, counts_as_met,"
        " requires_action, requires_comment, excludes, severity)"
        " VALUES (%s, 50, 'x', 'X', 'x', 'x', true, false, false, false, 0)",
        scheme,
    )
    refused("UPDATE framework_gradingscheme SET name = 'x' WHERE id = %s", scheme)
    refused("DELETE FROM framework_gradingscheme WHERE id = %s", scheme)


def test_a_draft_can_be_changed_by_the_same_statements(a_draft: Callable[[], FrameworkVersion]) -> None:
    draft = a_draft()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE framework_standard SET title = 'x' WHERE framework_version_id = %s", [draft.pk])
        assert cursor.rowcount == 12
        cursor.execute("SELECT current_user, usesuper FROM pg_user WHERE usename = current_user")
        assert cursor.fetchone() == ("portal_web", False)


def test_an_own_entry_that_a_published_version_cites_is_neither_changed_nor_deleted(
    a_draft: Callable[..., FrameworkVersion], place: Place, at: datetime
) -> None:
    draft = a_draft()
    criterion = draft.criteria.select_related("framework_version__framework__commissioner").get(ref="1.1")
    entry = drafts.add_reference(criterion, title="Our pathway", kind="standard")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE framework_reference SET title = 'Our better pathway' WHERE id = %s", [entry.pk])
    draft.propose(by=place.drafter)
    draft.publish(by=place.second, at=at)
    for change in ("title = 'x'", "commissioner_id = NULL", "superseded_by_id = id", "version = version + 1"):
        cites(f"UPDATE framework_reference SET {change} WHERE id = %s", entry.pk)
    cites("DELETE FROM framework_reference WHERE id = %s", entry.pk)
    entry.refresh_from_db()
    assert (entry.title, entry.version, entry.commissioner) == ("Our better pathway", 1, place.commissioner)


def cites(sql: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match="cites this entry"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
