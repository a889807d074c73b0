"""The standards as a schedule of a contract: a page that says what it holds, and the PDF and Word files."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from assurance.contract_schedule import Schedule, commissioners_for, schedule_of
from assurance.schedule_files import schedule_docx, schedule_pdf
from design.downloads import attachment
from design.pages import page
from design.word import WORD
from framework.models import FrameworkVersion
from framework.reading import whole
from providers.models.organisations import Tier


@door(Can.READ_STANDARDS, of=FrameworkVersion, methods=("GET",))
def contract_schedule(request: SignedInRequest, version: FrameworkVersion) -> HttpResponse:
    """Choose whose standards and read what the schedule says beside them; a draft cannot be taken into a contract."""
    edition = whole(version)
    schedule, chosen = _gathered(request, edition)
    return page(
        request, "assurance/contract_schedule.html", edition=edition, schedule=schedule, tiers=list(Tier), **chosen
    )


@door(Can.READ_STANDARDS, of=FrameworkVersion, methods=("GET",))
def contract_schedule_pdf(request: SignedInRequest, version: FrameworkVersion) -> HttpResponse:
    """The tagged PDF."""
    schedule, chosen = _gathered(request, _settled(version))
    content = schedule_pdf(schedule, at=timezone.now(), demonstration=settings.PORTAL_DEMONSTRATION)
    return attachment(content, "application/pdf", f"schedule-{version.reference}-{chosen['tier'].value}.pdf")


@door(Can.READ_STANDARDS, of=FrameworkVersion, methods=("GET",))
def contract_schedule_word(request: SignedInRequest, version: FrameworkVersion) -> HttpResponse:
    """The Word document."""
    schedule, chosen = _gathered(request, _settled(version))
    content = schedule_docx(schedule, at=timezone.now(), demonstration=settings.PORTAL_DEMONSTRATION)
    return attachment(content, WORD, f"schedule-{version.reference}-{chosen['tier'].value}.docx")


def _settled(version: FrameworkVersion) -> FrameworkVersion:
    """Proposed or published: a draft still changes."""
    if version.state == FrameworkVersion.State.DRAFT:
        raise Refused("This version is a draft. It becomes a schedule when it is proposed for publication.")
    return whole(version)


def _gathered(request: HttpRequest, version: FrameworkVersion) -> tuple[Schedule, dict[str, Any]]:
    """The schedule for the tier and the commissioner of the address, and what was chosen."""
    today = timezone.localdate()
    asked = request.GET.get("tier", "")
    tier = Tier(asked) if asked in Tier.values else Tier.FULL
    whose = commissioners_for(request.user, version, on=today)  # type: ignore[arg-type]
    named = [each for each in whose if each.reference == request.GET.get("for")]
    commissioner = next(iter(named or whose), None)
    schedule = schedule_of(version, tier, commissioner, on=today)
    return schedule, {"tier": tier, "commissioner": commissioner, "whose": whose}
