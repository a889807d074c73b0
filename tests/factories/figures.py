"""Figures as they stand after a submission, planted without the pages that write them: what the resolver reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from design.calendar import Quarter
from tests.factories.accounts import UserFactory
from tests.factories.providers import CommissionerFactory, provider_of
from training.models import AskedLine, Figure, FigureReturn, FigureSubmission, Line, Period

NOTHING, NOT_APPLICABLE = AskedLine.Answer.NOTHING, AskedLine.Answer.NOT_APPLICABLE
LONG_AGO = date(2010, 4, 1)


def a_line(code: str, commissioner: Any = None, **fields: Any) -> Line:
    """A line that holds for ever; a share unless it says otherwise."""
    form = fields.get("form", Line.Form.SHARE)
    plain = {
        "name": f"Line {code}", "short": code[:32], "family": "training", "set_code": "kpi", "numerator": "compliant",
        "denominator": "eligible" if form in ("share", "rate") else "", "per": 1000 if form == "rate" else None,
        "valid_from": LONG_AGO,
    }  # fmt: skip
    return Line.objects.create(code=code, commissioner=commissioner, **{**plain, **fields})


@dataclass
class Planted:
    """A commissioner with providers, lines and quarters; ``submit`` makes what a submission leaves behind."""

    commissioner: Any
    by: Any
    lines: dict[str, Line]
    providers: dict[str, Any] = field(default_factory=dict)
    returns: dict[tuple[Any, Any], FigureReturn] = field(default_factory=dict)

    def provider(self, name: str, **fields: Any) -> Any:
        """A provider that the commissioner leads."""
        self.providers[name] = provider_of(self.commissioner, name=name, **fields)
        return self.providers[name]

    def quarter(self, on: date, **fields: Any) -> Period:
        """The quarter of a day, issued."""
        quarter = Quarter.of(on)
        return Period.objects.create(
            commissioner=self.commissioner, starts_on=quarter.starts, ends_on=quarter.ends,
            due_on=quarter.ends + timedelta(days=28), state=Period.State.OPEN, issued_at=moment(quarter.ends), **fields,
        )  # fmt: skip

    def asked(self, period: Period, provider: Any, codes: Any = None, **fields: Any) -> FigureReturn:
        """A return that was issued, with its lines. Nothing came. Thresholds: ``{code: (value, amber)}``."""
        thresholds = fields.pop("thresholds", {})
        category = getattr(provider.category, "code", "")
        made = FigureReturn.objects.create(
            commissioner=self.commissioner, organisation=provider, period=period, due_on=period.due_on,
            original_due_on=period.due_on, issued_at=moment(period.ends_on), tier="full", category=category, **fields,
        )  # fmt: skip
        AskedLine.objects.bulk_create(
            AskedLine(
                commissioner=self.commissioner, organisation=provider, figure_return=made, line=self.lines[code],
                code=code, threshold=value, amber=amber,
            )
            for code in (self.lines if codes is None else codes)
            for value, amber in [thresholds.get(code, (None, None))]
        )  # fmt: skip
        self.returns[period, provider] = made
        return made

    def submit(
        self, period: Period, provider: Any, totals: Mapping[str, Any], *, at: datetime | None = None, reason: str = "",
        **fields: Any,
    ) -> FigureReturn:  # fmt: skip
        """What came: ``{code: (n, d)}``, a number alone for a count, or an answer without figures. Again: a correction.

        Further figures of a line by kind and group: ``parts={code: [("group", "nursing", n, d), …]}``; what the
        provider says to a line: ``words={code: "…"}``.
        """
        at, parts = at or moment(period.due_on), fields.pop("parts", {})
        words = fields.pop("words", {})
        document = {"lines": [{"code": code, "answer_reason": "", "narrative": each} for code, each in words.items()]}
        made = self.returns.get((period, provider)) or self.asked(period, provider, totals, **fields)
        number = made.submissions.count() + 1
        whose = {"commissioner": self.commissioner, "organisation": provider, "figure_return": made}
        submission = FigureSubmission.objects.create(
            **whose, number=number, document=document, sha256="0" * 64, signed_by_name="A Signer",
            signed_by_role="Lead", signed_on=at.date(), submitted_by=self.by, submitted_at=at, reason=reason,
        )  # fmt: skip
        made.figures.known().update(known_to=at)
        rows = []
        for asked in made.lines.filter(code__in=totals).select_related("line"):
            same = {
                **whose, "period": period, "submission": submission, "asked": asked, "code": asked.code,
                "threshold": asked.threshold, "amber": asked.amber, "direction": asked.line.direction,
                "known_from": at,
            }  # fmt: skip
            rows.append(Figure(**same, kind="total", **numbers(totals[asked.code], asked.line)))
            rows += [
                Figure(**same, kind=kind, group=group, **numbers(figure[0] if len(figure) == 1 else figure, asked.line))
                for kind, group, *figure in parts.get(asked.code, ())
            ]
        Figure.objects.bulk_create(rows)
        FigureReturn.objects.filter(pk=made.pk).update(
            state="submitted",
            submitted_at=at,
            first_submitted_at=made.first_submitted_at or at,
            settled_at=at,
            version=made.version + 1,
        )
        made.refresh_from_db()
        return made


def numbers(said: Any, line: Line) -> dict[str, Any]:
    """The numbers of one figure as the factory takes them."""
    if said == NOT_APPLICABLE:
        return {"answer": said}
    if said == NOTHING:
        return {"answer": said, "numerator": 0, "denominator": 0 if line.has_denominator else None}
    if isinstance(said, dict):
        return said
    n, *d = said if isinstance(said, (tuple, list)) else (said,)
    return {"numerator": n, "denominator": d[0] if d else None}


def moment(day: date, hour: int = 10) -> datetime:
    """Ten o'clock of a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def planted(*lines: Line, commissioner: Any = None) -> Planted:
    """A commissioner with these lines, or with one: l3, a share."""
    commissioner = commissioner or CommissionerFactory()
    found = lines or (a_line("l3"),)
    return Planted(commissioner, UserFactory(), {line.code: line for line in found})


NINETY = {"l3": (Decimal(90), Decimal(10))}
