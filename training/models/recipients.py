"""Who gets a letter about figures, and the envelopes for many returns at once.

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
from design.calendar import london_date
from providers.models import Contact, Organisation

if TYPE_CHECKING:
    from accounts.models import User
    from training.models.links import FigureLink
    from training.models.returns import FigureReturn
    from training.models.submissions import FigureSubmission

PREPARERS = (Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR)
ANSWERABLE = (Role.PROVIDER_LEAD, Role.EXECUTIVE_SIGNATORY)
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
    for one in sorted(contacts, key=lambda each: (REGISTERED.index(each.kind), each.name)):
        words = f"{one.name}, {one.get_kind_display().lower()}"
        line = Registered(one.name, one.email, words, {"to_contact": one})
        found[one.organisation_id].setdefault(one.email.lower(), line)
    for each in Organisation.objects.filter(pk__in=ids).exclude(mailbox=""):
        line = Registered(each.name, each.mailbox, "Mailbox of the organisation", {"to_organisation": each})
        found[each.pk].setdefault(each.mailbox.lower(), line)
    return defaultdict(list, {pk: list(lines.values()) for pk, lines in found.items()})


def asked_for(returns: Sequence["FigureReturn"], *, on: date, at: datetime) -> list[Letter]:
    """One letter to everybody who prepares each return and to its contacts for reminders. Two queries.

    The commissioner's own people are not written to: they see it where they opened the period.
    """
    theirs = [each for each in returns if not each.is_own]
    people = people_of(theirs, PREPARERS, on=on)
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.reminded().filter(organisation__in=[each.organisation_id for each in theirs]):
        contacts[contact.organisation_id].append(contact)
    letters = []
    for each in theirs:
        known = {user.email.lower() for user in people[each.organisation_id]}
        letters += [letter("figures_asked", each, at=at, to_user=user) for user in people[each.organisation_id]]
        others = (one for one in contacts[each.organisation_id] if one.email.lower() not in known)
        letters += [letter("figures_asked", each, at=at, to_contact=contact) for contact in others]
    return letters


def receipts(
    figure_return: "FigureReturn", submission: "FigureSubmission", *, by: "User", at: datetime
) -> Iterator[Letter]:
    """A receipt to whoever submitted, to the provider's lead and executive, and to its mailbox.

    What came by a link is confirmed to every registered address, not only to the one that the link was sent to.
    """
    people = people_of([figure_return], ANSWERABLE, on=london_date(at))[figure_return.organisation_id]
    about = {"submission": submission.pk}
    if submission.link is not None:
        yield from _receipts_by_link(figure_return, submission.link, people, about=about, at=at)
        return
    for user in {user.pk: user for user in [by, *people]}.values():
        yield letter("figures_receipt", figure_return, at=at, about=about, to_user=user)
    mailbox = Organisation.objects.filter(pk=figure_return.organisation_id).exclude(mailbox="").first()
    if mailbox and mailbox.mailbox.lower() not in {user.email.lower() for user in [by, *people]}:
        yield letter("figures_receipt", figure_return, at=at, about=about, to_organisation=mailbox)


def _receipts_by_link(
    figure_return: "FigureReturn", link: "FigureLink", people: Iterable["User"], *, about: dict[str, int], at: datetime
) -> Iterator[Letter]:
    lines = registered_of([figure_return.organisation_id])[figure_return.organisation_id]
    told = {user.email.lower() for user in people}
    for user in people:
        yield letter("figures_receipt", figure_return, at=at, about=about, to_user=user)
    for line in lines:
        if line.email.lower() not in told:
            yield letter("figures_receipt_by_link", figure_return, at=at, about=about, **line.to)
    if link.email not in told | {line.email.lower() for line in lines}:
        yield letter("figures_receipt_by_link", figure_return, at=at, about={**about, "link": link.pk})


def withdrawn(figure_return: "FigureReturn", *, at: datetime) -> list[Letter]:
    """To the organisation: nothing has to be done any more."""
    if figure_return.is_own:
        return []
    return [letter("figures_withdrawn", figure_return, at=at, to_organisation=figure_return.organisation)]


def post(letters: Iterable[Letter]) -> None:
    """Put many envelopes in the box in one statement, each once, and ring the bell."""
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    bell.ring()


def people_of(returns: Iterable["FigureReturn"], roles: Iterable[str], *, on: date) -> dict[int, list["User"]]:
    """The people with these roles in the organisation of each return, by its id. One query."""
    held = Membership.objects.live(on=on).filter(
        role__in=list(roles), organisation__in=[each.organisation_id for each in returns]
    )
    found: dict[int, dict[int, User]] = defaultdict(dict)
    for membership in held.select_related("user"):
        found[membership.organisation_id][membership.user_id] = membership.user
    return defaultdict(list, {pk: list(people.values()) for pk, people in found.items()})


def letter(
    kind: str, figure_return: "FigureReturn", *, at: datetime, about: dict[str, int] | None = None, **to: Any
) -> Letter:
    """An envelope that is not in the box yet: once for what it is about and whom it goes to."""
    who = "-".join(f"{side}{one.pk}" for side, one in to.items())
    what = "-".join(f"{key}{value}" for key, value in (about or {}).items())
    reference = new_reference()
    return Letter(
        reference=reference,
        message_id=message_id_of(reference),
        kind=kind,
        dedupe_key=f"{kind}:{figure_return.pk}:{what}:{who}",
        commissioner_id=figure_return.commissioner_id,
        organisation_id=figure_return.organisation_id,
        circle_id=figure_return.circle_id,
        about={"figure_return": figure_return.pk, **(about or {})},
        not_before=at,
        **to,
    )
