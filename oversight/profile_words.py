"""What stands out of a provider profile, and what it does not know, in sentences.

Each is a function from the profile to its lines, in the order on screen. To add one: a generator in ``WARNINGS`` or
``UNKNOWNS``. Nothing here asks the database.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from design.calendar import add_months
from training.known import KnownLine, period_of
from training.words import running_said

if TYPE_CHECKING:
    from oversight.profile import Profile

VERIFIED_MONTHS = 12
ONE_DECLARED = "1 criterion was accepted as declared: its evidence was not read."
LOW_RATINGS = ("requires_improvement", "inadequate")
Lines = Callable[["Profile"], Iterator[str]]


def warnings_of(profile: "Profile") -> list[str]:
    """What must be seen first."""
    return [line for lines in WARNINGS for line in lines(profile)]


def unknowns_of(profile: "Profile") -> list[str]:
    """What we do not know."""
    return [line for lines in UNKNOWNS for line in lines(profile)]


def many(n: int, noun: str) -> str:
    """ "1 action", "3 actions"."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _mobilising(profile: "Profile") -> Iterator[str]:
    for each in profile.known["mobilising"]:
        when = f", due to go live on {_day(each['go_live_on'])}" if each["go_live_on"] else ""
        yield f"Mobilising – not yet assured: {each['service']}{when}."


def _return(profile: "Profile") -> Iterator[str]:
    if profile.latest is None:
        yield "No return has been asked for."
    elif profile.latest.standing == "overdue":
        yield f"No return received: {(profile.on - profile.latest.due_on).days} days overdue."
    for each in profile.returns:
        if each.doubts:
            doubts = many(each.doubts, "validated grade")
            yield f"{doubts} of {each.round.year} in question since {_day(each.doubted_since)}."


def _surveillance(profile: "Profile") -> Iterator[str]:
    for each in profile.known["surveillance"]:
        if each["heightened"]:
            yield f"{each['label']} surveillance since {_day(each['starts_on'])}."


def _suspended(profile: "Profile") -> Iterator[str]:
    for each in profile.known["suspensions"]:
        where = f" at {each['site']}" if each["site"] else ""
        by = each["name"] or each["authority_words"]
        yield f"New placements{where} suspended since {_day(each['starts_on'])}, by {_lower(by)}."


def _lower(words: str) -> str:
    """ "The local authority" inside a sentence; a name keeps its capitals."""
    return words[:1].lower() + words[1:] if words.startswith(("The ", "This ", "Commissioner ")) else words


def _notices(profile: "Profile") -> Iterator[str]:
    for each in profile.known["notices"]:
        late = each["next_on"] and each["next_on"] < profile.on
        promise = f"; a promise of its plan was due on {_day(each['next_on'])}" if late else ""
        yield f"{each['rule']} {each['number']} is open, issued on {_day(each['issued_on'])}{promise}."


def _rated(profile: "Profile") -> Iterator[str]:
    for each in profile.known["ratings"]:
        if each["overall"] in LOW_RATINGS:
            where = f" {each['site']}" if each["site"] else ""
            rated = each["overall_words"].lower()
            yield f"{each['source']} rated{where} “{rated}”, published on {_day(each['published_on'])}."


def _figures(profile: "Profile") -> Iterator[str]:
    """Figures that have not come, and lines below for as long as the commissioner asks for a plan."""
    for told in profile.figures.missing:
        assert told.shown is not None
        late = many(told.days_late, "day")
        yield f"No figures received for {period_of(told.shown)}: {late} overdue."
    long = [(told, line) for told, line in profile.figures.below if line.below >= told.rule]
    for told, line in long[:3]:
        periods = f"{running_said(line.below)} {told.rows[0]['timing']}{'' if line.below == 1 else 's'}"
        yield f"{line.name} below its threshold for {periods} running: {line.cell.counted}{_shown(line)}."
    if len(long) > 3:
        yield f"{many(len(long) - 3, 'more line')} of figures below for so long that a plan is asked for."


def _shown(line: KnownLine) -> str:
    return f", {line.cell.shown}" if line.cell.shown else ""


def _vacant(profile: "Profile") -> Iterator[str]:
    for each in profile.vacancies[:3]:
        cover = f", covered by {each['cover']}" if each["cover"] else ", not covered"
        yield f"{each['title']} vacant since {_day(each['vacant_since'])}{cover}."
    if len(profile.vacancies) > 3:
        yield f"{len(profile.vacancies) - 3} more posts are vacant."


