"""Hands out a finished paper so that it is saved and never run in the portal's own page, and notes who took it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse

from design.downloads import disposition, sealed
from governance import files
from governance.models import AnnualReport, ReportDownload, ReportFile
from governance.models.reports import NotReady

if TYPE_CHECKING:
    from accounts.models import User


def paper(report: AnnualReport, *, by: "User", at: datetime, log: bool) -> HttpResponse:
    """The PDF with its headers, and one row in the reading log; NotReady (409) when there is none yet."""
    file = report.files.filter(kind=ReportFile.Kind.PDF, current=True).first()
    if file is None:
        raise NotReady("The paper of this report has not been built yet.")
    response = HttpResponse(files.read(file.sha256), content_type="application/pdf")
    if log:
        ReportDownload.objects.create(file=file, by=by, at=at)
    response.headers["Content-Disposition"] = disposition(report.file_name)
    return sealed(response)
