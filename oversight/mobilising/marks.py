"""What the register says beside an organisation that is being set up for a new service."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from accounts.capabilities import Can
from assurance.models import SelfAssessment
from oversight.models import MOBILISING, Mobilisation

if TYPE_CHECKING:
    from accounts.models import User

ASSURED_BEFORE = "New service mobilising"


def mobilising(user: "User", organisations: Iterable[int], on: date) -> Mapping[int, str]:
    """By organisation the words of its tag, for the commissioner's side only. One query.

    A provider that was validated before is assured for what it does: only its new service is not.
    """
    rows = Mobilisation.objects.permitted(user, Can.SEE_OVERVIEW, on=on).being_set_up()
    whose = {"commissioner": OuterRef("commissioner"), "organisation": OuterRef("organisation")}
    validated = SelfAssessment.objects.filter(state=SelfAssessment.State.VALIDATED, **whose)
    found = rows.filter(organisation__in=list(organisations)).annotate(before=Exists(validated))
    return {
        organisation: ASSURED_BEFORE if before else MOBILISING
        for organisation, before in found.order_by("before").values_list("organisation", "before")
    }
