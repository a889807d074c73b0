"""Recompute every result row and level from the ratings; exit 1 when one differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from assurance import recount


class Command(BaseCommand):
    """Prints each difference, then the totals. Reads one moment of the database, so it may run at any time."""

    help = "Recompute all results from the ratings and report differences; there should be none."

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError, which is exit 1, when there is a difference."""
        with transaction.atomic():
            if not connection.savepoint_ids:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            found, n = 0, recount.count()
            for line in recount.differences():
                found += 1
                self.stdout.write(line)
        if found:
            raise CommandError(f"{found} differences in {n} returns")
        self.stdout.write(f"0 differences in {n} returns")
