"""The contract meeting sheet: one provider on one side of A4, the day before the meeting.

Everything comes through ``permitted``, so an associate commissioner gets the shared part only. Each part is cut to so
many lines and says how many more there are: the sheet stays one page for every provider (tested with one that has
much of everything).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.text import Truncator

from accounts.capabilities import Can
from design import pdf
from oversight.models import PlacementSuspension
from oversight.profile import STRANDS, Profile
from oversight.sheet_facts import REMINDED, SHEET
from oversight.sheet_figures import NAME, figures_said, none_said
from providers.models import Arrangement, Organisation
from providers.models.arrangements import ContractForm
from providers.post_book import Line, lines_of

if TYPE_CHECKING:
    from accounts.models import User

LINES, LONGEST = 4, 120
FIGURES, FIGURE = 5, 160
QUESTIONS = 5
Facts = dict[str, Any]


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


def part_of(
    heading: str, lines: Iterable[str], nothing: str = "None.", most: int = LINES, longest: int = LONGEST
) -> Part:
    """Cut to so many lines of so many characters."""
    every = list(lines)
    return Part(heading, [_short(each, longest) for each in every[:most]], max(len(every) - most, 0), nothing)


def sheet_of(organisation: Organisation, user: "User", *, on: date, finals_only: bool = False) -> Sheet:
    """Gather the sheet. A fixed number of queries: the profile's, and those of the posts."""
    profile = Profile(organisation, user, on, finals_only=finals_only, more=SHEET)
    found = profile.known
    mine = [each for each in found["contracts"] if each["ours"]]
    leading = bool(mine) and mine[0]["part"] == Arrangement.Part.LEAD
    sentence = _short(profile.sentence, 220)
    sheet = Sheet(organisation, on, sentence, _contract(mine, found["contracts"]), not leading, _levels(profile))
    posts = [line for line in lines_of([organisation], on=on) if line.state in ("vacant", "unknown")]
    posts.sort(key=lambda line: (line.state != "vacant", not line.statutory, -(line.days or 0)))
    sheet.parts = [
        part_of("Owed to us", _owed(profile), "Nothing is owed."),
        part_of("Open actions", [_action_said(each, on) for each in found["actions"]], "No action is open."),
        part_of(
            "Training and key indicators",
            figures_said(profile.figures),
            none_said(profile.figures),
            most=FIGURES,
            longest=FIGURE,
        ),
        part_of("Reminders and last contact", _contact(profile), most=3),
        part_of("Posts vacant or not known", [_post_said(each) for each in posts], "Every post is held."),
        part_of("Contract notices and suspensions", _served(found), "None is live.", most=3),
        part_of("For the next meeting", _questions(profile, posts), most=QUESTIONS),
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


def _contract(mine: list[Facts], every: list[Facts]) -> str:
    if not mine:
        return "No contract with you now"
    contract, first = mine[0], every[0]
    led = first["part"] == Arrangement.Part.LEAD
    lead = "you lead" if contract is first and led else f"led by {first['commissioner']}" if led else "no lead"
    number = f" {contract['number']}" if contract["number"] else ""
    return _short(f"{ContractForm(contract['form']).label}{number}, {contract['commissioner']}, {lead}")


def _levels(profile: Profile) -> list[tuple[str, str, str]]:
    """Strand, level, and how it is known."""
    found = []
    for each in profile.levels:
        label = str(getattr(each, "label", each.level))
        known = f"{each.reviewed} of {each.asked} reviewed, {each.decided_at:%-d %B %Y}"
        found.append((STRANDS[each.strand], label, known))
    return found


def _owed(profile: Profile) -> list[str]:
    """Returns of every kind that have not come, the longest due first."""
    found = [(each["due_on"], each["original_due_on"], each["round"]) for each in profile.known["owed"]]
    found += [(each["due_on"], each["first_due_on"], f"Figures for {period}") for period, each in profile.figures.owed]
    return [_owed_said(*each, profile.on) for each in sorted(found)]


def _owed_said(due: date, first: date, what: str, on: date) -> str:
    late = (on - due).days
    state = f"{late} days overdue" if late > 0 else "not due yet"
    moved = f", first due {first:%-d %B %Y}" if due != first else ""
    return f"{what}: due {due:%-d %B %Y}, {state}{moved}"


def _action_said(each: Facts, on: date) -> str:
    late = (on - each["due_on"]).days
    return f"{f'{late} days overdue: ' if late > 0 else ''}{_short(each['text'], 70)} (due {each['due_on']:%-d %B %Y})"


def _contact(profile: Profile) -> list[str]:
    """Letters that the mail server took in three months, and the last person who spoke with somebody there."""
    letters = next(iter(profile.known["letters"]), {"n": 0, "last_on": None})
    said = f"{letters['n']} letters accepted by their mail server since {profile.on - REMINDED:%-d %B %Y}"
    lines = [f"{said}, the last on {letters['last_on']:%-d %B %Y}" if letters["last_on"] else said]
    if profile.user.may(Can.SEE_CONTACT_LOG):
        spoke = profile.last_spoken
        day = f"{spoke['happened_on']:%-d %B %Y}" if spoke else ""
        lines.append(f"Last spoken to on {day}" if day else "Nobody is known to have spoken to them")
    return lines


def _post_said(line: Line) -> str:
    law = ", asked for by law or guidance" if line.statutory else ""
    if line.state == "unknown":
        return f"{line.title}: not known{law}"
    cover = f", covered by {line.cover}" if line.cover else ""
    return f"{line.title}: vacant since {line.vacant_since:%-d %B %Y}{law}{cover}"


def _served(found: Mapping[str, list[Facts]]) -> list[str]:
    lines = [
        f"{each['rule']}, number {each['number']}, issued {each['issued_on']:%-d %B %Y}"
        f"{': a milestone was missed' if each['missed'] else ''}"
        for each in found["all_notices"]
    ]
    for each in found["all_suspensions"]:
        whose = each["name"] or PlacementSuspension.Authority(each["authority"]).label
        lines.append(f"New placements suspended by {whose} since {each['starts_on']:%-d %B %Y}")
    return lines


def _questions(profile: Profile, posts: list[Line]) -> list[str]:
    """What to ask, from what stands above: the worst of each first."""
    known, on = profile.known, profile.on
    late = [each["round"] for each in known["owed"] if each["due_on"] < on]
    found = [f"When will we have the return {each}, and what holds it up?" for each in late]
    figures = [period for period, each in profile.figures.owed if each["due_on"] < on]
    found += [f"When will we have the figures for {each}?" for each in figures[:1]]
    longest = [line for told, line in profile.figures.below if line.below >= told.rule]
    found += [f"What will bring {_short(line.name, NAME)} to its threshold, and when?" for line in longest[:1]]
    missed = [each["number"] for each in known["all_notices"] if each["missed"]]
    found += [f"Which milestone of notice {each} was missed, and why?" for each in missed]
    found += [f"Who does the work of the {line.title[:60]} today?" for line in posts if line.state == "vacant"][:2]
    stuck = [each["text"] for each in known["actions"] if each["due_on"] < on]
    found += [f"What stands in the way of “{_short(each, 60)}”?" for each in stuck[:2]]
    unknown = [line for line in posts if line.state == "unknown"]
    if unknown:
        found.append(f"Who is your {_short(unknown[0].title, 90)}?")
    return found or ["What has changed since we last met?"]
