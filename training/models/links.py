"""Figures by signed link, or one part of them: what every link is is in ``chasing.models.signed_links``."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import pghistory
from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.models import User
from chasing.models import Letter, signed_links
from chasing.models.signed_links import (
    TIERS,
    USUAL_DAYS,
    Addressee,
    NotByLink,
    SignedLink,
    SignedLinkQuerySet,
    addresses_of,
    ask_colleague,
    end,
    is_registered,
    next_morning,
    once_each,
    without_account,
)
from chasing.recipients import Registered, announcing_link, post, with_link
from design.calendar import london_date
from training.models.lines import CODE
from training.models.policy import CollectingRule
from training.models.returns import FigureReturn, IllegalMove


class FigureLinkQuerySet(SignedLinkQuerySet):
    """Links to figures."""

    circle_path = "figure_return__circle"


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["name", "email", "token_hash", "last_used_at"],
    append_only=True,
)
class FigureLink(SignedLink):
    """One link: sent to one address, for one return or for one part of it. ``part`` is a section of its sheet."""

    owed_field = "figure_return"

    figure_return = models.ForeignKey(FigureReturn, on_delete=models.PROTECT, related_name="links")
    part = models.SlugField(max_length=CODE, blank=True)
    bearer = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="figure_link")
    # Nobody: the period opened by itself.
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = FigureLinkQuerySet.as_manager()

    class Meta(SignedLink.Meta):
        constraints = [
            models.UniqueConstraint("figure_return", condition=Q(revoked_at=None, part=""), name="figure_link_one"),
            models.UniqueConstraint(
                "figure_return", "part", "email", condition=Q(revoked_at=None), name="figure_link_colleague_once"
            ),
            models.UniqueConstraint(
                fields=["id", "figure_return", "commissioner", "organisation"], name="figure_link_whose"
            ),
            *once_each("figure_link"),
            models.CheckConstraint(
                condition=Q(part="", asked_through=None) | ~Q(part="") & Q(asked_through__isnull=False),
                name="figure_link_part_through_a_link",
            ),
        ]

    @property
    def only(self) -> str:
        """That it opens a part; empty for the whole."""
        return "" if self.is_whole else "one part only"

    @transaction.atomic
    def send_again(self, *, by: User, at: datetime) -> "FigureLink":
        """A new link to the same address with a time of its own; the old one dies."""
        if not self.is_whole:
            raise NotByLink("A colleague's link is sent by whoever asked the colleague.")
        return send_link(self.figure_return, name=self.name, email=self.email, by=by, at=at)


def may_go(figure_return: FigureReturn) -> bool:
    """May a link to this return be sent now?"""
    return figure_return.is_editable and not figure_return.entering and figure_return.tier in TIERS


def refuse_link(figure_return: FigureReturn) -> None:
    """Why this return cannot be sent as a link now, as NotByLink; nothing when it can."""
    if figure_return.tier not in TIERS:
        raise NotByLink("A trust writes its figures in an account. Invite the provider’s safeguarding lead.")
    if not may_go(figure_return):
        state = figure_return.get_state_display()
        raise NotByLink(f"These figures are “{state}”, or being entered, so no link to them can be sent now.")


@transaction.atomic
def send_link(figure_return: FigureReturn, *, name: str, email: str, by: User, at: datetime) -> FigureLink:
    """Send a link to the whole return. One that was sent before is taken back, with those sent through it.

    The letter goes at once; when the address is not a registered one, the registered addresses are told where the
    link went. Raises NotByLink when the return may not go by link or nobody could be sent its receipt.
    """
    locked = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    refuse_link(locked)
    addresses = addresses_of(locked.organisation_id)
    end(locked.links.standing().whole(), revoked_by=by, revoked_at=at)
    made = make_links([Addressee(locked, name.strip(), email.strip().lower())], by=by, at=at)
    announced = [] if is_registered(email, addresses) else addresses
    post(_letters(made, {locked.organisation_id: announced}, at=at, not_before=None))
    return made[0]


def make_links(addressees: Sequence[Addressee], *, by: User | None, at: datetime) -> list[FigureLink]:
    """The links and their bearers, without letters. A few statements, however many."""
    days = {}
    for commissioner in {each.owed.commissioner_id for each in addressees}:
        rule = CollectingRule.objects.in_force(commissioner, london_date(at)).first()
        days[commissioner] = rule.link_days if rule else USUAL_DAYS
    return signed_links.make_links(FigureLink, addressees, days=days, by=by, at=at)


def send_at_issue(returns: Sequence[FigureReturn], *, by: User | None, at: datetime) -> set[int]:
    """For the small returns of organisations in which nobody has an account: the link instead of a sign-in.

    It is announced now to every registered address, and goes on the next working morning to the first of them.
    Returns the ids of those returns. Five statements, however many.
    """
    light = [each for each in returns if each.tier in TIERS and not each.is_own]
    chosen, registered = without_account(light, Can.FILL_FIGURES, on=london_date(at))
    if chosen:
        made = make_links(chosen, by=by, at=at)
        post(_letters(made, registered, at=at, not_before=next_morning(at)))
    return {each.owed.pk for each in chosen}


@transaction.atomic
def ask_by_link(link: FigureLink, part: str, *, name: str, email: str, at: datetime) -> FigureLink:
    """The holder of a link asks somebody to write one part: a link of their own, to that part only."""
    locked = FigureReturn.objects.select_for_update().get(pk=link.figure_return_id)
    held = FigureLink.objects.live(at=at).whole().filter(pk=link.pk).first()
    if held is None or not locked.is_editable:
        raise IllegalMove("Nobody can be asked to write in these figures now. Look at them again.")
    made = ask_colleague(held, part=part, name=name, email=email, at=at)
    post([with_link("figures_colleague_link", locked, made.pk, at=at)])
    return made


def _letters(
    links: Sequence[FigureLink], told: dict[int, list[Registered]], *, at: datetime, not_before: datetime | None
) -> Iterable[Letter]:
    """The letter with the link to each address, and a word about it to the registered addresses first."""
    for link in links:
        yield with_link("figures_link", link.figure_return, link.pk, at=at, not_before=not_before)
        yield from announcing_link("figures_link_announced", link.figure_return, link.pk, told, at=at)
