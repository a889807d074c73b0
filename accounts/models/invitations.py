"""An invitation: a role waiting for a person to accept it. Only the token's hash is kept."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts import post, reach
from accounts.capabilities import Can, Role
from accounts.models.memberships import Membership
from accounts.models.people import User
from accounts.references import new_reference
from accounts.refusals import Refused
from design.calendar import london_date

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LIFETIME = timedelta(days=14)


class InvitedAlready(Refused):
    """This person has been invited to this role already. Send that invitation again instead."""


class InvitationGone(Refused):
    """The invitation was accepted or withdrawn, or its time is over."""


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Which invitations are still open."""

    def open(self, *, at: datetime) -> Self:
        """Neither accepted, withdrawn nor expired."""
        return self.unanswered().filter(expires_at__gt=at)

    def unanswered(self) -> Self:
        """Neither accepted nor withdrawn, expired or not."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def permitted(self, user: "User | AnonymousUser", can: Can) -> Self:
        """Invitations to organisations whose people the capability reaches."""
        return self.filter(reach.whose(user, can))

    @transaction.atomic
    def invite(self, *, by: "User", at: datetime, **fields: Any) -> "Invitation":
        """Invite an address to a role, and send the letter. Raises ``InvitedAlready`` for the same role twice."""
        invitation = self.model(invited_by=by, invited_at=at, expires_at=at + LIFETIME, **fields)
        invitation.email = invitation.email.lower()
        try:
            with transaction.atomic():
                invitation.save()
        except IntegrityError as problem:
            if "invitation_open_once" in str(problem):
                raise InvitedAlready(InvitedAlready.__doc__) from problem
            raise
        invitation.write_letter(at=at)
        return invitation


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["email", "name", "token_hash"], append_only=True
)
class Invitation(models.Model):
    """To an address, for a role in an organisation; the relay makes the token when it sends the letter."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    email = models.EmailField("e-mail address", max_length=254)
    name = models.CharField("full name", max_length=150)
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=2, choices=Role.choices)
    strands = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    invited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "email",
                "organisation",
                "role",
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.organisation_id}"

    def account(self) -> User | None:
        """The account that exists with this address, if any."""
        return User.objects.with_account(self.email).first()

    def state(self, *, at: datetime) -> str:
        """In a word, for lists."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "open" if self.expires_at > at else "expired"

    def write_letter(self, *, at: datetime) -> None:
        """Hand the letter in; the relay makes the link when it sends it."""
        key = f"invitation:{self.pk}:{at.isoformat()}"
        post.hand_in("invitation", dedupe_key=key, at=at, invitation=self)

    @transaction.atomic
    def send_again(self, *, at: datetime) -> None:
        """A new letter with a new link and a new fortnight; the old link stops working."""
        moved = type(self).objects.unanswered().filter(pk=self.pk).update(expires_at=at + LIFETIME, token_hash="")
        if not moved:
            raise InvitationGone(InvitationGone.__doc__)
        self.write_letter(at=at)

    def withdraw(self, *, by: "User", at: datetime) -> None:
        """The link stops working at once."""
        moved = type(self).objects.unanswered().filter(pk=self.pk).update(withdrawn_at=at, withdrawn_by=by)
        if not moved:
            raise InvitationGone(InvitationGone.__doc__)

    @transaction.atomic
    def accept(self, person: "User", *, at: datetime) -> "Membership | None":
        """Take the invitation up, once. The role starts, or waits for the second person.

        None when the person holds the role already. Refused when somebody accepted a moment ago.
        """
        moved = type(self).objects.open(at=at).filter(pk=self.pk).update(accepted_at=at, accepted_by=person)
        if not moved:
            raise InvitationGone(InvitationGone.__doc__)
        held = Membership.objects.filter(user=person, organisation=self.organisation_id, role=self.role)
        if held.not_over(on=london_date(at)).exists():
            return None
        return Membership.objects.give(
            person, role=self.role, organisation=self.organisation, strands=self.strands, reason=self.reason,
            by=self.invited_by, at=at,
        )  # fmt: skip

    @transaction.atomic
    def take_up(self, *, name: str, password: str, at: datetime) -> "User":
        """Accept as a new person, or as one whose account had ended: the link proves the address."""
        person = User.objects.select_for_update().filter(email__iexact=self.email).first()
        if person is None:
            person = User(email=self.email)
        elif person.joined_at and person.is_active:
            raise Refused("There is an account with this address. Sign in to accept the invitation.")
        person.name, person.is_active, person.disabled_at, person.asleep_at = name, True, None, None
        person.joined_at = person.joined_at or at
        person.set_password(password)
        person.save()
        self.accept(person, at=at)
        return person
