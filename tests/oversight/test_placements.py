"""Care homes for placements: what stands in a line, hazard 16, who sees it, the status and its history."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from oversight.models import AuthorityConcern, PlacementSuspension, Term
from oversight.placements import homes_of
from oversight.profile import Profile
from providers.models import Category
from tests.factories.accounts import someone
from tests.factories.posts import RegulatorRatingFactory
from tests.factories.providers import CategoryFactory, CommissionerFactory, posted, provider_of, shared_provider
from tests.factories.visits import a_visit

pytestmark = pytest.mark.django_db
LIST = reverse("oversight:placement-list")


def a_home(here, name, **fields):
    return provider_of(here, name=name, category=CategoryFactory(code="CHN", name="Care home with nursing"), **fields)


def status(code="monitoring"):
    return Term.objects.get(kept_in=Term.List.AUTHORITY_STATUS, code=code, commissioner=None)


@pytest.fixture
def place(sign_in):
    here = CommissionerFactory()
    home = a_home(here, "Oak House", cqc_location_id="1-1000000001")
    provider_of(here, name="Shire Trust")
    a_home(CommissionerFactory(), "Canary Lodge")
    analyst = someone("QA", here)
    return here, home, analyst, sign_in(analyst)


def test_a_line_says_what_is_known_and_what_is_not(place):
    here, home, analyst, client = place
    today = timezone.localdate()
    empty = client.get(LIST).context["page"]
    assert [(str(each.organisation), each.rating, each.status, each.suspensions) for each in empty] == [
        ("Oak House", None, None, [])
    ]
    RegulatorRatingFactory(organisation=home, overall="good", published_on=date(2024, 5, 1), imported_on=today)
    RegulatorRatingFactory(organisation=home, overall="inadequate", published_on=date(2026, 1, 5), imported_on=today)
    AuthorityConcern.objects.say(
        commissioner=here, organisation=home, status=status(), starts_on=today, source="Weekly list", by=analyst,
        at=timezone.now(),
    )  # fmt: skip
    PlacementSuspension.objects.suspend(
        commissioner=here, organisation=home, authority="la", starts_on=today, reason="Staffing", recorded_by=analyst,
        recorded_at=timezone.now(),
    )  # fmt: skip
    text = client.get(LIST).content.decode()
    for words in ("Inadequate", "5 January 2026", "Fell", "from good", "Monitoring", "Suspended"):
        assert words in text
    assert ("Canary" in text, "Shire Trust" in text) == (False, False)
    for state, names in (("suspended", ["Oak House"]), ("free", []), ("fell", ["Oak House"]), ("unknown", [])):
        assert [str(each.organisation) for each in client.get(f"{LIST}?state={state}").context["page"]] == names


@pytest.mark.parametrize(("age", "checked"), [(40, False), (41, True)])
def test_hazard_16_a_rating_brought_in_more_than_forty_days_ago_is_marked_with_a_link_to_check(place, age, checked):
    _, home, _, client = place
    day = timezone.localdate() - timedelta(days=age)
    RegulatorRatingFactory(
        organisation=home, regulator_id="1-1000000001", published_on=date(2024, 5, 1), imported_on=day
    )
    for url in (LIST, reverse("oversight:placement", args=[home.reference])):
        text = client.get(url).content.decode()
        assert (f"brought in {day:%-d %B %Y}" in text, "https://www.cqc.org.uk/location/1-1000000001" in text) == (
            checked,
            checked,
        )
        assert "CQC, published 1 May 2024" in text
    assert len(client.get(f"{LIST}?state=check").context["page"].object_list) == checked


def test_a_status_ends_the_one_before_and_nothing_is_overwritten(place):
    _here, home, _analyst, client = place
    today = timezone.localdate()
    say = reverse("oversight:authority-concern", args=[home.reference])
    first = posted(client.get(say), status=status().pk, source="Weekly list", starts_on=today - timedelta(days=9))
    client.post(say, first)
    client.post(say, posted(client.get(say), status=status("embargo").pk, source="Call", starts_on=today))
    rows = AuthorityConcern.objects.of(home)
    assert [(str(each), each.starts_on, each.ends_on) for each in rows] == [
        ("Authority places nobody there", today, None), ("Monitoring", today - timedelta(days=9), today),
    ]  # fmt: skip
    late = client.post(say, posted(client.get(say), status=status().pk, source="Call", starts_on=today))
    assert (late.status_code, "recorded already" in str(late.context["form"].errors["starts_on"])) == (422, True)
    future = posted(client.get(say), status=status().pk, source="Call", starts_on=today + timedelta(days=1))
    assert client.post(say, future).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityConcern.objects.filter(pk=rows[1].pk).update(source="Somebody else")


def test_who_reads_and_who_records(place, sign_in):
    here, home, _, _ = place
    one, say = (reverse(f"oversight:{name}", args=[home.reference]) for name in ("placement", "authority-concern"))
    seen = {
        role: [sign_in(someone(role, where)).get(url).status_code for url in (LIST, one, say)]
        for role, where in (("DP", here), ("CM", here), ("AU", here), ("PL", home), ("GB", here))
    }
    assert seen == {
        "DP": [200, 200, 200], "CM": [200, 200, 404], "AU": [200, 200, 404], "PL": [404] * 3, "GB": [404] * 3,
    }  # fmt: skip


def test_the_file_holds_what_the_page_shows_and_many_homes_ask_no_more(place):
    here, home, _, client = place
    RegulatorRatingFactory(organisation=home, imported_on=timezone.localdate())
    text = client.get(reverse("exports:export-file", args=["placements", "csv"])).content.decode()
    assert ("Oak House" in text, "Not suspended" in text) == (True, True)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for n in range(5):
        RegulatorRatingFactory(organisation=a_home(here, f"Home {n}"))
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert (len(many), len(many) <= 12) == (len(one), True)


def test_a_kind_of_provider_where_people_are_placed_is_data(place):
    here, _, _, client = place
    provider_of(here, name="Elm Court", category=CategoryFactory(code="DOM"))
    assert set(Category.objects.filter(placed_in=True).values_list("code", flat=True)) == {"CHN", "CHR", "CHRES"}
    Category.objects.filter(code="DOM").update(placed_in=True)
    assert [str(each.organisation) for each in client.get(LIST).context["page"]] == ["Elm Court", "Oak House"]
    Category.objects.filter(code="CHN").update(placed_in=False)
    assert [str(each.organisation) for each in client.get(LIST).context["page"]] == ["Elm Court"]


@pytest.mark.parametrize("role", ["DP", "DN", "CM", "AU"])
def test_the_last_visit_is_the_one_that_the_profile_names(place, role):
    here, _, _, _ = place
    there, today = CommissionerFactory(), timezone.localdate()
    shared = shared_provider(there, here, name="Elm Court", category=CategoryFactory(code="CHN"))
    of = {"lead": someone("DP", there), "associate": someone("DP", here)}
    for days, state, whose, by in (
        (30, "with_provider", there, of["lead"]), (40, "final", there, of["lead"]), (60, "done", here, of["associate"]),
    ):  # fmt: skip
        a_visit(shared, whose, lead=by, state=state, planned_on=today - timedelta(days=days), at=timezone.now())
    seen = {}
    for commissioner in (here, there):
        reader = someone(role, commissioner)
        profile = Profile(shared, reader, today).last_visit
        (home,) = homes_of([shared], reader, on=today)
        assert home.visited_on == (profile and profile["ended_on"])
        seen[commissioner.pk] = (today - home.visited_on).days
    works_on_visits = role in ("DP", "DN")
    assert seen == {here.pk: 40, there.pk: 30 if works_on_visits else 40}
