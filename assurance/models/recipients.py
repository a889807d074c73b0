"""Who gets a letter about a return, and the envelopes for many returns at once.

Envelopes hold ids only; ``templates/letters/`` has the words, which are made when the relay sends. A person who is
both an account and a contact gets one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Role
from accounts.models import Membership
from accounts.references import new_reference
from chasing import bell
from chasing.models import Letter
from chasing.models.letters import message_id_of
from providers.models import Contact, Organisation

if TYPE_CHECKING:
    from accounts.models import User
    from assurance.models.assessments import SelfAssessment
    from assurance.models.links import ReturnLink
    from assurance.models.submissions import Submission

PREPARERS = (Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR)
# Whom a provider has named to answer for safeguarding, the first of them first.
REGISTERED = (
    Contact.Kind.SAFEGUARDING_LEAD, Contact.Kind.REGISTERED_MANAGER, Contact.Kind.PRACTICE_MANAGER,
    Contact.Kind.DEPUTY, Contact.Kind.NAMED_NURSE, Contact.Kind.NAMED_DOCTOR, Contact.Kind.EXECUTIVE,
)  # fmt: skip


@dataclass(frozen=True)
class Registered:
    """An address that the register knows: a contact's, or the organisation's own mailbox. ``to`` is for the letter."""

    name: str
    email: str
    words: str
    to: dict[str, Any]


def registered_of(organisations: Iterable[int]) -> dict[int, list[Registered]]:
    """The registered addresses of each organisation, the person to write to first, each address once. Two queries."""
    ids = list(organisations)
    found: dict[int, dict[str, Registered]] = defaultdict(dict)
    contacts = Contact.objects.current().filter(organisation__in=ids, kind__in=REGISTERED).exclude(email="")
    for contact in sorted(contacts, key=lambda one: (REGISTERED.index(one.kind), one.name)):
        words = f"{contact.name}, {contact.get_kind_display().lower()}"
        line = Registered(contact.name, contact.email, words, {"to_contact": contact})
        found[contact.organisation_id].setdefault(contact.email.lower(), line)
    for each in Organisation.objects.filter(pk__in=ids).exclude(mailbox=""):
        line = Registered(each.name, each.mailbox, "Mailbox of the organisation", {"to_organisation": each})
        found[each.pk].setdefault(each.mailbox.lower(), line)
    return defaultdict(list, {pk: list(lines.values()) for pk, lines in found.items()})


def letters_of_links(
    links: Sequence["ReturnLink"], *, announce: bool, at: datetime, not_before: datetime | None = None
) -> list[Letter]:
    """The letter with the link to each address; with ``announce`` a word about it to the registered addresses first.

    A link that somebody sends by hand goes as an invitation does: at once, whatever is held. Those of a round, which
    have their morning in ``not_before``, wait as all its letters do.
    """
    told = registered_of([link.organisation_id for link in links]) if announce else {}
    letters = []
    for link in links:
        about = {"link": link.pk}
        kind = "return_link" if link.standard_id is None else "colleague_link"
        letter = _letter(kind, link.self_assessment, at=not_before or at, about=about)
        letter.is_account_mail = not_before is None
        letters.append(letter)
        for line in told.get(link.organisation_id, []):
            letters.append(_letter("link_announced", link.self_assessment, at=at, about=about, **line.to))
    return letters


def round_opened(assessments: Sequence["SelfAssessment"], *, on: date, at: datetime) -> list[Letter]:
    """One letter to everybody who prepares each return and to its contacts for reminders. Two queries."""
    people = _people(assessments, PREPARERS, on=on)
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.reminded().filter(organisation__in=[each.organisation_id for each in assessments]):
        contacts[contact.organisation_id].append(contact)
    letters = []
    for each in assessments:
        known = {user.email.lower() for user in people[each.organisation_id]}
        letters += [_letter("round_opened", each, at=at, to_user=user) for user in people[each.organisation_id]]
        letters += [
            _letter("round_opened", each, at=at, to_contact=contact)
            for contact in contacts[each.organisation_id]
            if contact.email.lower() not in known
        ]
    return letters


def receipts(assessment: "SelfAssessment", submission: "Submission", *, by: "User", at: datetime) -> Iterator[Letter]:
    """A receipt to whoever submitted, to the provider's leads and executive, and to its mailbox.

    What came by a link is confirmed to every registered address, not only to the one that the link was sent to.
    """
    answerable = (Role.PROVIDER_LEAD, Role.EXECUTIVE_SIGNATORY)
    people = _people([assessment], answerable, on=submission.submitted_at.date())[assessment.organisation_id]
    about = {"submission": submission.pk}
    if submission.link is not None:
        yield from _receipts_by_link(assessment, submission.link, people, about=about, at=at)
        return
    for user in {user.pk: user for user in [by, *people]}.values():
        yield _letter("receipt", assessment, at=at, about=about, to_user=user)
    mailbox = Organisation.objects.filter(pk=assessment.organisation_id).exclude(mailbox="").first()
    if mailbox and mailbox.mailbox.lower() not in {user.email.lower() for user in [by, *people]}:
        yield _letter("receipt", assessment, at=at, about=about, to_organisation=mailbox)


def _receipts_by_link(
    assessment: "SelfAssessment", link: "ReturnLink", people: Iterable["User"], *, about: dict[str, int], at: datetime
) -> Iterator[Letter]:
    registered = registered_of([assessment.organisation_id])[assessment.organisation_id]
    told = {user.email.lower() for user in people}
    for user in people:
        yield _letter("receipt", assessment, at=at, about=about, to_user=user)
    for line in registered:
        if line.email.lower() not in told:
            yield _letter("receipt_by_link", assessment, at=at, about=about, **line.to)
    if link.email not in told | {line.email.lower() for line in registered}:
        yield _letter("receipt_by_link", assessment, at=at, about={**about, "link": link.pk})


def signature_asked(assessment: "SelfAssessment", *, on: date, at: datetime) -> list[Letter]:
    """To everybody who may sign as the provider's executive; once a version of the return."""
    people = _people([assessment], (Role.EXECUTIVE_SIGNATORY,), on=on)[assessment.organisation_id]
    return [_letter("please_sign", assessment, at=at, about={"version": assessment.version}, to_user=u) for u in people]


