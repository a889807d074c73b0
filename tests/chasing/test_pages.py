"""The reminder pages: what they show, to whom, and that their cost does not grow with what is due."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from chasing import relay
from chasing.daily import reminders_last_ran
from chasing.models import Chase, JobRun, Ladder, Letter, SendingHold
from chasing.planner import plan
from chasing.steps import next_working_day
from design.calendar import add_working_days
from tests.factories.accounts import CircleFactory, CircleMemberFactory, someone
from tests.factories.chasing import CANARY, a_due_return, a_place, an_action, seven_oclock
from tests.factories.providers import CategoryFactory, OrganisationFactory, provider_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
WORKING = next_working_day(TODAY)
PAGES = ["", "coming/", "proposals/", "given-up/", "steps/"]


def late(days):
    return TODAY - timedelta(days=days)


def plan_today():
    return plan(WORKING, at=seven_oclock(WORKING))


def counted_get(client, url):
    client.get(url)  # what is kept between requests is kept
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    return response, len(asked)


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_shows_each_overdue_thing_with_its_dates_and_last_reminder(sign_in, mail):
    place = a_place(name="Meadow View")
    due = a_due_return(place, late(8), original_due_on=late(30))
    plan_today()
    relay.deliver(lambda: seven_oclock(WORKING))

    page = words(sign_in(place.analyst).get("/reminders/"))

    assert f"/returns/{due.reference}/" in page
    assert "Meadow View" in page
    assert "8 days late" in page
    assert "moved to" in page
    assert "Leah Lead" in page
    assert "Accepted by the mail server" in page


def test_hazard_17_nobody_signed_in_since_stands_beside_a_reminder_until_somebody_has(sign_in, mail):
    place = a_place()
    a_due_return(place, late(8))
    plan_today()
    relay.deliver(lambda: seven_oclock(WORKING))
    client = sign_in(place.analyst)
    assert "Nobody signed in since" in words(client.get("/reminders/"))

    type(place.contributor).objects.filter(pk=place.contributor.pk).update(
        last_seen_at=seven_oclock(WORKING) + timedelta(hours=1)
    )

    assert "Nobody signed in since" not in words(client.get("/reminders/"))


def test_counts_by_days_and_category_lead_to_the_rows_behind_them(sign_in):
    place = a_place()
    home = provider_of(place.commissioner, category=CategoryFactory(code="HOME", name="Home", plural="Care homes"))
    for days in (2, 7, 15, 30, 31):
        a_due_return(place, late(days))
    a_due_return(place, late(3), organisation=home)
    an_action(place, late(3), organisation=home)
    a_due_return(place, TODAY)
    client = sign_in(place.analyst)

    context = client.get("/reminders/").context
    assert {line.code: dict(line.cells) for line in context["counts"]} == {
        "ACUTE": {"1-5": 1, "6-10": 1, "11-20": 1, "21": 2},
        "HOME": {"1-5": 2, "6-10": 0, "11-20": 0, "21": 0},
    }
    for line in context["counts"]:
        for days, n in line.cells:
            listed = client.get("/reminders/", {"days": days, "category": line.code}).context["listed"]
            assert len(listed) == n
    assert [row.days_late for row in client.get("/reminders/", {"kind": "action"}).context["listed"]] == [3]
    assert len(client.get("/reminders/", {"q": home.name}).context["listed"]) == 2


def test_a_pause_stops_mail_and_the_count_stays(sign_in):
    place = a_place()
    due = a_due_return(place, late(8))
    client = sign_in(place.analyst)
    before = client.get("/reminders/").context["total"]

    page = client.post(
        f"/reminders/of/self_assessment/{due.reference}/pause/",
        {**day("until", TODAY + timedelta(days=20)), "reason": "Ward moving"},
    )

    assert page.status_code == 302
    after = client.get("/reminders/")
    assert (before, after.context["total"], after.context["listed"][0].paused) == (1, 1, True)
    assert "Ward moving" in words(after)
    pauses = after.context["pauses"]
    assert (pauses.n, pauses.longest) == (1, TODAY + timedelta(days=20))
    assert plan_today().decided == 0
    assert after.context["listed"][0].next.on >= TODAY + timedelta(days=20)


def day(name, when):
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


@pytest.mark.parametrize("days", [0, 120])
def test_a_pause_has_an_end_that_comes_soon(days, sign_in):
    place = a_place()
    due = a_due_return(place, late(8))
    answer = sign_in(place.analyst).post(
        f"/reminders/of/self_assessment/{due.reference}/pause/",
        {**day("until", TODAY + timedelta(days=days)), "reason": "Ward moving"},
    )

    assert answer.status_code == 422
    due.refresh_from_db()
    assert due.paused_until is None
    assert "Ward moving" in words(answer)


def test_pausing_something_that_has_just_arrived_is_refused(sign_in):
    place = a_place()
    due = a_due_return(place, late(8))
    due.withdraw(by=place.nurse, at=timezone.now(), reason="Merged")
    answer = sign_in(place.analyst).post(
        f"/reminders/of/self_assessment/{due.reference}/pause/",
        {**day("until", TODAY + timedelta(days=9)), "reason": "Ward moving"},
    )

    assert answer.status_code == 409


def test_a_pause_is_lifted_with_a_reason(sign_in):
    place = a_place()
    due = a_due_return(place, late(8), paused_until=TODAY + timedelta(days=20))

    answer = sign_in(place.nurse).post(
        f"/reminders/of/self_assessment/{due.reference}/lift/", {"reason": "Ward has moved"}
    )

    due.refresh_from_db()
    assert (answer.status_code, due.paused_until) == (302, None)


def test_sending_is_held_and_goes_on_with_the_number_that_would_leave(sign_in):
    place = a_place()
    a_due_return(place, late(1))
    client = sign_in(place.analyst)
    held = client.post(f"/reminders/sending/{place.commissioner.reference}/hold/", {"reason": "Wrong dates"})
    assert held.status_code == 302
    assert "Wrong dates" in words(client.get("/reminders/"))
    plan(WORKING, at=timezone.now())

    before = client.get(f"/reminders/sending/{place.commissioner.reference}/go/")

    assert before.context["waiting"] == Letter.objects.count() > 0
    assert client.post(f"/reminders/sending/{place.commissioner.reference}/go/", {"go": "1"}).status_code == 302
    assert SendingHold.objects.in_place().count() == 0


def test_holding_twice_is_refused(sign_in, at):
    place = a_place()
    SendingHold.objects.place(place.commissioner, reason="Wrong dates", by=place.nurse, at=at)

    answer = sign_in(place.analyst).post(
        f"/reminders/sending/{place.commissioner.reference}/hold/", {"reason": "Me too"}
    )

    assert answer.status_code == 409


def test_a_proposal_is_taken_after_a_call_and_only_then_written_to_the_executive(sign_in, mail):
    place = a_place()
    due = a_due_return(place, add_working_days(WORKING, -10))
    plan_today()
    client = sign_in(place.nurse)
    assert "Waiting for a decision" in words(client.get(f"/reminders/of/self_assessment/{due.reference}/"))
    assert due.round.name in words(client.get("/reminders/proposals/"))

    address = f"/reminders/of/self_assessment/{due.reference}/decide/"
    assert client.post(address, {"decision": "take", "reason": ""}).status_code == 422
    assert client.post(address, {"decision": "take", "reason": "Rang Leah on Monday"}).status_code == 302

    relay.deliver(lambda: seven_oclock(add_working_days(WORKING, 1)))
    assert mail.addresses == [place.executive.email]
    chase = Chase.objects.get()
    assert (chase.outcome, chase.decided_by, chase.reason) == ("taken", place.nurse, "Rang Leah on Monday")


def test_a_declined_proposal_sends_nothing_and_keeps_the_reason(sign_in, mail):
    place = a_place()
    due = a_due_return(place, add_working_days(WORKING, -20))
    plan_today()
    client = sign_in(place.nurse)

    client.post(f"/reminders/of/self_assessment/{due.reference}/decide/", {"decision": "decline", "reason": "Closing"})

    assert Letter.objects.count() == 0
    assert "Closing" in words(client.get(f"/reminders/organisations/{place.provider.reference}/"))


def test_a_proposal_with_nobody_to_write_to_stays_open(sign_in):
    place = a_place()
    place.executive.memberships.update(ends_on=TODAY)
    due = a_due_return(place, add_working_days(WORKING, -10))
    plan_today()

    answer = sign_in(place.nurse).post(
        f"/reminders/of/self_assessment/{due.reference}/decide/", {"decision": "take", "reason": "Rang Leah"}
    )

    assert answer.status_code == 409
    assert Chase.objects.get().outcome == "proposed"


def test_what_goes_out_is_listed_by_person_with_what_reaches_nobody_first(sign_in):
    place = a_place()
    alone = provider_of(place.commissioner, name="Alone House")
    a_due_return(place, add_working_days(WORKING, 5), organisation=alone)
    _, to_nobody = counted_get(sign_in(place.analyst), "/reminders/coming/")
    a_due_return(place, add_working_days(WORKING, 5))

    client = sign_in(place.analyst)
    page, asked = counted_get(client, "/reminders/coming/")

    names = [person.name for person in page.context["rows"]]
    assert names == ["Nobody to write to", "Con Tributor", "Leah Lead"]
    assert asked == to_nobody


def test_hazard_17_given_up_letters_and_unreachable_providers_are_listed_and_can_be_tried_again(sign_in):
    place = a_place()
    provider_of(place.commissioner, name="Alone House")
    letter = Letter.objects.write(
        "factor_changed", dedupe_key="one", at=timezone.now(), to_user=place.lead, commissioner=place.commissioner,
        organisation=place.provider,
    )  # fmt: skip
    Letter.objects.update(state="dead", problem="The mail server refused the address (550).", attempts=8)
    client = sign_in(place.analyst)

    page = words(client.get("/reminders/given-up/"))
    assert "refused the address (550)" in page
    assert "Alone House" in page
    assert f"/reminders/letters/{letter.reference}/retry/" in page
    assert place.provider.name not in page.split("Providers without a working address")[-1]

    assert client.post(f"/reminders/letters/{letter.reference}/retry/", {"again": "1"}).status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("pending", 0)
    assert client.post(f"/reminders/letters/{letter.reference}/retry/", {"again": "1"}).status_code == 409


def test_who_only_reads_reminders_is_offered_no_letter_to_try_again(sign_in):
    place = a_place()
    letter = Letter.objects.write(
        "factor_changed", dedupe_key="one", at=timezone.now(), to_user=place.lead, commissioner=place.commissioner,
        organisation=place.provider,
    )  # fmt: skip
    Letter.objects.update(state="dead", problem="The mail server refused the address (550).", attempts=8)

    client = sign_in(someone(Role.AUDITOR, place.commissioner))
    page = words(client.get("/reminders/given-up/"))
    assert "refused the address (550)" in page
    assert "Try again" not in page
    assert client.get(f"/reminders/letters/{letter.reference}/retry/").status_code == 404


def step_fields(steps, starts):
    told = {f"offset_{n}": offset for n, offset in enumerate(steps, start=1)}
    told |= {f"audience_{n}": audience for n, audience in enumerate(steps.values(), start=1)}
    return {**told, **day("starts", starts)}


def test_steps_are_put_in_force_from_a_later_day_and_the_old_ones_stay(sign_in):
    place = a_place()
    client = sign_in(place.analyst)
    address = f"/reminders/steps/{place.commissioner.reference}/self_assessment/"
    tomorrow = TODAY + timedelta(days=1)
    assert client.post(address, step_fields({-3: "preparers", 5: "lead"}, tomorrow)).status_code == 302
    assert client.post(address, step_fields({-4: "lead"}, TODAY + timedelta(days=9))).status_code == 302

    own = Ladder.objects.filter(commissioner=place.commissioner).order_by("valid_from")
    assert [(one.valid_from, one.valid_to, [rung.offset for rung in one.rungs.all()]) for one in own] == [
        (tomorrow, TODAY + timedelta(days=9), [-3, 5]),
        (TODAY + timedelta(days=9), None, [-4]),
    ]
    assert Ladder.objects.filter(commissioner=None, kind="self_assessment").count() == 1
    assert client.get("/reminders/steps/").status_code == 200


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"offset_1": "3", "audience_1": "lead", "offset_2": "3", "audience_2": "lead"}, "Two steps cannot be on"),
        ({"offset_1": "-3", "audience_1": "executive"}, "only written to after the due date"),
        ({"offset_1": "3", "audience_1": ""}, "Choose to whom"),
        ({"offset_1": "", "audience_1": "lead"}, "Enter how many working days"),
        ({}, "Keep at least one step"),
    ],
)
def test_steps_that_make_no_sense_are_said_so_beside_them(told, problem, sign_in):
    place = a_place()
    answer = sign_in(place.analyst).post(
        f"/reminders/steps/{place.commissioner.reference}/self_assessment/",
        {**told, **day("starts", TODAY + timedelta(days=1))},
    )

    assert answer.status_code == 422
    assert problem in words(answer)
    assert Ladder.objects.filter(commissioner=place.commissioner).count() == 0


def a_run(days_ago, *, minutes_ago=0, finished=True, problem="", **counts):
    """A run of the plan of some day, begun so many minutes ago."""
    at = timezone.now() - timedelta(days=days_ago, minutes=minutes_ago)
    JobRun.objects.create(
        job="plan_chases", on=late(days_ago), started_at=at, finished_at=at if finished else None, problem=problem,
        counts=counts,
    )  # fmt: skip


WELL, BROKE = "today: 14 letters written.", "The plan broke off (OperationalError)."
RUNS = {
    "well": (WELL, lambda: a_run(0, letters=14)),
    "never": ("Reminders have never run Ring whoever", lambda: None),
    "stale": ("Reminders did not run Ring whoever", lambda: a_run(3, letters=14)),
    "failed": (
        f"Reminders did not finish {BROKE} They are tried again",
        lambda: (a_run(1, letters=14), a_run(0, problem=BROKE)),
    ),
    "failed at the first try": (f"Reminders did not finish {BROKE}", lambda: a_run(0, problem=BROKE)),
    "running": (
        "Reminders are running They began at",
        lambda: (a_run(1, letters=14), a_run(0, minutes_ago=1, finished=False)),
    ),
    "stopped": (
        "Reminders have stopped A run began on",
        lambda: (a_run(1, letters=14), a_run(0, minutes_ago=11, finished=False)),
    ),
}


@pytest.mark.parametrize(("said", "given"), RUNS.values(), ids=RUNS.keys())
def test_hazard_18_reminders_last_ran_is_said_alike_wherever_it_stands_and_is_never_a_quiet_green(said, given, sign_in):
    place = a_place()
    given()
    roles = (Role.DIRECTOR_OF_NURSING, Role.SYSTEM_ADMINISTRATOR)
    everybody = [place.analyst, place.nurse, *(someone(role, place.commissioner) for role in roles)]

    addresses = [(one, "/") for one in everybody] + [(place.analyst, "/reminders/")]
    pages = [" ".join(strip_tags(words(sign_in(one).get(address))).split()) for one, address in addresses]

    assert [said in page for page in pages] == [True] * 5
    assert {WELL in page for page in pages} == {said == WELL}


def test_hazard_18_a_run_that_broke_off_in_the_first_minutes_of_the_morning_is_not_quiet_either():
    yesterday, early = late(1), seven_oclock(TODAY) + timedelta(minutes=3)
    JobRun.objects.create(job="plan_chases", on=yesterday, started_at=early, finished_at=early)
    JobRun.objects.create(job="plan_chases", on=TODAY, started_at=early, finished_at=early, problem="It broke off.")

    ran = reminders_last_ran(at=early)

    assert (ran.late, ran.problem, ran.on) == (False, "It broke off.", yesterday)
    assert "did not finish" in render_to_string("chasing/_last_ran.html", {"ran": ran})


@pytest.mark.parametrize("role", [Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR, Role.SYSTEM_ADMINISTRATOR])
@pytest.mark.parametrize("address", [each for each in PAGES if each != "steps/"])
def test_roles_that_may_not_see_reminders_find_nothing(role, address, sign_in):
    place = a_place()
    there = place.provider if role.side == "provider" else place.commissioner
    a_due_return(place, late(3))

    assert sign_in(someone(role, there)).get(f"/reminders/{address}").status_code == 404


def test_who_may_change_the_steps_may_see_them_and_none_of_the_things_they_are_about(sign_in):
    place = a_place(name="Meadow View")
    a_due_return(place, late(3))
    client = sign_in(someone(Role.SYSTEM_ADMINISTRATOR, place.commissioner))

    home, steps = words(client.get("/")), client.get("/reminders/steps/")
    edit = f"/reminders/steps/{place.commissioner.reference}/self_assessment/"

    assert "Reminder steps" in home
    assert f'href="{edit}"' in steps.content.decode()
    assert 'href="/reminders/"' not in steps.content.decode()
    assert client.get(edit).status_code == 200
    assert "Meadow View" not in words(steps) + home


def test_another_commissioner_sees_nothing_of_it(sign_in):
    place, other = a_place(name="Meadow View"), a_place()
    due = a_due_return(place, late(11))
    plan_today()
    client = sign_in(other.analyst)

    for address in PAGES:
        assert "Meadow View" not in words(client.get(f"/reminders/{address}"))
    foreign = [
        f"/reminders/of/self_assessment/{due.reference}/",
        f"/reminders/of/self_assessment/{due.reference}/pause/",
        f"/reminders/of/self_assessment/{due.reference}/decide/",
        f"/reminders/organisations/{place.provider.reference}/",
        f"/reminders/sending/{place.commissioner.reference}/hold/",
        f"/reminders/steps/{place.commissioner.reference}/self_assessment/",
        f"/reminders/letters/{Letter.objects.first().reference}/retry/",
        f"/reminders/of/nothing/{due.reference}/",
    ]
    assert [client.get(address).status_code for address in foreign] == [404] * len(foreign)
    assert sign_in(place.analyst).get(foreign[0]).status_code == 200


def test_an_auditor_reads_and_changes_nothing(sign_in):
    place = a_place()
    due = a_due_return(place, late(3))
    client = sign_in(someone(Role.AUDITOR, place.commissioner))

    assert client.get(f"/reminders/of/self_assessment/{due.reference}/").status_code == 200
    assert client.get(f"/reminders/of/self_assessment/{due.reference}/pause/").status_code == 404
    assert client.get(f"/reminders/sending/{place.commissioner.reference}/hold/").status_code == 404


def test_a_thing_with_an_access_list_shows_in_no_list_count_or_history_of_others(sign_in):
    place = a_place()
    circle = CircleFactory(commissioner=place.commissioner)
    CircleMemberFactory(circle=circle, user=place.nurse, added_by=place.nurse)
    CircleMemberFactory(circle=circle, user=place.contributor, added_by=place.nurse)
    action = an_action(place, late(9), owner=place.contributor, circle=circle)
    plan_today()
    Letter.objects.update(state="dead")

    def seen(user):
        client = sign_in(user)
        pages = [
            client.get(f"/reminders/{address}") for address in [*PAGES, f"organisations/{place.provider.reference}/"]
        ]
        shown = any(action.reference in words(page) for page in pages)
        return shown, pages[0].context["total"], len(pages[3].context["rows"])

    assert seen(place.nurse) == (True, 1, 1)
    assert seen(place.analyst) == (False, 0, 0)
    assert Chase.objects.count() == 1


def test_no_reminder_page_repeats_what_an_action_is_about(sign_in):
    place = a_place()
    action = an_action(place, late(9), owner=place.lead)
    plan_today()
    client = sign_in(place.nurse)

    for address in [*PAGES, f"organisations/{place.provider.reference}/", f"of/action/{action.reference}/"]:
        assert CANARY not in words(client.get(f"/reminders/{address}"))


def test_the_pages_ask_as_much_for_one_thing_as_for_many(sign_in):
    place = a_place()
    places = [place.provider, *[provider_of(place.commissioner) for _ in range(12)]]
    client = sign_in(place.analyst)
    client.get("/")  # the first request of a session notes that somebody is there
    addresses = [*PAGES, f"organisations/{place.provider.reference}/"]

    def asked():
        found = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/reminders/{address}").status_code == 200
            real = [
                one for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "SET", "BEGIN", "COMMIT"))
            ]
            found[address] = len(real)
        return found

    a_due_return(place, late(8))
    a_due_return(place, late(40))
    an_action(place, late(8), owner=place.lead)
    plan_today()
    Letter.objects.update(state="dead")
    first = asked()
    for n, one in enumerate(places):
        a_due_return(place, late(8 + n), organisation=one)
        an_action(place, late(8 + n), organisation=one)
        OrganisationFactory(name=f"Other {n}")
    plan_today()
    Letter.objects.update(state="dead")

    assert asked() == first
    assert max(first.values()) <= 12, first


@pytest.mark.parametrize(
    "junk", ["days=99", "kind=x", "category=%00", "page=-1", "page=9999", "q=%00'", "paused=maybe"]
)
def test_junk_in_the_address_is_no_error(junk, sign_in):
    place = a_place()
    a_due_return(place, late(3))

    assert sign_in(place.analyst).get(f"/reminders/?{junk}").status_code == 200
