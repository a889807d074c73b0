"""What a letter says: what is due, why you, a link, a person with a telephone; never a case word or a grade."""

from datetime import date, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts import post, tokens
from accounts.capabilities import Role
from accounts.models import AccountToken
from assurance.models import Submission
from assurance.models.recipients import receipts, round_opened, signature_asked
from chasing import letters, relay
from chasing.models import Letter
from chasing.planner import plan
from chasing.recipients import post as post_letters
from design.calendar import add_working_days
from tests.factories.accounts import InvitationFactory
from tests.factories.chasing import CANARY, a_due_return, a_place, an_action, seven_oclock
from tests.factories.providers import BoardFactory, ContactFactory, PartnershipFactory
from tests.mail import whole_text

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)
MORNING = seven_oclock(WEDNESDAY)


def sent(mail):
    relay.deliver(lambda: MORNING)
    return mail.received


def test_a_reminder_says_what_is_due_why_you_where_and_whom_to_ring(mail):
    place = a_place(name="Meadow View")
    board = BoardFactory()
    PartnershipFactory(board=board, commissioner=place.commissioner)
    ContactFactory(
        organisation=board, kind="front_door_children", name="Ridgeshire children’s services", telephone="01632 960010",
        out_of_hours_telephone="01632 960011",
    )  # fmt: skip
    due = a_due_return(place, add_working_days(WEDNESDAY, 1))
    place.contributor.memberships.update(ends_on=WEDNESDAY)
    plan(WEDNESDAY, at=MORNING)

    [message] = sent(mail)

    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert message["Subject"] == f"Due 19 November: {due.round.name}"
    for words in (
        "Dear Leah Lead",
        due.round.name,
        "Meadow View",
        "Due 19 November 2026: 1 day left",
        "you are the safeguarding lead",
        f"http://testserver/returns/{due.reference}/",
        "Dee Signated",
        "01632 960111",
        "Worried about someone now? Do not write it here.",
        "01632 960010",
        "evenings and weekends 01632 960011",
        "ring 999",
    ):
        assert words in text
    assert f'href="http://testserver/returns/{due.reference}/"' in html
    assert "Dee Signated" in message["From"]
    assert message["Reply-To"] == "dee@example.nhs.uk"
    assert message["Auto-Submitted"] == "auto-generated"


def test_hazard_27_no_letter_holds_case_words_or_grades(mail):
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -6), withdrawn_reason=CANARY)
    for owner in (place.lead, place.contributor, None):
        an_action(place, WEDNESDAY, owner=owner, evidence_required=CANARY, closed_reason=CANARY)
    plan(WEDNESDAY, at=MORNING)

    everything = "\n".join(whole_text(message) for message in sent(mail))

    assert len(mail.received) == 2
    assert "Action " in everything
    assert CANARY not in everything
    assert "wren" not in everything


def test_a_name_with_a_line_break_cannot_add_a_header(mail):
    place = a_place(name="Meadow View\r\nBcc: all@example.org")
    place.lead.name = "Leah\r\nBcc: all@example.org"
    place.lead.save()
    contact = place.commissioner.contacts.get()
    contact.name = "Dee\nBcc: all@example.org"
    contact.save()
    a_due_return(place, add_working_days(WEDNESDAY, -6))
    plan(WEDNESDAY, at=MORNING)

    [message] = sent(mail)

    assert message["Bcc"] is None
    assert message["X-RcptTo"] == place.lead.email


def test_a_demonstration_says_so_in_subject_text_and_html(mail, settings):
    settings.PORTAL_DEMONSTRATION = True
    a_due_return(a_place(), add_working_days(WEDNESDAY, -6))
    plan(WEDNESDAY, at=MORNING)

    [message] = sent(mail)

    assert message["Subject"].startswith("[Demonstration] Late:")
    assert message.get_body(("plain",)).get_content().startswith("DEMONSTRATION")
    assert "<strong>Demonstration</strong>" in message.get_body(("html",)).get_content()


def test_a_letter_about_several_things_lists_them_with_the_latest_first(mail):
    place = a_place()
    late = a_due_return(place, add_working_days(WEDNESDAY, -1), original_due_on=date(2026, 10, 1))
    action = an_action(place, WEDNESDAY, owner=place.lead)
    place.contributor.memberships.update(ends_on=WEDNESDAY)
    plan(WEDNESDAY, at=MORNING)

    [message] = sent(mail)

    text = message.get_body(("plain",)).get_content()
    assert message["Subject"] == "Reminder: 2 things are due, 1 of them late"
    assert text.index(late.round.name) < text.index(f"Action {action.reference}")
    assert "(first agreed for 1 October 2026): 1 day late" in text
    assert "you are the safeguarding lead and you own this action" in text


def account_letter(kind, place, **told):
    post.hand_in(kind, dedupe_key=f"{kind}:1", at=MORNING, **told)
    return Letter.objects.get()


def test_a_reset_letter_holds_a_link_that_was_made_when_it_was_sent(mail):
    place = a_place()
    letter = account_letter("password_reset", place, user=place.lead)
    assert (letter.about, letter.is_account_mail, letter.commissioner) == ({}, True, place.commissioner)
    assert AccountToken.objects.count() == 0

    [message] = sent(mail)

    link = next(line for line in message.get_body(("plain",)).get_content().splitlines() if line.startswith("http"))
    found = tokens.read("reset", link.rstrip("/").rpartition("/")[2], at=MORNING)
    assert found.user == place.lead
    assert found.token_hash not in link


