"""What the database refuses, whoever asks, and what passwords and secrets look like in it."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import get_hasher
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.capabilities import Role
from accounts.models import Membership, SignInEvent
from tests.factories.accounts import UserFactory, someone, with_sign_in
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db
INSERT = """
    INSERT INTO accounts_membership
        (reference, user_id, organisation_id, role, side, strands, starts_on, reason, version)
    VALUES (%s, %s, %s, %s, %s, '{}', '2020-04-01', '', 1)
"""


def run(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def commissioner():
    return CommissionerFactory()


def test_raw_sql_cannot_put_both_sides_into_one_person(commissioner):
    person = someone(Role.AUDITOR, commissioner)
    provider = provider_of(commissioner)
    with pytest.raises(IntegrityError, match="membership_one_side"):
        run(INSERT, "B" * 10, person.pk, provider.pk, "PL", "provider")
    assert person.memberships.count() == 1


def test_raw_sql_cannot_call_a_provider_role_the_commissioners(commissioner):
    person = UserFactory()
    with pytest.raises(IntegrityError, match="membership_side_fits_role"):
        run(INSERT, "B" * 10, person.pk, commissioner.pk, "PL", "commissioner")
    assert not person.memberships.exists()


def test_raw_sql_cannot_let_the_proposer_confirm(commissioner):
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner)
    held = someone(Role.AUDITOR, commissioner).memberships.get()
    with pytest.raises(IntegrityError, match="membership_second_person"):
        run("UPDATE accounts_membership SET granted_by_id = %s, confirmed_by_id = %s WHERE id = %s",
            admin.pk, admin.pk, held.pk)  # fmt: skip
    assert Membership.objects.get(pk=held.pk).granted_by is None


@pytest.mark.parametrize("sql", ["UPDATE accounts_signinevent SET kind = 'x'", "DELETE FROM accounts_signinevent"])
def test_what_happened_at_sign_in_is_never_rewritten(sql, at):
    SignInEvent.objects.create(user=UserFactory(), kind=SignInEvent.Kind.SIGNED_IN, at=at)
    with pytest.raises(DatabaseError, match="permission denied"):
        run(sql)
    assert SignInEvent.objects.count() == 1


def test_people_and_roles_are_never_deleted(commissioner):
    person = someone(Role.AUDITOR, commissioner)
    for table in ("accounts_user", "accounts_membership", "accounts_circlemember", "accounts_declaredinterest"):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(f"DELETE FROM {table}")
    assert person.memberships.count() == 1


def test_names_and_addresses_stay_out_of_history(commissioner):
    person = someone(Role.AUDITOR, commissioner, name="Canary Name", email="canary@example.nhs.uk")
    person.name = "Canary Renamed"
    person.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(e::text, ' '), '') FROM accounts_userevent e")
        kept = cursor.fetchone()[0]
    assert person.reference in kept
    assert "anary" not in kept


def test_passwords_cost_46_mebibytes_one_pass():
    person = UserFactory()
    with_sign_in(person)
    assert person.password.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")
    assert get_hasher().must_update(person.password) is False


def test_secrets_of_second_steps_are_kept_encrypted():
    person = UserFactory()
    secret = with_sign_in(person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [person.pk])
        kept = cursor.fetchone()[0]
    assert secret not in kept
    assert Authenticator.objects.get(user=person).wrap().instance.data["secret"].startswith("gAAAA")
