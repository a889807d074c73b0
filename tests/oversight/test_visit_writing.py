"""Writing a visit up: lines that save themselves, conflicts, immediate concerns, and closing it."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from chasing.models import Letter
from oversight.models import Chosen, Visit, VisitFinding, VisitLine
from oversight.models.visit_writing import line_key, tell_of
from tests.factories.accounts import someone
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, SiteFactory, posted, provider_of
from tests.factories.visits import a_finding, a_visit

pytestmark = pytest.mark.django_db
FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


@pytest.fixture
def place():
    published()
    commissioner = CommissionerFactory()
    organisation = provider_of(commissioner)
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    site = SiteFactory(organisation=organisation, name="Ash Ward")
    return a_visit(organisation, commissioner, lead=nurse, planned_on=timezone.localdate(), site=site), nurse


def line(client, visit, key, *, version=0, by_script=True, **given):
    typed = {
        "asked": "Supervision",
        "judgement": "concern",
        "text": "No record since May.",
        "version": version,
        **given,
    }
    return client.post(f"/visits/{visit.reference}/line/?key={key}", typed, **(FETCH if by_script else {}))


def test_a_line_saves_itself_at_its_site_and_criterion(place, sign_in):
    visit, nurse = place
    client, key = sign_in(nurse), line_key(visit, "spare 1")
    page = client.get(f"/visits/{visit.reference}/write-up/").content.decode()
    assert f'data-autosave="/visits/{visit.reference}/line/?key={key}"' in page
    answer = line(client, visit, key, ref="1.1 Board lead", place="ash ward")
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    found = VisitFinding.objects.get()
    assert (found.judgement, found.text, found.site.name, found.saved_by) == (
        "concern", "No record since May.", "Ash Ward", nurse,
    )  # fmt: skip
    assert found.criterion.versions.first().ref == "1.1"
    # The same once more, as after a lost answer, changes nothing.
    assert line(client, visit, key, ref="1.1", place="Ash Ward").json()["version"] == 1
    page = client.get(f"/visits/{visit.reference}/write-up/").content.decode()
    assert "No record since May." in page
    assert 'name="place" list="sites" autocomplete="off" maxlength="200" value="Ash Ward"' in page


def test_of_two_who_changed_a_line_the_second_sees_both(place, sign_in):
    visit, nurse = place
    other = someone(Role.DESIGNATED_PROFESSIONAL, visit.commissioner)
    key = uuid.uuid4()
    assert line(sign_in(nurse), visit, key).status_code == 200
    assert line(sign_in(nurse), visit, key, version=1, text="No record since June.").status_code == 200
    answer = line(sign_in(other), visit, key, version=1, text="Records are complete.")
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "No record since June." in said
    assert "Records are complete." in said
    assert 'data-version="2"' in said
    assert line(sign_in(other), visit, key, version=2, text="Records are complete.").json()["version"] == 3
    assert VisitFinding.objects.get().text == "Records are complete."
    # Two who fill the same empty line at once are told as well.
    assert line(sign_in(nurse), visit, key, version=0, text="A third text").status_code == 409


@pytest.mark.parametrize(("typed", "box"), [({"ref": "99.9"}, "ref"), ({"place": "Elsewhere"}, "place")])
def test_an_unknown_criterion_or_site_is_said_at_the_line(place, sign_in, typed, box):
    visit, nurse = place
    answer = line(sign_in(nurse), visit, uuid.uuid4(), **typed)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [box])
    plain = line(sign_in(nurse), visit, uuid.uuid4(), by_script=False, **typed)
    assert plain.status_code == 422
    assert "No record since May." in plain.content.decode()
    assert not VisitFinding.objects.exists()


def test_parts_save_themselves_and_nothing_else_is_a_part(place, sign_in):
    visit, nurse = place
    client = sign_in(nurse)
    post = lambda of, **given: client.post(f"/visits/{visit.reference}/part/?of={of}", given, **FETCH)  # noqa: E731
    assert post("counts", nurses="4", records="12", version="0").json()["version"] == 1
    assert (
        post("staff-1", question="Who is the lead?", known="partly", comment="Two of four", version="0").status_code
        == 200
    )
    assert post("counts", nurses="many", version="1").status_code == 422
    assert post("anything", text="x").status_code == 404
    values = {part.part: part.value for part in visit.parts.all()}
    assert (values["counts"]["nurses"], values["counts"]["records"], values["counts"]["doctors"]) == (4, 12, None)
    assert values["staff-1"] == {"question": "Who is the lead?", "known": "partly", "comment": "Two of four"}
    page = client.get(f"/visits/{visit.reference}/write-up/").content.decode()
    assert 'value="Two of four"' in page


def done(client, visit, day):
    parts = {
        f"{name}_on_{part}": getattr(day, part) for name in ("started", "ended") for part in ("day", "month", "year")
    }
    return client.post(f"/visits/{visit.reference}/done/", parts)


def test_a_visit_in_the_future_cannot_be_done(place, sign_in):
    visit, nurse = place
    a_finding(visit)
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = done(sign_in(nurse), visit, tomorrow)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "ended_on": ["The visit has not taken place yet, so it cannot be marked as done"]
    }
    assert [str(each) for each in answer.context["form"]["ended_on"].value()] == [
        str(getattr(tomorrow, part)) for part in ("day", "month", "year")
    ]
    visit.refresh_from_db()
    assert visit.state == "planned"
    assert done(sign_in(nurse), visit, timezone.localdate()).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.visited_on) == ("done", timezone.localdate())
    assert done(sign_in(nurse), visit, timezone.localdate()).status_code == 409


def test_an_immediate_concern_is_told_the_same_day_before_the_write_up_is_closed(place, sign_in):
    visit, nurse = place
    client, today = sign_in(nurse), timezone.localdate()
    concern = a_finding(visit, "immediate_concern", asked="Locked exits")
    a_finding(visit, "concern", asked="Supervision")
    assert list(VisitFinding.objects.immediate(commissioner=visit.commissioner)) == [concern]
    refused = done(client, visit, today)
    assert refused.status_code == 409
    assert "Record who was told of the immediate concern “Locked exits”" in refused.content.decode()
    day = {f"told_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    told = {"who": "Ann Lee, ward manager", "how": "in_person", "told_at": "00:01", "agreed": "Opened at once", **day}
    answer = client.post(f"/visits/{visit.reference}/told/?key={concern.key}", told)
    assert answer["Location"] == f"/visits/{visit.reference}/letter/"
    assert concern.told.get().same_day_as(today)
    draft = client.get(f"/visits/{visit.reference}/letter/")
    assert "Ann Lee, ward manager was told on" in draft.context["form"].initial["text"]
    assert "Supervision" not in draft.context["form"].initial["text"]
    assert visit.letters.count() == 0
    client.post(f"/visits/{visit.reference}/letter/", {"to_name": "Dr Sen", "text": "Please act at once."})
    written = visit.letters.get()
    assert (written.text, written.sent_at) == ("Please act at once.", None)
    lead, address = sign_in(someone(Role.PROVIDER_LEAD, visit.organisation)), f"/visits/letters/{written.reference}/"
    assert lead.get(address).status_code == 404
    client.post(f"/visits/{visit.reference}/letter/", {"send": "yes"})
    written.refresh_from_db()
    assert "Please act at once." in lead.get(address).content.decode()
    assert address in lead.get(reverse("assurance:provider-home")).content.decode()
    assert Letter.objects.filter(kind="visit_letter").count() == 1
    assert written.sent_by == nurse
    with pytest.raises(IntegrityError), transaction.atomic():
        visit.letters.update(text="Something else")
    assert done(client, visit, today).status_code == 302


def test_who_was_told_is_recorded_of_a_saved_immediate_concern_only(place, sign_in):
    visit, nurse = place
    client, line, today = sign_in(nurse), a_finding(visit, "concern"), timezone.localdate()
    told = {"who": "Ann Lee, manager", "how": "in_person", "told_at": "09:00"}
    told |= {f"told_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    refused = client.post(f"/visits/{visit.reference}/told/?key={line.key}", told)
    assert (refused.status_code, refused.context["form"]["who"].value()) == (409, "Ann Lee, manager")
    assert "Judge it first" in refused.content.decode()
    unsaved = client.get(f"/visits/{visit.reference}/told/?key={uuid.uuid4()}")
    assert (unsaved.status_code, "not saved yet" in unsaved.content.decode()) == (409, True)
    assert client.get(f"/visits/{visit.reference}/told/?key=junk").status_code == 404
    assert not line.told.exists()


def test_the_page_asks_as_much_for_many_lines_as_for_one(place, sign_in, django_assert_max_num_queries):
    visit, nurse = place
    client = sign_in(nurse)
    client.get("/")
    counts = []
    for more in (1, 15):
        for n in range(more):
            a_finding(visit, asked=f"Line {n}")
        with django_assert_max_num_queries(40) as asked:
            client.get(f"/visits/{visit.reference}/write-up/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_page_is_light_with_many_lines(place, sign_in):
    visit, nurse = place
    VisitLine.objects.choose(visit, [Chosen(f"Line {n}: " + "what is looked at here " * 3) for n in range(30)])
    page = sign_in(nurse).get(f"/visits/{visit.reference}/write-up/")
    assert page.content.count(b'data-autosave="') > 40
    assert len(page.content) < 150_000


def test_nothing_is_written_in_a_cancelled_visit(place, sign_in):
    visit, nurse = place
    Visit.objects.filter(pk=visit.pk).update(state="cancelled")
    assert line(sign_in(nurse), visit, uuid.uuid4()).status_code == 409
    assert sign_in(nurse).get(f"/visits/{visit.reference}/write-up/").status_code == 409
    assert not VisitFinding.objects.exists()


def remove(client, visit, key, **given):
    url = f"/visits/{visit.reference}/line/remove/?key={key}"
    page = client.get(url)
    return client.post(url, given or posted(page)) if page.status_code == 200 else page


def test_a_line_added_on_the_spot_is_removed_by_who_wrote_it(place, sign_in):
    visit, nurse = place
    client, key = sign_in(nurse), line_key(visit, "spare 3")
    other = someone(Role.DESIGNATED_PROFESSIONAL, visit.commissioner)
    line(client, visit, key)
    link = f"/visits/{visit.reference}/line/remove/?key={key}"
    assert link in client.get(f"/visits/{visit.reference}/write-up/").content.decode()
    assert link not in sign_in(other).get(f"/visits/{visit.reference}/write-up/").content.decode()
    assert "No record since May." in client.get(link).content.decode()
    theirs = remove(sign_in(other), visit, key)
    assert (theirs.status_code, f"{nurse} wrote this line" in theirs.content.decode()) == (409, True)
    asked = posted(client.get(link))
    line(client, visit, key, version=1, text="No record since June.")
    assert client.post(link, asked).status_code == 409
    assert VisitFinding.objects.get().text == "No record since June."
    assert remove(client, visit, key)["Location"] == f"/visits/{visit.reference}/write-up/"
    assert not VisitFinding.objects.exists()
    assert client.get(link).status_code == 409
    # The empty line is there again, and takes another text.
    assert f"/line/?key={key}" in client.get(f"/visits/{visit.reference}/write-up/").content.decode()
    assert line(client, visit, key, text="Another text").json()["version"] == 1


def test_what_is_more_than_a_slip_is_not_removed(place, sign_in):
    visit, nurse = place
    client, told, asked, closed = (
        sign_in(nurse),
        *(line_key(visit, name) for name in ("spare 1", "line Rota", "spare 2")),
    )
    for key in (told, asked, closed):
        line(client, visit, key, judgement="immediate_concern" if key == told else "compliant")
    when = {"how": "in_person", "told_at": timezone.now(), "agreed": "", "by": nurse, "at": timezone.now()}
    tell_of(VisitFinding.objects.get(key=told), who="Ann Lee", **when)
    refused = {key: " ".join(remove(client, visit, key).content.decode().split()) for key in (told, asked)}
    assert ("Somebody was told" in refused[told], "what the visit looks at" in refused[asked]) == (True, True)
    page = posted(client.get(f"/visits/{visit.reference}/line/remove/?key={closed}"))
    assert done(client, visit, timezone.localdate()).status_code == 302
    assert remove(client, visit, closed, **page).status_code == 409
    assert client.get(f"/visits/{visit.reference}/line/remove/?key=nothing").status_code == 404
    assert VisitFinding.objects.count() == 3
