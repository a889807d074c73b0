"""Issuing a period: who is asked for figures and why, who is not and why, and the rows that come of it.

No single record owns this: it reads contracts, categories, service profiles and what is measured as at the last day of
the period, and writes returns, their lines and boxes, and letters. Everything is set-based, and may be run twice or by
two at once: the second finds nothing left to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from chasing import issuing
from chasing.models import JobRun
from chasing.models.sending import Worker
from chasing.recipients import post
from providers.models import Arrangement, Organisation, ServiceAnswer
from providers.models.organisations import Tier
from training import measured
from training.models import FigureReturn, Line, Period, PeriodMoved
from training.models.links import send_at_issue
from training.models.recipients import asked_for

if TYPE_CHECKING:
    from accounts.models import User

# More returns than this are issued by the worker, so that nobody waits for a page.
AT_ONCE = 25
BATCH = 200
JOB = "finish_periods"  # what the worker that issues does every minute


@dataclass(frozen=True)
class AskedOf:
    """One line as it is asked of those alike: its groups, its reasons and what it should reach."""

    line: int
    code: str
    groups: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    threshold: Any = None
    amber: Any = None
    threshold_reason: str = ""


@dataclass(frozen=True)
class Candidate(issuing.Candidate):
    """One organisation of the register: asked or not, with the reason in words, and what it is asked."""

    lines: tuple[AskedOf, ...] = ()
    grouping: str = ""
    roles_down: bool = False

    @property
    def category(self) -> str:
        """Its code; empty for the commissioner itself."""
        return self.organisation.category.code if self.organisation.category else ""


class Preview(issuing.Preview[Candidate]):
    """Everybody on the commissioner's register, asked and not; the counts add up to the register."""


@dataclass(frozen=True)
class Waiting:
    """An organisation for which there is no return yet, and why none could be made; empty when it was not tried."""

    organisation: Organisation
    why: str


def preview(period: Period, *, on: date) -> Preview:
    """Sort the whole register of the period's commissioner. Eight queries, whatever its size."""
    contracts, had = _contracts(period)
    leads = issuing.leads_of(contracts, on=period.ends_on)
    sorted_out = [_decide(period, each, held, had=had, leads=leads, on=on) for each, held in contracts.items()]
    return Preview(_with_lines(period, sorted_out))


def issue(period: Period, *, by: "User | None", at: datetime, on: date) -> int:
    """Issue every return that is still missing and open the period; returns how many were made now.

    What cannot be issued now holds up nobody else: the period stays in the worker's hands, which tries again, and its
    page names who is waiting and why. ``by`` is nobody when the period opened by itself.
    """
    if period.state == Period.State.DRAFT:
        period.begin_issuing(by=by, at=at)

    def make(batch: Sequence[Candidate]) -> int:
        return _make(period, batch, by=by, at=at, on=on, due_on=period.due_on)

    issued = issuing.in_batches(preview(period, on=on).asked, make, size=BATCH)
    period.refresh_from_db()
    period.note_left_out(issued.left_out)
    if issued.left_out:
        period.leave_to_worker(by=by, at=at)
    else:
        period.open()
    return issued.made


def still_waiting(period: Period, *, on: date) -> list[Waiting]:
    """Who has no return yet while a period is being issued, and why where somebody could not be given one."""
    return [
        Waiting(each.organisation, period.left_out.get(str(each.organisation.pk), ""))
        for each in preview(period, on=on).asked
    ]


def worker(*, at: datetime) -> Worker:
    """Is somebody there to issue? Asked while a period waits for it."""
    return JobRun.objects.heard_of(JOB, at=at)


def add_late(period: Period, organisation: Organisation, *, due_on: date, by: "User", at: datetime, on: date) -> int:
    """One more return in an open period, with a due date of its own; 0 when the organisation has one already."""
    if not period.takes_additions:
        raise PeriodMoved("Returns can be added only while a period is open.")
    chosen = [each for each in late_candidates(period, on=on) if each.organisation.pk == organisation.pk]
    return _make(period, chosen, by=by, at=at, on=on, due_on=due_on)


def late_candidates(period: Period, *, on: date) -> list[Candidate]:
    """Who could be added now: a live lead contract on the day, not closed, something to ask, and no return yet."""
    found = [
        Candidate(each.organisation, each.standards_tier, True, "asked", f"Added on {on:%-d %B %Y}")
        for each in issuing.may_join(period.commissioner_id, on=on, had=period.returns.values("organisation"))
    ]
    return [each for each in _with_lines(period, found) if each.asked]


