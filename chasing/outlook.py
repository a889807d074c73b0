"""What goes out in the next days, by person, if nothing changes: the plan's own statement, writing nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, QuerySet, Value

from accounts.capabilities import Can
from accounts.models import User
from chasing.kinds import kind_of
from chasing.models import Audience, Notice
from chasing.models.ladders import WHO
from chasing.planner import Line, preview
from providers.models import Contact, Organisation

if TYPE_CHECKING:
    from chasing.kinds import Kind, Things

DAYS = 14
PROPOSED, NOBODY = "Proposed to a person here", "Nobody to write to"


@dataclass(frozen=True)
class Coming:
    """One line of the preview."""

    day: date
    title: str
    organisation: str
    due_on: date
    url: str
    why: str
    step: int
    reference: str
    kind: str


@dataclass
class Person:
    """Everything that one person, contact or mailbox would get."""

    name: str
    address: str
    special: bool = False
    lines: list[Coming] = field(default_factory=list)


def coming(user: User, *, on: date, days: int = DAYS) -> list[Person]:
    """The preview as far as the person may see it: first what has no route or waits for a person, then by name."""

    def narrow(kind: "Kind") -> "Things":
        return kind.wants_a_reminder().permitted(user, Can.SEE_REMINDERS, on=on)

    return by_person(preview(on, days=days, narrow=narrow))


def by_person(lines: Iterable[Line]) -> list[Person]:
    """Lines gathered by recipient, with their words; one query however many they are."""
    lines = list(lines)
    people = _names(lines)
    found: dict[tuple[str, int], Person] = {}
    for line in lines:
        key = _recipient(line)
        name, address = people.get(key, (PROPOSED if line.proposes else NOBODY, ""))
        name = f"{name} (mailbox)" if key[0] == "mailbox" else name
        person = found.setdefault(key, Person(name, address, special=key[1] == 0))
        absent, _ = people.get(("user", line.instead_of or 0), ("", ""))
        person.lines.append(_line(line, people["mailbox", line.organisation][0], absent))
    return sorted(found.values(), key=lambda person: (not person.special, person.name.casefold(), person.address))


def _recipient(line: Line) -> tuple[str, int]:
    for side, pk in (("user", line.to_user), ("contact", line.to_contact), ("mailbox", line.to_organisation)):
        if pk:
            return side, pk
    return ("proposed", 0) if line.proposes else ("nobody", 0)


def _line(line: Line, organisation: str, absent: str) -> Coming:
    why = Notice.role(line.why, absent) if line.why else WHO[Audience(line.audience)].lower()
    return Coming(
        day=line.day,
        title=line.title,
        organisation=organisation,
        due_on=line.due_on,
        url=kind_of(line.kind).url(line.reference),
        why=why,
        step=line.offset,
        reference=line.reference,
        kind=line.kind,
    )


def _names(lines: list[Line]) -> dict[tuple[str, int], tuple[str, str]]:
    """Name and address of everybody whom a line is about or goes to. One query."""
    users = {pk for line in lines for pk in (line.to_user, line.instead_of) if pk}
    contacts = {line.to_contact for line in lines if line.to_contact}
    bodies = {pk for line in lines for pk in (line.organisation, line.to_organisation) if pk}
    rows = _rows("mailbox", Organisation.objects.filter(pk__in=bodies), "mailbox").union(
        _rows("user", User.objects.filter(pk__in=users), "email"),
        _rows("contact", Contact.objects.filter(pk__in=contacts), "email"),
        all=True,
    )
    return {(side, pk): (name, address) for side, pk, name, address in rows}


def _rows(side: str, found: QuerySet[Any], address: str) -> QuerySet[Any, Any]:
    return found.order_by().values_list(Value(side, output_field=CharField()), "pk", "name", address)
