"""A lost second step: asked for, opened by one person, confirmed by another, and set up anew by its owner."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import SecondStepReset, SignInEvent, User
from accounts.refusals import Refused
from chasing.letters import compose
from chasing.models import Letter
from tests.accounts.test_signing_in import both_steps, first_step
from tests.factories.accounts import MembershipFactory, someone, with_sign_in
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
WHY = "Phone lost; rang back on the number in the staff list"


class Place:
    """A commissioner with its two keys, a provider with two leads, and somebody who loses the second step."""

    def __init__(self) -> None:
        self.commissioner = CommissionerFactory()
        self.provider = provider_of(self.commissioner)
        self.admin = someone(Role.SYSTEM_ADMINISTRATOR, self.commissioner)
        self.director = someone(Role.DIRECTOR_OF_NURSING, self.commissioner)
        self.lead = someone(Role.PROVIDER_LEAD, self.provider)
        self.second_lead = someone(Role.PROVIDER_LEAD, self.provider)
        self.helper = someone(Role.PROVIDER_CONTRIBUTOR, self.provider)
        self.secret = with_sign_in(self.helper)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def opened(place: Place, at: datetime, *, by: User | None = None) -> SecondStepReset:
    return SecondStepReset.objects.open(place.helper, reason=WHY, by=by or place.lead, at=at)


def told(kind: str) -> set[str]:
    return {letter.to_user.email for letter in Letter.objects.filter(kind=kind).select_related("to_user")}


def words(kind: str, person: User, at: datetime) -> str:
    letter = Letter.objects.filter(kind=kind, to_user=person).latest("pk")
    message: Any = compose(letter, at)
    return message if isinstance(message, str) else f"{message.subject}\n{message.body}"


def has_step(person: User) -> bool:
    return Authenticator.objects.filter(user_id=person.pk).exists()


def test_the_whole_way_from_asking_to_a_new_second_step(place: Place, sign_in: SignIn) -> None:
    elsewhere, client = Client(), Client()
    both_steps(elsewhere, place.helper, place.secret)
    elsewhere.post("/sign-in/this-device/", {"action": "no"})
    assert elsewhere.get("/account/").status_code == 200
    first_step(client, place.helper.email)
    assert "ask for a reset of your second step" in client.get("/sign-in/second-step/").content.decode()
    assert client.get("/sign-in/second-step/lost/").status_code == 200
    assert client.post("/sign-in/second-step/lost/").url == "/sign-in/second-step/asked/"
    assert client.get("/sign-in/second-step/asked/").status_code == 200
    assert told("reset_wanted") == {p.email for p in (place.admin, place.director, place.lead, place.second_lead)}
    asked = SecondStepReset.objects.get()
    lead = sign_in(place.lead)
    assert f"/people/second-steps/{asked.reference}/" in lead.get("/people/second-steps/").content.decode()
    assert "Open the reset" in lead.get(f"/people/second-steps/{asked.reference}/").content.decode()
    lead.post(f"/people/{place.helper.reference}/second-step/", {"reason": WHY})
    admin, address = sign_in(place.admin), f"/people/second-steps/{asked.reference}/"
    assert WHY in admin.get(address).content.decode()
    assert has_step(place.helper)
    assert admin.post(address).url == address
    assert not has_step(place.helper)
    assert elsewhere.get("/account/").url.startswith("/sign-in/")
    now = timezone.now()
    link = re.search(r"/wake-up/\S+", words("reset_done", place.helper, now))
    assert link is not None
    assert first_step(client, place.helper.email).url == "/asleep/"
    client.post(link.group())
    first_step(client, place.helper.email)
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/account/second-step/"


def test_the_password_alone_does_not_set_a_new_second_step_up(place: Place, at: datetime) -> None:
    opened(place, at).confirm(by=place.admin, at=at)
    client = Client()
    assert first_step(client, place.helper.email).url == "/asleep/"
    assert client.get("/account/second-step/").status_code == 302


def test_both_names_and_the_reason_are_kept(place: Place, sign_in: SignIn) -> None:
    at = timezone.now()
    opened(place, at).confirm(by=place.director, at=at)
    page = sign_in(place.admin).get(f"/people/{place.helper.reference}/history/").content.decode()
    for said in (place.lead.name, place.director.name, WHY, "Second step reset"):
        assert said in page, said
    kept = place.helper.sign_ins.get(kind=SignInEvent.Kind.FACTOR_RESET)
    assert kept.by == place.director
    events = SecondStepReset.objects.get().events.order_by("pgh_id")
    assert [(e.opened_by_id, e.confirmed_by_id) for e in events] == [
        (place.lead.pk, None),
        (place.lead.pk, place.director.pk),
    ]


def test_the_same_person_twice_is_refused(place: Place, sign_in: SignIn) -> None:
    reset = opened(place, timezone.now(), by=place.admin)
    address = f"/people/second-steps/{reset.reference}/"
    client = sign_in(place.admin)
    assert "Confirm the reset" not in client.get(address).content.decode()
    answer = client.post(address)
    assert answer.status_code == 409
    assert "Another person than the one who opened it" in answer.content.decode()
    assert has_step(place.helper)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondStepReset.objects.filter(pk=reset.pk).update(confirmed_by=place.admin, confirmed_at=timezone.now())


def test_nobody_opens_or_confirms_their_own(place: Place, at: datetime) -> None:
    with_sign_in(place.admin)
    with pytest.raises(Refused, match="Somebody else has to reset"):
        SecondStepReset.objects.open(place.admin, reason=WHY, by=place.admin, at=at)
    reset = SecondStepReset.objects.open(place.admin, reason=WHY, by=place.director, at=at)
    with pytest.raises(Refused, match="whose second step it is"):
        reset.confirm(by=place.admin, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondStepReset.objects.filter(pk=reset.pk).update(confirmed_by=place.admin, confirmed_at=at)


def test_two_leads_of_the_provider_are_not_enough(place: Place, sign_in: SignIn) -> None:
    reset = opened(place, timezone.now())
    answer = sign_in(place.second_lead).post(f"/people/second-steps/{reset.reference}/")
    assert (answer.status_code, has_step(place.helper)) == (409, True)
    assert "administrator or Director of Nursing" in answer.content.decode()
    reset.confirm(by=place.director, at=timezone.now())
    assert not has_step(place.helper)


def test_a_second_one_while_one_is_open_and_a_needless_one_are_refused(place: Place, sign_in: SignIn) -> None:
    opened(place, timezone.now())
    client = sign_in(place.admin)
    again = client.post(f"/people/{place.helper.reference}/second-step/", {"reason": WHY})
    assert (again.status_code, SecondStepReset.objects.count()) == (409, 1)
    without = someone(Role.PROVIDER_CONTRIBUTOR, place.provider)
    needless = client.post(f"/people/{without.reference}/second-step/", {"reason": WHY})
    assert "no second step to reset" in needless.content.decode()
    assert client.post(f"/people/{place.second_lead.reference}/second-step/", {"reason": " "}).status_code == 422


def test_it_runs_out_and_a_new_one_can_be_opened(place: Place, at: datetime) -> None:
    reset, later = opened(place, at), at + timedelta(days=3)
    with pytest.raises(Refused, match="run out"):
        reset.confirm(by=place.admin, at=later)
    assert has_step(place.helper)
    assert list(SecondStepReset.objects.waiting(at=later)) == []
    assert words("reset_wanted", place.admin, later) == "It is no longer so."
    again = opened(place, later)
    reset.refresh_from_db()
    assert (reset.state(at=later), again.state(at=later)) == ("expired", "open")


@pytest.mark.parametrize("who", ["lead", "admin", "director", "helper"])
def test_any_of_them_cancels_and_the_others_hear_of_it(who: str, place: Place, sign_in: SignIn) -> None:
    reset, person = opened(place, timezone.now()), getattr(place, who)
    client = sign_in(person)
    if who == "helper":
        address = f"/account/second-step/resets/{reset.reference}/cancel/"
        assert address in client.get("/account/").content.decode()
        assert client.get(address).status_code == 200
        assert client.post(address).url == "/account/"
    else:
        assert client.post(f"/people/second-steps/{reset.reference}/", {"cancel": "1"}).status_code == 302
    reset.refresh_from_db()
    assert (reset.state(at=timezone.now()), reset.ended_by, has_step(place.helper)) == ("cancelled", person, True)
    everybody = {place.helper, place.admin, place.director, place.lead, place.second_lead}
    assert told("reset_ended") == {one.email for one in everybody - {person}}
    late = sign_in(place.admin).post(f"/people/second-steps/{reset.reference}/")
    assert late.status_code == 409


def test_who_hears_what(place: Place, at: datetime) -> None:
    stranger = someone(Role.SYSTEM_ADMINISTRATOR, CommissionerFactory())
    neighbour = someone(Role.PROVIDER_LEAD, provider_of(place.commissioner))
    reset = opened(place, at)
    assert told("reset_opened") == {place.helper.email}
    assert told("reset_wanted") == {place.admin.email, place.director.email, place.second_lead.email}
    assert place.lead.name in words("reset_opened", place.helper, at)
    asking = words("reset_wanted", place.director, at)
    assert f"/people/second-steps/{reset.reference}/" in asking
    assert place.helper.name not in asking
    reset.confirm(by=place.admin, at=at)
    assert told("reset_done") == {place.helper.email}
    assert told("reset_ended") == {place.lead.email, place.director.email, place.second_lead.email}
    assert {stranger.email, neighbour.email} & (told("reset_wanted") | told("reset_ended")) == set()
    assert "confirmed it. It is done." in words("reset_ended", place.lead, at)


def test_for_others_there_is_nothing_there(place: Place, sign_in: SignIn) -> None:
    reset = opened(place, timezone.now())
    elsewhere = Place()
    people = [
        elsewhere.admin, elsewhere.director, elsewhere.lead, place.helper,
        someone(Role.PROVIDER_LEAD, provider_of(place.commissioner)), someone(Role.AUDITOR, place.commissioner),
        someone(Role.DESIGNATED_PROFESSIONAL, place.commissioner, strands=["adults"]),
    ]  # fmt: skip
    for person in people:
        client = sign_in(person)
        assert client.get(f"/people/second-steps/{reset.reference}/").status_code == 404, person
        assert client.post(f"/people/second-steps/{reset.reference}/").status_code == 404, person
        assert client.get(f"/people/{place.helper.reference}/second-step/").status_code == 404, person
    assert sign_in(elsewhere.helper).post(f"/account/second-step/resets/{reset.reference}/cancel/").status_code == 404
    assert WHY not in sign_in(elsewhere.admin).get("/people/second-steps/").content.decode()
    assert sign_in(place.director).get(f"/people/second-steps/{reset.reference}/").status_code == 200
    assert has_step(place.helper)


def test_whoever_has_left_is_not_the_former_leads_to_reset(place: Place, sign_in: SignIn, at: datetime) -> None:
    other = provider_of(CommissionerFactory())
    MembershipFactory(user=place.helper, role=Role.PROVIDER_CONTRIBUTOR, organisation=other)
    place.helper.memberships.filter(organisation=place.provider).end(by=None, at=at)
    assert sign_in(place.lead).get(f"/people/{place.helper.reference}/second-step/").status_code == 404


def test_asking_needs_the_password_and_tells_once(place: Place, client: Client) -> None:
    assert client.get("/sign-in/second-step/lost/").url == "/sign-in/"
    for _ in range(2):
        first_step(client, place.helper.email)
        client.post("/sign-in/second-step/lost/")
    assert SecondStepReset.objects.count() == 1
    assert Letter.objects.filter(kind="reset_wanted").count() == 4
    assert "gave the password" in words("reset_opened", place.helper, timezone.now())
    first_step(client, place.helper.email)
    client.post("/sign-in/second-step/lost/")
    first_step(client, place.helper.email)
    assert client.post("/sign-in/second-step/lost/").status_code == 429


def test_opening_and_confirming_need_a_fresh_code(place: Place, sign_in: SignIn) -> None:
    reset = opened(place, timezone.now())
    stale = sign_in(place.admin, fresh=False)
    assert stale.post(f"/people/second-steps/{reset.reference}/").url.startswith("/account/confirm/")
    assert has_step(place.helper)


def test_the_pages_ask_the_same_number_of_questions_for_one_and_for_many(place: Place, sign_in: SignIn) -> None:
    client, now = sign_in(place.admin), timezone.now()
    opened(place, now)
    client.get("/people/second-steps/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/people/second-steps/").status_code == 200
        counts.append(len(asked))
        for _ in range(3):
            more = someone(Role.PROVIDER_CONTRIBUTOR, place.provider)
            with_sign_in(more)
            SecondStepReset.objects.open(more, reason=WHY, by=place.lead, at=now)
    assert counts[0] == counts[1] <= 12
    for address in (f"/people/{place.helper.reference}/", f"/people/{place.helper.reference}/history/"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= 12, address
