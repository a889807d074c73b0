"""A commissioner with something in every list, a neighbour whose words may not come along, and files read back."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.capabilities import Role
from assurance.models import Round
from oversight.models import Mobilisation
from providers.models import Category, Organisation
from tests.factories.accounts import CircleFactory, CircleMemberFactory, someone
from tests.factories.actions import an_action
from tests.factories.assurance import RoundFactory, a_return, this_years
from tests.factories.escalation import a_level, a_notice, a_proposal
from tests.factories.evidence import EvidenceItemFactory
from tests.factories.figure_records import last_quarters
from tests.factories.framework import published
from tests.factories.known import a_circle, a_contact, an_incident, an_indicator, an_item
from tests.factories.learning import some_learning
from tests.factories.providers import CategoryFactory, CommissionerFactory, ContactFactory, provider_of
from tests.factories.training import ISSUED, a_figures_return, a_line, a_period
from tests.factories.training import submitted as figures_submitted
from tests.factories.validation import submitted, validated
from tests.factories.visits import a_visit
from training.models import FigureQuery, FigureReturn, Trajectory

CANARY = "canarywren"
SECRET = "canarycircle"


@dataclass
class Place:
    """Ours, with an analyst, and a nurse who is on the access list."""

    ours: Organisation
    analyst: Any
    nurse: Any
    round: Round
    providers: list[Organisation]


@pytest.fixture(scope="module")
def one_place(beneath: Callable[[], AbstractContextManager[None]]) -> Iterator[Place]:
    with beneath():
        found = a_place(timezone.now())
        connection.check_constraints()  # what waits for the end of a transaction is asked here, and not by each test
        yield found


@pytest.fixture
def place(one_place: Place) -> Place:
    """For one test: what it does to it the next one does not see."""
    return deepcopy(one_place)


def a_place(now: datetime) -> Place:
    this_year = this_years(now)
    ours, ago = this_year.commissioner, now - timedelta(days=60)
    home = CategoryFactory(code="HOMEX", name="Test home", plural="Test homes", tier="full")
    made = [
        provider_of(ours, name="Alpha Trust", postcode="AB1 2CD", code="RA1"),
        provider_of(ours, name="Beta House", category=home),
        provider_of(ours, name="Gamma Lodge", category=home),
    ]
    late = timezone.localdate(now) - timedelta(days=9)
    validated(now, assessment=submitted(now, round=this_year, organisation=made[0], issued_at=ago))
    submitted(now, round=this_year, organisation=made[1], issued_at=ago)
    a_return(this_year, made[2], issued_at=ago, due_on=late, original_due_on=late - timedelta(days=7))
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, ours, strands=["adults", "children"])
    circle = CircleFactory(commissioner=ours)
    CircleMemberFactory(circle=circle, user=nurse, scope="whole", added_by=nurse)
    for organisation in made:
        an_action(ours, organisation, text=f"Train everybody at {organisation}.", due_on=late, at=ago, by=nurse)
        EvidenceItemFactory(commissioner=ours, organisation=organisation, title=f"Policy of {organisation}")
        ContactFactory(organisation=organisation, kind="safeguarding_lead", name=f"Lead of {organisation}")
        a_visit(organisation, ours, lead=nurse, at=ago, state="cancelled")
        a_contact(ours, organisation, kind="advice", forum="", points="On consent.", happened_on=late, by=nurse)
        an_incident(ours, organisation, happened_on=late, reported_on=late)
        an_indicator(ours, organisation, on=late)
        an_item(ours, organisation, received_on=late, recorded_by=nurse)
        a_proposal(ours, organisation, proposed_on=late)
        a_level(ours, organisation, by=nurse, on=late)
        a_notice(ours, organisation, by=nurse, issued_on=late, meeting_due_on=late + timedelta(days=14))
    an_action(ours, made[0], text=SECRET, due_on=late, at=ago, by=nurse, circle=circle)
    EvidenceItemFactory(commissioner=ours, organisation=made[0], title=f"{SECRET} plan", circle=circle)
    a_proposal(ours, made[0], "exception", proposed_on=late, circle=circle, words=SECRET)
    named = a_circle(ours, nurse, someone(Role.DIRECTOR_OF_NURSING, ours))
    an_item(ours, made[0], summary=SECRET, received_on=late, recorded_by=nurse, circle=named)
    Mobilisation.objects.begin(ours, by=nurse, at=now, service="Beds at the coast", organisation=made[0], score="8")
    some_learning(ours, nurse, title="Ask again about consent")
    _figures(ours, made, circle)
    _neighbour(now)
    return Place(ours, someone(Role.QUALITY_ANALYST, ours), nurse, this_year, made)


def _figures(commissioner: Organisation, organisations: list[Organisation], circle: Any = None) -> None:
    """Figures of a quarter: one received, the others owed; with a list, one that only its people see."""
    period = a_period(commissioner, ends_on=last_quarters(timezone.localdate())[-1])
    line = a_line(commissioner) if circle else a_line(commissioner, name=f"{CANARY} line")
    owed = [a_figures_return(period, organisation, [line], threshold=95) for organisation in organisations]
    figures_submitted(owed[0], children_2=(9, 10))
    _asked(owed[0], "Why so few?" if circle else f"{CANARY} question")
    if circle:
        gone = {"state": "withdrawn", "settled_at": ISSUED, "withdrawn_reason": SECRET, "circle": circle}
        a_figures_return(a_period(commissioner, timing="month"), organisations[0], [line], **gone)


def _asked(figure_return: FigureReturn, question: str) -> None:
    """A plan for the first line of the return, and a question about it."""
    analyst, at = someone(Role.QUALITY_ANALYST, figure_return.commissioner), timezone.now()
    points = [(timezone.localdate() + timedelta(days=200), Decimal(95))]
    words = {"why_below": question, "what_is_done": "Courses", "why_not_reached": ""}
    Trajectory.objects.plan(figure_return, "children-2", points, expected="", by=analyst, at=at, **words)
    FigureQuery.objects.ask(figure_return.lines.get(), question, by=analyst, at=at)


def _neighbour(now: datetime) -> None:
    other = CommissionerFactory(name=f"{CANARY} commissioner")
    theirs = provider_of(other, name=f"{CANARY} house")
    today = timezone.localdate(now)
    late = today - timedelta(days=3)
    round = RoundFactory(
        commissioner=other, framework_version=published(), due_on=late, issued_at=now - timedelta(days=60)
    )  # fmt: skip
    a_return(round, theirs, issued_at=now - timedelta(days=60))
    an_action(other, theirs, text=f"{CANARY} action", due_on=late, at=now - timedelta(days=60))
    EvidenceItemFactory(commissioner=other, organisation=theirs, title=f"{CANARY} policy")
    ContactFactory(organisation=theirs, name=f"{CANARY} contact")
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, other)
    a_contact(other, theirs, points=f"{CANARY} points", by=nurse)
    an_incident(other, theirs)
    an_indicator(other, theirs, source=f"{CANARY} source")
    an_item(other, theirs, summary=f"{CANARY} summary", recorded_by=nurse)
    Mobilisation.objects.begin(other, by=nurse, at=now, service=f"{CANARY} service")
    a_visit(theirs, other, at=now - timedelta(days=60), state="cancelled", scope=f"{CANARY} scope")
    a_proposal(other, theirs, words=f"{CANARY} words")
    some_learning(other, nurse, title=f"{CANARY} title")
    a_level(other, theirs, by=nurse, reason=f"{CANARY} reason")
    a_notice(other, theirs, by=nurse, words=f"{CANARY} words")
    _figures(other, [theirs])


# --- read back ---


def of_csv(response: Any) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Stamp and rows of a CSV answer."""
    assert response.status_code == 200
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    gap = lines.index([])
    return {line[0]: line[1] for line in lines[:gap]}, [
        dict(zip(lines[gap + 1], line, strict=True)) for line in lines[gap + 2 :]
    ]


