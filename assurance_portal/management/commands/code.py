"""code EMAIL: the current sign-in code of a demonstration account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assurance_portal.demonstration_accounts import code_of, is_demonstration


class Command(BaseCommand):
    """Prints the code with the seconds that it still holds. Refuses outside the embedded demonstration."""

    help = "Print the current sign-in code of a demonstration account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose code."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line: the code, and how long it holds."""
        if not is_demonstration():
            raise CommandError("Codes are printed on the embedded demonstration only.")
        found = code_of(options["email"], at=timezone.now())
        if found is None:
            raise CommandError(f"There is no account {options['email']} with an authenticator app.")
        self.stdout.write(f"{found[0]}  ({found[1]} seconds left)")
