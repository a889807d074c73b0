"""Hazard 17: a dead address, a leaver, an ended contact ask "who replaces them?", of both sides, until answered."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from chasing.models import Letter
from chasing.replacing import who_replaces
from providers.models import Contact, PostHolder
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.posts import PostFactory, held_post
from tests.factories.providers import CommissionerFactory, ContactFactory, posted, provider_of

pytestmark = pytest.mark.django_db


def a_dead_letter(contact, **fields):
    return Letter.objects.create(
        kind="digest", dedupe_key=f"dead {contact.pk} {fields}", to_contact=contact, organisation=contact.organisation,
        not_before=timezone.now(), state="dead", problem="550 no such user", **fields,
    )  # fmt: skip


@pytest.fixture
def place():
    here = CommissionerFactory()
    home = provider_of(here, name="Canary Lodge")
    contact = ContactFactory(organisation=home, name="Asha Rowe", verified_on=timezone.localdate() - timedelta(days=9))
    return here, home, contact


def asked(home):
    return [(each.about, each.why.split(":")[0]) for each in who_replaces([home.pk], on=timezone.localdate())]


def test_hazard_17_a_letter_that_was_given_up_asks_both_sides_until_the_lead_answers(place, sign_in):
    here, home, contact = place
    elsewhere = ContactFactory(organisation=provider_of(CommissionerFactory()), name="Somebody Else")
    for each in (contact, elsewhere):
        a_dead_letter(each)
    lead, analyst = someone("PL", home), someone("QA", here)
    page = sign_in(analyst).get(reverse("oversight:replacement-list"))
    assert [each.contact for each in page.context["page"]] == [contact]
    client = sign_in(lead)
    edit = reverse("providers:contact-edit", args=[contact.reference])
    for url in (reverse("oversight:replacement-list"), reverse("assurance:provider-home")):
        text = client.get(url).content.decode()
        assert (edit in text, "Somebody Else" in text) == (True, False)
    client.post(edit, posted(client.get(edit), name="Bo Lind", email="bo@example.nhs.uk", checked=True))
    assert asked(home) == []


def test_a_letter_from_before_the_last_check_asks_nothing(place):
    _, home, contact = place
    letter = a_dead_letter(contact)
    Letter.objects.filter(pk=letter.pk).update(created_at=timezone.now() - timedelta(days=30))
    assert asked(home) == []
    Letter.objects.filter(pk=letter.pk).update(created_at=timezone.now(), state="sent", sent_at=timezone.now())
    assert asked(home) == []


def test_somebody_whose_access_has_ended_is_asked_about_and_a_new_holder_answers(place, sign_in):
    _here, home, _contact = place
    person = someone("PL", home, name="Asha Rowe")
    holder = held_post(home)
    PostHolder.objects.filter(pk=holder.pk).update(user=person)
    assert asked(home) == []
    Membership.objects.filter(user=person).update(ends_on=timezone.localdate())
    assert asked(home) == [
        ("Asha Rowe, Named nurse, safeguarding children",
         "Their access to this portal has ended, and they are still recorded in the post."),
    ]  # fmt: skip
    neighbour = someone("DP", CommissionerFactory())
    elsewhere = held_post(home, "Works Next Door", kind="", title="Adviser")
    PostHolder.objects.filter(pk=elsewhere.pk).update(user=neighbour)
    assert len(asked(home)) == 1
    Membership.objects.filter(user=neighbour).update(ends_on=timezone.localdate())
    assert [about for about, _ in asked(home)] == [
        "Asha Rowe, Named nurse, safeguarding children", "Works Next Door, Adviser",
    ]  # fmt: skip
    PostHolder.objects.filter(pk=elsewhere.pk).update(ends_on=timezone.localdate())
    client, fill = sign_in(someone("PL", home)), reverse("providers:post-fill", args=[holder.post.reference])
    client.post(fill, posted(client.get(fill), name="Bo Lind", starts_on=timezone.localdate()))
    assert asked(home) == []


def test_an_ended_contact_and_a_leaver_who_still_gets_letters_are_asked_about(place):
    _, home, contact = place
    holder = held_post(home)
    today = timezone.localdate()
    Contact.objects.filter(pk=contact.pk).update(ended_on=today)
    PostHolder.objects.filter(pk=holder.pk).update(contact=contact)
    assert asked(home)[0][1] == "Their contact has ended, and they are still recorded in the post."
    Contact.objects.filter(pk=contact.pk).update(ended_on=None, receives_reminders=True)
    PostHolder.objects.filter(pk=holder.pk).update(ends_on=today)
    assert asked(home)[0][1] == "They have left the post, and letters still go to their address."


@pytest.mark.django_db(transaction=True)
def test_of_two_who_fill_a_post_at_once_one_is_told_and_nothing_typed_is_lost(sign_in):
    home = provider_of(CommissionerFactory())
    post = PostFactory(organisation=home)
    fill, sent = reverse("providers:post-fill", args=[post.reference]), []
    for name in ("Asha Rowe", "Bo Lind"):
        client = sign_in(someone("PL", home))
        sent.append((client, posted(client.get(fill), name=name, starts_on=timezone.localdate())))
    doings = [lambda client=client, data=data: client.post(fill, data).status_code for client, data in sent]
    assert list(both(*doings)) == [302, 422]
    assert PostHolder.objects.filter(post=post).count() == 1