def of_xlsx(response: Any) -> tuple[list[str], list[list[Any]]]:
    """What stands above the headings and on the sheet about them, and headings with rows, of a workbook answer."""
    assert response.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    found, about = (book.get_sheet_by_index(number).to_python() for number in (0, 1))
    first = next(n for n, row in enumerate(found) if all(cell != "" for cell in row))
    return [row[0] for row in (*found[:first], *about)], found[first:]


def unpacked(content: bytes) -> str:
    """Everything that the bytes of a workbook hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


class _Rows(HTMLParser):
    def __init__(self, table: int) -> None:
        super().__init__()
        self.table, self.at, self.rows, self.inside = table, -1, list[str](), False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.at += 1
        if self.at == self.table and tag == "tbody":
            self.inside = True
        if tag == "li" and ("class", "portal-timeline__item") in attrs and self.table < 0:
            self.inside = True
            self.rows.append("")
        if self.inside and tag == "tr":
            self.rows.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("tbody", "table") or (self.table < 0 and tag == "li"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows:
            self.rows[-1] += f" {data}"


def rows_of(page: Any) -> list[str]:
    """The text of each row of the page's last table; where there is none, of each moment of its timeline."""
    text = page.content.decode()
    parser = _Rows(len(re.findall(r"<table", text)) - 1)
    parser.feed(text)
    return [" ".join(row.split()) for row in parser.rows]


def a_care_home(place: Place) -> None:
    """One of ours and one of the neighbour's: only homes are in the list for placements."""
    homes = Category.objects.get(code="CHN")
    provider_of(place.ours, name="Beta Grange", category=homes)
    provider_of(Organisation.objects.get(name=f"{CANARY} commissioner"), name=f"{CANARY} grange", category=homes)
