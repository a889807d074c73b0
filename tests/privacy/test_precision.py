"""Quiet on true policy text, every planted slip found, and no time lost. The figures are asserted exactly."""

import re
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from privacy.detection import Rule, checks, find
from privacy.models import GuardRule
from privacy.precision import measure, policy

pytestmark = pytest.mark.django_db
CORPUS = Path(settings.BASE_DIR) / "tests" / "privacy" / "corpus" / "policy.txt"


@pytest.fixture
def rules() -> list[Rule]:
    held = GuardRule.objects.one_each(None, timezone.localdate(), by="code")
    return [row.rule for row in held.values() if row.on]


def test_precision_and_recall_are_whole_on_the_corpus(rules: list[Rule]) -> None:
    total = measure(rules, Path(settings.BASE_DIR))
    assert total.wrong == []
    assert total.missed == []
    assert (total.precision, total.recall) == (1.0, 1.0)
    assert dict(total.right) == {"nhs_number": 22, "birth": 20, "age": 21, "postcode": 8}
    # Sentences written to be hard, and the portal's own that hold a figure.
    assert total.sentences == 205
    assert total.sentences + total.own_sentences >= 300


def test_the_command_prints_the_figures(capsys: Any) -> None:
    call_command("guard_precision")
    assert "0 wrong warnings. 71 of 71 planted found" in capsys.readouterr().out


def test_a_rule_that_is_put_off_is_seen_by_the_measurement(rules: list[Rule]) -> None:
    total = measure([rule for rule in rules if rule.code != "birth"], Path(settings.BASE_DIR))
    assert {code for _, code in total.missed} == {"birth"}
    loud = [Rule("age", ("children", *rule.words), (), 60) for rule in rules if rule.code == "age"]
    assert measure(loud, Path(settings.BASE_DIR)).precision < 0.9


@pytest.mark.slow
def test_a_long_text_costs_as_much_as_parting_it_into_words_a_few_times(rules: list[Rule]) -> None:
    _, sentences = policy(CORPUS)
    text = " ".join(sentences)[:4_000]
    assert len(text) == 4_000
    assert find(text, rules, known=lambda asked: asked) == []
    took: dict[str, list[float]] = {"search": [], "words": []}
    for _ in range(30):
        for name, run in (("search", lambda: find(text, rules, known=lambda asked: asked)),
                          ("words", lambda: re.findall(r"\w+", text))):  # fmt: skip
            before = thread_time()
            run()
            took[name].append(thread_time() - before)
    assert min(took["search"]) < 12 * min(took["words"])


@pytest.mark.parametrize(
    "text", ["1 " * 4_000, "12/3/2009 " * 800, "aged 7 " * 1_000, "SW1A 1AA " * 800, "born " * 1_600]
)
def test_no_text_makes_the_search_run_away(text: str, rules: list[Rule]) -> None:
    before = thread_time()
    find(text, rules)
    assert thread_time() - before < 0.5


@pytest.mark.parametrize(
    ("digits", "right"), [("9434765919", True), ("4010232137", True), ("9434765918", False), ("1234567890", False)]
)
def test_the_last_digit_checks_the_others(digits: str, right: bool) -> None:
    assert checks([int(each) for each in digits]) is right


def test_what_is_found_is_marked_with_a_few_words_around_it(rules: list[Rule]) -> None:
    text = "We wrote on Monday to the school, because NHS number 943 476 5919 was on the list of those who were away."
    finding = find(text, rules)[0]
    assert finding.around(text) == (
        "…school, because NHS number ", "943 476 5919", " was on the list of those who…",
    )  # fmt: skip
    assert re.sub(r"\D", "", finding.text) == "9434765919"
