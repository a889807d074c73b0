"""The regulator's file: a look at what it would do, history, unknown ids, wrong, old and macro files (hazard 16)."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assurance.models import AssurancePolicy
from oversight.models import Import
from providers.models import RegulatorRating
from tests.factories.accounts import someone
from tests.factories.posts import RegulatorRatingFactory
from tests.factories.providers import CommissionerFactory, SiteFactory, provider_of
from tests.oversight.files import send, workbook

pytestmark = pytest.mark.django_db
START = reverse("oversight:ratings-start")
HEAD = ["Location ID", "Location Name", "Provider ID", "Provider Name", "Service / Population Group", "Domain",
        "Latest Rating", "Publication Date", "Location Region"]  # fmt: skip


def row(location, domain, rating, published, *, provider="1-9000000001", part="Overall", name="A place"):
    return [location, name, provider, "A company", part, domain, rating, published, "East"]


def home_rows(location, overall, safe="Good", published="05/01/2026"):
    return [row(location, "Overall", overall, published), row(location, "Safe", safe, published)]


def file_of(*rows, head=HEAD):
    return workbook(head, *rows, sheet="Locations")


@pytest.fixture
def place(sign_in):
    here = CommissionerFactory()
    home = provider_of(here, name="Oak House", cqc_location_id="1-1000000001", cqc_provider_id="1-9000000001")
    trust = provider_of(here, name="Shire Trust", cqc_provider_id="1-9000000002")
    SiteFactory(organisation=trust, name="North Wing", cqc_location_id="1-1000000003")
    provider_of(CommissionerFactory(), name="Canary Lodge", cqc_location_id="1-1000000009")
    return here, home, trust, sign_in(someone("QA", here))


def brought(client, content, name="directory.xlsx", dated=None, **more):
    dated = dated or timezone.localdate()
    boxes = {f"dated_{part}": getattr(dated, part) for part in ("day", "month", "year")}
    return send(client, START, content, name, **boxes, **more)


def accept(client, page):
    form = page.context["form"]
    sent = {"seen": form["seen"].value(), "form_token": form["form_token"].value()}
    if "leave" in form.fields:
        sent["leave"] = "on"
    return client.post(page.redirect_chain[-1][0], sent, follow=True)


def test_ratings_are_kept_for_the_organisation_and_the_site_that_have_the_id(place):
    _, home, trust, client = place
    content = file_of(
        *home_rows("1-1000000001", "Requires improvement", "Inadequate"),
        row("1-1000000001", "Overall", "Good", "05/01/2026", part="Substance misuse"),
        row("", "Overall", "Outstanding", "01/06/2025", provider="1-9000000002"),
        *home_rows("1-1000000003", "Good"),
    )
    page = brought(client, content)
    assert RegulatorRating.objects.count() == 0
    assert [(each.title, each.state) for each in page.context["outcomes"]] == [
        ("Oak House", "new"), ("Shire Trust", "new"), ("Shire Trust, North Wing", "new"),
    ]  # fmt: skip
    done = accept(client, page)
    assert "is accepted" in done.content.decode()
    kept = RegulatorRating.objects.get(organisation=home)
    assert (kept.overall, kept.domains, kept.published_on) == (
        "requires_improvement", {"safe": "inadequate"}, date(2026, 1, 5),
    )  # fmt: skip
    assert (kept.imported_on, kept.file_dated, kept.file_name) == (
        timezone.localdate(), timezone.localdate(), "directory.xlsx",
    )  # fmt: skip
    assert RegulatorRating.objects.filter(organisation=trust).count() == 2


def test_unknown_ids_are_named_and_kept_out_and_nobody_elses_home_is_touched(place):
    content = file_of(*home_rows("1-1000000001", "Good"), *home_rows("1-1000000009", "Inadequate"))
    page = brought(place[3], content)
    assert page.context["brought_in"].left_out == ["1-1000000009 A place"]
    assert "kept out" in page.content.decode()
    accept(place[3], page)
    assert [row.organisation.name for row in RegulatorRating.objects.all()] == ["Oak House"]


def test_a_file_of_unknown_ids_only_takes_nothing_and_says_so(place):
    page = brought(place[3], file_of(*home_rows("1-1000000777", "Good")))
    assert page.status_code == 200
    text = page.content.decode()
    assert ("1-1000000777" in text, "There is nothing in this file to take" in text) == (True, True)


def test_a_drop_is_said_history_stays_and_a_newer_file_confirms(place):
    _, home, _, client = place
    old = RegulatorRatingFactory(organisation=home, overall="good", published_on=date(2024, 3, 1))
    accept(client, page := brought(client, file_of(*home_rows("1-1000000001", "Inadequate"))))
    said = [(each.label, each.was, each.becomes) for each in page.context["outcomes"][0].differences]
    assert said[0] == ("Rating", "Good", "Inadequate")
    assert said[-1][0] == "It fell"
    new, kept = RegulatorRating.objects.filter(organisation=home)
    assert (new.overall, kept) == ("inadequate", old)
    RegulatorRating.objects.filter(pk=new.pk).update(imported_on=timezone.localdate() - timedelta(days=60))
    accept(client, again := brought(client, file_of(*home_rows("1-1000000001", "Inadequate"))))
    assert again.context["outcomes"][0].differences[0].label == "Still the same in a file of"
    new.refresh_from_db()
    assert (new.imported_on, RegulatorRating.objects.filter(organisation=home).count()) == (timezone.localdate(), 2)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([row("1-1000000001", "Overall", "Splendid", "05/01/2026")], "is not one of the choices"),
        ([row("1-1000000001", "Overall", "Good", "some day")], "is not a date"),
        ([row("1-1000000001", "Overall", "Good", "")], "is empty, so nobody can say how old"),
        ([row("1-1000000001", "Safe", "Good", "05/01/2026")], "has no row “Overall”"),
        ([row("1-1000000001", "Overall", "Good", "01/01/2199")], "is after the date of the file"),
    ],
)
def test_a_row_that_cannot_be_believed_is_said_with_its_cell(place, rows, why):
    page = brought(place[3], file_of(*rows, *home_rows("1-1000000003", "Good")))
    rejected = [each for each in page.context["outcomes"] if each.state == "rejected"]
    assert [why in problem.why for each in rejected for problem in each.line.problems] == [True]
    accept(place[3], page)
    assert RegulatorRating.objects.count() == 1


def test_wrong_columns_an_old_file_and_a_file_with_macros_are_refused_at_the_box(place):
    client, good = place[3], home_rows("1-1000000001", "Good")
    wrong = brought(client, workbook(["Home", "Stars"], ["Oak House", 5]))
    assert (wrong.status_code, "at least these columns" in wrong.content.decode()) == (422, True)
    old = brought(client, file_of(*good), dated=timezone.localdate() - timedelta(days=41))
    assert (old.status_code, "more than 40 days old" in str(old.context["form"].errors["dated"])) == (422, True)
    future = brought(client, file_of(*good), dated=timezone.localdate() + timedelta(days=1))
    assert (future.status_code, "dated" in future.context["form"].errors) == (422, True)
    out = io.BytesIO(file_of(*good))
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("xl/vbaProject.bin", b"macro")
    macros = brought(client, out.getvalue(), "directory.xlsm")
    assert (macros.status_code, "macros" in macros.content.decode()) == (415, True)
    assert Import.objects.count() == 0


def test_how_old_a_file_may_be_is_the_commissioners_policy(place):
    here, _, _, client = place
    AssurancePolicy.objects.create(commissioner=here, valid_from=date(2026, 1, 1), regulator_days=10)
    old = brought(client, file_of(*home_rows("1-1000000001", "Good")), dated=timezone.localdate() - timedelta(days=11))
    assert "more than 10 days old" in str(old.context["form"].errors["dated"])


def test_ratings_are_history_so_an_import_is_not_undone(place):
    client = place[3]
    accept(client, brought(client, file_of(*home_rows("1-1000000001", "Good"))))
    brought_in = Import.objects.get()
    assert (
        "Undo this import"
        not in client.get(reverse("oversight:records-import", args=[brought_in.reference])).content.decode()
    )
    undo = reverse("oversight:records-undo", args=[brought_in.reference])
    assert client.post(undo, {}).status_code == 409
    assert RegulatorRating.objects.count() == 1


def test_a_provider_and_a_contract_manager_cannot_bring_ratings_in(place, sign_in):
    here, home, _, _ = place
    assert [sign_in(someone(role, where)).get(START).status_code for role, where in (("PL", home), ("CM", here))] == [
        404, 404,
    ]  # fmt: skip


def test_a_csv_of_the_same_columns_will_do(place):
    lines = [HEAD, *home_rows("1-1000000001", "Good")]
    content = "\r\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode()
    accept(place[3], brought(place[3], content, "directory.csv"))
    assert RegulatorRating.objects.get().overall == "good"
