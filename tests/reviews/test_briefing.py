"""The 7-minute briefing is one tagged page of A4, also with every text at its longest."""

import re
import subprocess
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.capabilities import Role
from reviews.briefing import as_pdf
from reviews.models.learning import HAPPENED, LINE, LINES, LINKS, MATTERS, TITLE
from tests.factories.accounts import someone
from tests.factories.learning import published, some_learning

pytestmark = pytest.mark.django_db


def told(content: bytes) -> tuple[dict[str, str], str]:
    info = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return dict(re.findall(r"^(\w[\w ]*):\s+(.*)$", info, re.M)), " ".join(text.stdout.decode().split())


def filled(length: int, word: str = "Widening") -> str:
    return (f"{word} " * length)[:length].strip()


def test_it_is_one_page_with_the_longest_texts_in_the_demonstration(commissioner: Any, two: Any) -> None:
    commissioner.name = filled(110)
    commissioner.save()
    draft = some_learning(
        commissioner, two[0], title=filled(TITLE), happened=filled(HAPPENED), matters=filled(MATTERS),
        to_do="\n".join([filled(LINE)] * LINES), questions="\n".join([filled(LINE)] * LINES),
        links="\n".join([f"{filled(40)} https://www.example.org/{'x' * (LINE - 66)}"] * LINKS),
        action_needed=True, answer_by=timezone.localdate(),
    )  # fmt: skip
    info, text = told(as_pdf(draft, demonstration=True))
    assert (info["Pages"], info["Tagged"], info["Title"][:20]) == ("1", "yes", "7-minute briefing: W")
    assert ("5. Where to read more" in text, "answers by" in text, "Demonstration" in text) == (True, True, True)


def test_anybody_fetches_it_without_signing_in_and_it_names_no_review(commissioner: Any, two: Any) -> None:
    director = someone(Role.DIRECTOR_OF_NURSING, commissioner)
    made = published(commissioner, two[0], director, website=True)
    answer = Client().get(f"/learning/{made.reference}/briefing.pdf")
    info, text = told(answer.content)
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "application/pdf", "public, max-age=600",
    )  # fmt: skip
    assert made.reference in answer.headers["Content-Disposition"]
    assert (info["Pages"], "Ask at each visit" in text, info["Tagged"]) == ("1", True, "yes")
