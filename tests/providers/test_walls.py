"""What raw SQL meets, what two people at once meet, and dated rules and contracts for any dates."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from chasing.models import Ladder
from providers import shipped
from providers.models import Arrangement, Category, Organisation, PostRule, ServiceQuestion, Signpost
from tests.factories.accounts import someone
from tests.factories.providers import (
    ArrangementFactory,
    CommissionerFactory,
    ContactFactory,
    OrganisationFactory,
    PartnershipFactory,
    posted,
    provider_of,
)

days = st.dates(date(2024, 1, 1), date(2024, 2, 10))
spans = st.tuples(days, st.one_of(st.none(), days)).filter(lambda s: s[1] is None or s[1] > s[0])


def refused(statement, *values):
    with pytest.raises(IntegrityError) as problem, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return problem.value.__cause__.diag.constraint_name


ARRANGE = """INSERT INTO providers_arrangement
    (reference, commissioner_id, organisation_id, part, contract_form, contract_number, tier,
     starts_on, ends_on, version)
    VALUES ('RAW', %s, %s, %s, 'full', '', '', %s, %s, 1)"""


def test_raw_sql_cannot_make_two_leads_or_the_same_contract_twice(places):
    ours, here, there = places.ours.pk, places.here.pk, places.there.pk
    assert refused(ARRANGE, there, ours, "lead", "2026-04-01", None) == "arrangement_one_lead"
    assert refused(ARRANGE, here, ours, "associate", "2026-04-01", None) == "arrangement_once"
    assert refused(ARRANGE, there, ours, "associate", "2026-04-01", "2026-04-01") == "arrangement_ends_after_start"
    assert refused(ARRANGE, here, here, "associate", "2026-04-01", None) == "arrangement_own_is_lead"


def test_raw_sql_cannot_take_a_code_in_other_letters(places):
    change = "UPDATE providers_organisation SET code = %s WHERE id = %s"
    assert refused(change, "n83001", places.ours.pk) == "organisation_code_once"


def test_raw_sql_meets_the_other_walls(places):
    contact = ContactFactory(organisation=places.ours, telephone="")
    site = places.ours.sites.get()
    where = "UPDATE providers_contact SET {} WHERE id = %s"
    assert refused(where.format("email = ''"), contact.pk) == "contact_can_be_reached"
    assert refused(where.format("kind = 'front_door_adults'"), contact.pk) == "contact_front_door_has_a_telephone"
    both = where.format("telephone = '1', email = '', receives_reminders = true")
    assert refused(both, contact.pk) == "contact_reminded_by_e_mail"
    closes = "UPDATE providers_site SET opened_on = '2026-01-02', closed_on = '2026-01-01' WHERE id = %s"
    assert refused(closes, site.pk) == "site_closes_after_opening"
    again = "INSERT INTO providers_site (reference, organisation_id, name, code, cqc_location_id, postcode, version)"
    assert refused(f"{again} VALUES ('RAW', %s, 'OURS SITE', '', '', '', 1)", places.ours.pk) == "site_name_once"


def test_a_board_is_linked_once_at_a_time(places):
    board = OrganisationFactory(kind="board", category=None)
    first = PartnershipFactory(board=board, commissioner=places.here)
    with pytest.raises(IntegrityError, match="partnership_running_once"), transaction.atomic():
        PartnershipFactory(board=board, commissioner=places.here)
    assert first.end(on=date(2026, 1, 1)) is True
    assert first.end(on=date(2026, 1, 2)) is False
    PartnershipFactory(board=board, commissioner=places.here)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(span=spans, on=days)
def test_a_contract_is_live_exactly_on_its_days(span, on):
    starts, ends = span
    inside = starts <= on and (ends is None or on < ends)
    with transaction.atomic():
        made = ArrangementFactory(starts_on=starts, ends_on=ends)
        row = Arrangement.objects.filter(pk=made.pk)
        assert (row.live(on=on).exists(), made.runs(on=on)) == (inside, inside)
        assert row.unended(on=on).exists() == (ends is None or on < ends)
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(own=st.lists(spans, max_size=3), shipped_spans=st.lists(spans, max_size=3), on=days)
def test_the_rule_in_force_is_the_commissioners_own_else_the_default(own, shipped_spans, on):
    with transaction.atomic():
        commissioner = CommissionerFactory()
        kept = {None: [], commissioner: []}
        for whose, rows in ((commissioner, own), (None, shipped_spans)):
            for starts, ends in rows:
                try:
                    with transaction.atomic():
                        Ladder.objects.create(
                            commissioner=whose, valid_from=starts, valid_to=ends, kind="for-this-test", name="Steps"
                        )
                except IntegrityError:
                    assert any(s < (ends or date.max) and starts < (e or date.max) for s, e in kept[whose])
                else:
                    kept[whose].append((starts, ends))
        ours = Ladder.objects.filter(kind="for-this-test")
        found = ours.in_force(commissioner, on).first()
        holds = {w: [s for s, e in rows if s <= on and (e is None or on < e)] for w, rows in kept.items()}
        expected = holds[commissioner] or holds[None]
        assert ([found.valid_from] if found else []) == expected
        if found:
            assert found.commissioner_id == (commissioner.pk if holds[commissioner] else None)
            assert ours.one_each(commissioner, on, by="kind") == {"for-this-test": found}
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_loading_the_shipped_data_twice_changes_nothing(django_assert_num_queries):
    shipped_here = (Category, ServiceQuestion, PostRule, Signpost)
    before = [list(model.objects.values()) for model in shipped_here]
    with django_assert_num_queries(6):  # a savepoint around four statements
        shipped.load()
    assert [list(model.objects.values()) for model in shipped_here] == before


@pytest.mark.django_db
def test_every_category_of_the_domain_ships_and_three_are_out_of_the_first_release():
    codes = set(Category.objects.values_list("code", flat=True))
    assert codes == {
        "ACUTE", "MH", "COMM", "AMB", "IND", "HOSP", "OOH", "111", "UTC", "GP", "CHN", "CHR", "DOM", "AQP", "VCS",
        "CHRES", "PHARM", "DENT", "OPT",
    }  # fmt: skip
    assert set(Category.objects.filter(assured=False).values_list("code", flat=True)) == {"PHARM", "DENT", "OPT"}


@pytest.mark.parametrize(
    ("category", "code", "fits"),
    [
        ("GP", "E82001", True), ("GP", "RH8", False), ("GP", "G7H8J", True), ("ACUTE", "RH8", True),
        ("ACUTE", "TAK", True), ("ACUTE", "E82001", False), ("IND", "NV7", True), ("HOSP", "ANY1", True),
        ("GP", "", True),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_the_shape_of_a_code(category, code, fits):
    assert Category.objects.get(code=category).fits(code) is fits


def at_once(*calls):
    """Run each in a thread of its own, let loose together; what each returned."""
    barrier, found = Barrier(len(calls)), {}

    def run(n, call):
        try:
            barrier.wait()
            found[n] = call()
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[n] for n in range(len(calls))]


def sender(client: Client, address: str, **changes):
    sent = posted(client.get(address), **changes)
    return lambda: client.post(address, sent)


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_at_once_one_wins_and_the_other_is_told(sign_in):
    here, there = CommissionerFactory(), CommissionerFactory()
    provider = OrganisationFactory(registered_by=here)
    for commissioner in (here, there):
        ArrangementFactory(
            commissioner=commissioner, organisation=provider, part="associate", starts_on=date(2020, 4, 1),
            ends_on=date(2021, 4, 1),
        )  # fmt: skip
    address = reverse("providers:arrangement-add", args=[provider.reference])
    calls = [
        sender(sign_in(someone("QA", each)), address, part="lead", starts_on=date(2026, 4, 1)) for each in (here, there)
    ]
    responses = at_once(*calls)
    assert sorted(response.status_code for response in responses) == [302, 422]
    told = next(response for response in responses if response.status_code == 422)
    assert "Choose associate commissioner" in told.context["form"].errors["part"][0]
    assert Arrangement.objects.live(on=date(2026, 5, 1)).leading().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_wins_and_the_other_sees_both(sign_in):
    here = CommissionerFactory()
    provider = provider_of(here)
    address = reverse("providers:organisation-edit", args=[provider.reference])
    calls = [sender(sign_in(someone("QA", here)), address, telephone=f"01632 96000{n}") for n in (1, 2)]
    responses = at_once(*calls)
    assert sorted(response.status_code for response in responses) == [302, 409]
    assert Organisation.objects.get(pk=provider.pk).version == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_codes_at_once_one_is_taken(sign_in):
    here = CommissionerFactory()
    one, two = provider_of(here), provider_of(here)
    client = [sign_in(someone("QA", here)) for _ in range(2)]
    calls = [
        sender(each, reverse("providers:organisation-edit", args=[o.reference]), code="E82999")
        for each, o in zip(client, (one, two), strict=True)
    ]
    responses = at_once(*calls)
    assert sorted(response.status_code for response in responses) == [302, 422]
    assert Organisation.objects.filter(code="E82999").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_adds_one_contact(sign_in):
    provider = provider_of(CommissionerFactory())
    lead = someone("PL", provider)
    address = reverse("providers:contact-add", args=[provider.reference])
    first = sign_in(lead)
    sent = posted(first.get(address), kind="deputy", name="Ann", telephone="01632 960001")
    second = sign_in(lead)
    responses = at_once(lambda: first.post(address, sent), lambda: second.post(address, sent))
    assert [response.status_code for response in responses] == [302, 302]
    assert provider.contacts.count() == 1
