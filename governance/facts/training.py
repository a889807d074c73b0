"""Facts about training and key indicators: the last quarter whose figures were known at the cut-off, and its year.

One fact for each line (what it comes to over all providers, quarter by quarter), one for each provider that was asked
(its number of each line), one for the commissioner's own staff and one for the Governing Body. Everything is read
through the resolver as it was known at the end of the cut-off day; what is for named people only is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q

from assurance.standing import end_of
from design.calendar import FinancialYear
from design.suppression import suppress_line
from governance.facts.fact import TRAINING, TRAINING_LINE, TRAINING_OWN, Fact
from providers.models import Organisation
from training.measured import groups, lines_in_force
from training.models import Figure, FigureReturn, Line, Period
from training.overview import GOVERNING_BODY
from training.resolver.cells import FIELDS, Cell, CellKind, cell_of
from training.resolver.sums import Sum, none_of, standing, sums
from training.resolver.trends import slots_of, starts_to
from training.words import cell_said, held_said, public_said, threshold_said

FOUR = 4


def training_facts(commissioner: Organisation, cut_off: date) -> Iterator[Fact]:
    """Nothing where no quarter's figures were known. Seven statements."""
    end = end_of(cut_off)
    open_to_all = Figure.objects.filter(figure_return__circle=None)
    known = standing(open_to_all, commissioner.pk, at=end)
    period = _last(known, commissioner, cut_off)
    if period is None:
        return
    lines = lines_in_force(commissioner, on=period.ends_on, timing=Line.Timing.QUARTER)
    starts = [each for each in starts_to(period, FOUR) if FinancialYear.of(each) == period.year]
    quarters = Period.objects.filter(commissioner=commissioner, timing=period.timing, starts_on__in=starts)
    over = slots_of(starts, period.timing, quarters)
    found = sums(known.filter(period__in=over.pks), lines, "period")
    reasons = _reasons(open_to_all.known(at=end).exclude(organisation=commissioner), period, lines)
    for line in lines:
        whole = [found.get((line.code, each.pk)) or none_of(line) if each else none_of(line) for each in over.periods]
        if whole[-1].given:
            yield _line(line, period, over.labels, whole, reasons.get(line.code, []))
    yield from _providers(commissioner, period, lines, known, cut_off)
    yield from _own(commissioner, period, lines, open_to_all.known(at=end))


def _last(known: Any, commissioner: Organisation, cut_off: date) -> Period | None:
    """The newest quarter that had ended, and of which anything was known."""
    ended = Period.objects.quarters().filter(commissioner=commissioner, ends_on__lte=cut_off)
    return ended.filter(pk__in=known.order_by().values("period")).order_by("-ends_on").first()


def _line(
    line: Line, period: Period, labels: Sequence[str], whole: Sequence[Sum], reasons: list[tuple[str, int]]
) -> Fact:
    """What a line comes to, as everybody may read it: fewer than five people are hidden before it is frozen."""
    now = whole[-1]
    counted, value, threshold, short = public_said(now)
    shown, _ = suppress_line([n for _, n in reasons])
    told = {
        "code": line.code, "form": line.form, "family": line.family, "numerator": line.numerator,
        "denominator": line.denominator, "period": period.label, "as_at": period.ends_on.isoformat(),
        "counted": counted, "value": value, "threshold": threshold, "short": short, "state": now.state.value,
        "words": now.state.words, "held": held_said(now), "hidden": counted.startswith("hidden"),
        "quarters": [_quarter(label, each) for label, each in zip(labels, whole, strict=True)],
        "reasons": [[name, n] for (name, _), n in zip(reasons, shown, strict=True)],
        "late": None if counted.startswith("hidden") or not line.reasons else [now.d - now.n, now.d],
    }  # fmt: skip
    return Fact(TRAINING_LINE, line.name, told)


