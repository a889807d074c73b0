"""The letter to the Caldicott Guardian and the designated professionals when something identifiable was removed.

It says that there is a record and where it is read: no words, no provider, nothing of the text.
"""

from datetime import datetime

from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter
from privacy.models import Removal
from privacy.removing import LETTER


def _removed(letter: Letter, at: datetime) -> Context | None:
    removal = Removal.objects.filter(pk=letter.about["removal"]).select_related("commissioner").first()
    if removal is None:
        return None
    return {"removal": removal, "link": absolute("privacy:removal-detail", removal.reference)}


def register_writers() -> None:
    """Called when the app is ready."""
    register(Writer(LETTER, _removed, answers=True))
