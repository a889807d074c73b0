"""No word of a review leaves by a way that no page is: mails, the year's file, the facts of a report (hazard 27).

Pages, titles, file names, searches and exports are read by ``tests/test_permissions.py`` as everybody; here is what
nobody asks for. The measuring world has a canary in every text of two reviews for each commissioner.
"""

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from accounts.capabilities import Role
from actions.models import Action
from assurance_portal.world import World
from chasing.daily import run_day
from chasing.letters import compose
from chasing.models import Letter
from design.calendar import FinancialYear
from governance.facts import gather
from governance.models import AnnualReport
from governance.yearbook.making import workbook
from governance.yearbook.rows import Year
from reviews.looks import tell_guardians
from reviews.models import Review
from reviews.reading import let_in

pytestmark = pytest.mark.slow
CANARY = re.compile(r"canary[a-z0-9]+")


@pytest.fixture
def secret(measured: World) -> set[str]:
    """Every word of a review, of its plan and of what was asked of organisations in it."""
    held = [thing for thing in measured.things if thing.kind.startswith("reviews.") and "Learning" not in thing.kind]
    held += [thing for thing in measured.things if thing.kind == "actions.Action" and thing.label]
    words = {word for thing in held for said in thing.canaries for word in CANARY.findall(said)}
    assert len(words) > 50
    return words


def told(moment: datetime) -> list[tuple[str, str]]:
    """Kind and everything of each letter as it would go: subject, words, headers, names of files."""
    found = []
    for letter in Letter.objects.order_by("pk"):
        message = compose(letter, moment)
        if not isinstance(message, str):
            found.append((letter.kind, message.message().as_string() + message.body + message.subject))
    return found


def test_no_letter_says_a_word_of_a_review(measured: World, secret: set[str]) -> None:
    at, reviews = measured.at, list(Review.objects.order_by("pk"))
    for review in reviews:
        place = "A" if review.commissioner == measured.organisations["A"] else "B"
        let_in(measured.person(Role.DIRECTOR_OF_NURSING, place), review, reason="It cannot wait", at=at)
        for action in Action.objects.filter(circle=review.circle_id):
            action.reassign(owner=measured.person(Role.DESIGNATED_PROFESSIONAL, place), by=review.registered_by, at=at)
            action.send_back("More", by=review.registered_by, at=at) if action.completed_at else None
    for days in (0, 1, 8, 15, 29, 61):
        moment = at + timedelta(days=days)
        run_day(moment.date(), at=moment)
        tell_guardians(moment.date(), at=moment)
    letters = told(at + timedelta(days=1))
    kinds = Counter(kind for kind, _ in letters)
    assert kinds["review_emergency"] >= len(reviews)
    assert [(kind, CANARY.findall(words)) for kind, words in letters if secret & set(CANARY.findall(words))] == []
    # Whoever is told of an emergency is told which review, and nothing of it; other letters name none.
    named = {kind for kind, words in letters for review in reviews if review.reference in words}
    assert named <= {"review_emergency"}


def test_neither_the_years_file_nor_the_facts_of_a_report_hold_a_review(measured: World, secret: set[str]) -> None:
    references = set(Review.objects.values_list("reference", flat=True))
    for place in ("A", "B"):
        commissioner = measured.organisations[place]
        for slug in (FinancialYear.of(measured.on).slug, FinancialYear.of(measured.on).previous.slug):
            maker = measured.person(Role.DESIGNATED_PROFESSIONAL, place)
            year = Year(commissioner, slug, user=maker, at=measured.at)
            content, rows = workbook(
                year, by="Somebody", at=measured.at, demonstration=False, reached=lambda stage, progress: True
            )
            with ZipFile(BytesIO(content)) as packed:
                words = " ".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
            assert (rows > 0, secret & set(CANARY.findall(words))) == (True, set())
            assert [reference for reference in references if reference in words] == []
    for report in AnnualReport.objects.select_related("commissioner"):
        said: list[Any] = [[fact.kind, fact.label, fact.attributes] for fact in gather(report, at=measured.at)]
        words = json.dumps(said, default=str)
        assert (len(said) > 0, secret & set(CANARY.findall(words))) == (True, set())
        assert [reference for reference in references if reference in words] == []
