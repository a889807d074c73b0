"""What was said before today about what is due: a year of reminders, their letters, and the runs of the plan.

Written as the plan would have written it, from the shipped steps: to the same people, on the same mornings. Steps
above the named lead were decided by a person or wait for one. Nothing here is ever mailed: every letter is sent,
or was given up, before the portal starts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F

from accounts.capabilities import Role
from accounts.models import Membership, User
from accounts.references import new_reference
from actions.models import Action
from assurance_portal.locality import behaviour
from assurance_portal.locality.people import People
from assurance_portal.locality.places import Locality
from assurance_portal.locality.years import BATCH, Return, Year, moment, past
from chasing.daily import JOB
from chasing.models import Chase, JobRun, Letter, Notice, Rung
from chasing.models.ladders import PROPOSED_ONLY
from chasing.models.letters import message_id_of
from chasing.steps import next_working_day, step_date
from design.calendar import add_working_days, is_working_day, london_date
from providers.models import Contact, Organisation

WORDS = behaviour.WORDS["reminders"]
RUNS = 27
REFUSED = "The mail server refused the address (550)."
KINDS = ("self_assessment", "action")
Recipient = tuple[str, int, str]  # which column of a notice, whose id, why they
Said = tuple[Chase, list[Recipient]]


@dataclass(frozen=True)
class Wait:
    """A thing that waited for a provider under one due date: from a day, until a day when it did not any more."""

    kind: str
    thing: int
    version: int
    due_on: date
    since: date
    until: date
    commissioner: int
    organisation: int
    key: tuple[Any, ...]
    running: bool
    owner: int | None = None


@dataclass
class Directory:
    """Who is written to at each provider, by whom a step speaks to."""

    people: dict[int, list[Recipient]]
    executives: dict[int, list[Recipient]]
    quality: list[Recipient]
    bounces: set[int]

    def of(self, wait: Wait, audience: str) -> list[Recipient]:
        """The same people as the plan's own directory gives."""
        if audience == "executive":
            return self.executives.get(wait.organisation, [])
        if audience == "quality":
            return self.quality
        if audience == "owner" and wait.owner:
            return [("to_user_id", wait.owner, Notice.Why.OWNER)]
        return self.people.get(wait.organisation, [])


def load(locality: Locality, years: list[Year], people: People, *, on: date) -> None:
    """Everything that was said in the year before the day, and that the plan ran every morning."""
    directory = _directory(locality, people)
    steps = {kind: list(Rung.objects.filter(ladder__kind=kind, ladder__commissioner=None)) for kind in KINDS}
    said = [
        one
        for wait in _waits(years, on)
        for rung in steps[wait.kind]
        if (one := _chase(wait, rung, directory, people, on=on)) is not None
    ]
    Chase.objects.bulk_create((chase for chase, _ in said), batch_size=BATCH)
    _write(said, directory, on=on)
    _runs([chase for chase, _ in said], on=on)
    _last_seen(years, people, on=on)


def _waits(years: list[Year], on: date) -> Iterator[Wait]:
    for year in years:
        for each in year.returns if year.years_ago <= 1 else ():
            yield from _returns(each, year, on)
    keys = {organisation: key for year in years for organisation, key in year.keys.items()}
    for action in Action.objects.filter(due_on__gt=on - timedelta(days=400)).order_by("pk"):
        yield Wait(
            "action", action.pk, 1, action.due_on, action.opened_at.date(),
            action.completed_at.date() if action.completed_at else on, action.commissioner_id, action.organisation_id,
            (keys[action.organisation_id], action.due_on), running=not action.completed_at, owner=action.owner_id,
        )  # fmt: skip


