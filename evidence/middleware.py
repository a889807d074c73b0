"""A request that stored a file and was then rolled back leaves no file behind."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from evidence import storage
from evidence.models import EvidenceVersion

Handler = Callable[[HttpRequest], HttpResponse]


class StoredFilesMiddleware:
    """After the request, removes every file that it stored and that no row speaks of."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One query, and only after a request that stored something."""
        with storage.noting_what_is_stored() as stored:
            response = self.get_response(request)
        if stored:
            known = set(EvidenceVersion.objects.filter(storage_name__in=stored).values_list("storage_name", flat=True))
            for name in set(stored) - known:
                storage.discard(storage.path_of(name))
        return response
