"""One figure of a report, and what a fact has to have so that figures can be computed from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class FactLike(Protocol):
    """A frozen row, or a fact that is about to be one."""

    @property
    def kind(self) -> str:
        """What sort of fact."""

    @property
    def label(self) -> str:
        """Its name in a list."""

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Everything else that is known."""


@dataclass(frozen=True)
class Figure:
    """``n`` of ``d`` facts; without ``d`` a plain count. ``filter`` finds what was counted."""

    key: str
    label: str
    n: int
    d: int | None
    value: dict[str, Any]
    filter: dict[str, Any]
