"""How links to self-assessments are followed, and how those see them who keep them (``chasing.links``)."""

from datetime import datetime

from accounts.capabilities import Can
from accounts.models import User
from assurance.models import ReturnLink, SelfAssessment
from chasing.links import Secrets, Sent, as_sent
from chasing.models.signed_links import writable

BESIDE = ("self_assessment__round__framework_version", "commissioner", "organisation", "standard")
SECRETS = Secrets(ReturnLink, "link", "assurance", BESIDE)
make_address = SECRETS.make_address
url = SECRETS.url


def sent_for(assessment: SelfAssessment, user: User, *, at: datetime) -> list[Sent[ReturnLink]]:
    """The links of a return that the person may take back, the latest first. One query."""
    seen = ReturnLink.objects.permitted(user, Can.TAKE_LINKS_BACK).filter(self_assessment=assessment)
    rows = seen.select_related("standard", "made_by", "revoked_by")
    return as_sent(rows, assessment, may_go=writable(assessment), at=at)
