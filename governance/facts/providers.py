"""Facts about providers: where each stands, how that was checked, and the grades of each standard by category."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from assurance.asat import OVERALL, Stood
from assurance.levels import State
from assurance.models import Rating, SelfAssessment
from assurance.models.scoring import REVIEWED
from assurance.standing import BY_KEY, LEVELS, STANDINGS
from design.calendar import london_date
from framework.models import Standard
from governance.facts.fact import PROVIDER, STANDARD, Fact
from governance.facts.year import Year

RANK = {each.key: n for n, each in enumerate(STANDINGS)}
AGREED = frozenset({State.MET, State.PARTLY, State.NOT_MET})
TALLIES = ("met", "partly", "not_met", "accepted", "not_applicable", "unanswered")


def provider_facts(year: Year, actions: Sequence[Fact], before: dict[str, Fact] | None) -> Iterator[Fact]:
    """One for each provider of the register, in exactly one state: they add up to the register (hazard 5).

    ``before`` is what is known of the year before; None when nobody asks about it.
    """
    still_open = Counter(fact.attributes["provider"] for fact in actions if fact.attributes["open"])
    overdue = Counter(fact.attributes["provider"] for fact in actions if fact.attributes["overdue"])
    for provider in year.providers:
        assessment = year.returns.get(provider.pk)
        told = _told(year, assessment) if assessment else {"standing": "not_asked", "asked": False}
        category = provider.category
        found = {
            "reference": provider.reference,
            "category": category.code if category else "",
            "category_name": category.plural if category else "",
            "received": False, "validated": False, "due": False, "extended": False, "nothing_reviewed": False,
            "on_time_original": False, "on_time_agreed": False, "overridden": False,
            "reviewed": 0, "accepted": 0, "seen": 0, "criteria": 0, "in_question": 0, "extensions": 0,
            "open_actions": still_open[provider.reference], "overdue_actions": overdue[provider.reference],
            **told,
        }  # fmt: skip
        found["words"] = BY_KEY[found["standing"]].words
        found["rank"] = RANK[found["standing"]]
        then = before.get(provider.reference) if before is not None else None
        found["change"] = _change(then, found)
        found["recorded"] = not found["asked"] and bool(year.recorded[provider.pk, year.year])
        if before is not None:
            found |= _from_records(then, year.recorded[provider.pk, year.before])
        yield Fact(PROVIDER, provider.name, found)


def _told(year: Year, assessment: SelfAssessment) -> dict[str, Any]:
    """What one return says about its provider as at the cut-off."""
    stood = year.stood[assessment.pk]
    state = BY_KEY[stood.standing]
    timed = stood.on_time
    returned = timed.came_on if state.received else None
    withdrawn = stood.standing == "withdrawn"
    found = {
        "standing": stood.standing, "asked": True, "return": assessment.reference, "received": state.received,
        "original_due": timed.original_on.isoformat(), "agreed_due": timed.agreed_on.isoformat(),
        "returned_on": returned.isoformat() if returned else "",
        "due": not withdrawn and (assessment.original_due_on <= year.cut_off or returned is not None),
        "on_time_original": state.received and timed.by_original is True,
        "on_time_agreed": state.received and timed.by_agreed is True,
        "extensions": timed.extensions,
        "extended": stood.standing == "not_due" and stood.due_on > assessment.original_due_on,
        "withdrawn_reason": assessment.withdrawn_reason if withdrawn else "",
        "channel": year.channels.get(assessment.pk, ""), "in_question": year.doubts[assessment.pk],
    }  # fmt: skip
    return {**found, **_levelled(year, stood)} if stood.standing in LEVELS else found


def _levelled(year: Year, stood: Stood) -> dict[str, Any]:
    """The validated level and how it was checked. Accepted as declared is counted apart (hazard 3)."""
    overall = stood.levels[OVERALL]
    reviewed = sum(fact.basis in REVIEWED for fact in stood.facts)
    return {
        "validated": True,
        "level": overall.level,
        "computed": overall.computed,
        "overridden": bool(overall.judged),
        "override_reason": overall.judged,
        "reasons": list(overall.reasons),
        "since": london_date(overall.decided_at).isoformat(),
        "decided_by": year.roles.get(overall.decided_by or 0, ""),
        "reviewed": reviewed,
        "nothing_reviewed": reviewed == 0,
        "accepted": sum(fact.basis == Rating.Basis.ACCEPTED_AS_DECLARED for fact in stood.facts),
        "seen": sum(fact.basis == Rating.Basis.SEEN_ON_VISIT for fact in stood.facts),
        "criteria": len(stood.facts),
        "strands": {strand: level.level for strand, level in stood.levels.items() if strand != OVERALL},
    }


def _from_records(before: Fact | None, recorded: int) -> dict[str, Any]:
    """How the year before is known: validated here, or from the commissioner's records only; never both together."""
    validated = before.attributes["criteria"] if before and before.attributes["validated"] else 0
    if validated:
        return {"before": "validated", "recorded_before": 0, "grades_before": validated}
    return {"before": "records" if recorded else "", "recorded_before": recorded, "grades_before": recorded}


def _change(before: Fact | None, now: dict[str, Any]) -> str:
    """Better, worse, the same, or new to having a level; empty without a level now."""
    if not now["validated"]:
        return ""
    then = before.attributes.get("level", "") if before and before.attributes["validated"] else ""
    if not then:
        return "new"
    if then == now["level"]:
        return "same"
    return "better" if LEVELS.index(now["level"]) < LEVELS.index(then) else "worse"


def standard_facts(year: Year, providers: Sequence[Fact]) -> Iterator[Fact]:
    """Counts of criteria by standard and category, of validated returns only (hazard 4)."""
    category = {fact.attributes.get("return"): fact.attributes["category"] for fact in providers}
    names = {fact.attributes["category"]: fact.attributes["category_name"] for fact in providers}
    counts: dict[tuple[int, str], Counter[str]] = {}
    whose: dict[tuple[int, str], set[int]] = {}
    standards: dict[int, int] = {}
    for assessment in year.returns.values():
        stood = year.stood[assessment.pk]
        if stood.standing not in LEVELS:
            continue
        for fact in stood.facts:
            key = (fact.standard, category[assessment.reference])
            standards.setdefault(fact.standard, fact.standard_id)
            counts.setdefault(key, Counter())[_counted_as(fact.state, fact.basis)] += 1
            whose.setdefault(key, set()).add(assessment.pk)
    titles = dict(Standard.objects.filter(pk__in=standards.values()).values_list("number", "title"))
    order = {code: n for n, code in enumerate(names)}
    for number, code in sorted(counts, key=lambda key: (key[0], order[key[1]])):
        tally = counts[number, code]
        told = {
            "standard": number,
            "title": titles.get(number, ""),
            "category": code,
            "category_name": names[code],
            "providers": len(whose[number, code]),
            "graded": tally["met"] + tally["partly"] + tally["not_met"],
            **{each: tally[each] for each in TALLIES},
        }
        yield Fact(STANDARD, f"Standard {number}, {names[code]}", told)


def _counted_as(state: State, basis: str) -> str:
    """A grade counts as met, partly or not met only when somebody reviewed the evidence or saw it."""
    if state in AGREED and basis not in REVIEWED:
        return "accepted"
    return state.value
