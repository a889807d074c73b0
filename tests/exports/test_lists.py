"""A file holds exactly what its list shows: the same rows, in the same order, with the same words."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Role
from exports.listings import listings
from exports.models import Export
from exports.table import in_words
from providers.models import Organisation
from tests.exports.conftest import CANARY, SECRET, Place, a_care_home, of_csv, of_xlsx, rows_of, unpacked
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.actions import an_action
from tests.factories.posts import PostFactory, PostHolderFactory
from tests.factories.providers import provider_of

pytestmark = pytest.mark.django_db

# Each list, its page, and two filters that leave something.
LISTS = {
    "returns": ("/returns/", {"category": "HOMEX"}, {"state": "submitted", "q": "beta"}),
    "overview": ("/overview/", {"category": "HOMEX"}, {"q": "alpha", "sort": "name"}),
    "providers-by-state": ("/overview/providers/", {"standing": "no_return"}, {"category": "HOMEX", "sort": "-name"}),
    "actions": ("/actions/", {"when": "overdue", "sort": "organisation"}, {"category": "HOMEX"}),
    "overdue": ("/reminders/", {"q": "gamma"}, {"kind": "action"}),
    "evidence": ("/evidence/", {"q": "policy"}, {"state": "all"}),
    "contacts": ("/contacts/", {"category": "HOMEX"}, {"kind": "safeguarding_lead", "checked": "never", "q": "beta"}),
    "visit-programme": ("/visits/programme/", {"category": "HOMEX"}, {"state": "overdue", "q": "beta"}),
    "new-services": ("/new-services/", {"q": "coast"}, {"stage": "unsigned"}),
    "visits": ("/visits/", {"kind": "announced"}, {"words": "beta", "state": "cancelled"}),
    "contact-log": ("/contact-log/", {"kind": "advice"}, {"q": "consent", "whose": ""}),
    "incidents": ("/incidents/", {"state": "unread"}, {"q": "12345", "strand": "children"}),
    "indicators": ("/indicators/", {}, {"organisation": ""}),
    "intelligence": ("/intelligence/", {"theme": "staffing"}, {"q": "night", "state": "open"}),
    "escalation-steps": ("/escalation/", {"state": "proposed"}, {"words": "beta"}),
    "surveillance": ("/surveillance/", {"level": "Enhanced"}, {"words": "beta"}),
    "notices": ("/notices/", {"words": "beta"}, {}),
    "placements": ("/placements/", {"q": "beta"}, {}),
    "posts": ("/posts/", {"q": "alpha"}, {"state": "all", "q": "named nurse"}),
    "measured-lines": ("/figures/measured/", {"q": "dental"}, {"family": "training", "use": "all"}),
    "learning": ("/reviews/learning/", {"state": "draft"}, {"q": "consent"}),
    "figures-returns": ("/figures/returns/", {"progress": "late"}, {"category": "HOMEX", "q": "beta"}),
    "recovery-plans": ("/figures/recovery/", {"plan": "given"}, {"q": "alpha"}),
    "figure-queries": ("/figures/queries/", {"state": "open"}, {"q": "alpha", "state": "asked"}),
    "register": ("/organisations/", {"category": "HOMEX"}, {"q": "AB1", "sort": "-name"}),
}  # fmt: skip
# What the page writes in other words: a size with its unit, a kind of grade drawn as a mark.
OTHERWISE = {"Size (bytes)", "Named people only", "What became of it", "Told", "Used", "Times moved", "Days late"}


def shown(value: Any) -> set[str]:
    """How a page may write a cell."""
    if isinstance(value, date):
        return {in_words(value), f"{value:%-d %b %Y}"}
    return {str(value)}


def differing(page_rows: list[str], found: list[list[Any]]) -> list[str]:
    """Cells whose words do not stand in the row of the page."""
    heads, *rows = found
    wrong = []
    for text, row in zip(page_rows, rows, strict=True):
        for head, value in zip(heads, row, strict=True):
            said = value.date() if isinstance(value, datetime) else int(value) if isinstance(value, float) else value
            parts = [said] if not isinstance(said, str) else [p for p in said.replace(": ", "; ").split("; ") if p]
            missing = [p for p in parts if not any(word in text for word in shown(p))]
            if said != "" and head not in OTHERWISE and missing:
                wrong.append(f"{head}: {missing} not in {text!r}")
    return wrong


@pytest.mark.parametrize("name", LISTS)
def test_a_file_holds_the_rows_of_the_page_in_its_order_and_words(name: str, place: Place, sign_in: Any) -> None:
    client = sign_in(place.analyst)
    a_care_home(place)
    if name == "posts":
        post = PostFactory(organisation=place.providers[1])
        PostHolderFactory(post=post, verified_on=timezone.localdate())
    url, *filters = LISTS[name]
    for query in ({}, *filters):
        compare(client, name, url, query)


def compare(client: Any, name: str, url: str, query: dict[str, str]) -> None:
    page = rows_of(client.get(url, query))
    above, found = of_xlsx(client.get(f"/exports/list/{name}/file.xlsx", query))
    _, lines = of_csv(client.get(f"/exports/list/{name}/file.csv", query))
    assert page
    assert len(page) == len(found) - 1 == len(lines)
    # Not every page says all of a received return's dates: it says when it came.
    allowed = {
        "returns": ("First due", "Due", "Received"),
        "providers-by-state": ("Agreed date",),
        "visit-programme": ("Commissioner",),
        "contact-log": ("Commissioner",),
        "notices": ("Commissioner",),
        "posts": ("Law asks for it",),  # in the page's own words
        "figures-returns": ("As at", "Due", "First due"),
    }.get(name, ())
    assert [each for each in differing(page, found) if not each.startswith(allowed)] == []
    assert f"Rows: {len(page)}" in above
    assert any(line.startswith("As at: ") for line in above)


def test_every_list_that_can_be_taken_out_is_looked_at_here() -> None:
    """People have tests of their own: others do not look after access; so have reviews and figures."""
    own = [
        "figure-line",
        "figure-lines",
        "figures",
        "implications",
        "people",
        "report-workload",
        "review-actions",
        "review-looks",
        "reviews",
    ]
    assert [each.name for each in listings()] == sorted([*LISTS, *own])


def test_dates_are_dates_and_silence_is_said_in_words(place: Place, sign_in: Any) -> None:
    client = sign_in(place.analyst)
    _, (heads, *rows) = of_xlsx(client.get("/exports/list/returns/file.xlsx", {"sort": "name"}))
    by_name = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    assert isinstance(by_name["Alpha Trust"]["Received"], date)
    assert by_name["Gamma Lodge"]["Received"] == "No return received"
    assert isinstance(by_name["Gamma Lodge"]["Due"], date)
    _, lines = of_csv(client.get("/exports/list/returns/file.csv"))
    due = next(line["Due"] for line in lines if line["Provider"] == "Gamma Lodge")
    assert date.fromisoformat(due) == by_name["Gamma Lodge"]["Due"]


def test_own_word_and_reviewed_are_told_apart_in_the_matrix(place: Place, sign_in: Any) -> None:
    _, (_, *rows) = of_xlsx(sign_in(place.analyst).get("/exports/list/overview/file.xlsx"))
    cells = {row[0]: row[2] for row in rows}
    assert "validated, evidence reviewed for" in cells["Alpha Trust"] or "accepted as declared" in cells["Alpha Trust"]
    assert cells["Beta House"].endswith("self-assessed")
    assert cells["Gamma Lodge"] == "NR: No return received"


def test_the_stamp_names_list_filter_person_and_commissioner(place: Place, sign_in: Any, settings: Any) -> None:
    client = sign_in(place.analyst)
    stamp, _ = of_csv(client.get("/exports/list/returns/file.csv", {"category": "HOMEX", "q": "be"}))
    assert stamp["List"] == "Returns"
    assert stamp["Filter"] == "Provider: be; Category: Test home"
    assert stamp["Exported by"] == str(place.analyst)
    assert stamp["Commissioner"] == str(place.ours)
    assert stamp["Rows"] == "1"
    assert "Demonstration data" not in stamp
    settings.PORTAL_DEMONSTRATION = True
    stamp, _ = of_csv(client.get("/exports/list/returns/file.csv"))
    assert stamp["Demonstration data"] == "Invented people and places. Not for real use."
    assert stamp["Filter"] == "None: everything that the list holds"


def test_while_acting_for_one_the_overview_is_that_ones_and_says_so(place: Place, sign_in: Any) -> None:
    theirs = Organisation.objects.get(name=f"{CANARY} commissioner")
    MembershipFactory(user=place.analyst, role=Role.QUALITY_ANALYST, organisation=theirs)
    client = sign_in(place.analyst)
    stamp, lines = of_csv(client.get("/exports/list/overview/file.csv"))
    assert stamp["Commissioner"] == "; ".join(sorted([place.ours.name, theirs.name]))
    assert len(lines) == 4
    session = client.session
    session["acting_for"] = place.ours.pk
    session.save()
    stamp, lines = of_csv(client.get("/exports/list/overview/file.csv"))
    assert stamp["Commissioner"] == place.ours.name
    assert len(lines) == 3
    assert "commissioner" not in client.get("/exports/list/overview/freeze/").context["form"].fields


@pytest.mark.parametrize("name", LISTS)
def test_nothing_of_another_commissioner_or_of_named_people_comes_along(name: str, place: Place, sign_in: Any) -> None:
    client = sign_in(place.analyst)
    a_care_home(place)
    for query in ({}, {"q": "canary"}):
        files = [client.get(f"/exports/list/{name}/file.{ending}", query) for ending in ("xlsx", "csv")]
        held = unpacked(files[0].content) + files[1].content.decode()
        asked = held.replace("Name or code: canary", "").replace("Provider: canary", "")
        assert CANARY not in asked
        assert SECRET not in asked
    ours = {
        "placements": "Beta Grange", "learning": "Ask again about consent", "measured-lines": "Dental checks",
    }.get(name, "Alpha Trust")  # fmt: skip
    assert ours in unpacked(client.get(f"/exports/list/{name}/file.xlsx").content)


def test_who_is_on_the_access_list_takes_out_what_the_page_shows_them(place: Place, sign_in: Any) -> None:
    _, lines = of_csv(sign_in(place.nurse).get("/exports/list/actions/file.csv"))
    assert [line["Action"] for line in lines if line["Named people only"] == "yes"] == [SECRET]
    assert len(lines) == 4


def test_restricted_steps_leave_with_those_who_see_them_and_say_so(place: Place, sign_in: Any) -> None:
    _, lines = of_csv(sign_in(place.nurse).get("/exports/list/escalation-steps/file.csv"))
    assert [line["Why"] for line in lines if line["Named people only"] == "yes"] == [SECRET]
    assert len(lines) == 4


def test_a_provider_takes_out_the_notices_about_itself_and_nothing_of_escalation(place: Place, sign_in: Any) -> None:
    client = sign_in(someone(Role.PROVIDER_LEAD, place.providers[0]))
    _, lines = of_csv(client.get("/exports/list/notices/file.csv"))
    assert [line["Provider"] for line in lines] == ["Alpha Trust"]
    assert "/exports/list/notices/file.csv" in client.get("/notices/").content.decode()
    for name in ("escalation-steps", "surveillance"):
        assert client.get(f"/exports/list/{name}/file.csv").status_code == 404
        assert sign_in(place.analyst).get(f"/exports/list/{name}/file.csv").status_code == 200


def test_a_provider_takes_out_its_own_rows_only(place: Place, sign_in: Any) -> None:
    lead = someone(Role.PROVIDER_LEAD, place.providers[0])
    client = sign_in(lead)
    _, lines = of_csv(client.get("/exports/list/actions/file.csv"))
    assert [line["Organisation"] for line in lines] == ["Alpha Trust"]
    _, lines = of_csv(client.get("/exports/list/returns/file.csv"))
    assert [line["Provider"] for line in lines] == ["Alpha Trust"]
    assert client.get("/exports/list/overview/file.csv").status_code == 404
    assert client.get("/exports/list/actions/freeze/").status_code == 404


def test_somebody_who_may_look_and_not_export_finds_neither_link_nor_file(place: Place, sign_in: Any) -> None:
    client = sign_in(someone(Role.AUDITOR, place.ours))
    page = client.get("/actions/").content.decode()
    assert "Alpha Trust" in page
    assert "/exports/" not in page
    assert client.get("/exports/list/actions/file.xlsx").status_code == 404
    assert "/exports/list/actions/file.xlsx" in sign_in(place.analyst).get("/actions/").content.decode()


def test_a_right_held_elsewhere_takes_nothing_out_here(place: Place, sign_in: Any) -> None:
    """An auditor here who is an analyst next door sees both and takes out next door's alone."""
    from tests.factories.providers import CommissionerFactory

    elsewhere = CommissionerFactory()
    an_action(elsewhere, provider_of(elsewhere, name="Elsewhere Ltd"), text="Elsewhere")
    person = someone(Role.AUDITOR, place.ours)
    MembershipFactory(user=person, role=Role.QUALITY_ANALYST, organisation=elsewhere)
    client = sign_in(person)
    assert len(rows_of(client.get("/actions/"))) == 4
    stamp, lines = of_csv(client.get("/exports/list/actions/file.csv"))
    assert [line["Organisation"] for line in lines] == ["Elsewhere Ltd"]
    assert stamp["Commissioner"] == str(elsewhere)


