"""Stops an upload while it streams in, as soon as it is larger than the portal takes."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class QuotaHandler(FileUploadHandler):
    """Counts the bytes of the request's files; beyond the limit the rest is not read.

    The view finds ``request.upload_too_large`` and answers 413 with what to do.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on, or stop."""
        self.received += len(raw_data)
        if self.received > settings.EVIDENCE_MAX_BYTES:
            if self.request is not None:
                self.request.upload_too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler keeps the file."""
        return None
