"""Issuing a round: who is asked for a return and why, who is not and why, and the rows that come of it.

No single record owns this: it reads contracts, categories and service profiles, and writes returns, answers and
letters. Everything is set-based, and may be run twice or by two at once: the second finds nothing left to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction

from assurance.models import Round, SelfAssessment
from assurance.models.links import send_at_issue
from assurance.models.recipients import round_opened
from assurance.models.rounds import RoundMoved
from chasing import issuing
from chasing.models import JobRun
from chasing.models.sending import Worker
from chasing.recipients import post
from framework.applicability import is_asked
from framework.models import CriterionVersion
from providers.models import Arrangement, Organisation, ServiceAnswer
from providers.models.organisations import Tier

if TYPE_CHECKING:
    from accounts.models import User

# More returns than this are issued by the worker, so that nobody waits for a page.
AT_ONCE = 25
BATCH = 100
JOB = "finish_rounds"  # what the worker that issues does every minute
Profile = frozenset[tuple[str, bool]]


@dataclass(frozen=True)
class Candidate(issuing.Candidate):
    """One organisation of the register: asked or not, with the reason in words, and what it is asked."""

    profile: Profile = frozenset()
    criteria: tuple[int, ...] = ()


class Preview(issuing.Preview[Candidate]):
    """Everybody on the commissioner's register, asked and not; the counts add up to the register."""


def preview(round: Round) -> Preview:
    """Sort the whole register of the round's commissioner. Seven queries, whatever its size."""
    contracts = _contracts(round)
    had = set(round.assessments.values_list("organisation", flat=True))
    categories = set(round.categories.values_list("pk", flat=True))
    leads = issuing.leads_of(contracts, on=round.opens_on)
    sorted_out = [
        _decide(round, organisation, held, had=had, categories=categories, leads=leads)
        for organisation, held in contracts.items()
    ]
    return Preview(_with_criteria(round, sorted_out))


def issue(round: Round, *, by: "User", at: datetime, on: date) -> int:
    """Issue every return that is still missing and open the round; returns how many were made now.

    What cannot be issued now holds up nobody else: the round stays in the worker's hands, which tries again, and its
    page names who is waiting.
    """

    def make(batch: Sequence[Candidate]) -> int:
        return _make(round, batch, by=by, at=at, on=on, due_on=round.due_on)

    issued = issuing.in_batches(preview(round).asked, make, size=BATCH)
    round.refresh_from_db()
    if issued.left_out:
        round.leave_to_worker(by=by, at=at)
    else:
        round.open(by=by, at=at)
    return issued.made


def worker(*, at: datetime) -> Worker:
    """Is somebody there to issue? Asked while a round waits for it."""
    return JobRun.objects.heard_of(JOB, at=at)


def add_late(round: Round, organisation: Organisation, *, due_on: date, by: "User", at: datetime, on: date) -> int:
    """One more return in an open round, with a due date of its own; 0 when the organisation has one already."""
    if not round.takes_additions:
        raise RoundMoved("Returns can be added only while a round is open.")
    chosen = [each for each in late_candidates(round, on=on) if each.organisation.pk == organisation.pk]
    return _make(round, chosen, by=by, at=at, on=on, due_on=due_on)


def late_candidates(round: Round, *, on: date) -> list[Candidate]:
    """Who could be added now: a live lead contract on the day, not closed, and no return in this round yet."""
    found = [
        Candidate(each.organisation, each.standards_tier, True, "asked", f"Added on {on:%-d %B %Y}")
        for each in issuing.may_join(round.commissioner_id, on=on, had=round.assessments.values("organisation"))
    ]
    return _with_criteria(round, found)


def _contracts(round: Round) -> dict[Organisation, list[Arrangement]]:
    """Every organisation that the commissioner has or had a contract with, and those contracts."""
    rows = Arrangement.objects.filter(commissioner=round.commissioner_id).select_related("organisation__category")
    found: dict[Organisation, list[Arrangement]] = {}
    for row in rows.order_by("organisation__name", "organisation_id", "starts_on"):
        found.setdefault(row.organisation, []).append(row)
    return found


def _decide(
    round: Round,
    organisation: Organisation,
    contracts: list[Arrangement],
    *,
    had: set[int],
    categories: set[int],
    leads: dict[int, str],
) -> Candidate:
    """Exactly one outcome for one organisation; the first rule that speaks decides."""
    live = issuing.in_force(contracts, round.opens_on)
    tier = live[0].standards_tier if live else ""
    words = Tier(tier).label if tier else ""

    def left_out(outcome: str, reason: str) -> Candidate:
        return Candidate(organisation, tier, False, outcome, reason)

    category = organisation.category
    if organisation.pk in had:
        return left_out("already has one", "It already has a return in this round")
    if organisation.closed_on and organisation.closed_on <= round.opens_on:
        return left_out("closed", f"It closed on {organisation.closed_on:%-d %B %Y}")
    if said := issuing.why_not(organisation, live, on=round.opens_on, leads=leads):
        return left_out(*said)
    if categories and (category is None or category.pk not in categories):
        return left_out("category not in this round", f"{category or 'Its category'} is not in this round")
    if round.tiers and tier not in round.tiers:
        return left_out("standards not in this round", f"{words} are not in this round")
    return Candidate(organisation, tier, True, "asked", f"{category or 'Own organisation'}: {_inside(words)}")


