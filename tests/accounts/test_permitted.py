"""The one door to every row: own, all, strand, list, interest and cover, each against something that could be seen."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.capabilities import GRANTS, Can, Role, Scope
from actions.models import Action
from assurance.models import StrandReview
from tests.factories.accounts import (
    CircleFactory,
    CircleMemberFactory,
    CoverFactory,
    DeclaredInterestFactory,
    MembershipFactory,
    UserFactory,
    someone,
)
from tests.factories.actions import an_action
from tests.factories.assurance import a_return
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    """Two commissioners with a provider each; an action of each."""
    first, second = CommissionerFactory(), CommissionerFactory()
    mine, theirs = provider_of(first), provider_of(second)
    return first, mine, an_action(first, mine), an_action(second, theirs)


def seen(user, can=Can.SEE_ACTIONS, **more):
    return set(Action.objects.permitted(user, can, **more))


@pytest.mark.parametrize("role", list(Role), ids=[role.value for role in Role])
def test_each_role_reaches_what_the_table_says(ours, role):
    commissioner, provider, action, other = ours
    grant = GRANTS[role].get(Can.SEE_ACTIONS)
    here = someone(role, provider if role.side == "provider" else commissioner, strands=["children"])
    expected = {action} if grant and grant.scope in (Scope.ALL, Scope.OWN) else set()
    assert seen(here) == expected
    assert Action.objects.filter(pk=other.pk).exists()


def test_nobody_signed_in_sees_nothing(ours):
    assert seen(AnonymousUser()) == set()
    assert seen(UserFactory()) == set()


def test_own_organisation_only(ours):
    commissioner, provider, action, _ = ours
    elsewhere = an_action(commissioner, provider_of(commissioner))
    lead = someone(Role.PROVIDER_LEAD, provider)
    assert seen(lead) == {action}
    assert seen(someone(Role.QUALITY_ANALYST, commissioner)) == {action, elsewhere}


def test_a_provider_role_at_one_and_a_reader_elsewhere_do_not_add_up(ours):
    _, provider, action, other = ours
    lead = someone(Role.PROVIDER_LEAD, provider)
    MembershipFactory(user=lead, organisation=other.commissioner, role=Role.NHS_ENGLAND)
    assert seen(lead) == {action}


def test_memberships_count_while_they_hold(ours, on):
    commissioner, *_ = ours
    person = UserFactory()
    held = MembershipFactory(
        user=person, organisation=commissioner, role=Role.AUDITOR, starts_on=on, ends_on=on + timedelta(days=2)
    )
    days = {n: bool(seen(person, on=on + timedelta(days=n))) for n in range(-1, 3)}
    assert days == {-1: False, 0: True, 1: True, 2: False}
    held.confirmed_at = None
    held.save()
    assert seen(person, on=on) == set()


def test_an_ended_account_sees_nothing_though_its_roles_stand(ours, at):
    commissioner, *_ = ours
    person = someone(Role.AUDITOR, commissioner)
    type(person).objects.filter(pk=person.pk).update(is_active=False, disabled_at=at)
    assert seen(person) == set()


def test_a_list_narrows_to_its_people_whatever_their_role(ours, on):
    commissioner, provider, _, _ = ours
    circle = CircleFactory(commissioner=commissioner)
    secret = an_action(commissioner, provider, circle=circle)
    by = someone(Role.DIRECTOR_OF_NURSING, commissioner)
    named, unnamed = (someone(Role.QUALITY_ANALYST, commissioner) for _ in range(2))
    lead = someone(Role.PROVIDER_LEAD, provider)
    CircleMemberFactory(circle=circle, user=named, added_by=by)
    CircleMemberFactory(circle=circle, user=lead, added_by=by, scope="own")
    gone = someone(Role.QUALITY_ANALYST, commissioner)
    CircleMemberFactory(circle=circle, user=gone, added_by=by, ends_on=on)
    holders = {person: secret in seen(person, on=on) for person in (named, unnamed, lead, gone, by)}
    assert holders == {named: True, unnamed: False, lead: True, gone: False, by: False}


def test_own_scope_on_a_list_shows_only_rows_about_the_own_organisation(ours):
    commissioner, provider, _, _ = ours
    circle = CircleFactory(commissioner=commissioner)
    about_me, about_them = (
        an_action(commissioner, organisation, circle=circle) for organisation in (provider, provider_of(commissioner))
    )
    lead = someone(Role.PROVIDER_LEAD, provider)
    CircleMemberFactory(circle=circle, user=lead, added_by=lead, scope="own")
    staff = someone(Role.QUALITY_ANALYST, commissioner)
    CircleMemberFactory(circle=circle, user=staff, added_by=lead, scope="own")
    assert seen(lead) & {about_me, about_them} == {about_me}
    assert seen(staff) & {about_me, about_them} == set()


def test_a_list_without_a_role_opens_nothing(ours):
    commissioner, provider, _, _ = ours
    circle = CircleFactory(commissioner=commissioner)
    an_action(commissioner, provider, circle=circle)
    stranger = someone(Role.QUALITY_ANALYST, CommissionerFactory())
    CircleMemberFactory(circle=circle, user=stranger, added_by=stranger)
    assert seen(stranger) == set()


def test_a_declared_interest_refuses_judging_and_nothing_else(ours, on):
    commissioner, provider, action, _ = ours
    elsewhere = an_action(commissioner, provider_of(commissioner))
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children"])
    DeclaredInterestFactory(user=nurse, organisation=provider, declared_by=nurse, ends_on=on + timedelta(days=1))
    assert seen(nurse, Can.VERIFY_ACTIONS, on=on) == {elsewhere}
    assert seen(nurse, Can.SEE_ACTIONS, on=on) == {action, elsewhere}
    assert seen(nurse, Can.VERIFY_ACTIONS, on=on + timedelta(days=1)) == {action, elsewhere}


def test_cover_lends_the_roles_of_the_absent_but_not_their_freedom_from_interest(ours, on):
    commissioner, provider, action, _ = ours
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children"])
    analyst = someone(Role.QUALITY_ANALYST, commissioner)
    assert seen(analyst, Can.VERIFY_ACTIONS, on=on) == set()
    CoverFactory(absent=nurse, covered_by=analyst, agreed_by=nurse, starts_on=on, ends_on=on + timedelta(days=1))
    assert seen(analyst, Can.VERIFY_ACTIONS, on=on) == {action}
    assert seen(analyst, Can.VERIFY_ACTIONS, on=on + timedelta(days=1)) == set()
    DeclaredInterestFactory(user=analyst, organisation=provider, declared_by=analyst)
    assert seen(analyst, Can.VERIFY_ACTIONS, on=on) == set()


def test_a_strand_limits_judging_and_not_reading(ours):
    assessment = a_return()
    commissioner = assessment.commissioner
    for strand in ("children", "adults"):
        StrandReview.objects.get_or_create(
            self_assessment=assessment, strand=strand,
            defaults={"commissioner": commissioner, "organisation": assessment.organisation},
        )  # fmt: skip
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["adults"])

    def strands(can):
        rows = StrandReview.objects.permitted(nurse, can).filter(self_assessment=assessment)
        return set(rows.values_list("strand", flat=True))

    assert strands(Can.VALIDATE) == {"adults"}
    assert strands(Can.READ_ASSESSMENT) == {"children", "adults"}


def test_permitted_rows_can_be_locked(ours):
    commissioner, _, action, _ = ours
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children"])
    rows = Action.objects.permitted(nurse, Can.VERIFY_ACTIONS)
    assert set(rows.select_for_update(of=("self",))) == {action}
    assert "DISTINCT" not in str(rows.query)