def _quarter(label: str, found: Sum) -> dict[str, Any]:
    """One quarter of a picture: nothing where nothing was known, or where few people are behind it."""
    counted, value, *_ = public_said(found)
    drawn = bool(found.given) and found.value is not None and not counted.startswith("hidden")
    return {
        "label": label,
        "value": float(found.value) if drawn and found.value is not None else None,
        "said": f"{counted}, {value}".removesuffix(", ") if found.given else "no figure",
        "threshold": float(found.threshold) if found.threshold is not None else None,
        "threshold_said": threshold_said(found),
    }


def _reasons(known: Any, period: Period, lines: Sequence[Line]) -> dict[str, list[tuple[str, int]]]:
    """Why some were not in time, by line, the most first; everybody together."""
    wanted = {line.code: line.reasons for line in lines if line.reasons}
    rows = known.filter(kind=Figure.Kind.REASON, period=period, code__in=list(wanted), numerator__gt=0)
    names = groups(period.commissioner_id, on=period.ends_on) if wanted else {}
    named = {(grouping, each.code): each.name for grouping, held in names.items() for each in held}
    found: dict[str, dict[str, int]] = {}
    for code, group, n in rows.order_by().values_list("code", "group", "numerator"):
        name = named.get((wanted[code], group), group)
        of_line = found.setdefault(code, {})
        of_line[name] = of_line.get(name, 0) + n
    return {code: sorted(each.items(), key=lambda pair: (-pair[1], pair[0])) for code, each in found.items()}


def _providers(
    commissioner: Organisation, period: Period, lines: Sequence[Line], known: Any, cut_off: date
) -> Iterator[Fact]:
    """Each provider that was asked, by name: its number of each line, or that nothing was received."""
    end, by_code = end_of(cut_off), {line.code: line for line in lines}
    cells: dict[int, dict[str, Any]] = {}
    for figure_return, *row in (
        known.filter(period=period, code__in=list(by_code)).order_by().values_list("figure_return_id", *FIELDS)
    ):
        cells.setdefault(figure_return, {})[row[0]] = _told(cell_of(by_code[row[0]], row))
    asked: Any = FigureReturn.objects.filter(period=period, circle=None, issued_at__lt=end).exclude(
        organisation=F("commissioner")
    )
    asked = asked.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=end)).order_by("organisation__name", "pk")
    columns = ("pk", "organisation__name", "organisation__reference", "first_submitted_at")
    for pk, name, reference, came in asked.values_list(*columns):
        received = came is not None and came < end
        yield Fact(TRAINING, name, {"reference": reference, "received": received, "lines": cells.get(pk, {})})


def _own(commissioner: Organisation, period: Period, lines: Sequence[Line], known: Any) -> Iterator[Fact]:
    """The commissioner's own people, and the Governing Body among them."""
    by_code = {line.code: line for line in lines}
    rows = known.filter(organisation=commissioner, period=period, code__in=list(by_code))
    names = {"": "Own staff", GOVERNING_BODY: "Of whom Governing Body members"}
    found: dict[str, dict[str, Cell]] = {}
    for group, *row in rows.filter(group__in=list(names)).order_by("group").values_list("group", *FIELDS):
        found.setdefault(group, {})[row[0]] = cell_of(by_code[row[0]], row)
    for group, cells in sorted(found.items()):
        told = [{"line": by_code[code].name, **_told(cells[code])} for code in by_code if code in cells]
        yield Fact(TRAINING_OWN, names[group], {"lines": told})


def _told(cell: Cell) -> Mapping[str, Any]:
    """A cell as it is frozen; the numbers are added up, the words are what is read."""
    told = {"state": cell.state.value, "words": _public(cell)}
    return {**told, "n": cell.n, "d": cell.d} if cell.kind is CellKind.FIGURE else told


def _public(cell: Cell) -> str:
    """The words of a cell without few people."""
    if cell.kind is not CellKind.FIGURE or cell.d is None:
        return cell_said(cell)
    shown, _ = suppress_line([cell.n or 0, max(0, cell.d - (cell.n or 0))])
    return cell.state.words if None in shown else cell_said(cell)