@pytest.mark.parametrize("address", ["list/nothing/file.xlsx", "list/returns/file.pdf", "list/nothing/freeze/"])
def test_an_unknown_list_or_ending_is_not_there(address: str, place: Place, sign_in: Any) -> None:
    assert sign_in(place.analyst).get(f"/exports/{address}").status_code == 404


def test_each_export_is_noted_and_head_is_not(place: Place, sign_in: Any) -> None:
    client = sign_in(place.analyst)
    client.head("/exports/list/returns/file.csv")
    assert Export.objects.count() == 0
    response = client.get("/exports/list/returns/file.csv", {"q": "alpha"})
    noted = Export.objects.get()
    assert (noted.listing, noted.ending, noted.rows, noted.by, noted.organisation, noted.said) == (
        "returns", "csv", 1, place.analyst, place.ours, "Provider: alpha",
    )  # fmt: skip
    assert response.headers["Content-Disposition"] == f'attachment; filename="returns-{noted.at:%Y-%m-%d}.csv"'
    assert (response.headers["Cache-Control"], response.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    log = sign_in(someone(Role.DIRECTOR_OF_NURSING, place.ours)).get("/exports/log/").content.decode()
    assert "Provider: alpha" in log
    assert str(place.analyst) in log
    neighbour = place.providers[0]
    other = sign_in(someone(Role.PROVIDER_LEAD, neighbour)).get("/exports/log/").content.decode()
    assert "Provider: alpha" not in other


def test_after_twenty_in_an_hour_it_stops_and_says_so(place: Place, sign_in: Any) -> None:
    client = sign_in(place.analyst)
    codes = [client.get("/exports/list/evidence/file.csv").status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]
    page = client.get("/exports/list/evidence/file.csv").content.decode()
    assert "20 lists within an hour" in page
    assert Export.objects.count() == 20


@pytest.mark.parametrize("name", LISTS)
def test_as_many_statements_for_many_rows(name: str, place: Place, sign_in: Any, now: datetime) -> None:
    client, url = sign_in(place.analyst), f"/exports/list/{name}/file.xlsx"
    client.get(url)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    few = statements()
    from datetime import timedelta

    from tests.factories.assurance import a_return
    from tests.factories.evidence import EvidenceItemFactory
    from tests.factories.providers import ContactFactory

    for n in range(5):
        more = provider_of(place.ours, name=f"More {n}")
        ContactFactory(organisation=more)
        day = timedelta(days=9 + n)
        a_return(place.round, more, issued_at=now - timedelta(days=60), due_on=(now - day).date())
        an_action(place.ours, more, due_on=(now - day).date(), at=now - timedelta(days=60), by=place.nurse)
        EvidenceItemFactory(commissioner=place.ours, organisation=more)
    assert statements() == few
