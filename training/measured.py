"""What is measured of whom: lines, sets, groups, staff splits and thresholds as they hold for a commissioner on a day.

Each function asks one query whatever the number of providers; the rest is worked out from what it found. A
commissioner's own row stands in place of the shipped one of the same code. The commissioner's own people (Governing
Body members among them) are an organisation without a category: whatever its contract says, they are asked what names
``OWN`` among its tiers, or names no tier at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from training.models import CollectingRule, Group, Line, LineSet, StaffSplit, Threshold
from training.models.groups import OWN

if TYPE_CHECKING:
    from providers.models import Organisation


def _pk(organisation: "Organisation | int | None") -> int | None:
    return organisation if isinstance(organisation, int | None) else organisation.pk


def lines_in_force(commissioner: "Organisation | int", *, on: date, timing: str) -> list[Line]:
    """The lines that are collected every quarter or every month, in their order. One query."""
    return lines_from(Line.objects.in_force(commissioner, on), timing=timing)


def lines_from(rows: Iterable[Line], *, timing: str) -> list[Line]:
    """The same of rows that hold, the commissioner's own first; so are the other functions that end in ``from``."""
    held: dict[str, Line] = {}
    for row in rows:
        held.setdefault(row.code, row)
    found = [line for line in held.values() if line.in_use and line.timing == timing]
    return sorted(found, key=lambda line: (line.position, line.code))


def sets_in_force(commissioner: "Organisation | int", *, on: date) -> dict[str, LineSet]:
    """The sets by code, those of one provider among them. One query."""
    return sets_from(LineSet.objects.in_force(commissioner, on))


def sets_from(rows: Iterable[LineSet]) -> dict[str, LineSet]:
    """The sets by code."""
    held: dict[str, LineSet] = {}
    for row in rows:
        held.setdefault(row.code, row)
    return {code: each for code, each in held.items() if each.in_use}


def asked_of(
    lines: Iterable[Line],
    *,
    tier: str,
    category: str,
    organisation: "Organisation | int",
    services: Mapping[str, bool],
    sets: Mapping[str, LineSet],
) -> list[Line]:
    """Of these lines those that one organisation is asked: by its standards, category, services and contract.

    A service about which nothing is said may be there, so its lines are asked. An organisation without a category is
    the commissioner itself.
    """
    whose, tier = _pk(organisation), tier if category else OWN
    return [line for line in lines if _is_of(line, tier, category) and _is_in(line, whose, services, sets)]


def _is_of(line: Line, tier: str, category: str) -> bool:
    if line.tiers and tier not in line.tiers:
        return False
    return tier == OWN or not line.categories or category in line.categories


def _is_in(line: Line, whose: int | None, services: Mapping[str, bool], sets: Mapping[str, LineSet]) -> bool:
    of = sets.get(line.set_code)
    if of is None or of.organisation_id not in (None, whose):
        return False
    return not line.service or services.get(line.service) is not False


def groups(commissioner: "Organisation | int", *, on: date) -> dict[str, list[Group]]:
    """The groups of every grouping, in their order. One query."""
    return groups_from(Group.objects.in_force(commissioner, on))


def groups_from(rows: Iterable[Group]) -> dict[str, list[Group]]:
    """The groups by grouping."""
    held: dict[tuple[str, str], Group] = {}
    for row in rows:
        held.setdefault((row.grouping, row.code), row)
    found: dict[str, list[Group]] = defaultdict(list)
    for row in sorted(held.values(), key=lambda each: (each.position, each.code)):
        if row.in_use:
            found[row.grouping].append(row)
    return dict(found)


@dataclass(frozen=True)
class Splits:
    """By what the staff of each kind of provider are split, for one commissioner on one day."""

    held: Mapping[tuple[str, str], StaffSplit]

    def of(self, *, tier: str, category: str) -> StaffSplit | None:
        """That of the category, else that of the tier; none where staff are counted together."""
        return self.held.get(("", category)) or self.held.get((tier if category else OWN, ""))


def splits_in_force(commissioner: "Organisation | int", *, on: date) -> Splits:
    """Every staff split. One query."""
    return splits_from(StaffSplit.objects.in_force(commissioner, on))


def splits_from(rows: Iterable[StaffSplit]) -> Splits:
    """The splits by tier and category."""
    held: dict[tuple[str, str], StaffSplit] = {}
    for row in rows:
        held.setdefault((row.tier, row.category), row)
    return Splits(held)


def split_of(splits: Splits, *, tier: str, category: str) -> StaffSplit | None:
    """The same as ``splits.of``."""
    return splits.of(tier=tier, category=category)


def groups_of(line: Line, split: StaffSplit | None, held: Mapping[str, Sequence[Group]]) -> list[Group]:
    """The groups by which a line is asked; none means one box for everybody together."""
    grouping = (split.grouping if split else "") if line.split == Line.STAFF else line.split
    return list(held.get(grouping, ()))


def reasons_of(line: Line, held: Mapping[str, Sequence[Group]]) -> list[Group]:
    """The reasons for which some may not have been in time; none where they are not asked."""
    return list(held.get(line.reasons, ()))


@dataclass(frozen=True)
class Thresholds:
    """Every threshold of one commissioner on one day, by line, category and provider."""

    held: Mapping[tuple[str, str, int | None], Threshold]

    def of(self, code: str, *, category: str, organisation: "Organisation | int | None") -> Threshold | None:
        """That of the provider, else that of its category, else everybody's; none where the line has none."""
        pk = _pk(organisation)
        keys: list[tuple[str, str, int | None]] = [(code, "", pk)] if pk else []
        keys += [(code, category, None), (code, "", None)]
        return next((self.held[key] for key in keys if key in self.held), None)


def thresholds(commissioner: "Organisation | int", *, on: date) -> Thresholds:
    """The thresholds of every line and every provider. One query."""
    return thresholds_from(Threshold.objects.in_force(commissioner, on))


def thresholds_from(rows: Iterable[Threshold]) -> Thresholds:
    """The thresholds by line, category and provider."""
    held: dict[tuple[str, str, int | None], Threshold] = {}
    for row in rows:
        held.setdefault((row.code, row.category, row.organisation_id), row)
    return Thresholds(held)


def rule_in_force(commissioner: "Organisation | int", *, on: date) -> CollectingRule:
    """When figures are collected and what is asked back. One query."""
    return CollectingRule.objects.in_force(commissioner, on).first() or CollectingRule(valid_from=on)
