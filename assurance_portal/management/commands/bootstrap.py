"""bootstrap: the commissioner and the first two people of an empty installation."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import tokens
from accounts.capabilities import Role
from accounts.models import Invitation, Membership, User
from accounts.models.invitations import LIFETIME
from chasing.models import SendingHold
from chasing.models.sending import FIRST
from design.calendar import london_date
from oversight.models import SettingUp
from providers.models import Organisation


class Command(BaseCommand):
    """Makes an administrator and a Director of Nursing, each confirmed by the other, and prints their links once.

    Giving a commissioner role takes two people; on an empty database there is nobody, so this is the one way in.
    """

    help = "Make the commissioner and its first two people on an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who and whose."""
        parser.add_argument("--commissioner", required=True, help="its name")
        parser.add_argument("--commissioner-code", required=True, help="its ODS code")
        for who in ("admin", "executive"):
            parser.add_argument(f"--{who}", required=True, metavar="EMAIL")
            parser.add_argument(f"--{who}-name", required=True, metavar="NAME")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing; refuses when anybody exists already. Nothing is sent before somebody starts sending."""
        if User.objects.exists():
            raise CommandError("There are people already. Invite others on screen, under People.")
        if options["admin"].lower() == options["executive"].lower():
            raise CommandError("The two must be different people with different addresses.")
        now = timezone.now()
        commissioner = self._commissioner(options)
        admin = self._person(options["admin"], options["admin_name"])
        executive = self._person(options["executive"], options["executive_name"])
        self.stdout.write(f"{commissioner.name} is ready. These links work once, for 14 days, and are not shown again.")
        self._let_in(admin, executive, Role.SYSTEM_ADMINISTRATOR, commissioner, at=now)
        self._let_in(executive, admin, Role.DIRECTOR_OF_NURSING, commissioner, at=now)
        SendingHold.objects.place(commissioner, reason=FIRST, by=admin, at=now)
        SettingUp.objects.begin(commissioner, at=now)

    def _commissioner(self, options: dict[str, Any]) -> Organisation:
        made = Organisation(
            kind=Organisation.Kind.COMMISSIONER, name=options["commissioner"], code=options["commissioner_code"].upper()
        )
        return self._checked(made)

    def _person(self, email: str, name: str) -> User:
        person = User(email=email.lower(), name=name)
        person.set_unusable_password()
        return self._checked(person)

    def _checked(self, row: Any) -> Any:
        try:
            row.full_clean()
        except ValidationError as problem:
            raise CommandError("; ".join(problem.messages)) from problem
        row.save()
        return row

    def _let_in(self, person: User, other: User, role: Role, where: Organisation, *, at: datetime) -> None:
        Membership.objects.create(
            user=person, organisation=where, role=role, starts_on=london_date(at), confirmed_by=other,
            confirmed_at=at, reason="First people",
        )  # fmt: skip
        invitation = Invitation.objects.create(
            email=person.email, name=person.name, organisation=where, role=role, reason="First people",
            invited_by=other, invited_at=at, expires_at=at + LIFETIME,
        )  # fmt: skip
        link = tokens.invitation_url(tokens.make_invitation_token(invitation))
        self.stdout.write(f"{role.label}: {person.name} <{person.email}>\n  {link}")
