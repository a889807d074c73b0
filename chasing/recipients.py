"""Who gets a letter about a return of any kind, and the envelopes for many returns at once.

The one place that says who prepares a return, who answers for it and which addresses are registered: an app above only
names its kinds of letter. Envelopes hold ids only; ``templates/letters/`` has the words, which are made when the relay
sends. A person who is both an account and a contact gets one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from accounts.capabilities import Can, Role, roles_granting
from accounts.models import Membership, User
from accounts.references import new_reference
from chasing import bell
from chasing.models import Due, Letter
from chasing.models.letters import message_id_of
from design.calendar import london_date
from providers.models import Contact, Organisation

# Who fills in and submits, who only fills in, who only signs; and the quality team of the commissioner.
LEADS = sorted(set(roles_granting(Can.FILL_ASSESSMENT)) & set(roles_granting(Can.SUBMIT_ASSESSMENT)))
PREPARERS = sorted(set(roles_granting(Can.FILL_ASSESSMENT)) - set(LEADS))
EXECUTIVES = sorted(set(roles_granting(Can.SUBMIT_ASSESSMENT)) - set(LEADS))
QUALITY = [Role.QUALITY_ANALYST.value]
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


class Sent(Protocol):
    """What a receipt needs to know of the link through which a return came."""

    pk: int
    email: str


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


def to_preparers(kind: str, returns: Sequence[Due], *, on: date, at: datetime) -> list[Letter]:
    """One letter to everybody who prepares each return and to its contacts for reminders. Two queries."""
    people = _people(returns, [*LEADS, *PREPARERS], on=on)
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.reminded().filter(organisation__in=[each.organisation_id for each in returns]):
        contacts[contact.organisation_id].append(contact)
    letters = []
    for each in returns:
        known = {user.email.lower() for user in people[each.organisation_id]}
        letters += [envelope(kind, each, at=at, to_user=user) for user in people[each.organisation_id]]
        others = (one for one in contacts[each.organisation_id] if one.email.lower() not in known)
        letters += [envelope(kind, each, at=at, to_contact=contact) for contact in others]
    return letters


def to_executives(kind: str, owed: Due, *, on: date, at: datetime, about: dict[str, int]) -> list[Letter]:
    """To everybody who may sign as the provider's executive, once for what it is about."""
    return [envelope(kind, owed, at=at, about=about, to_user=user) for user in executives_of(owed, on=on)]


def executives_of(owed: Due, *, on: date) -> list[User]:
    """Everybody who may sign as the provider's executive. One query."""
    return _people([owed], EXECUTIVES, on=on)[owed.organisation_id]


def with_receipt(
    kind: str, owed: Due, *, submission: int, link: Sent | None, by: User, at: datetime
) -> Iterator[Letter]:
    """A receipt to whoever submitted, to the provider's leads and executive, and to its mailbox.

    What came by a link is confirmed to every registered address, not only to the one that the link was sent to: in a
    letter of the kind with "_by_link" behind it.
    """
    people = _people([owed], [*LEADS, *EXECUTIVES], on=london_date(at))[owed.organisation_id]
    about = {"submission": submission}
    if link is not None:
        yield from _receipts_by_link(kind, owed, link, people, about=about, at=at)
        return
    for user in {user.pk: user for user in [by, *people]}.values():
        yield envelope(kind, owed, at=at, about=about, to_user=user)
    mailbox = Organisation.objects.filter(pk=owed.organisation_id).exclude(mailbox="").first()
    if mailbox and mailbox.mailbox.lower() not in {user.email.lower() for user in [by, *people]}:
        yield envelope(kind, owed, at=at, about=about, to_organisation=mailbox)


def _receipts_by_link(
    kind: str, owed: Due, link: Sent, people: Iterable[User], *, about: dict[str, int], at: datetime
) -> Iterator[Letter]:
    registered = registered_of([owed.organisation_id])[owed.organisation_id]
    told = {user.email.lower() for user in people}
    for user in people:
        yield envelope(kind, owed, at=at, about=about, to_user=user)
    for line in registered:
        if line.email.lower() not in told:
            yield envelope(f"{kind}_by_link", owed, at=at, about=about, **line.to)
    if link.email not in told | {line.email.lower() for line in registered}:
        yield envelope(f"{kind}_by_link", owed, at=at, about={**about, "link": link.pk})


def with_link(kind: str, owed: Due, link: int, *, at: datetime, not_before: datetime | None = None) -> Letter:
    """The letter with the link.

    A link that somebody sends by hand goes as an invitation does: at once, whatever is held. Those of an issue, which
    have their morning in ``not_before``, wait as all its letters do.
    """
    letter = envelope(kind, owed, at=not_before or at, about={"link": link})
    letter.is_account_mail = not_before is None
    return letter


def announcing_link(
    kind: str, owed: Due, link: int, told: Mapping[int, Sequence[Registered]], *, at: datetime
) -> list[Letter]:
    """A word about a link to the registered addresses, those of each organisation in ``told``."""
    lines = told.get(owed.organisation_id, [])
    return [envelope(kind, owed, at=at, about={"link": link}, **line.to) for line in lines]


def post(letters: Iterable[Letter]) -> None:
    """Put many envelopes in the box in one statement, each once, and ring the bell."""
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    bell.ring()


def were_posted(letters: Iterable[Letter]) -> bool:
    """Is any of these in the box already, or gone from it? Putting it there again would do nothing. One query."""
    return Letter.objects.filter(dedupe_key__in=[letter.dedupe_key for letter in letters]).exists()


def asked_to_sign(kind: str, owed: type[Due], user: User) -> Subquery:
    """When this person was last written to that a return, the row around it, is ready to be signed.

    What was asked before the last submission is done with. None when nobody asked.
    """
    number = Cast(KT(f"about__{owed.kind_code}"), BigIntegerField())
    since = Coalesce(OuterRef("submitted_at"), OuterRef("issued_at"))
    letters = Letter.objects.filter(to_user=user, kind=kind, created_at__gt=since).alias(number=number)
    return Subquery(letters.filter(number=OuterRef("pk")).order_by("-created_at").values("created_at")[:1])


def envelope(kind: str, owed: Due, *, at: datetime, about: dict[str, int] | None = None, **to: Any) -> Letter:
    """An envelope that is not in the box yet: once for the return, what else it is about and whom it goes to."""
    who = "-".join(f"{side}{one.pk}" for side, one in to.items())
    what = "-".join(f"{key}{value}" for key, value in (about or {}).items())
    reference = new_reference()
    return Letter(
        reference=reference,
        message_id=message_id_of(reference),
        kind=kind,
        dedupe_key=f"{kind}:{owed.pk}:{what}:{who}",
        commissioner_id=owed.commissioner_id,
        organisation_id=owed.organisation_id,
        circle_id=owed.circle_id,
        about={owed.kind_code: owed.pk, **(about or {})},
        not_before=at,
        **to,
    )


def _people(returns: Iterable[Due], roles: Iterable[str], *, on: date) -> dict[int, list[User]]:
    """The people with these roles in the organisation of each return, by its id. One query."""
    held = Membership.objects.live(on=on).filter(
        role__in=list(roles), organisation__in=[each.organisation_id for each in returns]
    )
    found: dict[int, dict[int, User]] = defaultdict(dict)
    for membership in held.select_related("user"):
        found[membership.organisation_id][membership.user_id] = membership.user
    return defaultdict(list, {pk: list(people.values()) for pk, people in found.items()})