def test_an_invitation_goes_to_the_invited_address_until_it_is_withdrawn(mail):
    place = a_place()
    invitation = InvitationFactory(organisation=place.provider, invited_by=place.lead, email="new@example.nhs.uk")
    account_letter("invitation", place, invitation=invitation)

    [message] = sent(mail)

    assert message["X-RcptTo"] == "new@example.nhs.uk"
    link = next(line for line in message.get_body(("plain",)).get_content().splitlines() if line.startswith("http"))
    assert tokens.read_invitation(link.rstrip("/").rpartition("/")[2]) == invitation

    post.hand_in("invitation", dedupe_key="again", at=MORNING, invitation=invitation)
    type(invitation).objects.filter(pk=invitation.pk).update(withdrawn_at=MORNING, withdrawn_by=place.lead)
    assert dict(relay.deliver(lambda: MORNING)) == {"dropped": 1}


@pytest.mark.parametrize("kind", ["factor_changed", "access_confirmed", "wake_up"])
def test_other_account_mail_is_written(kind, mail):
    place = a_place()
    type(place.lead).objects.filter(pk=place.lead.pk).update(asleep_at=MORNING)
    place.lead.refresh_from_db()
    account_letter(kind, place, user=place.lead)

    [message] = sent(mail)

    assert "http://testserver/" in message.get_body(("plain",)).get_content()
    assert "Dee Signated" in message.get_body(("html",)).get_content()


def test_letters_about_a_return_are_written_and_a_receipt_does_not_wait_for_monday(mail):
    place = a_place()
    due = a_due_return(place, add_working_days(WEDNESDAY, 10))
    saturday = seven_oclock(date(2026, 11, 21))
    submission = Submission.objects.create(
        self_assessment=due, commissioner=place.commissioner, organisation=place.provider, number=1, document={},
        sha256="0" * 64, signed_by_name="Eve", signed_by_role="Director", signed_on=WEDNESDAY, declaration="True",
        submitted_by=place.lead, submitted_at=saturday,
    )  # fmt: skip
    post_letters(round_opened([due], on=WEDNESDAY, at=MORNING))
    post_letters(signature_asked(due, on=WEDNESDAY, at=MORNING))
    post_letters(receipts(due, submission, by=place.lead, at=MORNING))

    relay.deliver(lambda: saturday)
    assert {message["Subject"] for message in mail.received} == {f"Received: {due.round.name}"}
    assert sorted(mail.addresses) == sorted([place.lead.email, place.executive.email])

    relay.deliver(lambda: saturday + timedelta(days=2))
    subjects = [message["Subject"].split(":")[0] for message in mail.received]
    assert sorted(subjects) == ["Please complete by 2 December 2026"] * 2 + ["Please sign"] + ["Received"] * 2


def test_hazard_17_a_letter_to_an_organisation_reaches_its_mailbox_and_whoever_leads(mail):
    place = a_place(mailbox="shared@example.nhs.uk")
    due = a_due_return(place, WEDNESDAY)
    back = due.send_backs.create(
        commissioner=place.commissioner, organisation=place.provider, notes=CANARY, due_on=WEDNESDAY, by=place.nurse,
        at=MORNING,
    )  # fmt: skip
    type(due).objects.filter(pk=due.pk).update(state="sent_back")
    Letter.objects.write(
        "sent_back", dedupe_key="back", at=MORNING, to_organisation=place.provider, organisation=place.provider,
        commissioner=place.commissioner, about={"self_assessment": due.pk, "send_back": back.pk},
    )  # fmt: skip

    [message] = sent(mail)

    assert message["X-RcptTo"] == f"shared@example.nhs.uk, {place.lead.email}"
    assert CANARY not in whole_text(message)


def test_new_actions_of_an_hour_are_listed_without_their_words(mail):
    place = a_place()
    mine = an_action(place, WEDNESDAY, owner=place.contributor, opened_at=MORNING - timedelta(minutes=30))
    an_action(place, WEDNESDAY, owner=place.lead, opened_at=MORNING - timedelta(minutes=30))
    Letter.objects.write(
        "action_opened", dedupe_key="opened", at=MORNING, to_user=place.contributor, commissioner=place.commissioner,
        organisation=place.provider,
    )  # fmt: skip

    [message] = sent(mail)

    text = whole_text(message)
    assert message["Subject"] == f"1 new action for {place.provider}"
    assert f"/actions/{mine.reference}/" in text
    assert CANARY not in text


@pytest.mark.parametrize("kind", sorted(letters._writers))
def test_every_kind_of_letter_has_its_three_parts(kind):
    for part in ("subject", "txt", "html"):
        assert render_to_string(f"letters/{kind}.{part}", {"today": WEDNESDAY}).strip()


def test_a_letter_is_put_into_the_box_once_per_key():
    place = a_place()
    first = Letter.objects.write("factor_changed", dedupe_key="one", at=MORNING, to_user=place.lead)

    assert Letter.objects.write("factor_changed", dedupe_key="one", at=MORNING, to_user=place.lead) is None
    assert Letter.objects.get() == first
    assert first.message_id == f"<{first.reference.lower()}@localhost>"


def test_without_a_designated_contact_the_commissioner_itself_signs(mail):
    place = a_place()
    place.commissioner.contacts.update(ended_on=WEDNESDAY)
    a_due_return(place, add_working_days(WEDNESDAY, -6))
    plan(WEDNESDAY, at=MORNING)
    letter = Letter.objects.get()

    message = letters.compose(letter, MORNING)

    assert isinstance(message, EmailMultiAlternatives)
    assert f"Ring {place.commissioner.name}, on 01632 960100" in message.body
    assert place.nurse.memberships.filter(role=Role.DESIGNATED_PROFESSIONAL).exists()
