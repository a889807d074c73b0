"""What a report says of training and key indicators, from its frozen facts alone: figures, tables and pictures.

The sum of a line adds up the numbers of the providers' facts; a sum that few people are behind is no figure at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from design.charts import Chart, Series, line_chart
from governance.facts.fact import TRAINING, TRAINING_LINE, TRAINING_OWN
from governance.figure import FactLike, Figure

# How a provider's number can stand to a threshold; the others are not judged.
MET, JUDGED = "met", ("met", "near", "below")
COUNTED = (*JUDGED, "no_threshold", "nothing_to_measure")
PICTURES = 3


def training_figures(by_kind: Mapping[str, Sequence[FactLike]]) -> list[Figure]:
    """Who returned, and for each line its sum and how many providers are at its threshold; none without figures."""
    lines, providers = by_kind.get(TRAINING_LINE, []), by_kind.get(TRAINING, [])
    if not lines:
        return []
    period = lines[0].attributes["period"]
    came = sum(fact.attributes["received"] for fact in providers)
    meaning = f"Training and key indicators for {period}; the others are in no sum."
    where: dict[str, Any] = {"received": True}
    found = [
        Figure("training.returned", "Figures returns received", came, len(providers), {"meaning": meaning},
               {"kind": TRAINING, "where": where})
    ]  # fmt: skip
    where = {"received": False}
    found.append(
        Figure("training.missing", "No figures received", len(providers) - came, len(providers), {"meaning": meaning},
               {"kind": TRAINING, "where": where})
    )  # fmt: skip
    return found + [figure for fact in lines for figure in _of_line(fact, providers)]


def _of_line(fact: FactLike, providers: Sequence[FactLike]) -> list[Figure]:
    told, code = fact.attributes, fact.attributes["code"]
    cells = [each.attributes["lines"][code] for each in providers if code in each.attributes["lines"]]
    found = []
    if not told["hidden"] and told["form"] != "rate":
        n = sum(cell.get("n") or 0 for cell in cells)
        d = sum(cell.get("d") or 0 for cell in cells) if told["form"] == "share" else None
        of = f" of {told['denominator'][:1].lower()}{told['denominator'][1:]}" if d is not None else ""
        meaning = f"{told['numerator']}{of}, all providers that returned for {told['period']} added up."
        where = {f"lines.{code}.state": list(COUNTED)}
        found.append(
            Figure(f"training.{code}", fact.label, n, d, {"meaning": meaning}, {"kind": TRAINING, "where": where})
        )
    judged = [cell for cell in cells if cell["state"] in JUDGED]
    if judged:
        met = sum(cell["state"] == MET for cell in judged)
        meaning = f"Providers at their own threshold, of those with one and somebody to measure, {told['period']}."
        where = {f"lines.{code}.state": [MET]}
        found.append(
            Figure(f"training.{code}.met", f"{fact.label}: providers at threshold", met, len(judged),
                   {"meaning": meaning}, {"kind": TRAINING, "where": where})
        )  # fmt: skip
    return found


def line_of(filter: Mapping[str, Any]) -> str:
    """The line that a figure is about, by its code; empty for the others."""
    named = [name.split(".")[1] for name in filter.get("where", {}) if name.startswith("lines.")]
    return named[0] if named else ""


@dataclass(frozen=True)
class Late:
    """Why some of one line were not in time: ``n`` of ``of``, 0 where hidden; reasons with a number and without."""

    label: str
    n: int
    of: int
    shown: list[tuple[str, int]]
    hidden: list[str]

    @classmethod
    def of_fact(cls, fact: FactLike) -> "Late":
        """From the frozen fact of a line; versions made before say no number."""
        reasons = fact.attributes["reasons"]
        n, of = fact.attributes.get("late") or (0, 0)
        shown, hidden = [(name, n) for name, n in reasons if n is not None], [name for name, n in reasons if n is None]
        return cls(fact.label, n, of, shown, hidden)


class Training:
    """For the paper: the lines, one's own people, what is missing, and the pictures of the furthest below."""

    def __init__(self, facts: Sequence[FactLike]) -> None:
        self.lines = [fact for fact in facts if fact.kind == TRAINING_LINE]
        self.own = [fact for fact in facts if fact.kind == TRAINING_OWN]
        self.asked = [fact for fact in facts if fact.kind == TRAINING]

    def __bool__(self) -> bool:
        """Was anything known?"""
        return bool(self.lines)

    @property
    def period(self) -> str:
        """The quarter that it is of."""
        return str(self.lines[0].attributes["period"])

    @property
    def as_at(self) -> str:
        """Its last day."""
        return str(self.lines[0].attributes["as_at"])

    @property
    def missing(self) -> int:
        """How many providers have not returned."""
        return sum(not fact.attributes["received"] for fact in self.asked)

    @property
    def returned(self) -> int:
        """How many have."""
        return len(self.asked) - self.missing

    @property
    def below(self) -> list[FactLike]:
        """The lines below their threshold."""
        return [fact for fact in self.lines if fact.attributes["state"] in ("near", "below")]

    @property
    def silent(self) -> list[str]:
        """Those who have not returned, by name."""
        return [fact.label for fact in self.asked if not fact.attributes["received"]]

    @property
    def judged(self) -> list[FactLike]:
        """The lines that have a threshold."""
        return [fact for fact in self.lines if fact.attributes["state"] in JUDGED]

    @property
    def late(self) -> list["Late"]:
        """Lines of which it is said why some were not in time."""
        return [Late.of_fact(fact) for fact in self.lines if fact.attributes["reasons"]]

    @property
    def charts(self) -> list[Chart]:
        """The lines furthest below over the quarters of the year, each with its threshold."""
        drawn = [fact for fact in self.below if fact.attributes["quarters"][-1]["value"] is not None]
        drawn.sort(key=lambda fact: abs(_gap(fact)), reverse=True)
        return [picture(fact) for fact in drawn[:PICTURES]]


def _gap(fact: FactLike) -> float:
    last = fact.attributes["quarters"][-1]
    return float(last["value"] - (last["threshold"] or 0))


def picture(fact: FactLike) -> Chart:
    """One line over the quarters of the year and its threshold; a quarter without a figure is a gap."""
    quarters = fact.attributes["quarters"]
    series = [
        Series("All providers", tuple(each["value"] for each in quarters), tuple(each["said"] for each in quarters))
    ]
    if any(each["threshold"] is not None for each in quarters):
        words = tuple(each["threshold_said"] or "none" for each in quarters)
        series.append(Series("Threshold", tuple(each["threshold"] for each in quarters), words))
    unit = "%" if fact.attributes["form"] == "share" else ""
    labels = [each["label"] for each in quarters]
    return line_chart(series, periods=labels, title=f"{fact.label} over the year’s quarters", unit=unit)
