"""What the overview shows and what leaves it as a file: one choice of period, lines and providers for both."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Value
from django.http import Http404, HttpRequest

from accounts.acting import acting_with
from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Cell as Exported
from exports.table import Column, Kind
from providers.models import Arrangement
from training.forms.overview import FigureFilter
from training.measured import lines_in_force
from training.models import Line, LineSet, Period, Subject
from training.overview import MOST_LINES, LineRow, Reading, Row
from training.resolver.cells import Cell, CellKind
from training.resolver.keeping import beside
from training.words import held_to_said, state_said, threshold_said

SETS, SUBJECTS = "set", "subject"
Choice = tuple[str, str]


def periods_of(request: HttpRequest, *, only: Sequence[int] | None = None) -> list[Period]:
    """The periods of the commissioners that the person acts for, newest first. One statement."""
    mine = [each.pk for each in acting_with(request, Can.SEE_FIGURES)]
    chosen = mine if only is None else [pk for pk in mine if pk in only]
    rows = Period.objects.permitted(request.user, Can.SEE_FIGURES).collected().filter(commissioner__in=chosen)
    theirs = Arrangement.objects.filter(commissioner=OuterRef("commissioner"), part=Arrangement.Part.ASSOCIATE)
    then = theirs.filter(Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")), starts_on__lte=OuterRef("ends_on"))
    names = ArraySubquery(then.order_by("organisation__name").values("organisation__name"))
    return list(
        rows.annotate(led_by_others=names, stamp=beside())
        .select_related("commissioner")
        .order_by("-ends_on", "-timing", "commissioner__name")
    )


def reading_of(
    request: HttpRequest, *, on: date, reach: Reach | None = None, filters: bool = True
) -> tuple[Reading, FigureFilter] | None:
    """What this request's overview is about, and the form that says so; nothing where nothing was ever collected.

    Without ``filters`` the names of sets and subjects are not asked, and everything but the period is left alone.
    """
    only = None if reach is None else reach.commissioners([each.pk for each in acting_with(request, reach.can)])
    if not (periods := periods_of(request, only=only)):
        return None
    period = next((each for each in periods if each.reference == request.GET.get("period")), periods[0])
    lines = lines_in_force(period.commissioner, on=period.ends_on, timing=period.timing)
    choices = _choices(lines, _names(period) if filters else {})
    theirs = [each for each in periods if each.commissioner_id == period.commissioner_id]
    user: Any = request.user
    reading = Reading(
        user, period.commissioner, period, theirs, on, lines, (),
        can=Can.SEE_FIGURES if reach is None else reach.can,
        for_everybody=reach is not None and reach.only is not None,
        elsewhere=[each for each in periods if _is_beside(each, period)],
    )  # fmt: skip
    form = FigureFilter(
        request.GET or None, periods=periods, several=len({each.commissioner_id for each in periods}) > 1,
        lines=[(key, label) for key, label, _ in choices], categories=reading.categories,
    )  # fmt: skip
    form.initial["period"] = period.reference
    if not filters:
        return reading, form
    reading.category, reading.words = form.value("category") or "", form.value("q") or ""
    reading.below_only = bool(form.value("below"))
    chosen = form.value("lines") or (choices[0][0] if choices else "")
    form.initial["lines"] = chosen
    reading.columns = next((columns for key, _, columns in choices if key == chosen), ())
    return reading, form


def _is_beside(other: Period, period: Period) -> bool:
    """Is it the same quarter or month, of another commissioner?"""
    same = (other.timing, other.ends_on) == (period.timing, period.ends_on)
    return same and other.commissioner_id != period.commissioner_id


def line_of(reading: Reading, code: str) -> Line:
    """The line of that code in force in the period. Raises Http404."""
    found = next((line for line in reading.lines if line.code == code), None)
    if found is None:
        raise Http404
    return found


def _names(period: Period) -> dict[Choice, str]:
    """The names of the sets and subjects by kind and code; the commissioner's own come before the shipped ones."""
    rows = [
        model.objects.in_force(period.commissioner_id, period.ends_on)
        .order_by()
        .values_list(Value(kind), "code", "name", "commissioner")
        for model, kind in ((LineSet, SETS), (Subject, SUBJECTS))
    ]
    found: dict[Choice, str] = {}
    for kind, code, name, whose in rows[0].union(rows[1], all=True):
        if whose is not None or (kind, code) not in found:
            found[kind, code] = name
    return found


def _choices(lines: Sequence[Line], names: dict[Choice, str]) -> list[tuple[str, str, list[Line]]]:
    """What the matrix may show: each set, then each subject, in parts of so many lines as fit side by side."""
    found = []
    for kind, name in ((SETS, "set_code"), (SUBJECTS, "subject")):
        for code in dict.fromkeys(getattr(line, name) for line in lines):
            of = [line for line in lines if getattr(line, name) == code]
            if code:
                found += _parts(kind, code, names.get((kind, code), code), of)
    return found


def _parts(kind: str, code: str, name: str, lines: list[Line]) -> list[tuple[str, str, list[Line]]]:
    if len(lines) <= MOST_LINES:
        return [(f"{kind}:{code}", name, lines)]
    return [
        (
            f"{kind}:{code}:{start}",
            f"{name}, lines {start + 1} to {min(start + MOST_LINES, len(lines))} of {len(lines)}",
            lines[start : start + MOST_LINES],
        )
        for start in range(0, len(lines), MOST_LINES)
    ]


