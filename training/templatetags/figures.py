"""Draws figures: a cell of the matrix with its counts, its value, its symbol and all of it in words."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from design.components import tag_markup
from design.markup import markup
from training.arithmetic import State
from training.models import Line, Period
from training.overview import Asked, LineRow, Row
from training.resolver.cells import Cell, CellKind
from training.resolver.sums import Sum
from training.words import (
    TONES,
    cell_said,
    held_to_said,
    paper_said,
    public_said,
    running_said,
    short_said,
    state_said,
    sum_said,
    threshold_said,
    value_said,
    weight_said,
)

register = template.Library()
LETTERS = {CellKind.NOTHING: "ND", CellKind.NOT_APPLICABLE: "–", CellKind.NO_RETURN: "NR", CellKind.NO_FIGURE: "NF",
           CellKind.NOT_ASKED: "·"}  # fmt: skip
FIGURE = (
    '<td><a class="portal-cell portal-cell--{}" href="{}{}/{}/"><span class="portal-cell__n">{}</span>'
    '<span class="portal-cell__v">{}{}</span><span class="nhsuk-u-visually-hidden">{}</span></a></td>'
)
GAP = '<td><a class="portal-cell portal-cell--{}" href="{}{}/{}/"><span aria-hidden="true">{}</span><span class="nhsuk-u-visually-hidden">{}</span></a></td>'  # noqa: E501
PLAIN = (
    '<td><span class="portal-cell portal-cell--{}"><span class="portal-cell__n">{}</span>'
    '<span class="portal-cell__v">{}{}</span><span class="nhsuk-u-visually-hidden">{}</span></span></td>'
)
PLAIN_GAP = '<td><span class="portal-cell portal-cell--{}"><span aria-hidden="true">{}</span><span class="nhsuk-u-visually-hidden">{}</span></span></td>'  # noqa: E501
LINE = (
    '<tr><th scope="row"><a href="{}{}/{}">{}</a></th><td class="portal-number">{}</td>'
    '<td class="portal-number">{}</td><td class="portal-number">{}</td><td>{}</td><td class="portal-number">{}</td>'
    '<td class="portal-number">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>'
)
EMPTY = SafeString(
    '<td><span class="portal-cell portal-cell--unasked"><span aria-hidden="true">·</span>'
    '<span class="nhsuk-u-visually-hidden">not asked</span></span></td>'
)


@register.simple_tag
def figure_row(row: Row, profiles: bool = True) -> SafeString:
    """A provider's row: its name, then its cells, each leading to the returns behind it.

    ``profiles``: the name leads to the provider's profile, for those who may read profiles.
    """
    if not profiles:
        name = markup('<tr><th scope="row">{}</th>', row.asked.name)
        return SafeString(name + figure_cells(row.asked, row.cells) + "</tr>")
    profile = f"{_base('oversight:profile', 'X')}{row.asked.organisation_reference}/"
    name = markup('<tr><th scope="row"><a href="{}">{}</a></th>', profile, row.asked.name)
    return SafeString(name + figure_cells(row.asked, row.cells) + "</tr>")


@register.simple_tag
def line_row(row: LineRow, query: str = "") -> SafeString:
    """A line of the summary, with everything that is said of it; each stands there twice, so it is drawn in one go."""
    found = row.sum
    given = [f"{found.given} of {row.asked}"]
    given += [f"{found.nothing} nothing to declare"] if found.nothing else []
    given += [f"{found.not_applicable} does not apply"] if found.not_applicable else []
    given += [f"{found.nobody} n/a"] if found.nobody else []
    return markup(
        LINE, _base("training:line", "x"), row.line.code, query, row.line.name, sum_said(found), row.shown,
        threshold_said(found), SafeString(state_tag(found)), short_said(found),
        running_said(row.below) if row.below else "", f"{found.met} of {found.judged}" if found.judged else "",
        "; ".join(given), weight_said(found, row.biggest),
    )  # fmt: skip


@register.simple_tag
def line_heads(lines: Sequence[Line], query: str = "") -> SafeString:
    """The heads of the matrix, each leading to its line."""
    base = _base("training:line", "x")
    head = '<th scope="col"><a href="{}{}/{}" title="{}">{}</a></th>'
    return SafeString("".join(markup(head, base, each.code, query, each.name, each.short) for each in lines))


@register.simple_tag
def figure_cells(asked: Asked, cells: Sequence[Cell]) -> SafeString:
    """The cells of one return. Drawn in one go: a page has a thousand of them."""
    base = SafeString(_base("training:line", "x"))
    reference = SafeString(asked.reference)
    return SafeString("".join([_cell(cell, base, reference) for cell in cells]))


def _cell(cell: Cell, base: SafeString, reference: SafeString) -> str:
    """Nothing here was typed by anybody: numbers, words of ours, a line's code and a return's reference."""
    code = SafeString(cell.code)
    if cell.kind is CellKind.FIGURE:
        state = cell.state
        return markup(
            FIGURE, SafeString(state), base, code, reference, SafeString(cell.counted), SafeString(cell.shown),
            _shape(state), _heard(state),
        )  # fmt: skip
    if cell.kind is CellKind.NOT_ASKED:
        return EMPTY
    look = "missing" if cell.kind.is_missing else "apart"
    return markup(
        GAP, SafeString(look), base, code, reference, SafeString(LETTERS[cell.kind]), SafeString(cell.kind.words)
    )  # fmt: skip


@cache
def _heard(state: State) -> SafeString:
    """What the shape says aloud; nothing where there is none to say."""
    return SafeString("" if state is State.NO_THRESHOLD else state.words)


@cache
def _base(route: str, stand_in: str) -> str:
    """The address of a route up to its last part; templates hold thousands of them."""
    return reverse(route, args=[stand_in]).removesuffix(f"{stand_in}/")


@cache
def _shape(state: State) -> SafeString:
    tone = TONES.get(state)
    return SafeString(render_to_string("components/shape.html", {"tone": tone}).strip() if tone else "")


@register.simple_tag
def state_tag(found: Sum | Cell) -> str:
    """How it stands, as a tag in words and tone."""
    words = state_said(found) if isinstance(found, Cell) else found.state.words
    return tag_markup(words, TONES.get(found.state, "quiet"))


@register.filter
def counted_in_words(found: Sum) -> str:
    """ "1,799 of 2,000"."""
    return sum_said(found)


@register.filter
def threshold_in_words(found: Sum) -> str:
    """ "90 %"."""
    return threshold_said(found)


@register.filter
def short_in_words(found: Any) -> str:
    """ "1 short"."""
    return short_said(found)


@register.filter
def running_in_words(run: int) -> str:
    """ "3", "8 or more"."""
    return running_said(run)


@register.filter
def period_label(row: Mapping[str, Any]) -> str:
    """ "Q1 2017/18" or "April 2017" of a row with the ``timing`` and ``ends_on`` of a period."""
    return Period(timing=row["timing"], ends_on=row["ends_on"]).label


@register.filter
def weight_in_words(row: LineRow) -> str:
    """ "Northmere Trust: 1,240 of 2,000"."""
    return weight_said(row.sum, row.biggest)


@register.filter
def in_words(cell: Cell) -> str:
    """All of a cell."""
    return cell_said(cell)


@register.simple_tag
def public_sum(found: Sum) -> SafeString:
    """Four cells of a public table."""
    return SafeString("".join(markup("<td>{}</td>", each) for each in public_said(found)))


@register.filter
def value_in_words(found: Sum) -> str:
    """ "83.3 %"."""
    return value_said(found)


@register.filter
def held_in_words(cell: Cell) -> str:
    """The threshold of one cell, in its unit."""
    return held_to_said(cell)


@register.simple_tag
def plain_cell(cell: Cell) -> SafeString:
    """A cell that leads nowhere: of a provider's own table."""
    if cell.kind is CellKind.FIGURE:
        return markup(PLAIN, cell.state.value, cell.counted, cell.shown, _shape(cell.state), _heard(cell.state))
    look = "missing" if cell.kind.is_missing else "apart"
    return markup(PLAIN_GAP, look, LETTERS.get(cell.kind, ""), cell.kind.words)


@register.simple_tag
def sum_cell(found: Sum) -> SafeString:
    """A sum in a table: counted, value and state."""
    if not found.given:
        return markup(PLAIN_GAP, "missing", "NF", "no figure")
    state = found.state
    return markup(PLAIN, state.value, sum_said(found), value_said(found), _shape(state), _heard(state))


@register.filter
def on_paper(cell: Cell) -> str:
    """A cell of a printed table."""
    return paper_said(cell)
