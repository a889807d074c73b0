"""Adding, changing, ending: what is saved, what is refused beside which box, and who was faster."""

import uuid
from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Can
from providers import successions
from providers.models import (
    Arrangement,
    Category,
    Contact,
    Organisation,
    Partnership,
    ServiceAnswer,
    ServiceQuestion,
    Site,
    Succession,
)
from tests.factories.accounts import someone
from tests.factories.providers import (
    ArrangementFactory,
    BoardFactory,
    ContactFactory,
    OrganisationFactory,
    PartnershipFactory,
    posted,
    provider_of,
)

ADD = reverse("providers:organisation-add")


def url(name, record):
    return reverse(f"providers:{name}", args=[record.reference])


def add(client, **changes):
    category = Category.objects.get(code="GP").pk
    sent = posted(client.get(ADD), **{"name": "Mill Lane Surgery", "category": category, **changes})
    return client.post(ADD, sent)


def send(client, address, **changes):
    return client.post(address, posted(client.get(address), **changes))


def test_an_organisation_is_added_with_its_code_and_postcode_tidied(places, sign_in):
    response = add(sign_in(places.analyst), code=" e82 002", postcode="av12cd ")
    assert response.status_code == 422  # same postcode as Brook Street Surgery: asked about first
    response = add(sign_in(places.analyst), code=" e82 002", postcode="zz99zz")
    made = Organisation.objects.get(name="Mill Lane Surgery")
    assert (response.status_code, made.code, made.postcode, made.registered_by) == (
        302,
        "E82002",
        "ZZ9 9ZZ",
        places.here,
    )


def test_a_system_administrator_adds_organisations_of_every_kind(places, sign_in):
    client = sign_in(someone("SA", places.here))
    for kind in Organisation.Kind:
        assert add(client, name=f"A {kind}", kind_of_body=kind.value).status_code == 302
    made = Organisation.objects.filter(name__startswith="A ").values_list("kind", "category__code")
    assert set(made) == {(kind, "GP" if kind == "provider" else None) for kind in Organisation.Kind.values}


def test_a_provider_without_a_category_is_refused_beside_the_box(places, sign_in):
    response = add(sign_in(places.analyst), category="")
    assert response.status_code == 422
    assert response.context["form"].errors == {"category": ["Choose the category of provider"]}


@pytest.mark.parametrize(("code", "remark"), [("RX9", True), ("E82002", False), ("G7H8J", False), ("", False)])
def test_an_odd_code_is_a_warning_and_never_a_refusal(places, sign_in, code, remark):
    response = add(sign_in(places.analyst), code=code)
    assert response.status_code == 302
    warnings = [str(m) for m in get_messages(response.wsgi_request) if m.level_tag == "warning"]
    assert len(warnings) == remark
    page = sign_in(places.analyst).get(response.url)
    assert (b"Unusual for this category" in page.content) == remark


@pytest.mark.parametrize("code", ["E8", "E82-01", "E820010000", "Ä82001"])
def test_what_cannot_be_a_code_is_refused(places, sign_in, code):
    response = add(sign_in(places.analyst), code=code)
    assert list(response.context["form"].errors) == ["code"]


def test_a_code_that_another_tenant_has_is_refused_without_naming_it(places, sign_in):
    response = add(sign_in(places.analyst), code="n83001")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["code"])
    assert "on the register already" in response.context["form"].errors["code"][0]
    assert b"Canary" not in response.content
    assert b"Mill Lane Surgery" in response.content


def test_a_lookalike_is_asked_about_once_and_only_what_may_be_seen_is_named(places, sign_in):
    client = sign_in(places.analyst)
    first = add(client, name="brook street surgery", postcode="CN9 9CN")
    assert [str(each) for each in first.context["form"].lookalikes] == ["Brook Street Surgery"]
    assert b"Canary" not in first.content
    again = client.post(ADD, {**posted(first), "another": "on"})
    assert again.status_code == 302


def test_the_same_form_twice_makes_one_organisation(places, sign_in):
    client = sign_in(places.analyst)
    sent = posted(client.get(ADD), name="Once only", category=Category.objects.first().pk, form_token=str(uuid.uuid4()))
    first, second = client.post(ADD, sent), client.post(ADD, sent)
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert Organisation.objects.filter(name="Once only").count() == 1


