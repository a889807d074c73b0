"""Training figures for tests: lines, thresholds, periods and returns, with the boxes that issuing makes.

line = a_line(commissioner, "children-2")
owed = a_figures_return(a_period(commissioner), provider, [line])
fill(owed, children_2=(45, 50))
submitted(owed)
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from accounts.capabilities import Role
from accounts.models import Membership
from tests.factories.accounts import someone
from tests.factories.providers import LONG_AGO, CommissionerFactory, provider_of
from training import models

ISSUED = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
SUBMITTED = datetime(2026, 10, 20, 15, 0, tzinfo=UTC)
ENDS = date(2026, 9, 30)
DUE = date(2026, 10, 28)
GROUPS = ("nursing", "medical")
SET = "training"


def a_line(commissioner: Any, code: str = "children-2", **more: Any) -> models.Line:
    """A line of training of the commissioner's own, for every tier and category: so many of so many, in one box."""
    share = more.get("form", models.Line.Form.SHARE) in (models.Line.Form.SHARE, models.Line.Form.RATE)
    values = {
        "name": f"Line {code}", "short": code[:32], "family": models.Line.Family.TRAINING, "set_code": SET,
        "numerator": "Compliant staff", "denominator": "Eligible staff" if share else "",
        "valid_from": LONG_AGO, **more,
    }  # fmt: skip
    made: models.Line = models.Line.objects.create(commissioner=commissioner, code=code, **values)
    return made


def a_threshold(commissioner: Any, code: str = "children-2", value: Any = 90, **more: Any) -> models.Threshold:
    """What the line should reach; for a category or an organisation with its reason."""
    values = {"valid_from": LONG_AGO, "amber": Decimal(10), **more}
    made: models.Threshold = models.Threshold.objects.create(
        commissioner=commissioner, code=code, value=Decimal(value), **values
    )
    return made


def a_period(commissioner: Any = None, *, ends_on: date = ENDS, **more: Any) -> models.Period:
    """An open quarter, Q2 2026-27 unless another end is given; ``timing="month"`` makes a month."""
    timing = more.pop("timing", models.Line.Timing.QUARTER)
    first, last = models.days_of(timing, ends_on)
    due = date.fromordinal(last.toordinal() + 28)
    values = {"due_on": due, "state": models.Period.State.OPEN, "issued_at": ISSUED, **more}
    return models.Period.objects.create(
        commissioner=commissioner or CommissionerFactory(), timing=timing, starts_on=first, ends_on=last, **values
    )


def a_figures_return(
    period: models.Period | None = None, organisation: Any = None, lines: Iterable[models.Line] = (), *,
    groups: Sequence[str] = (), reasons: Sequence[str] = (), threshold: Any = None, **fields: Any,
) -> models.FigureReturn:  # fmt: skip
    """A return just issued with empty boxes. ``groups`` split every line, ``threshold`` is everybody's."""
    period = period or a_period()
    whose = {"commissioner": period.commissioner, "organisation": organisation or provider_of(period.commissioner)}
    values = {"tier": "full", "due_on": period.due_on, "original_due_on": period.due_on, "issued_at": ISSUED} | fields
    made = models.FigureReturn.objects.create(period=period, **whose, **values)
    level = {} if threshold is None else {"threshold": Decimal(threshold), "amber": Decimal(10)}
    for n, line in enumerate(lines or [a_line(period.commissioner)]):
        why = list(reasons if line.reasons else ())
        asked = models.AskedLine.objects.create(
            **whose,
            figure_return=made,
            line=line,
            code=line.code,
            position=n,
            groups=list(groups),
            reasons=why,
            **level,
        )
        boxes = [("group", group) for group in groups or [""]] + [("reason", reason) for reason in why]
        models.Cell.objects.bulk_create(
            models.Cell(**whose, asked=asked, kind=kind, group=group) for kind, group in boxes
        )
    return made


def fill(figure_return: models.FigureReturn, **by_code: Any) -> models.FigureReturn:
    """Write numbers: ``children_2=(45, 50)``, a count alone, or ``{"nursing": (45, 50), "medical": (5, 10)}``.

    What is not named gets nothing to declare, so that the return can be submitted.
    """
    figure_return.refresh_from_db()
    for asked in figure_return.lines.prefetch_related("cells"):
        said = by_code.get(asked.code.replace("-", "_"))
        if said is None:
            models.AskedLine.objects.filter(pk=asked.pk).update(answer="nothing", answer_reason="None this quarter")
            continue
        below = {"narrative": "Courses are booked for those who are out of date."}
        models.AskedLine.objects.filter(pk=asked.pk).update(answer="figures", answer_reason="", **below)
        for cell in asked.cells.all():
            _write(cell, said.get(cell.group) if isinstance(said, dict) else said if not cell.group else None)
    return figure_return


def _write(cell: models.Cell, said: Any) -> None:
    n, d, *head = said if isinstance(said, tuple) else (said, None)
    models.Cell.objects.filter(pk=cell.pk).update(
        numerator=n, denominator=d, headcount=head[0] if head else None, written_at=ISSUED
    )


def signed(on: date = date(2026, 10, 20)) -> models.Signature:
    """Somebody answers for the figures."""
    return models.Signature("Jo Signer", "Named nurse", on)


def submitted(
    figure_return: models.FigureReturn, *, by: Any = None, at: datetime = SUBMITTED, **by_code: Any
) -> models.FigureReturn:
    """Filled and submitted by the provider's lead."""
    if by_code:
        fill(figure_return, **by_code)
    figure_return.submit(signed(), by=by or lead_of(figure_return.organisation), at=at)
    return figure_return


def corrected(
    figure_return: models.FigureReturn, *, at: datetime, by: Any = None, reason: str = "Counted wrongly", **by_code: Any
) -> models.FigureReturn:
    """Submitted figures, corrected and submitted again."""
    by = by or lead_of(figure_return.organisation)
    figure_return.begin_correction(reason, by=by, at=at)
    return submitted(figure_return, by=by, at=at, **by_code)


def lead_of(organisation: Any) -> Any:
    """The safeguarding lead of a provider, made when there is none."""
    held = Membership.objects.filter(organisation=organisation, role=Role.PROVIDER_LEAD).select_related("user").first()
    return held.user if held else someone(Role.PROVIDER_LEAD, organisation)
