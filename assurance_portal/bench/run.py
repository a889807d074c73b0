"""One run: the databases in the order in which they grow out of each other, and each part on its own copy."""

import sys
from collections.abc import Callable
from time import perf_counter

from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import User
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.five_years import fill, told_of
from assurance_portal.bench.growing import grow
from assurance_portal.bench.pages import person
from assurance_portal.bench.parts import PARTS, SCALES
from assurance_portal.bench.worlds import Worlds, link, standing_in, worlds
from assurance_portal.database import as_migrator

BASE = "base"


class Run:
    """Makes what a part needs when it is needed, and calls the part in a process of its own."""

    def __init__(self, scale: str, say: Callable[[Figure], None]) -> None:
        self.name, self.scale, self.say = scale, SCALES[scale], say

    def measure(self, only: str | None) -> None:
        """Everything, or one part."""
        began = perf_counter()
        with worlds() as made:
            self._migrate(made, said=only in (None, "migrate"))
            if only != "migrate":
                self._load(made)
                for part in PARTS:
                    if only in (None, part):
                        self._part(made, part)
        self._note(f"Measured in {perf_counter() - began:.0f} s")

    def _migrate(self, made: Worlds, *, said: bool) -> None:
        made.make(BASE)
        began = perf_counter()
        made.run(BASE, "migrate", "--verbosity", "0")
        if said:
            self.say(Figure("migrate on an empty database", perf_counter() - began, "s", target="< 20"))

    def _load(self, made: Worlds) -> None:
        scale = self.scale
        self._note(f"Loading {scale.loaded} providers and {scale.years} years")
        made.run(BASE, "seed_demo", "--providers", str(scale.loaded), "--years", str(scale.years), "--tier", "full")
        base = link(made.name(BASE))
        with standing_in(base):
            designated = User.objects.get(pk=person(Role.DESIGNATED_PROFESSIONAL))
            rows = fill(told_of().organisation, by=designated, on=timezone.localdate())
        base.close()  # nobody may look at a database that is copied
        self._note(f"Written beside the returns of one provider: {rows} rows")

    def _part(self, made: Worlds, part: str) -> None:
        _, register = PARTS[part]
        self._note(f"Measuring {part}")
        of_one = {
            "report": self.scale.report,
            **dict.fromkeys(("exports", "round", "figures", "figures-told"), self.scale.registers[-1]),
        }
        if (size := of_one.get(part)) is not None:
            self._grown(made, part, size, one_commissioner=True)
            return self._call(made, part, part)
        if register is None:
            names = [f"{size}={self._register(made, size)}" for size in self.scale.registers]
            return self._call(made, part, f"r{self.scale.registers[0]}", *names)
        size = self.scale.registers[register]
        self._register(made, size)
        made.make(part, like=f"r{size}")
        self._call(made, part, part)
        made.drop(part)

    def _register(self, made: Worlds, size: int) -> str:
        """A register of that size, made once."""
        short = f"r{size}"
        if short not in made.there:
            self._grown(made, short, size)
        return made.name(short)

    def _grown(self, made: Worlds, short: str, size: int, *, one_commissioner: bool = False) -> None:
        self._note(f"Growing a register to {size} providers")
        name = made.make(short, like=BASE)
        with as_migrator(name) as owner:
            led_by = _first_commissioner(owner) if one_commissioner else None
            grow(owner, size, led_by=led_by)

    def _call(self, made: Worlds, part: str, short: str, *registers: str) -> None:
        made.run(short, "bench", "--part", part, "--scale", self.name, "--registers", *registers, show=True)

    def _note(self, text: str) -> None:
        sys.stderr.write(f"bench: {text}\n")


def _first_commissioner(owner: "object") -> int:
    with owner.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT min(id) FROM providers_organisation WHERE kind = 'commissioner'")
        return int(cursor.fetchone()[0])
