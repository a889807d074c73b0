"""How sums and cells are said to people: the same words on the page, in files and on paper."""

from design.suppression import suppress_line
from training.arithmetic import State, goal
from training.models import Line
from training.resolver.cells import Cell, CellKind, in_unit
from training.resolver.sums import Sum
from training.resolver.trends import EIGHT

HIDDEN = "hidden (under five)"
MORE = f"{EIGHT} or more"
TONES = {State.MET: "good", State.NEAR: "partly", State.BELOW: "bad"}


def unit(form: str) -> str:
    """ "%" of a share, nothing of the others."""
    return "%" if form == Line.Form.SHARE else ""


def threshold_said(found: Sum) -> str:
    """ "90 %", or "85 to 90 %" where providers have thresholds of their own; empty where nobody has one."""
    if found.lowest is None or found.highest is None or found.form == Line.Form.MILESTONE:
        return ""
    low, high = goal(found.lowest), goal(found.highest, unit(found.form))
    return high if found.lowest == found.highest else f"{low} to {high}"


def held_to_said(cell: Cell) -> str:
    """ "90 %": the threshold of one cell in its unit; empty where there is none."""
    return "" if cell.threshold is None else goal(cell.threshold, unit(cell.form))


def running_said(run: int) -> str:
    """ "3"; "8 or more" where every period that is read was below, so that nobody takes eight for all there were."""
    return MORE if run >= EIGHT else str(run)


def short_said(found: Sum | Cell) -> str:
    """ "1 short", "4 too many"; empty where the threshold is met or there is none."""
    if not found.short:
        return ""
    return f"{found.short:,} short" if found.direction == Line.Direction.UP else f"{found.short:,} too many"


def sum_said(found: Sum) -> str:
    """ "1,799 of 2,000", "12", "3 of 5 reached it"."""
    if found.form in (Line.Form.SHARE, Line.Form.RATE):
        return found.share.counted
    if found.form == Line.Form.MILESTONE:
        return f"{found.n:,} of {found.measured:,} reached it"
    return f"{found.n:,}"


def value_said(found: Sum) -> str:
    """ "83.3 %", "n/a" where there is nobody; empty for a count."""
    if found.form not in (Line.Form.SHARE, Line.Form.RATE) or not found.given:
        return ""
    return in_unit(found.value, found.form)


def held_said(found: Sum) -> str:
    """ "32 of 41 providers at threshold"; empty where nobody can be judged."""
    if not found.judged:
        return ""
    return f"{found.met:,} of {found.judged:,} provider{'' if found.judged == 1 else 's'} at threshold"


def weight_said(found: Sum, name: str) -> str:
    """ "Northmere Trust, 62 % of them": who weighs most; empty where nobody does."""
    whole = found.d if found.form in (Line.Form.SHARE, Line.Form.RATE) else found.n
    if not name or found.biggest is None or not whole or not found.biggest.amount:
        return ""
    return f"{name}: {found.biggest.amount:,} of {whole:,}"


def state_said(cell: Cell) -> str:
    """How it stands, or why there is no figure."""
    return cell.kind.words or cell.state.words


def cell_said(cell: Cell) -> str:
    """Everything about a cell in words: what is seen by symbol and hatching is heard."""
    if cell.kind is not CellKind.FIGURE:
        return cell.kind.words
    parts = [cell.counted, cell.shown, "" if cell.state is State.NO_THRESHOLD else cell.state.words, short_said(cell)]
    return ", ".join(part for part in dict.fromkeys(parts) if part)


def public_said(found: Sum) -> tuple[str, str, str, str]:
    """Counted, value, threshold and what is missing, for everybody's eyes: fewer than five people are hidden.

    Both sides count: those who are, and those who are not. What would give a hidden number back is hidden with it.
    """
    threshold = threshold_said(found)
    if found.form == Line.Form.MILESTONE or not found.given:
        return sum_said(found), value_said(found), threshold, short_said(found)
    if found.form == Line.Form.COUNT:
        (shown,), _ = suppress_line([found.n])
        return HIDDEN if shown is None else f"{shown:,}", "", threshold, ""
    parts, whole = suppress_line([found.n, max(0, found.d - found.n)])
    if None in parts:
        return f"{HIDDEN} of {whole:,}" if whole is not None else HIDDEN, "hidden", threshold, ""
    return sum_said(found), value_said(found), threshold, short_said(found)


def paper_said(cell: Cell) -> str:
    """A cell in a narrow column: counted, value, and "below" or "near" where it is short."""
    if cell.kind is not CellKind.FIGURE:
        return cell.kind.words
    parts = [cell.counted, cell.shown, cell.state.value if cell.state.is_short else ""]
    return ", ".join(part for part in parts if part)
