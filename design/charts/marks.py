"""A shape as SVG. Written by functions and not in the template, because a page of charts has hundreds of shapes."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from design.markup import markup

if TYPE_CHECKING:
    from design.charts.scene import Shape

NOTHING = SafeString("")
BOLD = SafeString(' font-weight="600"')
BROKEN = SafeString(' stroke-dasharray="3 2"')


def mark_of(shape: "Shape", chart: str) -> SafeString:
    """The element of one shape. ``chart`` is the id of the whole, which the names of its patterns begin with."""
    return MARKS[shape.kind](shape, chart)


def _rect(shape: "Shape", chart: str) -> SafeString:
    fill = shape.fill
    if fill is None:
        raise ValueError("A rectangle needs a fill")
    colour = f"url(#{chart}-{fill.pattern})" if fill.pattern else fill.colour
    return markup(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}"{}/>',
        *shape.at, colour, fill.outline, BROKEN if fill.dashed else NOTHING,
    )  # fmt: skip


def _words(shape: "Shape", chart: str) -> SafeString:
    anchor = markup(' text-anchor="{}"', shape.anchor) if shape.anchor != "start" else NOTHING
    return markup(
        '<text x="{}" y="{}" font-size="{}" fill="{}"{}{}>{}</text>',
        *shape.at, shape.size, shape.colour, anchor, BOLD if shape.bold else NOTHING, shape.text,
    )  # fmt: skip


def _upright(shape: "Shape", chart: str) -> SafeString:
    return markup(
        '<text x="{0}" y="{1}" font-size="{2}" fill="{3}" transform="rotate(-90 {0} {1})">{4}</text>',
        *shape.at, shape.size, shape.colour, shape.text,
    )  # fmt: skip


def _paper(shape: "Shape", chart: str) -> SafeString:
    return markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="#ffffff"/>', *shape.at)


def _rule(shape: "Shape", chart: str) -> SafeString:
    return markup(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"{}/>',
        *shape.at, shape.colour, shape.width, _dashes(shape),
    )  # fmt: skip


def _trace(shape: "Shape", chart: str) -> SafeString:
    return markup(
        '<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round"{}/>',
        shape.at[0], shape.colour, shape.width, _dashes(shape),
    )  # fmt: skip


def _mark(shape: "Shape", chart: str) -> SafeString:
    return markup('<polygon points="{}" fill="{}"/>', shape.at[0], shape.colour)


def _hollow(shape: "Shape", chart: str) -> SafeString:
    return markup('<polygon points="{}" fill="#ffffff" stroke="{}" stroke-width="2"/>', shape.at[0], shape.colour)


def _dashes(shape: "Shape") -> SafeString:
    return markup(' stroke-dasharray="{}"', shape.dash) if shape.dash else NOTHING


MARKS: Mapping[str, Callable[["Shape", str], SafeString]] = {
    "rect": _rect, "words": _words, "upright": _upright, "paper": _paper, "rule": _rule, "trace": _trace,
    "mark": _mark, "hollow": _hollow,
}  # fmt: skip
