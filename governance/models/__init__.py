"""What the board sees."""

from governance.models.parts import ReportDownload, ReportFact, ReportFigure, ReportFile, ReportNarrative
from governance.models.reports import AnnualReport
from governance.models.yearbooks import YearBook

__all__ = ["AnnualReport", "ReportDownload", "ReportFact", "ReportFigure", "ReportFile", "ReportNarrative", "YearBook"]