def _returns(each: Return, year: Year, on: date) -> Iterator[Wait]:
    """Under the first date, and under the one agreed later."""
    row, course = each.assessment, each.course
    closed = row.withdrawn_at.date() if row.withdrawn_at else on
    until = min(course.submitted or closed, on)
    moved = row.original_due_on - timedelta(days=3) if course.extended_to else until
    whose = (row.commissioner_id, row.organisation_id, (each.place.key, year.round.year))
    running = year.years_ago == 0
    yield Wait(
        "self_assessment", row.pk, 1, row.original_due_on, year.round.opens_on, min(moved, until), *whose,
        running=running and row.due_version == 1,
    )  # fmt: skip
    if course.extended_to:
        yield Wait("self_assessment", row.pk, 2, row.due_on, moved, until, *whose, running=running)
    if course.sent_back:
        yield Wait("self_assessment", row.pk, 2, row.due_on, course.sent_back, on, *whose, running=running)


def _chase(wait: Wait, rung: Rung, directory: Directory, people: People, *, on: date) -> Said | None:
    """The decision about a step, when its morning came while the thing waited."""
    day = _morning(wait.due_on, rung.offset)
    if not wait.since < day < wait.until:
        return None
    chase = Chase(
        kind=wait.kind, thing=wait.thing, due_version=wait.version, rung=rung, commissioner_id=wait.commissioner,
        organisation_id=wait.organisation, due_on=wait.due_on, planned_on=day, outcome=Chase.Outcome.REMINDED,
    )  # fmt: skip
    told = directory.of(wait, rung.audience)
    return chase, _decide(chase, wait, told, people, on=on) if rung.audience in PROPOSED_ONLY else told


@lru_cache(maxsize=20_000)
def _morning(due_on: date, offset: int) -> date:
    return step_date(due_on, offset)


def _decide(chase: Chase, wait: Wait, told: list[Recipient], people: People, *, on: date) -> list[Recipient]:
    """A person took the step or declined it, a few days later; what is younger still waits for one."""
    rolled = behaviour.chance("decided", *wait.key, chase.rung.offset)
    decided = add_working_days(chase.planned_on, 1 + int(rolled * 3))
    if decided >= on or (wait.running and rolled < 0.45 and chase.planned_on > on - timedelta(days=14)):
        chase.outcome = Chase.Outcome.PROPOSED
        return []
    taken = bool(told) and rolled < 0.85
    chase.outcome = Chase.Outcome.TAKEN if taken else Chase.Outcome.DECLINED
    chase.decided_by, chase.decided_at = people["nurse"], past(decided, 11, 5, on=on)
    words = WORDS[chase.rung.audience if taken else "declined"]
    chase.reason = behaviour.pick(words, "reason", *wait.key, chase.rung.offset)
    return told if taken else []


def _write(said: list[Said], directory: Directory, *, on: date) -> None:
    """One letter a morning for each recipient and commissioner, with a line for everything it gathers."""
    lines: dict[tuple[Any, ...], list[tuple[Chase, str]]] = defaultdict(list)
    for chase, told in said:
        sent = chase.decided_at.date() if chase.decided_at else chase.planned_on
        for column, pk, why in told:
            lines[sent, column, pk, chase.commissioner_id, chase.rung.letter].append((chase, why))
    letters = {key: _letter(n, key, found, directory, on=on) for n, (key, found) in enumerate(lines.items())}
    Letter.objects.bulk_create(letters.values(), batch_size=BATCH)
    Letter.objects.filter(dedupe_key__startswith="before:").update(created_at=F("not_before"))
    Notice.objects.bulk_create(
        (
            Notice(chase=chase, why=why, letter=letters[key], **{key[1]: key[2]})
            for key, found in lines.items()
            for chase, why in found
        ),
        batch_size=BATCH,
    )


def _letter(n: int, key: tuple[Any, ...], found: list[tuple[Chase, str]], directory: Directory, *, on: date) -> Letter:
    day, column, pk, commissioner, kind = key
    reference, at = new_reference(), moment(day, 7) + timedelta(seconds=4)
    about = {chase.organisation_id for chase, _ in found}
    gone = column == "to_organisation_id" and pk in directory.bounces and day > on - timedelta(days=60)
    return Letter(
        reference=reference, message_id=message_id_of(reference), kind=kind, dedupe_key=f"before:{n}",
        commissioner_id=commissioner, organisation_id=about.pop() if len(about) == 1 else None, not_before=at,
        attempts=1, state=Letter.State.DEAD if gone else Letter.State.SENT, sent_at=None if gone else at,
        problem=REFUSED if gone else "", **{column: pk},
    )  # fmt: skip


