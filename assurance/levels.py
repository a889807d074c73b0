"""Assurance levels by floors and reasons, never by a score (domain.md 4.3). Pure: data in, levels out.

A strand is *significant* only when every applicable critical criterion is validated as met with evidence reviewed,
something at all is, and no standard has more than one "not met"; *reasonable* when no critical criterion is "not met"
and no standard is worse than half met; *limited* otherwise. *None* is a person's judgement, never computed. Overall is
never better than the worst strand. A missing return has no level at all.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

STRANDS = ("children", "adults", "looked_after")
STRAND_WORDS = {"children": "children", "adults": "adults", "looked_after": "looked after children"}


class State(StrEnum):
    """What a rating amounts to, whatever the scheme calls it."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    UNANSWERED = "unanswered"


class Level(StrEnum):
    """Positions on the level scale, best first. The scheme of the version gives them their words."""

    SIGNIFICANT = "significant"
    REASONABLE = "reasonable"
    LIMITED = "limited"
    NONE = "none"


ORDER = tuple(Level)


@dataclass(frozen=True)
class Judged:
    """One criterion as it stands: its standard, strands, whether critical, its state and how it was checked.

    ``agreed_not_applicable`` says that a validator agreed to "not applicable"; without that it counts against
    the level like "not met", so that marking something not applicable never raises one (hazard 2).
    """

    ref: str
    standard: int
    strands: tuple[str, ...]
    critical: bool
    state: State
    evidence_reviewed: bool = False
    agreed_not_applicable: bool = False


@dataclass(frozen=True)
class Verdict:
    """A level with its printed reasons, and on how many of how many reviewed criteria it stands."""

    level: Level
    reasons: tuple[str, ...]
    reviewed: int
    asked: int


def level_of(criteria: Sequence[Judged], *, reds_for_limited: int) -> Verdict:
    """The level of one strand. ``criteria`` are those asked of it; an empty sequence is a ValueError."""
    if not criteria:
        raise ValueError("a strand without criteria has no level")
    reviewed = sum(judged.evidence_reviewed for judged in criteria)
    limited = _limited(criteria, reds_for_limited)
    reasons = limited or _not_significant(criteria)
    level = Level.LIMITED if limited else Level.REASONABLE if reasons else Level.SIGNIFICANT
    if level == Level.SIGNIFICANT:
        critical = any(judged.critical and not _left_out(judged) for judged in criteria)
        none = f"no critical criterion is asked, and {reviewed} of {len(criteria)} reviewed"
        proven = "every critical criterion met with evidence reviewed" if critical else none
        reasons = [f"{proven}, and no standard with more than one not met"]
    return Verdict(level, tuple(reasons), reviewed, len(criteria))


def levels(criteria: Sequence[Judged], *, reds_for_limited: int) -> dict[str, Verdict]:
    """A verdict per strand that is asked anything, and ``overall``: the worst of them, with whose it is."""
    found = {
        strand: level_of(asked, reds_for_limited=reds_for_limited)
        for strand in STRANDS
        if (asked := [judged for judged in criteria if strand in judged.strands])
    }
    if found:
        found["overall"] = _overall(found, criteria)
    return found


def worst(found: Iterable[Level]) -> Level:
    """The worst of several levels."""
    return max(found, key=ORDER.index)


def _overall(found: dict[str, Verdict], criteria: Sequence[Judged]) -> Verdict:
    level = worst(verdict.level for verdict in found.values())
    reasons = tuple(
        f"{STRAND_WORDS[strand]}: {reason}"
        for strand, verdict in found.items()
        if verdict.level == level
        for reason in verdict.reasons
    )
    return Verdict(level, reasons, sum(judged.evidence_reviewed for judged in criteria), len(criteria))


def _limited(criteria: Sequence[Judged], reds_for_limited: int) -> list[str]:
    reasons = []
    against = [judged for judged in criteria if _counts_against(judged)]
    critical = [judged for judged in against if judged.critical]
    if red := [judged.ref for judged in critical if judged.state == State.NOT_MET]:
        reasons.append(f"{_number(len(red), 'critical criterion', 'critical criteria')} not met: {_list(red)}")
    if unproven := [judged.ref for judged in critical if judged.state != State.NOT_MET]:
        many = _number(len(unproven), "critical criterion", "critical criteria")
        reasons.append(f"{many} unanswered or not agreed as not applicable: {_list(unproven)}")
    if len(against) > reds_for_limited:
        reasons.append(f"{len(against)} criteria not met, more than {reds_for_limited}")
    for standard, judged in _by_standard(criteria).items():
        counted = [each for each in judged if not _left_out(each)]
        met = sum(each.state == State.MET for each in counted)
        partly = sum(each.state == State.PARTLY for each in counted)
        # Of one or two criteria a single "partly met" would decide the provider's level: there it counts as half.
        half = partly if len(counted) < 3 else 0
        if counted and met * 2 + half < len(counted):
            reasons.append(f"standard {standard} less than half met ({met} of {len(counted)})")
    return reasons


def _not_significant(criteria: Sequence[Judged]) -> list[str]:
    reasons = []
    short = [judged.ref for judged in criteria if judged.critical and not _safely_met(judged)]
    if short:
        many = _number(len(short), "critical criterion", "critical criteria")
        reasons.append(f"{many} not shown to be met in full with evidence: {_list(short)}")
    reds = Counter(judged.standard for judged in criteria if _counts_against(judged))
    reasons += [f"standard {standard} has {n} not met" for standard, n in sorted(reds.items()) if n > 1]
    # Without a critical criterion nothing else would ask for evidence, and a declaration would read as checked.
    if not any(judged.state == State.MET and judged.evidence_reviewed for judged in criteria):
        reasons.append("nothing is shown to be met with evidence reviewed")
    return reasons


def _counts_against(judged: Judged) -> bool:
    """Not met; so are an unanswered one and a "not applicable" that no validator agreed to."""
    return judged.state in (State.NOT_MET, State.UNANSWERED) or (
        judged.state == State.NOT_APPLICABLE and not judged.agreed_not_applicable
    )


def _left_out(judged: Judged) -> bool:
    """Out of the denominator: not applicable, and a validator agreed."""
    return judged.state == State.NOT_APPLICABLE and judged.agreed_not_applicable


def _safely_met(judged: Judged) -> bool:
    return _left_out(judged) or (judged.state == State.MET and judged.evidence_reviewed)


def _by_standard(criteria: Sequence[Judged]) -> dict[int, list[Judged]]:
    found: dict[int, list[Judged]] = {}
    for judged in sorted(criteria, key=lambda each: each.standard):
        found.setdefault(judged.standard, []).append(judged)
    return found


def _number(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _list(refs: Sequence[str]) -> str:
    """ "1.2", "1.2 and 8.1", "1.2, 2.1 and 8.1"; more than six are cut with their count."""
    shown = list(refs[:6])
    if len(refs) > 6:
        return f"{', '.join(shown)} and {len(refs) - 6} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
