"""scan_again: shows refused files to the virus scanner once more, for the day when it was wrong."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assurance_portal.management.commands.chase import a_day
from evidence import scanner, scanning
from evidence.models import EvidenceVersion


class Command(BaseCommand):
    """``scan_again REFERENCE …`` or ``scan_again --since DATE``. A file opens only when the scanner finds nothing."""

    help = "Show refused files to the virus scanner once more; they open only when it finds nothing"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which files: those named, or all that were refused since a day."""
        parser.add_argument("references", nargs="*", metavar="REFERENCE", help="as the page of the scanner lists them")
        parser.add_argument("--since", type=a_day, default=None, metavar="DATE", help="all refused since then")

    def handle(self, *args: Any, **options: Any) -> None:
        """Put them back in quarantine and ask at once; the sweep goes on where the scanner does not answer."""
        since: date | None = options["since"]
        if not scanner.is_set_up():
            raise CommandError("No virus scanner is set up: CLAMD_URL is empty.")
        if not options["references"] and since is None:
            raise CommandError("Name the files, or --since DATE.")
        refused = EvidenceVersion.objects.refused()
        refused = refused.filter(scanned_at__date__gte=since) if since else refused
        if options["references"]:
            refused = refused.filter(reference__in=options["references"])
        chosen = list(refused.order_by("scanned_at", "pk"))
        for version in chosen:
            self.stdout.write(f"{version.reference}: {self._again(version)}")
        if not chosen:
            self.stdout.write("None of these files is refused.")

    def _again(self, version: EvidenceVersion) -> str:
        now = timezone.now()
        if not scanning.look_again(version, at=now):
            return "its bytes are no longer kept, so it stays closed"
        scanning.scan(version, at=now)
        version.refresh_from_db()
        return f"{version.get_scan_state_display()} {version.scan_signature}".strip()
