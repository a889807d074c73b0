"""What the database and the questions of posts say: one holder at a time, vacancies, the rules of their day."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.capabilities import Can
from providers.models import Post, PostHolder, PostRule, RegulatorRating
from providers.models.post_rules import asked_of
from tests.factories.posts import PostFactory, PostHolderFactory, RegulatorRatingFactory, held_post
from tests.factories.providers import CategoryFactory, ContactFactory, SiteFactory

ON = date(2026, 6, 1)


def refused(make):
    with pytest.raises(IntegrityError) as problem, transaction.atomic():
        make()
    return problem.value.__cause__.diag.constraint_name


def test_a_post_is_held_by_one_person_at_a_time_and_covered_by_one_more(places):
    asha = held_post(places.ours)
    post = asha.post
    assert refused(lambda: PostHolderFactory(post=post, starts_on=ON)) == "post_holder_one_at_a_time"
    PostHolderFactory(post=post, part="cover", name="Bo Lind", starts_on=ON)
    assert refused(lambda: PostHolderFactory(post=post, part="cover", starts_on=ON)) == "post_holder_one_at_a_time"
    asha.leave(last_day=date(2026, 6, 30), expected=1, stop_letters=True, on=ON)
    assert PostHolderFactory(post=post, name="Cy Marr", starts_on=date(2026, 7, 1)).post == post


def test_raw_rows_cannot_be_impossible(places):
    post = held_post(places.ours).post
    same = {"organisation": places.ours, "kind": post.kind, "title": post.title, "starts_on": ON}
    assert refused(lambda: Post.objects.create(**same)) == "post_once"
    assert Post.objects.create(**same, part="job share, Thursdays").pk
    assert refused(lambda: PostFactory(organisation=places.ours, part="x", ends_on=date(2019, 1, 1))) == (
        "post_ends_after_start"
    )
    assert refused(lambda: PostFactory(organisation=places.ours, part="x", wte=-1)) == "post_wte_is_possible"
    assert refused(lambda: Post.objects.filter(pk=post.pk).update(line_manager=post)) == "post_answers_to_another"
    assert (
        refused(lambda: PostHolderFactory(post=post, starts_on=date(2030, 1, 1), ends_on=date(2029, 1, 1)))
        == "post_holder_ends_after_start"
    )


@pytest.mark.parametrize("what", ["post", "contact", "site"])
def test_a_link_to_another_body_is_impossible(places, what):
    def make():
        if what == "post":
            PostHolderFactory(post=PostFactory(organisation=places.ours), organisation=places.theirs)
        elif what == "contact":
            PostHolderFactory(
                post=PostFactory(organisation=places.ours), contact=ContactFactory(organisation=places.theirs)
            )
        else:
            RegulatorRatingFactory(organisation=places.ours, site=SiteFactory(organisation=places.theirs))
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused(make).endswith("_whose")


def test_vacancies_say_since_when_and_leave_out_what_is_held(places):
    held = held_post(places.ours)
    left = held_post(places.ours, "Left", kind="adults_lead", title="Safeguarding adults lead")
    left.leave(last_day=date(2026, 4, 30), expected=1, stop_letters=True, on=ON)
    never = PostFactory(organisation=places.theirs, kind="mca_lead", title="MCA lead", starts_on=date(2025, 9, 1))
    PostHolderFactory(post=never, part="cover", name="Someone near", starts_on=date(2026, 1, 1))
    rows = Post.objects.vacancies(on=ON)
    assert [(row.pk, row.vacant_since, row.cover_name) for row in rows] == [
        (never.pk, date(2025, 9, 1), "Someone near"),
        (left.post.pk, date(2026, 5, 1), ""),
    ]
    assert [row.holder_name for row in Post.objects.as_on(ON).filter(pk=held.post.pk)] == ["Asha Rowe"]
    assert not Post.objects.vacancies(on=date(2020, 3, 31)).exists()


def test_posts_are_seen_with_their_organisation(places):
    mine, other = held_post(places.ours), held_post(places.theirs)
    assert set(Post.objects.permitted(places.lead, Can.SEE_PROVIDERS)) == {mine.post}
    assert set(PostHolder.objects.permitted(places.neighbour, Can.SEE_PROVIDERS)) == {other}
    assert set(Post.objects.permitted(places.analyst, Can.SEE_PROVIDERS)) == {mine.post}


def test_the_rules_ask_by_category_and_service_and_a_row_of_ones_own_comes_first(places):
    acute = places.ours
    acute.category = CategoryFactory(code="ACUTE")
    rules = PostRule.objects.by_kind(places.here, ON)
    kinds = [rule.kind for rule in asked_of(rules.values(), acute, ())]
    assert "named_midwife" not in kinds
    assert "named_midwife" in [rule.kind for rule in asked_of(rules.values(), acute, {"maternity"})]
    assert kinds[:2] == ["executive_lead", "named_nurse_children"]
    assert "designated_nurse_children" in [rule.kind for rule in asked_of(rules.values(), places.here, ())]
    PostRule.objects.create(
        commissioner=places.here, kind="mca_lead", title="MCA lead", wanted=False, valid_from=date(2026, 4, 1)
    )
    here, there = (PostRule.objects.by_kind(each, ON)["mca_lead"] for each in (places.here, places.there))
    assert (here.wanted, there.wanted, there.title) == (False, True, "MCA and DoLS lead")
    assert "named_midwife" in PostRule.objects.statutory_kinds(places.here, ON)
    assert rules["designated_nurse_children"].required_wte == Decimal(1)


def test_the_newest_rating_is_one_for_the_organisation_and_one_for_each_site(places):
    site = SiteFactory(organisation=places.ours)
    RegulatorRatingFactory(organisation=places.ours, published_on=date(2024, 1, 1), overall="good")
    worse = RegulatorRatingFactory(organisation=places.ours, overall="inadequate")
    of_site = RegulatorRatingFactory(organisation=places.ours, site=site, overall="outstanding")
    assert set(RegulatorRating.objects.newest()) == {worse, of_site}
    assert worse.is_worse_than(of_site)
    assert not of_site.is_worse_than(worse)
    assert [worse.must_be_checked(day, after_days=40) for day in (date(2026, 3, 15), date(2026, 3, 16))] == [
        False, True,
    ]  # fmt: skip
