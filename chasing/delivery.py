"""What became of a line to a person, in words that do not promise more than is known (hazard 17).

The mail server's yes is not a reader: it is said as "accepted by the mail server", and beside it whether anybody of
the organisation has signed in since.
"""

from dataclasses import dataclass
from datetime import datetime

from chasing.models import Letter


@dataclass(frozen=True)
class Delivery:
    """The state in words, its tone, the moment it happened, and what is known about a reader."""

    words: str
    tone: str
    at: datetime | None = None
    silence: str = ""


def delivery(
    state: str | None, *, sent_at: datetime | None, attempts: int, problem: str, dropped: str, seen_at: datetime | None
) -> Delivery:
    """From the letter's state, and when anybody of the organisation was last signed in."""
    if dropped:
        return Delivery(f"Not sent. {dropped}", "quiet")
    if state == Letter.State.SENT and sent_at:
        silence = "Nobody signed in since" if seen_at is None or seen_at < sent_at else ""
        return Delivery("Accepted by the mail server", "info", sent_at, silence)
    if state == Letter.State.FAILED:
        times = "once" if attempts == 1 else f"{attempts} times"
        return Delivery(f"Tried {times}, will be tried again. {problem}", "partly")
    if state == Letter.State.DEAD:
        return Delivery(f"Given up. {problem}", "bad")
    if state == Letter.State.DROPPED:
        return Delivery(f"Not sent. {problem}", "quiet")
    return Delivery("Waiting to be sent", "waiting")
