"""Prints the SQL that a database administrator runs once to make the three roles."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """``database_roles --print``. Changes nothing."""

    help = "Print the SQL for the database roles"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--print is the only thing that this does, and it says so."""
        parser.add_argument("--print", action="store_true", help="print the SQL")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write launcher/roles.sql to standard output."""
        self.stdout.write((settings.BASE_DIR / "launcher" / "roles.sql").read_text())
