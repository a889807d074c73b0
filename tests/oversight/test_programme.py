"""The visit programme: who is due, in which order, why in words, and what people may put on the order."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from accounts.door import Refused
from assurance.models.scoring import VALIDATED
from oversight.models import ProgrammeMark, SurveillanceLabel, SurveillanceLevel, VisitRule, VisitWeight
from oversight.programme.lines import Line, Programme, contracts_of
from providers.models import Arrangement
from providers.models.policy import Overtaken, let_hold
from tests.at_once import both
from tests.factories.accounts import CircleFactory, DeclaredInterestFactory, someone
from tests.factories.actions import an_action
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.known import a_circle, a_concern, an_item, weigh
from tests.factories.posts import PostFactory, RegulatorRatingFactory
from tests.factories.providers import CategoryFactory, CommissionerFactory, provider_of
from tests.factories.validation import submitted, validated
from tests.factories.visits import a_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Any:
    return CommissionerFactory(name="NHS Here")


@pytest.fixture
def nurse(ours: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, ours, name="Nora Nurse")


def lines(user: Any, on: date) -> dict[str, Line]:
    return {each.name: each for each in Programme(user, contracts_of(user, on=on), on=on).lines}


def contract(provider: Any) -> Arrangement:
    return Arrangement.objects.get(organisation=provider)


def marked(provider: Any, nurse: Any, at: Any, **given: Any) -> ProgrammeMark:
    given = {"kind": "pin", "reason": "The board asked", **given}
    return ProgrammeMark.objects.put(contract(provider), given.pop("kind"), by=nurse, at=at, on=at.date(), **given)


def test_each_provider_says_in_words_why_it_stands_where_it_does(ours: Any, nurse: Any, at: Any, on: date) -> None:
    round = RoundFactory(commissioner=ours)
    bad, good = provider_of(ours, name="Bad"), provider_of(ours, name="Good")
    assessment = submitted(at, round=round, organisation=bad)
    validated(at, assessment=assessment, r1_1="red", r1_2="red")
    late = a_return(round, good, due_on=on - timedelta(days=12))
    an_action(ours, bad, due_on=date(2026, 9, 30))
    PostFactory(organisation=bad, starts_on=date(2026, 5, 1))
    RegulatorRatingFactory(organisation=good, overall="inadequate")
    found = lines(nurse, on)
    assert [each.name for each in sorted(found.values(), key=lambda each: -each.points)] == list(found)
    assert {each.source for each in found["Bad"].reasons} == {
        "critical_reds", "reds", "actions_overdue", "vacancies", "not_visited"
    }  # fmt: skip
    assert "one action overdue since September" in found["Bad"].sentence
    assert "named nurse, safeguarding children vacant since May" in found["Bad"].sentence
    assert found["Bad"].sentence.startswith(
        "No visit recorded since the contract began in April 2020, one critical red"
    )
    assert late.is_overdue(on)
    assert "no return received, 12 days overdue" in found["Good"].sentence
    assert "rated “inadequate” by the regulator in January 2026" in found["Good"].sentence
    assert found["Bad"].points == sum(each.points for each in found["Bad"].reasons)


def test_the_last_visit_starts_the_clock_and_a_planned_one_stops_it(ours: Any, nurse: Any, on: date) -> None:
    seen, planned = provider_of(ours, name="Seen"), provider_of(ours, name="Planned")
    a_visit(seen, ours, planned_on=date(2024, 9, 10), state="final")
    a_visit(seen, ours, planned_on=date(2025, 4, 10), state="done")
    a_visit(seen, ours, planned_on=date(2026, 10, 1), state="cancelled")
    a_visit(planned, ours, planned_on=on + timedelta(days=20))
    found = lines(nurse, on)
    assert found["Seen"].sentence == "No visit for 19 months."
    assert (found["Seen"].due_on, found["Seen"].state) == (date(2026, 4, 10), "overdue")
    assert (found["Planned"].state, found["Planned"].month) == ("planned", "2026-12")
    assert [found[name].not_visited_in(19) for name in ("Seen", "Planned")] == [True, True]
    assert not found["Seen"].not_visited_in(20)


def test_a_category_of_its_own_is_due_by_its_own_rule_and_by_need(ours: Any, nurse: Any, on: date) -> None:
    home = provider_of(ours, name="Home", category=CategoryFactory(code="CHN"))
    provider_of(ours, name="Trust")
    practice = CategoryFactory(code="GP", tier="general_practice")
    provider_of(ours, name="Surgery", category=practice)
    found = lines(nurse, on)
    assert {name: each.months for name, each in found.items()} == {"Home": 24, "Trust": 12, "Surgery": 36}
    for n in range(5):
        an_action(ours, home, due_on=on - timedelta(days=30 + n))
    RegulatorRatingFactory(organisation=home, overall="requires_improvement")
    assert lines(nurse, on)["Home"].months == 12
    let_hold(VisitRule(commissioner=ours, who="CHN", from_points=20, months=3, valid_from=on), "who", "from_points")
    assert lines(nurse, on)["Home"].months == 3
    assert lines(nurse, on - timedelta(days=1))["Home"].months == 12


def test_weights_hold_from_their_day_and_an_earlier_day_is_refused(ours: Any, nurse: Any, on: date) -> None:
    provider = provider_of(ours, name="Trust")
    an_action(ours, provider, due_on=on - timedelta(days=9))

    def weight(day: date) -> int:
        return next(each.points for each in lines(nurse, day)["Trust"].reasons if each.source == "actions_overdue")

    assert weight(on) == 3
    let_hold(VisitWeight(commissioner=ours, source="actions_overdue", points=9, most=50, valid_from=on), "source")
    assert (weight(on), weight(on - timedelta(days=1))) == (9, 3)
    earlier = VisitWeight(
        commissioner=ours, source="actions_overdue", points=1, most=1, valid_from=on - timedelta(days=3)
    )
    with pytest.raises(Overtaken):
        let_hold(earlier, "source")


def test_a_pin_comes_first_and_not_now_comes_back_by_itself(ours: Any, nurse: Any, at: Any, on: date) -> None:
    quiet, loud = provider_of(ours, name="Quiet"), provider_of(ours, name="Loud")
    an_action(ours, loud, due_on=on - timedelta(days=9))
    assert list(lines(nurse, on)) == ["Loud", "Quiet"]
    marked(quiet, nurse, at)
    assert list(lines(nurse, on)) == ["Quiet", "Loud"]
    marked(loud, nurse, at, kind="not_now", until=on + timedelta(days=30), reason="Being inspected")
    assert lines(nurse, on)["Loud"].set_aside
    assert not lines(nurse, on + timedelta(days=30))["Loud"].set_aside
    again = ProgrammeMark.objects.put(
        contract(loud), "pin", reason="Now", by=nurse, at=at + timedelta(days=31), on=on + timedelta(days=31)
    )
    assert list(ProgrammeMark.objects.standing().filter(organisation=loud)) == [again]


def test_a_second_mark_and_a_second_taking_back_are_refused_with_what_stands(ours: Any, nurse: Any, at: Any) -> None:
    provider = provider_of(ours)
    first = marked(provider, nurse, at)
    with pytest.raises(Refused, match="Pinned already, by Nora Nurse on 18 November 2026: “The board asked”"):
        marked(provider, nurse, at, reason="Mine")
    first.take_back("Visited", by=nurse, at=at)
    with pytest.raises(Refused, match="taken this back already"):
        ProgrammeMark.objects.get(pk=first.pk).take_back("Again", by=nurse, at=at)
    first.refresh_from_db()
    assert first.ended_reason == "Visited"
    with connection.cursor() as cursor:
        cursor.execute("SELECT ended_reason FROM oversight_programmemarkevent WHERE pgh_obj_id = %s ORDER BY pgh_id",
                       [first.pk])  # fmt: skip
        assert [row[0] for row in cursor.fetchall()] == ["", "Visited"]
    for change in ({"reason": "Other"}, {"ended_reason": "Other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProgrammeMark.objects.filter(pk=first.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_pin_at_once_one_is_told(at: Any) -> None:
    ours = CommissionerFactory()
    nurse, provider = someone(Role.DESIGNATED_PROFESSIONAL, ours), provider_of(ours)
    outcomes = both(*[lambda: marked(provider, nurse, at).kind] * 2)
    assert outcomes == ["pin", "refused"]


def test_who_has_a_declared_interest_does_not_find_the_provider(ours: Any, at: Any, on: date) -> None:
    provider, other = provider_of(ours, name="Theirs"), provider_of(ours, name="Other")
    partner = someone(Role.NAMED_GP, ours)
    assert set(lines(partner, on)) == {"Theirs", "Other"}
    DeclaredInterestFactory(user=partner, organisation=provider, declared_by=partner)
    assert set(lines(partner, on)) == {"Other"}
    assert other.name == "Other"


def test_an_action_for_named_people_weighs_nothing_for_others(ours: Any, nurse: Any, on: date) -> None:
    provider = provider_of(ours, name="Trust")
    an_action(ours, provider, due_on=on - timedelta(days=9))
    an_action(ours, provider, due_on=on - timedelta(days=9), circle=CircleFactory(commissioner=ours))
    fact = next(each for each in lines(nurse, on)["Trust"].reasons if each.source == "actions_overdue")
    assert (fact.pieces, fact.points) == (1, 3)


def test_a_concern_for_named_people_is_not_known_to_others_and_surveillance_is(
    ours: Any, nurse: Any, at: Any, on: date
) -> None:
    provider, second, other = provider_of(ours, name="Trust"), *(someone("DP", ours) for _ in range(2))
    open_, hidden = a_concern(ours, provider), an_item(ours, provider, circle=a_circle(ours, nurse, second))
    weigh(open_, "high", "likely")
    a_concern(ours, provider, hidden)
    SurveillanceLevel.objects.set_level(
        ours, provider, SurveillanceLabel.objects.get(commissioner=None, code="enhanced"), reason="Two concerns",
        by=nurse, on=date(2026, 6, 1), at=at,
    )  # fmt: skip
    mine, theirs = lines(nurse, on)["Trust"].sentence, lines(other, on)["Trust"].sentence
    assert "Two open concerns (" in mine
    assert "One open concern (" in theirs
    assert "under “enhanced” surveillance since June" in theirs


def test_the_surer_basis_comes_later_by_name() -> None:
    assert sorted(VALIDATED, reverse=True) == list(VALIDATED)


def test_the_number_of_questions_does_not_grow_with_the_providers(ours: Any, nurse: Any, on: date) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            lines(nurse, on)
        return len(queries)

    provider_of(ours)
    one = asked()
    for _ in range(5):
        an_action(ours, provider_of(ours), due_on=on - timedelta(days=3))
    assert asked() == one
    assert one <= 20


# --- the pages ---


@pytest.fixture
def client(nurse: Any, sign_in: Any) -> Client:
    return sign_in(nurse)


def test_the_page_filters_pages_and_says_what_was_set_aside(ours: Any, nurse: Any, client: Client, now: Any) -> None:
    for n in range(52):
        provider_of(ours, name=f"Provider {n:02}")
    aside = provider_of(ours, name="Aside")
    ProgrammeMark.objects.put(
        contract(aside), "not_now", reason="Inspected", until=now.date() + timedelta(days=9), by=nurse, at=now,
        on=now.date(),
    )  # fmt: skip
    first = client.get("/visits/programme/")
    assert (first.context["rows"].paginator.count, first.context["set_aside"]) == (52, 1)
    assert len(first.context["rows"]) == 50
    assert [each.name for each in client.get("/visits/programme/?show=not_now").context["rows"]] == ["Aside"]
    assert client.get("/visits/programme/?q=provider+07").context["rows"].paginator.count == 1
    assert client.get("/visits/programme/?months=2").context["rows"].paginator.count == 52
    assert client.get("/visits/programme/?month=nonsense&state=x&months=-4").status_code == 200
    heap = client.get("/visits/programme/?month=overdue").context["rows"].paginator.count
    assert heap == 52
    export = client.get("/exports/list/visit-programme/file.csv")
    assert export.status_code == 200


def first_of_february(year: int) -> dict[str, int]:
    return {"until_day": 1, "until_month": 2, "until_year": year}


def test_pinning_and_setting_aside_by_the_pages(ours: Any, client: Client, now: Any) -> None:
    provider = provider_of(ours, name="Trust")
    here = f"/visits/programme/{contract(provider).reference}"
    empty = client.post(f"{here}/pin/", {"reason": ""})
    assert (empty.status_code, "Say why" in empty.content.decode()) == (422, True)
    past = client.post(
        f"{here}/not-now/", {"until_day": "1", "until_month": "2", "until_year": "2020", "reason": "Kept words"}
    )
    assert (past.status_code, "Kept words" in past.content.decode()) == (422, True)
    assert ProgrammeMark.objects.count() == 0
    assert client.post(f"{here}/pin/", {"reason": "Board"}).status_code == 302
    twice = client.post(f"{here}/not-now/", {**first_of_february(now.year + 1), "reason": "Mine"})
    assert (twice.status_code, "Pinned already, by Nora Nurse" in twice.content.decode()) == (409, True)
    mark = ProgrammeMark.objects.get()
    assert client.post(f"/visits/programme/marks/{mark.reference}/take-back/", {"reason": "Done"}).status_code == 302
    again = client.post(f"/visits/programme/marks/{mark.reference}/take-back/", {"reason": "Done"})
    assert again.status_code == 409


def test_providers_and_associates_find_nothing_here(ours: Any, nurse: Any, at: Any, sign_in: Any) -> None:
    provider = provider_of(ours, name="Trust")
    mark = marked(provider, nurse, at)
    lead = sign_in(someone(Role.PROVIDER_LEAD, provider))
    ways = ("", f"{contract(provider).reference}/pin/", f"marks/{mark.reference}/take-back/")
    assert [lead.get(f"/visits/programme/{way}").status_code for way in ways] == [404, 404, 404]
    assert lead.get("/visits/rules/").status_code == 404
    theirs = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, CommissionerFactory()))
    assert [theirs.get(f"/visits/programme/{way}").status_code for way in ways] == [200, 404, 404]
    assert "Trust" not in theirs.get("/visits/programme/").content.decode()


def test_rules_weights_and_questions_are_set_from_a_day_on(ours: Any, nurse: Any, sign_in: Any, now: Any) -> None:
    analyst = sign_in(someone(Role.QUALITY_ANALYST, ours))
    day = {
        "valid_from_day": now.day,
        "valid_from_month": now.month,
        "valid_from_year": now.year,
        "commissioner": ours.pk,
    }
    rule = {**day, "who": "CHN", "from_points": 0, "months": 18}
    assert analyst.post("/visits/rules/add/", rule).status_code == 302
    again = analyst.post("/visits/rules/add/", rule)
    assert (again.status_code, "Choose a later day" in again.content.decode()) == (422, True)
    form = analyst.get("/visits/rules/weights/").context["form"]
    same = {name: field.initial for name, field in form.fields.items() if name.endswith(("_points", "_most"))}
    assert analyst.post("/visits/rules/weights/", {**same, **day, "reds_points": 5}).status_code == 302
    assert list(VisitWeight.objects.filter(commissioner=ours).values_list("source", "points")) == [("reds", 5)]
    wrong = analyst.post("/visits/rules/questions/", {**day, "questions": "\n".join("?" * 30)})
    assert (wrong.status_code, "at most 20" in wrong.content.decode()) == (422, True)
    assert analyst.post("/visits/rules/questions/", {**day, "questions": "Who leads?\n\nHow?"}).status_code == 302
    shown = sign_in(nurse).get("/visits/rules/").content.decode()
    assert all(words in shown for words in ("Who leads?", "How?", "Care homes with nursing"))
    assert sign_in(nurse).get("/visits/rules/add/").status_code == 404
