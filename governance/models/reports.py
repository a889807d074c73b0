"""The annual report: one version of one year, its states, and who moves it between them.

Draft: words are written and figures frozen by building. Approved: a person answered for what they read, and the final
paper was made from the same facts. Published: others may read it. A later version replaces it; nothing is changed.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.db import IntegrityError, models, transaction
from django.db.models import F, Max, Q

from accounts.capabilities import Can
from accounts.references import new_reference
from accounts.refusals import Refused
from accounts.tenancy import TenantQuerySet
from design.calendar import FinancialYear
from governance.sections import SECTIONS

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

# Who sees a report before it is published, and what was replaced; everybody else reads what is published.
IN_PRINT = frozenset({Can.BUILD_REPORT, Can.APPROVE_REPORT, Can.READ_HISTORY})
# How long one step of a build may take before somebody else takes it up.
LEASE = timedelta(minutes=3)
ATTEMPTS = 3
TOO_OFTEN = (
    "The paper could not be made after three tries. Nothing you wrote is lost. Try again; if it fails again, give "
    "the reference of this report to whoever runs the portal."
)


class OwnReport(Refused):
    """Whoever began a report may not be the one who approves it."""


class NotReady(Refused):
    """The report is not in a state in which this can be done; the message says what to do."""


class LeaseLost(Exception):
    """Somebody else has taken this build up."""


class AnnualReportQuerySet(TenantQuerySet):
    """Reports of a commissioner. Before it is published a report is there for those who make it, and nobody else."""

    organisation_path = ""
    drafts = ~Q(state="published")
    sees_drafts = IN_PRINT

    @transaction.atomic
    def begin(
        self, commissioner: "Organisation", *, year: str, cut_off: date, by: "User | None", at: datetime
    ) -> "AnnualReport":
        """A first or further version of a year, with an empty block for every section.

        Refused while a draft of the same year is there. Words of the version before are taken over.
        """
        same = self.filter(commissioner=commissioner, year=year)
        number = (same.aggregate(last=Max("number"))["last"] or 0) + 1
        before = same.filter(number=number - 1).first()
        title = f"Annual safeguarding report {FinancialYear.parse(year).label}"
        try:
            with transaction.atomic():
                made: AnnualReport = self.create(
                    commissioner=commissioner, year=year, cut_off=cut_off, number=number, title=title,
                    created_by=by, created_at=at,
                )  # fmt: skip
        except IntegrityError as problem:
            raise Refused(f"There is already a draft for {year}. Go on with that one.") from problem
        words = dict(before.narratives.values_list("section", "text")) if before else {}
        blocks = [
            made.narratives.model(report=made, section=each.key, text=words.get(each.key, "")) for each in SECTIONS
        ]
        made.narratives.bulk_create(blocks)
        return made

    def to_build(self, *, at: datetime) -> Self:
        """Waiting, or left behind by a worker that never came back."""
        lapsed = Q(build=AnnualReport.Build.BUILDING, lease_until__lt=at)
        return self.filter(Q(build=AnnualReport.Build.QUEUED) | lapsed)

    def last_year_of(self, report: "AnnualReport") -> "AnnualReport | None":
        """What was said a year ago: the newest version that was approved."""
        before = FinancialYear.parse(report.year).previous.slug
        same = self.filter(commissioner=report.commissioner_id, year=before).exclude(state=AnnualReport.State.DRAFT)
        found: AnnualReport | None = same.order_by("-number").first()
        return found


# What the machine notes while it builds is no history.
MACHINERY = ["build", "progress", "stage", "lease_until", "problem", "attempts"]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True, exclude=MACHINERY)
class AnnualReport(models.Model):
    """One version of one year. Approved it never changes; a new cut is a new version."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Replaced by a later version"

    class Build(models.TextChoices):
        IDLE = "idle", "Not built yet"
        QUEUED = "queued", "Waiting to be built"
        BUILDING = "building", "Being built"
        BUILT = "built", "Built"
        FAILED = "failed", "Could not be built"

    TONES: ClassVar[dict[str, str]] = {
        "draft": "waiting",
        "approved": "info",
        "published": "good",
        "superseded": "quiet",
    }

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="annual_reports")
    year = models.CharField("financial year", max_length=7)
    number = models.PositiveSmallIntegerField(default=1)
    cut_off = models.DateField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    build = models.CharField(max_length=8, choices=Build.choices, default=Build.IDLE)
    progress = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    approved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["commissioner", "year", "number"], name="annual_report_version_once"),
            models.UniqueConstraint(
                fields=["commissioner", "year"], condition=Q(state="draft"), name="annual_report_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="annual_report_approved_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(created_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="annual_report_author_not_approver",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(build__in=["queued", "building"]), name="annual_report_to_build"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.number})"

    @property
    def financial_year(self) -> FinancialYear:
        """The year it is about."""
        return FinancialYear.parse(self.year)

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the state."""
        return self.TONES[self.state]

    @property
    def is_open(self) -> bool:
        """May its words still be changed and its figures taken again?"""
        return self.state == self.State.DRAFT and self.approved_at is None

    @property
    def is_final(self) -> bool:
        """Approved: its paper is the paper."""
        return self.state != self.State.DRAFT

    @property
    def is_under_way(self) -> bool:
        """Is a worker making the paper, or about to?"""
        return self.build in (self.Build.QUEUED, self.Build.BUILDING)

    @property
    def file_name(self) -> str:
        """What a reader's computer calls the paper: nothing odd, and a working copy says so."""
        kind = "" if self.is_final else "-working-copy"
        return f"annual-safeguarding-report-{self.year}-version-{self.number}{kind}.pdf"

    def refuse_unless_open(self) -> None:
        """An approved report never changes."""
        self.refresh_from_db(fields=["state", "approved_at"])
        if not self.is_open:
            raise NotReady("This version has been approved, so its words and figures stay. Begin a new version.")

    # --- Building ---------------------------------------------------------------------------

    def ask_for_build(self) -> bool:
        """Put it in front of the worker; False when it is there already. Of two askers one wins."""
        waiting = Q(build__in=[self.Build.IDLE, self.Build.BUILT, self.Build.FAILED])
        asked = (
            type(self)
            .objects.filter(waiting, pk=self.pk, state=self.State.DRAFT)
            .update(build=self.Build.QUEUED, attempts=0, progress=0, stage="", problem="", lease_until=None)
        )
        self.refresh_from_db()
        if not asked and self.is_final:
            raise NotReady("This version has been approved: its paper stays as it is. Begin a new version.")
        return bool(asked)

    def claim(self, *, at: datetime) -> bool:
        """Take the build up, for as long as the lease; False when another worker has it. Given up after three."""
        mine = type(self).objects.to_build(at=at).filter(pk=self.pk, state=self.State.DRAFT)
        until = at + LEASE
        if mine.filter(attempts__gte=ATTEMPTS).update(build=self.Build.FAILED, problem=TOO_OFTEN, lease_until=None):
            self.refresh_from_db()
            return False
        taken = mine.update(build=self.Build.BUILDING, lease_until=until, attempts=F("attempts") + 1, problem="")
        self.refresh_from_db()
        return bool(taken)

    def reach(self, stage: str, progress: int, *, at: datetime, **changes: Any) -> None:
        """Say how far the build is and go on holding it; LeaseLost when somebody else has it now."""
        self._leased(stage=stage, progress=progress, lease_until=at + LEASE, **changes)

    def finish(self, *, at: datetime) -> None:
        """The paper is there. An approval that was given takes effect: from now on nothing of it changes."""
        final = {"state": self.State.APPROVED} if self.approved_at else {}
        self._leased(build=self.Build.BUILT, progress=100, stage="", lease_until=None, **final)

    def fail(self, problem: str) -> None:
        """Say in plain words what went wrong; asking again starts afresh."""
        self._leased(build=self.Build.FAILED, problem=problem[:300], lease_until=None)

    def _leased(self, **changes: Any) -> None:
        held = type(self).objects.filter(pk=self.pk, build=self.Build.BUILDING, lease_until=self.lease_until)
        if not held.update(**changes):
            raise LeaseLost(self.reference)
        self.refresh_from_db()

    # --- Answering for it -------------------------------------------------------------------

    def words_changed_since_built(self) -> bool:
        """Were words written after the paper was made?"""
        made = self.files.filter(current=True).aggregate(at=Max("made_at"))["at"]
        return made is None or self.narratives.filter(written_at__gt=made).exists()

    @transaction.atomic
    def approve(self, *, by: "User", at: datetime) -> None:
        """A director answers for the paper as built. The final one, without the banner, is made from the same facts."""
        locked = type(self).objects.select_for_update().get(pk=self.pk)
        if locked.created_by_id == by.pk:
            raise OwnReport("You began this report, so another director has to approve it.")
        if not locked.is_open or locked.build != self.Build.BUILT:
            raise NotReady("Only a draft whose paper has been built can be approved. Look at it again.")
        if locked.words_changed_since_built():
            raise NotReady("Words have changed since the paper was built. Build it again and read it, then approve.")
        type(self).objects.filter(pk=self.pk).update(
            approved_by=by, approved_at=at, build=self.Build.QUEUED, attempts=0, progress=0, version=F("version") + 1
        )
        self.refresh_from_db()

    @transaction.atomic
    def publish(self, *, by: "User", at: datetime) -> None:
        """Let its readers read it. The version that they read before is replaced."""
        same = type(self).objects.filter(commissioner=self.commissioner_id, year=self.year)
        list(same.select_for_update().order_by("pk"))
        same.filter(state=self.State.PUBLISHED, number__lt=self.number).update(
            state=self.State.SUPERSEDED, version=F("version") + 1
        )
        moved = same.filter(pk=self.pk, state=self.State.APPROVED).update(
            state=self.State.PUBLISHED, published_by=by, published_at=at, version=F("version") + 1
        )
        if not moved:
            raise NotReady("Only an approved report can be published. Look at it again.")
        self.refresh_from_db()

    def next_version(self, *, by: "User", at: datetime) -> "AnnualReport":
        """A new cut: words are taken over, figures taken again. This version stays until the new one is published."""
        if not self.is_final:
            raise NotReady("This version is still a draft: change it instead.")
        made: AnnualReport = type(self).objects.begin(
            self.commissioner, year=self.year, cut_off=self.cut_off, by=by, at=at
        )
        return made
