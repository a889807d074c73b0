"""Invitations: who may invite whom to what, and what following the link does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.capabilities import Role
from accounts.models import Invitation, Membership, User
from chasing.models import Letter
from tests.factories.accounts import InvitationFactory, MembershipFactory, UserFactory, someone
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db
PASSWORD = "three unconnected llamas"


@pytest.fixture
def commissioner():
    return CommissionerFactory()


@pytest.fixture
def provider(commissioner):
    return provider_of(commissioner)


@pytest.fixture
def admin(commissioner):
    return someone(Role.SYSTEM_ADMINISTRATOR, commissioner)


@pytest.fixture
def lead(provider):
    return someone(Role.PROVIDER_LEAD, provider)


def invite(client, organisation, role="PC", **fields):
    given = {
        "name": "New Person", "email": "New@Example.nhs.uk", "role": role, "organisation": organisation.reference,
        "reason": "Joins the team",
    } | fields  # fmt: skip
    return client.post("/people/invitations/new/", given)


def test_an_administrator_invites_and_a_letter_is_written(sign_in, admin, provider):
    answer = invite(sign_in(admin), provider)
    assert answer.url == "/people/invitations/"
    made = Invitation.objects.get()
    assert (made.email, made.role, made.organisation, made.invited_by) == ("new@example.nhs.uk", "PC", provider, admin)
    assert Letter.objects.get(kind="invitation").about == {"invitation": made.pk}


def test_a_provider_lead_invites_to_their_own_organisation_and_at_most_as_lead(sign_in, lead, provider, commissioner):
    client = sign_in(lead)
    other = provider_of(commissioner)
    assert invite(client, provider, "PL").status_code == 302
    assert invite(client, provider, "QA", email="x@example.nhs.uk").status_code == 422
    assert invite(client, other, "PC", email="y@example.nhs.uk").status_code == 422
    assert list(Invitation.objects.values_list("role", "organisation")) == [("PL", provider.pk)]


def test_nobody_else_invites(sign_in, commissioner, provider):
    for role, organisation in ((Role.QUALITY_ANALYST, commissioner), (Role.PROVIDER_CONTRIBUTOR, provider)):
        assert invite(sign_in(someone(role, organisation)), provider).status_code == 404
    assert not Invitation.objects.exists()


def test_an_administrator_cannot_invite_into_another_commissioner_or_its_providers(sign_in, admin):
    neighbour = CommissionerFactory()
    theirs = provider_of(neighbour)
    client = sign_in(admin)
    assert invite(client, neighbour, "QA").status_code == 422
    assert invite(client, theirs).status_code == 422
    assert not Invitation.objects.exists()


def test_a_commissioner_role_belongs_to_a_commissioner_and_a_professional_has_a_strand(
    sign_in, admin, commissioner, provider
):
    client = sign_in(admin)
    page = invite(client, provider, "QA")
    assert page.context["form"].errors["organisation"] == [
        "This role belongs to a commissioner: choose the commissioner"
    ]
    page = invite(client, commissioner, "DP")
    assert page.context["form"].errors["strands"] == ["Choose at least one strand for a designated professional"]
    assert invite(client, commissioner, "DP", strands=["adults"]).status_code == 302
    assert Invitation.objects.get().strands == ["adults"]


def test_the_same_role_is_not_offered_twice(sign_in, admin, provider):
    client = sign_in(admin)
    invite(client, provider)
    again = invite(client, provider)
    assert again.status_code == 422
    assert "has been invited to this role already" in again.content.decode()
    assert Invitation.objects.count() == 1


def test_the_same_form_sent_twice_invites_once(sign_in, admin, provider):
    client = sign_in(admin)
    token = "1b4e28ba-2fa1-4d2a-8c2f-0a5d2c1e7b11"
    first = invite(client, provider, form_token=token)
    second = invite(client, provider, form_token=token)
    assert (first.url, second.url) == ("/people/invitations/", "/people/invitations/")
    assert Invitation.objects.count() == 1
    assert Letter.objects.filter(kind="invitation").count() == 1


def made_for(organisation, by, role="PC", **fields):
    now = timezone.now()
    fields = {"invited_at": now, "expires_at": now + timedelta(days=14)} | fields
    made = InvitationFactory(organisation=organisation, invited_by=by, role=role, **fields)
    return made, f"/invitation/{tokens.make_invitation_token(made)}/"


def test_somebody_new_joins_with_a_name_and_a_password_and_is_sent_to_the_second_step(client, admin, provider):
    made, url = made_for(provider, admin)
    assert provider.name in client.get(url).content.decode()
    answer = client.post(url, {"name": "Nia New", "password": PASSWORD})
    assert answer.status_code == 302
    person = User.objects.get(email=made.email)
    assert (person.name, person.state) == ("Nia New", "active")
    held = Membership.objects.get(user=person)
    assert (held.role, held.organisation, held.granted_by) == ("PC", provider, admin)
    assert Membership.objects.live().filter(pk=held.pk).exists()
    assert client.get("/").url == "/account/second-step/"


def test_a_commissioner_role_waits_after_accepting(client, admin, commissioner):
    made, url = made_for(commissioner, admin, "QA")
    client.post(url, {"name": "Quin New", "password": PASSWORD})
    held = Membership.objects.get(user__email=made.email)
    assert held.confirmed_at is None
    assert not Membership.objects.live().filter(pk=held.pk).exists()


def test_an_existing_person_accepts_signed_in_as_themself_only(sign_in, admin, provider, commissioner):
    person = someone(Role.PROVIDER_CONTRIBUTOR, provider_of(commissioner))
    made, url = made_for(provider, admin, email=person.email)
    stranger = sign_in(UserFactory())
    assert "Sign in to accept" in Client().get(url).content.decode()
    assert stranger.post(url).status_code == 200  # shows how to accept, does nothing
    assert not Membership.objects.filter(organisation=provider).exclude(user=admin).exists()
    assert sign_in(person).post(url).url == "/account/"
    assert Membership.objects.live().filter(user=person, organisation=provider, role="PC").count() == 1
    made.refresh_from_db()
    assert made.accepted_by == person


def test_used_withdrawn_and_expired_are_gone_and_a_guess_is_not_found(client, admin, provider):
    used, used_url = made_for(provider, admin)
    client.post(used_url, {"name": "Nia", "password": PASSWORD})
    withdrawn, withdrawn_url = made_for(provider, admin)
    withdrawn.withdraw(by=admin, at=timezone.now())
    _, expired_url = made_for(
        provider, admin, invited_at=timezone.now() - timedelta(days=15), expires_at=timezone.now() - timedelta(days=1)
    )
    fresh = Client()
    pages = [fresh.get(url) for url in (used_url, withdrawn_url, expired_url, "/invitation/guessed/")]
    assert [page.status_code for page in pages] == [410, 410, 410, 404]
    texts = [page.content.decode() for page in pages]
    assert all("This invitation does not work" in text for text in texts)
    assert not any(used.email in text or provider.name in text for text in texts)


def test_sent_again_has_a_new_link_and_the_old_one_stops(sign_in, admin, provider):
    made, old_url = made_for(provider, admin, expires_at=timezone.now() - timedelta(days=1),
                             invited_at=timezone.now() - timedelta(days=15))  # fmt: skip
    assert sign_in(admin).post(f"/people/invitations/{made.reference}/send-again/").status_code == 302
    made.refresh_from_db()
    assert made.state(at=timezone.now()) == "open"
    assert Client().get(old_url).status_code == 404
    assert Client().get(f"/invitation/{tokens.make_invitation_token(made)}/").status_code == 200
    assert Letter.objects.filter(kind="invitation").count() == 1


def test_withdrawing_twice_is_refused(sign_in, admin, provider):
    made, _ = made_for(provider, admin)
    client = sign_in(admin)
    url = f"/people/invitations/{made.reference}/withdraw/"
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409


def test_an_ended_account_comes_back_by_invitation_with_a_new_password(client, admin, provider, at):
    person = UserFactory()
    person.disable(by=admin, at=at)
    _, url = made_for(provider, admin, email=person.email)
    client.post(url, {"name": person.name, "password": PASSWORD})
    person.refresh_from_db()
    assert person.state == "active"
    assert person.check_password(PASSWORD)


def test_one_person_cannot_join_the_other_side(sign_in, admin, commissioner, lead):
    made, url = made_for(commissioner, admin, "QA", email=lead.email)
    assert sign_in(lead).post(url).status_code == 410
    made.refresh_from_db()
    assert made.accepted_at is None
    assert Membership.objects.filter(user=lead).count() == 1


def test_the_list_shows_open_ones_of_mine_only(sign_in, admin, lead, provider, commissioner):
    mine, _ = made_for(provider, admin)
    other, _ = made_for(provider_of(commissioner), admin)
    staff, _ = made_for(commissioner, admin, "QA")
    theirs, _ = made_for(provider_of(CommissionerFactory()), admin)
    shown = {row.pk for row in sign_in(admin).get("/people/invitations/").context["invitations"]}
    assert shown == {mine.pk, other.pk, staff.pk}
    assert {row.pk for row in sign_in(lead).get("/people/invitations/").context["invitations"]} == {mine.pk}
    for foreign in (other, staff, theirs):
        assert sign_in(lead).post(f"/people/invitations/{foreign.reference}/send-again/").status_code == 404


def test_a_lead_of_the_commissioners_own_services_does_not_reach_its_staff(sign_in, commissioner, admin):
    own_lead = someone(Role.PROVIDER_LEAD, commissioner)
    staff, _ = made_for(commissioner, admin, "QA")
    held = MembershipFactory(organisation=commissioner, role=Role.DIRECTOR_OF_NURSING)
    client = sign_in(own_lead)
    assert client.post(f"/people/invitations/{staff.reference}/send-again/").status_code == 404
    assert client.post(f"/people/roles/{held.reference}/end/").status_code == 404
    assert client.get(f"/people/{held.user.reference}/").status_code == 404
    assert client.get(f"/people/{own_lead.reference}/").status_code == 200


def test_an_administrator_needs_a_longer_password(client, admin, commissioner, provider):
    short = "thirteen char"
    _, url = made_for(provider, admin)
    assert Client().post(url, {"name": "Nia", "password": short}).status_code == 302
    _, url = made_for(commissioner, admin, "SA")
    page = client.post(url, {"name": "Nia", "password": short})
    assert page.context["form"].errors["password"] == ["Your role needs a password of at least 15 characters."]
