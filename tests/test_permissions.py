"""Everybody at every door: each role and place, each route, each object of the measuring world.

The expectation comes from ``GRANTS`` and the objects' facts (``tests/policy.py``); the portal is only asked for its
answer. The same pass reads every byte that came back for words of objects that the person may not see, and notes
every row that was written for somebody who was refused. ``PORTAL_EVERY_CELL=1`` asks everybody about every object.
"""

import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection, models
from django.http import HttpResponse, HttpResponseNotFound
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.capabilities import OPEN, Can
from accounts.door import Door
from assurance_portal import urls
from assurance_portal.errors import not_found
from assurance_portal.world import World
from design import pdf
from tests.policy import cells, expected, reads
from tests.worlds import (
    NOBODY,
    PRINCIPALS,
    Address,
    Apart,
    Principal,
    routes,
    undone,
)

CANARY = re.compile(r"canary[a-z0-9]+")
ROOT = Path(settings.BASE_DIR)
# A box for words on a page that lists things, in a form that asks and changes nothing.
ASKING = re.compile(r'<form(?![^>]*\bmethod="post").*?</form>', re.DOTALL | re.IGNORECASE)
SEARCH = re.compile(r'<input(?=[^>]*type="(?:search|text)")[^>]*\bname="(\w+)"')
WRITE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)
# Rows about the visit itself: who is here, how often they tried.
OF_THE_VISIT = {"django_session", "throttle_counter", "accounts_usersession"}

pytestmark = pytest.mark.slow


@dataclass
class Answer:
    """What came back, in the words of ``expected``; whose words were in it that should not be; what was written."""

    said: str
    leaked: list[str]
    written: list[str]
    text: str = ""


class Visitor(Client):
    """A browser that keeps no copies of what the templates were given: ten thousand answers fit."""

    def request(self, **request: Any) -> Any:
        """Ask, and keep the cookies."""
        response: Any = self.handler(self._base_environ(**request))
        self.cookies.update(response.cookies)
        return response


class Caller:
    """Somebody at the door, with a list of what they may not read."""

    def __init__(self, who: Principal, made: World, client: Client) -> None:
        self.client, self.problem, self.refused = Visitor(), "", 0
        self.comes_with(client)
        self.secret = {
            word: f"{thing.kind} {thing.label or thing.organisation} of {thing.commissioner}"
            for thing in made.things
            if not reads(who, thing)
            for held in thing.canaries
            for word in CANARY.findall(held)
        }

    def comes_with(self, client: Client) -> None:
        """In this one's session, whose idle clock need not be moved: each request would, and undo it again."""
        self.client.cookies = client.cookies
        if settings.SESSION_COOKIE_NAME in client.cookies:
            session = client.session
            session["seen"] = session["began"] + 600
            session.save()

    def call(self, method: str, url: str, **data: Any) -> Answer:
        """Ask once, and undo it."""
        written: list[str] = []

        def noted(execute: Any, sql: str, *more: Any) -> Any:
            if (found := WRITE.match(sql)) and found[1] not in OF_THE_VISIT:
                written.append(found[1])
            return execute(sql, *more)

        self.problem = ""
        with undone(self.client), connection.execute_wrapper(noted):
            response = getattr(self.client, method.lower())(url, data)
            text = _everything_in(response)
        # An address repeats what the visitor typed, as the way back after signing in.
        found = set(CANARY.findall(text)) - set(CANARY.findall(url))
        leaked = sorted({self.secret[word] for word in found if word in self.secret})
        return Answer(self.problem or _said(response), leaked, sorted(set(written)), text)

    def not_found(self, request: Any, exception: Exception) -> HttpResponse:
        """The portal's own page, which knows the person and the address and no more; later only the reason."""
        self.refused += 1
        return not_found(request) if self.refused == 1 else HttpResponseNotFound(repr(exception))

    def keep_problem(self, sender: Any, request: Any, **_: Any) -> None:
        """Every mistake of the portal is one line of the list, and none ends it."""
        self.problem = f"500 {sys.exc_info()[1]!r}"


def _said(response: Any) -> str:
    """The response in the words of ``expected``."""
    if response.status_code in (404, 405):
        return {404: "not there", 405: "method"}[response.status_code]
    if response.status_code in (403, 500):
        return str(response.status_code)
    where = response.headers.get("Location", "")
    if where.startswith(reverse("account_login") + "?"):
        return "sign in"
    return "confirm" if where.startswith(reverse("mfa_reauthenticate")) else "allowed"


