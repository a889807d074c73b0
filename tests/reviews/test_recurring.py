"""Recurring themes: the same numbers for everybody who may count, in words, and no review or provider named."""

from datetime import date
from typing import Any

import pytest
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from accounts.capabilities import Role
from reviews.models import Review, ReviewTheme
from reviews.recurring import ordinal, sentence
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import AT, a_part, a_recommendation, a_review

PAGE = "/reviews/themes/"
CARE_ACT = {
    "physical-abuse", "sexual-abuse", "psychological-abuse", "financial-abuse", "neglect", "self-neglect",
    "discriminatory-abuse", "organisational-abuse", "modern-slavery", "domestic-abuse",
}  # fmt: skip


@pytest.mark.parametrize(
    ("years", "each_of", "said"),
    [
        ([], [], ""),
        ([2021], [1, 1], ""),
        ([2021, 2019], [1, 1], "Second recommendation on professional curiosity since 2019."),
        ([2019, 2020, 2020, 2023], [2, 2, 1],
         "Fourth recommendation on professional curiosity since 2019; two providers twice."),
        ([2019] * 5, [5, 3, 2], "Fifth recommendation on professional curiosity since 2019; one provider five times; "
         "one provider three times; one provider twice."),
        ([2018] * 21, [11], "21st recommendation on professional curiosity since 2018; one provider 11 times."),
    ],
)  # fmt: skip
def test_a_theme_is_said_in_one_sentence(years: list[int], each_of: list[int], said: str) -> None:
    assert sentence("Professional curiosity", years, each_of) == said


@given(st.lists(st.integers(2010, 2030), max_size=40), st.lists(st.integers(1, 40), max_size=20))
def test_a_sentence_begins_with_how_many_and_never_speaks_of_providers_with_one(
    years: list[int], each_of: list[int]
) -> None:
    said = sentence("Neglect", years, each_of)
    if len(years) < 2:
        assert said == ""
    else:
        assert said.lower().startswith(f"{ordinal(len(years))} recommendation on neglect since {min(years)}")
        assert said.count("provider") == len({n for n in each_of if n > 1})
        assert "once" not in said


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.mark.django_db
def test_everybody_who_may_count_sees_the_same_and_nothing_of_a_review(
    sign_in: Any, commissioner: Any, two: Any
) -> None:
    themes = {each.code: each for each in ReviewTheme.objects.filter(commissioner=None)}
    assert set(themes) >= CARE_ACT
    curious, slavery = themes["professional-curiosity"], themes["modern-slavery"]
    house = provider_of(commissioner, name="Canary House")
    for n, day in enumerate((date(2024, 3, 1), date(2026, 2, 1))):
        more = {"theme_1": curious, "theme_2": slavery, "referred_on": day, "kind": "sar" if n else "dhr"}
        review = a_review(commissioner, *two, pseudonym="Larch", **more)
        a_part(a_recommendation(review, text="Canary recommendation", themes=[curious]), house)
    a_review(commissioner, theme_1=curious, referred_on=date(2025, 1, 1))
    a_review(CommissionerFactory(), theme_1=themes["neglect"])
    pages = [sign_in(each).get(PAGE) for each in (two[0], someone(Role.CONTRACT_MANAGER, commissioner))]
    for response in pages:
        lines = {line.words: (line.total, line.kinds) for line in response.context["found"].lines}
        assert lines == {"Professional curiosity": (3, "SAR 2, DHR 1"), "Modern slavery": (2, "DHR 1, SAR 1")}
        said = text(response)
        assert "Second recommendation on professional curiosity since 2024; one provider twice." in said
        assert [word in said for word in ("Larch", "Canary", "Neglect and acts")] == [False] * 3
        assert ("<svg" in response.content.decode(), "<desc" in response.content.decode()) == (True, True)
    only = sign_in(two[0]).get(PAGE, {"of": "recommendations", "kind": "dhr"}).context["found"]
    assert [(line.words, line.total) for line in only.lines] == [("Professional curiosity", 1)]
    assert "Nothing fits the filter" in text(sign_in(two[0]).get(PAGE, {"kind": "scr"}))
    assert sign_in(someone(Role.PROVIDER_LEAD, house)).get(PAGE).status_code == 404


@pytest.mark.django_db
def test_three_hundred_reviews_are_counted_in_few_statements(
    sign_in: Any, commissioner: Any, two: Any, django_assert_max_num_queries: Any
) -> None:
    themes = list(ReviewTheme.objects.filter(commissioner=None))
    for n in range(300):
        Review.objects.register(
            "sar", commissioner=commissioner, people=list(two), reason="Oversees it", by=two[0], at=AT,
            referred_on=date(2019 + n % 8, 5, 1), pseudonym=f"Adult {n}", theme_1=themes[n % len(themes)],
        )  # fmt: skip
    client = sign_in(two[0])
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
