"""Each check asks where it should, in words that name the figures, and nowhere else."""

from decimal import Decimal
from typing import Any

import pytest

from training.checks import Asking, Counted, Past, Said, questions_of

ASKING = Asking(jump=Decimal(20), same_periods=3)


def one(n: int | None, d: int | None = None, h: int | None = None) -> dict[str, Counted]:
    return {"": Counted(h, d, n)}


def past(n: int | None, d: int | None = None, label: str = "Q1 2017/18", **groups: Counted) -> Past:
    return Past(label, Counted(None, d, n), groups)


def said(**more: Any) -> Said:
    return Said(**{"code": "ch3", "name": "Children, level 3", "groups": one(90, 96), **more})


def asked(*lines: Said) -> list[tuple[str, str, str]]:
    return [(each.code, each.group, each.words) for each in questions_of(lines, ASKING)]


ROLES = {"gp": Counted(5, 5, 4), "nurse": Counted(3, 3, 3)}
NAMES = {"gp": "GPs", "nurse": "Nurses"}
FINE: dict[str, Said] = {
    "plain figures": said(),
    "a twentieth more": said(before=[past(80, 80)]),
    "exactly the jump": said(before=[past(70, 80)]),
    "nobody at all": said(groups=one(0, 0), threshold=Decimal(90), before=[past(0, 0), past(0, 0)]),
    "empty and never reported": said(groups=one(None)),
    "not applicable and never reported": said(groups=one(None), answer="not_applicable"),
    "nothing to declare": said(form="count", groups=one(None), answer="nothing", before=[past(3)]),
    "headcount above": said(groups=one(90, 96, 120)),
    "a hundred in one group": said(groups={"gp": Counted(None, 100, 90), "nurse": Counted(None, 20, 20)}),
    "a rate of a hundred": said(form="rate", groups=one(110, 100)),
    "few people, one more": said(groups=one(3, 3), before=[past(2, 2)]),
    "few people, two fewer": said(groups=one(5, 5), before=[past(7, 7)]),
    "few people, alike": said(groups=one(18, 19), before=[past(18, 19), past(18, 19)]),
    "a small count, alike": said(form="count", groups=one(19), before=[past(19), past(19)]),
    "alike twice only": said(before=[past(90, 96), past(89, 96)]),
    "no children three times": said(form="count", groups=one(0), before=[past(0), past(0)]),
    "a milestone that stays": said(form="milestone", groups=one(1), before=[past(1), past(1)]),
    "alike in sum and not in groups": said(
        groups=ROLES, before=[past(7, 8, gp=Counted(5, 5, 5), nurse=Counted(3, 3, 2))] * 2
    ),
    "reasons for all": said(groups=one(8, 10), reasons={"late": 1, "consent": 1, "capacity": None}),
    "all in time": said(groups=one(10, 10), reasons={"late": None}),
    "hosts add up": said(form="count", groups=one(7), hosts=[4, 3]),
    "at the threshold": said(groups=one(90, 100_0), threshold=Decimal(9)),
    "below and said why": said(threshold=Decimal(95), narrative="Two courses were cancelled."),
    "a whole that was not asked": said(form="count", groups=one(7), before=[past(90)]),
}
ASKS: dict[str, tuple[Said, list[tuple[str, str, str]]]] = {
    "more than everybody": (
        said(groups=one(1_097, 96)),
        [("over", "", "1,097 of 96 cannot be: that is more than everybody. Are the two the wrong way round?")],
    ),
    "more than everybody in one role": (
        said(groups={**ROLES, "gp": Counted(5, 5, 6)}, names=NAMES),
        [("over", "gp", "GPs: 6 of 5 cannot be: that is more than everybody. Are the two the wrong way round?")],
    ),
    "half of a pair": (
        said(groups={"gp": Counted(None, 5, None), "nurse": Counted(None, None, 3)}, names=NAMES),
        [("half", "gp", "GPs: It says of how many and not how many. Enter both, or neither."),
         ("half", "nurse", "Nurses: It says how many and not of how many. Enter both, or neither.")],
    ),
    "fourteen times as many": (
        said(groups=one(20, 28), before=[past(2, 2)]),
        [("jump", "", "It was out of 2 in Q1 2017/18, and is out of 28 now, 14 times as many. What changed?")],
    ),
    "one above the jump": (
        said(groups=one(90, 97), before=[past(70, 80)]),
        [("jump", "", "It was out of 80 in Q1 2017/18, and is out of 97 now, 21.3 % more. What changed?")],
    ),
    "trimmed": (
        said(groups=one(50, 50), before=[past(70, 80)]),
        [("jump", "", "It was out of 80 in Q1 2017/18, and is out of 50 now, 37.5 % fewer. What changed?")],
    ),
    "three more of few": (
        said(groups=one(8, 8), before=[past(5, 5)]),
        [("jump", "", "It was out of 5 in Q1 2017/18, and is out of 8 now, 60.0 % more. What changed?")],
    ),
    "to nobody, of few": (
        said(groups=one(0, 0), before=[past(2, 2)]),
        [("jump", "", "It was out of 2 in Q1 2017/18, and is out of 0 now, 100.0 % fewer. What changed?")],
    ),
    "twenty, alike": (
        said(form="count", groups=one(20), before=[past(20), past(20)]),
        [("same", "", "20: exactly the same as in Q1 2017/18 and Q1 2017/18. Was it counted anew?")],
    ),
    "from nobody": (
        said(before=[past(0, 0)]),
        [("jump", "", "It was out of nobody in Q1 2017/18, and is out of 96 now. What changed?")],
    ),
    "more eligible than in post": (
        said(groups=one(90, 96, 90)),
        [("headcount", "", "96 are eligible and 90 are in post. Who else is counted?")],
    ),
    "a level dropped": (
        said(groups=one(None), before=[past(82, 96)]),
        [("dropped", "", "It was 82 of 96 in Q1 2017/18, and is empty now. Why?")],
    ),
    "a level that no longer applies": (
        said(groups=one(None), answer="not_applicable", before=[past(82, 96)]),
        [("dropped", "", "It was 82 of 96 in Q1 2017/18, and is said not to apply now. Why?")],
    ),
    "people who are nothing now": (
        said(groups=one(None), answer="nothing", before=[past(82, 96)]),
        [("dropped", "", "It was 82 of 96 in Q1 2017/18, and there is said to be nothing now. Why?")],
    ),
    "a role dropped": (
        said(groups={"gp": Counted(5, 5, 4), "nurse": Counted()}, names=NAMES,
             before=[past(7, 6, gp=Counted(5, 5, 4), nurse=Counted(1, 1, 1))]),
        [("dropped", "nurse", "Nurses: It was 1 of 1 in Q1 2017/18, and is empty now. Why?")],
    ),
    "the same three times": (
        said(before=[past(90, 96, "Q3 2016/17"), past(90, 96, "Q2 2016/17"), past(1, 96)]),
        [("same", "", "90 of 96: exactly the same as in Q3 2016/17 and Q2 2016/17. Was it counted anew?")],
    ),
    "out of a hundred": (
        said(groups=one(85, 100)),
        [("percent", "", "It is out of exactly 100 (85 of 100). Are these people, or a per cent?")],
    ),
    "out of a hundred everywhere": (
        said(groups={"gp": Counted(None, 100, 85), "nurse": Counted(None, 100, 90), "other": Counted()}),
        [("percent", "",
          "It is out of exactly 100 in every group (175 of 200). Are these people, or a per cent?")],
    ),
    "reasons missing": (
        said(groups=one(8, 10), reasons={"late": 1, "consent": None}),
        [("reasons", "", "2 were not in time, and the reasons add up to 1. Which is right?")],
    ),
    "reasons for nobody": (
        said(groups=one(10, 10), reasons={"late": 3}),
        [("reasons", "", "0 were not in time, and the reasons add up to 3. Which is right?")],
    ),
    "hosts": (
        said(form="count", groups=one(7), hosts=[4, 4]),
        [("hosts", "", "The host areas add up to 8, and the line says 7.")],
    ),
    "below without a word, compared unrounded": (
        said(groups=one(1_799, 2_000), threshold=Decimal(90), narrative=" "),
        [("narrative", "", "1,799 of 2,000 is 90.0 %, below 90 %. Say why, and what is done about it.")],
    ),
    "above where less is better": (
        said(groups=one(3, 10), threshold=Decimal("5.500"), direction="down"),
        [("narrative", "", "3 of 10 is 30.0 %, above 5.5 %. Say why, and what is done about it.")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", FINE.values(), ids=FINE)
def test_nothing_is_asked_where_nothing_is_odd(line: Said) -> None:
    assert asked(line) == []


@pytest.mark.parametrize(("line", "questions"), ASKS.values(), ids=ASKS)
def test_what_is_odd_is_asked_in_its_own_figures(line: Said, questions: list[tuple[str, str, str]]) -> None:
    assert asked(line) == questions


def level(number: int, d: int | None, h: int | None = None, **more: Any) -> Said:
    whole = {"code": f"ch{number}", "subject": "children", "level": str(number), "groups": one(d, d, h)}
    return said(**{**whole, **more})


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([level(1, 40, 100), level(2, 30), level(3, 30)], None),
        ([level(1, 40, 100), level(2, 30), level(3, 10)], None),
        ([level(1, 40, 100), level(2, 30), level(3, 31)],
         "The 3 levels add up to 101 eligible, and 100 are in post. Is somebody counted at two levels?"),
        ([level(1, 40, 100), level(2, 30), level(3, 9)],
         "The 3 levels add up to 79 eligible, and 100 are in post. Who is left out, and why?"),
        ([level(1, 40, 100), level(2, None), level(3, 70)], None),
        ([level(1, 40), level(2, 90)], None),
        ([level(1, 96, 100), level(2, 60), level(3, 40)], None),
        ([level(1, 79, 100), level(2, 60), level(3, 40)],
         "The 3 levels add up to 179 eligible, and 100 are in post. Is somebody counted at two levels?"),
        ([level(1, 40, 100), level(2, 120), level(3, 40)], "120 are eligible at one level, and 100 are in post."),
        ([level(1, 90, 100), level(2, 30, subject="adults")], None),
        ([level(1, 190, 100, answer="not_applicable"), level(2, 30, 100)], None),
    ],
)  # fmt: skip
def test_the_levels_of_a_subject_stand_to_the_headcount(lines: list[Said], words: str | None) -> None:
    found = [each for each in questions_of(lines, ASKING) if each.code == "levels"]
    assert [(each.line, each.words) for each in found] == ([("ch1", words)] if words else [])


def test_an_explanation_holds_for_the_figures_that_it_was_given_for() -> None:
    (question,) = questions_of([said(groups=one(85, 100))], ASKING)
    given = {("percent", "ch3", ""): (question.words, "There are a hundred of us.")}
    (again,) = questions_of([said(groups=one(85, 100))], ASKING, given)
    assert (again.explained, again.waits) == ("There are a hundred of us.", False)
    (other,) = questions_of([said(groups=one(86, 100))], ASKING, given)
    assert (other.explained, other.waits) == ("", True)


def test_what_cannot_be_is_not_explained_away() -> None:
    (question,) = questions_of([said(groups=one(97, 96))], ASKING)
    given = {("over", "ch3", ""): (question.words, "It is so.")}
    (again,) = questions_of([said(groups=one(97, 96))], ASKING, given)
    assert (again.stops, again.explained) == (True, "")


def test_the_rule_of_the_commissioner_is_asked_by() -> None:
    line = said(before=[past(70, 80), past(70, 80)])
    assert questions_of([line], Asking(jump=Decimal(20))) == []
    (jumped,) = questions_of([line], Asking(jump=Decimal("19.9")))
    assert jumped.code == "jump"
    (alike,) = questions_of([said(before=[past(90, 96)])], Asking(same_periods=2))
    assert alike.code == "same"
    assert questions_of([said(before=[past(90, 96)])], Asking(same_periods=2, fewest_alike=97)) == []
    few = said(groups=one(8, 9), before=[past(7, 7)])
    assert questions_of([few], ASKING) == []
    assert [each.code for each in questions_of([few], Asking(fewest_moved=2))] == ["jump"]
