"""Checking, signing, marking a whole return and correcting, through the pages of both desks."""

import re
import subprocess
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from chasing.letters import compose
from chasing.models import Letter
from design.calendar import london_date
from tests.factories.accounts import someone
from tests.factories.providers import ArrangementFactory, CommissionerFactory, posted, provider_of
from tests.factories.training import a_figures_return, a_line, a_period, fill, lead_of, submitted
from training.models import Explanation
from training.models.signatures import ask_executive
from training.sheet import sheet_of

pytestmark = pytest.mark.django_db
WHO = {"name": "Jo Signer", "role": "Named nurse", "reported_now": "no"}


@pytest.fixture(scope="module")
def ground(beneath):
    with beneath():
        commissioner = CommissionerFactory()
        ArrangementFactory(commissioner=commissioner, organisation=commissioner)
        provider = provider_of(commissioner)
        lead_of(provider)
        lines = [a_line(commissioner), a_line(commissioner, "referrals", form="count", direction="none")]
        yield a_period(commissioner), provider, lines, someone(Role.QUALITY_ANALYST, commissioner)


@pytest.fixture
def owed(ground):
    period, provider, lines, _ = ground
    return a_figures_return(period, provider, lines, threshold=90)


def at(owed, name, desk="return"):
    return reverse(f"training:{desk}-{name}", args=[owed.reference])


def sign(client, owed, desk="return", **who):
    page = client.get(at(owed, "sign", desk))
    return client.post(at(owed, "sign", desk), posted(page, **WHO, **who), follow=True)


def test_what_is_missing_stops_and_is_said_and_then_it_is_signed(owed, ground, sign_in):
    client = sign_in(lead_of(ground[1]))
    fill(owed, children_2=(40, 50))
    owed.lines.update(narrative="", answer="figures", answer_reason="")
    page = client.get(at(owed, "check")).content.decode()
    assert ("Write how many: compliant staff" in page, "The threshold is not reached" in page) == (True, True)
    assert "Go on to sign" not in page
    children, referrals = (owed.lines.get(code=code).pk for code in ("children-2", "referrals"))
    assert at(owed, "whole") in page
    assert re.findall(r'write/#(\S+)"', page) == [f"line-{children}", f"id_n-{referrals}-"]
    fill(owed, children_2=(40, 50), referrals=3)
    owed.lines.update(narrative="")
    page = client.get(at(owed, "check")).content.decode()
    assert ("The threshold is not reached" in page, at(owed, "whole") in page) == (True, False)
    fill(owed, children_2=(45, 50), referrals=3)
    assert "45 of 50" in client.get(at(owed, "check")).content.decode()
    done = sign(client, owed)
    owed.refresh_from_db()
    assert ("Figures submitted" in done.content.decode(), owed.state) == (True, "submitted")
    kept = owed.submissions.get()
    assert (kept.signed_by_name, kept.signed_by_role, kept.channel) == ("Jo Signer", "Named nurse", "online")
    assert client.get(at(owed, "sign")).status_code == 409


@pytest.mark.parametrize("desk", ["return", "entry"])
def test_no_explanation_lets_more_be_counted_than_there_were(owed, ground, sign_in, desk):
    who = ground[3] if desk == "entry" else lead_of(ground[1])
    if desk == "entry":
        on = timezone.localdate()
        owed.begin_entry(channel="paper", received_from="Pat", received_on=on, by=who, at=timezone.now())
    fill(owed, children_2=(45, 44))
    whose = {"commissioner": owed.commissioner, "organisation": owed.organisation, "at": timezone.now(), "by": who}
    (asked,) = [each for row in sheet_of(owed).rows for each in row.questions if each.code == "over"]
    said = {"asked": owed.lines.get(code="children-2"), "question": asked.words, "words": "So it is"}
    Explanation.objects.create(**whose, **said, check_code="over")
    day = timezone.localdate()
    signing = WHO | {"on_day": day.day, "on_month": day.month, "on_year": day.year}
    page = sign_in(who).post(at(owed, "sign", desk), signing)
    said = " ".join(strip_tags(page.content.decode()).split())
    assert (page.status_code, owed.submissions.count(), owed.figures.count()) == (422, 0, 0)
    assert "Line children-2: 45 is more than 44: put one of them right" in said
    assert "1 thing is still missing: see below." in said


