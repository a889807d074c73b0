"""Training compliance and key indicators: what is measured, when, and what was submitted."""

from training.models.asked import AskedLine, Cell, Explanation, HostCount
from training.models.groups import Group, Grouping, StaffSplit
from training.models.lines import Line, LineSet, Subject, Threshold
from training.models.links import FigureLink
from training.models.mappings import StaffListMapping
from training.models.periods import Period, PeriodMoved, days_of
from training.models.policy import CollectingRule
from training.models.queries import FigureQuery
from training.models.returns import FigureReturn, IllegalMove
from training.models.submissions import Figure, FigureEntry, FigureSubmission, Signature
from training.models.trajectories import Trajectory, TrajectoryPoint
from training.models.workbooks import FigureWorkbook

__all__ = [
    "AskedLine",
    "Cell",
    "CollectingRule",
    "Explanation",
    "Figure",
    "FigureEntry",
    "FigureLink",
    "FigureQuery",
    "FigureReturn",
    "FigureSubmission",
    "FigureWorkbook",
    "Group",
    "Grouping",
    "HostCount",
    "IllegalMove",
    "Line",
    "LineSet",
    "Period",
    "PeriodMoved",
    "Signature",
    "StaffListMapping",
    "StaffSplit",
    "Subject",
    "Threshold",
    "Trajectory",
    "TrajectoryPoint",
    "days_of",
]
