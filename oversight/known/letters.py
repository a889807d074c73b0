"""The letter that tells the designated team of a serious incident: a reference and an address, never a case word."""

from datetime import datetime

from accounts.capabilities import Role
from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter
from oversight.models import SeriousIncident


def alert(incident: SeriousIncident, *, at: datetime) -> None:
    """Put it in the box at once, to the commissioner's mailbox and its designated professionals."""
    Letter.objects.write(
        "incident_reported",
        dedupe_key=f"incident:{incident.reference}",
        at=at,
        to_organisation=incident.commissioner,
        commissioner=incident.commissioner,
        organisation=incident.organisation,
        about={"incident": incident.pk},
    )


def _reported(letter: Letter, at: datetime) -> Context | None:
    """Nothing of a report that was withdrawn before the letter left."""
    incident = SeriousIncident.objects.standing().filter(pk=letter.about.get("incident")).first()
    if incident is None:
        return None
    return {"incident": incident, "link": absolute("oversight:incident-detail", incident.reference)}


def register_writers() -> None:
    """Called once at start. It goes the same day: neither quiet days nor a hold keep it."""
    register(Writer("incident_reported", _reported, also=(Role.DESIGNATED_PROFESSIONAL.value,), answers=True))
