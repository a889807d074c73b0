"""build_annual_report: make the annual report of a commissioner here and now, and copy the paper to a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from design.calendar import FinancialYear
from governance import files
from governance.building import build
from governance.models import AnnualReport
from providers.models import Organisation


class Command(BaseCommand):
    """An approved version is handed out as it is; otherwise the draft is built, or begun and built."""

    help = "Build the annual report of a commissioner and write the PDF to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """--commissioner is an ODS code or the portal's reference."""
        parser.add_argument("--commissioner", required=True, help="ODS code or reference")
        parser.add_argument("--year", help="2017-18; the last complete financial year if not given")
        parser.add_argument("--out", required=True, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the version, its state and the sha256 of the paper."""
        commissioner = _commissioner(options["commissioner"])
        report = _report(commissioner, _year(options["year"]))
        if not report.is_final:
            report.ask_for_build()
            if not build(report, clock=timezone.now):
                report.refresh_from_db()
                raise CommandError(report.problem or "Another worker is making this paper. Try again in a minute.")
            report.refresh_from_db()
        paper = report.files.get(kind="pdf", current=True)
        try:
            options["out"].write_bytes(files.read(paper.sha256))
        except OSError as problem:
            raise CommandError(f"The paper cannot be written to {options['out']}: {problem.strerror}") from problem
        self.stdout.write(f"{report.title}, {commissioner.name}")
        self.stdout.write(f"version {report.number}, {report.get_state_display().lower()}, as at {report.cut_off}")
        self.stdout.write(f"sha256 {paper.sha256}")


def _commissioner(code: str) -> Organisation:
    found = Organisation.objects.filter(Q(code__iexact=code) | Q(reference=code.upper())).first()
    if found is None or found.kind != Organisation.Kind.COMMISSIONER:
        raise CommandError(f"There is no commissioner with the code or reference {code}.")
    return found


def _year(given: str | None) -> FinancialYear:
    today = timezone.localdate()
    if not given:
        return FinancialYear.last_complete(today)
    try:
        year = FinancialYear.parse(given)
    except ValueError as problem:
        raise CommandError("Write the year like 2017-18.") from problem
    if year.starts > today:
        raise CommandError(f"{year.label} has not begun.")
    return year


def _report(commissioner: Organisation, year: FinancialYear) -> AnnualReport:
    """The draft if there is one, else the latest approved version, else a first draft."""
    same = AnnualReport.objects.filter(commissioner=commissioner, year=year.slug).select_related("commissioner")
    found = same.filter(state=AnnualReport.State.DRAFT).first() or same.order_by("-number").first()
    if found is not None:
        return found
    cut_off = min(year.ends, timezone.localdate())
    return AnnualReport.objects.begin(commissioner, year=year.slug, cut_off=cut_off, by=None, at=timezone.now())