EDITS = {
    "organisation-edit": (lambda p: p.ours, {"telephone": "01632 960777"}, {"telephone": "01632 960888"}),
    "site-edit": (lambda p: p.ours.sites.get(), {"name": "North"}, {"name": "South"}),
    "contact-edit": (lambda p: p.ours.contacts.get(), {"name": "Ann"}, {"name": "Bea"}),
    "arrangement-edit": (lambda p: p.ours.arrangements.get(), {"contract_number": "1"}, {"contract_number": "2"}),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_the_second_save_sees_theirs_and_yours_and_can_then_keep_either(places, sign_in, name):
    record_of, mine, yours = EDITS[name]
    record = record_of(places)
    first, second = sign_in(places.analyst), sign_in(someone("DN", places.here))
    shown = posted(second.get(url(name, record)), **yours)
    assert send(first, url(name, record), **mine).status_code == 302
    response = second.post(url(name, record), shown)
    field, value = next(iter(mine.items()))
    assert response.status_code == 409
    row = response.context["conflict"]["rows"][0]
    assert (row["theirs"], row["yours"]) == (value, yours[field])
    assert response.context["conflict"]["by"] == places.analyst.name
    record.refresh_from_db()
    assert getattr(record, field) == value
    assert second.post(url(name, record), posted(response, form_token=str(uuid.uuid4()))).status_code == 302
    record.refresh_from_db()
    assert (getattr(record, field), record.version) == (yours[field], 3)


def test_an_edit_that_names_no_version_saves_nothing(places, sign_in):
    client = sign_in(places.analyst)
    sent = posted(client.get(url("organisation-edit", places.ours)), name="Other")
    sent.pop("version")
    assert client.post(url("organisation-edit", places.ours), sent).status_code == 409
    places.ours.refresh_from_db()
    assert places.ours.name == "Brook Street Surgery"


def test_sites_are_added_renamed_once_and_closed(places, sign_in):
    client = sign_in(places.analyst)
    assert send(client, url("site-add", places.ours), name="Branch").status_code == 302
    twice = send(client, url("site-add", places.ours), name="BRANCH")
    assert list(twice.context["form"].errors) == ["name"]
    site = Site.objects.get(name="Branch")
    assert send(client, url("site-close", site), day=date(2026, 1, 5)).status_code == 302
    site.refresh_from_db()
    assert site.closed_on == date(2026, 1, 5)


def test_a_contract_is_added_with_the_usual_form_and_its_last_day_included(places, sign_in):
    practice = OrganisationFactory(category=Category.objects.get(code="GP"), registered_by=places.here)
    client = sign_in(places.analyst)
    page = client.get(url("arrangement-add", practice))
    assert page.context["form"]["contract_form"].value() == "gms"
    response = send(
        client, url("arrangement-add", practice), starts_on=date(2026, 4, 1), last_day=date(2027, 3, 31), part="lead"
    )
    made = Arrangement.objects.get(organisation=practice)
    assert (response.status_code, made.commissioner, made.ends_on) == (302, places.here, date(2027, 4, 1))
    assert made.runs(on=date(2027, 3, 31))
    assert not made.runs(on=date(2027, 4, 1))


def test_a_second_lead_is_refused_in_words_beside_the_box(places, both, sign_in):
    sent = {"commissioner": places.there.pk, "part": "lead", "starts_on": date(2026, 4, 1)}
    response = send(sign_in(both), url("arrangement-add", places.ours), **sent)
    assert response.status_code == 422
    assert "Choose associate commissioner" in response.context["form"].errors["part"][0]
    assert places.ours.arrangements.count() == 1
    assert send(sign_in(both), url("arrangement-add", places.ours), **{**sent, "part": "associate"}).status_code == 302


def test_a_contract_for_a_commissioner_one_does_not_act_for_is_refused(places, sign_in):
    sent = {"commissioner": places.there.pk, "part": "associate", "starts_on": date(2026, 4, 1)}
    response = send(sign_in(places.analyst), url("arrangement-add", places.ours), **sent)
    assert list(response.context["form"].errors) == ["commissioner"]


def test_overlapping_contracts_and_dates_out_of_order_are_said_beside_the_box(places, sign_in):
    client = sign_in(places.analyst)
    twice = send(client, url("arrangement-add", places.shared), part="associate", starts_on=date(2026, 4, 1))
    assert list(twice.context["form"].errors) == ["starts_on"]
    contract = places.ours.arrangements.get()
    for address, changes in (
        (url("arrangement-edit", contract), {"last_day": date(2019, 1, 1)}),
        (url("arrangement-end", contract), {"last_day": date(2019, 1, 1)}),
    ):
        response = send(client, address, **changes)
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["last_day"])
    assert send(client, url("arrangement-end", contract), last_day=date(2026, 12, 31)).status_code == 302
    contract.refresh_from_db()
    assert contract.ends_on == date(2027, 1, 1)


