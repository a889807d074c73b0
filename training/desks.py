"""Who writes figures: the provider's own people, or the commissioner's for what arrived another way and for its own.

Both use the same pages; a desk knows its addresses and refuses when it is the other one's turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from training.models import FigureReturn, IllegalMove

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Desk:
    """Who writes. ``prefix`` names its routes, ``can`` guards them."""

    prefix: str
    can: Can
    for_provider: bool

    def url(self, name: str, figure_return: FigureReturn, **more: str) -> str:
        """The address of one of this desk's pages about the return."""
        return reverse(f"training:{self.prefix}-{name}", kwargs={"reference": figure_return.reference, **more})

    def refuse(self, figure_return: FigureReturn) -> None:
        """When the return cannot be written in, or the other desk is writing."""
        if not figure_return.is_editable:
            raise IllegalMove(
                f"These figures are “{figure_return.get_state_display()}”, so they can no longer be changed."
            )
        if self.for_provider and figure_return.entering:
            raise IllegalMove(
                f"{figure_return.commissioner} is entering what your organisation sent. "
                "You will get a copy, and time to correct it."
            )
        if not self.for_provider and not figure_return.entering:
            raise IllegalMove(
                "The provider writes these figures itself. Nobody else reads or changes them before then."
            )


PROVIDER = Desk("return", Can.FILL_FIGURES, for_provider=True)
COMMISSIONER = Desk("entry", Can.RECORD_RECEIVED, for_provider=False)


def at_desk(
    desk: Desk, view: View, *, methods: tuple[str, ...] = ("GET", "POST"), there: Callable[..., object] | None = None
) -> View:
    """The view behind the desk's door, handed the desk. ``there`` answers 404 for a part that is not of the return."""

    @wraps(view)
    def seated(request: SignedInRequest, figure_return: FigureReturn, **more: Any) -> HttpResponse:
        if there is not None:
            there(figure_return, desk, **more)
        desk.refuse(figure_return)
        return view(request, figure_return, desk, **more)

    return door(desk.can, of=FigureReturn, methods=methods)(seated)


def both_desks(address: str, view: View, name: str, **guard: Any) -> list[URLPattern]:
    """The route of the provider's own desk and that of the commissioner's; ``guard`` as for ``at_desk``."""
    return [
        path(
            f"figures/returns/<str:reference>/{'' if desk.for_provider else 'enter/'}{address}",
            at_desk(desk, view, **guard),
            name=f"{desk.prefix}-{name}",
        )
        for desk in (PROVIDER, COMMISSIONER)
    ]
