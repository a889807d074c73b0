"""Figures by link: sent, followed, written, signed, confirmed; and everything that opens nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from chasing.letters import compose
from chasing.models import Letter
from providers.models import Category
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, ContactFactory, posted, provider_of
from tests.factories.training import a_figures_return, a_line, a_period, fill, lead_of
from training import issuing
from training.letters import _figures_link
from training.links import make_address
from training.models import AskedLine, FigureLink, FigureReturn
from training.models.links import ask_by_link

pytestmark = pytest.mark.django_db
WHO = {"name": "Sam Manager", "role": "Registered manager", "reported_now": "no"}


@pytest.fixture(scope="module")
def ground(beneath):
    with beneath():
        commissioner = CommissionerFactory()
        home = provider_of(commissioner, category=Category.objects.get(code="CHN"), name="Home")
        ContactFactory(organisation=home, kind="registered_manager", name="Sam", email="sam@example.org")
        lines = [a_line(commissioner), a_line(commissioner, "referrals", form="count", direction="none")]
        yield a_period(commissioner), home, lines, someone(Role.QUALITY_ANALYST, commissioner)


@pytest.fixture
def owed(ground):
    period, home, lines, _ = ground
    return a_figures_return(period, home, lines, tier="small", due_on=timezone.localdate() + timedelta(days=9))


@pytest.fixture
def link(owed, ground, sign_in):
    """Sent by the analyst through the page, to the registered manager."""
    client, page = sign_in(ground[3]), reverse("training:link-send", args=[owed.reference])
    client.post(page, posted(client.get(page)))
    return FigureLink.objects.get()


def followed(link) -> Client:
    """A browser that has followed the link of the letter."""
    client = Client()
    address = make_address(link, at=timezone.now())
    opened = client.get(re.sub(r"^https?://[^/]+", "", address))
    assert (opened.status_code, opened["Referrer-Policy"]) == (302, "no-referrer")
    return client


def url(name, link):
    return reverse(f"training:link-{name}", args=[link.reference])


def test_a_link_is_sent_followed_and_the_figures_are_written_and_signed(owed, link):
    assert (link.name, link.email, link.token_hash) == ("Sam", "sam@example.org", None)
    letter = Letter.objects.get(kind="figures_link")
    assert "/link/figures/open/" in _figures_link(letter, timezone.now())["link"]
    client = followed(link)
    assert "Start" in client.get(url("start", link)).content.decode()
    assert client.get(url("write", link)).status_code == 200
    fill(owed, children_2=(11, 10), referrals=2)
    refused = client.post(url("sign", link), WHO)
    assert (refused.status_code, "11 is more than 10" in refused.content.decode()) == (422, True)
    fill(owed, children_2=(9, 10), referrals=2)
    page = client.get(url("sign", link))
    assert "9 of 10 (90.0 %)" in page.content.decode()
    done = client.post(url("sign", link), posted(page, **WHO), follow=True)
    assert "has received your figures" in done.content.decode()
    kept = owed.submissions.get()
    assert (kept.channel, kept.link, kept.submitted_by, kept.signed_by_name) == (
        "link", link, link.bearer, "Sam Manager"
    )  # fmt: skip
    assert (kept.document["reported_now"]["answer"], kept.document["reported_now"]["by"]) == ("no", "Sam Manager")
    assert client.get(url("receipt", link)).content.startswith(b"%PDF")
    told = Letter.objects.filter(kind="figures_receipt_by_link")
    assert list(told.values_list("to_contact__email", flat=True)) == ["sam@example.org"]
    assert client.get(url("write", link)).status_code == 302
    assert client.post(url("sign", link), WHO).status_code == 409


def test_a_letter_after_the_date_does_not_ask_by_it(owed, link):
    letter, due = Letter.objects.get(kind="figures_link"), f"{owed.due_on:%-d %B %Y}"
    in_time = compose(letter, timezone.now())
    late = compose(letter, timezone.now() + timedelta(days=10))
    assert in_time.subject.startswith(f"Please complete by {due}: figures for")
    assert late.subject.startswith(f"Please complete as soon as you can, as {due} has passed: figures for")
    assert (f", by {due}." in in_time.body, f", as soon as you can, as {due} has passed." in late.body) == (True, True)
    client = followed(link)
    pages = [client.get(url(name, link)).content.decode() for name in ("start", "write")]
    FigureReturn.objects.filter(pk=owed.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    pages += [client.get(url(name, link)).content.decode() for name in ("start", "write")]
    assert ["was due <strong>" in page for page in pages] == [False, False, True, True]


@pytest.mark.parametrize("typed", ["85%", "0.85", "1e309", "８５", "most", "10000000", "12"])
def test_what_is_no_count_is_refused_by_link_too(owed, link, typed):
    client, line = followed(link), owed.lines.get(code="children-2")
    given = {f"d-{line.pk}-": "10", f"n-{line.pk}-": typed}
    where = f"{url('write', link)}?part={line.line.subject or line.line.set_code}"
    refused = client.post(where, given)
    assert (refused.status_code, f'value="{typed}"' in refused.content.decode()) == (422, True)
    saved = client.post(where.replace(url("write", link), url("save", link)), given)
    assert (saved.status_code, list(saved.json()["errors"])) == (422, [f"n-{line.pk}-"])
    assert set(line.cells.values_list("numerator", "denominator")) == {(None, None)}


def test_nothing_to_declare_by_link(owed, link):
    client = followed(link)
    page = client.get(url("whole", link))
    client.post(url("whole", link), posted(page, answer="nothing", reason="No staff"))
    client.post(url("sign", link), posted(client.get(url("sign", link)), **WHO))
    assert owed.submissions.get().document["lines"][0]["answer_reason"] == "No staff"
    link.refresh_from_db()
    assert (link.state(at=timezone.now()), link.first_opened_at) == ("Used", None)


def test_what_opens_nothing_says_nothing(owed, link, ground, sign_in):
    client, at = followed(link), timezone.now()
    assert Client().get(url("start", link)).status_code == 404
    assert Client().get(reverse("training:link-open", args=["guessed"])).status_code == 404
    other = a_figures_return(ground[0], provider_of(owed.commissioner), ground[2], tier="small")
    assert client.get(reverse("training:link-start", args=[other.reference])).status_code == 404
    make_address(link, at=at)  # sent again: what was followed before ends
    assert client.get(url("start", link)).status_code == 404
    client = followed(link)
    FigureLink.objects.filter(pk=link.pk).update(expires_at=link.made_at + timedelta(milliseconds=1))
    assert client.get(url("start", link)).status_code == 404


def test_a_link_is_taken_back_in_one_click_and_another_sent(owed, link, ground, sign_in):
    client, holder = sign_in(ground[3]), followed(link)
    page = client.get(reverse("training:return-detail", args=[owed.reference])).content.decode()
    assert ("Sent, not opened" in page, url("take-back", link) in page) == (True, True)
    client.post(url("take-back", link))
    assert holder.get(url("start", link)).status_code == 404
    assert client.post(url("take-back", link)).status_code == 409
    send = reverse("training:link-send", args=[owed.reference])
    said = posted(client.get(send), to="other", name="Pat", email="pat@example.org")
    client.post(send, said)
    assert list(FigureLink.objects.standing().values_list("email", flat=True)) == ["pat@example.org"]
    announced = Letter.objects.filter(kind="figures_link_announced").values_list("to_contact__email", flat=True)
    assert list(announced) == ["sam@example.org"]


def test_a_link_is_sent_again_and_the_old_one_ends_with_those_sent_through_it(owed, link, ground, sign_in):
    client, holder = sign_in(ground[3]), followed(link)
    colleague = ask_by_link(link, "training", name="Kim", email="kim@home.example", at=timezone.now())
    theirs = followed(colleague)
    detail = reverse("training:return-detail", args=[owed.reference])
    page = client.get(detail).content.decode()
    assert (url("again", link) in page, "Kim" in page) == (True, False)  # whom the holder asked is the provider's own
    client.post(url("again", link))
    again = FigureLink.objects.standing().get()
    assert (again.email, again.made_by, again.pk == link.pk) == (link.email, ground[3], False)
    gone = [holder.get(url("start", link)).status_code, theirs.get(url("write", colleague)).status_code]
    assert (gone, followed(again).get(url("start", again)).status_code) == ([404, 404], 200)
    assert client.post(url("again", colleague)).status_code == 404
    page = client.get(detail).content.decode()
    assert ("Taken back" in page, page.count("Link sent to Sam"), "Link of Sam taken back" in page) == (True, 2, True)
    assert page.count(f"{again.last_day:%-d %B %Y}</td>") == 1  # a link that was taken back opens until no day
    assert Letter.objects.filter(kind="figures_link").count() == 2


def test_a_colleagues_link_opens_one_part_and_cannot_submit(owed, link, ground):
    other = a_line(ground[0].commissioner, "supervision", subject="", set_code="indicators")
    whose = {"commissioner": owed.commissioner, "organisation": owed.organisation}
    AskedLine.objects.create(**whose, figure_return=owed, line=other, code=other.code, position=9)
    client = followed(link)
    said = posted(client.get(url("ask", link)), part="training", name="Kim Colleague", email="kim@home.example")
    assert client.post(url("ask", link), said | {"part": "elsewhere", "form_token": ""}).status_code == 422
    assert client.post(url("ask", link), said)["Location"] == url("start", link)
    assert client.post(url("ask", link), said | {"form_token": ""}).status_code == 409
    colleague = FigureLink.objects.get(part="training")
    message = compose(Letter.objects.get(kind="figures_colleague_link"), timezone.now())
    assert (message.to, "Sam asks you to write one part" in message.body) == (["kim@home.example"], True)
    kim = followed(colleague)
    page = kim.get(url("write", colleague)).content.decode()
    assert kim.get(url("start", colleague))["Location"] == url("write", colleague)
    assert re.findall(r'id="part-([a-z]+)"', page) == ["training"]
    assert ("Sam checks the figures" in page, url("sign", colleague) in page) == (True, False)
    whole = ("whole", "sign", "ask", "receipt")
    assert [kim.get(url(name, colleague)).status_code for name in whole] == [404] * len(whole)
    assert kim.post(f"{url('save', colleague)}?part=indicators", {}).status_code == 409
    assert "Kim Colleague" in client.get(url("start", link)).content.decode()
    client.post(reverse("training:link-asked-take-back", args=[link.reference, colleague.reference]))
    assert kim.get(url("write", colleague)).status_code == 404
    # With the submission every colleague's link ends by itself.
    lou = ask_by_link(link, "training", name="Lou", email="lou@home.example", at=timezone.now())
    theirs = followed(lou)
    fill(owed, children_2=(9, 10), referrals=2)
    client.post(url("sign", link), posted(client.get(url("sign", link)), **WHO))
    assert (owed.submissions.count(), theirs.get(url("write", lou)).status_code) == (1, 404)


def test_whoever_has_an_account_goes_on_there_as_themself(owed, link, ground, sign_in):
    lead = lead_of(ground[1])
    client, detail = sign_in(lead), reverse("training:return-detail", args=[owed.reference])
    nobody = followed(link)
    assert detail not in nobody.get(url("start", link)).content.decode()
    client.cookies.update(nobody.cookies)
    assert detail in client.get(url("start", link)).content.decode()
    adopt = reverse("training:link-adopt", args=[owed.reference])
    assert adopt in client.get(detail).content.decode()
    assert sign_in(ground[3]).post(adopt).status_code == 404
    assert client.post(adopt)["Location"] == reverse("training:return-write", args=[owed.reference])
    link.refresh_from_db()
    assert (link.adopted_by, nobody.get(url("start", link)).status_code) == (lead, 404)
    assert "Taken over by an account" in client.get(detail).content.decode()
    assert client.post(adopt).status_code == 409


def test_a_trust_and_an_entered_return_go_by_no_link(owed, ground, sign_in):
    client = sign_in(ground[3])
    trust = a_figures_return(ground[0], provider_of(owed.commissioner), ground[2])
    assert client.get(reverse("training:link-send", args=[trust.reference])).status_code == 409
    FigureReturn.objects.filter(pk=owed.pk).update(entering=True)
    assert client.get(reverse("training:link-send", args=[owed.reference])).status_code == 409


def test_where_nobody_has_an_account_the_link_goes_by_itself(ground, at, on):
    period, home, _, _ = ground
    with_account = provider_of(period.commissioner, category=Category.objects.get(code="CHN"), name="Other home")
    lead_of(with_account)
    draft = a_period(period.commissioner, ends_on=on.replace(month=6), state="draft", issued_at=None)
    assert issuing.issue(draft, by=None, at=at, on=on) == 3  # with its own people
    made = FigureLink.objects.get()
    assert (made.organisation, made.made_by, made.email) == (home, None, "sam@example.org")
    kinds = Letter.objects.filter(organisation=home).values_list("kind", flat=True)
    assert sorted(kinds) == ["figures_link", "figures_link_announced"]
    assert set(Letter.objects.filter(organisation=with_account).values_list("kind", flat=True)) == {"figures_asked"}