def tell_person(
    kind: str, assessment: "SelfAssessment", person: "User", *, at: datetime, about: dict[str, int]
) -> None:
    """One letter to one person, once for what it is about."""
    post([_letter(kind, assessment, at=at, about=about, to_user=person)])


def tell_provider(kind: str, assessment: "SelfAssessment", *, key: str, at: datetime, **about: int) -> None:
    """One letter to the organisation, once per key; its writer says which of its people get it beside the mailbox."""
    Letter.objects.write(
        kind,
        dedupe_key=f"{kind}:{key}",
        at=at,
        to_organisation=assessment.organisation,
        about={"self_assessment": assessment.pk, **about},
        commissioner_id=assessment.commissioner_id,
        organisation_id=assessment.organisation_id,
        circle=assessment.circle,
    )


def post(letters: Iterable[Letter]) -> None:
    """Put many envelopes in the box in one statement, each once, and ring the bell."""
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    bell.ring()


def _people(assessments: Iterable["SelfAssessment"], roles: Iterable[str], *, on: date) -> dict[int, list["User"]]:
    held = Membership.objects.live(on=on).filter(
        role__in=list(roles), organisation__in=[each.organisation_id for each in assessments]
    )
    found: dict[int, dict[int, User]] = defaultdict(dict)
    for membership in held.select_related("user"):
        found[membership.organisation_id][membership.user_id] = membership.user
    return defaultdict(list, {pk: list(people.values()) for pk, people in found.items()})


def _letter(
    kind: str, assessment: "SelfAssessment", *, at: datetime, about: dict[str, int] | None = None, **to: Any
) -> Letter:
    who = "-".join(f"{side}{one.pk}" for side, one in to.items())
    what = "-".join(f"{key}{value}" for key, value in (about or {}).items())
    reference = new_reference()
    return Letter(
        reference=reference,
        message_id=message_id_of(reference),
        kind=kind,
        dedupe_key=f"{kind}:{assessment.pk}:{what}:{who}",
        commissioner_id=assessment.commissioner_id,
        organisation_id=assessment.organisation_id,
        circle_id=assessment.circle_id,
        about={"self_assessment": assessment.pk, **(about or {})},
        not_before=at,
        **to,
    )
