"""What a letter says and to whom it is addressed: one ``Writer`` per kind of letter.

An app above registers a writer when it is ready; the words are in ``templates/letters/<kind>.subject|txt|html``.
A writer's context is made when the letter is sent, from the ids in ``Letter.about``; None means that the letter is
no longer so, and it is dropped. ``attachments`` in a context are files as (name, bytes, type).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import CircleMember, Invitation, Membership
from chasing.models import Letter
from design.calendar import london_date
from providers.models import Contact

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Writer:
    """How one kind of letter is written.

    ``also`` names the roles that receive a letter to an organisation beside its mailbox. ``answers`` marks letters
    to somebody who has just done something and waits for it, such as a receipt: neither quiet days nor a hold
    keep them. ``to`` finds the address of a letter that goes neither to a person, a contact nor an organisation.
    """

    kind: str
    context: Callable[[Letter, datetime], Context | None]
    also: tuple[str, ...] = ()
    answers: bool = False
    to: Callable[[Letter, datetime], list[str]] | None = None


class Signatory(NamedTuple):
    """The named person of the commissioner that a reader may ring."""

    name: str
    job_title: str
    organisation: str
    telephone: str
    email: str


Around = dict[int | None, tuple[Signatory, list[dict[str, str]]]]
_writers: dict[str, Writer] = {}


def register(*writers: Writer) -> None:
    """Called once at start by the app that writes these letters."""
    _writers.update({writer.kind: writer for writer in writers})


def writer_of(kind: str) -> Writer:
    """The writer of a kind; an unknown kind is a ``KeyError``, and the letter is kept and tried again."""
    return _writers[kind]


def answering_kinds() -> list[str]:
    """Kinds that go at once."""
    return [writer.kind for writer in _writers.values() if writer.answers]


def absolute(route: str, *args: Any, **kwargs: Any) -> str:
    """The whole address of a page, for a letter."""
    return urljoin(settings.PORTAL_BASE_URL, reverse(route, args=args, kwargs=kwargs))


def addresses(letter: Letter, at: datetime) -> list[str]:
    """Where the letter goes now: nobody who has left, ended or lost their place in its circle."""
    if letter.to_user_id:
        return _address_of_user(letter, at)
    if letter.to_contact_id:
        found = Contact.objects.current().filter(pk=letter.to_contact_id).exclude(email="")
        return [] if letter.circle_id else list(found.values_list("email", flat=True))
    if letter.to_organisation_id:
        return _addresses_of_organisation(letter, at)
    if elsewhere := writer_of(letter.kind).to:
        return elsewhere(letter, at)
    invited = Invitation.objects.open(at=at).filter(pk=letter.about.get("invitation"))
    return list(invited.values_list("email", flat=True))


def _address_of_user(letter: Letter, at: datetime) -> list[str]:
    user, day = letter.to_user, london_date(at)
    if user is None or not user.is_active:
        return []
    if not letter.is_account_mail and letter.organisation_id:
        here = {"organisation__in": [letter.organisation_id, letter.commissioner_id]}
        own = Membership.objects.live(on=day).filter(user=user, **here)
        if not own.exists() and not Membership.objects.acting(user, on=day).filter(**here).exists():
            return []
    return [user.email] if letter.circle_id is None or user.pk in _members(letter, at) else []


def _addresses_of_organisation(letter: Letter, at: datetime) -> list[str]:
    organisation = letter.to_organisation
    roles = writer_of(letter.kind).also
    people = Membership.objects.live(on=london_date(at)).filter(organisation=organisation, role__in=roles)
    if letter.circle_id:
        people = people.filter(user__in=_members(letter, at))
    found = list(people.order_by("user").values_list("user__email", flat=True).distinct())
    shared = [organisation.mailbox] if organisation and organisation.mailbox and not letter.circle_id else []
    return list({address.lower(): address for address in [*shared, *found]}.values())


def _members(letter: Letter, at: datetime) -> set[int]:
    """Who is on the letter's access list; "own" reaches people of its organisation."""
    day = london_date(at)
    members = CircleMember.objects.live(on=day).filter(circle=letter.circle_id)
    own = Membership.objects.live(on=day).filter(organisation=letter.organisation_id).values("user")
    return set(members.filter(Q(scope="whole") | Q(user__in=own)).values_list("user", flat=True))


def signatory(letter: Letter) -> Signatory:
    """The commissioner's designated contact, else the commissioner itself."""
    commissioner = letter.commissioner
    if commissioner is None:
        return Signatory("Safeguarding assurance", "", "", "", "")
    contact = Contact.objects.current().filter(organisation=commissioner, kind=Contact.Kind.DESIGNATED).first()
    if contact is None:
        return Signatory(commissioner.name, "", "", commissioner.telephone, commissioner.mailbox)
    telephone = contact.telephone or commissioner.telephone
    return Signatory(contact.name, contact.job_title, commissioner.name, telephone, contact.email)


def front_doors(letter: Letter) -> list[dict[str, str]]:
    """The local authorities' front doors around the commissioner, for the line "Worried about someone now?"."""
    return doors_around(letter.commissioner_id)


def doors_around(commissioner: int | None) -> list[dict[str, str]]:
    """The same for a page that nobody has signed in to. One query."""
    rows = Contact.objects.front_doors_around([commissioner] if commissioner else [])
    return [
        {"name": row.name, "phone": row.telephone, "out_of_hours_phone": row.out_of_hours_telephone} for row in rows
    ]


def compose(letter: Letter, at: datetime, known: Around | None = None) -> EmailMultiAlternatives | str:
    """The message ready to be sent, or, in words, why it is not sent any more.

    Letters that are sent together share ``known``: who is rung at a commissioner is asked once for all of them.
    """
    told = writer_of(letter.kind).context(letter, at)
    if told is None:
        return "It is no longer so."
    to = addresses(letter, at)
    if not to:
        return "There is nobody to send it to any more."
    known = {} if known is None else known
    if letter.commissioner_id not in known:
        known[letter.commissioner_id] = signatory(letter), front_doors(letter)
    person, doors = known[letter.commissioner_id]
    context = {
        "letter": letter,
        "signatory": person,
        "front_door": doors,
        "demonstration": settings.PORTAL_DEMONSTRATION,
        "portal_url": settings.PORTAL_BASE_URL,
        "today": london_date(at),
        "greeting": _greeting(letter),
        **told,
    }
    message = EmailMultiAlternatives(
        subject=_one_line(render_to_string(f"letters/{letter.kind}.subject", context)),
        body=render_to_string(f"letters/{letter.kind}.txt", context).strip() + "\n",
        from_email=_sender(person),
        to=to,
        reply_to=[person.email] if person.email else None,
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"letters/{letter.kind}.html", context), "text/html")
    for name, content, media_type in told.get("attachments", ()):
        message.attach(name, content, media_type)
    return message


def _greeting(letter: Letter) -> str:
    """Whom the letter speaks to, by name where there is one."""
    if letter.to_user:
        return letter.to_user.name
    if letter.to_contact:
        return letter.to_contact.name
    return letter.to_organisation.name if letter.to_organisation else ""


def _sender(person: Signatory) -> str:
    """A person's name on our own address: the reader sees who writes, and the mail server sees us."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    words = f"{person.name} ({person.organisation})" if person.organisation else person.name or name
    return formataddr((_one_line(words), address))


def _one_line(text: str) -> str:
    """Header text on one line, so that a name with a line break cannot add a header."""
    return " ".join(text.split())
