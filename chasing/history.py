"""What was said about an organisation or one thing, when, to whom, and what became of it (the first challenge)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from accounts.capabilities import Can
from chasing.delivery import delivery
from chasing.kinds import kind_of
from chasing.listing import Told
from chasing.models import Chase, DueChange, Notice
from chasing.overdue import last_seen
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Entry:
    """One decision in the history: a reminder, a step passed by, a proposal and what a person made of it."""

    chase: Chase
    title: str
    url: str
    told: list[Told] = field(default_factory=list)

    @property
    def when(self) -> date:
        """The morning it was decided."""
        return self.chase.planned_on


def chases_of(user: "User", *, organisation: Organisation, can: Can = Can.SEE_REMINDERS) -> QuerySet[Chase]:
    """The decisions about an organisation that the person may see, newest first."""
    allowed: QuerySet[Chase] = Chase.objects.permitted(user, can).filter(organisation=organisation)
    return allowed.select_related("rung", "decided_by").order_by("-planned_on", "-pk")


def entries(chases: Iterable[Chase]) -> list[Entry]:
    """Chases as the history shows them, with their lines and titles; a few queries however many they are."""
    found = list(chases)
    titles = _titles(found)
    made = {chase.pk: Entry(chase, *titles[chase.kind, chase.thing]) for chase in found}
    seen = dict(
        last_seen(organisation__in={chase.organisation_id for chase in found}).values_list("organisation", "seen")
    )
    lines = Notice.objects.filter(chase__in=made).select_related(
        "letter", "to_user", "to_contact", "to_organisation", "instead_of"
    )
    for line in lines.order_by("pk"):
        entry = made[line.chase_id]
        entry.told.append(_told(line, seen.get(entry.chase.organisation_id)))
    return list(made.values())


def changes_of(chases_kind: str, thing: int) -> QuerySet[DueChange]:
    """Dates moved and pauses of one thing, newest first."""
    found: QuerySet[DueChange] = DueChange.objects.filter(kind=chases_kind, thing=thing)
    return found.select_related("by", "agreed_by").order_by("-at")


def _titles(chases: list[Chase]) -> dict[tuple[str, int], tuple[str, str]]:
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for code in {chase.kind for chase in chases}:
        kind = kind_of(code)
        ids = {chase.thing for chase in chases if chase.kind == code}
        for row in kind.titled(kind.things.filter(pk__in=ids)):
            found[code, row.pk] = (row.title, kind.url(row.reference))
    return found


def _told(line: Notice, seen_at: datetime | None) -> Told:
    who = line.to_user or line.to_contact or f"{line.to_organisation} (mailbox)"
    letter = line.letter
    became = delivery(
        letter.state if letter else None,
        sent_at=letter.sent_at if letter else None,
        attempts=letter.attempts if letter else 0,
        problem=letter.problem if letter else "",
        dropped=line.dropped_because,
        seen_at=seen_at,
    )
    return Told(str(who), Notice.role(line.why, line.instead_of), became)
