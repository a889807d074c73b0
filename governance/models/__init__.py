"""What the board sees."""

from governance.models.reports import (
    AnnualReport,
    ReportDownload,
    ReportFact,
    ReportFigure,
    ReportFile,
    ReportNarrative,
)

__all__ = ["AnnualReport", "ReportDownload", "ReportFact", "ReportFigure", "ReportFile", "ReportNarrative"]
