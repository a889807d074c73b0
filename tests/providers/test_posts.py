"""Keeping posts by the pages: record, fill, check, leave, cover, close; what is refused and how; who sees what."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from providers.models import Contact, Post, PostHolder, PostRule
from tests.factories.posts import PostFactory, PostHolderFactory, held_post
from tests.factories.providers import CategoryFactory, ContactFactory, posted


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def trust(places):
    places.ours.category = CategoryFactory(code="ACUTE")
    places.ours.save()
    return places.ours


def book(organisation):
    return reverse("providers:post-book", args=[organisation.reference])


def line(page, title):
    return next(each for each in page.context["lines"] if each.title == title)


def test_a_lead_records_a_post_that_is_asked_for_and_who_holds_it(trust, places, sign_in, today):
    client = sign_in(places.lead)
    page = client.get(book(trust))
    assert line(page, "Named nurse, safeguarding children").in_words == "Not known"
    add = reverse("providers:post-add", args=[trust.reference]) + "?kind=named_nurse_children"
    page = client.get(add)
    assert page.context["form"]["kind"].value() == "named_nurse_children"
    answer = client.post(add, posted(page, wte="0.8", hours="30"))
    post = Post.objects.get()
    assert (post.title, post.strand, post.wte) == ("Named nurse, safeguarding children", "children", Decimal("0.8"))
    fill = reverse("providers:post-fill", args=[post.reference])
    assert answer.url == fill
    page = client.get(fill)
    sent = posted(page, name="Asha Rowe", letters="new", email="asha@example.nhs.uk", starts_on=date(2025, 4, 1))
    refused = client.post(fill, {**sent, "starts_on_year": "2019", "form_token": ""})
    assert (refused.status_code, "starts_on" in refused.context["form"].errors) == (422, True)
    post.starts_on = date(2020, 4, 1)
    post.save()
    assert client.post(fill, sent).url == book(trust)
    holder = PostHolder.objects.get()
    contact = Contact.objects.get(name="Asha Rowe")
    assert (holder.contact, contact.kind, contact.receives_reminders) == (contact, "named_nurse", True)
    assert line(client.get(book(trust)), post.title).in_words == "Held"


def test_somebody_else_takes_the_post_and_letters_follow(trust, places, sign_in, today):
    old = ContactFactory(organisation=trust, name="Asha Rowe", kind="named_nurse", receives_reminders=True)
    asha = held_post(trust)
    PostHolder.objects.filter(pk=asha.pk).update(contact=old)
    client, fill = sign_in(places.analyst), reverse("providers:post-fill", args=[asha.post.reference])
    page = client.get(fill)
    assert "Asha Rowe holds this post" in page.content.decode()
    early = client.post(fill, posted(page, name="Bo Lind", starts_on=asha.starts_on))
    assert early.status_code == 422
    assert "Asha Rowe has held this post since 1 April 2021" in early.content.decode()
    client.post(fill, posted(page, name="Bo Lind", starts_on=today, letters="new", telephone="01632 960111"))
    asha.refresh_from_db()
    old.refresh_from_db()
    assert (asha.ends_on, old.ended_on, old.receives_reminders) == (today, today, False)
    assert line(client.get(book(trust)), asha.post.title).holder.name == "Bo Lind"


def test_a_post_held_twice_at_once_is_refused_with_everything_typed_kept(trust, places, sign_in, today):
    asha = held_post(trust)
    PostHolder.objects.filter(pk=asha.pk).update(ends_on=today + timedelta(days=30))
    client, fill = sign_in(places.lead), reverse("providers:post-fill", args=[asha.post.reference])
    answer = client.post(fill, posted(client.get(fill), name="Bo Lind", starts_on=today))
    assert answer.status_code == 422
    assert "Somebody else is in this post" in str(answer.context["form"].errors["starts_on"])
    assert answer.context["form"]["name"].value() == "Bo Lind"
    assert PostHolder.objects.count() == 1


@pytest.mark.parametrize(("wte", "sure", "saved"), [("0", "", 0), ("1.6", "", 0), ("1.6", "on", 1), ("21", "on", 0)])
def test_an_unusual_wte_is_saved_only_when_somebody_says_that_it_is_right(trust, places, sign_in, wte, sure, saved):
    client, add = sign_in(places.lead), reverse("providers:post-add", args=[trust.reference])
    answer = client.post(add, posted(client.get(add + "?kind=mca_lead"), wte=wte, sure=sure or None))
    assert Post.objects.count() == saved
    if not saved:
        assert answer.status_code == 422
        assert "wte" in answer.context["form"].errors


def test_still_right_today_counts_once_and_clears_the_stale_mark(trust, places, sign_in, today):
    asha = held_post(trust)
    client = sign_in(places.lead)
    assert line(client.get(book(trust)), asha.post.title).in_words == "Check out of date"
    verify = reverse("providers:holder-verify", args=[asha.reference])
    assert client.post(verify, {"version": "1"}).status_code == 302
    assert client.post(verify, {"version": "1"}).status_code == 409
    asha.refresh_from_db()
    assert (asha.verified_on, asha.verified_by) == (today, places.lead)
    assert line(client.get(book(trust)), asha.post.title).in_words == "Held"


def test_notice_then_a_last_day_then_a_vacancy_with_its_clock_and_cover(trust, places, sign_in, today):
    asha = held_post(trust, kind="mca_lead", title="MCA and DoLS lead")
    PostHolder.objects.filter(pk=asha.pk).update(verified_on=today)
    client, leave = sign_in(places.lead), reverse("providers:holder-leave", args=[asha.reference])
    empty = client.post(leave, posted(client.get(leave)))
    assert empty.status_code == 422
    before = client.post(leave, posted(client.get(leave), last_day=date(2019, 1, 1)))
    assert "The last day must not be before it" in before.content.decode()
    client.post(leave, posted(client.get(leave), notice_on=today, successor="Bo Lind"))
    shown = line(client.get(book(trust)), asha.post.title)
    assert (shown.in_words, shown.holder.successor) == ("Leaving", "Bo Lind")
    client.post(leave, posted(client.get(leave), last_day=today - timedelta(days=11)))
    cover = reverse("providers:post-cover", args=[asha.post.reference])
    wrong = client.post(cover, posted(client.get(cover), name="Deputy", starts_on=today, last_day=date(2020, 1, 1)))
    assert wrong.status_code == 422
    client.post(cover, posted(client.get(cover), name="Deputy", starts_on=today))
    shown = line(client.get(book(trust)), asha.post.title)
    assert (shown.in_words, shown.days, shown.cover.name) == ("Vacant", 10, "Deputy")
    listed = client.get(reverse("providers:post-list") + "?state=vacant&q=mca").context["page"]
    assert [each.title for each in listed] == ["MCA and DoLS lead"]


def test_a_post_is_closed_only_when_nobody_is_in_it(trust, places, sign_in, today):
    asha = held_post(trust)
    client, close = sign_in(places.lead), reverse("providers:post-close", args=[asha.post.reference])
    assert client.post(close, posted(client.get(close), last_day=today)).status_code == 422
    PostHolder.objects.filter(pk=asha.pk).update(ends_on=today)
    client.post(close, posted(client.get(close), last_day=today - timedelta(days=1)))
    page = client.get(book(trust))
    assert [post.title for post in page.context["closed"]] == ["Named nurse, safeguarding children"]


def test_two_levels_in_one_pair_of_hands_are_a_warning(places, sign_in):
    for kind, title in (("designated_nurse_children", "Designated nurse"), ("designated_nurse_lac", "Designated LAC")):
        held_post(places.here, "Asha Rowe", kind=kind, title=title)
    held_post(places.here, "Asha Rowe", kind="mca_lead", title="MCA lead")
    page = sign_in(places.analyst).get(book(places.here))
    assert [(each.first, each.second) for each in page.context["together"]] == [("Designated nurse", "Designated LAC")]


def test_nobody_answers_to_themselves_by_a_detour(places, sign_in):
    boss = PostFactory(organisation=places.here, kind="", title="Boss")
    clerk = PostFactory(organisation=places.here, kind="", title="Clerk", line_manager=boss)
    client, edit = sign_in(places.analyst), reverse("providers:post-edit", args=[boss.reference])
    answer = client.post(edit, posted(client.get(edit), line_manager=clerk.pk, kind=""))
    assert (answer.status_code, "line_manager" in answer.context["form"].errors) == (422, True)


def test_posts_of_others_are_not_there(trust, places, sign_in):
    mine, other = held_post(trust), held_post(places.theirs, "Canary Person", title="Canary post")
    client = sign_in(places.lead)
    for name, ref in (
        ("post-book", places.theirs.reference), ("post-edit", other.post.reference), ("holder-leave", other.reference),
        ("post-book", places.here.reference),
    ):  # fmt: skip
        assert client.get(reverse(f"providers:{name}", args=[ref])).status_code == 404
    text = client.get(reverse("providers:post-list") + "?state=all").content.decode()
    assert ("Canary" in text, mine.name in text) == (False, True)


def test_the_file_holds_what_the_page_shows(trust, places, sign_in):
    PostFactory(organisation=trust, kind="mca_lead", title="MCA and DoLS lead")
    client = sign_in(places.analyst)
    url = reverse("exports:export-file", args=["posts", "csv"]) + "?q=mca"
    text = client.get(url).content.decode()
    assert "MCA and DoLS lead" in text
    assert "Vacant" in text


def test_a_rule_of_ones_own_holds_from_its_day_and_the_old_one_is_kept(trust, places, sign_in, today):
    client, rule = sign_in(places.analyst), reverse("providers:post-rule", args=["mca_lead"])
    page = client.get(rule)
    client.post(rule, posted(page, commissioner=places.here.pk, categories=["GP"], title="MCA lead", verify_days="90"))
    own = PostRule.objects.get(commissioner=places.here)
    assert (own.valid_from, own.categories, own.verify_days) == (today, ["GP"], 90)
    assert "MCA and DoLS lead" not in [each.title for each in client.get(book(trust)).context["lines"]]
    again = client.post(rule, posted(client.get(rule), commissioner=places.here.pk, categories=["GP"]))
    assert "is set already" in str(again.context["form"].errors["valid_from"])
    nobody = client.post(rule, posted(client.get(rule), commissioner=places.here.pk, categories=[]))
    assert "categories" in nobody.context["form"].errors
    assert "MCA lead" in client.get(reverse("providers:post-rules")).content.decode()
    assert client.get(reverse("providers:post-rule", args=["no-such"])).status_code == 404


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_many(
    trust, places, sign_in, django_assert_num_queries
):
    client, url = sign_in(places.analyst), reverse("providers:post-list") + "?state=all"
    held_post(trust)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for organisation in (trust, places.shared, places.here):
        for n in range(4):
            PostHolderFactory(post=PostFactory(organisation=organisation, kind=f"other{n}", title=f"Other {n}"))
    with django_assert_num_queries(len(one)):
        client.get(url)


def test_somebody_known_covers_a_post_and_keeps_their_own_contact_when_the_cover_ends(trust, places, sign_in, today):
    held = held_post(trust)
    deputy = ContactFactory(organisation=trust, name="Dee Putty", kind="named_nurse")
    client = sign_in(places.lead)
    cover = reverse("providers:post-cover", args=[held.post.reference])
    page = client.get(cover)
    nobody = client.post(cover, posted(page, starts_on=today, name=""))
    assert (nobody.status_code, list(nobody.context["form"].errors)) == (422, ["name"])
    account = f"account:{places.lead.pk}"
    assert account in dict(page.context["form"].fields["known"].choices)
    assert client.post(cover, posted(page, starts_on=today, known=f"contact:{deputy.reference}")).url == book(trust)
    covering = PostHolder.objects.get(part="cover")
    assert (covering.name, covering.contact) == ("Dee Putty", deputy)
    leave = reverse("providers:holder-leave", args=[covering.reference])
    page = client.get(leave)
    assert "Dee Putty no longer covers" in page.content.decode()
    assert page.context["form"].fields["last_day"].label == "Last day of the cover"
    assert client.post(leave, posted(page, last_day=today)).url == book(trust)
    deputy.refresh_from_db()
    assert (covering.post.times.get(part="cover").last_day, deputy.ended_on) == (today, None)
