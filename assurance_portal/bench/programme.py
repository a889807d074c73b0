"""The visit programme of a large register, worked out cold and as it is kept; and the visit pack beside its floor.

The floor of the pack is the PDF maker alone on the same HTML and stylesheets, in a process of its own as ours is.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import User
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.pages import person
from assurance_portal.bench.timing import alternate, counting
from assurance_portal.bench.visitor import Visitor
from design.calendar import london_date
from oversight.models import Visit
from oversight.pack.paper import Pack, html_of, made, sheets
from oversight.programme.keeping import forget
from providers.models import Arrangement

MS = 1000
PACKS = 5
ALONE = """
import sys
from weasyprint import CSS, HTML
html, *styles = [open(name, encoding="utf-8").read() for name in sys.argv[1:]]
HTML(string=html).write_pdf(stylesheets=[CSS(string=each) for each in styles], pdf_variant="pdf/ua-1")
"""


def measure(at: datetime, *, rounds: int) -> Iterator[Figure]:
    """Cold: nothing kept. A page: what is kept, filtered and drawn."""
    on = london_date(at)
    live = Arrangement.objects.live(on=on).leading().select_related("commissioner", "organisation")
    arrangement = live.filter(organisation__category__tier="full").order_by("pk")[0]
    nurse = User.objects.get(pk=person(Role.DESIGNATED_PROFESSIONAL, arrangement.commissioner_id))
    visitor, path = Visitor.signed_in(nurse), reverse("oversight:programme")

    def cold() -> None:
        forget()
        _page(visitor, path)

    name = f"visit programme of {live.filter(organisation__kind='provider').count()} providers"
    cold()
    taken = alternate({"cold": cold, "page": lambda: _page(visitor, f"{path}?page=2")}, rounds=rounds)
    yield Figure(f"{name}, cold", taken["cold"] * MS, "ms", target="< 500")
    yield Figure(f"{name}, a page", taken["page"] * MS, "ms", target="< 60")
    forget()
    with counting() as statements:
        _page(visitor, path)
    yield Figure(f"statements of the {name}, cold", len(statements), "", target="<= 12")
    yield _pack(arrangement, nurse, at=at, rounds=min(rounds, PACKS))


def _page(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")


def _pack(arrangement: Arrangement, nurse: User, *, at: datetime, rounds: int) -> Figure:
    """The pack of one visit, gathered and set, beside the maker alone."""
    on = london_date(at)
    visit = Visit.objects.plan(
        arrangement.commissioner, arrangement.organisation, by=nurse, at=at, lead=nurse, kind=Visit.Kind.ANNOUNCED,
        planned_on=on + timedelta(days=14), strands=["children", "adults"],
    )  # fmt: skip
    html = html_of(Pack(visit, nurse, on), at=at, demonstration=False)
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("pack.html", "print.css", "pack.css")]
        for file, text in zip(files, (html, *sheets()), strict=True):
            file.write_text(text, encoding="utf-8")
        alone = [sys.executable, "-c", ALONE, *map(str, files)]
        taken = alternate(
            {
                "ours": lambda: made(Pack(visit, nurse, on), at=at),
                "floor": lambda: subprocess.run(alone, cwd=settings.BASE_DIR, check=True, capture_output=True),
            },
            rounds=rounds,
            warm=1,
        )
    return Figure("visit pack", taken["ours"], "s", taken["floor"], "ratio <= 1.3")