def _contracts(period: Period) -> tuple[dict[Organisation, list[Arrangement]], set[int]]:
    """Every organisation that the commissioner has or had a contract with and those contracts, itself in any case; and
    which of them have a return already.
    """
    has_return = Exists(period.returns.filter(organisation=OuterRef("organisation")))
    own_return = Exists(period.returns.filter(organisation=OuterRef("commissioner")))
    rows = Arrangement.objects.filter(commissioner=period.commissioner_id)
    rows = rows.annotate(has_return=has_return, own_return=own_return)
    rows = rows.select_related("organisation__category", "commissioner__category")
    found: dict[Organisation, list[Arrangement]] = {}
    had: set[int] = set()
    for row in rows.order_by("organisation__name", "organisation_id", "starts_on"):
        found.setdefault(row.organisation, []).append(row)
        had |= {row.organisation_id} if row.has_return else set()
        had |= {row.commissioner_id} if row.own_return else set()
    if found:
        period.commissioner = next(iter(found.values()))[0].commissioner  # read with them, and not again by the page
    else:
        had = set(period.returns.values_list("organisation", flat=True))
    # Its own people are measured like a provider's, and need no contract for it (S2, 4.2.2).
    found.setdefault(period.commissioner, [])
    return found, had


def _decide(
    period: Period, organisation: Organisation, contracts: list[Arrangement], *, had: set[int], leads: dict[int, str],
    on: date,
) -> Candidate:  # fmt: skip
    """Exactly one outcome for one organisation; the first rule that speaks decides."""
    live = issuing.in_force(contracts, period.ends_on)
    tier = live[0].standards_tier if live else ""

    def left_out(outcome: str, reason: str) -> Candidate:
        return Candidate(organisation, tier, False, outcome, reason)

    if organisation.pk in had:
        return left_out("already has one", "It already has a return for this period")
    if organisation.closed_on and organisation.closed_on <= on:
        return left_out("closed", f"It closed on {organisation.closed_on:%-d %B %Y}")
    if organisation.pk == period.commissioner_id:
        return Candidate(organisation, tier or Tier.FULL, True, "asked", "Own people")
    if said := issuing.why_not(organisation, live, on=period.ends_on, leads=leads):
        return left_out(*said)
    return Candidate(organisation, tier, True, "asked", str(organisation.category or "Asked"))


def _with_lines(period: Period, candidates: list[Candidate]) -> list[Candidate]:
    """Which lines each is asked, by tier, category, services and contract, as at the last day. Those alike once."""
    asking = _Asking(period)
    profiles = _profiles([each.organisation.pk for each in candidates if each.asked])
    done = []
    for each in candidates:
        if each.asked:
            each = asking.of(each, profiles.get(each.organisation.pk, {}))
        done.append(each)
    return done


class _Asking:
    """What is measured on the last day of the period, and what of it each organisation is asked. Six queries."""

    def __init__(self, period: Period) -> None:
        whose, on = period.commissioner_id, period.ends_on
        self.period = period
        self.lines = measured.lines_in_force(whose, on=on, timing=period.timing)
        self.sets = measured.sets_in_force(whose, on=on)
        self.groups = measured.groups(whose, on=on)
        self.splits = measured.splits_in_force(whose, on=on)
        self.thresholds = measured.thresholds(whose, on=on)
        # Those for whom a threshold or a set of lines is their own are not like any other.
        self.apart = {pk for _, _, pk in self.thresholds.held} | {each.organisation_id for each in self.sets.values()}
        self.worked_out: dict[Any, tuple[AskedOf, ...]] = {}

    def of(self, each: Candidate, services: Mapping[str, bool]) -> Candidate:
        """With its lines; left out when nothing is asked of it."""
        whose = each.organisation.pk
        split = self.splits.of(tier=each.tier, category=each.category)
        key = (each.tier, each.category, frozenset(services.items()), whose if whose in self.apart else None)
        if key not in self.worked_out:
            asked = measured.asked_of(
                self.lines, tier=each.tier, category=each.category, organisation=whose, services=services,
                sets=self.sets,
            )  # fmt: skip
            self.worked_out[key] = tuple(self._asked(line, split, each.category, whose) for line in asked)
        lines = self.worked_out[key]
        if not lines:
            every = "month" if self.period.timing == Line.Timing.MONTH else "quarter"
            none = f"Nothing is asked every {every} under {Tier(each.tier).label}"
            return replace(each, asked=False, outcome="nothing to ask", reason=none)
        grouping, down = (split.grouping, split.roles_down) if split else ("", False)
        return replace(each, lines=lines, grouping=grouping, roles_down=down)

    def _asked(self, line: Line, split: Any, category: str, whose: int) -> AskedOf:
        threshold = self.thresholds.of(line.code, category=category, organisation=whose)
        level = (threshold.value, threshold.amber, threshold.reason) if threshold else ()
        groups = tuple(each.code for each in measured.groups_of(line, split, self.groups))
        reasons = tuple(each.code for each in measured.reasons_of(line, self.groups))
        return AskedOf(line.pk, line.code, groups, reasons, *level)


