"""A return by signed link: for whom, until when, opened or not, taken back or not.

Whoever holds the link writes that one return, or one standard of it, without an account. Only a hash of the link is
kept; the relay makes the link when it sends the letter. What the holder writes is kept as written by the link's
bearer, a person of the record who can never sign in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models, transaction
from django.db.models import F, Q

from accounts.capabilities import Can
from accounts.door import Refused
from accounts.models import Membership, User
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from assurance.models.assessments import IllegalMove, SelfAssessment
from assurance.models.policy import AssurancePolicy
from assurance.models.recipients import letters_of_links
from chasing.recipients import post, registered_of
from design.calendar import LONDON, add_working_days, london_date
from framework.models import Standard
from providers.models.organisations import Tier

if TYPE_CHECKING:
    from framework.models import Standard as StandardType

# The front door is as light as the risk allows: the full standards need an account.
TIERS = (Tier.LIGHT, Tier.SMALL, Tier.GENERAL_PRACTICE)
USUAL_DAYS = 30


class NotByLink(Refused):
    """This return cannot be sent as a link; the message says why and what to do."""


class ReturnLinkQuerySet(TenantQuerySet):
    """Links as those ask who sent them. Whom the holder asked to help is the provider's own."""

    circle_path = "self_assessment__circle"
    drafts = Q(standard__isnull=False)

    def standing(self) -> Self:
        """Not taken back, expired or not."""
        return self.filter(revoked_at__isnull=True)

    def live(self, *, at: datetime) -> Self:
        """What a link opens now: not taken back, not expired, and the return neither withdrawn nor being entered.

        A colleague's link ends with the submission; the other goes on to show the receipt.
        """
        held = self.standing().filter(expires_at__gt=at, self_assessment__entering=False)
        held = held.exclude(self_assessment__state=SelfAssessment.State.WITHDRAWN)
        return held.filter(Q(standard=None) | Q(self_assessment__state__in=SelfAssessment.EDITABLE))

    def whole(self) -> Self:
        """To a whole return, not to one standard."""
        return self.filter(standard__isnull=True)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    exclude=["name", "email", "token_hash", "last_used_at"],
    append_only=True,
)
class ReturnLink(models.Model):
    """One link: sent to one address, for one return or for one standard of it."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="links")
    standard = models.ForeignKey(Standard, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_through = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="asked")
    name = models.CharField("full name", max_length=130)
    email = models.EmailField("e-mail address", max_length=254)
    bearer = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="link")
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    adopted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)

    objects = ReturnLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
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
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="return_link_expires_later"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="return_link_revoked_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(adopted_at=None, adopted_by=None)
                | Q(adopted_at__isnull=False, adopted_by__isnull=False, revoked_at__isnull=False),
                name="return_link_adopted_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(standard=None, asked_through=None) | Q(standard__isnull=False, asked_through__isnull=False),
                name="return_link_standard_through_a_link",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def state(self, *, at: datetime) -> str:
        """In words, for whoever sent it: what is the furthest that is known."""
        if self.adopted_at:
            return "Taken over by an account"
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
        """The link opens nothing from now on, nor do those sent through it. What was written stays."""
        if not _end(ReturnLink.objects.filter(pk=self.pk), revoked_by=by, revoked_at=at):
            raise Refused("This link has been taken back already.")
        self.refresh_from_db()

    @transaction.atomic
    def send_again(self, *, by: User, at: datetime) -> "ReturnLink":
        """A new link to the same address with a time of its own; the old one dies."""
        if self.standard_id is not None:
            raise NotByLink("A colleague's link is sent by whoever asked the colleague.")
        return send_link(self.self_assessment, name=self.name, email=self.email, by=by, at=at)


@dataclass(frozen=True)
class Addressee:
    """One return and who gets the link to it."""

    assessment: SelfAssessment
    name: str
    email: str


@transaction.atomic
def send_link(assessment: SelfAssessment, *, name: str, email: str, by: User, at: datetime) -> ReturnLink:
    """Send a link to the whole return. One that was sent before is taken back, with those sent through it.

    The letter goes at once; when the address is not a registered one, the registered addresses are told where the
    link went. Raises NotByLink when the return may not go by link or nobody could be sent its receipt.
    """
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    refuse_link(locked)
    addresses = registered_of([locked.organisation_id])[locked.organisation_id]
    if not addresses:
        raise NotByLink(
            "There is no registered address to which the receipt could go. Add a contact with an e-mail address or "
            "the organisation's mailbox first."
        )
    _end(locked.links.standing().whole(), revoked_by=by, revoked_at=at)
    made = make_links([Addressee(locked, name.strip(), email.strip().lower())], by=by, at=at)
    post(letters_of_links(made, announce=email.lower() not in {each.email.lower() for each in addresses}, at=at))
    return made[0]


def make_links(addressees: Sequence[Addressee], *, by: User, at: datetime) -> list[ReturnLink]:
    """The links and their bearers, without letters. A few statements, however many."""
    bearers = User.objects.make_bearers([each.name for each in addressees], at=at)
    days = _days({each.assessment.commissioner_id for each in addressees}, london_date(at))
    return ReturnLink.objects.bulk_create(
        ReturnLink(
            commissioner_id=each.assessment.commissioner_id, organisation_id=each.assessment.organisation_id,
            self_assessment=each.assessment, name=each.name, email=each.email, bearer=bearer, made_by=by, made_at=at,
            expires_at=_last_moment(each.assessment, days[each.assessment.commissioner_id], at),
        )
        for each, bearer in zip(addressees, bearers, strict=True)
    )  # fmt: skip


@transaction.atomic
def send_at_issue(assessments: Sequence[SelfAssessment], *, by: User, at: datetime) -> set[int]:
    """For the light returns of organisations in which nobody has an account: the link instead of a sign-in.

    It is announced now to every registered address, and goes on the next working morning to the first of them.
    Returns the ids of those returns. Five statements, however many.
    """
    on = london_date(at)
    light = [each for each in assessments if each.tier == Tier.LIGHT]
    places = {each.organisation_id for each in light}
    held = Membership.objects.live(on=on).granting(Can.FILL_ASSESSMENT).filter(organisation__in=places)
    places -= set(held.values_list("organisation", flat=True)) if places else set()
    registered = registered_of(places) if places else {}
    chosen = [
        Addressee(each, registered[each.organisation_id][0].name, registered[each.organisation_id][0].email.lower())
        for each in light
        if registered.get(each.organisation_id)
    ]
    if chosen:
        made = make_links(chosen, by=by, at=at)
        morning = datetime.combine(add_working_days(on, 1), time(9), tzinfo=LONDON)
        post(letters_of_links(made, announce=True, at=at, not_before=morning))
    return {each.assessment.pk for each in chosen}


@transaction.atomic
def ask_by_link(link: ReturnLink, standard: "StandardType", *, name: str, email: str, at: datetime) -> ReturnLink:
    """The holder of a link asks somebody to answer one standard: a link of their own, to that standard only."""
    locked = SelfAssessment.objects.select_for_update().get(pk=link.self_assessment_id)
    held = ReturnLink.objects.live(at=at).whole().filter(pk=link.pk).first()
    if held is None or not locked.is_editable:
        raise IllegalMove("Nobody can be asked to write in this return now. Look at it again.")
    email = email.strip().lower()
    earlier = locked.links.standing().filter(standard=standard, email=email)
    if earlier.filter(expires_at__gt=at).exists():
        raise Refused("This person has been sent a link to this standard already. Take that back first.")
    _end(earlier, revoked_by=held.bearer, revoked_at=at)
    bearer = User.objects.make_bearers([name.strip()], at=at)[0]
    made = ReturnLink.objects.create(
        commissioner_id=held.commissioner_id, organisation_id=held.organisation_id, self_assessment=locked,
        standard=standard, asked_through=held, name=name.strip(), email=email, bearer=bearer, made_by=held.bearer,
        made_at=at, expires_at=held.expires_at,
    )  # fmt: skip
    post(letters_of_links([made], announce=False, at=at))
    return made


@transaction.atomic
def adopt(assessment: SelfAssessment, *, by: User, at: datetime) -> int:
    """The provider's account takes the return over: its links stop working, and what they wrote stays as theirs."""
    done = {"revoked_by": by, "revoked_at": at, "adopted_by": by, "adopted_at": at}
    ended = _end(assessment.links.standing(), **done)
    if not ended:
        raise Refused("No link to this return works any more. Go on with the return itself.")
    return ended


