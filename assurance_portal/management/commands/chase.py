"""chase: what reminders a day would write, or does the day's plan now."""

from argparse import ArgumentTypeError
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chasing.daily import JOB, MORNING, keep
from chasing.models import JobRun
from chasing.outlook import Coming, Person, by_person
from chasing.planner import plan, preview
from chasing.steps import next_working_day
from design.calendar import LONDON, is_working_day


def a_day(text: str) -> date:
    """YYYY-MM-DD, or plain words about what is wrong."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2026-11-18") from None


class Command(BaseCommand):
    """``chase --on DATE [--dry-run]``. With --dry-run nothing is written."""

    help = "Plan the reminders of a day, or list with --dry-run what would go to whom and why"

    def add_arguments(self, parser: CommandParser) -> None:
        """The day is today unless it is given."""
        parser.add_argument("--on", type=a_day, default=None, metavar="DATE", help="the day, as 2026-11-18 (today)")
        parser.add_argument("--dry-run", action="store_true", help="only list what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        """List or plan; the relay sends what was planned."""
        on: date = options["on"] or timezone.localdate()
        if not is_working_day(on):
            waits = next_working_day(on)
            self.stdout.write(f"{on:%A %-d %B %Y} is not a working day: reminders wait until {waits:%A %-d %B %Y}.")
        if options["dry_run"]:
            self._list(on)
        else:
            self._plan(on)

    def _list(self, on: date) -> None:
        people = by_person(preview(on))
        for person in people:
            for line in person.lines:
                self.stdout.write(self._sentence(person, line))
        lines = sum(len(person.lines) for person in people)
        self.stdout.write(f"{lines} line{'' if lines == 1 else 's'} to {len(people)}. Nothing was written.")

    def _sentence(self, person: Person, line: Coming) -> str:
        to = f"{person.name} <{person.address}>" if person.address else person.name
        return f"{line.title} | {line.organisation} | due {line.due_on} | step {line.step:+d} | {to} | {line.why}"

    def _plan(self, on: date) -> None:
        at = max(timezone.now(), datetime.combine(on, MORNING, tzinfo=LONDON))
        planned = plan(on, at=at)
        if planned.busy:
            raise CommandError("Another plan is running. Wait for it, then run this again.")
        run, _ = JobRun.objects.get_or_create(job=JOB, on=on, defaults={"started_at": at})
        keep(run, planned, at)
        self.stdout.write(
            f"{planned.reminded} reminded, {planned.proposed} proposed to a person, {planned.letters} letters written."
        )
