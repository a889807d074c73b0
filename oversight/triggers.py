"""What makes the daily job propose a step of the escalation route, and the job itself. A person decides every one.

A source finds candidates for one dated ``TriggerRule`` as one query; an app above adds its own with ``register``. Each
thing is a ground exactly once per step and version of its date, so a second run adds nothing. New grounds join the
proposal of the same step about the same provider that still waits, so that a provider is proposed once and not ten
times. Where the contract has no such step, the highest below it is proposed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery, Value

from chasing.kinds import due_kinds, kind_or_none
from chasing.models import Chase
from design.calendar import latest_due_reaching
from oversight.models import Escalation, EscalationEntry, EscalationGround, EscalationRule, TriggerRule, VisitFinding
from oversight.models.escalation_rules import nearest
from providers.models import Arrangement
from training.models import Figure, Line
from training.resolver.cells import FIELDS, cell_of
from training.unplanned import RED, below_running
from training.words import cell_said

LOCK = 7_201_004
PROPOSE = "propose_steps"
# One run of one rule takes no more than this, the oldest first; the next run takes the rest.
AT_ONCE = 5_000
# The reminder steps that speak to the same person as a step of the route.
SPEAKS_LIKE = {EscalationRule.Drafts.LETTER: "executive", EscalationRule.Drafts.EXCEPTION: "quality"}


@dataclass(frozen=True)
class Candidate:
    """One thing for which a step is proposed; ``words`` hold no case words."""

    commissioner: int
    organisation: int
    circle: int | None
    kind: str
    thing: int
    version: int
    words: str
    since: date


Narrow = Callable[..., Any]
Found = dict[tuple[str, str, int, int], tuple[Candidate, EscalationRule]]
# A rule, the day and how to narrow a query whose rows are told apart by a column: to candidates, oldest first.
Source = Callable[[TriggerRule, date, Narrow], Iterable[Candidate]]
_sources: dict[str, Source] = {}


def register(source: str, find: Source) -> None:
    """Say how candidates of a kind of trigger are found; called once at start by the app that knows."""
    _sources[source] = find


def has_source(source: str) -> bool:
    """Does anything feed this kind of trigger yet? The page of the rules says so."""
    return source in _sources


def propose(on: date, *, at: datetime, organisation: int | None = None, source: str = "") -> int:
    """Propose what the rules of the day say, about everybody or one provider, from every source or one.

    Returns how many grounds were new.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        rules = list(TriggerRule.objects.holding(on).filter(**{"source": source} if source else {}))
        routes = _Routes(on)
        found: Found = {}
        for rule in rules:
            others = [each.commissioner_id for each in rules if each.code == rule.code and each.commissioner_id]
            candidates = list(_find(rule, on, others, organisation))
            routes.know(candidates)
            for each in candidates:
                if step := routes.step(each, rule.step):
                    found[(rule.step, each.kind, each.thing, each.version)] = each, step
        return _write(_highest(found, {rule.step: rule.position for rule in rules}), on=on, at=at)


def _highest(found: Found, positions: dict[str, int]) -> Found:
    """Of a thing that reached several steps at once only the highest is proposed."""
    by_height = sorted(found.items(), key=lambda pair: (pair[1][1].position, positions[pair[0][0]]))
    top = {key[1:]: (key, pair) for key, pair in by_height}
    return dict(top.values())


def _find(rule: TriggerRule, on: date, others: list[int], organisation: int | None) -> Iterable[Candidate]:
    """The candidates of one rule: of its commissioner, or of everybody without a rule of their own."""
    find = _sources.get(rule.source)
    if find is None:
        return ()
    reached = _as_high_as(rule.step)

    def narrow(rows: Any, kind: str, thing: str = "pk", version: str = "due_version") -> Any:
        same = EscalationGround.objects.filter(thing=OuterRef(thing), version=OuterRef(version), kind=kind)
        rows = rows.filter(~Exists(same.filter(step_code__in=reached)))
        rows = (
            rows.filter(commissioner=rule.commissioner_id)
            if rule.commissioner_id
            else rows.exclude(commissioner__in=others)
        )
        return rows if organisation is None else rows.filter(organisation=organisation)

    return find(rule, on, narrow)


