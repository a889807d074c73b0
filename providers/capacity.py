"""A commissioner's capacity: WTE that the rules ask for, that its posts have, and that people hold (R23)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from providers.post_book import Line

NONE = Decimal(0)


@dataclass(frozen=True)
class Capacity:
    """One post: None where nobody said how much."""

    title: str
    required: Decimal | None
    established: Decimal | None
    held: Decimal | None
    state: str

    @property
    def short(self) -> Decimal | None:
        """How much is missing of what the rules ask for, else of what the post has."""
        wanted = self.required if self.required is not None else self.established
        if wanted is None or self.held is None:
            return None
        return max(wanted - self.held, NONE)


def capacity_of(lines: Iterable[Line]) -> list[Capacity]:
    """Every post of a commissioner with its WTE."""
    found = []
    for line in lines:
        established = line.post.wte if line.post else None
        held = NONE if line.post else None
        if line.holder:
            held = line.holder.wte if line.holder.wte is not None else established
        required = line.rule.required_wte if line.rule else None
        found.append(Capacity(line.title, required, established, held, line.in_words))
    return found


def totals(rows: Iterable[Capacity]) -> dict[str, Decimal]:
    """Sums of what is known."""
    rows = list(rows)
    names = ("required", "established", "held", "short")
    return {name: sum((getattr(row, name) or NONE for row in rows), NONE) for name in names}
