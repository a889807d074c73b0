"""What a return's page shows beside the return itself: how far it is, what happened, who may change it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.capabilities import Can
from accounts.models import Membership, User
from assurance.models import ColleagueAsk, ReturnLink, Round, SelfAssessment, Submission
from assurance.models.punctuality import on_time_of
from assurance.models.questions import grades_of, progress_of
from chasing.models import DueChange
from providers.models import Contact, Organisation

# A question takes about this long, measured from practice managers' own account of 49 criteria in 20 minutes.
MINUTES_EACH = 0.4
# On a telephone, by somebody who does it once a year: 15 minutes for the light set.
MINUTES_EACH_BY_LINK = 1.0


@dataclass(frozen=True)
class Happened:
    """One line of a return's history."""

    at: datetime
    heading: str
    by: str = ""
    words: str = ""


def overview_of(assessment: SelfAssessment, *, asks: QuerySet[ColleagueAsk] | None = None) -> dict[str, Any]:
    """How far the writing is, standard by standard, and who of ``asks`` is asked for each. Two queries."""
    standards = progress_of(assessment, grades_of(assessment), asks=asks)
    left = sum(each.asked - each.complete for each in standards)
    return {
        "standards": standards,
        "complete": sum(each.is_complete for each in standards),
        "left": left,
        "left_words": f"{left} question{'' if left == 1 else 's'} still to complete",
        "minutes": minutes_for(left),
        "saved_at": max((each.saved_at for each in standards if each.saved_at), default=None),
    }


@dataclass(frozen=True)
class Punctual:
    """Of so many returns that came, how many came on time by either date (hazard 6)."""

    came: int
    by_original: int
    by_agreed: int


def punctual(returns: QuerySet[SelfAssessment]) -> Punctual:
    """Count those that came by the date first set and by the agreed one. Two queries."""
    rows = returns.returned().select_related(None).order_by()  # type: ignore[attr-defined]
    found = on_time_of(rows.only("due_on", "original_due_on", "first_submitted_at")).values()
    return Punctual(
        len(found), sum(each.by_original is True for each in found), sum(each.by_agreed is True for each in found)
    )


def asks_of(assessment: SelfAssessment, user: User) -> QuerySet[ColleagueAsk]:
    """Which colleagues are asked for which standard now, as far as the reader may see. One query."""
    seen = ColleagueAsk.objects.permitted(user, Can.FILL_ASSESSMENT).open().filter(self_assessment=assessment)
    found: QuerySet[ColleagueAsk] = seen.select_related("colleague", "by", "standard")
    return found


def help_contact_of(assessment: SelfAssessment) -> dict[str, str]:
    """The named person at the commissioner whom the provider may ring; empty when none is named. One query."""
    people = Contact.objects.current().filter(organisation=assessment.commissioner_id, kind=Contact.Kind.DESIGNATED)
    contact = people.order_by("name").first()
    if contact is None:
        return {}
    telephone = contact.telephone or assessment.commissioner.telephone
    return {"name": contact.name, "job_title": contact.job_title, "phone": telephone, "email": contact.email}


def minutes_for(questions: int, *, each: float = MINUTES_EACH) -> int:
    """About how long so many questions take, in steps of five minutes."""
    return max(5, round(questions * each / 5) * 5) if questions else 0


def changes_of(assessment: SelfAssessment) -> list[DueChange]:
    """Every move of its date and every pause, oldest first, with who said so. One query."""
    changes = DueChange.objects.filter(kind=SelfAssessment.kind_code, thing=assessment.pk)
    return list(changes.select_related("by", "agreed_by").order_by("at", "pk"))


def history_of(
    assessment: SelfAssessment,
    submissions: Iterable[Submission],
    changes: Iterable[DueChange],
    links: Iterable[ReturnLink] = (),
) -> list[Happened]:
    """Issued, links, dates moved, received, sent back, validated, withdrawn: latest first. Two queries."""
    lines = [Happened(assessment.issued_at, "Issued", words=assessment.why_issued)]
    lines += [line for link in links for line in _of_a_link(link)]
    lines += [_date_moved(change) for change in changes]
    for entry in assessment.entries_on_behalf.select_related("by", "given_back__by"):
        heading = f"Received {entry.get_channel_display().lower()} from {entry.received_from}"
        lines.append(Happened(entry.at, heading, str(entry.by), f"Received on {entry.received_on:%-d %B %Y}"))
        if given_back := getattr(entry, "given_back", None):
            heading = "Entry given back to the provider"
            lines.append(Happened(given_back.at, heading, str(given_back.by), given_back.reason))
    for submission in submissions:
        signed = f"Signed by {submission.signed_by_name}, {submission.signed_by_role}"
        heading = f"Submitted (submission {submission.number})"
        lines.append(Happened(submission.submitted_at, heading, str(submission.submitted_by), signed))
    for back in assessment.send_backs.select_related("by"):
        lines.append(Happened(back.at, f"Sent back until {back.due_on:%-d %B %Y}", str(back.by), back.notes))
    if assessment.validated_at:
        lines.append(Happened(assessment.validated_at, "Validated"))
    if assessment.withdrawn_at:
        lines.append(
            Happened(assessment.withdrawn_at, "Withdrawn", str(assessment.withdrawn_by), assessment.withdrawn_reason)
        )
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _of_a_link(link: ReturnLink) -> list[Happened]:
    lines = [Happened(link.made_at, f"Link sent to {link.name}", str(link.made_by), link.only.capitalize())]
    if link.revoked_at:
        heading = "Taken over by an account" if link.adopted_at else f"Link of {link.name} taken back"
        lines.append(Happened(link.revoked_at, heading, str(link.revoked_by)))
    return lines


def _date_moved(change: DueChange) -> Happened:
    if change.paused_until:
        return Happened(
            change.at, f"Reminders paused until {change.paused_until:%-d %B %Y}", str(change.by), change.reason
        )
    agreed = f"{change.reason} (agreed by {change.agreed_by})" if change.agreed_by else change.reason
    return Happened(
        change.at, f"Date moved from {change.old:%-d %B %Y} to {change.new:%-d %B %Y}", str(change.by), agreed
    )


def people_who(can: Can, commissioner: int, *, on: date) -> QuerySet[User]:
    """The people of a commissioner who hold a capability, by name, for a choice."""
    held = Membership.objects.live(on=on).granting(can).filter(organisation=commissioner)
    return User.objects.filter(pk__in=held.values("user")).order_by("name")


def commissioners_for(user: User, can: Can, *, on: date) -> QuerySet[Organisation]:
    """The commissioners that the person does this for."""
    return Organisation.objects.acted_for(user, can, on=on)


def rounds_of(returns: QuerySet[SelfAssessment]) -> QuerySet[Round]:
    """The rounds in which these returns were issued, latest first, for a filter."""
    return Round.objects.filter(pk__in=returns.order_by().values("round")).order_by("-opens_on", "name")
