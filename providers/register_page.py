"""What the page of one organisation shows, gathered in a fixed number of queries however much there is."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.capabilities import Can
from accounts.models import User
from providers.models import (
    Arrangement,
    Contact,
    Organisation,
    Partnership,
    ServiceAnswer,
    ServiceQuestion,
    Site,
    Succession,
)

RIGHTS = (
    Can.SEE_OVERVIEW,
    Can.EDIT_PROVIDERS,
    Can.EDIT_CONTRACTS,
    Can.EDIT_CONTACTS,
    Can.EDIT_SERVICES,
    Can.READ_HISTORY,
)


@dataclass(frozen=True)
class About:
    """Everything about one organisation that this reader may see."""

    organisation: Organisation
    may: dict[str, bool]
    contracts: list[Arrangement]
    lead: Arrangement | None
    led_by_another: bool
    boards: list[Partnership]
    sites: list[Site]
    contacts: list[Contact]
    former: list[Contact]
    ours_to_ring: list[Contact]
    profile: list[ServiceQuestion]
    became: list[tuple[Succession, bool]]
    came_from: list[tuple[Succession, bool]]


def about(organisation: Organisation, reader: User, *, on: date) -> About:
    """Ask the register, as this reader, on this day."""
    held = Organisation.objects.with_rights(reader, *RIGHTS, on=on).select_related("category", "registered_by")
    this: Organisation = held.get(pk=organisation.pk)
    seen = Arrangement.objects.permitted(reader, Can.SEE_PROVIDERS, on=on).filter(pk=OuterRef("pk"))
    all_contracts = list(
        this.arrangements.select_related("commissioner").annotate(seen=Exists(seen)).order_by("-starts_on")
    )
    contracts = [each for each in all_contracts if each.seen]
    for each in contracts:
        each.organisation = this
    lead = next((each for each in all_contracts if each.part == "lead" and each.runs(on=on)), None)
    contacts, to_ring = _contacts(this, contracts)
    became, came_from = _successions(this, reader, on=on)
    return About(
        organisation=this,
        may={can.value: getattr(this, f"may_{can.value}") for can in RIGHTS},
        contracts=contracts,
        lead=lead,
        led_by_another=lead is not None and not lead.seen,
        boards=_boards(this, reader, on=on),
        sites=list(this.sites.all())
        if this.kind in (Organisation.Kind.PROVIDER, Organisation.Kind.COMMISSIONER)
        else [],
        contacts=[each for each in contacts if each.ended_on is None],
        former=[each for each in contacts if each.ended_on is not None],
        ours_to_ring=to_ring,
        profile=_profile(this),
        became=became,
        came_from=came_from,
    )


def _contacts(this: Organisation, contracts: list[Arrangement]) -> tuple[list[Contact], list[Contact]]:
    """Its own, and beside them the commissioners' people whom its staff ring."""
    theirs = Q(organisation=this)
    ring = Contact.objects.shown_to_providers().filter(organisation__in={each.commissioner_id for each in contracts})
    both = Contact.objects.filter(theirs | Q(pk__in=ring.values("pk")))
    rows = list(both.select_related("verified_by", "organisation"))
    return [c for c in rows if c.organisation_id == this.pk], [c for c in rows if c.organisation_id != this.pk]


def _boards(this: Organisation, reader: User, *, on: date) -> list[Partnership]:
    """For a commissioner its boards, for a board its commissioners; nothing for a provider."""
    if this.is_provider:
        return []
    rows = Partnership.objects.permitted(reader, Can.SEE_PROVIDERS, on=on).filter(Q(board=this) | Q(commissioner=this))
    return list(rows.select_related("board", "commissioner").order_by("kind", "board__name"))


def _profile(this: Organisation) -> list[ServiceQuestion]:
    """Every question with ``holds``, ``said_by`` and ``said_on``; all three are None where it is not known."""
    if not this.is_provider:
        return []
    answer = ServiceAnswer.objects.filter(organisation=this, question=OuterRef("pk"))
    return list(
        ServiceQuestion.objects.annotate(
            holds=Subquery(answer.values("holds")),
            said_by=Subquery(answer.values("stated_by__name")),
            said_on=Subquery(answer.values("stated_on")),
        )
    )


def _successions(
    this: Organisation, reader: User, *, on: date
) -> tuple[list[tuple[Succession, bool]], list[tuple[Succession, bool]]]:
    """What it became and what it came from; the flag says whether the reader may open the other's page."""
    rows = list(
        Succession.objects.filter(Q(predecessor=this) | Q(successor=this))
        .select_related("predecessor", "successor")
        .order_by("on")
    )
    if not rows:
        return [], []
    both = {pk for row in rows for pk in (row.predecessor_id, row.successor_id)}
    seen = Organisation.objects.permitted(reader, Can.SEE_PROVIDERS, on=on).filter(pk__in=both)
    may_open = set(seen.values_list("pk", flat=True))
    became = [(row, row.successor_id in may_open) for row in rows if row.predecessor_id == this.pk]
    return became, [(row, row.predecessor_id in may_open) for row in rows if row.successor_id == this.pk]
