"""What a figures return's page shows beside the return itself: what happened to it, and who may change it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.capabilities import Can
from accounts.models import Membership, User
from chasing.models import DueChange
from providers.models import Contact, Organisation
from training.models import FigureLink, FigureReturn, FigureSubmission, Period
from training.models.signatures import Asked


@dataclass(frozen=True)
class Happened:
    """One line of a return's history."""

    at: datetime
    heading: str
    by: str = ""
    words: str = ""


def history_of(
    figure_return: FigureReturn, submissions: Iterable[FigureSubmission], links: Iterable[FigureLink] = (), *,
    asked: Iterable[Asked] = (),
) -> list[Happened]:  # fmt: skip
    """Issued, links, dates moved, received, asked to sign, submitted, corrected, withdrawn: latest first. Two queries.

    Whom the provider ``asked`` to sign is its own to know.
    """
    lines = [Happened(figure_return.issued_at, "Asked for", words=figure_return.why_issued)]
    changes = DueChange.objects.filter(kind=FigureReturn.kind_code, thing=figure_return.pk)
    lines += [_date_moved(change) for change in changes.select_related("by", "agreed_by")]
    lines += [line for link in links for line in _of_a_link(link)]
    for entry in figure_return.entries.select_related("by"):
        heading = f"Received {entry.get_channel_display().lower()} from {entry.received_from}"
        lines.append(Happened(entry.at, heading, str(entry.by), f"Received on {entry.received_on:%-d %B %Y}"))
    lines += [Happened(each.at, f"Asked {each.names} to sign", each.by) for each in asked]
    for submission in submissions:
        signed = f"Signed by {submission.signed_by_name}, {submission.signed_by_role}"
        why = f". Corrected: {submission.reason}" if submission.reason else ""
        heading = f"Submitted (version {submission.number})"
        lines.append(Happened(submission.submitted_at, heading, str(submission.submitted_by), signed + why))
    if figure_return.withdrawn_at:
        by = str(figure_return.withdrawn_by)
        lines.append(Happened(figure_return.withdrawn_at, "Withdrawn", by, figure_return.withdrawn_reason))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _of_a_link(link: FigureLink) -> list[Happened]:
    lines = [Happened(link.made_at, f"Link sent to {link.name}", str(link.made_by or ""), link.only.capitalize())]
    if link.revoked_at:
        heading = "Taken over by an account" if link.adopted_at else f"Link of {link.name} taken back"
        lines.append(Happened(link.revoked_at, heading, str(link.revoked_by)))
    return lines


def _date_moved(change: DueChange) -> Happened:
    if change.paused_until:
        heading = f"Reminders paused until {change.paused_until:%-d %B %Y}"
        return Happened(change.at, heading, str(change.by), change.reason)
    agreed = f"{change.reason} (agreed by {change.agreed_by})" if change.agreed_by else change.reason
    heading = f"Date moved from {change.old:%-d %B %Y} to {change.new:%-d %B %Y}"
    return Happened(change.at, heading, str(change.by), agreed)


def help_contact_of(figure_return: FigureReturn) -> dict[str, str]:
    """The named person at the commissioner whom the provider may ring; empty when none is named. One query."""
    people = Contact.objects.current().filter(organisation=figure_return.commissioner_id, kind=Contact.Kind.DESIGNATED)
    contact = people.order_by("name").first()
    if contact is None:
        return {}
    telephone = contact.telephone or figure_return.commissioner.telephone
    return {"name": contact.name, "job_title": contact.job_title, "phone": telephone, "email": contact.email}


def people_who(can: Can, commissioner: int, *, on: date) -> QuerySet[User]:
    """The people of a commissioner who hold a capability, by name, for a choice."""
    held = Membership.objects.live(on=on).granting(can).filter(organisation=commissioner)
    return User.objects.filter(pk__in=held.values("user")).order_by("name")


def commissioners_for(user: User, can: Can, *, on: date) -> QuerySet[Organisation]:
    """The commissioners that the person does this for."""
    return Organisation.objects.acted_for(user, can, on=on)


def periods_of(returns: Any) -> QuerySet[Period]:
    """The periods for which these returns were asked, latest first, for a filter."""
    return Period.objects.filter(pk__in=returns.order_by().values("period")).order_by("-ends_on", "timing")
