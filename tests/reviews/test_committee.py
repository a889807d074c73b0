"""The committee paper: counts of every review, small numbers hidden in public, and plans of one's own reviews only."""

import subprocess
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.capabilities import Role
from design.calendar import london_date
from exports.models import Export
from reviews.committee import Committee
from reviews.models import ReviewRead, ReviewTheme
from tests.factories.accounts import someone
from tests.factories.providers import provider_of
from tests.factories.reviews import AT, a_part, a_recommendation, a_review

pytestmark = pytest.mark.django_db
ON = london_date(AT)
WHERE = "/reviews/committee/"


def text_of(content: bytes) -> str:
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(told.stdout.decode().split())


def paper(commissioner: Any, maker: Any) -> Committee:
    return Committee(commissioner, maker, ON + timedelta(days=7), ON)


def test_part_1_hides_small_numbers_and_lists_what_is_published(commissioner: Any, two: Any) -> None:
    theme = ReviewTheme.objects.filter(commissioner=None)[0]
    for kind, n in (("sar", 6), ("dhr", 2), ("learning", 7)):
        for _ in range(n):
            a_review(commissioner, *two, kind=kind, theme_1=theme if kind == "sar" else None)
    read, embargoed = (
        a_review(commissioner, *two, kind="dhr", link=f"https://board.example/{n}", embargo_until=until)
        for n, until in ((1, None), (2, ON + timedelta(days=1)))
    )
    for review in (read, embargoed):
        review.record("published", on=ON - timedelta(days=3), by=two[0], at=AT)
    said = paper(commissioner, someone(Role.AUDITOR, commissioner))
    assert [review.pk for review in said.published] == [read.pk]
    # The one that is listed is not counted beside it; the three others of its kind are hidden, and a ring with them.
    rows = {label: (list(numbers), total) for label, numbers, total in said.public_counts.rows}
    assert rows["Domestic Homicide Review"] == ([None, 0, 0, 0], None)
    assert [total for _, total in rows.values()].count(None) == 2
    assert said.counts.total == 17
    assert said.themes == [(theme.label, 6)]


def test_part_2_says_of_reviews_of_others_no_more_than_how_many(commissioner: Any, two: Any) -> None:
    mine = a_review(commissioner, *two)
    asked = a_recommendation(
        mine, text="Train everybody", commissioning_implication=True, implication="Change the contract"
    )
    a_part(asked, provider_of(commissioner, name="Oak Trust"), due_on=ON - timedelta(days=3))
    others = [a_review(commissioner) for _ in range(2)]
    a_part(a_recommendation(others[0], text="CANARY"), provider_of(commissioner))
    said = paper(commissioner, two[0])
    assert ([review.pk for review in said.clocks], said.without_clocks, said.without_content) == ([mine.pk], 2, 2)
    assert [(each.text, str(each.overall)) for each in said.recommendations] == [
        ("Train everybody", "Overdue: Oak Trust (0 of 1 part verified)")
    ]
    assert [each.implication for each in said.implications] == ["Change the contract"]
    assert (said.counts.total, dict(said.ages)["Not past the original date"]) == (3, 1)
    # The director has reference and clocks of each, and of the plans nothing.
    director = paper(commissioner, someone(Role.DIRECTOR_OF_NURSING, commissioner))
    assert ({review.pk for review in director.clocks}, director.without_clocks) == (
        {mine.pk, *(review.pk for review in others)}, 0,
    )  # fmt: skip
    assert (director.recommendations, director.without_content) == ([], 3)


def test_the_files_say_so_and_taking_one_out_is_a_look(commissioner: Any, two: Any, sign_in: Any) -> None:
    mine, other = a_review(commissioner, *two, pseudonym="Adult Fern"), a_review(commissioner, pseudonym="CANARY")
    a_recommendation(other, text="CANARY")
    a_recommendation(mine, text="Train everybody")
    client = sign_in(two[0])
    asked = f"?for={commissioner.reference}&on=2026-12-01"
    assert "that you are named on" in client.get(f"{WHERE}{asked}").content.decode()
    answer = client.get(f"{WHERE}part-2/{asked}")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="reviews-part-2-2026-12-01.pdf"')
    words = text_of(answer.content)
    assert (mine.reference in words, other.reference in words, "CANARY" in words) == (True, False, False)
    assert "1 review that" in words
    assert "Train everybody" in words
    assert [(look.review, look.taken_away) for look in ReviewRead.objects.all()] == [(mine, True)]
    assert Export.objects.get().title == "Reviews: Part 2 (private)"
    words = text_of(client.get(f"{WHERE}part-1/{asked}").content)
    assert {each in words for each in (mine.reference, other.reference, "Adult Fern", "Train everybody")} == {False}
    assert "1 December 2026" in words
    assert ReviewRead.objects.count() == 1


def test_who_may_not_read_reviews_has_no_part_2(commissioner: Any, sign_in: Any) -> None:
    a_review(commissioner)
    manager = sign_in(someone(Role.CONTRACT_MANAGER, commissioner))
    assert manager.get(f"{WHERE}part-1/").status_code == 200
    assert "Part 2" not in manager.get(WHERE).content.decode()
    assert manager.get(f"{WHERE}part-2/").status_code == 404
    lead = sign_in(someone(Role.PROVIDER_LEAD, provider_of(commissioner)))
    assert {lead.get(f"{WHERE}{part}").status_code for part in ("", "part-1/", "part-2/")} == {404}
    assert date(2026, 11, 18) == ON
