"""Lists every route with its methods, capability and scope."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from assurance_portal.routes import every_route


class Command(BaseCommand):
    """``routes`` for people, ``routes --json`` for measurement from outside."""

    help = "List every route with the capability that it needs"

    def add_arguments(self, parser: CommandParser) -> None:
        """--json prints a list of {path, name, methods, capability, scope, of}."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list."""
        found = list(every_route())
        if options["json"]:
            self.stdout.write(json.dumps([route.as_dict() for route in found], indent=1))
            return
        for route in found:
            self.stdout.write(f"{route.path:70} {route.capability:26} {route.scope}")
