"""Facts that do not count and are said: what came too late, who left, whom another commissioner leads, last year."""

from collections.abc import Iterator
from datetime import date, datetime

from assurance.asat import as_at
from assurance.standing import BY_KEY, LEVELS
from design.calendar import add_months, london_date
from governance.facts.actions import action_facts
from governance.facts.fact import ACTION, ASSOCIATE, LATE, LEFT, PROVIDER, Fact, day_in_words
from governance.facts.providers import provider_facts
from governance.facts.year import Year, of_year
from governance.models import AnnualReport
from providers.models import Arrangement, Organisation, Succession


def late_facts(year: Year, at: datetime) -> Iterator[Fact]:
    """Returns of the year that arrived after the cut-off and before this moment (hazard 24)."""
    names = {provider.pk: provider for provider in year.providers}
    arrived = [(each.first_submitted_at, each.organisation_id) for each in year.returns.values()]
    for moment, organisation in sorted((moment, pk) for moment, pk in arrived if moment is not None):
        if year.end <= moment < at:
            told = {"reference": names[organisation].reference, "arrived_on": london_date(moment).isoformat()}
            yield Fact(LATE, names[organisation].name, told)


def left_facts(year: Year, since: date) -> Iterator[Fact]:
    """Providers that were on the register in the year and had left it by the cut-off, with why."""
    ended = Arrangement.objects.leading().filter(
        commissioner=year.commissioner, ends_on__gt=since, ends_on__lte=year.cut_off,
        organisation__kind=Organisation.Kind.PROVIDER,
    )  # fmt: skip
    ended = ended.exclude(organisation__in=[provider.pk for provider in year.providers])
    rows = list(ended.select_related("organisation").order_by("organisation__name", "-ends_on"))
    became = Succession.objects.filter(predecessor__in=[row.organisation_id for row in rows])
    into = {each.predecessor_id: each for each in became.select_related("successor").order_by("on")}
    seen: set[int] = set()
    for row in rows:
        if row.organisation_id in seen:
            continue
        seen.add(row.organisation_id)
        told = into.get(row.organisation_id)
        why = (
            f"{told.get_kind_display()} {told.successor.name} on {day_in_words(told.on)}"
            if told and told.on <= year.cut_off
            else f"Contract ended on {day_in_words(row.last_day)}"
        )
        yield Fact(LEFT, row.organisation.name, {"reference": row.organisation.reference, "why": why})


def associate_facts(year: Year) -> Iterator[Fact]:
    """Providers that another commissioner leads: shown with their validated level, never counted (hazard 29)."""
    live = Arrangement.objects.live(on=year.cut_off)
    ours = live.filter(commissioner=year.commissioner, part=Arrangement.Part.ASSOCIATE)
    rows = list(ours.select_related("organisation").order_by("organisation__name"))
    leads = live.leading().filter(organisation__in=[row.organisation_id for row in rows])
    lead_of = {lead.organisation_id: lead for lead in leads.select_related("commissioner")}
    returns = of_year({lead.commissioner_id for lead in lead_of.values()}, year.year, year.cut_off)
    shared = [each for each in returns.values() if each.organisation_id in lead_of]
    stood = as_at(shared, day=year.cut_off)
    levels = {each.organisation_id: stood[each.pk].standing for each in shared}
    for row in rows:
        level = levels.get(row.organisation_id, "")
        lead = lead_of.get(row.organisation_id)
        told = {
            "reference": row.organisation.reference,
            "lead": lead.commissioner.name if lead else "",
            "words": BY_KEY[level].words if level in LEVELS else "No validated level shared",
        }
        yield Fact(ASSOCIATE, row.organisation.name, told)


def last_year(report: AnnualReport) -> tuple[list[Fact], list[Fact], str]:
    """What the board was told a year ago; without an approved report, the same day a year earlier."""
    told = AnnualReport.objects.last_year_of(report)
    if told is not None:
        rows = told.facts.filter(kind__in=[PROVIDER, ACTION]).order_by("kind", "position")
        facts = [Fact(row.kind, row.label, row.attributes) for row in rows]
        source = (
            f"the report for {told.financial_year.label}, version {told.number}, as at {day_in_words(told.cut_off)}"
        )
    else:
        day, before = add_months(report.cut_off, -12), report.financial_year.previous
        year = Year(report.commissioner, before.slug, day)
        actions = list(action_facts(report.commissioner, before.starts, day))
        facts = [*provider_facts(year, actions, None), *actions] if year.returns else []
        source = f"the records as at {day_in_words(day)}"
    providers = [fact for fact in facts if fact.kind == PROVIDER]
    return providers, [fact for fact in facts if fact.kind == ACTION], source