def _incidents(profile: "Profile") -> Iterator[str]:
    if unread := sum(each["unread"] for each in profile.known["incidents"]):
        yield f"{many(unread, 'serious incident')} that nobody of yours has looked at."


def _late(profile: "Profile") -> Iterator[str]:
    if late := [each for each in profile.actions if each.is_overdue(profile.on)]:
        yield f"{many(len(late), 'action')} overdue, the oldest since {_day(late[0].due_on)}."


def _reach(profile: "Profile") -> Iterator[str]:
    reached = any(each.receives_reminders and each.email for each in profile.contacts)
    if not reached and not profile.organisation.mailbox:
        yield "Nobody receives reminders: there is no working address."


def _closed(profile: "Profile") -> Iterator[str]:
    if profile.organisation.closed_on:
        yield f"Closed on {_day(profile.organisation.closed_on)}: {profile.organisation.closed_reason}"


def _unseen(profile: "Profile") -> Iterator[str]:
    last: dict[str, Any] | None = profile.last_visit
    if last is None and profile.finals_only:
        yield "No visit has a final report: what was seen on site, if anything, is not known yet."
    elif last is None:
        yield "No visit is recorded: nothing here was seen on site."
    elif last["ended_on"] < add_months(profile.on, -VERIFIED_MONTHS):
        said = ", as far as reports are final" if profile.finals_only else ""
        yield f"Nothing was seen on site since {_day(last['ended_on'])}{said}."


def _unvalidated(profile: "Profile") -> Iterator[str]:
    if not profile.levels:
        yield "No return has been validated: what is shown is the provider's own word, if anything."
    if profile.declared_only:
        several = f"{profile.declared_only} criteria were accepted as declared: their evidence was not read."
        yield several if profile.declared_only > 1 else ONE_DECLARED


def _unanswered(profile: "Profile") -> Iterator[str]:
    answered, asked = profile.questions
    if answered < asked:
        yield f"{asked - answered} of {asked} questions about services unanswered: their criteria are asked."


def _unverified(profile: "Profile") -> Iterator[str]:
    since = add_months(profile.on, -VERIFIED_MONTHS)
    if stale := [each for each in profile.contacts if not each.verified_on or each.verified_on < since]:
        yield f"{len(stale)} of {len(profile.contacts)} contacts not verified in the last {VERIFIED_MONTHS} months."
    if not profile.contacts:
        yield "No contact is recorded."


def _unspoken(profile: "Profile") -> Iterator[str]:
    if profile.last_spoken is None:
        yield "No conversation with anybody there is recorded."


def _unrated(profile: "Profile") -> Iterator[str]:
    old = [each for each in profile.known["ratings"] if each["old"]]
    if old:
        days = (profile.on - max(each["imported_on"] for each in old)).days
        yield f"The regulator’s rating comes from a file brought in {many(days, 'day')} ago: look it up on its page."


def _unposted(profile: "Profile") -> Iterator[str]:
    if not profile.known["posts"]:
        yield "No post is recorded: who leads on what is not known."


def _uncounted(profile: "Profile") -> Iterator[str]:
    """Of those who may see figures: none asked for, none ever received, or lines without one."""
    if not profile.user.may(Can.SEE_FIGURES):
        return
    if not profile.figures.parts:
        yield "No training figures or key indicators have been asked for."
    for told in profile.figures.parts:
        asked = [line for line in told.lines if line.cell.kind.is_missing]
        never = [line for line in asked if not line.last]
        if told.shown is None:
            yield f"No training figures or key indicators are due yet: the first on {_day(told.rows[0]['due_on'])}."
        elif never and len(never) == len(told.lines):
            yield "No training figures or key indicators have ever been received."
        elif asked:
            yield f"{many(len(asked), 'line')} of figures without a figure for {period_of(told.shown)}."


WARNINGS: tuple[Lines, ...] = (
    _mobilising, _return, _surveillance, _suspended, _notices, _rated, _figures, _vacant, _incidents, _late, _reach,
    _closed,
)  # fmt: skip
UNKNOWNS: tuple[Lines, ...] = (
    _unseen, _unvalidated, _uncounted, _unspoken, _unrated, _unposted, _unanswered, _unverified,
)  # fmt: skip
