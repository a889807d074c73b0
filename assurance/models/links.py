"""A self-assessment by signed link, or one standard of it: what every link is is in ``chasing.models.signed_links``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import pghistory
from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.models import User
from assurance.models.assessments import IllegalMove, SelfAssessment
from assurance.models.policy import AssurancePolicy
from assurance.models.recipients import letters_of_links
from chasing.models import signed_links
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
from chasing.recipients import post
from design.calendar import london_date
from framework.models import Standard
from providers.models.organisations import Tier

if TYPE_CHECKING:
    from framework.models import Standard as StandardType


class ReturnLinkQuerySet(SignedLinkQuerySet):
    """Links to self-assessments."""

    circle_path = "self_assessment__circle"


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["name", "email", "token_hash", "last_used_at"],
    append_only=True,
)
class ReturnLink(SignedLink):
    """One link: sent to one address, for one return or for one standard of it."""

    owed_field = "self_assessment"

    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="links")
    standard = models.ForeignKey(Standard, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    bearer = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="link")
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = ReturnLinkQuerySet.as_manager()

    class Meta(SignedLink.Meta):
        constraints = [
            models.UniqueConstraint(
                "self_assessment", condition=Q(revoked_at=None, standard=None), name="return_link_one_for_the_whole"
            ),
            models.UniqueConstraint(
                "self_assessment", "standard", "email", condition=Q(revoked_at=None), name="return_link_colleague_once"
            ),
            models.UniqueConstraint(
                fields=["id", "self_assessment", "commissioner", "organisation"], name="return_link_whose"
            ),
            *once_each("return_link"),
            models.CheckConstraint(
                condition=Q(standard=None, asked_through=None) | Q(standard__isnull=False, asked_through__isnull=False),
                name="return_link_standard_through_a_link",
            ),
        ]

    @property
    def only(self) -> str:
        """Which part it opens; empty for the whole."""
        return f"standard {self.standard.number} only" if self.standard else ""

    @transaction.atomic
    def send_again(self, *, by: User, at: datetime) -> "ReturnLink":
        """A new link to the same address with a time of its own; the old one dies."""
        if self.standard_id is not None:
            raise NotByLink("A colleague's link is sent by whoever asked the colleague.")
        return send_link(self.self_assessment, name=self.name, email=self.email, by=by, at=at)


@transaction.atomic
def send_link(assessment: SelfAssessment, *, name: str, email: str, by: User, at: datetime) -> ReturnLink:
    """Send a link to the whole return. One that was sent before is taken back, with those sent through it.

    The letter goes at once; when the address is not a registered one, the registered addresses are told where the
    link went. Raises NotByLink when the return may not go by link or nobody could be sent its receipt.
    """
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    refuse_link(locked)
    addresses = addresses_of(locked.organisation_id)
    end(locked.links.standing().whole(), revoked_by=by, revoked_at=at)
    made = make_links([Addressee(locked, name.strip(), email.strip().lower())], by=by, at=at)
    post(letters_of_links(made, announce=not is_registered(email, addresses), at=at))
    return made[0]


def make_links(addressees: Sequence[Addressee], *, by: User, at: datetime) -> list[ReturnLink]:
    """The links and their bearers, without letters. A few statements, however many."""
    days = _days({each.owed.commissioner_id for each in addressees}, london_date(at))
    return signed_links.make_links(ReturnLink, addressees, days=days, by=by, at=at)


@transaction.atomic
def send_at_issue(assessments: Sequence[SelfAssessment], *, by: User, at: datetime) -> set[int]:
    """For the light returns of organisations in which nobody has an account: the link instead of a sign-in.

    It is announced now to every registered address, and goes on the next working morning to the first of them.
    Returns the ids of those returns. Five statements, however many.
    """
    light = [each for each in assessments if each.tier == Tier.LIGHT]
    chosen, _ = without_account(light, Can.FILL_ASSESSMENT, on=london_date(at))
    if chosen:
        made = make_links(chosen, by=by, at=at)
        post(letters_of_links(made, announce=True, at=at, not_before=next_morning(at)))
    return {each.owed.pk for each in chosen}


@transaction.atomic
def ask_by_link(link: ReturnLink, standard: "StandardType", *, name: str, email: str, at: datetime) -> ReturnLink:
    """The holder of a link asks somebody to answer one standard: a link of their own, to that standard only."""
    locked = SelfAssessment.objects.select_for_update().get(pk=link.self_assessment_id)
    held = ReturnLink.objects.live(at=at).whole().filter(pk=link.pk).first()
    if held is None or not locked.is_editable:
        raise IllegalMove("Nobody can be asked to write in this return now. Look at it again.")
    made = ask_colleague(held, standard=standard, name=name, email=email, at=at)
    post(letters_of_links([made], announce=False, at=at))
    return made


def may_go(assessment: SelfAssessment) -> bool:
    """May a link to this return be sent now?"""
    return assessment.is_editable and not assessment.entering and assessment.tier in TIERS


def refuse_link(assessment: SelfAssessment) -> None:
    """Why this return cannot be sent as a link now, as NotByLink; nothing when it can."""
    if not assessment.is_editable or assessment.entering:
        raise NotByLink(f"This return is “{assessment.get_state_display()}”, so no link to it can be sent now.")
    if assessment.tier not in TIERS:
        raise NotByLink("The full standards are answered in an account. Invite the provider's safeguarding lead.")


def _days(commissioners: set[int], on: date) -> dict[int, int]:
    """How long after the due date each commissioner's links still open."""
    found = {}
    for commissioner in commissioners:
        policy = AssurancePolicy.objects.in_force(commissioner, on).first()
        found[commissioner] = policy.link_days if policy else USUAL_DAYS
    return found
