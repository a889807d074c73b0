"""How closely a provider is watched: one level at a time, with history, and the walls below."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.capabilities import Can, Role
from accounts.door import Refused
from oversight.models import EscalationRule, NoticeRule, SurveillanceLevel
from oversight.models.escalation_rules import nearest, steps_for
from oversight.shipped_escalation import load
from providers.models import Organisation
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.escalation import AT, ON, a_level, a_notice, a_proposal, a_suspension
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return CommissionerFactory(name="Northshire CCG")


@pytest.fixture
def nurse(ours):
    return someone(Role.DESIGNATED_PROFESSIONAL, ours)


def test_a_new_level_ends_the_one_before_and_keeps_it(ours, nurse):
    trust = provider_of(ours)
    a_level(ours, trust, "routine", by=nurse, on=date(2026, 4, 1))
    a_level(ours, trust, "enhanced", by=nurse, on=ON)

    kept = [(str(each), each.starts_on, each.ends_on) for each in SurveillanceLevel.objects.of(trust)]
    assert kept == [("Enhanced", ON, None), ("Routine", date(2026, 4, 1), ON)]
    assert [str(each) for each in SurveillanceLevel.objects.live(on=date(2026, 6, 14))] == ["Routine"]


@pytest.mark.parametrize(("code", "day"), [("enhanced", ON), ("routine", date(2026, 6, 1))])
def test_the_same_level_again_and_an_earlier_day_are_refused(ours, nurse, code, day):
    trust = provider_of(ours)
    a_level(ours, trust, "enhanced", by=nurse)
    with pytest.raises(Refused, match="15 June 2026"):
        a_level(ours, trust, code, by=nurse, on=day)
    assert SurveillanceLevel.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_the_first_level_one_is_refused():
    ours = CommissionerFactory()
    nurse, trust = someone(Role.DESIGNATED_PROFESSIONAL, ours), provider_of(ours)
    said = both(
        *(lambda code=code: str(a_level(ours, trust, code, by=nurse, seen="")) for code in ("enhanced", "intensive"))
    )
    assert ("refused" in said, SurveillanceLevel.objects.count()) == (True, 1)


def test_the_register_reads_levels_in_its_own_query(ours, nurse, django_assert_num_queries):
    watched, quiet = provider_of(ours, name="Watched"), provider_of(ours, name="Quiet")
    a_level(ours, watched, by=nurse)
    mine = SurveillanceLevel.objects.permitted(nurse, Can.SEE_SURVEILLANCE, on=ON)
    with django_assert_num_queries(1):
        rows = list(
            Organisation.objects.filter(pk__in=[watched.pk, quiet.pk])
            .annotate(**mine.label_of("pk", on=ON))
            .order_by("name")
            .values_list("name", "surveillance", "surveillance_since")
        )
    assert rows == [("Quiet", None, None), ("Watched", "Enhanced", ON)]


def test_raw_sql_cannot_rewrite_a_level_or_the_history_of_a_step(ours, nurse):
    trust = provider_of(ours)
    a_level(ours, trust, by=nurse)
    a_proposal(ours, trust)
    for statement in (
        "UPDATE oversight_surveillancelevel SET reason = 'other'",
        "DELETE FROM oversight_surveillancelevel",
        "UPDATE oversight_escalationentry SET words = 'other'",
        "DELETE FROM oversight_escalationground",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert SurveillanceLevel.objects.get().reason == "Two serious findings"


def test_a_notice_stays_under_the_contract_of_its_own_two(ours, nurse):
    trust, other = provider_of(ours), provider_of(ours)
    notice = a_notice(ours, trust, by=nurse)
    elsewhere = a_notice(ours, other, by=nurse).contract
    with pytest.raises(IntegrityError, match="under a contract of its commissioner"), transaction.atomic():
        type(notice).objects.filter(pk=notice.pk).update(contract=elsewhere)


def test_a_suspension_is_live_until_the_day_it_was_lifted(ours, nurse):
    home = provider_of(ours)
    made = a_suspension(ours, home, by=nurse)
    with pytest.raises(Refused, match="already"):
        a_suspension(ours, home, by=nurse, starts_on=date(2026, 7, 1))
    made.lift(on=date(2026, 7, 10), reason="Visit was good", by=nurse, at=AT)
    live = [bool(type(made).objects.live(on=day)) for day in (ON, date(2026, 7, 9), date(2026, 7, 10))]
    assert live == [True, True, False]
    with pytest.raises(Refused, match="Somebody else"):
        made.lift(on=date(2026, 7, 11), reason="Again", by=nurse, at=AT)


def test_shipped_rules_are_loaded_once():
    before = EscalationRule.objects.count(), NoticeRule.objects.count()
    load()
    assert (EscalationRule.objects.count(), NoticeRule.objects.count()) == before == (15, 8)


def test_before_2014_the_performance_notice_was_called_a_contract_query(ours):
    words = [str(NoticeRule.objects.by_code(ours, day)["performance"]) for day in (date(2014, 3, 31), date(2014, 4, 1))]
    assert words == ["Contract query", "Contract performance notice"]


@pytest.mark.parametrize(
    ("form", "category", "has", "has_not"),
    [
        ("full", "ACUTE", {"performance_notice", "exception_report"}, {"remedial_notice", "placements"}),
        ("gms", "GP", {"remedial_notice", "breach_notice"}, {"performance_notice", "information_notice"}),
        ("shorter", "CHN", {"performance_notice", "placements", "provider_concerns"}, {"exception_report"}),
        ("grant", "HOSP", {"grant_conditions", "letter"}, {"performance_notice", "placements"}),
    ],
)
def test_steps_exist_by_form_of_contract(ours, form, category, has, has_not):
    found = {rule.code for rule in steps_for(ours, form, category, on=ON)}
    assert (has - found, has_not & found) == (set(), set())


def test_where_a_step_does_not_exist_the_highest_below_it_is_meant(ours):
    grants = steps_for(ours, "grant", "VCS", on=ON)
    wanted = EscalationRule.objects.get(code="information_notice", commissioner=None)
    assert nearest(grants, wanted).code == "grant_conditions"
