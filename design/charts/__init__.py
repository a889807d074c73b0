"""Charts as SVG: plain figures in, a picture with its words and its data table out.

Knows no domain word. Each kind of chart is one function that takes frozen dataclasses and returns a `Chart`; the
markup is in templates/charts. Every chart can be read in black and white and without seeing it: fills differ by
pattern, figures stand beside the marks, `title` and `description` say the same in words, and `table` holds every
figure. To add a kind: a module that lays out shapes and calls `draw`.
"""

from design.charts.ageing import Bucket, ageing_bars
from design.charts.bars import Bar, Threshold, bar_chart
from design.charts.cells import Cell, MatrixRow, StripCell, matrix, state_strip
from design.charts.fills import Fill
from design.charts.lines import Series, line_chart, sparkline
from design.charts.scene import Chart, Table
from design.charts.stacks import Segment, Stack, stacked_bars
from design.charts.tree import Branch, tree

__all__ = [
    "Bar",
    "Branch",
    "Bucket",
    "Cell",
    "Chart",
    "Fill",
    "MatrixRow",
    "Segment",
    "Series",
    "Stack",
    "StripCell",
    "Table",
    "Threshold",
    "ageing_bars",
    "bar_chart",
    "line_chart",
    "matrix",
    "sparkline",
    "stacked_bars",
    "state_strip",
    "tree",
]
