"""Who was asked, who has returned, who is missing by name: "41 of 46 providers". The commissioner itself is apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q

from accounts.capabilities import Can
from training.models import AskedLine, FigureReturn, Period

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Silent:
    """A provider of which there is no figure: not returned, or withdrawn with a reason."""

    return_pk: int
    reference: str
    organisation: int
    name: str
    category: str
    why: str = ""


@dataclass(frozen=True)
class Coverage:
    """The returns of a period: asked and not withdrawn, how many of them came, and the others by name."""

    asked: int
    returned: int
    missing: tuple[Silent, ...]
    withdrawn: tuple[Silent, ...]

    @property
    def said(self) -> str:
        """ "41 of 46 providers"."""
        return f"{self.returned:,} of {self.asked:,} provider{'' if self.asked == 1 else 's'}"

    @property
    def names(self) -> list[str]:
        """Those who are missing, by name."""
        return [each.name for each in self.missing]


def coverage(
    user: "User", period: Period, *, at: datetime | None = None, category: str = "", can: Can = Can.SEE_FIGURES
) -> Coverage:
    """Of one period, now or as it was at a moment; of one category where one is named. Two statements."""
    rows = FigureReturn.objects.permitted(user, can).filter(period=period).exclude(organisation=F("commissioner"))
    rows = rows.select_related(None).order_by("organisation__name", "pk")
    if category:
        rows = rows.filter(category=category)
    if at is not None:
        rows = rows.filter(issued_at__lte=at)
    gone = Q(state="withdrawn") if at is None else Q(withdrawn_at__lte=at)
    came = Q(first_submitted_at__isnull=False) if at is None else Q(first_submitted_at__lte=at)
    told = rows.aggregate(asked=Count("pk", filter=~gone), returned=Count("pk", filter=came & ~gone))
    silent = rows.filter(gone | ~came).values_list(
        "pk", "reference", "organisation_id", "organisation__name", "category", "withdrawn_reason", "withdrawn_at"
    )
    missing: list[Silent] = []
    withdrawn: list[Silent] = []
    for *shown, moment in silent:
        is_gone = moment is not None and (at is None or moment <= at)
        (withdrawn if is_gone else missing).append(Silent(*shown))
    return Coverage(told["asked"], told["returned"], tuple(missing), tuple(withdrawn))


def missing_by_line(missing: Sequence[Silent], codes: Sequence[str]) -> dict[str, list[Silent]]:
    """For each line the providers that were asked for it and have not returned. One statement."""
    by_return = {each.return_pk: each for each in missing}
    rows = AskedLine.objects.filter(figure_return__in=list(by_return), code__in=codes).order_by("code")
    found: dict[str, list[Silent]] = {code: [] for code in codes}
    for code, figure_return in rows.values_list("code", "figure_return_id"):
        found[code].append(by_return[figure_return])
    return {code: sorted(each, key=lambda one: (one.name, one.organisation)) for code, each in found.items()}


def asked_by_return(returns: Iterable[int]) -> dict[int, set[str]]:
    """Which lines each of these returns asks for: what the commissioner asked, nothing of what is written. One."""
    rows = AskedLine.objects.filter(figure_return__in=list(returns)).order_by().values("figure_return_id")
    return {pk: set(codes) for pk, codes in rows.values_list("figure_return_id", ArrayAgg("code"))}
