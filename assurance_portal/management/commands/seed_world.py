"""Makes the measuring world on an empty database and prints who is in it and what was planted where."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assurance_portal import world
from assurance_portal.routes import every_route


def addresses(thing: world.Thing) -> list[str]:
    """The addresses whose door finds this object by its reference alone."""
    found = [route for route in every_route() if route.of == thing.kind and route.path.count("<") == 1]
    return [reverse(route.name, args=[thing.reference]) for route in found if thing.reference and route.name]


class Command(BaseCommand):
    """``seed_world --json``. Refuses on a database that has people in it."""

    help = "On an empty database: two commissioners, four providers, everybody, one of everything, canaries in all"

    def add_arguments(self, parser: CommandParser) -> None:
        """--json prints everything; without it only a summary."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it in one transaction."""
        if User.objects.exists():
            raise CommandError("There are people in this database already. Use an empty one: --data another-folder.")
        made = world.make(at=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(made.as_dict(addresses), indent=1, default=str))
            return
        self.stdout.write(f"{len(made.people)} people, {len(made.things)} objects. Use --json to see them.")