def test_something_unreported_comes_first_and_nothing_typed_is_lost(owed, ground, sign_in):
    fill(owed, children_2=(45, 50))
    client = sign_in(lead_of(ground[1]))
    sent = posted(client.get(at(owed, "sign")), **(WHO | {"reported_now": "not_yet"}))
    page = client.post(at(owed, "sign"), sent)
    assert (page.status_code, "Jo Signer" in page.content.decode()) == (422, True)
    assert owed.submissions.count() == 0
    client.post(at(owed, "sign"), sent | {"reported_now": "reported"})
    kept = owed.submissions.get()
    said = kept.document["reported_now"]
    assert (said["answer"], said["words"], said["by"]) == (
        "reported", "Yes, and it has been reported", str(kept.submitted_by)
    )  # fmt: skip
    words = f"{said['words']}. Answered by {said['by']}"
    version = reverse("training:return-version", args=[owed.reference, 1])
    other = lead_of(provider_of(ground[0].commissioner))
    for who, shown in ((ground[3], True), (lead_of(ground[1]), True), (other, False)):
        reader = sign_in(who)
        pages = [strip_tags(reader.get(address).content.decode()) for address in (at(owed, "detail"), version)]
        assert [words in page for page in pages] == [shown, shown]
    paper = sign_in(ground[3]).get(reverse("training:return-receipt", args=[owed.reference, 1])).content
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=paper, capture_output=True, check=True)
    assert words in " ".join(told.stdout.decode().split())
    owed.begin_correction("A slip", by=lead_of(ground[1]), at=timezone.now())
    sign(client, owed)
    assert [each.document["reported_now"]["answer"] for each in owed.submissions.all()] == ["no", "reported"]


def test_a_contributor_writes_and_an_executive_signs(owed, ground, sign_in):
    fill(owed, children_2=(45, 50))
    contributor = sign_in(someone(Role.PROVIDER_CONTRIBUTOR, ground[1]))
    nobody = contributor.post(at(owed, "ask-to-sign"), follow=True).content.decode()
    assert "Your safeguarding lead can sign instead." in nobody
    executive = sign_in(someone(Role.EXECUTIVE_SIGNATORY, ground[1], name="Bea Chief", job_title="Chief nurse"))
    assert (contributor.get(at(owed, "check")).status_code, contributor.get(at(owed, "sign")).status_code) == (200, 404)
    assert executive.get(at(owed, "check")).status_code == 404
    check = contributor.get(at(owed, "check")).content.decode()
    assert at(owed, "ask-to-sign") in check
    assert re.findall(r'href="(\S+)" aria-current', check) == [reverse("training:own")]
    filled = executive.get(at(owed, "sign")).context["form"].initial
    assert (filled["name"], filled["role"]) == ("Bea Chief", "Chief nurse")  # who only signs, signs for themself
    assert "Look at them and sign" in executive.get(at(owed, "detail")).content.decode()
    sign(executive, owed)
    assert owed.submissions.count() == 1


def test_the_executive_is_asked_to_sign_once_a_day_and_the_history_says_so(owed, ground, sign_in):
    lead, at_once = lead_of(ground[1]), timezone.now()
    client, ask = sign_in(lead), at(owed, "ask-to-sign")
    assert client.post(ask).status_code == 409  # nothing is written yet
    assert f'href="{at(owed, "write")}#' in client.get(at(owed, "sign")).content.decode()
    fill(owed, children_2=(45, 50))
    page = client.get(at(owed, "sign")).content.decode()
    assert (ask in page, "/figures/queries/ask/" in page) == (True, False)  # questions are the commissioner's to ask
    assert "Nobody has the role “executive signatory” yet" in client.post(ask, follow=True).content.decode()
    executive = someone(Role.EXECUTIVE_SIGNATORY, ground[1])
    assert f"{executive.name} will get a mail with a link to sign." in client.post(ask, follow=True).content.decode()
    assert f"{executive.name} got a letter today already" in client.post(ask, follow=True).content.decode()
    letters = Letter.objects.filter(kind="figures_please_sign")
    message = compose(letters.get(), at_once)
    assert (message.to, message.subject) == ([executive.email], f"Please sign: figures for {owed.period}")
    assert at(owed, "detail") in message.body
    assert len(ask_executive(owed, by=lead, at=at_once + timedelta(days=1)).names) == len(executive.name)
    assert letters.count() == 2
    history = client.get(at(owed, "detail")).content.decode()
    assert history.count(f"Asked {executive.name} to sign") == 2
    assert "to sign</" not in sign_in(ground[3]).get(at(owed, "detail")).content.decode()
    theirs, home = sign_in(executive), reverse("assurance:provider-home")
    said = f"You were asked to sign them on {london_date(timezone.now()):%-d %B %Y}."
    assert (said in theirs.get(home).content.decode(), said in client.get(home).content.decode()) == (True, False)
    sign(theirs, owed)
    assert "asked to sign" not in theirs.get(home).content.decode()
    assert (owed.submissions.count(), compose(letters[0], at_once)) == (1, "It is no longer so.")
    assert client.post(ask).status_code == 409