def _inside(words: str) -> str:
    """As written inside a sentence: "full standards", but "GP standards"."""
    return words if words[:2].isupper() else words.lower()


def _with_criteria(round: Round, candidates: list[Candidate]) -> list[Candidate]:
    """Which criteria each is asked, by tier and service profile. Providers alike are worked out once."""
    profiles = _profiles([each.organisation.pk for each in candidates if each.asked])
    criteria = list(round.framework_version.criteria.select_related("condition").in_order())
    worked_out: dict[tuple[str, Profile], tuple[int, ...]] = {}
    done = []
    for each in candidates:
        if not each.asked:
            done.append(each)
            continue
        key = (each.tier, profiles.get(each.organisation.pk, frozenset()))
        if key not in worked_out:
            worked_out[key] = tuple(c.pk for c in criteria if _is_of(c, each.tier) and is_asked(c, dict(key[1])))
        asked = worked_out[key]
        if asked:
            done.append(replace(each, profile=key[1], criteria=asked))
        else:
            none = f"The framework has nothing in the {Tier(each.tier).label.lower()}"
            done.append(replace(each, asked=False, outcome="nothing to ask", reason=none))
    return done


def _is_of(criterion: CriterionVersion, tier: str) -> bool:
    return criterion.light if tier == Tier.LIGHT else tier in criterion.tiers


def _profiles(organisations: Sequence[int]) -> dict[int, Profile]:
    found: dict[int, set[tuple[str, bool]]] = {}
    said = ServiceAnswer.objects.filter(organisation__in=organisations).values_list(
        "organisation", "question__key", "holds"
    )
    for organisation, key, holds in said:
        found.setdefault(organisation, set()).add((key, holds))
    return {organisation: frozenset(profile) for organisation, profile in found.items()}


@transaction.atomic
def _make(round: Round, chosen: Sequence[Candidate], *, by: "User", at: datetime, on: date, due_on: date) -> int:
    """The returns, their answers and the letters about them. Two at once: the second waits and finds them made."""
    held = Round.objects.select_for_update().get(pk=round.pk)
    if held.state == Round.State.CLOSED:
        raise RoundMoved("This round is closed, so nothing more is issued in it.")
    had = set(held.assessments.values_list("organisation", flat=True))
    new = [each for each in chosen if each.organisation.pk not in had]
    made = SelfAssessment.objects.bulk_create(
        SelfAssessment(
            round=held,
            commissioner_id=held.commissioner_id,
            organisation=each.organisation,
            tier=each.tier,
            due_on=due_on,
            original_due_on=due_on,
            why_issued=each.reason[:200],
            issued_at=at,
        )
        for each in new
    )
    if made:
        _answers(made, new)
        by_link = send_at_issue(made, by=by, at=at)
        post(round_opened([each for each in made if each.pk not in by_link], on=on, at=at))
    return len(made)


def _answers(made: Sequence[SelfAssessment], chosen: Sequence[Candidate]) -> None:
    """One empty answer per asked criterion, each pointing at the same criterion's last validated answer.

    One statement for all: a round of 60 organisations and 98 criteria is 5,880 rows.
    """
    sets = list({each.criteria for each in chosen})
    number = {criteria: position for position, criteria in enumerate(sets)}
    pairs = [(number[criteria], criterion) for criteria in sets for criterion in criteria]
    with connection.cursor() as cursor:
        cursor.execute(
            ANSWERS,
            {
                "made": [each.pk for each in made],
                "set_of": [number[each.criteria] for each in chosen],
                "set": [position for position, _ in pairs],
                "criterion": [criterion for _, criterion in pairs],
            },
        )


# Carried from the same organisation and commissioner only: what a provider told one is not shown to another.
# One pass over what was answered before: looking it up row by row would read all criteria for each criterion.
ANSWERS = """
    WITH made AS (
        SELECT s.id, s.commissioner_id, s.organisation_id, told.number
        FROM unnest(%(made)s::bigint[], %(set_of)s::int[]) AS told (id, number)
        JOIN assurance_selfassessment s ON s.id = told.id
    ), past AS MATERIALIZED (
        SELECT made.id AS for_id, past.id, past.validated_at FROM made
        JOIN assurance_selfassessment past USING (organisation_id, commissioner_id)
        WHERE past.state = 'validated'
    ), last AS (
        SELECT DISTINCT ON (past.for_id, w.criterion_id) past.for_id, w.criterion_id, before.id
        FROM past JOIN assurance_answer before ON before.self_assessment_id = past.id
        JOIN framework_criterionversion w ON w.id = before.criterion_version_id
        WHERE before.value ? 'grade'
        ORDER BY past.for_id, w.criterion_id, past.validated_at DESC, before.id DESC
    )
    INSERT INTO assurance_answer (commissioner_id, organisation_id, self_assessment_id, criterion_version_id, value,
                                  narrative, not_applicable_reason, version, submitted_before, carried_from_id)
    SELECT made.commissioner_id, made.organisation_id, made.id, v.id, '{}'::jsonb, '', '', 1, FALSE, last.id
    FROM made
    JOIN unnest(%(set)s::int[], %(criterion)s::bigint[]) AS asked (number, criterion_version_id) USING (number)
    JOIN framework_criterionversion v ON v.id = asked.criterion_version_id
    LEFT JOIN last ON last.for_id = made.id AND last.criterion_id = v.criterion_id
    ORDER BY made.id, v.id
    ON CONFLICT (self_assessment_id, criterion_version_id) DO NOTHING
"""
