"""The words that ship, read from their files: complete, specific, in agreement with each other."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from framework import catalogue
from framework.models import Reference
from providers.shipped import rows

WORDS = (catalogue.BASE, catalogue.CURRENT)
NEVER = (
    r"vulnerable adults?\b",
    r"\bLAC\b",
    r"full assurance",
    r"\bDNA\b",
    r"[Ss]erious [Aa]dults [Rr]eview",
    r"\bLSCB\b",
)
ONLY_THEN = (
    r"\bCCGs?\b",
    r"(?<!still written for a )Local Safeguarding Children Board",
    r"Serious Case Review",
    r"StEIS",
    r"Unify",
)
REAL_PLACES = r"Hertfordshire|St Helens|Herts\b|Merseyside|Cheshire(?! West)|Sunderland|Bolton|Lancashire|Yorkshire"
CRITICAL = ["1.1", "1.3", "1.14", "2.1", "2.2", "2.7", "3.1", "3.3", "4.2", "4.3", "6.4", "8.1", "11.1", "11.3"]


def asked(words: str) -> list[catalogue.Asked]:
    return [criterion for standard in catalogue.standards(words) for criterion in standard.criteria]


def sentences(words: str) -> Iterator[tuple[str, str]]:
    """Everything a provider reads, with where it stands."""
    for standard in catalogue.standards(words):
        yield f"standard {standard.number}", f"{standard.title} {standard.purpose}"
        for criterion in standard.criteria:
            for tier, said in criterion.words.items():
                parts = (said.text, said.why, said.guidance, *said.evidence, said.do_not_send)
                yield f"{criterion.ref} {tier}", " ".join(parts)


@pytest.mark.parametrize("words", WORDS)
def test_there_are_twelve_standards_of_ninety_eight_criteria(words: str) -> None:
    per_tier = Counter(tier for criterion in asked(words) for tier in criterion.words)
    assert [standard.number for standard in catalogue.standards(words)] == list(range(1, 13))
    assert len(asked(words)) == len({criterion.id for criterion in asked(words)}) == 98
    assert per_tier == {"full": 98, "small": 46, "general_practice": 52, "light": 14}


@pytest.mark.parametrize("words", WORDS)
def test_references_count_up_without_gaps(words: str) -> None:
    for standard in catalogue.standards(words):
        wanted = [f"{standard.number}.{place}" for place in range(1, len(standard.criteria) + 1)]
        assert [criterion.ref for criterion in standard.criteria] == wanted


@pytest.mark.parametrize("words", WORDS)
def test_the_critical_criteria_are_the_agreed_ones(words: str) -> None:
    assert [criterion.ref for criterion in asked(words) if criterion.critical] == CRITICAL


@pytest.mark.parametrize("words", WORDS)
def test_every_kind_of_provider_has_complete_words(words: str) -> None:
    bare = [
        (criterion.ref, tier)
        for criterion in asked(words)
        for tier, said in criterion.words.items()
        if not all((said.text, said.why, said.guidance, said.do_not_send)) or not 2 <= len(said.evidence) <= 4
    ]
    missing = [criterion.ref for criterion in asked(words) if not set(criterion.tiers) <= set(criterion.words)]
    assert (bare, missing) == ([], [])


@pytest.mark.parametrize("words", WORDS)
def test_a_small_provider_and_a_practice_do_not_read_a_trusts_words(words: str) -> None:
    same = [
        criterion.ref
        for criterion in asked(words)
        if len({said.text for said in criterion.words.values()}) < len(criterion.words)
    ]
    assert same == []


@pytest.mark.parametrize("words", WORDS)
def test_what_not_to_send_is_said_once_in_a_standard(words: str) -> None:
    for standard in catalogue.standards(words):
        said = Counter(each.do_not_send for criterion in standard.criteria for each in criterion.words.values())
        assert [line for line, times in said.items() if times > 1] == []
        assert [line for line in said if len(line) < 15] == []


@pytest.mark.parametrize("words", WORDS)
def test_no_banned_words_and_no_real_place(words: str) -> None:
    banned = re.compile("|".join((*NEVER, REAL_PLACES)))
    assert [(where, found.group()) for where, text in sentences(words) if (found := banned.search(text))] == []


def test_this_years_words_do_not_speak_of_bodies_that_are_gone() -> None:
    gone = re.compile("|".join(ONLY_THEN))
    assert [(where, found.group()) for where, text in sentences("current") if (found := gone.search(text))] == []
    assert any(gone.search(text) for _, text in sentences("base"))


@pytest.mark.parametrize("words", WORDS)
def test_every_criterion_cites_known_law_or_guidance(words: str) -> None:
    known = {row["key"] for row in catalogue.references()}
    unknown = [(each.ref, key) for each in asked(words) for key in each.cites if key not in known]
    assert unknown == []
    assert [each.ref for each in asked(words) if not each.cites or len(set(each.cites)) < len(each.cites)] == []


def test_this_years_words_rest_on_what_still_stands() -> None:
    replaced = {row["key"]: row["superseded_by"] for row in catalogue.references() if row["superseded_by"]}
    old = [(each.ref, key) for each in asked("current") for key in each.cites if key in replaced]
    assert old == []


def test_the_first_version_cites_nothing_that_came_later() -> None:
    years = {row["key"]: row["year"] for row in catalogue.references()}
    reissued = {"nhs-standard-contract", "contest-strategy"}
    late = [(e.ref, k) for e in asked("base") for k in e.cites if k not in reissued and years[k] > "2016"]
    assert late == []


def test_every_change_says_what_and_why() -> None:
    silent = [each.ref for each in asked("current") if each.change in ("changed", "reworded") and not each.change_note]
    assert silent == []
    assert max(len(each.change_note) for each in asked("current")) <= 400
    assert {each.change for each in asked("current")} == {"unchanged", "reworded", "changed"}


def test_the_library_names_no_commissioner() -> None:
    named = re.compile(REAL_PLACES + "|NHS .* (CCG|ICB)")
    assert [row["key"] for row in catalogue.references() if named.search(" ".join(row.values()))] == []


def test_references_are_replaced_by_references_that_exist() -> None:
    library = {row["key"]: row for row in catalogue.references()}
    assert len(library) == len(catalogue.references())
    assert {row["kind"] for row in library.values()} <= set(Reference.Kind.values)
    assert {row["superseded_by"] for row in library.values()} - {""} <= set(library)


def test_conditions_are_questions_of_the_service_profile_and_can_be_said() -> None:
    questions = {row["key"] for _, row in rows("services")}
    used = {criterion.condition for words in WORDS for criterion in asked(words)} - {""}
    assert used <= set(catalogue.conditions()) == questions


def test_every_requirement_is_there_once() -> None:
    assert [row["requirement"] for row in catalogue.requirements()] == [f"R{n:02}" for n in range(1, 128)]


def test_every_requirement_that_is_a_criterion_names_its_criteria_and_they_agree() -> None:
    said: dict[str, set[str]] = {}
    for criterion in asked("base"):
        for requirement in criterion.requirements:
            said.setdefault(requirement, set()).add(criterion.ref)
    listed = {row["requirement"]: set(row["criteria"].split()) for row in catalogue.requirements()}
    assert {key: refs for key, refs in listed.items() if refs} == said


def test_a_requirement_is_answered_by_criteria_or_by_a_module() -> None:
    wrong = [
        row["requirement"]
        for row in catalogue.requirements()
        if (row["kind"] == "criterion") != bool(row["criteria"]) or (row["kind"] == "module" and not row["where"])
    ]
    assert wrong == []
