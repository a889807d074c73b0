"""Escalation of the demonstration: levels of surveillance, steps in every state, contract notices and suspensions.

About a bounded number of providers, the weakest first, whatever the size of the locality; what is late today is
proposed by the daily job itself.
"""

from datetime import date, timedelta
from typing import Any

from assurance_portal.locality.places import Locality, Place, read
from assurance_portal.locality.years import moment, past
from chasing.models import JobRun
from design.calendar import add_working_days
from oversight import noticing, triggers
from oversight.models import (
    ContactEntry,
    Escalation,
    EscalationEntry,
    EscalationPaper,
    EscalationRule,
    PlacementSuspension,
    SurveillanceLabel,
    SurveillanceLevel,
)
from providers.models import Arrangement

WATCHED = 18
# The states of steps, with how many days ago each was proposed and which step it was.
STEPS = (
    ("proposed", 3, "exception"), ("taken", 12, "letter"), ("answered", 25, "letter"), ("closed", 120, "exception"),
    ("declined", 30, "letter"), ("withdrawn", 50, "letter"), ("taken", 30, "committee"), ("closed", 200, "letter"),
)  # fmt: skip


class Maker:
    """What all of it needs: the words, who acts, and today."""

    def __init__(self, locality: Locality, people: Any, *, on: date) -> None:
        self.locality, self.people, self.on, self.words = locality, people, on, read("escalation")

    def ago(self, days: int) -> date:
        """So many days before today."""
        return self.on - timedelta(days=days)

    def whose(self, place: Place) -> dict[str, Any]:
        """Commissioner and organisation of a row."""
        organisation = self.locality.providers[place.key]
        return {"commissioner": self.locality.commissioners[place.lead], "organisation": organisation}

    def place(self, key: str) -> Place | None:
        """The provider with this key, if it is part of the locality."""
        return next((each for each in self.locality.places if each.key == key), None)


def load(locality: Locality, people: Any, *, on: date) -> None:
    """Everything, and then what the daily job proposes today. Nothing is mailed."""
    maker = Maker(locality, people, on=on)
    weakest = sorted(locality.places, key=lambda place: (place.quality, place.key))[:WATCHED]
    _levels(maker, weakest)
    _steps(maker, weakest[: len(STEPS)])
    for row in maker.words["notice"]:
        _notice(maker, row)
    for row in maker.words["suspension"]:
        _suspension(maker, row)
    at = moment(on, 0)
    found = triggers.propose(on, at=at)
    JobRun.objects.create(job=triggers.PROPOSE, on=on, started_at=at, finished_at=at, counts={"grounds": found})


def _levels(maker: Maker, weakest: list[Place]) -> None:
    """Everybody was routine for years; the weakest are watched more closely now, some of them were and are no more."""
    labels = {each.code: each for each in SurveillanceLabel.objects.filter(commissioner=None)}
    closer = {place.key: n for n, place in enumerate(weakest)}
    rows = []
    for place in maker.locality.places:
        n = closer.get(place.key)
        spans: list[tuple[str, int, int | None]] = [("routine", 700, None)]
        if n is not None:
            now = "rapid_review" if n == 0 else "intensive" if n < 3 else "enhanced"
            spans = [("routine", 700, 240), ("enhanced", 240, 60), ("routine" if n > 12 else now, 60, None)]
        rows += [_level(maker, place, labels[code], since, until, n or 0) for code, since, until in spans]
    SurveillanceLevel.objects.bulk_create(rows, batch_size=1_000)


def _level(maker: Maker, place: Place, label: Any, since: int, until: int | None, n: int) -> SurveillanceLevel:
    reasons = maker.words["reasons"]
    return SurveillanceLevel(
        **maker.whose(place), label=label, starts_on=maker.ago(since), ends_on=maker.ago(until) if until else None,
        reason=reasons[n % len(reasons)] if label.heightened else maker.words["calm"],
        set_by=maker.people["director" if n % 3 == 0 else "nurse"], set_at=past(maker.ago(since), 15, on=maker.on),
    )  # fmt: skip


def _steps(maker: Maker, places: list[Place]) -> None:
    """One step at each of these providers, in every state in turn, with its history, call and draft."""
    rules = {each.code: each for each in EscalationRule.objects.filter(commissioner=None)}
    pairs = list(zip(places, STEPS, strict=False))
    calls = [_call(maker, place, days) for place, (_, days, _) in pairs]
    ContactEntry.objects.bulk_create(calls)
    steps = [
        _step(maker, place, rules[code], state, days, call)
        for (place, (state, days, code)), call in zip(pairs, calls, strict=True)
    ]
    Escalation.objects.bulk_create(steps)
    EscalationEntry.objects.bulk_create([entry for step in steps for entry in _entries(maker, step)])
    EscalationPaper.objects.bulk_create([_paper(maker, step) for step in steps if step.state not in NOT_TAKEN])


NOT_TAKEN = ("proposed", "declined")


