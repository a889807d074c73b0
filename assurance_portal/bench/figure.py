"""One line of the measurement: what it is called, our value, the floor under it, and the unit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A value of ours, and the floor it is compared with where there is one. ``target`` says what is aimed at."""

    name: str
    ours: float
    unit: str
    floor: float | None = None
    target: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over the floor."""
        return self.ours / self.floor if self.floor else None

    def line(self) -> str:
        """As one line of JSON."""
        said: dict[str, Any] = {
            "name": self.name,
            "ours": _short(self.ours),
            "floor": _short(self.floor),
            "ratio": _short(self.ratio),
            "unit": self.unit,
        }
        return json.dumps(said | ({"target": self.target} if self.target else {}))


def machine_line(about: Mapping[str, Any]) -> str:
    """The first line: interpreter, versions, data and machine."""
    return json.dumps({"name": "machine", **about})


def _short(value: float | None) -> float | int | None:
    """Four digits that count."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(f"{value:.4g}")
