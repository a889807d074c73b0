"""What a signed link to a return is, whatever the return: for whom, until when, opened or not, taken back or not.

Whoever holds the link writes that one return, or one part of it, without an account. Only a hash of the link is kept;
the relay makes the link when it sends the letter. What the holder writes is kept as written by the link's bearer, a
person of the record who can never sign in (docs/decisions/0014).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.db import models, transaction
from django.db.models import F, Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import Membership, User
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from chasing.recipients import Registered, registered_of
from design.calendar import LONDON, add_working_days, london_date
from providers.models.organisations import Tier

# The front door is as light as the risk allows: whoever is asked the most needs an account.
TIERS = (Tier.LIGHT, Tier.SMALL, Tier.GENERAL_PRACTICE)
USUAL_DAYS = 30


class NotByLink(Refused):
    """This return cannot be sent as a link; the message says why and what to do."""


class SignedLinkQuerySet(TenantQuerySet):
    """Links as those ask who sent them. Whom the holder asked to help is the provider's own."""

    drafts = Q(asked_through__isnull=False)

    def standing(self) -> Self:
        """Not taken back, expired or not."""
        return self.filter(revoked_at__isnull=True)

    def live(self, *, at: datetime) -> Self:
        """What a link opens now: not taken back, not expired, and the return neither withdrawn nor being entered.

        A colleague's link ends with the submission; the other goes on to show the receipt.
        """
        model: Any = self.model
        owed, returns = model.owed_field, model._meta.get_field(model.owed_field).related_model
        held = self.standing().filter(expires_at__gt=at, **{f"{owed}__entering": False})
        held = held.exclude(**{f"{owed}__state": returns.State.WITHDRAWN})
        return held.filter(Q(asked_through=None) | Q(**{f"{owed}__state__in": returns.EDITABLE}))

    def whole(self) -> Self:
        """To a whole return, not to a part of it."""
        return self.filter(asked_through__isnull=True)


class SignedLink(models.Model):
    """Abstract: sent to one address, for one return, which the field ``owed_field`` names, or for a part of it."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    asked_through = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="asked")
    name = models.CharField("full name", max_length=130)
    email = models.EmailField("e-mail address", max_length=254)
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    adopted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)

    owed_field: ClassVar[str]

    class Meta:
        abstract = True
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.reference

    @property
    def owed(self) -> Any:
        """The return."""
        return getattr(self, self.owed_field)

    @property
    def is_whole(self) -> bool:
        """To a whole return: its holder submits, and may ask a colleague for a part."""
        return self.asked_through_id is None  # type: ignore[attr-defined]

    def state(self, *, at: datetime) -> str:
        """In words, for whoever sent it: what is the furthest that is known."""
        if self.adopted_at:
            return "Taken over by an account"
        if self.revoked_at:
            return "Taken back"
        if self.expires_at <= at:
            return "Expired"
        if self.last_used_at:
            return "Being used" if self.owed.is_editable else "Used"
        if self.first_opened_at:
            return "Opened, nothing written"
        return "Sent, not opened" if self.sent_at else "On its way"

    @property
    def last_day(self) -> date:
        """The last day on which it opens, as its letter says it: it ends with that day."""
        return london_date(self.expires_at - timedelta(seconds=1))

    def is_live(self, *, at: datetime) -> bool:
        """Can it still be taken back or used?"""
        return self.revoked_at is None and self.expires_at > at

    def opened(self, *, at: datetime) -> None:
        """Somebody looked at the first page behind it. Noted once; a mail scanner does not come so far."""
        if self.first_opened_at is None:
            type(self)._default_manager.filter(pk=self.pk, first_opened_at=None).update(first_opened_at=at)

    def used(self, *, at: datetime) -> None:
        """Something was written through it."""
        type(self)._default_manager.filter(pk=self.pk).update(last_used_at=at)

    @transaction.atomic
    def take_back(self, *, by: User, at: datetime) -> None:
        """The link opens nothing from now on, nor do those sent through it. What was written stays."""
        if not end(type(self)._default_manager.filter(pk=self.pk), revoked_by=by, revoked_at=at):
            raise Refused("This link has been taken back already.")
        self.refresh_from_db()


L = TypeVar("L", bound=SignedLink)


def once_each(name: str) -> list[models.CheckConstraint]:
    """What holds of every kind of link: it lasts, and who took it back or over is known."""
    return [
        models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name=f"{name}_expires_later"),
        models.CheckConstraint(
            condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            name=f"{name}_revoked_by_whom",
        ),
        models.CheckConstraint(
            condition=Q(adopted_at=None, adopted_by=None)
            | Q(adopted_at__isnull=False, adopted_by__isnull=False, revoked_at__isnull=False),
            name=f"{name}_adopted_by_whom",
        ),
    ]


@dataclass(frozen=True)
class Addressee:
    """One return and who gets the link to it."""

    owed: Any
    name: str
    email: str


def make_links(
    model: type[L], addressees: Sequence[Addressee], *, days: dict[int, int], by: User | None, at: datetime
) -> list[L]:
    """The links and their bearers, without letters; ``days`` after the due date by commissioner. A few statements."""
    bearers = User.objects.make_bearers([each.name for each in addressees], at=at)
    made: list[L] = model._default_manager.bulk_create(
        model(
            commissioner_id=each.owed.commissioner_id, organisation_id=each.owed.organisation_id, name=each.name,
            email=each.email, bearer=bearer, made_by=by, made_at=at,
            expires_at=_last_moment(max(each.owed.due_on, london_date(at)), days[each.owed.commissioner_id]),
            **{model.owed_field: each.owed},
        )
        for each, bearer in zip(addressees, bearers, strict=True)
    )  # fmt: skip
    return made


def addresses_of(organisation: int) -> list[Registered]:
    """The registered addresses, to which the receipt will go. NotByLink when there is none."""
    addresses = registered_of([organisation])[organisation]
    if not addresses:
        raise NotByLink(
            "There is no registered address to which the receipt could go. Add a contact with an e-mail address or "
            "the organisation's mailbox first."
        )
    return addresses


def is_registered(email: str, addresses: Iterable[Registered]) -> bool:
    """Is it one of these, however it is written?"""
    return email.lower() in {each.email.lower() for each in addresses}


def without_account(
    returns: Sequence[Any], can: Can, *, on: date
) -> tuple[list[Addressee], dict[int, list[Registered]]]:
    """Of returns just issued, those of organisations in which nobody may ``can``, to the first registered address.

    And the registered addresses of all of them. Three queries, however many.
    """
    places = {each.organisation_id for each in returns}
    held = Membership.objects.live(on=on).granting(can).filter(organisation__in=places)
    places -= set(held.values_list("organisation", flat=True)) if places else set()
    registered = registered_of(places) if places else {}
    first = {place: addresses[0] for place, addresses in registered.items() if addresses}
    chosen = [
        Addressee(each, first[each.organisation_id].name[:130], first[each.organisation_id].email.lower())
        for each in returns
        if each.organisation_id in first
    ]
    return chosen, registered


def next_morning(at: datetime) -> datetime:
    """When the links of an issue go: nine o'clock of the next working day."""
    return datetime.combine(add_working_days(london_date(at), 1), time(9), tzinfo=LONDON)