def _everything_in(response: Any) -> str:
    """Headers with file names and addresses, and the bytes; a workbook or document is unpacked."""
    content = b"".join(response) if response.streaming else response.content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            content = b"\n".join([name.encode() + b"\n" + packed.read(name) for name in packed.namelist()])
    return "\n".join([*response.headers.values(), content.decode(errors="replace")])


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The typesetter hands back the text that it was given: words drawn on paper could not be searched."""
    monkeypatch.setattr(pdf, "render", lambda html, **_: html.encode())


@pytest.fixture
def caller(
    who: Principal, measured: World, world_apart: Apart, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Caller]:
    """The person, signed in with everything that signing in needs, the second step not used lately."""
    client = sign_in(world_apart.users[who], fresh=False) if who.place else Client()
    caller = Caller(who, measured, client)
    monkeypatch.setattr(urls, "handler404", caller.not_found)
    got_request_exception.connect(caller.keep_problem)
    yield caller
    got_request_exception.disconnect(caller.keep_problem)


def _name(method: str, address: Address) -> str:
    thing = address.thing
    about = f" {thing.label or thing.organisation} of {thing.commissioner}" if thing else ""
    return f"{method} {address.route.name}{about}{' with a part of another' if address.mixed else ''}"


def published_by(address: Address, leaked: str) -> bool:
    """A page for anybody says which commissioner published what stands there: no other page names it to strangers."""
    public = Can(address.route.capability) is Can.PUBLIC
    return public and leaked in ("providers.Organisation A of ", "providers.Organisation B of ")


@pytest.mark.parametrize("who", PRINCIPALS, ids=lambda who: who.name)
def test_everybody_gets_what_the_table_says_and_reads_nothing_else(
    who: Principal, caller: Caller, every: dict[str, list[Address]]
) -> None:
    wrong, asked_for, searched = [], Counter[str](), 0
    for method, address in cells(who, every):
        want = expected(who, method, address, fresh=False)
        answer = caller.call(method, address.url)
        asked_for[want] += 1
        name = _name(method, address)
        if answer.said != want:
            wrong.append(f"{name}: {answer.said}, not {want}")
        wrong += [f"{name}: holds words of {each}" for each in answer.leaked if not published_by(address, each)]
        if want != "allowed" and answer.written:
            wrong.append(f"{name}: refused, and wrote {', '.join(answer.written)}")
        if (method, want, "<" in address.route.path) == ("GET", "allowed", False):
            for box in SEARCH.findall(" ".join(ASKING.findall(answer.text))):
                searched += 1
                found = caller.call("GET", address.url, **{box: "canary"})
                wrong += [f"{name}?{box}=: finds words of {each}" for each in found.leaked]
    assert wrong == [], f"{len(wrong)} of {sum(asked_for.values())} cells\n" + "\n".join(wrong)
    assert searched > 0 or who.role not in ("DP", "QA", "DN", "PL") or who.special
    assert asked_for["allowed"] > 0
    assert asked_for["sign in" if who == NOBODY else "not there"] > 0


@pytest.mark.parametrize(
    "who",
    [each for each in PRINCIPALS if each.name in ("SA-A", "DP-A", "DN-A", "PL-P1")],
    ids=lambda who: who.name,
)
def test_a_second_step_used_just_now_opens_what_asked_for_it(
    who: Principal, caller: Caller, every: dict[str, list[Address]], world_apart: Apart, sign_in: Any
) -> None:
    caller.comes_with(sign_in(world_apart.users[who]))
    wrong, opened = [], 0
    for method, address in cells(who, every):
        grant = who.grant(Can(address.route.capability))
        if grant is None or not grant.fresh:
            continue
        want = expected(who, method, address, fresh=True)
        answer = caller.call(method, address.url)
        opened += answer.said == "allowed"
        if answer.said != want:
            wrong.append(f"{_name(method, address)}: {answer.said}, not {want}")
        wrong += [f"{_name(method, address)}: holds words of {each}" for each in answer.leaked]
    assert wrong == []
    assert opened > 0


@pytest.mark.parametrize("who", [Principal("DP", "A"), Principal("PL", "P1")], ids=lambda who: who.name)
def test_no_door_answers_other_methods(who: Principal, caller: Caller, every: dict[str, list[Address]]) -> None:
    mine = [route for route in routes() if Can(route.capability) in OPEN or who.grant(Can(route.capability))]
    answers = {
        f"{method} {route.name}": caller.call(method, every[route.name][0].url)
        for method, route in zip(cycle(("PUT", "PATCH", "DELETE", "OPTIONS")), mine, strict=False)
    }
    assert {answer.said for answer in answers.values()} == {"method", "not there"}
    assert [name for name, answer in answers.items() if answer.written] == []


def test_what_is_not_permitted_and_what_is_not_there_look_the_same(
    every: dict[str, list[Address]], world_apart: Apart, sign_in: Any
) -> None:
    client = sign_in(world_apart.users[Principal("PL", "P1")])
    found = every["assurance:assessment-detail"]
    foreign = next(each for each in found if each.thing and each.thing.organisation == "P3")
    missing = next(each for each in found if not each.thing)
    pages = [client.get(address.url) for address in (foreign, missing)]
    texts = [
        re.sub(r'(?:nonce|value|content|ends-in)="[^"]*"', "", page.content.decode()).replace(address.url, "")
        for page, address in zip(pages, (foreign, missing), strict=True)
    ]
    assert [page.status_code for page in pages] == [404, 404]
    assert texts[0] == texts[1]
    assert "page" in texts[0].lower()


def test_what_was_asked_for_one_person_is_never_asked_for_the_next(
    every: dict[str, list[Address]], world_apart: Apart, sign_in: Any
) -> None:
    found = [each for each in every["assurance:assessment-detail"] if each.thing]
    pages = {place: next(each.url for each in found if each.thing.organisation == place) for place in ("P1", "P3")}
    clients = {place: sign_in(world_apart.users[Principal("PL", place)]) for place in pages}
    answers = {(who, whose): clients[who].get(url).status_code for whose, url in pages.items() for who in clients}
    assert answers == {("P1", "P1"): 200, ("P3", "P1"): 404, ("P1", "P3"): 404, ("P3", "P3"): 200}


def test_there_are_enough_cells(every: dict[str, list[Address]]) -> None:
    assert sum(1 for who in PRINCIPALS for _ in cells(who, every)) >= 5_000


# --- the table, the routes and the world hold the same ---


def test_every_route_names_its_capability() -> None:
    def views(resolver: Any) -> Iterator[Any]:
        for entry in resolver.url_patterns:
            yield from views(entry) if hasattr(entry, "url_patterns") else [entry]

    bare = [
        str(each.pattern) for each in views(get_resolver()) if not isinstance(getattr(each.callback, "door", 0), Door)
    ]
    assert bare == [], (
        "Give each of these views @door(Can.…, of=Model) (accounts/door.py): a capability of the table in "
        "accounts/capabilities.py, or a new one with a row there."
    )


# Whose words stand in the world with another object's: its own page shows them.
SHOWN_WITH = {
    "training.Explanation": "training.FigureSubmission",
    "training.HostCount": "training.FigureSubmission",
    "oversight.Weighing": "oversight.Concern",
    "oversight.MobilisationStep": "oversight.Mobilisation",
    "actions.ActionUpdate": "actions.Action",
    "assurance.EntryGivenBack": "assurance.EntryOnBehalf",
    "assurance.BatchRow": "assurance.Batch",
    "chasing.DueChange": "actions.Action",
    "framework.Framework": "framework.FrameworkVersion",
    "framework.Standard": "framework.FrameworkVersion",
    "framework.CriterionVersion": "framework.FrameworkVersion",
    "framework.Wording": "framework.FrameworkVersion",
    "oversight.EscalationEntry": "oversight.Escalation",
    "oversight.EscalationGround": "oversight.Escalation",
    "oversight.EscalationPaper": "oversight.Escalation",
    "oversight.NoticeMilestone": "oversight.ContractNotice",
    "governance.ReportNarrative": "governance.AnnualReport",
    "governance.ReportFact": "governance.AnnualReport",
    "governance.ReportFigure": "governance.AnnualReport",
    "oversight.ConcernTold": "oversight.Visit",
    "oversight.ReportComment": "oversight.VisitReport",
    "oversight.ReportShare": "oversight.Visit",
    "oversight.VisitFinding": "oversight.Visit",
    "oversight.VisitLine": "oversight.Visit",
    "oversight.VisitMember": "oversight.Visit",
    "oversight.VisitPart": "oversight.Visit",
    "oversight.VisitStep": "oversight.Visit",
    "reviews.ClockMove": "reviews.Review",
    "reviews.ContributionNote": "reviews.Contribution",
    "reviews.EmergencyAccess": "reviews.Review",
    "reviews.Milestone": "reviews.Review",
    "reviews.RecommendationAction": "actions.Action",
    "reviews.StageMove": "reviews.Review",
}
# Whose texts are nobody's in particular, never shown, or written by the portal itself; or no text at all.
NO_WORDS_OF_ANYBODY = {
    "training.Cell",
    "training.Figure",  # codes, and the areas that its submission names
    "privacy.Place",
    "privacy.Warned",
    "oversight.ConcernMatrix",
    "accounts.AccountToken", "accounts.FormReceipt", "assurance.StandardResult", "assurance.StrandAssignment",
    "chasing.JobRun", "chasing.Ladder", "chasing.Notice", "chasing.Rung", "framework.GradingScheme", "framework.Grade",
    "governance.ReportFile", "providers.Category", "providers.ServiceQuestion",
    "oversight.EscalationRule", "oversight.NoticeRule", "oversight.SurveillanceLabel", "oversight.TriggerRule",
    "oversight.StaffQuestions", "oversight.VisitRule", "oversight.VisitWeight", "reviews.ClockRule",
    "reviews.ReviewRead",
    "reviews.ImpactRule",
}  # fmt: skip
# The measuring world does not hold these yet; their own tests say who reads them.
TESTED_ELSEWHERE = {
    "providers.PostRule": "tests/providers/test_posts.py",
    "providers.Signpost": "tests/providers/test_public.py",
    "assurance.ColleagueAsk": "tests/assurance/test_colleagues.py",
    "assurance.LevelResult": "tests/assurance/test_level_in_year.py",
    "assurance.StrandReview": "tests/assurance/test_validation_pages.py",
    "oversight.Import": "tests/oversight/test_imports_organisations.py",  # the two kinds of it are in the world
    "assurance.RecordedSet": "tests/oversight/test_imports_grades.py",  # no words but its reference
    "oversight.Trace": "tests/oversight/test_imports_organisations.py",
    "providers.Succession": "tests/providers/test_changes.py",
    **dict.fromkeys(
        ("training.Group", "training.Grouping", "training.Line", "training.LineSet", "training.Subject"),
        "tests/training/test_measured_pages.py",
    ),
    "training.StaffSplit": "tests/training/test_measured_pages.py",  # codes only
    "training.FigureEntry": "tests/training/test_returns.py",
    "training.StaffListMapping": "tests/training/test_staff_lists.py",
    "reviews.KindChange": "tests/reviews/test_clocks.py",
    "reviews.ReviewTheme": "tests/reviews/test_register_file.py",
}


def test_every_object_that_holds_words_is_in_the_world(measured: World) -> None:
    mine = [app for app in apps.get_app_configs() if (ROOT / app.label).is_dir()]
    words = {
        model._meta.label
        for app in mine
        for model in app.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField | models.CharField | models.JSONField) and not field.choices
        if not model.__name__.endswith("Event")
    }
    held = {thing.kind for thing in measured.things}
    said = held | set(SHOWN_WITH) | NO_WORDS_OF_ANYBODY | set(TESTED_ELSEWHERE)
    assert sorted(words - said) == [], (
        "Make one of each in assurance_portal/world_*.py with a canary in each text and world.keep() it, or add its "
        "words to the canaries of what shows them (SHOWN_WITH)."
    )
    assert set(SHOWN_WITH.values()) <= held
    assert [name for name in TESTED_ELSEWHERE.values() if not (ROOT / name).exists()] == []


# Capabilities that no address asks for, and why the table holds them all the same.
RESERVED: dict[Can, str] = {}


def test_every_capability_is_asked_for_somewhere_or_reserved_with_a_reason() -> None:
    used = {Can(route.capability) for route in routes()}
    assert set(Can) - used == set(RESERVED)
    assert all(RESERVED.values())
