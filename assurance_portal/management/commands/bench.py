"""bench: measure the portal on throwaway databases, as JSON lines; progress goes to the error stream."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assurance_portal.bench import starting
from assurance_portal.bench.figure import Figure, machine_line
from assurance_portal.bench.machine import about
from assurance_portal.bench.parts import PARTS, SCALES
from assurance_portal.bench.run import Run
from assurance_portal.bench.worlds import Broken, sizes

NAMES = ("migrate", *PARTS, "starts")


class Command(BaseCommand):
    """``bench [--quick] [--only NAME] [--starts]``; ``--part`` is how it calls itself in a process of its own."""

    help = "Measure: JSON lines with name, ours, floor, ratio and unit"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Everything but the starts, in full size, unless told otherwise."""
        parser.add_argument("--quick", dest="scale", action="store_const", const="quick", default="full", help="small")
        parser.add_argument("--scale", choices=SCALES, default="full", help="the size by name")
        parser.add_argument("--only", choices=NAMES, help="one part")
        parser.add_argument("--starts", action="store_true", help="also start ./portal run twice on a fresh folder")
        parser.add_argument("--part", choices=PARTS, help="measure one part on databases that are there")
        parser.add_argument("--registers", nargs="*", default=[], help="the databases of --part, as SIZE=NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the databases, measure part by part, throw the databases away."""
        scale = SCALES[options["scale"]]
        if options["part"]:
            measure, _ = PARTS[options["part"]]
            for figure in measure(scale, sizes(options["registers"]), timezone.localdate()):
                self._say(figure)
            return
        if not settings.MIGRATE_DATABASE_URL:
            raise CommandError("Set MIGRATE_DATABASE_URL: measuring makes databases of its own, and that role may.")
        self._write(machine_line(about(scale=options["scale"], organisations=scale.registers, criteria=98,
                                       years=scale.years)))  # fmt: skip
        try:
            if options["only"] != "starts":
                Run(options["scale"], self._say).measure(options["only"])
            if options["starts"] or options["only"] == "starts":
                for figure in starting.measure():
                    self._say(figure)
        except Broken as problem:
            raise CommandError(f"Measuring stopped: {problem} failed; what went wrong is above.") from problem

    def _say(self, figure: Figure) -> None:
        self._write(figure.line())

    def _write(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