def test_boards_are_linked_and_links_end(places, sign_in):
    board = BoardFactory(registered_by=places.here)
    client = sign_in(places.analyst)
    assert send(client, url("partnership-add", board), kind="children").status_code == 302
    twice = send(client, url("partnership-add", board), kind="children")
    assert list(twice.context["form"].errors) == ["kind"]
    link = Partnership.objects.get()
    for _ in range(2):
        assert client.post(url("partnership-end", link)).status_code == 302
    assert send(client, url("partnership-add", board), kind="children").status_code == 302
    assert client.get(url("partnership-add", places.ours)).status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "", "telephone": ""}, "telephone"),
        ({"email": "", "telephone": "01632 960001", "receives_reminders": True}, "email"),
        ({"name": ""}, "name"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_a_contact_that_cannot_be_reached_is_refused(places, sign_in, changes, field):
    sent = {"kind": "safeguarding_lead", "name": "Ann", "email": "ann@example.nhs.uk", **changes}
    response = send(sign_in(places.lead), url("contact-add", places.ours), **sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_a_front_door_has_a_telephone_and_stands_on_pages_that_take_text(places, sign_in):
    council = OrganisationFactory(kind="local_authority", category=None, name="Council")
    PartnershipFactory(board=council, commissioner=places.here, kind="local_authority")
    client = sign_in(places.analyst)
    sent = {"kind": "front_door_children", "name": "Children’s services", "email": "front@example.gov.uk"}
    refused = send(client, url("contact-add", council), **sent)
    assert list(refused.context["form"].errors) == ["telephone"]
    sent |= {"telephone": "01632 960100", "out_of_hours_telephone": "01632 960111"}
    assert send(client, url("contact-add", council), **sent).status_code == 302
    page = client.get(url("organisation-close", places.ours))
    assert b"01632 960100" in page.content
    assert b"01632 960111" in page.content


def test_a_check_is_dated_and_other_details_undo_it(places, sign_in):
    client, today = sign_in(places.lead), timezone.localdate()
    contact = places.ours.contacts.get()
    assert client.post(url("contact-verify", contact), {"version": 1}).status_code == 302
    contact.refresh_from_db()
    assert (contact.verified_on, contact.verified_by) == (today, places.lead)
    send(client, url("contact-edit", contact), job_title="Lead nurse")
    contact.refresh_from_db()
    assert contact.verified_on == today
    send(client, url("contact-edit", contact), telephone="01632 960999")
    contact.refresh_from_db()
    assert (contact.verified_on, contact.verified_by) == (None, None)


@pytest.mark.parametrize("name", ["contact-verify", "contact-end"])
@pytest.mark.parametrize("version", ["2", "", "x", "9" * 30])
def test_a_button_pressed_on_an_old_page_is_409(places, sign_in, name, version):
    contact = places.ours.contacts.get()
    assert sign_in(places.analyst).post(url(name, contact), {"version": version}).status_code == 409
    contact.refresh_from_db()
    assert (contact.verified_on, contact.ended_on) == (None, None)


def test_an_ended_contact_is_no_longer_reminded(places, sign_in):
    contact = ContactFactory(organisation=places.ours, receives_reminders=True)
    sign_in(places.analyst).post(url("contact-end", contact), {"version": 1})
    assert contact not in Contact.objects.reminded()
    page = sign_in(places.analyst).get(url("organisation", places.ours))
    assert contact in page.context["about"].former


def test_the_service_profile_keeps_who_said_what_and_when(places, sign_in):
    client = sign_in(places.lead)
    assert send(client, url("service-profile", places.ours), maternity="no", children_seen="yes").status_code == 302
    answers = ServiceAnswer.objects.filter(organisation=places.ours)
    assert answers.by_key() == {"maternity": False, "children_seen": True}
    assert {(a.stated_by, a.stated_on) for a in answers} == {(places.lead, timezone.localdate())}
    send(client, url("service-profile", places.ours), maternity="")
    assert answers.by_key() == {"children_seen": True}
    events = ServiceAnswer.pgh_event_model.objects.filter(organisation=places.ours)
    assert sorted(events.values_list("pgh_label", flat=True)) == ["delete", "insert", "insert"]


def test_two_people_on_the_service_profile(places, sign_in):
    address = url("service-profile", places.ours)
    lead, analyst = sign_in(places.lead), sign_in(places.analyst)
    shown = posted(analyst.get(address), maternity="no")
    send(lead, address, maternity="yes")
    response = analyst.post(address, shown)
    assert response.status_code == 409
    assert ServiceAnswer.objects.filter(organisation=places.ours).by_key() == {"maternity": True}
    assert analyst.post(address, posted(response, form_token=str(uuid.uuid4()))).status_code == 302
    assert ServiceAnswer.objects.filter(organisation=places.ours).by_key() == {"maternity": False}


@pytest.fixture
def told(monkeypatch):
    heard = []
    monkeypatch.setattr(successions, "on_succession", [heard.append])
    monkeypatch.setattr(successions, "on_closing", [heard.append])
    return heard


def test_closing_ends_contracts_and_sites_and_is_told_upwards(places, sign_in, told):
    client = sign_in(places.analyst)
    response = send(client, url("organisation-close", places.ours), day=date(2026, 6, 30), reason="Partners retired")
    places.ours.refresh_from_db()
    assert (response.status_code, places.ours.closed_on) == (302, date(2026, 6, 30))
    assert places.ours.arrangements.get().ends_on == date(2026, 6, 30)
    assert places.ours.sites.get().closed_on == date(2026, 6, 30)
    assert [(each.organisation, each.reason) for each in told] == [(places.ours, "Partners retired")]
    assert send(client, url("organisation-reopen", places.ours)).status_code == 302
    places.ours.refresh_from_db()
    assert places.ours.closed_on is None


def test_closing_is_never_in_the_future(places, sign_in, told):
    day = timezone.localdate() + timedelta(days=1)
    response = send(sign_in(places.analyst), url("organisation-close", places.ours), day=day, reason="Soon")
    assert (response.status_code, list(response.context["form"].errors), told) == (422, ["day"], [])


def test_an_associate_cannot_close_what_another_leads(places, sign_in, told):
    response = send(
        sign_in(places.neighbour), url("organisation-close", places.shared), day=date(2026, 6, 30), reason="Typed words"
    )
    assert response.status_code == 409
    assert b"Here CCG leads" in response.content
    assert b"Typed words" in response.content
    places.shared.refresh_from_db()
    assert (places.shared.closed_on, told) == (None, [])


def merge(client, old, new, **changes):
    said = {
        "kind": "merged", "successor": new.pk, "day": date(2026, 6, 30), "reason": "One list",
        "open_returns": "move", "open_returns_reason": "", **changes,
    }  # fmt: skip
    return send(client, url("succession-record", old), **said)


def test_a_merger_closes_the_old_practice_and_tells_what_becomes_of_its_returns(places, sign_in, told):
    new = provider_of(places.here, name="Bigger Surgery")
    assert merge(sign_in(places.analyst), places.ours, new).status_code == 302
    row = Succession.objects.get()
    assert (row.predecessor, row.successor, row.open_returns, row.recorded_by) == (
        places.ours, new, "move", places.analyst,
    )  # fmt: skip
    assert told == [row]
    places.ours.refresh_from_db()
    assert places.ours.closed_on == date(2026, 6, 30)
    client = sign_in(places.analyst)
    assert b"Merged into" in client.get(url("organisation", places.ours)).content
    assert b"Carries on" in client.get(url("organisation", new)).content
    assert send(client, url("organisation-reopen", places.ours)).status_code == 409


def test_closing_open_returns_needs_a_reason(places, sign_in, told):
    new = provider_of(places.here, name="Bigger Surgery")
    response = merge(sign_in(places.analyst), places.ours, new, open_returns="close")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["open_returns_reason"])
    assert Succession.objects.count() == 0


def test_returns_do_not_move_to_a_body_without_a_contract(places, sign_in, told):
    new = OrganisationFactory(name="Uncommissioned", registered_by=places.here)
    response = merge(sign_in(places.analyst), places.ours, new)
    assert response.status_code == 409
    assert b"no running contract with Here CCG" in response.content
    assert (Succession.objects.count(), told) == (0, [])


def test_when_a_return_cannot_move_nothing_at_all_is_saved(places, sign_in, monkeypatch):
    def refuses(succession):
        raise successions.Refused("The successor has a return of its own.")

    monkeypatch.setattr(successions, "on_succession", [refuses])
    new = provider_of(places.here, name="Bigger Surgery")
    response = merge(sign_in(places.analyst), places.ours, new)
    assert response.status_code == 409
    assert b"The successor has a return of its own." in response.content
    places.ours.refresh_from_db()
    assert (places.ours.closed_on, Succession.objects.count()) == (None, 0)


def test_a_successor_that_may_not_be_seen_cannot_be_chosen(places, sign_in, told):
    response = merge(sign_in(places.analyst), places.ours, places.theirs)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["successor"])
    assert b"Canary" not in response.content


