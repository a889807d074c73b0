"""What the contract meeting sheet says beyond the profile, asked together with it (``oversight.beside``).

Contracts, returns owed, open actions, letters, notices and suspensions, as far as this person may see them; all of
each, because the sheet says how many more there are than fit.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Exists, Max, OuterRef, Value, When
from django.db.models.functions import JSONObject, TruncDate

from accounts.capabilities import Can
from actions.models import Action
from assurance.models import SelfAssessment
from chasing.models import Letter
from design.statements import Rows
from oversight.beside import Source
from oversight.models import ContractNotice, PlacementSuspension
from providers.models import Arrangement, Organisation

if TYPE_CHECKING:
    from accounts.models import User

OWED = ("issued", "in_progress", "sent_back")
REMINDED = timedelta(days=90)


def _contracts(organisation: Organisation, user: "User", on: date) -> Rows:
    """Contracts in force, the lead first, with whether this person acts for their commissioner."""
    ours = Organisation.objects.acted_for(user, Can.SEE_OVERVIEW, on=on)
    rows = Arrangement.objects.live(on=on).filter(organisation=organisation)
    leads = Case(When(part=Arrangement.Part.LEAD, then=Value(0)), default=Value(1))
    return rows.annotate(ours=Exists(ours.filter(pk=OuterRef("commissioner")))).order_by(leads, "pk").values(
        each=JSONObject(
            part="part", form="contract_form", number="contract_number", commissioner="commissioner__name", ours="ours"
        )
    )  # fmt: skip


def _owed(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = SelfAssessment.objects.permitted(user, Can.SEE_RETURN_STATUS, on=on)
    rows = rows.filter(organisation=organisation, state__in=OWED).order_by("due_on", "pk")
    return rows.values(each=JSONObject(round="round__name", due_on="due_on", original_due_on="original_due_on"))


def _actions(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = Action.objects.permitted(user, Can.SEE_ACTIONS, on=on).open().filter(organisation=organisation, circle=None)
    return rows.order_by("due_on", "pk").values(each=JSONObject(text="text", due_on="due_on"))


def _letters(organisation: Organisation, user: "User", on: date) -> Rows:
    """How many letters the mail server took in three months, and the day of the last; nothing when it took none."""
    rows = Letter.objects.permitted(user, Can.SEE_REMINDERS, on=on).filter(
        organisation=organisation, state=Letter.State.SENT, sent_at__date__gte=on - REMINDED, circle=None
    )
    counted = rows.order_by().values("organisation").annotate(n=Count("pk"), last_on=TruncDate(Max("sent_at")))
    return counted.values(each=JSONObject(n="n", last_on="last_on"))


def _notices(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = ContractNotice.objects.permitted(user, Can.SEE_NOTICES, on=on).open().of(organisation)
    return rows.with_milestones_missed(on=on).values(
        each=JSONObject(rule="rule__name", number="number", issued_on="issued_on", missed="missed")
    )


def _suspensions(organisation: Organisation, user: "User", on: date) -> Rows:
    rows = PlacementSuspension.objects.permitted(user, Can.SEE_NOTICES, on=on).live(on=on).of(organisation)
    return rows.values(each=JSONObject(authority="authority", name="authority_name", starts_on="starts_on"))


SHEET: Mapping[str, Source] = MappingProxyType(
    {
        "contracts": _contracts,
        "owed": _owed,
        "actions": _actions,
        "letters": _letters,
        "all_notices": _notices,
        "all_suspensions": _suspensions,
    }
)