def may_go(assessment: SelfAssessment) -> bool:
    """May a link to this return be sent now?"""
    return assessment.is_editable and not assessment.entering and assessment.tier in TIERS


def refuse_link(assessment: SelfAssessment) -> None:
    """Why this return cannot be sent as a link now, as NotByLink; nothing when it can."""
    if not assessment.is_editable or assessment.entering:
        raise NotByLink(f"This return is “{assessment.get_state_display()}”, so no link to it can be sent now.")
    if assessment.tier not in TIERS:
        raise NotByLink("The full standards are answered in an account. Invite the provider's safeguarding lead.")


def _end(links: "models.QuerySet[ReturnLink, Any]", **done: Any) -> int:
    """Take links back with those sent through them; returns how many."""
    ids = list(links.filter(revoked_at=None).select_for_update().values_list("pk", flat=True))
    through = ReturnLink.objects.filter(Q(pk__in=ids) | Q(asked_through__in=ids), revoked_at=None)
    return through.update(**done) if ids else 0


def _days(commissioners: set[int], on: date) -> dict[int, int]:
    """How long after the due date each commissioner's links still open."""
    found = {}
    for commissioner in commissioners:
        policy = AssurancePolicy.objects.in_force(commissioner, on).first()
        found[commissioner] = policy.link_days if policy else USUAL_DAYS
    return found


def _last_moment(assessment: SelfAssessment, days: int, at: datetime) -> datetime:
    """The end of the last day in London: so many days after the due date, or after today when that has passed."""
    last = max(assessment.due_on, london_date(at)) + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=LONDON)