def test_history_says_who_what_and_when_and_keeps_no_personal_data(places, sign_in):
    director = someone("DN", places.here, name="Dora Director")
    client = sign_in(director)
    send(client, url("organisation-edit", places.ours), name="Brook Street Medical Centre")
    send(client, url("contact-add", places.ours), kind="deputy", name="Canary Person", telephone="01632 960555")
    ArrangementFactory(commissioner=places.there, organisation=places.ours, part="associate", contract_number="SECRET")
    page = client.get(url("history", places.ours))
    renamed = next(c for c in page.context["changes"] if c.heading == "Organisation changed")
    assert (renamed.by, renamed.lines[0].before, renamed.lines[0].after) == (
        "Dora Director", "Brook Street Surgery", "Brook Street Medical Centre",
    )  # fmt: skip
    assert b"01632 960555" not in page.content
    assert b"SECRET" not in page.content
    assert b"SECRET" in sign_in(places.lead).get(url("history", places.ours)).content


def test_only_those_who_may_read_history_do(places, sign_in):
    codes = {role: sign_in(someone(role, places.here)).get(url("history", places.ours)).status_code
             for role in ("DP", "DN", "AU", "QA", "CM")}  # fmt: skip
    assert codes == {"DP": 200, "DN": 200, "AU": 200, "QA": 404, "CM": 404}


def test_the_contract_manager_edits_contracts_only(places, sign_in):
    client = sign_in(someone("CM", places.here))
    contract = places.ours.arrangements.get()
    assert client.get(url("arrangement-edit", contract)).status_code == 200
    assert client.get(url("organisation-edit", places.ours)).status_code == 404
    assert not Organisation.objects.permitted(places.lead, Can.EDIT_CONTRACTS).exists()


def test_every_question_of_the_profile_is_on_the_page(places, sign_in):
    page = sign_in(places.lead).get(url("service-profile", places.ours))
    assert {q.key for q in ServiceQuestion.objects.all()} <= set(page.context["form"].fields)


@pytest.mark.django_db
def test_the_profile_does_not_ask_by_the_test_that_the_supreme_court_overruled():
    asked = ServiceQuestion.objects.get(key="deprives_of_liberty")
    assert "not free to leave" not in asked.hint
    assert "[2026] UKSC 16" in asked.hint
