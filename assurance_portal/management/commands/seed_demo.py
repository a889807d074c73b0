"""Loads the demonstration: an invented locality with years of returns, relative to today."""

import json
import os
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from assurance_portal.database import count_again
from assurance_portal.locality import (
    escalation,
    figures,
    known,
    links,
    outcomes,
    papers,
    people,
    places,
    posts,
    privacy,
    programme,
    promises,
    ratings,
    reminders,
    reviews,
    visits,
    years,
)
from assurance_portal.locality.years import moment
from chasing.planner import plan
from providers.models.organisations import Tier

# The triggers of the history look for these. Where they find none they catch an error for every row, and PostgreSQL
# then goes through all that waits for the end of the transaction: without them loading takes time in the square.
TOLD = """
SELECT set_config('pgtrigger.ignore', '{}', true), set_config('pghistory.context_id', %s, true),
  set_config('pghistory.context_metadata', %s, true)
"""


class Command(BaseCommand):
    """``seed_demo [--providers N] [--years Y] [--seed S] [--as-at DATE]``, on an empty database only."""

    help = "Load an invented locality: providers, people, and years of returns"

    def add_arguments(self, parser: CommandParser) -> None:
        """Sixty providers and three years, unless told otherwise."""
        parser.add_argument("--providers", type=int, default=60)
        parser.add_argument("--years", type=int, default=3)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--tier", default="", choices=Tier.values, help="ask everybody this tier, to measure")
        parser.add_argument("--as-at", type=date.fromisoformat, default=None, help="the day that counts as today")

    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing. Never beside real data: it refuses where there are people."""
        if User.objects.exists():
            raise CommandError(
                "There are people in this database already, and demonstration data never mixes with real data. "
                "Use an empty one: ./portal run --data another-folder"
            )
        if not settings.PORTAL_EMBEDDED and not os.environ.get("PORTAL_SEED_ANYWHERE"):
            raise CommandError("The demonstration is loaded into the embedded database only.")
        on = options["as_at"] or timezone.localdate()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '30min'")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '30min'")
                cursor.execute(TOLD, [str(uuid4()), json.dumps({"source": "demonstration"})])
            transaction.on_commit(count_again)
            found, locality, accounts = self._load(on, options)
        # What is loaded to be measured on has its due things, and nothing that somebody did about them.
        if options["years"] > 1 and not options["tier"] and not papers.load(locality, accounts, on=on):
            self.stderr.write("The annual report could not be built; its draft is there. The log says why.")
        self.stdout.write(f"Loaded {found} returns of {options['providers']} providers, as at {on:%-d %B %Y}.")

    def _load(self, on: date, options: dict[str, Any]) -> tuple[int, places.Locality, people.People]:
        seed = options["seed"]
        locality = places.load(options["providers"], on=on, tier=options["tier"])
        accounts = people.load(locality, at=moment(on - timedelta(days=1), 17))
        loaded = years.load(locality, accounts, years=options["years"], on=on, seed=seed)
        outcomes.load(loaded, accounts, seed=seed)
        proofs = promises.load_evidence(loaded, accounts, on=on)
        promises.load(loaded, accounts, proofs, on=on)
        if not options["tier"]:
            reminders.load(locality, loaded, accounts, on=on)
            links.load(loaded, accounts, seed=seed)
            visits.load(locality, accounts, years=options["years"], on=on)
            programme.load(locality, accounts, on=on)
        posts.load(locality, accounts, on=on)
        if not options["tier"]:
            known.load(locality, accounts, on=on, years=options["years"])
            figures.load(locality, accounts, years=options["years"], on=on)
        ratings.load(locality, accounts, on=on, at=moment(on - timedelta(days=1), 16))
        privacy.load(locality, accounts, on=on)
        # Start from today: what has been due for long is noted as passed, and nothing of it is mailed.
        plan(on, at=moment(on, 0), quietly=True)
        if not options["tier"]:
            escalation.load(locality, accounts, on=on)
            reviews.load(locality, accounts, on=on)
        return sum(len(year.returns) for year in loaded), locality, accounts
