"""The register as a file in the order of the national tracker, and the pick list of themes."""

import csv
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from exports.models import Export
from reviews.models import ReviewRead, ReviewTheme
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory
from tests.factories.reviews import AT, a_review

pytestmark = pytest.mark.django_db
FILE = "/exports/list/reviews/file.csv"


def read(response: Any) -> list[list[str]]:
    content = b"".join(response) if response.streaming else response.content
    lines = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    start = next(n for n, line in enumerate(lines) if line and line[0] == "Basic case details")
    return lines[start:]


def theme(code: str) -> ReviewTheme:
    found: ReviewTheme = ReviewTheme.objects.get(commissioner=None, code=code)
    return found


def test_only_mine_leave_in_the_trackers_order_and_each_is_a_look(sign_in: Any, commissioner: Any, two: Any) -> None:
    mine = a_review(
        commissioner, *two, kind="rapid", pseudonym="Child Fern", steis_number="2026/17", board_name="A partnership",
        theme_1=theme("neglect"), theme_2=theme("professional-curiosity"), designated=two[0],
    )  # fmt: skip
    mine.record("notified", on=date(2026, 10, 1), by=two[0], at=AT)
    mine.convert("lcspr", expected=1, on=date(2026, 11, 1), by=two[0], at=AT, reason="Agreed")
    other = a_review(commissioner, pseudonym="Adult Rowan")
    head, *rows = read(sign_in(two[0]).get(FILE))
    assert head[:13] == [
        "Basic case details", "StEIS number", "Local reference", "Status", "Date added", "Designated professional",
        "Safeguarding partnership or board", "Identifier type", "Theme 1", "Theme 2", "Theme 3", "Type of review",
        "Converted",
    ]  # fmt: skip
    assert [row[:4] + row[6:13] for row in rows if row] == [[
        "Child Fern", "2026/17", mine.reference, "Open", "A partnership", "StEIS and local",
        "Neglect and acts of omission", "Professional curiosity", "", "Local Child Safeguarding Practice Review", "yes",
    ]]  # fmt: skip
    assert [(look.review, look.reader, look.taken_away) for look in ReviewRead.objects.all()] == [(mine, two[0], True)]
    assert Export.objects.get().rows == 1
    assert other.reads.count() == 0


def test_nobody_who_is_not_named_takes_anything_out_and_nothing_is_frozen(
    sign_in: Any, commissioner: Any, two: Any
) -> None:
    a_review(commissioner, *two, pseudonym="Adult Larch")
    director = sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    assert [row for row in read(director.get(FILE))[1:] if row] == []
    assert sign_in(someone(Role.CONTRACT_MANAGER, commissioner)).get(FILE).status_code == 404
    assert sign_in(two[0]).get("/exports/list/reviews/freeze/").status_code == 404
    assert ReviewRead.objects.count() == 0


def test_a_published_review_is_closed_in_the_trackers_words(commissioner: Any, two: Any) -> None:
    review = a_review(commissioner, *two)
    assert review.status == "Open"
    review.move_to("published", expected=1, on=date(2026, 6, 1), by=two[0], at=AT)
    assert (review.status, review.closed_at) == ("Closed", None)


def test_a_commissioners_own_words_stand_in_place_of_a_shipped_theme(commissioner: Any) -> None:
    today = timezone.localdate()
    shipped = [each.code for each in ReviewTheme.objects.worded_for(commissioner, today)]
    assert (len(shipped), shipped[:2], "professional-curiosity" in shipped) == (
        32,
        ["physical-abuse", "sexual-abuse"],
        True,
    )
    own = {"commissioner": commissioner, "valid_from": today}
    ReviewTheme.objects.create(code="neglect", label="Neglect by a carer", position=5, **own)
    ReviewTheme.objects.create(code="radicalisation", label="Radicalisation", in_use=False, **own)
    labels = [each.label for each in ReviewTheme.objects.worded_for(commissioner, today)]
    assert (len(labels), labels[4], "Radicalisation" in labels) == (31, "Neglect by a carer", False)
    assert len(ReviewTheme.objects.worded_for(CommissionerFactory(), today)) == 32


def test_a_theme_is_chosen_once(sign_in: Any, commissioner: Any, two: Any) -> None:
    review = a_review(commissioner, *two)
    neglect = theme("neglect").pk
    form = {"pseudonym": "Adult A", "theme_1": neglect, "theme_2": neglect, "version": 1}
    client, page = sign_in(two[0]), f"/reviews/{review.reference}/details/"
    refused = client.post(page, form)
    assert (refused.status_code, "Choose each theme once" in refused.content.decode()) == (422, True)
    assert client.post(page, {**form, "theme_2": theme("transition").pk}).status_code == 302
    review.refresh_from_db()
    assert (review.theme_1.code, review.theme_2.code, review.theme_3) == ("neglect", "transition", None)
