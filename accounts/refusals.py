"""What verbs raise when the state of things does not allow them now. The door turns it into a 409 page."""

from typing import Any


class Refused(Exception):
    """The state of things does not allow this now. Verbs raise it or a subclass; the page is 409."""


class Stale(Refused):
    """Somebody else saved in between. Carries theirs and yours for the page."""

    def __init__(self, message: str, *, theirs: Any = None, yours: Any = None) -> None:
        super().__init__(message)
        self.theirs, self.yours = theirs, yours