def _runs(decided: list[Chase], *, on: date) -> None:
    """The plan ran every morning; what it says it wrote is what was written."""
    days: dict[date, Counter[str]] = defaultdict(Counter)
    for chase in decided:
        proposed = chase.rung.audience in PROPOSED_ONLY
        days[chase.planned_on]["proposed" if proposed else "reminded"] += 1
    letters = Letter.objects.filter(dedupe_key__startswith="before:", kind="reminders").values_list("not_before")
    written = Counter(london_date(at) for (at,) in letters)
    runs = []
    for day in (on - timedelta(days=n) for n in range(RUNS, 0, -1)):
        counts = {"reminded": days[day]["reminded"], "proposed": days[day]["proposed"], "letters": written[day]}
        waits = {} if is_working_day(day) else {"waits_until": next_working_day(day).isoformat()}
        at = moment(day, 7)
        runs.append(
            JobRun(job=JOB, on=day, started_at=at, finished_at=at + timedelta(seconds=1), counts=counts | waits)
        )
    JobRun.objects.bulk_create(runs)


def _last_seen(years: list[Year], people: People, *, on: date) -> None:
    """Providers' leads signed in when they last answered; beside a later reminder the history says that nobody has."""
    seen: dict[int, date] = {}
    for year in years:
        for each in year.returns:
            if each.said:
                seen[each.place_key] = each.course.submitted or year.round.opens_on + timedelta(days=9)
    named = {user.pk for user in people.accounts.values()}
    leads = [(people.leads[place], day) for place, day in seen.items() if people.leads[place].pk not in named]
    for user, day in leads:
        user.last_login = past(day, 16, 5, on=on)
    User.objects.bulk_update((user for user, _ in leads), ["last_login"], batch_size=BATCH)


def _directory(locality: Locality, people: People) -> Directory:
    """People with an account first, then contacts for reminders, then the mailbox; no address twice."""
    providers = [each.pk for each in locality.providers.values()]
    found: dict[int, dict[str, Recipient]] = defaultdict(dict)
    signatories: dict[int, list[Recipient]] = defaultdict(list)
    roles = {Role.PROVIDER_LEAD: Notice.Why.LEAD, Role.PROVIDER_CONTRIBUTOR: Notice.Why.PREPARER}
    for held in Membership.objects.filter(organisation__in=providers).select_related("user").order_by("pk"):
        if held.role == Role.EXECUTIVE_SIGNATORY:
            signatories[held.organisation_id].append(("to_user_id", held.user_id, Notice.Why.EXECUTIVE))
        else:
            why = roles[Role(held.role)]
            found[held.organisation_id].setdefault(held.user.email.lower(), ("to_user_id", held.user_id, why))
    contacts = Contact.objects.filter(organisation__in=providers).exclude(email="").order_by("pk")
    for each in contacts:
        if each.kind == "executive":
            signatories[each.organisation_id].append(("to_contact_id", each.pk, Notice.Why.EXECUTIVE))
        elif each.receives_reminders:
            line = ("to_contact_id", each.pk, Notice.Why.CONTACT)
            found[each.organisation_id].setdefault(each.email.lower(), line)
    for place in Organisation.objects.filter(pk__in=providers).exclude(mailbox=""):
        found[place.pk].setdefault(place.mailbox.lower(), ("to_organisation_id", place.pk, Notice.Why.MAILBOX))
    gone = [place for place in locality.places if behaviour.chance("returned mail", place.key) < 0.045]
    everybody = {organisation: list(lines.values()) for organisation, lines in found.items()}
    quality: list[Recipient] = [("to_user_id", people["analyst"].pk, Notice.Why.QUALITY)]
    return Directory(everybody, dict(signatories), quality, {locality.providers[place.key].pk for place in gone})