def ask_colleague(held: L, *, name: str, email: str, at: datetime, **part: Any) -> L:
    """A link of a colleague's own to the ``part`` of the return that the holder of a link names. Without a letter.

    Called with the return locked. Refused while this person has one to that part that still opens.
    """
    links: Any = type(held)._default_manager
    email = email.strip().lower()
    earlier = links.standing().filter(email=email, **{held.owed_field: held.owed}, **part)
    if earlier.filter(expires_at__gt=at).exists():
        raise Refused("This person has been sent a link to this part already. Take that back first.")
    holder: User = held.bearer  # type: ignore[attr-defined]
    end(earlier, revoked_by=holder, revoked_at=at)
    bearer = User.objects.make_bearers([name.strip()], at=at)[0]
    made: L = links.create(
        commissioner_id=held.commissioner_id, organisation_id=held.organisation_id, asked_through=held,
        name=name.strip(), email=email, bearer=bearer, made_by=holder, made_at=at, expires_at=held.expires_at,
        **{held.owed_field: held.owed}, **part,
    )  # fmt: skip
    return made


@transaction.atomic
def adopt(owed: Any, *, by: User, at: datetime) -> int:
    """The provider's account takes the return over: its links stop working, and what they wrote stays as theirs."""
    ended = end(owed.links.standing(), revoked_by=by, revoked_at=at, adopted_by=by, adopted_at=at)
    if not ended:
        raise Refused("No link to this return works any more. Go on with the return itself.")
    return ended


def writable(owed: Any) -> bool:
    """May the provider, and so the holder of a link, write in this return now?"""
    return bool(owed.is_editable and not owed.entering)


def end(links: "models.QuerySet[Any]", **done: Any) -> int:
    """Take links back with those sent through them; returns how many."""
    ids = list(links.filter(revoked_at=None).select_for_update().values_list("pk", flat=True))
    through = links.model._default_manager.filter(Q(pk__in=ids) | Q(asked_through__in=ids), revoked_at=None)
    return through.update(**done) if ids else 0


def _last_moment(due: date, days: int) -> datetime:
    """The end of the last day in London."""
    return datetime.combine(due + timedelta(days=days + 1), time(), tzinfo=LONDON)
