"""Receives uploads to disk, and stops keeping one as soon as it is larger than the portal takes.

The rest of the request is still read, so that what was typed beside the file is not lost. The view asks
``refused_upload(request)`` and shows the answer at the file's box.
"""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from evidence.refusals import NotAccepted, no_room, too_large

# Beyond so many times the limit the rest is not even read: nobody does that by mistake.
HOPELESS = 20


class QuotaHandler(TemporaryFileUploadHandler):
    """Counts the bytes of the request's files; beyond the limit, or when the disk is full, keeps none."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0
        self.announced = 0

    def handle_raw_input(self, input_data: Any, meta: Any, content_length: int, *rest: Any) -> None:
        """Remember how much the browser says it will send."""
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Make the temporary file, if there is room for one."""
        try:
            super().new_file(*args, **kwargs)
        except OSError:
            self._refuse("upload_without_room")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the bytes, or skip the file."""
        self.received += len(raw_data)
        if self.received > settings.EVIDENCE_MAX_BYTES:
            self._refuse("upload_too_large")
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            self._refuse("upload_without_room")

    def _refuse(self, why: str) -> None:
        if self.request is not None:
            setattr(self.request, why, True)
        if self.announced > HOPELESS * settings.EVIDENCE_MAX_BYTES:
            raise StopUpload(connection_reset=True)
        raise SkipFile


def refused_upload(request: HttpRequest) -> NotAccepted | None:
    """Why a file of this request was not kept while it streamed in, or None."""
    _ = request.FILES
    if getattr(request, "upload_too_large", False):
        return too_large()
    return no_room() if getattr(request, "upload_without_room", False) else None
