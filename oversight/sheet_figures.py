"""What the contract meeting sheet says of training figures and key indicators, in lines."""

from django.utils.text import Truncator

from training.known import Known, KnownLine, Told
from training.words import running_said

NAME = 50


def figures_said(known: Known) -> list[str]:
    """Lines below their threshold, the longest first, with the plan; then what was asked and is open."""
    lines = [f"{_short(line.name)}, {told.period}: {_said(line)}{_since(told, line)}" for told, line in known.below]
    asked = []
    for period, each in known.in_words:
        due = f"answer due {each['due_on']:%-d %B %Y}"
        state = "answered, waits for you" if each["state"] == "answered" else due
        asked.append(f"Asked about {_short(each['line'])}, {period}: {state}")
    return lines + asked


def none_said(known: Known) -> str:
    """What stands there when no line is below and nothing is asked."""
    told = [each for each in known.parts if each.shown]
    if not told:
        return "No figures are known."
    if missing := [each.period for each in told if each.is_missing]:
        return f"No return received for {', '.join(missing)}: nothing is known of the lines."
    return f"No line is below its threshold in {', '.join(each.period for each in told)}."


def _said(line: KnownLine) -> str:
    """ "82 of 96, 85.4 %, threshold 90 %, 5 short": a line that stands here is below its threshold."""
    held = f"threshold {line.held}" if line.held else ""
    return ", ".join(part for part in (line.cell.counted, line.cell.shown, held, line.short) if part)


def _since(told: Told, line: KnownLine) -> str:
    """ ", 2 quarters running, planned 88.0 %, behind it"."""
    since = f", {running_said(line.below)} {told.rows[0]['timing']}s running" if line.below > 1 else ""
    return f"{since}, {line.plan_said}" if line.plan_said else since


def _short(text: str) -> str:
    return str(Truncator(text).chars(NAME))
