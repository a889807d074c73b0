"""Reads the rows of a year, sheet by sheet, as far as whoever asked may take them out."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value

from accounts.capabilities import Can
from actions.models import Action
from actions.origins import origin_in_words
from assurance import standing
from assurance.models import LevelResult, Rating, SelfAssessment, StandardResult
from assurance.models.punctuality import on_time_of
from assurance.standing import BY_KEY, end_of
from chasing.kinds import kind_or_none
from chasing.models import Chase
from design.calendar import FinancialYear, london_date
from evidence.models import EvidenceItem
from framework.models import Grade
from framework.models.criteria import RefOrder
from governance.yearbook.columns import OVERALL
from providers.models import Arrangement, Organisation
from training.models import Figure
from training.resolver.cells import FIELDS, cell_of

if TYPE_CHECKING:
    from accounts.models import User

Row = dict[str, Any]
OWN, VALIDATED = Rating.Basis.SELF_ASSESSED, SelfAssessment.State.VALIDATED


def yes(value: Any) -> str:
    """A truth in a word; nothing while it is not known."""
    return "" if value is None else "Yes" if value else "No"


def day(moment: datetime | None) -> Any:
    """The London day of a moment."""
    return london_date(moment) if moment else None


class Year:
    """One commissioner's financial year, as this person may take it out at this moment."""

    def __init__(self, commissioner: Organisation, year: str, *, user: "User", at: datetime) -> None:
        self.commissioner, self.year, self.user = commissioner, FinancialYear.parse(year), user
        self.on, self.end = london_date(at), end_of(FinancialYear.parse(year).ends)

    def rows(self, key: str) -> Iterator[Row]:
        """The rows of one sheet, by its key in ``columns``."""
        found: Iterator[Row] = getattr(self, f"_{key}")()
        return found

    @cached_property
    def returns(self) -> Any:
        """Every return that was asked for in the year and is not for named people only."""
        found = SelfAssessment.objects.permitted(self.user, Can.FREEZE, on=self.on)
        return found.filter(commissioner=self.commissioner, round__year=self.year.slug, circle__isnull=True)

    def _mine(self, rows: Any) -> Any:
        """Of the commissioner, permitted, and not for named people only."""
        found = rows.permitted(self.user, Can.FREEZE, on=self.on).filter(commissioner=self.commissioner)
        return found.filter(**{f"{found.circle_path}__isnull": True}) if found.circle_path else found

    def _organisations(self) -> Iterator[Row]:
        register = standing.register([self.commissioner.pk], as_at=self.on)
        asked = Organisation.objects.filter(pk__in=self.returns.order_by().values("organisation"))
        lead = Arrangement.objects.live(on=self.on).leading().filter(commissioner=self.commissioner)
        form = lead.filter(organisation=OuterRef("pk")).values("contract_form")[:1]
        either = Organisation.objects.filter(Q(pk__in=register.values("pk")) | Q(pk__in=asked.values("pk")))
        registered = Exists(register.filter(pk=OuterRef("pk")))
        forms = dict(Arrangement._meta.get_field("contract_form").flatchoices)
        found = either.select_related("category").annotate(registered=registered, form=Subquery(form))
        for each in found.order_by("name", "pk"):
            yield {
                "organisation": each.reference, "name": each.name, "category": str(each.category or ""),
                "code": each.code, "postcode": each.postcode, "contract": forms.get(each.form, ""),
                "registered": yes(each.registered), "closed": yes(each.is_closed and each.closed_on <= self.on),
            }  # fmt: skip

    def _returns(self) -> Iterator[Row]:
        counted = standing.of_year(self.returns, [self.commissioner.pk], self.year.slug, as_at=self.on)
        counting = set(counted.order_by().values_list("pk", flat=True))
        found = list(standing.with_standing(self.returns, as_at=self.on).order_by("organisation__name", "pk"))
        times = on_time_of(found)
        for each in found:
            time = times[each.pk]
            yield {
                "return": each.reference, "organisation": each.organisation.reference, "round": each.round.name,
                "tier": each.get_tier_display(), "counts": yes(each.pk in counting),
                "standing": BY_KEY[each.standing].words, "state": each.get_state_display(),
                "first_due": each.original_due_on, "due": each.due_on, "moves": time.extensions,
                "received": time.came_on, "on_time_first": yes(time.by_original),
                "on_time_agreed": yes(time.by_agreed), "validated": day(each.validated_at),
            }  # fmt: skip

    def _released(self, rows: Any, own: str) -> Any:
        """Own words once submitted, a validator's once validated."""
        released = Q(basis=own) | Q(self_assessment__state=VALIDATED)
        found = rows.filter(released, self_assessment__in=self.returns.order_by().values("pk"))
        return found.annotate(its=F("self_assessment__reference"), whose=F("organisation__reference"))

    def _grades(self) -> Iterator[Row]:
        labels = {(scheme, code): label for scheme, code, label in Grade.objects.values_list("scheme", "code", "label")}
        bases = dict(Rating.Basis.choices)
        found = self._released(Rating.objects.filter(current=True), OWN)
        criterion, scheme = "criterion_version__", "self_assessment__round__framework_version__grading"
        wanted = ("self_assessment__reference", "organisation__reference", f"{criterion}standard__number",
                  f"{criterion}ref", f"{criterion}critical", "basis", "grade", "on", scheme)  # fmt: skip
        order = ("self_assessment_id", RefOrder(F(f"{criterion}ref"), Value(".")), "basis")
        for row in found.order_by(*order).values_list(*wanted).iterator(chunk_size=5_000):
            yield {
                "return": row[0], "organisation": row[1], "standard": row[2], "criterion": row[3],
                "critical": yes(row[4]), "basis": bases[row[5]], "grade": labels.get((row[8], row[6]), row[6]),
                "on": row[7],
            }  # fmt: skip

    def _standards(self) -> Iterator[Row]:
        counts = ("met", "partly", "not_met", "not_applicable", "unanswered", "reviewed")
        bases = dict(StandardResult.Basis.choices)
        found = self._released(StandardResult.objects.all(), StandardResult.Basis.SELF_ASSESSED)
        wanted = ("its", "whose", "standard__number", "standard__title", "basis", *counts)
        for each in found.order_by("self_assessment_id", "standard__number", "basis").values(*wanted):
            applicable = each["met"] + each["partly"] + each["not_met"] + each["unanswered"]
            yield {
                "return": each["its"], "organisation": each["whose"], "standard": each["standard__number"],
                "title": each["standard__title"], "basis": bases[each["basis"]], "applicable": applicable,
                "share": each["met"] / applicable if applicable else None,
                **{name: each[name] for name in counts},
            }  # fmt: skip

    def _levels(self) -> Iterator[Row]:
        found = LevelResult.objects.filter(
            self_assessment__in=self.returns.filter(state=VALIDATED).order_by().values("pk")
        )
        for each in found.select_related("self_assessment", "organisation").order_by("self_assessment_id", "strand"):
            yield {
                "return": each.self_assessment.reference, "organisation": each.organisation.reference,
                "strand": OVERALL[each.strand], "level": each.level, "computed": each.computed,
                "judged": yes(each.level != each.computed), "reasons": "; ".join(each.reasons),
                "reviewed": each.reviewed, "asked": each.asked, "decided": day(each.decided_at),
            }  # fmt: skip

    def _actions(self) -> Iterator[Row]:
        starts = end_of(self.year.previous.ends)
        within = Q(opened_at__lt=self.end) & (Q(settled_at__isnull=True) | Q(settled_at__gte=starts))
        for each in self._mine(Action.objects.filter(within)).select_related("organisation").order_by("pk"):
            yield {
                "action": each.reference, "organisation": each.organisation.reference,
                "origin": origin_in_words(each.origin_kind), "level": each.get_level_display(),
                "state": each.get_state_display(), "opened": day(each.opened_at), "first_due": each.original_due_on,
                "due": each.due_on, "moves": each.moves, "settled": day(each.settled_at),
            }  # fmt: skip

    def _reminders(self) -> Iterator[Row]:
        within = {"planned_on__gte": self.year.starts, "planned_on__lte": self.year.ends}
        by = ("organisation__reference", "kind", "outcome", "hand")
        hand = self._mine(Chase.objects.filter(**within)).annotate(hand=Q(by_hand__isnull=False))
        outcomes = dict(Chase.Outcome.choices)
        for each in hand.order_by().values(*by).annotate(n=Count("pk")).order_by(*by):
            kind = kind_or_none(each["kind"])
            yield {
                "organisation": each["organisation__reference"], "kind": kind.name if kind else each["kind"],
                "outcome": outcomes[each["outcome"]], "by_hand": yes(each["hand"]), "n": each["n"],
            }  # fmt: skip

    def _evidence(self) -> Iterator[Row]:
        found = self._mine(EvidenceItem.objects.filter(added_at__lt=self.end))
        for each in found.select_related("organisation").with_versions().order_by("pk"):
            newest = each.newest
            yield {
                "item": each.reference, "organisation": each.organisation.reference, "kind": each.get_kind_display(),
                "type": newest.short_type if newest else "", "versions": newest.number if newest else 0,
                "added": day(each.added_at), "valid_until": each.valid_until,
                "scan": newest.get_scan_state_display() if newest else "", "withdrawn": day(each.withdrawn_at),
            }  # fmt: skip

    def _figures(self) -> Iterator[Row]:
        """Every line of the year's periods as it is known now; what is corrected later is another export."""
        known = self._mine(Figure.objects.known().totals().exclude(figure_return__state="withdrawn"))
        known = known.filter(period__ends_on__range=(self.year.starts, self.year.ends))
        known = known.select_related("organisation", "period", "figure_return", "submission", "asked__line")
        order = ("organisation__name", "organisation", "period__ends_on", "asked__position", "pk")
        for each in known.order_by(*order).iterator(chunk_size=2_000):
            line = each.asked.line
            cell = cell_of(line, [getattr(each, name) for name in FIELDS])
            yield {
                "return": each.figure_return.reference, "organisation": each.organisation.reference,
                "period": each.period.label, "as_at": each.period.ends_on, "code": each.code, "line": line.name,
                "form": line.get_form_display(), "answer": each.get_answer_display(), "n": each.numerator,
                "d": each.denominator, "threshold": None if each.threshold is None else float(each.threshold),
                "state": cell.state.words,
                "known": day(each.known_from), "how": each.submission.get_channel_display(),
            }  # fmt: skip
