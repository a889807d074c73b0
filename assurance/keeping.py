"""Keeps what was drawn until something changes that it was made of (decision 19).

Each web process keeps its own few pages, packed. A page is kept for one reader, one day and one question; who may
see what is among the things that are watched.
"""

from collections.abc import Callable, Hashable
from zlib import compress, decompress

from django.utils.safestring import SafeString

from assurance.models import FiguresChange
from design.kept import Kept

_pages: Kept[bytes] = Kept(64)


def kept(question: Hashable, draw: Callable[[], str]) -> SafeString:
    """What ``draw`` gave when it was last asked the same, if nothing has changed since; otherwise it is asked.

    ``question`` holds everything that the answer depends on beside the watched tables: who asks, the day, and what
    was asked for. The stamp is read first, so that what is kept is never older than its stamp.
    """
    stamp = FiguresChange.objects.stamp()
    if stamp is None:
        return SafeString(draw())
    key = (question, stamp)
    page = _pages.get(key)
    if page is not None:
        return SafeString(decompress(page).decode())
    drawn = draw()
    _pages.put(key, compress(drawn.encode(), 1))
    return SafeString(drawn)


def forget() -> None:
    """Keep nothing: for a measurement of what drawing costs."""
    _pages.clear()
