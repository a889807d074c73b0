"""What the builder's pages show: each block and last year's words, who may approve, what is still missing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.capabilities import Can
from accounts.models import Membership
from chasing.models import JobRun
from chasing.models.sending import Worker
from governance.models import AnnualReport, ReportFile, ReportNarrative
from governance.models.reports import NotReady
from governance.paper import KEY_FIGURES
from governance.sections import BY_KEY, SECTIONS, Section

JOB = "sweep_builds"  # what the worker that makes papers does every minute


@dataclass(frozen=True)
class Desk:
    """One block on the desk."""

    section: Section
    narrative: ReportNarrative

    @property
    def state(self) -> str:
        """As the list says it."""
        if self.narrative.text:
            return f"{len(self.narrative.text.split())}\u00a0words"
        return "Words\u00a0missing" if self.section.needed else "Optional,\u00a0empty"

    @property
    def tone(self) -> str:
        """The tone of the tag."""
        return "good" if self.narrative.text else "partly" if self.section.needed else "quiet"


def blocks_of(report: AnnualReport) -> list[Desk]:
    """Every block of the report, in order."""
    written = {each.section: each for each in report.narratives.all()}
    return [Desk(each, written[each.key]) for each in SECTIONS if each.key in written]


def worker(*, at: datetime) -> Worker:
    """Is somebody there to make the paper? Asked while one is waited for."""
    return JobRun.objects.heard_of(JOB, at=at)


def last_year(report: AnnualReport, section: str) -> str:
    """What the same block said a year ago, as approved; empty without an approved report."""
    before = AnnualReport.objects.last_year_of(report)
    return before.narratives.filter(section=section).values_list("text", flat=True).first() or "" if before else ""


def approvers(report: AnnualReport, *, on: date) -> list[str]:
    """Who may approve it: everybody with the right at the commissioner, but for whoever began it."""
    held = Membership.objects.live(on=on).granting(Can.APPROVE_REPORT).filter(organisation=report.commissioner_id)
    return list(
        held.exclude(user=report.created_by_id).order_by("user__name").values_list("user__name", flat=True).distinct()
    )


def paper_of(report: AnnualReport) -> ReportFile | None:
    """The paper as it was last built."""
    return report.files.filter(kind=ReportFile.Kind.PDF, current=True).first()


def key_figures(report: AnnualReport) -> list[Any]:
    """The figures of the first page, in its order."""
    found = {each.key: each for each in report.figures.filter(key__in=KEY_FIGURES)}
    return [found[key] for key in KEY_FIGURES if key in found]


def late_of(report: AnnualReport) -> Any:
    """How many returns arrived after the cut-off; None before figures are taken."""
    return report.figures.filter(key="late").first()


def missing(desk: list[Desk]) -> list[str]:
    """Titles of blocks that the paper needs and that are empty."""
    return [each.section.title for each in desk if each.section.needed and not each.narrative.text.strip()]


def may_begin(user: Any, *, on: date) -> bool:
    """May this person begin a report for anybody?"""
    return bool(Membership.objects.acting(user, on=on).granting(Can.BUILD_REPORT).exists())


def conflict(theirs: ReportNarrative, yours: str, url: str) -> dict[str, Any]:
    """For the page that shows both when two people wrote at once."""
    rows = [{"label": BY_KEY[theirs.section].title, "theirs": theirs.text, "yours": yours}]
    return {"by": theirs.written_by, "at": theirs.written_at, "version": theirs.version, "url": url, "rows": rows}


def refuse_incomplete(desk: list[Desk]) -> None:
    """No paper is approved with a block that it needs left empty."""
    if gaps := missing(desk):
        raise NotReady(f"Still to be written before it can be approved: {', '.join(gaps)}.")
