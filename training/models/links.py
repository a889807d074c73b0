"""Figures by signed link: for whom, until when, opened or not, taken back or not.

Whoever holds the link writes that one figures return without an account. Only a hash of the link is kept; the relay
makes the link when it sends the letter. What the holder writes is kept as written by the link's bearer, a person of
the record who can never sign in.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Self

import pghistory
from django.db import models, transaction
from django.db.models import F, Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import Membership, User
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from chasing.recipients import Registered, announcing_link, post, registered_of, with_link
from design.calendar import LONDON, add_working_days, london_date
from providers.models.organisations import Tier
from training.models.policy import CollectingRule
from training.models.returns import FigureReturn

# The front door is as light as the risk allows: a trust's figures need an account.
TIERS = (Tier.LIGHT, Tier.SMALL, Tier.GENERAL_PRACTICE)
USUAL_DAYS = 30


class NotByLink(Refused):
    """These figures cannot be sent as a link; the message says why and what to do."""


class FigureLinkQuerySet(TenantQuerySet):
    """Links as those ask who sent them."""

    circle_path = "figure_return__circle"

    def standing(self) -> Self:
        """Not taken back, expired or not."""
        return self.filter(revoked_at__isnull=True)

    def live(self, *, at: datetime) -> Self:
        """What a link opens now: not taken back, not expired, and the return neither withdrawn nor being entered."""
        held = self.standing().filter(expires_at__gt=at, figure_return__entering=False)
        return held.exclude(figure_return__state=FigureReturn.State.WITHDRAWN)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["name", "email", "token_hash", "last_used_at"],
    append_only=True,
)
class FigureLink(models.Model):
    """One link: sent to one address, for one return."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    figure_return = models.ForeignKey(FigureReturn, on_delete=models.PROTECT, related_name="links")
    name = models.CharField("full name", max_length=130)
    email = models.EmailField("e-mail address", max_length=254)
    bearer = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="figure_link")
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    # Nobody: the period opened by itself.
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = FigureLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint("figure_return", condition=Q(revoked_at=None), name="figure_link_one"),
            models.UniqueConstraint(
                fields=["id", "figure_return", "commissioner", "organisation"], name="figure_link_whose"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="figure_link_expires_later"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="figure_link_revoked_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def state(self, *, at: datetime) -> str:
        """In words, for whoever sent it: what is the furthest that is known."""
        if self.revoked_at:
            return "Taken back"
        if self.expires_at <= at:
            return "Expired"
        if self.last_used_at:
            return "Being used"
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
            type(self).objects.filter(pk=self.pk, first_opened_at=None).update(first_opened_at=at)

    def used(self, *, at: datetime) -> None:
        """Something was written through it."""
        type(self).objects.filter(pk=self.pk).update(last_used_at=at)

    @transaction.atomic
    def take_back(self, *, by: User, at: datetime) -> None:
        """The link opens nothing from now on. What was written stays."""
        ended = type(self).objects.filter(pk=self.pk, revoked_at=None).update(revoked_by=by, revoked_at=at)
        self.refresh_from_db()
        if not ended:
            raise Refused("This link has been taken back already.")


def writable(figure_return: FigureReturn) -> bool:
    """May the provider, and so the holder of a link, write in it now?"""
    return figure_return.is_editable and not figure_return.entering


def may_go(figure_return: FigureReturn) -> bool:
    """May a link to this return be sent now?"""
    return writable(figure_return) and figure_return.tier in TIERS


def refuse_link(figure_return: FigureReturn) -> None:
    """Why this return cannot be sent as a link now, as NotByLink; nothing when it can."""
    if figure_return.tier not in TIERS:
        raise NotByLink("A trust writes its figures in an account. Invite the provider’s safeguarding lead.")
    if not may_go(figure_return):
        state = figure_return.get_state_display()
        raise NotByLink(f"These figures are “{state}”, or being entered, so no link to them can be sent now.")


@transaction.atomic
def send_link(figure_return: FigureReturn, *, name: str, email: str, by: User, at: datetime) -> FigureLink:
    """Send a link to the return. One that was sent before is taken back.

    The letter goes at once; when the address is not a registered one, the registered addresses are told where the
    link went. Raises NotByLink when the return may not go by link or nobody could be sent its receipt.
    """
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    refuse_link(locked)
    addresses = registered_of([locked.organisation_id])[locked.organisation_id]
    if not addresses:
        raise NotByLink(
            "There is no registered address to which the receipt could go. Add a contact with an e-mail address or "
            "the organisation's mailbox first."
        )
    locked.links.standing().update(revoked_by=by, revoked_at=at)
    made = make_links([(locked, name.strip(), email.strip().lower())], by=by, at=at)
    announced = [] if email.lower() in {each.email.lower() for each in addresses} else addresses
    post(_letters(made, {locked.organisation_id: announced}, at=at, not_before=None))
    return made[0]


def make_links(
    addressees: Sequence[tuple[FigureReturn, str, str]], *, by: User | None, at: datetime
) -> list[FigureLink]:
    """The links and their bearers, without letters: return, name and address of each. A few statements."""
    bearers = User.objects.make_bearers([name for _, name, _ in addressees], at=at)
    on, days = london_date(at), {}
    for owed, _, _ in addressees:
        if owed.commissioner_id not in days:
            rule = CollectingRule.objects.in_force(owed.commissioner_id, on).first()
            days[owed.commissioner_id] = rule.link_days if rule else USUAL_DAYS
    return FigureLink.objects.bulk_create(
        FigureLink(
            commissioner_id=owed.commissioner_id, organisation_id=owed.organisation_id, figure_return=owed, name=name,
            email=email, bearer=bearer, made_by=by, made_at=at,
            expires_at=_last_moment(max(owed.due_on, on), days[owed.commissioner_id]),
        )
        for (owed, name, email), bearer in zip(addressees, bearers, strict=True)
    )  # fmt: skip


def send_at_issue(returns: Sequence[FigureReturn], *, by: User | None, at: datetime) -> set[int]:
    """For the small returns of organisations in which nobody has an account: the link instead of a sign-in.

    It is announced now to every registered address, and goes on the next working morning to the first of them.
    Returns the ids of those returns. Five statements, however many.
    """
    on = london_date(at)
    light = [each for each in returns if each.tier in TIERS and not each.is_own]
    places = {each.organisation_id for each in light}
    held = Membership.objects.live(on=on).granting(Can.FILL_FIGURES).filter(organisation__in=places)
    places -= set(held.values_list("organisation", flat=True)) if places else set()
    registered = registered_of(places) if places else {}
    chosen = [
        (each, registered[each.organisation_id][0].name[:130], registered[each.organisation_id][0].email.lower())
        for each in light
        if registered.get(each.organisation_id)
    ]
    if chosen:
        made = make_links(chosen, by=by, at=at)
        morning = datetime.combine(add_working_days(on, 1), time(9), tzinfo=LONDON)
        post(_letters(made, registered, at=at, not_before=morning))
    return {owed.pk for owed, _, _ in chosen}


def _letters(
    links: Sequence[FigureLink], told: dict[int, list[Registered]], *, at: datetime, not_before: datetime | None
) -> Iterable[Any]:
    """The letter with the link to each address, and a word about it to the registered addresses first."""
    for link in links:
        yield with_link("figures_link", link.figure_return, link.pk, at=at, not_before=not_before)
        yield from announcing_link("figures_link_announced", link.figure_return, link.pk, told, at=at)


def _last_moment(due: date, days: int) -> datetime:
    """The end of the last day in London."""
    return datetime.combine(due + timedelta(days=days + 1), time(), tzinfo=LONDON)
