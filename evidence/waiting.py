"""What can stand between a file and the scanner, when it is tried again, and the words for it.

To name another trouble: a line in ``Trouble`` and, when it is not tried again by itself, in ``FOR_PEOPLE``.
"""

from datetime import datetime, timedelta

from django.db.models import TextChoices

from design.calendar import LONDON

# After each try without an answer the file waits this many minutes; afterwards always the last.
WAITS = (1, 2, 5, 10, 15)
# A worker that took a file and never came back is given up after this time.
LEASE = timedelta(minutes=2)


class Trouble(TextChoices):
    """Why the scanner has not said anything about a file. The words follow "Waiting for the virus scanner: "."""

    NO_ANSWER = "no_answer", "it did not answer"
    TOO_SLOW = "too_slow", "it took too long"
    FAILED = "failed", "it reported an error of its own"
    UNREADABLE = "unreadable", "the file could not be read from the portal’s storage"
    TOO_LONG = "too_long", "the file is larger than it takes"
    TOO_MUCH = "too_much", "there is more inside the file than it looks through"


# Asking the same scanner again would not help, so a person has to do something.
FOR_PEOPLE: dict[str, str] = {
    Trouble.TOO_LONG: (
        "The file is larger than the virus scanner takes, so nobody can open it. Send it in smaller parts as new "
        "evidence, or ask the system administrator to let the scanner take larger files."
    ),
    Trouble.TOO_MUCH: (
        "There is more inside this file than the virus scanner looks through, so nobody can open it. Save it as a PDF, "
        "or send it in smaller parts, as a new version."
    ),
}


def next_try(trouble: str, tries: int, *, at: datetime) -> datetime | None:
    """When the file is tried again after ``tries`` tries in vain; None when that would not help."""
    if trouble in FOR_PEOPLE:
        return None
    return at + timedelta(minutes=WAITS[min(tries, len(WAITS)) - 1])


def words(trouble: str, tried_at: datetime | None, next_at: datetime | None) -> str:
    """Why a file cannot be opened yet."""
    if trouble in FOR_PEOPLE:
        return FOR_PEOPLE[trouble]
    if not trouble or tried_at is None:
        return "The virus scanner has not looked at this file yet. Try again in a few minutes."
    when = tried_at.astimezone(LONDON)
    said = f"Waiting for the virus scanner: {Trouble(trouble).label} at {when:%H:%M} on {when.day} {when:%B}."
    return f"{said} Next try at {next_at.astimezone(LONDON):%H:%M}." if next_at else said
