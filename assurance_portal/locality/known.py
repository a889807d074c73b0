"""What the demonstration knows of its providers beside their returns: contacts, incidents, indicators, intelligence.

Every kind and state is there among the first providers; the others have a few of each, however many they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Circle, CircleMember
from accounts.models.memberships import Strand
from assurance_portal.locality.behaviour import chance, pick
from assurance_portal.locality.people import People
from assurance_portal.locality.places import Locality, Place, read
from assurance_portal.locality.years import BATCH, past
from chasing.kinds import due_kinds
from design.calendar import add_working_days
from oversight.contact_kinds import CALL, KINDS, SECTION_27
from oversight.models import (
    Concern,
    ConcernMatrix,
    ContactEntry,
    Indicator,
    IntelligenceItem,
    SeriousIncident,
    Term,
    Weighing,
)

WORDS = read("known")
YEAR = 365
STRANDS = [Strand.CHILDREN, Strand.CHILDREN, Strand.ADULTS, Strand.ADULTS, Strand.LOOKED_AFTER]
MEETINGS = ("committee", "performance", "board")


@dataclass
class Around:
    """What the makers share: who there is, the words of the lists, and the day."""

    locality: Locality
    people: People
    on: date
    years: int
    words: dict[tuple[str, str], Term]

    def of(self, kept_in: str) -> list[Term]:
        """The words of one list, in order."""
        return [term for (name, _), term in self.words.items() if name == kept_in]

    def whose(self, place: Place) -> dict[str, Any]:
        """The lead commissioner and the provider."""
        commissioner, organisation = self.locality.commissioners[place.lead], self.locality.providers[place.key]
        return {"commissioner": commissioner, "organisation": organisation}

    def at(self, day: date) -> datetime:
        """In the afternoon of the day, and before now."""
        return past(day, 16, on=self.on)

    def days_ago(self, *key: object) -> date:
        """A day within the years that are loaded, yesterday at the latest."""
        return self.on - timedelta(days=1 + int(chance(*key) * (self.years * YEAR - 2)))


def load(locality: Locality, people: People, *, on: date, years: int) -> None:
    """Everything at once, in a handful of statements; nothing when nobody is there who would have done it."""
    if not (people.get("nurse") and people.get("analyst") and people.get("director")):
        return
    terms = Term.objects.filter(commissioner=None).order_by("kept_in", "position")
    around = Around(locality, people, on, years, {(term.kept_in, term.code): term for term in terms})
    ContactEntry.objects.bulk_create([*_contacts(around), *_calls(around)], batch_size=BATCH)
    SeriousIncident.objects.bulk_create(_incidents(around), batch_size=BATCH)
    Indicator.objects.bulk_create(_indicators(around), batch_size=BATCH)
    _corrected_indicator(around)
    _intelligence(around)


def _contacts(around: Around) -> Iterator[ContactEntry]:
    """Two in a year with every provider, and the first of them have one of each kind."""
    for n, place in enumerate(around.locality.places):
        for k, kind in enumerate(KINDS):
            if n < 3 and kind.code != CALL:
                day = around.on - timedelta(days=3 + 11 * k + 40 * n)
                yield _contact(around, place, kind.code, day, (n, k))
        for k in range(2 * around.years if n >= 3 else 0):
            key = ("contact", place.key, k)
            kind_code = pick([*MEETINGS[:2], "development", "advice", "supervision"], "kind", *key)
            yield _contact(around, place, kind_code, around.days_ago(*key), key)


def _contact(around: Around, place: Place, kind: str, day: date, key: tuple[Any, ...]) -> ContactEntry:
    words, by = WORDS["contact"], around.people[pick(["nurse", "adults", "analyst"], "by", *key)]
    entry = ContactEntry(
        kind=kind, happened_on=day, by=by, logged_by=by, logged_at=around.at(day), **around.whose(place),
        points=pick(words["points"], "points", *key),
    )  # fmt: skip
    if kind in MEETINGS:
        entry.forum = pick(words[{"committee": "forums", "performance": "meetings", "board": "boards"}[kind]], *key)
        entry.papers, entry.challenge = pick(words["papers"], *key), pick(words["challenge"], *key)
        entry.taken = pick(around.of("assurance_taken"), *key)
    elif kind == "governing_body":
        entry.forum = "Governing Body, public session"
    elif kind == SECTION_27:
        _request(around, entry, key)
    else:
        entry.with_whom = pick(words["letters"] if kind == "letter" else words["posts"], "with", *key)
        entry.points = pick(words.get(kind, words["points"]), *key)
    _put_right(entry, key)
    return entry


def _request(around: Around, entry: ContactEntry, key: tuple[Any, ...]) -> None:
    """The first is overdue, the second open, the third answered."""
    words, n = WORDS["contact"], key[0] if isinstance(key[0], int) else 2
    entry.with_whom, entry.points = "Children’s services", words["requests"][n % 3]
    entry.due_on = add_working_days(entry.happened_on, 10)
    if n == 0:
        entry.due_on = max(entry.happened_on, around.on - timedelta(days=4))
    elif n == 1:
        entry.due_on = around.on + timedelta(days=6)
    else:
        entry.settled_on, entry.settled_by = min(entry.due_on, around.on), entry.by
        entry.settled_words = pick(words["answers"], *key)


def _put_right(entry: ContactEntry, key: tuple[Any, ...]) -> None:
    """One was corrected, one withdrawn."""
    if key == (0, 5):
        entry.corrected_by, entry.corrected_at, entry.corrected_because = entry.by, entry.logged_at, "Wrong meeting"
    if key == (1, 5):
        entry.withdrawn_by, entry.withdrawn_at, entry.withdrawn_because = entry.by, entry.logged_at, "Logged twice"


def _calls(around: Around) -> Iterator[ContactEntry]:
    """Calls about what is overdue: some were answered."""
    nurse = around.people["nurse"]
    for kind in due_kinds():
        late = kind.things.overdue(on=around.on).filter(circle=None).order_by("due_on", "organisation__name")
        for n, thing in enumerate(late.select_related("commissioner", "organisation")[:6]):
            day = max(thing.due_on + timedelta(days=1), around.on - timedelta(days=4 + n))
            yield ContactEntry(
                commissioner=thing.commissioner, organisation=thing.organisation, kind=CALL, by=nurse, logged_by=nurse,
                happened_on=min(day, around.on), logged_at=around.at(min(day, around.on)), spoke=n % 3 != 2,
                with_whom="" if n % 3 == 2 else pick(WORDS["contact"]["posts"], "call", n),
                points="" if n % 3 == 2 else "It is on its way.",
                about_kind=kind.code, about_thing=thing.pk, about_reference=thing.reference,
            )  # fmt: skip


def _incidents(around: Around) -> Iterator[SeriousIncident]:
    """About one in two years of every provider; the newest have not been looked at, one was withdrawn."""
    categories, nurse = around.of("incident_category"), around.people["nurse"]
    for n, place in enumerate(around.locality.places):
        for k in range(around.years):
            if n >= 4 and chance("incident", place.key, k) > 0.5:
                continue
            day = around.days_ago("incident day", place.key, k) if n >= 4 else around.on - timedelta(days=6 + k * 160)
            told = min(day + timedelta(days=2), around.on)
            lead = around.people.leads[around.locality.providers[place.key].pk]
            incident = SeriousIncident(
                number=f"{day.year}/{10_000 + n * 20 + k}", happened_on=day, reported_on=told, told_by=lead,
                told_at=around.at(told), category=pick(categories, "category", place.key, k), **around.whose(place),
                strand=pick(STRANDS, "strand", place.key, k),
            )  # fmt: skip
            if day < around.on - timedelta(days=9) or n == 1:
                incident.looked_by, incident.looked_at = nurse, around.at(min(told + timedelta(days=1), around.on))
            if (n, k) == (2, 0):
                incident.withdrawn_by, incident.withdrawn_at = lead, around.at(told)
                incident.withdrawn_because = "It belongs to another trust"
            yield incident


def _indicators(around: Around) -> Iterator[Indicator]:
    """Complaints and infections of the last four quarters, and one further indicator each, of a third of them."""
    kinds, analyst = around.of("indicator"), around.people["analyst"]
    for n, place in enumerate(around.locality.places):
        if n % 3 and n > 3:
            continue
        codes = ("complaints", "infection", kinds[n % len(kinds)].code)
        for quarter in range(4):
            day = around.on - timedelta(days=20 + 91 * quarter)
            for code in dict.fromkeys(codes):
                key = (place.key, quarter, code)
                plain = code == "infection"
                yield Indicator(
                    kind=around.words["indicator", code], n=int(chance("n", *key) * 7), d=None if plain else 40,
                    on=day, source=pick(WORDS["indicator"]["sources"], *key), entered_by=analyst,
                    entered_at=around.at(min(day + timedelta(days=12), around.on)), **around.whose(place),
                )  # fmt: skip


def _corrected_indicator(around: Around) -> None:
    wrong = Indicator.objects.order_by("pk").first()
    if wrong is not None:
        values = {"n": wrong.n + 1, "d": wrong.d, "on": wrong.on, "source": wrong.source}
        wrong.replace(
            values, because="One more was found", by=wrong.entered_by, at=around.at(around.on - timedelta(days=1))
        )


def _intelligence(around: Around) -> None:
    """Items about a third of the providers; concerns about the first, in every state, one for named people."""
    items = [item for n, place in enumerate(around.locality.places) for item in _items(around, n, place)]
    IntelligenceItem.objects.bulk_create(items, batch_size=BATCH)
    for n, (title, theme) in enumerate(WORDS["item"]["concerns"][: len(around.locality.places)]):
        mine = [item for item in items if item.organisation == around.whose(around.locality.places[n])["organisation"]]
        _concern(around, n, title, theme, [item for item in mine if item.is_open][:2])
    _restricted(around)


def _items(around: Around, n: int, place: Place) -> Iterator[IntelligenceItem]:
    words = WORDS["item"]
    for k in range(3 if n < 4 else int(chance("items", place.key) * 2.2) if n % 3 == 0 else 0):
        key = ("item", place.key, k)
        theme, source, summary = words["summaries"][(n * 3 + k) % len(words["summaries"])]
        day = around.on - timedelta(days=3 + int(chance(*key) * 400))
        by = around.people[pick(["nurse", "adults", "analyst"], "by", *key)]
        closed = k == 2 and n < 4
        yield IntelligenceItem(
            received_on=day, source=around.words["source", source], theme=around.words["theme", theme],
            reliability=pick(around.of("reliability"), *key), summary=summary,
            action_taken=pick(words["actions"], *key),
            recorded_by=by, recorded_at=around.at(day), closed_by=by if closed else None,
            closed_at=around.at(min(day + timedelta(days=20), around.on)) if closed else None,
            outcome=pick(words["outcomes"], *key) if closed else "", **around.whose(place),
        )  # fmt: skip


PAIRS = ((("medium", "possible"), ("high", "likely")), (("high", "possible"), ("low", "possible")),
         (("medium", "likely"), ("medium", "likely")), (("low", "possible"),))  # fmt: skip


def _concern(around: Around, n: int, title: str, theme: str, items: list[IntelligenceItem]) -> None:
    """Rising, falling with a review overdue, unchanged, and closed."""
    opened = around.on - timedelta(days=90 - n)
    nurse = around.people["nurse"]
    concern = Concern.objects.open_from(
        items, title=title, theme=around.words["theme", theme], review_on=opened + timedelta(days=30), by=nurse,
        at=around.at(opened),
    )  # fmt: skip
    for k, pair in enumerate(PAIRS[n % len(PAIRS)]):
        _weigh(around, concern, pair, opened + timedelta(days=30 * k), pick(WORDS["item"]["reasons"], title, k))
    review = around.on + timedelta(days=20) if n != 1 else around.on - timedelta(days=5)
    Concern.objects.filter(pk=concern.pk).update(review_on=review)
    if n == 3:
        concern.refresh_from_db()
        closed = around.at(around.on - timedelta(days=8))
        concern.close(expected=concern.version, by=nurse, at=closed, outcome="The plans were seen and are up to date.")


def _weigh(around: Around, concern: Concern, pair: tuple[str, str], day: date, reasons: str) -> None:
    level = ConcernMatrix.objects.get(commissioner=None, vulnerability=pair[0], likelihood=pair[1]).level
    Weighing.objects.create(
        concern=concern, commissioner_id=concern.commissioner_id, organisation_id=concern.organisation_id,
        vulnerability=around.words["vulnerability", pair[0]], likelihood=around.words["likelihood", pair[1]],
        level=around.words["concern_level", level], reasons=reasons, on=day, review_on=day + timedelta(days=30),
        by=concern.opened_by, at=around.at(day),
    )  # fmt: skip


def _restricted(around: Around) -> None:
    """One item and its concern for the nurse and the director only."""
    place, (nurse, director) = around.locality.places[0], (around.people["nurse"], around.people["director"])
    circle = Circle.objects.create(
        commissioner=around.whose(place)["commissioner"], name="Named people", reason="A record for named people only"
    )
    for person in (nurse, director):
        CircleMember.objects.create(
            circle=circle, user=person, starts_on=around.on - timedelta(days=30), added_by=nurse, reason="Named"
        )
    day = around.on - timedelta(days=12)
    item = IntelligenceItem.objects.create(
        received_on=day, source=around.words["source", "whistleblower"], theme=around.words["theme", "culture"],
        reliability=around.words["reliability", "first-hand"], summary="Somebody who works there asks to stay unknown.",
        recorded_by=nurse, recorded_at=around.at(day), circle=circle, sensitivity="restricted", **around.whose(place),
    )  # fmt: skip
    concern = Concern.objects.open_from(
        [item], title="What staff are afraid to say", theme=item.theme, review_on=around.on + timedelta(days=14),
        by=nurse, at=around.at(day),
    )  # fmt: skip
    _weigh(around, concern, ("medium", "possible"), day, "One source, first hand.")
