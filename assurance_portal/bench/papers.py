"""The annual report, from figures frozen to file stored, beside the PDF maker alone on the same HTML."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from assurance_portal.bench.figure import Figure
from assurance_portal.bench.pages import peak_memory
from assurance_portal.bench.timing import alternate
from design.calendar import FinancialYear
from governance import building
from governance.models import AnnualReport
from governance.paper import html_of, make, style
from providers.models import Arrangement, Organisation

ROUNDS = 5


def measure(on: date, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Warm, in turns; the ratio is what counts."""
    commissioner = Organisation.objects.filter(kind=Organisation.Kind.COMMISSIONER).order_by("pk")[0]
    providers = Arrangement.objects.live(on=on).leading().filter(commissioner=commissioner).count()
    year = FinancialYear.last_complete(on)
    report = AnnualReport.objects.begin(commissioner, year=year.slug, cut_off=year.ends, by=None, at=timezone.now())
    report.ask_for_build()
    if not building.build(report, clock=timezone.now):
        raise RuntimeError(report.problem)
    html = html_of(report)

    taken = alternate({"ours": lambda: _build(report), "floor": lambda: _set(html)}, rounds=rounds, warm=1)
    name = f"annual report for {providers} providers"
    yield Figure(name, taken["ours"], "s", taken["floor"], "ratio <= 1.3")
    yield Figure("memory of the paper's worker", peak_memory(), "MB")


def _build(report: AnnualReport) -> None:
    """Figures are frozen: set the pages and keep the files, as the worker does."""
    report.ask_for_build()
    report.claim(at=timezone.now())
    report.reach("Setting the pages", 55, at=timezone.now())
    made = make(report)
    report.reach("Keeping the files", 95, at=timezone.now())
    building._keep(report, made, at=timezone.now())


def _set(html: str) -> bytes:
    """The PDF maker alone: same HTML, same stylesheets, same variant."""
    from weasyprint import CSS, HTML  # not for web workers, whose memory is measured beside this

    from design.pdf_maker import AssetsOnly

    sheets, assets = style()
    fetcher = AssetsOnly(assets)
    styles = [CSS(string=sheet, url_fetcher=fetcher) for sheet in sheets]
    made: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=styles, pdf_variant="pdf/ua-1")
    return made
