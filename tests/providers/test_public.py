"""The public pages: what stands on them, that nothing else does, and that the numbers have one source."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from providers.models import PostHolder, Signpost
from providers.public_contacts import address_of
from tests.factories.posts import held_post
from tests.factories.providers import BoardFactory, CommissionerFactory, ContactFactory, PartnershipFactory, posted


@pytest.fixture
def published(places):
    """A front door, a public post with a contact, a post and people that are nobody's business."""
    council = BoardFactory(kind="local_authority", name="Ridgeshire Council")
    PartnershipFactory(board=council, commissioner=places.here, kind="local_authority")
    ContactFactory(
        organisation=council, kind="front_door_children", name="Ridgeshire children’s services",
        telephone="01632 960010", out_of_hours_telephone="01632 960011", verified_on=date(2026, 3, 2),
    )  # fmt: skip
    nurse = held_post(places.here, "Asha Rowe", kind="designated_nurse_children", title="Designated nurse", public=True)
    contact = ContactFactory(organisation=places.here, kind="designated", name="Asha Rowe", telephone="01632 960020")
    PostHolder.objects.filter(pk=nurse.pk).update(contact=contact, verified_on=date(2026, 4, 7))
    held_post(places.here, "Canary Clerk", kind="mca_lead", title="Canary lead")
    held_post(places.ours, "Canary Nurse", public=True)
    return places


def test_anybody_reads_whom_to_ring_and_nothing_else(published):
    response = Client().get(address_of(published.here))
    text = response.content.decode()
    for words in ("999", "01632 960010", "01632 960011", "2 March 2026", "Designated nurse", "Asha Rowe",
                  "01632 960020", "7 April 2026", "Childline", "0800 1111"):  # fmt: skip
        assert words in text
    for words in ("Canary", published.ours.name, "Ours contact"):
        assert words not in text
    assert not response.cookies
    assert (response.headers["Cache-Control"], response.status_code) == ("public, max-age=600", 200)


def test_somebody_who_is_signed_in_gets_a_page_that_nobody_keeps(published, sign_in):
    response = sign_in(published.analyst).get(address_of(published.here))
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")


def test_the_public_chart_names_only_posts_that_are_public(published, sign_in):
    address = address_of(published.here, "public-accountability")
    text = Client().get(address).content.decode()
    assert ("Asha Rowe" in text, "Canary" in text, "<svg" in text, "<desc" in text) == (True, False, True, True)
    staff = sign_in(published.analyst).get(reverse("providers:accountability", args=[published.here.reference]))
    assert "Canary Clerk" in staff.content.decode()


def test_the_address_follows_the_name_and_only_commissioners_have_one(published):
    client, right = Client(), address_of(published.here)
    assert client.get(right.replace("here-ccg", "old-name")).url == right
    assert client.get(right.replace(published.here.reference, published.here.reference.lower())).url == right
    assert client.get(right.replace(published.here.reference, published.ours.reference)).status_code == 404
    gone = CommissionerFactory(name="Gone CCG", closed_on=timezone.localdate())
    assert client.get(address_of(gone)).status_code == 404


def test_the_line_on_every_page_has_its_numbers_from_the_same_place(published, sign_in):
    page = sign_in(published.analyst).get(reverse("providers:capacity-state", args=[published.here.reference]))
    assert "01632 960010" in page.content.decode()
    link = published.here.boards.get()
    link.end(on=timezone.localdate())
    page = sign_in(published.analyst).get(reverse("providers:capacity-state", args=[published.here.reference]))
    assert "01632 960010" not in page.content.decode() + Client().get(address_of(published.here)).content.decode()


def test_the_analyst_puts_a_line_of_ones_own_in_place_and_the_public_page_follows(published, sign_in):
    client, url = sign_in(published.analyst), reverse("providers:signpost", args=["childline"])
    empty = posted(client.get(url), telephone="", website="", commissioner=published.here.pk)
    assert "telephone" in client.post(url, empty).context["form"].errors
    for number in ("01632 960077", "01632 960078"):
        sent = posted(client.get(url), telephone=number, commissioner=published.here.pk, checked=True)
        assert client.post(url, sent).url == reverse("providers:signpost-list")
    text = Client().get(address_of(published.here)).content.decode()
    assert ("01632 960078" in text, "01632 960077" in text, "0800 1111" in text) == (True, False, False)
    add = reverse("providers:signpost-add")
    sent = posted(client.get(add), name="Night café", purpose="Somewhere to go", telephone="01632 960079",
                  commissioner=published.here.pk)  # fmt: skip
    client.post(add, sent)
    assert "Night café" in Client().get(address_of(published.here)).content.decode()
    assert "Night café" not in Client().get(address_of(published.there)).content.decode()
    assert sign_in(published.lead).get(add).status_code == 404


def test_a_commissioners_own_signpost_comes_before_the_shipped_one(published):
    Signpost.objects.create(
        commissioner=published.here, key="childline", name="Our young people’s line", purpose="You are young",
        telephone="01632 960077", valid_from=date(2026, 1, 1), verified_on=date(2026, 2, 3),
    )  # fmt: skip
    Signpost.objects.create(
        commissioner=published.here, key="hourglass", name="-", purpose="-", telephone="0", valid_from=date(2026, 1, 1),
        shown=False,
    )  # fmt: skip
    here, there = (Client().get(address_of(each)).content.decode() for each in (published.here, published.there))
    assert ("Childline" in here, "01632 960077" in here, "Hourglass" in here) == (False, True, False)
    assert ("Childline" in there, "Hourglass" in there) == (True, True)