# --- Files -----------------------------------------------------------------------------------------------------


def _cell(place: int, read: Any) -> Any:
    def value(row: Row) -> Exported:
        found: Exported = read(row.cells[place])
        return found

    return value


def cell_columns(line: Line, place: int, *, before: str = "") -> list[Column]:
    """What a file says of a figure: what was counted, of how many, the value, the threshold and the state.

    Without a figure the state says why, and the rest is empty: nothing that is none can be added up.
    """

    def column(title: str, read: Any, kind: Kind = Kind.TEXT, width: int = 12) -> Column:
        return Column(f"{before}{title}", _cell(place, read), kind, width)

    reached = line.form == Line.Form.MILESTONE
    counted = column("counted", counted_of, Kind.TEXT if reached else Kind.NUMBER)
    if not line.has_denominator:
        return [
            counted,
            *([] if reached else [column("threshold", held_to_said)]),
            column("state", state_said, width=22),
        ]
    share = Kind.PERCENT if line.form == Line.Form.SHARE else Kind.TEXT
    return [
        counted,
        column("of", lambda cell: cell.d if cell.kind is CellKind.FIGURE else None, Kind.NUMBER),
        column("value", lambda cell: cell.shown, share),
        column("threshold", held_to_said),
        column("state", state_said, width=22),
    ]


def counted_of(cell: Cell) -> Exported:
    """The count; of a milestone whether it was reached; nothing where there is no figure."""
    if cell.kind is not CellKind.FIGURE:
        return None
    return cell.counted if cell.form == Line.Form.MILESTONE else cell.n


def matrix_columns(columns: Sequence[Line]) -> tuple[Column, ...]:
    """Provider and category, and for each line all of its cell."""
    found = [
        Column("Provider", lambda row: row.asked.name, width=40),
        Column("Category", lambda row: row.asked.category_name or "", width=28),
    ]
    for place, line in enumerate(columns):
        found += cell_columns(line, place, before=f"{line.short}: ")
    return tuple(found)


def matrix_rows(reading: Reading) -> list[Row]:
    """The rows of the table on the page: the commissioner's own staff first, then every provider."""
    found = reading.matrix(reading.rows)
    mine = [(asked._replace(name=f"{reading.commissioner}: {name}"), cells) for name, asked, cells in reading.own]
    return [*(Row(asked, cells) for asked, cells in mine), *found]


LINES = (
    Column("Line", lambda row: row.line.name, width=44),
    Column("Counted", lambda row: row.sum.n, Kind.NUMBER, 12),
    Column("Of", lambda row: row.sum.d if row.line.has_denominator else None, Kind.NUMBER, 12),
    Column("Value", lambda row: row.shown, Kind.PERCENT, 12),
    Column("Threshold", lambda row: threshold_said(row.sum), width=16),
    Column("State", lambda row: row.sum.state.words, width=22),
    Column("Short", lambda row: row.sum.short, Kind.NUMBER, 10),
    Column("Periods below", lambda row: row.below, Kind.NUMBER, 14),
    Column("Providers at threshold", lambda row: row.sum.met, Kind.NUMBER, 20),
    Column("Of providers", lambda row: row.sum.judged, Kind.NUMBER, 14),
    Column("Providers with figures", lambda row: row.sum.given, Kind.NUMBER, 20),
    Column("Providers asked", lambda row: row.asked, Kind.NUMBER, 16),
    Column("Missing", lambda row: "; ".join(each.name for each in row.missing), width=60),
    Column("Biggest contributor", lambda row: row.biggest, width=40),
)


NOTES = (
    "A missing return is left out; the figure of another period never stands in for it.",
    "No return received, no figure: asked for and not there, hatched on the page. Not asked: the line is not asked of "
    "that provider. N/a: nobody to measure.",
)


def notes_of(reading: Reading) -> tuple[str, ...]:
    """What a reader of the file has to know: who is missing, and that nothing stands in for them."""
    missing = "; ".join(reading.coverage.names) or "nobody"
    covered = (
        f"{reading.coverage.said}, {reading.period}, as at {reading.period.ends_on:%-d %B %Y}. Missing: {missing}."
    )
    return (covered, *NOTES)


def _shown(request: HttpRequest, reach: Reach, columns: Any, rows: Any) -> Shown:
    found = reading_of(request, on=reach.on, reach=reach)
    if found is None:
        return Shown((), [], FigureFilter(periods=(), several=False, lines=(), categories=()))
    reading, form = found
    said = () if form.value("period") else (("Period", str(reading.period)),)
    return Shown(
        columns(reading), rows(reading), form, whose=(str(reading.commissioner),), said=said, notes=notes_of(reading)
    )


def _matrix(request: HttpRequest, reach: Reach) -> Shown:
    return _shown(request, reach, lambda reading: matrix_columns(reading.columns), matrix_rows)


def _lines(request: HttpRequest, reach: Reach) -> Shown:
    def rows(reading: Reading) -> list[LineRow]:
        return reading.summary

    return _shown(request, reach, lambda reading: LINES, rows)


def register_overview_lists() -> None:
    """Called once at start."""
    register(
        Listing("figures", "Training and key indicators by provider", Can.SEE_FIGURES, "training:overview", _matrix),
        Listing("figure-lines", "Training and key indicators by line", Can.SEE_FIGURES, "training:overview", _lines),
    )
