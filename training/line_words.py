"""A line in words: what is counted, who is asked, when somebody counts as up to date, and what its threshold says."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from providers.models.organisations import Tier
from training.arithmetic import goal
from training.models import Line, Threshold
from training.models.groups import OWN

OWN_PEOPLE = "The commissioner’s own people"
WHOM = {**dict(Tier.choices), OWN: OWN_PEOPLE}


def counted(line: Line) -> str:
    """What is counted, and of what."""
    said = f"{line.numerator[:1].upper()}{line.numerator[1:]}"
    if line.form == Line.Form.RATE:
        return f"{said}, per {line.per:,} {line.denominator}"
    return f"{said}, of {line.denominator}" if line.denominator else said


def refreshed(line: Line) -> str:
    """When somebody counts as up to date; empty for what is not training."""
    if not line.refresh or line.refresh_months is None:
        return ""
    if line.refresh == Line.Refresh.ANNUAL:
        return "every year" if line.refresh_months == 12 else f"every {line.refresh_months} months"
    if line.refresh == Line.Refresh.COURSE:
        return f"a course within {line.refresh_months} months"
    said = f"{plain(line.refresh_hours)} hours within {line.refresh_months} months"
    return f"{said}; {plain(line.first_hours)} hours in the first twelve months" if line.first_hours else said


def asked_of_whom(line: Line, categories: Mapping[str, str], services: Mapping[str, str]) -> str:
    """Which organisations are asked, in one sentence without its full stop."""
    said = "; ".join(WHOM[tier] for tier in line.tiers if tier in WHOM) if line.tiers else "Everybody"
    if line.categories:
        said += f"; only {', '.join(categories.get(code, code) for code in line.categories)}"
    if line.service:
        said += f"; not where the answer is no to “{services.get(line.service, line.service)}”"
    return said


def plain(number: Decimal | int | None) -> str:
    """Without noughts at its end: "90", "92.5"."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def value(line: Line, number: Decimal) -> str:
    """A value in the unit of the line."""
    if line.form == Line.Form.MILESTONE:
        return "reached" if number else "not asked for"
    return goal(number, {"share": "%", "rate": f"per {line.per or 0:,}"}.get(line.form, ""))


def threshold(line: Line, held: Threshold | None) -> str:
    """The threshold and how far amber reaches; empty where there is none."""
    if held is None:
        return ""
    if line.form == Line.Form.MILESTONE or not held.amber:
        return (
            f"at most {value(line, held.value)}" if line.direction == Line.Direction.DOWN else value(line, held.value)
        )
    if line.direction == Line.Direction.DOWN:
        return f"at most {value(line, held.value)}, amber up to {value(line, held.value + held.amber)}"
    return f"{value(line, held.value)}, amber from {value(line, max(Decimal(0), held.value - held.amber))}"


def for_whom(held: Threshold, categories: Mapping[str, str]) -> str:
    """Whose the threshold is."""
    if held.organisation is not None:
        return str(held.organisation)
    return categories.get(held.category, held.category) if held.category else "Everybody"


def listed(names: Iterable[str]) -> str:
    """ "a; b", for a cell."""
    return "; ".join(names)
