"""The shipped catalogue in the database: how many, locked, and never touched twice."""

from collections import Counter
from datetime import date

import pytest
from django.db.models import Model

from framework import catalogue, shipped
from framework.models import (
    Citation,
    Criterion,
    CriterionVersion,
    Framework,
    FrameworkVersion,
    Grade,
    GradingScheme,
    Reference,
    Standard,
    Wording,
)

pytestmark = pytest.mark.django_db
LABELS = ("2017-18 v1", "2026-27 v1")


@pytest.mark.parametrize("label", LABELS)
def test_a_version_has_twelve_standards_and_ninety_eight_criteria(label: str) -> None:
    version = FrameworkVersion.objects.get(label=label, framework__commissioner=None)
    tiers = Counter(tier for tiers in version.criteria.values_list("tiers", flat=True) for tier in tiers)
    assert version.standards.count() == 12
    assert version.criteria.count() == 98
    assert tiers == {"full": 98, "small": 46, "general_practice": 52}
    assert version.criteria.filter(light=True).count() == 14


EVERYTHING: tuple[type[Model], ...] = (
    Citation, Criterion, CriterionVersion, Framework, FrameworkVersion, Grade, GradingScheme, Reference, Standard,
    Wording,
)  # fmt: skip


def snapshot() -> dict[str, list[dict[str, object]]]:
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in EVERYTHING}


def test_loading_again_changes_nothing() -> None:
    before = snapshot()
    shipped.load()
    assert snapshot() == before
    assert Framework.objects.filter(commissioner=None).count() == 1


def test_loading_again_is_a_handful_of_questions(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(10):
        shipped.load()


def test_the_versions_follow_each_other_and_nobody_signed_them() -> None:
    first, latest = (FrameworkVersion.objects.get(label=label, framework__commissioner=None) for label in LABELS)
    assert (first.follows, latest.follows) == (None, first)
    assert {row.state for row in (first, latest)} == {"published"}
    assert {person for row in (first, latest) for person in (row.proposed_by, row.published_by)} == {None}
    assert first.valid_from.isoformat() == "2017-04-01"
    assert latest.valid_from.isoformat() == "2026-04-01"
    assert (latest.grading.key, latest.levels.key) == ("rag", "assurance-level")


def test_every_criterion_supersedes_itself_and_says_how_it_changed() -> None:
    latest = FrameworkVersion.objects.get(label=LABELS[1], framework__commissioner=None)
    rows = list(latest.criteria.select_related("supersedes"))
    assert [row.ref for row in rows if row.supersedes.criterion_id != row.criterion_id] == []
    assert Counter(row.change for row in rows) == Counter(
        each.change for standard in catalogue.standards("current") for each in standard.criteria
    )


def test_a_reference_follows_its_file_and_what_left_it_stays() -> None:
    Reference.objects.filter(key="care-act-2014").update(title="Old title", superseded_by=None)
    Reference.objects.create(key="long-gone", title="No longer in the file", kind="report")
    shipped.load()
    assert Reference.objects.get(key="care-act-2014").title == "Care Act 2014"
    assert Reference.objects.filter(key="long-gone").exists()


def test_words_that_changed_in_the_files_come_as_a_new_version_and_leave_the_old() -> None:
    """A later release names a further version in versions.toml; the two that are there stand still."""
    before = snapshot()
    later = catalogue.VersionText("2027-28 v1", date(2027, 4, 1), date(2027, 4, 1), "current", follows="2026-27 v1")
    shipped.add_versions([*catalogue.versions(), later])
    made = FrameworkVersion.objects.get(label="2027-28 v1", framework__commissioner=None)
    assert (made.criteria.count(), made.follows.label, made.state) == (98, "2026-27 v1", "published")
    after = snapshot()
    for name in ("CriterionVersion", "Wording", "Citation", "Standard", "FrameworkVersion", "Grade"):
        assert after[name][: len(before[name])] == before[name]


def test_a_question_that_the_register_lacks_stops_the_load() -> None:
    with pytest.raises(LookupError, match="swimming_pool"):
        shipped._questions(["", "children_seen", "swimming_pool"])