def _as_high_as(code: str) -> list[str]:
    """The codes of the step and of those above it: what was a ground for one of them is no new one."""
    lowest = EscalationRule.objects.filter(code=code).order_by("position").values("position")[:1]
    above = EscalationRule.objects.filter(position__gte=Subquery(lowest))
    return [code, *above.values_list("code", flat=True).distinct()]


class _Routes:
    """The steps that exist for each provider's contract, looked up once for all candidates of a run."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.contracts: dict[tuple[int, int], tuple[str, str]] = {}
        self.steps: dict[int, list[EscalationRule]] = {}

    def know(self, candidates: Sequence[Candidate]) -> None:
        """Ask for the contracts of these providers."""
        new = {each.organisation for each in candidates} - {organisation for _, organisation in self.contracts}
        live = Arrangement.objects.live(on=self.on).filter(organisation__in=new)
        columns = ("commissioner", "organisation", "contract_form", "organisation__category__code")
        self.contracts |= {(row[0], row[1]): (row[2], row[3] or "") for row in live.values_list(*columns)}

    def step(self, candidate: Candidate, code: str) -> EscalationRule | None:
        """The wanted step or the highest below it; None without a contract on the day."""
        contract = self.contracts.get((candidate.commissioner, candidate.organisation))
        if contract is None:
            return None
        if candidate.commissioner not in self.steps:
            held = EscalationRule.objects.by_code(candidate.commissioner, self.on)
            self.steps[candidate.commissioner] = list(held.values())
        rules = self.steps[candidate.commissioner]
        wanted = next((rule for rule in rules if rule.code == code), None)
        return nearest([rule for rule in rules if rule.exists_for(*contract)], wanted) if wanted else None


def _write(found: Found, *, on: date, at: datetime) -> int:
    """Proposals where none of the step waits, then the grounds, then a line of history for each."""
    keys = {(c.commissioner, c.organisation, step.pk, c.circle) for c, step in found.values()}
    there = _waiting(keys)
    made = [
        Escalation(commissioner_id=key[0], organisation_id=key[1], step_id=key[2], circle_id=key[3], proposed_on=on)
        for key in sorted(keys - set(there), key=str)
    ]
    Escalation.objects.bulk_create(made)
    fresh = {(each.commissioner_id, each.organisation_id, each.step_id, each.circle_id): each.pk for each in made}
    there |= fresh
    grounds = [
        EscalationGround(
            escalation_id=there[(c.commissioner, c.organisation, step.pk, c.circle)], commissioner_id=c.commissioner,
            organisation_id=c.organisation, step_code=code, kind=c.kind, thing=c.thing, version=c.version,
            words=c.words, since=c.since, noted_on=on,
        )
        for (code, *_), (c, step) in found.items()
    ]  # fmt: skip
    EscalationGround.objects.bulk_create(grounds)
    EscalationEntry.objects.bulk_create(_entries(made, grounds, set(fresh.values()), on=on, at=at))
    return len(grounds)


def _waiting(keys: set[tuple[int, int, int, int | None]]) -> dict[tuple[int, int, int, int | None], int]:
    rows = Escalation.objects.proposed().filter(organisation__in={key[1] for key in keys})
    columns = ("commissioner_id", "organisation_id", "step_id", "circle_id")
    return {(row[1], row[2], row[3], row[4]): row[0] for row in rows.values_list("pk", *columns)}


def _entries(
    made: list[Escalation], grounds: list[EscalationGround], fresh: set[int], *, on: date, at: datetime
) -> list[EscalationEntry]:
    """“Proposed” for the new ones, “another ground” for those that waited already."""
    first = [_entry(each.pk, each, "proposed", "", on, at) for each in made]
    joined = [each for each in grounds if each.escalation_id not in fresh]
    return [*first, *(_entry(each.escalation_id, each, "ground", each.words, on, at) for each in joined)]


def _entry(escalation: int, whose: Any, kind: str, words: str, on: date, at: datetime) -> EscalationEntry:
    return EscalationEntry(
        escalation_id=escalation, commissioner_id=whose.commissioner_id, organisation_id=whose.organisation_id,
        kind=kind, words=words, on=on, at=at,
    )  # fmt: skip


# --- the sources that are here from the start ---


def late(rule: TriggerRule, on: date, narrow: Narrow) -> Iterable[Candidate]:
    """Things of one kind that are late by more than the rule's days, unless a person decided their reminder step."""
    kind = kind_or_none(rule.about)
    if kind is None:
        return
    cut = latest_due_reaching(rule.days + 1, on) if rule.working_days else on - timedelta(days=rule.days + 1)
    decided = Chase.objects.filter(kind=kind.code, thing=OuterRef("pk"), due_version=OuterRef("due_version"))
    decided = decided.filter(outcome__in=("taken", "declined"), rung__audience=_audience(rule))
    rows = narrow(kind.wants_a_reminder().filter(due_on__lte=cut), kind.code).filter(~Exists(decided))
    yield from _due(kind.titled(rows).order_by("due_on", "pk")[:AT_ONCE], kind.name)


