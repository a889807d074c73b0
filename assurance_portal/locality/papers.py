"""The annual reports of the last complete year: one approved and published, its paper built as a worker builds it; one
that is still being written next door."""

from datetime import date, datetime, timedelta

from assurance_portal.locality.people import People
from assurance_portal.locality.places import Locality, read
from assurance_portal.locality.years import past
from design.calendar import FinancialYear
from governance.building import build
from governance.models import AnnualReport, ReportDownload
from providers.models import Organisation

READERS = ("lay", "secretary", "auditor", "lay")


def load(locality: Locality, people: People, *, on: date) -> bool:
    """Begun, written, built, approved by the director, published and read, in the weeks after the year. False when the
    paper could not be built: then its draft is there, and says so."""
    ours, theirs = locality.commissioners.values()
    words = read("papers")
    _begun(theirs, words["draft"], people, on=on)
    report = _begun(ours, words["words"], people, on=on)
    if not _build(report, at=_day(report, 31, on)):
        return False
    report.approve(by=people["director"], at=_day(report, 35, on))
    if not _build(report, at=_day(report, 35, on)):
        return False
    report.publish(by=people["director"], at=_day(report, 36, on))
    paper = report.files.get(kind="pdf", current=True)
    ReportDownload.objects.bulk_create(
        ReportDownload(file=paper, by=people[key], at=_day(report, 37 + 3 * n, on)) for n, key in enumerate(READERS)
    )
    return True


def _begun(commissioner: Organisation, words: dict[str, str], people: People, *, on: date) -> AnnualReport:
    year = FinancialYear.last_complete(on)
    at = past(year.ends + timedelta(days=20), on=on)
    made = AnnualReport.objects.begin(commissioner, year=year.slug, cut_off=year.ends, by=people["analyst"], at=at)
    for block in made.narratives.filter(section__in=words):
        block.write(words[block.section].strip(), by=people["nurse"], at=_day(made, 27, on), seen=None)
    return made


def _day(report: AnnualReport, days: int, on: date) -> datetime:
    """So many days after the year, and never after the demonstration's today."""
    return past(report.financial_year.ends + timedelta(days=days), 10 + days % 6, on=on)


def _build(report: AnnualReport, *, at: datetime) -> bool:
    if report.is_open:
        report.ask_for_build()
    return build(report, clock=lambda: at)