def _call(maker: Maker, place: Place, days: int) -> ContactEntry:
    day, nurse = maker.ago(days + 2), maker.people["nurse"]
    return ContactEntry(
        **maker.whose(place), kind="call", happened_on=day, by=nurse, with_whom="the safeguarding lead",
        points=maker.words["called"], logged_by=nurse, logged_at=past(day, 16, on=maker.on),
    )  # fmt: skip


def _step(maker: Maker, place: Place, rule: EscalationRule, state: str, days: int, call: ContactEntry) -> Escalation:
    words, decided = maker.words, maker.ago(days - 1)
    made = Escalation(**maker.whose(place), step=rule, state=state, proposed_on=maker.ago(days))
    made.proposed_by = maker.people["analyst"]
    if state == "proposed":
        return made
    made.decided_by, made.decided_on = maker.people["director"], decided
    made.reason = words["declined"] if state == "declined" else words["taken"]
    if state not in NOT_TAKEN:
        made.contact = call
        made.response_due_on = add_working_days(decided, rule.response_days) if rule.response_days else None
    if state in ("answered", "closed"):
        made.answered_on, made.answer = maker.ago(max(days - 12, 1)), words["answer"]
    if state == "closed":
        made.closed_on, made.closed_by = maker.ago(days // 2), maker.people["director"]
        made.outcome, made.outcome_words = Escalation.Outcome.RESOLVED, words["closed"]
    return made


def _entries(maker: Maker, step: Escalation) -> list[EscalationEntry]:
    """The lines of its history, as far as it has come."""
    said: list[tuple[str, Any, str, Any]] = [("proposed", step.proposed_on, maker.words["by_hand"], step.proposed_by)]
    if step.state != "proposed":
        said.append(
            ("declined" if step.state == "declined" else "taken", step.decided_on, step.reason, step.decided_by)
        )
    if step.answered_on:
        said.append(("answered", step.answered_on, step.answer, step.decided_by))
    if step.closed_on:
        said.append(("closed", step.closed_on, f"{step.get_outcome_display()}. {step.outcome_words}", step.closed_by))
    if step.state == "withdrawn":
        said.append(("withdrawn", step.decided_on, maker.words["withdrawn"], step.decided_by))
    return [
        EscalationEntry(
            escalation=step, commissioner=step.commissioner, organisation=step.organisation, kind=kind, words=words,
            by=by, on=day, at=past(day, 10 + n, on=maker.on),
        )
        for n, (kind, day, words, by) in enumerate(said)
    ]  # fmt: skip


def _paper(maker: Maker, step: Escalation) -> EscalationPaper:
    from oversight.escalating import drafted

    kind, sent = step.step.drafts, step.step.drafts == "letter" and step.state != "withdrawn"
    at = past(step.decided_on or step.proposed_on, 14, on=maker.on)
    return EscalationPaper(
        escalation=step, commissioner=step.commissioner, organisation=step.organisation, kind=kind,
        text=drafted(step, [], on=maker.on), edited_by=step.decided_by, edited_at=at,
        sent_by=step.decided_by if sent else None, sent_at=at if sent else None,
    )  # fmt: skip


def _notice(maker: Maker, row: dict[str, Any]) -> None:
    """One notice through the same verbs as a person's, as far as it has come."""
    if (place := maker.place(row["key"])) is None:
        return
    whose, issued, manager = maker.whose(place), maker.ago(row["days"]), maker.people["contracts"]
    contract = Arrangement.objects.live(on=maker.on).get(**whose)
    notice = noticing.record(
        contract, noticing.kind_for(contract, row["kind"], on=issued), grounds=[], by=manager,
        at=past(issued, 15, on=maker.on), number=row["number"], issued_on=issued, clause="", words=row["words"],
        issued_by="Contracts director", escalation=None,
    )  # fmt: skip
    if "met" in row:
        day = add_working_days(issued, row["met"])
        noticing.meet(notice, day, expected=notice.version)
        noticing.decide(
            notice, row["outcome"], day, plan=row["plan"], agreed_on=add_working_days(day, 4), expected=notice.version
        )
    for text, days, met in row["milestones"]:
        due = maker.on + timedelta(days=days)
        milestone = noticing.promise(notice, text, due, expected=notice.version)
        if met:
            noticing.met(notice, milestone.number, due, by=manager)
    if "closed" in row:
        words = row["closing_words"]
        noticing.close(
            notice, row["closing"], maker.ago(row["closed"]), words=words, by=manager, expected=notice.version
        )


def _suspension(maker: Maker, row: dict[str, Any]) -> None:
    if (place := maker.place(row["key"])) is None:
        return
    starts = maker.ago(row["days"])
    made = PlacementSuspension.objects.suspend(
        **maker.whose(place), authority=row["authority"], authority_name=row["name"], starts_on=starts,
        reason=row["reason"], recorded_by=maker.people["contracts"], recorded_at=past(starts, 16, on=maker.on),
    )  # fmt: skip
    if "lifted" in row:
        day = maker.ago(row["lifted"])
        made.lift(on=day, reason=row["lift"], by=maker.people["contracts"], at=past(day, 16, on=maker.on))
