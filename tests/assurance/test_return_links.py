"""A return by signed link: through the real door, and refused alike whatever is wrong with the link."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tokens import hashed
from assurance.models import AnswerEvidence, ReturnLink, SelfAssessment, Submission
from assurance.models.answers import Entry
from assurance.models.links import NotByLink, ask_by_link, send_link
from assurance.models.submissions import Signature
from chasing import letters
from chasing.models import Letter
from evidence.models import EvidenceItem
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return, answer_all
from tests.factories.evidence import a_file, pdf, upload
from tests.factories.links import address_of, holder, letter_of, sent, small_return
from tests.factories.providers import ContactFactory, posted, provider_of
from tests.factories.validation import validated
from tests.mail import mail
from tests.reading import problems, read

pytestmark = pytest.mark.django_db
__all__ = ["mail"]
CHANGES = re.compile(rb'nonce="[^"]*"|content="[A-Za-z0-9]{64}"|value="[A-Za-z0-9]{64}"')
PAGES = ("start", "standard", "check", "sign", "evidence", "ask")


def url(name: str, link: ReturnLink, **more: Any) -> str:
    return reverse(f"assurance:link-{name}", kwargs={"reference": link.reference, **more})


def every_page(link: ReturnLink) -> list[str]:
    """The address of every page that whoever holds the link to a whole return is given."""
    answers = list(link.self_assessment.answers.values_list("pk", flat=True))
    numbers = (1, 2)
    return [
        url("start", link),
        *(url("standard", link, number=n) for n in numbers),
        *(url("ask", link, number=n) for n in numbers),
        *(url("evidence", link, answer=pk) for pk in answers),
        url("check", link),
        url("sign", link),
    ]


def save(client: Client, link: ReturnLink, number: int = 1, go: str = "stay", **changes: str) -> Any:
    """Send the page of a standard with some boxes changed, as a browser would."""
    page = client.get(url("standard", link, number=number))
    sent_ = posted(page)
    for box, value in changes.items():
        kind, _, ref = box.partition("_")
        answer = link.self_assessment.answers.get(criterion_version__ref=ref.replace("_", "."))
        sent_[f"{kind}-{answer.pk}"] = value
    return client.post(url("standard", link, number=number), {**sent_, "go": go})


def signing(**changes: str) -> dict[str, str]:
    return {"reported_now": "no", "name": "Sam Manager", "role": "Registered manager", **changes}


def test_the_letter_holds_the_link_and_the_database_only_its_hash():
    link = sent(small_return())
    assert link.token_hash is None
    address = address_of(link)
    token = address.split("/")[2]
    assert link.token_hash == hashed(token)
    assert len(token) == 43
    message = letters.compose(letter_of(link), timezone.now())
    assert message.to == ["manager@home.example"]  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        held = []
        for table in ("assurance_returnlink", "assurance_returnlinkevent", "chasing_letter", "pghistory_context"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            held += [row[0] for row in cursor.fetchall()]
    assert any(link.reference in row for row in held)
    assert [row for row in held if token in row] == []


def test_following_a_link_uses_nothing_up_and_leaves_no_secret_in_the_page():
    link = sent(small_return())
    address = address_of(link)
    for _ in range(3):  # a mail scanner, another one, the reader
        client = Client()
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, url("start", link))
        assert response["Referrer-Policy"] == "no-referrer"
    cookie = client.cookies["link"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (url("start", link), True, "Lax")
    link.refresh_from_db()
    assert link.first_opened_at is None  # a scanner that does not come to the page has opened nothing
    page = client.get(url("start", link))
    token = address.split("/")[2]
    assert (page.status_code, token in page.content.decode(), link.token_hash in page.content.decode()) == (
        200, False, False,
    )  # fmt: skip
    link.refresh_from_db()
    assert link.first_opened_at is not None


def test_everything_that_is_refused_looks_the_same_to_the_byte():
    assessment, now = small_return(), timezone.now()
    revoked, expired = sent(assessment), sent(small_return(), at=now - timedelta(days=400))
    addresses = {"revoked": address_of(revoked), "sent again": ""}
    browser = holder(revoked)
    addresses["replaced by a newer letter"] = addresses["revoked"]
    addresses["revoked"] = address_of(revoked)
    revoked.take_back(by=someone("QA", assessment.commissioner), at=now)
    again = sent(assessment)
    addresses["sent again"] = address_of(again)
    sent(assessment)
    ReturnLink.objects.filter(pk=expired.pk).update(
        token_hash=hashed("e" * 43), made_at=expired.made_at, expires_at=now - timedelta(seconds=1)
    )
    addresses |= {"expired": f"/link/{'e' * 43}/", "guessed": f"/link/{'g' * 43}/", "short": "/link/x/"}
    withdrawn = sent(small_return())
    addresses["withdrawn"] = address_of(withdrawn)
    withdrawn.self_assessment.withdraw(by=someone("QA", withdrawn.commissioner), at=now, reason="Closed")
    found = {name: Client().get(address) for name, address in addresses.items()}
    for page in PAGES:
        more = {"number": 1} if page in ("standard", "ask") else {}
        more |= {"answer": assessment.answers.all()[0].pk} if page == "evidence" else {}
        found[f"{page} of a link taken back"] = browser.get(url(page, revoked, **more))
        found[f"{page} without a cookie"] = Client().get(url(page, again, **more))
    plain = Client().get("/nothing-was-ever-here/")
    assert {name: response.status_code for name, response in found.items()} == dict.fromkeys(found, 404)
    plain_body = CHANGES.sub(b"", plain.content)
    different = {
        name: response.content for name, response in found.items() if CHANGES.sub(b"", response.content) != plain_body
    }
    assert different == {}


def test_a_link_writes_its_own_return_and_no_other():
    mine, theirs = sent(small_return()), sent(small_return())
    client, other = holder(mine), holder(theirs)
    answer = theirs.self_assessment.answers.get(criterion_version__ref="1.1")
    before = (answer.version, answer.narrative)
    # The cookie of one link under the addresses of another.
    client.cookies["link"]["path"] = "/"
    said = {f"narrative-{answer.pk}": "Not mine", f"version-{answer.pk}": "1", f"grade-{answer.pk}": "green"}
    assert client.get(url("standard", theirs, number=1)).status_code == 404
    assert client.post(url("save", theirs, answer=answer.pk), said).status_code == 404
    # And another return's answers under its own address.
    assert client.post(url("save", mine, answer=answer.pk), said).status_code == 404
    assert client.get(url("evidence", mine, answer=answer.pk)).status_code == 404
    client.post(url("standard", mine, number=1), {**said, "go": "stay"})
    assert client.post(url("sign", theirs), signing()).status_code == 404
    # Nothing of the portal behind a sign-in either.
    inside = reverse("assurance:assessment-detail", args=[mine.self_assessment.reference])
    assert client.get(inside).status_code == 302
    answer.refresh_from_db()
    assert ((answer.version, answer.narrative), Submission.objects.count()) == (before, 0)
    assert other.get(url("standard", theirs, number=1)).status_code == 200


def validated_last_year(at: Any) -> tuple[SelfAssessment, list[str]]:
    """A return whose organisation was validated last year, with a canary in everything that is not for a link."""
    narrative, title, file, contact, phone, lead = (
        f"canary{word}" for word in ("narrative", "title", "file", "contact", "phone", "lead")
    )
    last = small_return()
    user = someone("PL", last.organisation, name=lead)
    version = a_file(title=title, name=f"{file}.pdf", commissioner=last.commissioner, organisation=last.organisation)
    answer_all(last)
    last.answers.update(narrative=narrative)
    last.answers.get(criterion_version__ref="1.1").use(version.item, by=user, at=at)
    last.submit(Signature(lead, lead, at.date()), by=user, at=at)
    validated(at, assessment=last, r1_1="amber")
    ContactFactory(
        organisation=last.organisation, kind="named_nurse", name=contact, telephone=phone, email="x@y.example"
    )
    new = a_return(
        RoundFactory(commissioner=last.commissioner, framework_version=last.round.framework_version),
        last.organisation, tier="small",
    )  # fmt: skip
    before = {each.criterion_version_id: each for each in last.answers.all()}
    for answer in new.answers.all():
        answer.carried_from = before[answer.criterion_version_id]
        answer.save()
    return new, [narrative, "Seen by the validator.", title, file, contact, phone, lead]


def test_no_page_of_a_link_shows_old_words_evidence_or_contacts_but_the_last_grades(at):
    new, canaries = validated_last_year(at)
    item = EvidenceItem.objects.get(title="canarytitle")
    new.answers.get(criterion_version__ref="1.2").use(item, by=someone("PL", new.organisation), at=at)
    link = sent(new)
    client = holder(link)
    pages = {address: client.get(address).content.decode() for address in every_page(link)}
    assert all("canarynarrative" in each.narrative for each in [new.answers.all()[0].carried_from])
    assert {address: [word for word in canaries if word in text] for address, text in pages.items()} == {
        address: [] for address in pages
    }
    assert "<strong>Last year:</strong> Partly met, evidence reviewed" in pages[url("standard", link, number=1)]
    # The same bytes as an item of the library do not tell its title.
    answer = new.answers.get(criterion_version__ref="1.1")
    held = item.versions.get()
    from evidence.storage import path_of

    again = upload("mine.pdf", path_of(held.storage_name).read_bytes())
    posted_ = {"kind": "file", "file": again, "title": "My own words"}
    told = client.post(url("evidence", link, answer=answer.pk), posted_, follow=True).content.decode()
    assert answer.evidence.get().item == item
    assert ("canarytitle" in told, "A file that your organisation had sent before" in told) == (False, True)


def test_the_whole_return_is_saved_resumed_signed_and_confirmed_to_the_registered_address(mail, at):
    assessment = small_return()
    link = sent(assessment, name="Pat Deputy", email="pat@elsewhere.example")
    client = holder(link)
    answers = list(assessment.answers.in_order())
    said = {f"grade-{answers[0].pk}": "amber", f"narrative-{answers[0].pk}": "Half of it, the rest by May."}
    said |= {f"version-{answers[0].pk}": "1", f"seen-{answers[0].pk}": ""}
    saved = client.post(url("save", link, answer=answers[0].pk), said)
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    again = holder(link)  # another day, another telephone
    assert "Half of it, the rest by May." in again.get(url("standard", link, number=1)).content.decode()
    response = save(again, link, 1, "next", grade_1_2="green", grade_1_10="green")
    assert response["Location"] == url("standard", link, number=2)
    assert save(again, link, 2, "next", grade_2_1="green", grade_2_2="green")["Location"] == url("check", link)
    assert "Go on to sign" in again.get(url("check", link)).content.decode()
    assert again.post(url("sign", link), signing(reported_now="not_yet")).status_code == 422
    assert again.post(url("sign", link), signing(name="")).status_code == 422
    done = again.post(url("sign", link), signing(), follow=True)
    assert "has received your return" in done.content.decode()
    submission = assessment.submissions.get()
    assert (submission.channel, submission.link, submission.submitted_by) == ("link", link, link.bearer)
    assert (submission.signed_by_name, submission.signed_by_role) == ("Sam Manager", "Registered manager")
    assert submission.document["channel"] == "link"
    paper = again.get(url("receipt", link))
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    from chasing.relay import deliver

    deliver(timezone.now)
    confirmed = [message for message in mail.received if "Received:" in message["Subject"]]
    assert sorted(message["X-RcptTo"] for message in confirmed) == [
        "manager@home.example", "office@home.example", "pat@elsewhere.example",
    ]  # fmt: skip
    for message in confirmed:
        files = list(message.iter_attachments())
        assert [(part.get_content_type(), part.get_content()[:5]) for part in files] == [("application/pdf", b"%PDF-")]
        assert "Half of it" not in "".join(
            str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"
        )


def test_a_registered_address_is_told_when_the_link_went_somewhere_else(at):
    assessment = small_return()
    sent(assessment)
    assert Letter.objects.filter(kind="link_announced").count() == 0
    elsewhere = sent(assessment, name="Pat Deputy", email="pat@elsewhere.example")
    told = Letter.objects.filter(kind="link_announced", about__link=elsewhere.pk)
    composed = [letters.compose(letter, timezone.now()) for letter in told]
    assert sorted(message.to[0] for message in composed) == ["manager@home.example", "office@home.example"]  # type: ignore[union-attr]
    assert all("Pat Deputy" in message.body and "/link/" not in message.body for message in composed)  # type: ignore[union-attr]


def test_sending_again_or_taking_back_kills_the_old_link_at_once(sign_in, at):
    assessment = small_return()
    first = sent(assessment)
    browser = holder(first)
    analyst = sign_in(someone("QA", assessment.commissioner))
    detail = reverse("assurance:assessment-detail", args=[assessment.reference])
    assert "Sam Manager" in analyst.get(detail).content.decode()
    assert browser.get(url("start", first)).status_code == 200
    analyst.post(reverse("assurance:link-again", args=[first.reference]))
    second = ReturnLink.objects.standing().get()
    assert (browser.get(url("start", first)).status_code, second.email) == (404, first.email)
    browser = holder(second)
    child = ask_by_link(second, one(assessment, 2), name="Kim", email="kim@home.example", at=timezone.now())
    colleague = holder(child, kind="colleague_link")
    analyst.post(reverse("assurance:link-take-back", args=[second.reference]))
    assert browser.get(url("start", second)).status_code == 404
    assert colleague.get(url("standard", child, number=2)).status_code == 404
    assert analyst.post(reverse("assurance:link-take-back", args=[second.reference])).status_code == 409
    text = analyst.get(detail).content.decode()
    assert ("Taken back" in text, "Link sent to Sam Manager" in text) == (True, True)


def one(assessment: SelfAssessment, number: int) -> Any:
    return assessment.round.framework_version.standards.get(number=number)


def test_a_colleagues_link_opens_one_standard_and_cannot_submit(at):
    assessment = small_return()
    link = sent(assessment)
    client = holder(link)
    answer_all(assessment)
    response = client.post(url("ask", link, number=2), {"name": "Kim Colleague", "email": "kim@home.example"})
    assert response["Location"] == url("standard", link, number=2)
    assert client.post(url("ask", link, number=2), {"name": "Kim", "email": "KIM@home.example"}).status_code == 409
    child = ReturnLink.objects.get(email="kim@home.example")
    kim = holder(child, kind="colleague_link")
    assert kim.get(url("standard", child, number=2)).status_code == 200
    first = assessment.answers.get(criterion_version__ref="1.1")
    refused = [
        kim.get(url("standard", child, number=1)),
        kim.post(url("save", child, answer=first.pk), {f"narrative-{first.pk}": "x"}),
        kim.get(url("check", child)),
        kim.get(url("sign", child)),
        kim.post(url("sign", child), signing()),
        kim.get(url("ask", child, number=2)),
        kim.get(url("receipt", child)),
    ]
    assert [each.status_code for each in refused] == [404] * 7
    assert save(kim, child, 2, "next", narrative_2_1="Kim wrote this")["Location"].endswith("?saved=yes")
    assert assessment.answers.get(criterion_version__ref="2.1").answered_by == child.bearer
    assert "Kim Colleague" in client.get(url("start", link)).content.decode()
    client.post(url("asked-take-back", link, asked=child.reference))
    assert kim.get(url("standard", child, number=2)).status_code == 404
    # With the submission every colleague's link ends by itself.
    client.post(url("ask", link, number=1), {"name": "Lou", "email": "lou@home.example"})
    lou_link = ReturnLink.objects.get(email="lou@home.example")
    lou = holder(lou_link, kind="colleague_link")
    client.post(url("sign", link), signing())
    assert assessment.submissions.count() == 1
    assert lou.get(url("standard", lou_link, number=1)).status_code == 404


def test_signing_twice_gives_one_submission(at):
    assessment = small_return()
    link = sent(assessment)
    answer_all(assessment)
    client = holder(link)
    form = posted(client.get(url("sign", link)), **signing())
    first = client.post(url("sign", link), form)
    assert (first.status_code, client.post(url("sign", link), form)["Location"]) == (302, url("start", link))
    assert client.post(url("sign", link), signing()).status_code == 409
    assert assessment.submissions.count() == 1
    # What can no longer be written in leads to the page that says that it arrived.
    assert client.get(url("standard", link, number=1))["Location"] == url("start", link)
    assert "has received your return" in client.get(url("start", link)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_telephones_submit_at_once_and_one_submission_stands():
    assessment = small_return()
    link = sent(assessment)
    answer_all(assessment)
    clients, statuses, together = [holder(link), Client()], [], threading.Barrier(2)
    clients[1].cookies = clients[0].cookies

    def submit(client: Client) -> None:
        together.wait()
        statuses.append(client.post(url("sign", link), signing()).status_code)
        connection.close()

    threads = [threading.Thread(target=submit, args=(client,)) for client in clients]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (sorted(statuses), assessment.submissions.count()) == ([302, 409], 1)


def test_what_an_account_wrote_meanwhile_is_kept_and_nobody_is_named(at):
    assessment = small_return()
    lead = someone("PL", assessment.organisation, name="Lead Example")
    link = sent(assessment)
    client = holder(link)
    page = client.get(url("standard", link, number=1))
    answer = assessment.answers.get(criterion_version__ref="1.1")
    assessment.record_answers([Entry(answer.pk, {"grade": "green"}, "Theirs")], by=lead, at=at)
    response = client.post(
        url("standard", link, number=1), {**posted(page), f"narrative-{answer.pk}": "Mine", "go": "stay"}
    )
    text = response.content.decode()
    assert (response.status_code, "Theirs" in text, "Mine" in text, "Lead Example" in text) == (409, True, True, False)
    answer.refresh_from_db()
    assert answer.narrative == "Theirs"


def test_guessing_is_throttled_and_so_is_one_link_opened_endlessly(settings):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {
        **settings.ACCOUNT_RATE_LIMITS,
        "return_link_wrong": "3/15m/ip", "return_link": "4/15m/key,100/15m/ip", "return_link_save": "2/15m/key",
    }  # fmt: skip
    guesses = [Client().get(f"/link/{'g' * 42}{n}/").status_code for n in range(5)]
    assert guesses == [404, 404, 404, 429, 429]
    link = sent(small_return())
    address = address_of(link)
    assert [Client().get(address).status_code for _ in range(6)] == [302, 302, 302, 302, 429, 429]
    link = sent(small_return())
    client, answer = holder(link), link.self_assessment.answers.all()[0]
    saves = [client.post(url("save", link, answer=answer.pk), {}).status_code for _ in range(3)]
    assert saves == [200, 200, 429]
    cache.clear()


def test_a_file_or_where_it_can_be_seen_is_added_listed_and_removed(at):
    link = sent(small_return())
    client, answer = holder(link), link.self_assessment.answers.all()[0]
    address = url("evidence", link, answer=answer.pk)
    assert client.post(address, {"kind": "file", "file": upload("x.exe", b"MZ....")}).status_code == 415
    assert client.post(address, {"kind": "seen", "title": ""}).status_code == 422
    assert client.post(address, {"kind": "existing", "item": "x"}).status_code == 422
    client.post(address, {"kind": "file", "file": upload("policy.pdf", pdf("mine")), "title": "Our policy"})
    client.post(address, {"kind": "seen", "title": "Visitors book", "seen_where": "At the front desk"})
    uses = AnswerEvidence.objects.filter(answer=answer)
    assert {use.item.added_by for use in uses} == {link.bearer}
    text = client.get(address).content.decode()
    assert ("Our policy" in text, "Visitors book" in text, "Evidence already here" in text) == (True, True, False)
    client.post(url("evidence-remove", link, answer=answer.pk, use=uses[0].pk), {"submit": "yes"})
    assert uses.all().count() == 1


def test_an_account_takes_the_return_over_and_what_was_written_stays(sign_in, at):
    assessment = small_return()
    link = sent(assessment)
    client = holder(link)
    save(client, link, 1, narrative_1_1="Begun by link")
    lead = someone("PL", assessment.organisation)
    theirs = sign_in(lead)
    detail = theirs.get(reverse("assurance:assessment-detail", args=[assessment.reference])).content.decode()
    assert ("Go on in your account" in detail, "Being used" in detail) == (True, True)
    theirs.post(reverse("assurance:link-adopt", args=[assessment.reference]))
    link.refresh_from_db()
    assert (link.adopted_by, link.revoked_by, client.get(url("start", link)).status_code) == (lead, lead, 404)
    page = theirs.get(reverse("assurance:return-standard", args=[assessment.reference, 1])).content.decode()
    assert "Begun by link" in page
    home = theirs.get(reverse("assurance:provider-home")).content.decode()
    assert "Last written by By link, sent to Sam Manager" in home
    assert theirs.post(reverse("assurance:link-adopt", args=[assessment.reference])).status_code == 409


def test_the_mark_that_it_came_by_link_stays_for_both_sides(sign_in, at):
    assessment = small_return()
    link = sent(assessment)
    answer_all(assessment)
    holder(link).post(url("sign", link), signing())
    for user in (someone("QA", assessment.commissioner), someone("PL", assessment.organisation)):
        page = sign_in(user).get(reverse("assurance:assessment-detail", args=[assessment.reference]))
        assert "Received by link from Sam Manager, Registered manager" in page.content.decode()
        assert "By link, sent to Sam Manager" in page.content.decode()
    assert assessment.submissions.get().was_entered_for_the_provider is False
    nurse = someone("DP", assessment.commissioner, strands=["children", "adults", "looked_after"])
    validating = reverse("assurance:validation-strand", args=[assessment.reference, "children"])
    assert "by link from Sam Manager, Registered manager" in sign_in(nurse).get(validating).content.decode()


def test_a_reminder_names_the_link_while_it_opens(at):
    from chasing.kinds import kind_of

    link = sent(small_return())
    beside = kind_of("self_assessment").beside
    assert beside is not None
    found = beside([link.self_assessment_id], timezone.now())
    assert found[link.self_assessment_id].name == "Sam Manager"
    assert beside([link.self_assessment_id], link.expires_at) == {}
    words = render_to_string("letters/_beside_self_assessment.txt", {"beside": found[link.self_assessment_id]})
    assert words.startswith("Without an account: open it with the link that was sent to Sam Manager, until ")


def test_a_return_sent_back_opens_again_with_the_same_link(at):
    assessment = small_return()
    link = sent(assessment)
    answer_all(assessment)
    client = holder(link)
    client.post(url("sign", link), signing())
    assessment.refresh_from_db()
    review = assessment.strand_reviews.all()[0]
    nurse = someone("DP", assessment.commissioner, strands=["children", "adults", "looked_after"])
    later = timezone.now()
    review.begin(by=nurse, at=later)
    review.send_back(notes="Please say who covers.", due_on=later.date() + timedelta(days=14), by=nurse, at=later)
    assert "Please say who covers." in client.get(url("start", link)).content.decode()
    letter = Letter.objects.get(kind="sent_back")
    assert "the link that was sent to Sam Manager" in str(letters.compose(letter, later).body)  # type: ignore[union-attr]
    assert save(client, link, 1, narrative_1_1="The deputy covers.").status_code == 302
    client.post(url("sign", link), signing())
    assert assessment.submissions.count() == 2


def test_only_a_small_return_that_can_be_written_in_goes_by_link_and_only_with_a_registered_address(at):
    by = someone("QA", (full := a_return()).commissioner)
    to = {"name": "Sam", "email": "sam@home.example", "by": by, "at": timezone.now()}
    with pytest.raises(NotByLink, match="full standards"):
        send_link(full, **to)
    nobody = a_return(full.round, tier="small")
    with pytest.raises(NotByLink, match="registered address"):
        send_link(nobody, **to)
    done = small_return()
    answer_all(done)
    done.submit(Signature("A", "B", at.date()), by=someone("PL", done.organisation), at=at)
    with pytest.raises(NotByLink, match="Submitted"):
        send_link(done, **to)
    assert ReturnLink.objects.count() == 0


def test_a_light_round_goes_by_link_where_nobody_has_an_account(at, mail):
    from assurance import issuing

    round = RoundFactory(state="draft", opens_on=at.date(), due_on=at.date() + timedelta(days=40))
    without, with_account = (provider_of(round.commissioner) for _ in range(2))
    for organisation in (without, with_account):
        organisation.arrangements.update(tier="light")
        ContactFactory(organisation=organisation, kind="practice_manager", email=f"pm{organisation.pk}@gp.example")
    someone("PL", with_account)
    analyst = someone("QA", round.commissioner)
    issuing.issue(round, by=analyst, at=at, on=at.date())
    link = ReturnLink.objects.get()
    assert (link.organisation, link.email, link.made_by) == (without, f"pm{without.pk}@gp.example", analyst)
    announced, letter = Letter.objects.get(kind="link_announced"), letter_of(link)
    assert (announced.not_before, letter.not_before > at, letter.not_before.astimezone().weekday() < 5) == (
        at,
        True,
        True,
    )
    assert Letter.objects.filter(kind="round_opened", organisation=without).count() == 0
    assert Letter.objects.filter(kind="round_opened", organisation=with_account).count() > 0
    message = letters.compose(letter, letter.not_before)
    assert "/link/" in str(message.body)  # type: ignore[union-attr]
    issuing.issue(round, by=analyst, at=at, on=at.date())
    assert ReturnLink.objects.count() == 1


def test_who_wrote_by_link_can_never_sign_in_and_history_keeps_the_link(at):
    link = sent(small_return())
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=link.bearer_id).update(joined_at=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=link.bearer_id).update(is_active=True, disabled_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReturnLink.objects.filter(pk=link.pk).update(self_assessment=small_return())
    link.take_back(by=someone("QA", link.commissioner), at=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReturnLink.objects.filter(pk=link.pk).update(revoked_at=None, revoked_by=None)
    assert link.bearer.has_usable_password() is False


def test_the_commissioner_chooses_a_registered_address_or_types_another(sign_in, at):
    assessment = small_return()
    analyst = sign_in(someone("QA", assessment.commissioner))
    address = reverse("assurance:link-send", args=[assessment.reference])
    page = analyst.get(address)
    assert (page.context["form"]["to"].value(), problems(read(page.content.decode()))) == ("0", [])
    assert "Sam Manager, registered manager" in page.content.decode()
    wrong = analyst.post(address, {"to": "other", "name": "", "email": "nonsense"})
    assert (wrong.status_code, sorted(wrong.context["form"].errors)) == (422, ["email", "name"])
    assert analyst.post(address, {"to": "7"}).status_code == 422
    analyst.post(address, {"to": "1", "name": "ignored", "email": "also nonsense"})
    assert ReturnLink.objects.get().email == "office@home.example"
    analyst.post(address, {"to": "other", "name": "Pat", "email": "pat@else.example"})
    assert ReturnLink.objects.standing().get().email == "pat@else.example"
    # The provider's people do not send links, and a stranger finds nothing.
    for stranger in (someone("PL", assessment.organisation), someone("QA", a_return().commissioner)):
        assert sign_in(stranger).get(address).status_code == 404


def test_every_page_of_a_link_is_sound_and_keeps_to_the_budget(django_assert_max_num_queries, at):
    link = sent(small_return())
    client = holder(link)
    answer = link.self_assessment.answers.all()[0]
    client.post(url("evidence", link, answer=answer.pk), {"kind": "seen", "title": "Book", "seen_where": "Desk"})
    use = AnswerEvidence.objects.get()
    for address in [*every_page(link), url("evidence-remove", link, answer=answer.pk, use=use.pk)]:
        with django_assert_max_num_queries(12):
            response = client.get(address)
        assert (address, response.status_code, problems(read(response.content.decode()))) == (address, 200, [])
        assert response.content.decode().count("Worried about someone now?") == 1


def test_the_secret_stays_out_of_the_log():
    import logging

    from assurance_portal.logs import OneLine

    record = logging.LogRecord("x", logging.ERROR, "x", 1, "Internal Server Error: %s", (f"/link/{'s' * 43}/",), None)
    OneLine().filter(record)
    assert record.getMessage() == "Internal Server Error: /link/(secret)/"
