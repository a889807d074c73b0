"""Who is writing now, where and when: known to the guard while a request runs, because forms know no request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

Handler = Callable[[HttpRequest], HttpResponse]


@dataclass
class Writing:
    """A request that may save something. ``by`` and ``about`` are set by views without a signed-in person."""

    request: HttpRequest | None
    at: datetime
    by: Any = None
    about: Any = None
    # What was asked of the database already: rules by commissioner, postcodes that are an organisation's.
    rules: dict[int | None, Any] = field(default_factory=dict)
    postcodes: dict[str, bool] = field(default_factory=dict)

    @property
    def takes_text(self) -> bool:
        """Nothing is saved by a look: filters and searches are not asked about."""
        return self.request is None or self.request.method == "POST"

    @property
    def route(self) -> str:
        """The name of the page."""
        match = self.request.resolver_match if self.request is not None else None
        return (match.view_name or "")[:100] if match is not None else ""

    @property
    def reference(self) -> str:
        """Of what the page is about, as its address has it."""
        match = self.request.resolver_match if self.request is not None else None
        return str(match.kwargs.get("reference", "")) if match is not None else ""


_now: ContextVar[Writing | None] = ContextVar("writing", default=None)


def writing() -> Writing:
    """The request that runs, or none when something is made by a command or a test."""
    return _now.get() or Writing(None, timezone.now())


@contextmanager
def written_by(request: HttpRequest | None) -> Iterator[Writing]:
    """Within the block the guard knows the request."""
    here = Writing(request, timezone.now())
    token = _now.set(here)
    try:
        yield here
    finally:
        _now.reset(token)


def by_holder(person: Any, about: Any) -> None:
    """Whoever writes by a link has no account: the view says for whom, and about what."""
    if (here := _now.get()) is not None:
        here.by, here.about = person, about


class WritingMiddleware:
    """Notes the request for as long as it runs."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the note."""
        with written_by(request):
            return self.get_response(request)