def _profiles(organisations: Sequence[int]) -> dict[int, dict[str, bool]]:
    found: dict[int, dict[str, bool]] = {}
    said = ServiceAnswer.objects.filter(organisation__in=organisations)
    for organisation, key, holds in said.values_list("organisation", "question__key", "holds"):
        found.setdefault(organisation, {})[key] = holds
    return found


@transaction.atomic
def _make(
    period: Period, chosen: Sequence[Candidate], *, by: "User | None", at: datetime, on: date, due_on: date
) -> int:
    """The returns, their lines and boxes, and the letters. Two at once: the second waits and finds them made."""
    held = Period.objects.select_for_update().get(pk=period.pk)
    if held.state == Period.State.CLOSED:
        raise PeriodMoved("This period is closed, so nothing more is issued in it.")
    had = set(held.returns.values_list("organisation", flat=True))
    new = [each for each in chosen if each.organisation.pk not in had]
    made = FigureReturn.objects.bulk_create(
        FigureReturn(
            period=held, commissioner_id=held.commissioner_id, organisation=each.organisation, tier=each.tier,
            category=each.category, grouping=each.grouping, roles_down=each.roles_down, due_on=due_on,
            original_due_on=due_on, why_issued=each.reason[:200], issued_at=at,
            # The commissioner's own figures are written by its own people.
            entering=each.organisation.pk == held.commissioner_id,
        )
        for each in new
    )  # fmt: skip
    if made:
        _lines(made, new)
        by_link = send_at_issue(made, by=by, at=at)
        post(asked_for([each for each in made if each.pk not in by_link], on=on, at=at))
    return len(made)


def _lines(made: Sequence[FigureReturn], chosen: Sequence[Candidate]) -> None:
    """The lines of each return with empty boxes. Two statements for all: 200 trusts have 40,000 boxes."""
    plans = list(dict.fromkeys(each.lines for each in chosen))
    number = {plan: n for n, plan in enumerate(plans)}
    rows = [(n, position, asked) for n, plan in enumerate(plans) for position, asked in enumerate(plan)]
    said: dict[str, Any] = {
        "made": [each.pk for each in made], "plan_of": [number[each.lines] for each in chosen],
        "plan": [n for n, _, _ in rows], "position": [position for _, position, _ in rows],
        "line": [asked.line for _, _, asked in rows], "code": [asked.code for _, _, asked in rows],
        "groups": [",".join(asked.groups) for _, _, asked in rows],
        "reasons": [",".join(asked.reasons) for _, _, asked in rows],
        "threshold": [asked.threshold for _, _, asked in rows], "amber": [asked.amber for _, _, asked in rows],
        "why": [asked.threshold_reason for _, _, asked in rows],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LINES, said)
        cursor.execute(CELLS, said)


LINES = """
    INSERT INTO training_askedline (commissioner_id, organisation_id, figure_return_id, line_id, code, position, groups,
                                    reasons, threshold, amber, threshold_reason, answer, answer_reason, narrative,
                                    source, version)
    SELECT r.commissioner_id, r.organisation_id, r.id, asked.line, asked.code, asked.position,
           string_to_array(asked.groups, ','), string_to_array(asked.reasons, ','), asked.threshold, asked.amber,
           asked.why, 'figures', '', '', '', 1
    FROM unnest(%(made)s::bigint[], %(plan_of)s::int[]) AS told (id, plan)
    JOIN training_figurereturn r ON r.id = told.id
    JOIN unnest(%(plan)s::int[], %(position)s::int[], %(line)s::bigint[], %(code)s::text[], %(groups)s::text[],
                %(reasons)s::text[], %(threshold)s::numeric[], %(amber)s::numeric[], %(why)s::text[])
         AS asked (plan, position, line, code, groups, reasons, threshold, amber, why) USING (plan)
    ORDER BY r.id, asked.position
    ON CONFLICT (figure_return_id, code) DO NOTHING
"""
# A line that is not split has one row of boxes, for everybody together.
CELLS = """
    INSERT INTO training_cell (commissioner_id, organisation_id, asked_id, kind, "group", version)
    SELECT a.commissioner_id, a.organisation_id, a.id, box.kind, box.code, 1
    FROM training_askedline a
    CROSS JOIN LATERAL (
        SELECT 'group', code, n FROM unnest(CASE WHEN a.groups = '{}' THEN ARRAY[''] ELSE a.groups END)
               WITH ORDINALITY AS g (code, n)
        UNION ALL
        SELECT 'reason', code, n FROM unnest(a.reasons) WITH ORDINALITY AS why (code, n)
    ) AS box (kind, code, n)
    WHERE a.figure_return_id = ANY (%(made)s::bigint[])
    ORDER BY a.id, box.kind, box.n
    ON CONFLICT (asked_id, kind, "group") DO NOTHING
"""
