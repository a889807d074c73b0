"""Serves a stored file so that a browser saves it and never runs it: our type, our name, a sandbox, no storing."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import FileResponse

from design.downloads import disposition, sealed
from evidence.models import EvidenceVersion, NotOpen
from evidence.storage import path_of

if TYPE_CHECKING:
    from accounts.models import User


def attachment(version: EvidenceVersion, *, by: "User", at: datetime, log: bool) -> FileResponse:
    """The bytes with their headers, and one row in the reading log; NotOpen (409) says why not."""
    if version.why_closed:
        raise NotOpen(version.why_closed)
    try:
        content = path_of(version.storage_name).open("rb")
    except OSError as problem:
        raise NotOpen(
            "The file cannot be read from the portal’s storage at the moment. Tell your contact at the commissioner."
        ) from problem
    if log:
        version.open_for(by, at=at)
    response = FileResponse(content, content_type=version.media_type)
    response.headers["Content-Disposition"] = disposition(version.file_name)
    return sealed(response)
