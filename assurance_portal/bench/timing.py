"""Timing: contenders take turns in one run, so that a machine that speeds up or slows down favours nobody."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection

Contender = Callable[[], object]
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO", "SET ")


def alternate(contenders: Mapping[str, Contender], *, rounds: int, warm: int = 3) -> dict[str, float]:
    """The median seconds of each; in every round each runs once. ``warm`` rounds before are not counted."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(warm + rounds):
        for name, run in contenders.items():
            seconds = seconds_of(run)
            if number >= warm:
                taken[name].append(seconds)
    return {name: median(each) for name, each in taken.items()}


def seconds_of(run: Contender) -> float:
    """How long one call takes."""
    began = perf_counter()
    run()
    return perf_counter() - began


@dataclass
class Statements:
    """The statements of a request, except savepoints and settings."""

    said: list[str] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note one statement and pass it on."""
        if not sql.lstrip().upper().startswith(NOT_COUNTED):
            self.said.append(sql)
        return execute(sql, params, many, context)

    def __len__(self) -> int:
        return len(self.said)


@contextmanager
def counting() -> Iterator[Statements]:
    """Count what the default connection is asked meanwhile."""
    statements = Statements()
    with connection.execute_wrapper(statements):
        yield statements
