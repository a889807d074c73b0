"""What is asked of providers: versions, criteria, grades and the law behind them."""

from framework.models.criteria import Citation, Criterion, CriterionVersion, Reference, Wording
from framework.models.grading import Grade, GradingScheme
from framework.models.retests import Retest
from framework.models.versions import Framework, FrameworkVersion, Standard
from framework.models.workbooks import DraftWorkbook

__all__ = [
    "Citation",
    "Criterion",
    "CriterionVersion",
    "DraftWorkbook",
    "Framework",
    "FrameworkVersion",
    "Grade",
    "GradingScheme",
    "Reference",
    "Retest",
    "Standard",
    "Wording",
]
