"""The regulator's published file of ratings: how its rows are read, what taking them would do, and how they are kept.

The file has a row for each question that the regulator answers about a location or provider. Rows of one id and day
become one line here. Ids that are on nobody's register entry of this commissioner are named and kept out. A location's
rating is its organisation's or site's; a provider's rating is an organisation's that has no location id of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from design.workbooks import values
from design.workbooks.reading import Cell, Limits, Workbook
from design.workbooks.tables import Column
from oversight.bringing.rows import Difference, Line, NotTaken, Outcome, lines_of, tables_of
from oversight.models import Import
from providers.models import Organisation, RegulatorRating, Site

if TYPE_CHECKING:
    from accounts.models import User

# A file of the whole country is larger: it is filtered to the local authorities of the place first.
LIMITS = Limits(rows=40_000, columns=60, cells=800_000, elements=2_000_000)
NAMED = 200
Overall = RegulatorRating.Overall
WORDS = {
    "Outstanding": Overall.OUTSTANDING, "Good": Overall.GOOD, "Requires improvement": Overall.REQUIRES_IMPROVEMENT,
    "Inadequate": Overall.INADEQUATE, "Inspected but not rated": Overall.NOT_RATED,
    "Insufficient evidence to rate": Overall.NOT_RATED, "No published rating": Overall.NOT_RATED,
    "Not rated": Overall.NOT_RATED,
}  # fmt: skip
DOMAINS = {"Overall": "overall", "Safe": "safe", "Effective": "effective", "Caring": "caring",
           "Responsive": "responsive", "Well-led": "well_led"}  # fmt: skip
COLUMNS = (
    Column("location", "Location ID", aliases=("Location Id", "CQC location id")),
    Column("name", "Location Name", aliases=("Location", "Name")),
    Column("provider", "Provider ID", needed=True, aliases=("Provider Id", "CQC provider id")),
    Column("provider_name", "Provider Name"),
    Column("part", "Service / Population Group", aliases=("Service or population group", "Service")),
    Column("domain", "Domain", needed=True, aliases=("Key question",)),
    Column("rating", "Latest Rating", needed=True, aliases=("Rating", "Overall rating")),
    Column("published_on", "Publication Date", "day", needed=True, aliases=("Published", "Date of publication")),
)


@dataclass(frozen=True)
class Known:
    """The ids of a commissioner's register: each with the organisation, and the site where it is a site's."""

    places: Mapping[str, list[tuple[Organisation, Site | None]]]

    @classmethod
    def of(cls, commissioner: Organisation, *, on: date) -> "Known":
        """Two queries, however large the file."""
        found: dict[str, list[tuple[Organisation, Site | None]]] = {}
        bodies = Organisation.objects.commissioned_by(commissioner, on=on)
        for body in bodies:
            if key := body.cqc_location_id or body.cqc_provider_id:
                found.setdefault(key, []).append((body, None))
        sites = Site.objects.filter(organisation__in=bodies.values("pk")).exclude(cqc_location_id="")
        for site in sites.select_related("organisation"):
            found.setdefault(site.cqc_location_id, []).append((site.organisation, site))
        return cls(found)


@dataclass
class _Group:
    """The rows of one id and day."""

    line: Line
    domains: dict[str, str] = field(default_factory=dict)


def read(workbook: Workbook, known: Known, *, dated: date) -> tuple[list[Line], list[str]]:
    """A line for each known id and day; and the ids that are not known, by name."""
    understood = {"rating": _rating, "domain": _domain, "published_on": _day}
    groups: dict[tuple[str, str], _Group] = {}
    unknown: dict[str, str] = {}
    for table in tables_of(workbook, COLUMNS):
        for line in lines_of(table, understood):
            _sort(line, known, dated, groups, unknown)
    if not groups and not unknown:
        raise NotTaken("There is no row below the headings. Choose the regulator's file itself.")
    return [_whole(each) for each in groups.values()], _left_out(unknown)


def _sort(line: Line, known: Known, dated: date, groups: dict[Any, _Group], unknown: dict[str, str]) -> None:
    """Put a row where it belongs; rows about one service of several are none of ours."""
    if line.get("part") not in ("", "Overall"):
        return
    key = line.get("location") or line.get("provider")
    if key not in known.places:
        if key:
            unknown.setdefault(key, line.get("name") or line.get("provider_name"))
        return
    line.values.update({"id": key, "file_dated": dated.isoformat()})
    published = line.get("published_on")
    if not published and not line.is_refused("published_on"):
        line.refuse(COLUMNS, "published_on", "is empty, so nobody can say how old the rating is.")
    elif published > dated.isoformat():
        line.refuse(COLUMNS, "published_on", "is after the date of the file. Check the date that you gave the file.")
    group = groups.setdefault((key, published), _Group(line))
    if group.line is not line:
        group.line.problems += line.problems
    if domain := line.get("domain"):
        group.domains[domain] = line.get("rating")


def _whole(group: _Group) -> Line:
    line, said = group.line, dict(group.domains)
    overall = said.pop("overall", "")
    if not overall and not line.problems:
        line.refuse(COLUMNS, "rating", "has no row “Overall” for this id and day.")
    line.values.update({"overall": overall, "domains": said})
    for key in ("domain", "rating", "part"):
        line.values.pop(key, None)
    return line


def _left_out(unknown: Mapping[str, str]) -> list[str]:
    said = [f"{key} {name}".strip()[:120] for key, name in unknown.items()]
    more = [f"and {len(said) - NAMED:,} more"] if len(said) > NAMED else []
    return [*said[:NAMED], *more]


def _rating(cell: Cell) -> str:
    return str(values.choice(cell, WORDS) or "")


def _domain(cell: Cell) -> str:
    return str(values.choice(cell, DOMAINS) or "")


def _day(cell: Cell) -> str:
    found = values.day(cell)
    return found.isoformat() if found else ""


@dataclass
class Wanted:
    """One rating to be kept, or confirmed."""

    organisation: Organisation
    site: Site | None
    held: RegulatorRating | None
    fields: dict[str, Any]


class Comparison:
    """The file against the ratings that are held: three queries for any number of rows."""

    def __init__(self, lines: Sequence[Line], commissioner: Organisation, user: "User", on: date) -> None:
        self.lines, self.on = lines, on
        self.known = Known.of(commissioner, on=on)
        bodies = {body.pk for each in self.known.places.values() for body, _ in each}
        rows = list(RegulatorRating.objects.filter(organisation__in=bodies).order_by("published_on", "pk"))
        self.held = {(row.organisation_id, row.site_id, row.published_on): row for row in rows}
        self.newest = {(row.organisation_id, row.site_id): row for row in rows}

    def outcomes(self, choices: Mapping[str, str]) -> list[Outcome]:
        """One for each organisation or site that a line is about."""
        return [outcome for line in self.lines for outcome in self._of(line)]

    def _of(self, line: Line) -> Iterable[Outcome]:
        places = self.known.places.get(line.get("id"), [])
        if line.problems or not places:
            if not line.problems:
                line.refuse(COLUMNS, "location", "is on no organisation or site of your register any more.")
            yield Outcome(line, f"{line.get('name')} {line.get('id')}".strip(), "rejected")
            return
        for body, site in places:
            yield self._compared(line, body, site)

    def _compared(self, line: Line, body: Organisation, site: Site | None) -> Outcome:
        key, published = (body.pk, site.pk if site else None), date.fromisoformat(line.get("published_on"))
        held, newest = self.held.get((*key, published)), self.newest.get(key)
        dated = date.fromisoformat(line.get("file_dated"))
        fields = {
            "overall": line.get("overall"), "domains": line.values.get("domains") or {}, "file_dated": dated,
            "published_on": published, "regulator_id": line.get("id"),
        }  # fmt: skip
        title, words = f"{body}, {site}" if site else str(body), Overall(line.get("overall")).label
        wanted = Wanted(body, site, held, fields)
        if held and held.overall == line.get("overall") and held.domains == fields["domains"]:
            if held.imported_on >= self.on and held.file_dated >= dated:
                return Outcome(line, title, "unchanged")
            said = [Difference("Still the same in a file of", _day_said(held.file_dated), _day_said(dated))]
            return Outcome(line, title, "changed", said, wanted=wanted)
        said = [Difference("Rating", newest.get_overall_display() if newest else "", words)]
        said.append(Difference("Published", _day_said(newest.published_on) if newest else "", _day_said(published)))
        if newest and RegulatorRating(**fields).is_worse_than(newest) and published >= newest.published_on:
            said.append(Difference("It fell", "", "look at the provider"))
        return Outcome(line, title, "changed" if newest else "new", said, wanted=wanted)


def _day_said(day: date) -> str:
    return f"{day:%-d %B %Y}"


def take(brought_in: Import, outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Keep the new ratings as further rows, and say of the others that a newer file still says so."""
    on = brought_in.read_at.date()
    by = {"imported_on": on, "imported_by": brought_in.read_by, "file_name": brought_in.file_name}
    counts = {"new": 0, "changed": 0}
    for each in outcomes:
        if each.state not in counts:
            continue
        wanted: Wanted = each.wanted
        if wanted.held:
            RegulatorRating.objects.filter(pk=wanted.held.pk).update(**wanted.fields, **by)
        else:
            RegulatorRating.objects.create(organisation=wanted.organisation, site=wanted.site, **wanted.fields, **by)
        counts[each.state] += 1
    return counts
