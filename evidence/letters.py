"""The letter about a file that the virus scanner refused: to whoever uploaded it and the provider's leads.

It names no file and no words of anybody: only that there is one, since when, and where to read what to do.
"""

from datetime import datetime

from django.db.models import Q

from accounts.capabilities import Role
from accounts.models import Membership, User
from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter
from design.calendar import london_date
from evidence.models import EvidenceVersion

REFUSED = "file_refused"


def tell_of_refusal(version: EvidenceVersion, *, at: datetime) -> None:
    """One letter to each person, once for this refusal; for a file on an access list to those on it only."""
    leads = Membership.objects.live(on=london_date(at)).filter(
        organisation=version.organisation_id, role=Role.PROVIDER_LEAD
    )
    for person in User.objects.filter(Q(pk=version.uploaded_by_id) | Q(pk__in=leads.values("user"))):
        Letter.objects.write(
            REFUSED,
            dedupe_key=f"{REFUSED}:{version.pk}:{person.pk}:{at:%Y%m%d}",
            at=at,
            to_user=person,
            about={"version": version.pk},
            commissioner_id=version.commissioner_id,
            organisation_id=version.organisation_id,
            circle_id=version.item.circle_id,
        )


def _refused(letter: Letter, at: datetime) -> Context | None:
    refused = EvidenceVersion.objects.refused().filter(pk=letter.about["version"], item__withdrawn_at__isnull=True)
    version = refused.select_related("item", "uploaded_by").first()
    if version is None:
        return None
    link = absolute("evidence:item-detail", version.item.reference)
    return {"version": version, "mine": letter.to_user_id == version.uploaded_by_id, "link": link}


def register_writers() -> None:
    """Called when the app is ready."""
    register(Writer(REFUSED, _refused, answers=True))
