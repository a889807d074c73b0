"""The contract meeting sheet: one provider on one side of A4, the day before the meeting.

Everything comes through ``permitted``, so an associate commissioner gets the shared part only. Each part is cut to so
many lines and says how many more there are: the sheet stays one page for every provider (tested with one that has
much of everything).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max
from django.template.loader import render_to_string
from django.utils.text import Truncator

from accounts.capabilities import Can
from actions.models import Action
from assurance.models import SelfAssessment
from chasing.models import Letter
from design import pdf
from oversight.models import ContactEntry, ContractNotice, PlacementSuspension
from oversight.profile import STRANDS, Profile
from providers.models import Organisation
from providers.post_book import Line, lines_of

if TYPE_CHECKING:
    from accounts.models import User

LINES, LONGEST = 4, 120
QUESTIONS = 5
REMINDED = timedelta(days=90)
OWED = ("issued", "in_progress", "sent_back")


@dataclass(frozen=True)
class Part:
    """One heading with a few lines, how many more there are, and what stands there when there are none."""

    heading: str
    lines: Sequence[str]
    more: int = 0
    nothing: str = "None."


@dataclass
class Sheet:
    """The sheet of one provider for one reader."""

    organisation: Organisation
    on: date
    sentence: str
    contract: str
    shared_only: bool
    levels: list[tuple[str, str, str]]
    parts: list[Part] = field(default_factory=list)

    @property
    def title(self) -> str:
        """As the file is called."""
        return f"Contract meeting sheet: {_short(self.organisation.name, 90)}"


def part_of(heading: str, lines: Iterable[str], nothing: str = "None.", most: int = LINES) -> Part:
    """Cut to so many lines of so many characters."""
    every = list(lines)
    return Part(heading, [_short(each) for each in every[:most]], max(len(every) - most, 0), nothing)


def sheet_of(organisation: Organisation, user: "User", *, on: date) -> Sheet:
    """Gather the sheet. A fixed number of queries."""
    profile = Profile(organisation, user, on)
    ours = Organisation.objects.acted_for(user, Can.SEE_OVERVIEW, on=on)
    mine = [each for each in profile.arrangements if each.commissioner in set(ours)]
    lead = next((each for each in mine if each.part == "lead"), None)
    contract = lead or next(iter(mine), None)
    sheet = Sheet(
        organisation, on, _short(profile.sentence, 220), _contract(contract, profile), lead is None, _levels(profile)
    )
    owed = list(_owed(organisation, user, on))
    actions = list(_actions(organisation, user, on))
    posts = [line for line in lines_of([profile.organisation], on=on) if line.state in ("vacant", "unknown")]
    posts.sort(key=lambda line: (line.state != "vacant", not line.statutory, -(line.days or 0)))
    notices = list(_notices(organisation, user, on))
    sheet.parts = [
        part_of("Owed to us", [_owed_said(each, on) for each in owed], "Nothing is owed."),
        part_of("Open actions", [_action_said(each, on) for each in actions], "No action is open."),
        part_of("Reminders and last contact", _contact(organisation, user, on), most=3),
        part_of("Posts vacant or not known", [_post_said(each) for each in posts], "Every post is held."),
        part_of("Contract notices and suspensions", _served(organisation, user, notices, on), "None is live.", most=3),
        part_of("For the next meeting", _questions(owed, actions, posts, notices, on), most=QUESTIONS),
    ]
    return sheet


def sheet_pdf(sheet: Sheet, *, at: datetime, by: str, demonstration: bool) -> bytes:
    """The file: one page."""
    said = {"sheet": sheet, "title": sheet.title, "demonstration": demonstration, "at": at, "by": _short(by, 60)}
    sheets = (pdf.stylesheet("print"), pdf.stylesheet("sheet"))
    html = render_to_string("reports/meeting_sheet.html", said)
    return pdf.render(html, title=sheet.title, at=at, stylesheets=sheets, apart=True)


def _short(text: str, most: int = LONGEST) -> str:
    return str(Truncator(" ".join(str(text).split())).chars(most))


def _contract(contract: Any, profile: Profile) -> str:
    if contract is None:
        return "No contract with you now"
    lead = (
        "you lead" if contract.part == "lead" else f"led by {profile.lead.commissioner}" if profile.lead else "no lead"
    )
    number = f" {contract.contract_number}" if contract.contract_number else ""
    return _short(f"{contract.get_contract_form_display()}{number}, {contract.commissioner}, {lead}")


def _levels(profile: Profile) -> list[tuple[str, str, str]]:
    """Strand, level, and how it is known."""
    found = []
    for each in profile.levels:
        label = str(getattr(each, "label", each.level))
        known = f"{each.reviewed} of {each.asked} reviewed, {each.decided_at:%-d %B %Y}"
        found.append((STRANDS[each.strand], label, known))
    return found


def _owed(organisation: Organisation, user: "User", on: date) -> Any:
    allowed = SelfAssessment.objects.permitted(user, Can.SEE_RETURN_STATUS, on=on)
    return allowed.filter(organisation=organisation, state__in=OWED).select_related("round").order_by("due_on", "pk")


def _owed_said(each: SelfAssessment, on: date) -> str:
    late = (on - each.due_on).days
    state = f"{late} days overdue" if late > 0 else "not due yet"
    moved = f", first due {each.original_due_on:%-d %B %Y}" if each.due_on != each.original_due_on else ""
    return f"{each.round.name}: due {each.due_on:%-d %B %Y}, {state}{moved}"


def _actions(organisation: Organisation, user: "User", on: date) -> Any:
    allowed = Action.objects.permitted(user, Can.SEE_ACTIONS, on=on).open()
    return allowed.filter(organisation=organisation, circle=None).order_by("due_on", "pk")


def _action_said(each: Action, on: date) -> str:
    late = (on - each.due_on).days
    return f"{f'{late} days overdue: ' if late > 0 else ''}{_short(each.text, 70)} (due {each.due_on:%-d %B %Y})"


def _contact(organisation: Organisation, user: "User", on: date) -> list[str]:
    """Letters that the mail server took in three months, and the last person who spoke with somebody there."""
    sent = Letter.objects.permitted(user, Can.SEE_REMINDERS, on=on).filter(
        organisation=organisation, state=Letter.State.SENT, sent_at__date__gte=on - REMINDED, circle=None
    )
    found = sent.aggregate(n=Count("pk"), last=Max("sent_at"))
    said = f"{found['n']} letters accepted by their mail server since {on - REMINDED:%-d %B %Y}"
    lines = [f"{said}, the last on {found['last']:%-d %B %Y}" if found["last"] else said]
    if user.may(Can.SEE_CONTACT_LOG):
        spoke = ContactEntry.objects.permitted(user, Can.SEE_CONTACT_LOG, on=on).human_contact(organisation).first()
        lines.append(
            f"Last spoken to on {spoke.happened_on:%-d %B %Y}" if spoke else "Nobody is known to have spoken to them"
        )
    return lines


def _post_said(line: Line) -> str:
    law = ", asked for by law or guidance" if line.statutory else ""
    if line.state == "unknown":
        return f"{line.title}: not known{law}"
    cover = f", covered by {line.cover}" if line.cover else ""
    return f"{line.title}: vacant since {line.vacant_since:%-d %B %Y}{law}{cover}"


def _notices(organisation: Organisation, user: "User", on: date) -> Any:
    if not user.may(Can.SEE_NOTICES):
        return []
    allowed = ContractNotice.objects.permitted(user, Can.SEE_NOTICES, on=on).open().of(organisation)
    return allowed.with_milestones_missed(on=on).select_related("rule")


def _served(organisation: Organisation, user: "User", notices: Sequence[Any], on: date) -> list[str]:
    lines = [
        f"{each.rule}, number {each.number}, issued {each.issued_on:%-d %B %Y}"
        f"{': a milestone was missed' if each.missed else ''}"
        for each in notices
    ]
    if user.may(Can.SEE_NOTICES):
        live = PlacementSuspension.objects.permitted(user, Can.SEE_NOTICES, on=on).live(on=on).of(organisation)
        lines += [f"New placements suspended by {each.by_whom} since {each.starts_on:%-d %B %Y}" for each in live]
    return lines


def _questions(owed: Any, actions: Any, posts: list[Line], notices: Any, on: date) -> list[str]:
    """What to ask, from what stands above: the worst of each first."""
    found = [
        f"When will we have the return {each.round.name}, and what holds it up?" for each in owed if each.due_on < on
    ]
    found += [f"Which milestone of notice {each.number} was missed, and why?" for each in notices if each.missed]
    found += [f"Who does the work of the {line.title[:60]} today?" for line in posts if line.state == "vacant"][:2]
    late = [each for each in actions if each.due_on < on]
    found += [f"What stands in the way of “{_short(each.text, 60)}”?" for each in late[:2]]
    unknown = [line for line in posts if line.state == "unknown"]
    if unknown:
        found.append(f"Who is your {unknown[0].title[:60]}?")
    return found or ["What has changed since we last met?"]
