"""The pages table: every address that answers with a page, looked at by somebody who may see it.

The list is made from the routes, so that a new page is looked at without anybody remembering it; one that cannot be
looked at here is in ``ELSEWHERE`` with the reason. Twelve statements a page are the budget (decisions.md 10), however
many rows there are. The looking is done in a demonstration: every page has to say so (hazard 30), and every page that
takes words where a live concern goes (hazard 26).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from time import time
from typing import Any

import pytest
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.capabilities import GRANTS, OPEN, Can, Role, Side
from assurance_portal.routes import Route
from assurance_portal.world import World
from tests.crowd import Crowd
from tests.reading import Read, problems, read
from tests.worlds import Address, routes, undone

BUDGET = 12
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET ")
# Who looks: the first of a side whose role holds the capability and who is given the page.
LOOKING = {
    Side.COMMISSIONER: (("DP", "A"), ("DN", "A"), ("QA", "A"), ("SA", "A"), ("CM", "A"), ("CG", "A")),
    Side.PROVIDER: (("PL", "P1"), ("PE", "P1"), ("PL", "shared")),
}
ANYBODY = frozenset({Can.PUBLIC, Can.SIGN_IN})
ASK_AGAIN = ("mfa_reauthenticate_webauthn", "accounts:step-lost")
# Addresses that answer GET and that this file does not look at, and why.
ELSEWHERE = {
    "oversight:meeting-sheet": "a file (tests/oversight/test_meeting_sheet.py)",
    "training:measured-line": "names its line after the question mark (tests/training/test_measured_pages.py)",
    **dict.fromkeys(
        ("providers:public-contacts", "providers:public-accountability"),
        "read by nobody who is signed in (tests/providers/test_public.py)",
    ),
    **dict.fromkeys(
        ("reviews:committee-public", "reviews:committee-private"), "a PDF (tests/reviews/test_committee.py)"
    ),
    **dict.fromkeys(("reviews:learning-briefing", "reviews:public-briefing"), "a PDF (tests/reviews/test_briefing.py)"),
    "reviews:plan-file": "a workbook (tests/reviews/test_plan_workbook.py)",
    "reviews:plan-accept": "follows an upload (tests/reviews/test_plan_workbook.py)",
    "oversight:visit-pack": "a PDF (tests/oversight/test_visit_pack.py)",
    **dict.fromkeys(("oversight:visit-drafting-file", "oversight:report-file", "oversight:report-draft-file"), "a PDF"),
    "oversight:visit-change": "a visit that nobody has begun to write up (tests/oversight/test_visit_planning.py)",
    "oversight:visit-line-remove": "names a line behind the question mark (tests/oversight/test_visit_writing.py)",
    "oversight:visit-told": "names a line behind the question mark (tests/oversight/test_visit_writing.py)",
    **dict.fromkeys(
        ("oversight:comment-answer", "oversight:report-dispute"),
        "names a comment behind the question mark (tests/oversight/test_visit_reports.py)",
    ),
    "training:period-edit": "a period that is being prepared (tests/training/test_periods.py)",
    **dict.fromkeys(("training:overview-paper", "training:own-paper"), "a PDF (tests/training/test_overview_page.py)"),
    "training:return-receipt": "a PDF (tests/training/test_returns.py)",
    "training:query-answer": "a question that is open (tests/training/test_queries.py)",
    "oversight:figures-template": "a workbook (tests/oversight/test_imports_figures.py)",
    "training:recovery-write": "a line with a figure (tests/training/test_recovery.py)",
    "training:exception-paper": "a PDF (tests/training/test_exception_report.py)",
    "training:exception-workbook": "a workbook (tests/training/test_exception_report.py)",
    **dict.fromkeys(
        (f"training:entry-{name}" for name in ("write", "check", "whole", "sign", "correct", "give-up")),
        "figures that the commissioner enters; the same pages as the provider's (tests/training/test_signing.py)",
    ),
    **dict.fromkeys(
        (f"training:link-{name}" for name in ("open", "start", "write", "whole", "ask", "sign", "receipt")),
        "with the link of a mail (tests/training/test_links.py)",
    ),
    "training:link-send": "figures of a small provider (tests/training/test_links.py)",
    "healthz": "one word for machines",
    "readyz": "JSON for machines",
    **dict.fromkeys(("demonstration-accounts", "mail-detail", "mail-html"), "only in the demonstration, with mails"),
    **dict.fromkeys(
        ("mfa_authenticate", "mfa_trust", "mfa_login_webauthn", "account_reauthenticate", *ASK_AGAIN),
        "in the middle of signing in (tests/accounts/test_signing_in.py, tests/journeys/test_passkey.py)",
    ),
    **dict.fromkeys(("mfa_edit_webauthn", "mfa_remove_webauthn"), "with a passkey (tests/journeys/test_passkey.py)"),
    **dict.fromkeys(("mfa_activate_totp", "mfa_deactivate_totp"), "leads on: everybody here has the app and needs it"),
    **dict.fromkeys(
        ("accounts:password-reset", "accounts:account-wake", "accounts:invitation-accept"),
        "with the token of a mail (tests/accounts)",
    ),
    **dict.fromkeys(
        (
            "assurance:link-open",
            "assurance:link-start",
            "assurance:link-standard",
            "assurance:link-ask",
            "assurance:link-evidence",
            "assurance:link-evidence-remove",
            "assurance:link-check",
            "assurance:link-sign",
            "assurance:link-receipt",
        ),
        "with the link of a mail (tests/assurance/test_return_links.py)",
    ),
    "assurance:link-send": "a return of a small provider (tests/assurance/test_return_links.py)",
    "accounts:own-reset-cancel": "while somebody resets one's second step (tests/accounts/test_lost_second_step.py)",
    "account_logout": "asks those who are signed in by POST",
    "mfa_download_recovery_codes": "a text file",
    **dict.fromkeys(
        ("assurance:result-file", "assurance:return-receipt", "governance:report-paper", "governance:draft-paper"),
        "a PDF",
    ),
    "evidence:version-download": "a file",
    "oversight:notice-file": "a file",
    "oversight:paper-pdf": "a PDF",
    "oversight:escalation-report-pdf": "a PDF",
    "oversight:escalation-report-book": "a workbook",
    "oversight:escalation-rule-change": "one rule, which the address names (tests/oversight/test_route.py)",
    "framework:version-workbook": "a workbook",
    "assurance:contract-schedule-pdf": "a PDF",
    "assurance:contract-schedule-word": "a Word document",
    **dict.fromkeys(
        (f"assurance:{desk}-workbook-{name}" for desk in ("return", "entry") for name in ("file", "copy")), "a workbook"
    ),
    **dict.fromkeys(
        (f"training:{desk}-workbook-{name}" for desk in ("return", "entry") for name in ("file", "csv", "copy")),
        "a workbook or CSV (tests/training/test_figures_workbook.py)",
    ),
    **dict.fromkeys(
        ("training:entry-workbook", "training:entry-workbook-difference", "training:entry-staff-list"),
        "figures that the commissioner enters; the same page as the provider's (tests/training)",
    ),
    **dict.fromkeys(("exports:export-file", "exports:frozen-file", "governance:year-file"), "a workbook or CSV"),
    **dict.fromkeys(
        (
            "oversight:organisations-template",
            "oversight:grades-template",
            "oversight:actions-template",
            "oversight:reviews-template",
        ),
        "a workbook",
    ),
    "assurance:round-edit": "a round that is not issued yet (tests/assurance/test_round_pages.py)",
    "assurance:entry-evidence-remove": "evidence with a return received on paper; the same page as the provider's",
}
# Three addresses of the same page: the last two are where those who know the library look for it.
ONE_PAGE = {"accounts:second-factor", "mfa_index", "mfa_list_webauthn"}
# A year in the title of something that somebody else published.
QUOTED = {"framework:reference-list", "framework:reference-detail", "framework:criterion-references"}
# Pages that show many of something, with the rows of ``tests/crowd.py`` behind them.
LISTS = """
home assurance:overview assurance:overview-list assurance:assessment-list assurance:assessment-detail
assurance:validation-queue assurance:validation-across assurance:validation-sign-offs assurance:validation-strand
assurance:round-list assurance:round-detail assurance:round-preview assurance:round-addition assurance:provider-home
assurance:result assurance:return-evidence providers:organisation-list providers:organisation providers:history
oversight:profile actions:action-list actions:action-detail actions:action-choose-evidence evidence:item-list
evidence:item-detail chasing:reminder-list chasing:reminder-preview chasing:proposal-list chasing:given-up-list
chasing:organisation-history chasing:thing-reminders chasing:step-list framework:version-list accounts:own-account
accounts:person-list accounts:person-page accounts:role-pending accounts:invitation-list accounts:circle-list
accounts:circle-page accounts:circle-add governance:report-list governance:report-builder
exports:frozen-list exports:export-log
""".split()  # noqa: SIM905 - one line a part of the portal
WORRIED = "Worried about someone now?"
BANNER = "Demonstration data"
YEAR_WITH_A_SLASH = re.compile(r"\b20(\d\d)/(\d\d)\b")


@dataclass(frozen=True)
class Page:
    """One page as one person was given it."""

    route: str
    url: str
    who: str
    read: Read
    statements: tuple[str, ...]


def to_look_at() -> list[Route]:
    return [route for route in routes() if "GET" in route.methods and route.name not in ELSEWHERE]


def people(route: Route) -> Iterator[list[tuple[str, str]]]:
    """For each side that may see it, who to ask; an empty name is somebody who has not signed in."""
    can = Can(route.capability)
    if can in ANYBODY:
        yield [("", "")]
        return
    for candidates in LOOKING.values():
        holding = [(role, place) for role, place in candidates if can in OPEN or can in GRANTS[Role(role)]]
        if holding:
            yield holding


def visit(client: Client, route: Route, url: str, who: str) -> Page | None:
    """The page, or nothing when what came was not one."""
    reset_queries()
    with undone(client), CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
        return None
    statements = tuple(each["sql"] for each in asked if not each["sql"].startswith(NOT_COUNTED))
    return Page(route.name, url, who, read(response.content.decode()), statements)


SEEN: dict[str, list[Page]] = {}


class Visitor:
    """Goes to pages, signed in once for each person."""

    def __init__(self, made: World, every: dict[str, list[Address]], sign_in: Any) -> None:
        self.made, self.every, self.sign_in = made, every, sign_in
        self.clients: dict[tuple[str, str], Client] = {}

    def client(self, role: str, place: str) -> Client:
        if (role, place) not in self.clients:
            self.clients[role, place] = client = self.sign_in(self.made.person(role, place)) if role else Client()
            session = client.session
            # The idle clock is moved once in half a minute and not by every page; here, by none.
            session["began"] = int(time())
            session["seen"] = session["began"] + 600
            session.save()
        return self.clients[role, place]

    def look(self, route: Route) -> list[Page]:
        """What each side is given there."""
        found = []
        for candidates in people(route):
            asked = ((who, each) for who in candidates for each in self.every[route.name])
            tried = (visit(self.client(*who), route, each.url, "-".join(who)) for who, each in asked)
            found += [page for page in (next(filter(None, tried), None),) if page]
        return found

    def seen(self, route: Route) -> list[Page]:
        """The same, as it was when somebody last looked: the world is one for all tests here."""
        if route.name not in SEEN:
            SEEN[route.name] = self.look(route)
        return SEEN[route.name]


@pytest.fixture
def visitor(measured: World, every: dict[str, list[Address]], sign_in: Any, settings: Any) -> Visitor:
    settings.PORTAL_DEMONSTRATION = True
    return Visitor(measured, every, sign_in)


def wrong(page: Page) -> list[str]:
    found = problems(page.read)
    if len(page.statements) > BUDGET:
        found.append(f"{len(page.statements)} statements")
    text = " ".join(page.read.words)
    if page.read.long_boxes and WORRIED not in text:
        found.append("takes words, and does not say where a live concern goes")
    if BANNER not in text:
        found.append("does not say that it is a demonstration")
    pairs = YEAR_WITH_A_SLASH.findall("" if page.route in QUOTED else f"{page.read.title} {text}")
    slashed = {f"20{one}/{other}" for one, other in pairs if int(other) == (int(one) + 1) % 100}
    return found + [f"the year {year} is not written as the others are" for year in sorted(slashed)]


@pytest.mark.parametrize("route", to_look_at(), ids=lambda route: route.name)
def test_a_page_is_as_it_should_be(route: Route, visitor: Visitor) -> None:
    pages = visitor.seen(route)
    assert pages, f"Nobody was given a page at {route.path}: look at it here, or say in ELSEWHERE where it is looked at"
    assert {f"{page.who} {page.url}": wrong(page) for page in pages} == {f"{page.who} {page.url}": [] for page in pages}


def test_what_is_wrong_with_a_page_is_seen() -> None:
    sound = """<html lang="en-GB"><title>Returns – Safeguarding assurance</title><body>
        <a class="nhsuk-skip-link" href="#maincontent">Skip</a><main id="maincontent"><h1>Returns</h1>
        <label for="q">Name</label><input id="q" name="q"><input type="hidden" name="token">
        <label>Year <select name="year"></select></label><p id="why">Why</p><textarea aria-labelledby="why"></textarea>
        <svg><title>A picture</title></svg></main></body></html>"""
    assert problems(read(sound)) == []
    spoiled = {
        ("<h1>", "<h1>Again</h1><h1>"): "2 first headings",
        ("Returns – ", "– "): "no title of its own: '– Safeguarding assurance'",
        ('for="q"', 'for="other"'): "boxes without a label: ['q']",
        ('"why">Why', '"q">Why'): "boxes without a label: ['textarea']; ids twice: ['q']",
        ("en-GB", ""): "language ''",
        ("#maincontent", "#content"): "skip link ['#content']",
    }
    found = {change: "; ".join(problems(read(sound.replace(*change)))) for change in spoiled}
    assert found == spoiled


def test_hazard_26_enough_pages_of_either_side_take_words(visitor: Visitor) -> None:
    pages = [page for route in to_look_at() for page in visitor.seen(route) if page.read.long_boxes]
    by_side = {
        side: {page.route for page in pages if page.who in ("-".join(who) for who in LOOKING[side])} for side in LOOKING
    }
    assert {side: len(names) >= 5 for side, names in by_side.items()} == dict.fromkeys(LOOKING, True)


def test_hazard_30_only_a_demonstration_says_so(visitor: Visitor, settings: Any) -> None:
    client = visitor.client("DP", "A")
    assert BANNER in client.get("/account/").content.decode()
    settings.PORTAL_DEMONSTRATION = False
    assert BANNER not in client.get("/account/").content.decode()


def test_titles_tell_pages_apart(visitor: Visitor) -> None:
    titles = defaultdict(set)
    for route in to_look_at():
        for page in visitor.seen(route)[:1]:
            titles[page.read.title].add(route.name)
    assert [names for names in titles.values() if len(names) > 1] == [ONE_PAGE]


def test_every_roles_first_page_keeps_to_the_budget(visitor: Visitor) -> None:
    homes = {"home": reverse("home"), "assurance:provider-home": reverse("assurance:provider-home")}
    found = {}
    for person in (each for each in visitor.made.people if each.organisation in ("A", "P1")):
        for route in (each for each in to_look_at() if each.name in homes):
            page = visit(visitor.client(person.role, person.organisation), route, homes[route.name], person.role)
            if page is not None:
                found[person.role, person.organisation, route.name] = len(page.statements)
    assert {role for role, *_ in found} == set(Role)
    assert {who: n for who, n in found.items() if n > BUDGET} == {}


def test_the_overview_keeps_to_the_budget_however_it_is_narrowed(visitor: Visitor) -> None:
    overview = next(route for route in to_look_at() if route.name == "assurance:overview")
    asked = (
        "?category=ACUTE",
        "?sort=name&page=2",
        "?strand=adults&q=canary",
        "?category=ACUTE&sort=name&standing=limited",
    )
    pages = {
        (role, query): visit(visitor.client(role, "B"), overview, reverse(overview.name) + query, role)
        for role in ("DN", "AU")
        for query in asked
    }
    over = {query: len(page.statements) for (_, query), page in pages.items() if page and len(page.statements) > BUDGET}
    assert over == {}
    assert all(pages.values())


def test_as_many_statements_with_many_rows(visitor: Visitor) -> None:
    lists = [route for route in to_look_at() if route.name in LISTS]
    assert len(lists) == len(LISTS)

    def statements() -> dict[str, int]:
        return {f"{page.who} {page.route}": len(page.statements) for route in lists for page in visitor.look(route)}

    Crowd(visitor.made, 3).gather()
    few = statements()
    Crowd(visitor.made, 30, start=3).gather()
    many = statements()
    # The history asks once for each kind of thing on its page, and so for fewer when a page is full of one.
    kinds = {name: many.pop(name) - few.pop(name) for name in list(few) if name.endswith("providers:history")}
    assert many == few
    assert max(kinds.values()) <= 0
    assert {k: v for k, v in many.items() if v > BUDGET} == {}