def test_nothing_to_declare_for_a_whole_return(owed, ground, sign_in):
    client = sign_in(lead_of(ground[1]))
    page = client.get(at(owed, "whole"))
    assert page.context["empty"] == [line.name for line in ground[2]]
    client.post(at(owed, "whole"), posted(page, answer="nothing", reason="No staff in post"))
    assert "There is nothing to mark here" in client.get(at(owed, "whole")).content.decode()
    assert set(owed.lines.values_list("answer", "answer_reason")) == {("nothing", "No staff in post")}
    sign(client, owed)
    assert "Nothing to declare (No staff in post)" in client.get(at_version(owed, 1)).content.decode()


def at_version(owed, number):
    return reverse("training:return-version", args=[owed.reference, number])


def test_a_correction_is_begun_with_a_reason_and_given_up(owed, ground, sign_in):
    submitted(owed, children_2=(45, 50))
    client = sign_in(lead_of(ground[1]))
    assert client.post(at(owed, "correct"), posted(client.get(at(owed, "correct")), reason="")).status_code == 422
    client.post(at(owed, "correct"), posted(client.get(at(owed, "correct")), reason="Two counted twice"))
    owed.refresh_from_db()
    assert (owed.state, owed.correcting_because) == ("correcting", "Two counted twice")
    fill(owed, children_2=(43, 50))
    client.post(at(owed, "give-up"), posted(client.get(at(owed, "give-up"))))
    owed.refresh_from_db()
    assert (owed.state, owed.lines.get(code="children-2").cells.get().numerator) == ("submitted", 45)
    assert client.post(at(owed, "give-up"), {"submit": "1"}).status_code == 409


def test_what_was_received_is_typed_and_signed_at_the_commissioners_desk(owed, ground, sign_in):
    client, provider = sign_in(ground[3]), sign_in(lead_of(ground[1]))
    assert client.get(at(owed, "sign", "entry")).status_code == 409
    on = timezone.localdate()
    owed.begin_entry(channel="email", received_from="Pat", received_on=on, by=ground[3], at=timezone.now())
    fill(owed, children_2=(45, 50))
    assert provider.get(at(owed, "sign")).status_code == 409
    sign(client, owed, "entry")
    kept = owed.submissions.get()
    assert (kept.channel, kept.received_from, kept.was_entered_for_the_provider) == ("email", "Pat", True)
    page = provider.get(at(owed, "detail")).content.decode()
    assert ("Entered by the commissioner" in page, "Correct these figures" in page) == (True, True)
    assert client.get(at(owed, "correct", "entry")).status_code == 409


def test_the_commissioners_own_staff_are_written_signed_and_corrected_by_its_people(ground, sign_in):
    period, _, lines, analyst = ground
    own = a_figures_return(period, period.commissioner, lines, entering=True)
    client = sign_in(analyst)
    assert "Write our figures" in client.get(at(own, "detail")).content.decode()
    fill(own, children_2=(9, 10))
    sign(client, own, "entry")
    kept = own.submissions.get()
    assert (kept.channel, kept.was_entered_for_the_provider) == ("online", False)
    page = client.get(at(own, "correct", "entry"))
    client.post(at(own, "correct", "entry"), posted(page, reason="One left"))
    own.refresh_from_db()
    assert (own.state, own.entering) == ("correcting", True)


def test_the_providers_home_shows_what_is_owed_and_nothing_of_others(owed, ground, sign_in):
    neighbour = provider_of(ground[0].commissioner)
    a_figures_return(ground[0], neighbour, ground[2])
    page = sign_in(lead_of(ground[1])).get(reverse("assurance:provider-home")).content.decode()
    assert page.count("Figures for Q2 2026-27<") <= 1
    assert at(owed, "detail") in page
    submitted(owed, children_2=(45, 50))
    again = sign_in(lead_of(ground[1])).get(reverse("assurance:provider-home")).content.decode()
    assert "Figures for Q2 2026-27" not in again
    owed.begin_correction("Two were counted twice", by=lead_of(ground[1]), at=timezone.now())
    again = sign_in(lead_of(ground[1])).get(reverse("assurance:provider-home")).content.decode()
    told = [[words in each for words in ("Being corrected", "minutes with your numbers")] for each in (page, again)]
    assert told == [[False, True], [True, False]]
