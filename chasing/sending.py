"""Is sending on, for each commissioner of the person; what waits; and letters that were given up."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Concat

from accounts.capabilities import Can, roles_granting
from accounts.models import Membership
from accounts.refusals import Refused
from chasing.models import Letter, SendingHold
from chasing.planner import plan
from design.calendar import london_date
from providers.models import Contact, Organisation

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Place:
    """One commissioner: held or not, and whether the person may change that."""

    reference: str
    name: str
    reason: str
    held_by: str
    held_at: datetime | None
    may_send: bool

    @property
    def is_held(self) -> bool:
        """Do reminders of this commissioner wait?"""
        return self.held_at is not None


def places_of(user: "User") -> list[Place]:
    """The commissioners whose reminders the person may see. One query."""
    rows = commissioners_of(user, Can.SEE_REMINDERS).annotate(
        may_send=Exists(_held_roles(user, Can.SEND_REMINDERS).filter(organisation=OuterRef("pk")))
    )
    holds = SendingHold.objects.in_place().filter(commissioner=OuterRef("pk"))
    told = {name: holds.values(path)[:1] for name, path in _HOLD.items()}
    wanted = ("reference", "name", "may_send", *told)
    return [
        Place(
            reference=row["reference"],
            name=row["name"],
            reason=row["hold_reason"] or "",
            held_by=row["hold_by"] or "",
            held_at=row["hold_at"],
            may_send=row["may_send"],
        )
        for row in rows.annotate(**told).order_by("name").values(*wanted)
    ]


_HOLD = {"hold_reason": "reason", "hold_by": "placed_by__name", "hold_at": "placed_at"}


def commissioners_of(user: "User", can: Can) -> QuerySet[Organisation]:
    """The commissioners at which the person, or somebody they cover for, holds the capability."""
    held = _held_roles(user, can).filter(organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(held), kind=Organisation.Kind.COMMISSIONER)


def _held_roles(user: "User", can: Can) -> QuerySet[Membership]:
    return Membership.objects.acting(user).filter(role__in=roles_granting(can))


def hold_of(commissioner: Organisation) -> SendingHold | None:
    """The hold in place, with whoever placed it."""
    found: SendingHold | None = (
        SendingHold.objects.in_place().filter(commissioner=commissioner).select_related("placed_by").first()
    )
    return found


def place_hold(commissioner: Organisation, *, reason: str, by: "User", at: datetime) -> SendingHold:
    """From now on what this commissioner sends waits, except account mail and receipts."""
    return SendingHold.objects.place(commissioner, reason=reason, by=by, at=at)


def waiting_letters(commissioner: Organisation, *, at: datetime) -> int:
    """How many letters would leave now if sending went on."""
    return Letter.objects.ready(at).filter(commissioner=commissioner, is_account_mail=False).count()


@dataclass(frozen=True)
class Waiting:
    """Letters of one kind that would leave: how many, to how many, and since when the oldest waits."""

    words: str
    letters: int
    addressees: int
    oldest: datetime


def waiting_by_kind(commissioner: Organisation, *, at: datetime) -> list[Waiting]:
    """What would leave now, kind by kind. One query."""
    ready = Letter.objects.ready(at).filter(commissioner=commissioner, is_account_mail=False).order_by()
    to = Concat(*(Cast(F(f"to_{who}_id"), TextField()) for who in ("user", "contact", "organisation")))
    rows = ready.values("kind").annotate(
        n=Count("pk"), to=Count(to, distinct=True), oldest=Min("created_at")
    ).order_by("-n", "kind")  # fmt: skip
    return [Waiting(_kind_in_words(row["kind"]), row["n"], row["to"], row["oldest"]) for row in rows]


CALLED = {
    "round_opened": "A return was asked for", "action_opened": "An action was opened",
    "figures_plan_asked": "A recovery plan is asked for",
}  # fmt: skip


def _kind_in_words(kind: str) -> str:
    return CALLED.get(kind, kind.replace("_", " ").capitalize())


@transaction.atomic
def start_from_today(hold: SendingHold, *, by: "User", at: datetime) -> int:
    """Sending begins with today: what waits is not sent, and steps that have been reached are noted as passed.

    So a place that was filled from records does not write about last year's dates all at once. What becomes due or
    reaches its next step later is reminded of as usual. Returns how many letters were put aside.
    """
    if plan(london_date(at), at=at, quietly=True, only=hold.commissioner_id).busy:
        raise Refused("Reminders are being planned at this moment. Try again in a minute.")
    waiting = Letter.objects.filter(
        commissioner=hold.commissioner_id, is_account_mail=False, state__in=[Letter.State.PENDING, Letter.State.FAILED]
    )
    dropped = waiting.update(state=Letter.State.DROPPED, problem="Written before sending was started.")
    hold.lift(by=by, at=at)
    return dropped


def given_up(user: "User") -> QuerySet[Any]:
    """Letters that the mail server would not take, newest first. ``may_retry``: may this person send it again?"""
    allowed: QuerySet[Any] = Letter.objects.permitted(user, Can.SEE_REMINDERS).given_up()
    own = Letter.objects.permitted(user, Can.SEND_REMINDERS).filter(pk=OuterRef("pk"))
    related = ("to_user", "to_contact", "to_organisation", "organisation", "commissioner")
    return allowed.annotate(may_retry=Exists(own)).select_related(*related).order_by("-created_at", "-pk")


def without_a_route(user: "User", *, at: datetime) -> QuerySet[Organisation]:
    """Providers that no reminder can reach: nobody who prepares, no contact for reminders, no mailbox."""
    day: Any = at.date()
    commissioners = commissioners_of(user, Can.SEE_REMINDERS)
    people = Membership.objects.live(on=day).filter(
        organisation=OuterRef("pk"), role__in=roles_granting(Can.FILL_ASSESSMENT)
    )
    contacts = Contact.objects.reminded().filter(organisation=OuterRef("pk"))
    live = Q(arrangements__commissioner__in=commissioners, arrangements__part="lead", arrangements__starts_on__lte=day)
    ends = Q(arrangements__ends_on__isnull=True) | Q(arrangements__ends_on__gt=day)
    alone = Organisation.objects.filter(live, ends, ~Exists(people), ~Exists(contacts), mailbox="")
    return alone.filter(closed_on__isnull=True, kind=Organisation.Kind.PROVIDER).distinct().order_by("name")