def _audience(rule: TriggerRule) -> str:
    step = EscalationRule.objects.filter(code=rule.step).first()
    return SPEAKS_LIKE.get(EscalationRule.Drafts(step.drafts), "") if step else ""


def _due(rows: Any, name: str) -> Iterable[Candidate]:
    columns = ("commissioner_id", "organisation_id", "circle_id", "kind", "pk", "due_version", "title", "due_on")
    for ours, theirs, circle, kind, pk, version, title, due_on in rows.values_list(*columns):
        words = title if title.startswith(name) else f"{name}: {title}"
        yield Candidate(ours, theirs, circle, kind, pk, version, f"{words}, due {due_on:%-d %B %Y}"[:300], due_on)


def reminders(rule: TriggerRule, on: date, narrow: Narrow) -> Iterable[Candidate]:
    """Things whose reminder steps reached the executive lead or the quality team and wait for a person."""
    for kind in due_kinds():
        asked = Chase.objects.proposed().filter(
            kind=kind.code, thing=OuterRef("pk"), due_version=OuterRef("due_version"), rung__audience=rule.about
        )
        rows = narrow(kind.wants_a_reminder().filter(Exists(asked)), kind.code)
        yield from _due(kind.titled(rows).order_by("due_on", "pk")[:AT_ONCE], kind.name)


def immediate_concerns(rule: TriggerRule, on: date, narrow: Narrow) -> Iterable[Candidate]:
    """Immediate concerns of visits, each once; what was found is read with the visit and not here."""
    rows = VisitFinding.objects.immediate().annotate(due_version=Value(1)).filter(visit__started_on__lte=on)
    for each in narrow(rows, "visit_finding").order_by("pk")[:AT_ONCE]:
        day = each.visit.ended_on or each.visit.started_on or on
        words = f"Immediate concern at the visit of {day:%-d %B %Y}{f' to {each.site}' if each.site else ''}"
        yield Candidate(each.commissioner_id, each.organisation_id, None, "visit_finding", each.pk, 1, words[:300], day)


def red_quarters(rule: TriggerRule, on: date, narrow: Narrow) -> Iterable[Candidate]:
    """Lines of figures that were red in each of so many of the newest quarters; each once a quarter."""
    rows = below_running(Figure.objects, None, on=on, times=Value(rule.days), short=RED)
    rows = rows.filter(period__timing=Line.Timing.QUARTER).annotate(due_version=Value(1))
    rows = rows.select_related("period", "figure_return", "asked__line")
    for each in narrow(rows, "figure_line", thing="asked").order_by("pk")[:AT_ONCE]:
        cell = cell_of(each.asked.line, [getattr(each, name) for name in FIELDS])
        words = f"{each.asked.line.name}: {cell_said(cell)}, {rule.days} quarters running, {each.period}"
        circle, since = each.figure_return.circle_id, each.period.ends_on
        yield Candidate(
            each.commissioner_id, each.organisation_id, circle, "figure_line", each.asked_id, 1, words[:300], since
        )


def register_sources() -> None:
    """Called when the app is ready."""
    register(TriggerRule.Source.IMMEDIATE_CONCERN, immediate_concerns)
    register(TriggerRule.Source.LATE, late)
    register(TriggerRule.Source.REMINDERS, reminders)
    register(TriggerRule.Source.RED_QUARTERS, red_quarters)
