"""The one resolver: what figures come to. Screens, files, papers and the profile ask here and compute nothing.

Everything is read from ``Figure`` as it was submitted, as known now or at a moment, and only of what the reader may
see. A missing return is left out of the sum and named; the figure of another period never stands in for it. Sums are
of those counted over the sum of all; how a value stands to its threshold is said by ``training.arithmetic`` alone.
"""

from training.resolver.cells import Cell, CellKind, cell_of, cells_of, last_known
from training.resolver.cover import Coverage, coverage
from training.resolver.sums import Biggest, Sum, figures, sums

__all__ = [
    "Biggest",
    "Cell",
    "CellKind",
    "Coverage",
    "Sum",
    "cell_of",
    "cells_of",
    "coverage",
    "figures",
    "last_known",
    "sums",
]
