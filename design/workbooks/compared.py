"""What becomes of one row of an uploaded file when it is compared with what is there."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a row is, in the order in which a page shows them."""

    REJECTED = "rejected"
    CONFLICT = "conflict"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Change:
    """One box: how it is called, its cell in the file, what is there now, and what the file says."""

    what: str
    cell: str
    now: str
    then: str
    key: str = ""
